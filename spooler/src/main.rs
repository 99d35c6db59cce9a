// SPDX-License-Identifier: MIT OR Apache-2.0
//! The spooler as a program: a station on the books of a tenant, orders over HTTP, a page for the operator.

use std::io::Write;
use std::net::SocketAddr;
use std::process::ExitCode;

use cardwright_spooler::service::auth::{Right, Token, Tokens};
use cardwright_spooler::service::{App, Limits, bind, demo, serve};
use clap::Parser;

/// A station that makes access cards to order, over HTTP and on a page.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
struct Arguments {
    /// Show it: four software readers, orders in plenty, books that are gone afterwards.
    #[arg(long)]
    demo: bool,
    /// Another port than that of the configuration; 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false).init();
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    runtime.block_on(show(arguments.port.unwrap_or(8440)))
}

async fn show(port: u16) -> Result<(), String> {
    let listener = bind(SocketAddr::from(([127, 0, 0, 1], port)), false).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let demo = demo::start()?;
    let made = Token::make("demo", &Right::ALL).map_err(|error| error.to_string())?;
    let (text, token) = made;
    let limits = Limits::default();
    let tokens = Tokens::new(vec![token], limits.second, demo.key.clone());
    say(&format!("http://{address}\ntoken {}", *text))?;
    let served = serve(listener, App::new(demo.engine.clone(), tokens, limits), ended()).await;
    drop(demo);
    served
}

fn say(line: &str) -> Result<(), String> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}").and_then(|()| out.flush()).map_err(|error| error.to_string())
}

/// Comes back when somebody says that it ends. Who says it twice does not want to wait.
async fn ended() {
    let mut end = Signals::new();
    end.next().await;
    tokio::spawn(async move {
        end.next().await;
        std::process::exit(130);
    });
}

/// What the system says where it ends a program.
struct Signals {
    #[cfg(unix)]
    terminate: Option<tokio::signal::unix::Signal>,
}

impl Signals {
    fn new() -> Self {
        #[cfg(unix)]
        {
            let kind = tokio::signal::unix::SignalKind::terminate();
            Self { terminate: tokio::signal::unix::signal(kind).ok() }
        }
        #[cfg(not(unix))]
        Self {}
    }

    async fn next(&mut self) {
        #[cfg(unix)]
        if let Some(terminate) = &mut self.terminate {
            tokio::select! {
                _ = terminate.recv() => {}
                _ = tokio::signal::ctrl_c() => {}
            }
            return;
        }
        let _said = tokio::signal::ctrl_c().await;
    }
}
