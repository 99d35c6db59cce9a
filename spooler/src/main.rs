// SPDX-License-Identifier: MIT OR Apache-2.0
//! The spooler as a program: a station on the books of a tenant, orders over HTTP, a page for the operator.

use std::io::Write;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cardwright_spooler::service::auth::{Right, Token, Tokens};
use cardwright_spooler::service::config::{Config, Sources};
use cardwright_spooler::service::{App, Limits, bind, demo, serve};
use clap::{Parser, Subcommand};
use tracing::Level;

/// A station that makes access cards to order, over HTTP and on a page.
#[derive(Debug, Parser)]
#[command(version, arg_required_else_help = true)]
#[expect(clippy::struct_excessive_bools, reason = "switches of a command line")]
struct Arguments {
    /// Show it: four software readers, orders in plenty, books that are gone afterwards.
    #[arg(long, conflicts_with = "config")]
    demo: bool,
    /// The file that says what the service is.
    #[arg(long, value_name = "FILE")]
    config: Option<PathBuf>,
    /// Say what is wrong with the file, its keys, its store and its readers, and begin nothing.
    #[arg(long, requires = "config")]
    check: bool,
    /// Another store than the file says: a file of SQLite, or postgres://…
    #[arg(long, value_name = "STORE", requires = "config")]
    store: Option<String>,
    /// Another port than the file says; 0 takes a free one.
    #[arg(long)]
    port: Option<u16>,
    /// Bind an address beyond the loopback without TLS: tokens and records go over that network for anyone
    /// on it to read. For a network that is yours alone.
    #[arg(long)]
    plain_http_beyond_loopback: bool,
    /// How much goes to the log, which is standard error.
    #[arg(long, default_value_t = Level::INFO, value_name = "LEVEL")]
    log: Level,
    /// A line of the log is an object of JSON.
    #[arg(long)]
    log_json: bool,
    #[command(subcommand)]
    command: Option<Command>,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Make a token: its text for whoever is to have it, and what the configuration keeps of it.
    Token {
        /// Whose it is, by a name that says nothing of a person.
        #[arg(long)]
        name: String,
        /// What it is good for: put, see, operate, erase, administer.
        #[arg(long, value_delimiter = ',', required = true, value_parser = right)]
        rights: Vec<Right>,
    },
    /// Make the file of a tenant's key. Who loses it has lost the orders.
    TenantKey {
        /// Where there is none yet.
        file: PathBuf,
    },
}

fn right(name: &str) -> Result<Right, String> {
    let names: Vec<_> = Right::ALL.iter().map(|right| right.name()).collect();
    let known = Right::ALL.into_iter().find(|right| right.name() == name);
    known.ok_or_else(|| format!("a right is one of these: {}", names.join(", ")))
}

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let _nobody_reads = writeln!(std::io::stderr(), "{error}");
            ExitCode::FAILURE
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), String> {
    match &arguments.command {
        Some(Command::Token { name, rights }) => return token(name, rights),
        Some(Command::TenantKey { file }) => return Config::make_tenant_key(file),
        None => {}
    }
    let log = tracing_subscriber::fmt().with_writer(std::io::stderr).with_target(false);
    let log = log.with_max_level(arguments.log);
    if arguments.log_json {
        log.json().init();
    } else {
        log.init();
    }
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build();
    let runtime = runtime.map_err(|error| error.to_string())?;
    match &arguments.config {
        Some(config) => runtime.block_on(work(arguments, config)),
        None if arguments.demo => runtime.block_on(show(arguments)),
        None => Err("--config FILE says what to do; --demo shows it".to_owned()),
    }
}

fn token(name: &str, rights: &[Right]) -> Result<(), String> {
    let (text, token) = Token::make(name, rights).map_err(|error| error.to_string())?;
    let rights: Vec<_> = rights.iter().map(|right| format!("{:?}", right.name())).collect();
    say(&format!(
        "{}\n\n[[token]]\nname = {name:?}\nrights = [{}]\nsha256 = \"{}\"",
        *text,
        rights.join(", "),
        hex::encode(token.sha256)
    ))
}

/// What the configuration says.
async fn work(arguments: &Arguments, path: &Path) -> Result<(), String> {
    let config = Config::read(path).map_err(|mistakes| mistakes.to_string())?;
    let sources = Sources { store: arguments.store.clone() };
    let opened = tokio::task::block_in_place(|| config.open(&sources));
    let opened = opened.map_err(|mistakes| mistakes.to_string())?;
    if arguments.check {
        return say("well");
    }
    let port = arguments.port.unwrap_or(config.address.port());
    let address = SocketAddr::new(config.address.ip(), port);
    let listener = bind(address, arguments.plain_http_beyond_loopback).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let app = tokio::task::block_in_place(|| opened.start())?;
    // Where nobody reads it, somebody knows the address anyway.
    let _said = say(&format!("http://{address}"));
    serve(listener, app, ended()).await
}

/// The demonstration.
async fn show(arguments: &Arguments) -> Result<(), String> {
    let address = SocketAddr::from(([127, 0, 0, 1], arguments.port.unwrap_or(8440)));
    let listener = bind(address, false).await?;
    let address = listener.local_addr().map_err(|error| error.to_string())?;
    let demo = tokio::task::block_in_place(demo::start)?;
    let (text, token) = Token::make("demo", &Right::ALL).map_err(|error| error.to_string())?;
    let limits = Limits::default();
    let tokens = Tokens::new(vec![token], limits.second, demo.key.clone());
    let _said = say(&format!(
        "http://{address}\ntoken {0}\nFour readers are at work: http://{address}/login#{0}\nCtrl-C ends it.",
        *text
    ));
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
