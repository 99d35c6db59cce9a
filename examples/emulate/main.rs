// SPDX-License-Identifier: MIT OR Apache-2.0
//! Puts a software card into a virtual PC/SC reader, so that any program can use it.

#[path = "../shared/keep.rs"]
mod keep;
#[path = "../shared/private.rs"]
mod private;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/state.rs"]
mod state;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::io;
use std::net::Shutdown;
use std::path::PathBuf;
use std::process::ExitCode;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::keys::Purpose;
use cardwright::reader::vpcd::{Slot, SlotError};
use clap::Parser;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};
use zeroize::Zeroizing;

/// Put a software card into a virtual reader, the driver vpcd of the vsmartcard project, until the
/// reader goes or this program is interrupted.
///
/// Exit status: 0 interrupted; 1 the reader closed the connection; 2 the card cannot be put in (usage,
/// state file, no reader).
#[derive(Debug, Parser)]
#[command(name = "emulate", version)]
struct Arguments {
    /// Kind of card: d40-4k, ev1-2k, ev1-4k, ev1-8k, ev2-2k, … ev3-16k, or a tag, ntag424 or ntag424tt
    /// [default: ev2-8k, or what the state file holds]
    #[arg(long, value_name = "MODEL")]
    card: Option<Model>,
    /// Where the virtual reader listens
    #[arg(long, value_name = "HOST:PORT", default_value = "127.0.0.1:35963")]
    vpcd: String,
    /// Keep the card in this file, which is made where there is none, and written after every change;
    /// for tests only, as the file holds the card's keys
    #[arg(long, value_name = "FILE")]
    state: Option<PathBuf>,
    /// The UID of a new card, 14 hexadecimal digits [default: a random one]
    #[arg(long, value_name = "HEX", value_parser = uid)]
    uid: Option<RealUid>,
    /// The answer to reset, in hexadecimal [default: what a reader makes of the card's ATS]
    #[arg(long, value_name = "HEX", value_parser = bytes)]
    atr: Option<Bytes>,
    /// Make a new UID and the card's random numbers from this seed
    #[arg(long, value_name = "N")]
    seed: Option<u64>,
}

#[derive(Debug, Clone)]
struct Bytes(Vec<u8>);

fn uid(text: &str) -> Result<RealUid, &'static str> {
    let mut uid = [0; 7];
    hex::decode_to_slice(text, &mut uid).map_err(|_| "a UID has 14 hexadecimal digits")?;
    Ok(RealUid::new(uid))
}

fn bytes(text: &str) -> Result<Bytes, &'static str> {
    hex::decode(text).map(Bytes).map_err(|_| "write hexadecimal digits, two for each byte")
}

fn main() -> ExitCode {
    let stopped = Arc::new(AtomicBool::new(false));
    match run(&Arguments::parse(), &stopped) {
        Ok(SlotError::Closed) if stopped.load(Ordering::Relaxed) => ExitCode::SUCCESS,
        Ok(end) => say::ended(&end, 1),
        Err(error) => say::ended(&*error, 2),
    }
}

/// Serves the reader, and gives the reason for the end.
fn run(arguments: &Arguments, stopped: &Arc<AtomicBool>) -> Result<SlotError, Box<dyn Error>> {
    let mut card = card(arguments)?;
    let mut slot = Slot::connect(arguments.vpcd.as_str())?;
    if let Some(Bytes(atr)) = &arguments.atr {
        slot = slot.with_atr(atr)?;
    }
    let (handle, flag) = (slot.handle()?, Arc::clone(stopped));
    ctrlc::set_handler(move || {
        flag.store(true, Ordering::Relaxed);
        // A reader that closed the connection meanwhile needs no shutdown.
        let _ = handle.shutdown(Shutdown::Both);
    })?;
    // Whoever started this program waits for the line.
    let told = format!("a {} card is in the reader at {}\n", card.model(), arguments.vpcd);
    let _ = result::write(&told, false);
    let mut kept = Zeroizing::new(Vec::new());
    let keep = |card: &SoftCard| match &arguments.state {
        Some(path) => {
            let now = card.save();
            if *now != *kept {
                keep::save(path, card, KEYS)
                    .map_err(|error| io::Error::other(error.to_string()))?;
                kept = now;
            }
            Ok(())
        }
        None => Ok(()),
    };
    match slot.serve(&mut card, keep) {
        Ok(()) => Ok(SlotError::Closed),
        Err(end) => Ok(end),
    }
}

/// What the keys are for that the card gets from whatever program is at the reader: a state is marked
/// test, and no session of this crate's brings a live one.
const KEYS: Purpose = Purpose::Test;

/// The card of the state file, or a new one, which is kept at once.
fn card(arguments: &Arguments) -> Result<SoftCard, Box<dyn Error>> {
    let mut random: StdRng = match arguments.seed {
        Some(seed) => StdRng::seed_from_u64(seed),
        None => rand::make_rng(),
    };
    let seed = random.next_u64();
    if let Some(path) = arguments.state.as_deref().filter(|path| path.exists()) {
        let card = state::load(path, arguments.card, seed)?;
        if arguments.uid.is_some() {
            let name = path.display();
            return Err(format!("{name}: this card has its UID; --uid is for new ones").into());
        }
        return Ok(card);
    }
    let mut uid = [0x04; 7];
    random.fill_bytes(&mut uid[1..]);
    let uid = arguments.uid.clone().unwrap_or(RealUid::new(uid));
    let card = SoftCard::new(arguments.card.unwrap_or(Model::Ev2_8k), uid, seed);
    if let Some(path) = &arguments.state {
        keep::save(path, &card, KEYS)?;
    }
    Ok(card)
}
