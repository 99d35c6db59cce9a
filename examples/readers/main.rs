// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists the PC/SC readers, and follows what comes and goes.

#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;

use std::process::ExitCode;
use std::time::Duration;

use cardwright::reader::ReaderError;
use cardwright::reader::atr::CardFamily;
use cardwright::reader::pcsc::{Event, Service, Watch};
use cardwright::shown::Shown;
use clap::Parser;

/// List the readers, one a line; with --follow go on and tell what comes and goes.
///
/// Exit status: 0; 2 where the smart card service does not run, or no reader is connected.
#[derive(Debug, Parser)]
#[command(name = "readers", version)]
struct Arguments {
    /// Follow readers and cards until interrupted
    #[arg(long)]
    follow: bool,
    /// With --follow, stop after this many seconds
    #[arg(long, value_name = "SECONDS", requires = "follow")]
    seconds: Option<u64>,
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::ended(&*error, 2),
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn std::error::Error>> {
    let service = Service::connect()?;
    if arguments.follow {
        return follow(service.watch(), arguments.seconds);
    }
    let readers = service.readers()?;
    if readers.is_empty() {
        return Err(ReaderError::NoReader.into());
    }
    for reader in readers {
        result::write(&format!("{}\n", Shown(reader)), false)?;
    }
    Ok(())
}

fn follow(mut watch: Watch, seconds: Option<u64>) -> Result<(), Box<dyn std::error::Error>> {
    let began = std::time::Instant::now();
    loop {
        match watch.next(Duration::from_millis(500)) {
            Ok(Some(event)) => result::write(&format!("{}\n", Shown(line(&event))), false)?,
            Ok(None) => {}
            Err(error) => {
                // The service may come back, and everything arrives again then.
                say::say(&error.to_string());
                watch = again(began, seconds)?;
            }
        }
        if over(began, seconds) {
            return Ok(());
        }
    }
}

/// Waits for the service.
fn again(
    began: std::time::Instant,
    seconds: Option<u64>,
) -> Result<Watch, Box<dyn std::error::Error>> {
    loop {
        std::thread::sleep(Duration::from_secs(1));
        match Service::connect() {
            Ok(service) => return Ok(service.watch()),
            Err(error) if over(began, seconds) => return Err(error.into()),
            Err(_) => {}
        }
    }
}

fn over(began: std::time::Instant, seconds: Option<u64>) -> bool {
    seconds.is_some_and(|seconds| began.elapsed() >= Duration::from_secs(seconds))
}

fn line(event: &Event) -> String {
    match event {
        Event::ReaderArrived { reader } => format!("{reader}: connected"),
        Event::ReaderLeft { reader } => format!("{reader}: unplugged"),
        Event::CardInserted { reader, atr } => {
            let family = match CardFamily::of(atr) {
                CardFamily::Iso14443_4 => "an ISO 14443-4 card",
                CardFamily::Storage(name) => name,
                CardFamily::Other | _ => "a card that this does not tell",
            };
            format!("{reader}: card, {family} ({})", hex::encode_upper(atr))
        }
        Event::CardRemoved { reader } => format!("{reader}: no card"),
        other => format!("{other:?}"),
    }
}
