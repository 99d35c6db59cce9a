// SPDX-License-Identifier: MIT OR Apache-2.0
//! Shows what is on a card: version, originality, keys, applications, files, free memory, and the contents that
//! the given keys open. Changes nothing.

mod arguments;
#[path = "../shared/at_hand.rs"]
mod at_hand;
mod door;
#[path = "../shared/key_file.rs"]
mod key_file;
mod keys;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/page.rs"]
mod page;
#[path = "../shared/private.rs"]
mod private;
#[path = "../shared/read.rs"]
mod read;
#[cfg_attr(feature = "pcsc", path = "../shared/reader.rs")]
#[cfg_attr(not(feature = "pcsc"), path = "../shared/no_reader.rs")]
mod reader;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
mod seen;
#[path = "../shared/state.rs"]
mod state;
mod table;
#[path = "../shared/whole.rs"]
mod whole;
mod words;

use std::error::Error;
use std::process::ExitCode;

use cardwright::picture::{Page, conversation, seen_memory, seen_rights};
use cardwright::survey::{Keyring, Sight, Survey, Worst, survey};
use cardwright::transport::{Exchange, Trace, Transport};
use clap::Parser;
use rand::rngs::StdRng;

use arguments::Arguments;
use keys::Keys;

/// Something did not fit, is lost, or the card left.
const ODD: u8 = 1;

/// The inspection cannot start: usage, state, profile or keys are wrong.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => say::ended(&*error, UNUSABLE),
    }
}

/// Shows the card of the state file, or the one on the reader.
fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    page::may_be_asked_for(arguments.html.as_deref(), arguments.json)?;
    let keys = keys(arguments)?;
    let reader = keys.as_ref().filter(|_| !arguments.reader_keys.is_empty());
    let reader = reader.map(|keys| door::Asked::new(arguments, keys)).transpose()?;
    arguments.at_hand.with(|card| {
        let historical = card.historical().to_vec();
        let sight = Sight { uid: Some(card.uid), historical };
        if let Some(reader) = &reader {
            return reader.show(arguments, card.transport, sight);
        }
        show(arguments, card.transport, sight, keys.as_ref())
    })
}

/// Looks at a card and writes what was seen.
fn show(
    arguments: &Arguments,
    card: &mut dyn Transport,
    sight: Sight,
    keys: Option<&Keys>,
) -> Result<ExitCode, Box<dyn Error>> {
    let keyring = keys.map(|keys| -> &dyn Keyring { keys });
    let mut rng: StdRng = rand::make_rng();
    let mut card = Trace::new(card);
    let seen = survey(&mut card, sight, keyring, &mut rng, arguments.exchanges);
    let html = arguments.html.as_deref();
    if let Some(path) = html {
        page::write(path, &pictures(&seen, card.exchanges()).html())?;
    }
    let ended = match seen.worst {
        Worst::Read | Worst::Refused => ExitCode::SUCCESS,
        Worst::Odd | Worst::Lost | Worst::Gone => ExitCode::from(ODD),
    };
    if html.is_some_and(page::is_standard_output) {
        return Ok(ended);
    }
    let words = words::card(&seen, keys.map(|keys| &keys.profile));
    written(&words, arguments.json)?;
    Ok(ended)
}

/// What was seen as pictures, without the UID and the contents.
fn pictures(seen: &Survey, exchanges: &[Exchange]) -> Page {
    let product = seen
        .product
        .map_or_else(|| "no product that is known".to_owned(), |product| product.to_string());
    let mut page = Page::new(&format!("What is on a card: {product}"));
    page.text("Neither the UID of the card nor what stands in its files is in these pictures.");
    page.picture(&seen_memory(seen));
    page.picture(&seen_rights(seen));
    page.picture(&conversation(exchanges));
    page
}

/// The keys that the profile finds in the key file.
fn keys(arguments: &Arguments) -> Result<Option<Keys>, Box<dyn Error>> {
    let (Some(profile), Some(keys)) = (&arguments.profile, &arguments.keys) else {
        return Ok(None);
    };
    let profile = read::profile(profile)?;
    let store = arguments.at_hand.keys(keys, &arguments.secret)?;
    Ok(Some(Keys::new(profile, store, arguments.slots.clone())))
}

fn written(seen: &seen::Card, json: bool) -> Result<(), Box<dyn Error>> {
    let text = if json { serde_json::to_string_pretty(seen)? + "\n" } else { seen.to_string() };
    Ok(result::write(&text, json)?)
}
