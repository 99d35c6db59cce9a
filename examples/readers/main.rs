// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lists the PC/SC readers, and follows what comes and goes.

#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;

use std::process::ExitCode;
use std::time::Duration;

use cardwright::reader::atr::CardFamily;
use cardwright::reader::pcsc::{Event, Service, Watch};
use cardwright::reader::{ReaderError, SlotKind, one_named};
use cardwright::shown::Shown;
use clap::Parser;

/// List the readers, one a line, and which of them --reader would not take and why; with --follow go on
/// and tell what comes and goes.
///
/// Exit status: 0; 2 where the smart card service does not run, no reader is connected, or --reader
/// would take none.
#[derive(Debug, Parser)]
#[command(name = "readers", version)]
struct Arguments {
    /// Tell which reader the other examples would take by this name or part of a name
    #[arg(long, value_name = "NAME", conflicts_with = "follow")]
    reader: Option<String>,
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
    let asked = arguments.reader.as_deref().map(|asked| (asked, one_named(asked, &readers)));
    for reader in &readers {
        let remark = match &asked {
            Some((asked, Ok(taken))) if reader != taken => not_taken(reader, asked, true),
            Some((asked, Err(_))) => not_taken(reader, asked, false),
            Some((_, Ok(_))) => ": taken".to_owned(),
            None if SlotKind::of(reader).takes_cards() => String::new(),
            None => format!(": {}, taken for cards only by its whole name", SlotKind::of(reader)),
        };
        result::write(&format!("{}{remark}\n", Shown(reader)), false)?;
    }
    match asked {
        Some((_, Err(error))) => Err(error.into()),
        Some((_, Ok(_))) | None => Ok(()),
    }
}

/// Why another reader is taken, or none.
fn not_taken(reader: &str, asked: &str, other: bool) -> String {
    let kind = SlotKind::of(reader);
    if !reader.to_lowercase().contains(&asked.to_lowercase()) {
        format!(": not taken, its name has no {asked:?} in it")
    } else if !kind.takes_cards() {
        format!(": not taken, {kind}")
    } else if other {
        ": not taken, another slot is the one for contactless cards or has this very name"
            .to_owned()
    } else {
        ": not taken, it is not the only one".to_owned()
    }
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
