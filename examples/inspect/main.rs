// SPDX-License-Identifier: MIT OR Apache-2.0
//! Shows what is on a card: version, keys, applications, files, free memory, and the contents that
//! the given keys open. Changes nothing.

mod application;
mod arguments;
mod keys;
mod look;
mod seen;
#[path = "../shared/state.rs"]
mod state;
mod table;

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::Path;
use std::process::ExitCode;

use cardwright::keys::{KeyFile, Purpose};
use cardwright::profile::Profile;
use clap::Parser;
use rand::Rng;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

use arguments::Arguments;
use keys::Keys;

/// The inspection cannot start: usage, state, profile or keys are wrong.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let (mut card, keys) = match prepared(&arguments) {
        Ok(prepared) => prepared,
        Err(error) => return told(&*error, UNUSABLE),
    };
    let shown = card.uid();
    match look::card(&mut card, &shown, keys.as_ref(), rand::make_rng()) {
        Ok(seen) => match written(&seen, arguments.json) {
            Ok(()) => ExitCode::SUCCESS,
            Err(error) => told(&*error, UNUSABLE),
        },
        Err(error) => told(&error, 1),
    }
}

fn prepared(
    arguments: &Arguments,
) -> Result<(cardwright::emulator::SoftCard, Option<Keys>), Box<dyn Error>> {
    let mut random: StdRng = rand::make_rng();
    let card = state::load(&arguments.state, random.next_u64())?;
    if let Some(wanted) = arguments.card.filter(|&wanted| wanted != card.model()) {
        let (path, found) = (arguments.state.display(), card.model());
        return Err(format!("{path}: this is a card of model {found}, not {wanted}").into());
    }
    let keys = match (&arguments.profile, &arguments.keys) {
        (Some(profile), Some(keys)) => {
            let text = text(profile)?;
            let profile =
                Profile::parse(&text).map_err(|error| format!("{}: {error}", profile.display()))?;
            let file = KeyFile::parse(&self::text(keys)?)
                .map_err(|error| format!("{}: {error}", keys.display()))?;
            if file.purpose() == Purpose::Live {
                let why = "these keys are marked live, and this is a software card; use test keys";
                return Err(format!("{}: {why}", keys.display()).into());
            }
            Some(Keys::new(profile, file))
        }
        _ => None,
    };
    Ok((card, keys))
}

fn text(path: &Path) -> Result<Zeroizing<String>, String> {
    let text = fs::read_to_string(path);
    text.map(Zeroizing::new).map_err(|error| format!("{}: {error}", path.display()))
}

fn written(seen: &seen::Card, json: bool) -> Result<(), Box<dyn Error>> {
    let text = if json { serde_json::to_string_pretty(seen)? + "\n" } else { seen.to_string() };
    let mut out = io::stdout();
    let shown = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|error| format!("the result cannot be written: {error}").into())
}

fn told(error: &dyn Error, code: u8) -> ExitCode {
    // Where standard error is closed, the exit status has to do.
    let _ = writeln!(io::stderr(), "error: {error}");
    ExitCode::from(code)
}
