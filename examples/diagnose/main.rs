// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finds out which key of a key file opens a card, within a budget of refused authentications.

mod arguments;
#[path = "../shared/at_hand.rs"]
mod at_hand;
mod found;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
#[cfg_attr(feature = "pcsc", path = "../shared/reader.rs")]
#[cfg_attr(not(feature = "pcsc"), path = "../shared/no_reader.rs")]
mod reader;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/state.rs"]
mod state;
mod table;
#[path = "../shared/table.rs"]
mod tables;
#[path = "../shared/values.rs"]
mod values;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::process::ExitCode;

use cardwright::diagnose::{Form, Issuer, Limits, Plan, Search, Target};
use cardwright::iso14443::Uid;
use cardwright::keys::Store;
use cardwright::transport::Transport;
use cardwright::wire::{Aid, KeyNo};
use clap::Parser;
use rand::rngs::StdRng;

use arguments::{Arguments, System, Way};
use found::Found;

/// The search cannot start: usage, state or keys are wrong.
const UNUSABLE: u8 = 2;

/// No key fits, or the card cannot be searched.
const NOTHING: u8 = 1;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    match run(&arguments) {
        Ok(code) => code,
        Err(error) => say::ended(&*error, UNUSABLE),
    }
}

/// Searches the card of the state file, or the one on the reader.
fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let search = search(arguments)?;
    arguments.at_hand.with(|card| show(arguments, &search, card.transport, &card.uid))
}

/// What is searched.
fn search(arguments: &Arguments) -> Result<Search, Box<dyn Error>> {
    let path = arguments.keys.display();
    let file = arguments.at_hand.keys(&arguments.keys, &arguments.secret)?;
    let issuers = issuers(&*file, &arguments.key).map_err(|error| format!("{path}: {error}"))?;
    let systems: Vec<Vec<u8>> =
        arguments.system.iter().map(|System(bytes)| bytes.clone()).collect();
    let mut forms = Form::likely(&systems);
    if !arguments.scheme.is_empty() {
        forms.retain(|form| arguments.scheme.contains(&Way(form.scheme())));
    }
    Ok(Search {
        issuers,
        forms,
        limits: Limits::new(arguments.per_key, arguments.budget),
        any_version: arguments.any_version,
        all: arguments.all,
        uid: arguments.uid.clone(),
        messaging: arguments.messaging,
    })
}

/// The keys of these names, or all of them with those that everybody knows.
fn issuers(store: &dyn Store, names: &[String]) -> Result<Vec<Issuer>, String> {
    let mut issuers = Issuer::of_store(store);
    if names.is_empty() {
        issuers.extend(Issuer::public());
        return Ok(issuers);
    }
    // The name is not told: whatever stands in the wrong place may be a key.
    if names.iter().any(|name| issuers.iter().all(|key| key.name() != *name)) {
        return Err("there is no key of that name: leave --key out to try all of the file".into());
    }
    issuers.retain(|key| names.iter().any(|name| key.name() == name));
    Ok(issuers)
}

/// Searches a card and writes what was found.
fn show(
    arguments: &Arguments,
    search: &Search,
    card: &mut dyn Transport,
    uid: &Uid,
) -> Result<ExitCode, Box<dyn Error>> {
    let plan = match search.look(card, uid, &targets(arguments)?) {
        Ok(plan) => plan,
        Err(trouble) => return Ok(say::ended(&trouble, NOTHING)),
    };
    announce(arguments, &plan);
    let mut random: StdRng = rand::make_rng();
    let report = search.run(plan, card, &mut random);
    let found = Found::new(search, &report);
    let text = if arguments.json {
        serde_json::to_string_pretty(&found)? + "\n"
    } else {
        found.to_string()
    };
    result::write(&text, arguments.json)?;
    if let Some(stop) = &report.stop {
        return Ok(say::ended(stop, NOTHING));
    }
    if report.opened() {
        return Ok(ExitCode::SUCCESS);
    }
    say::say("no key fits");
    Ok(ExitCode::from(NOTHING))
}

/// Where keys are searched. Another key of the PICC level than 0 is named by its level and number
/// and nothing besides, so that nobody comes to it by leaving something out.
fn targets(arguments: &Arguments) -> Result<Vec<Target>, &'static str> {
    let no = arguments.key_no;
    let picc = arguments.aid.contains(&Aid::PICC);
    if no.is_some_and(|no| no != KeyNo::MASTER) {
        if arguments.aid.is_empty() {
            return Err(
                "this number is of which application? say --aid, 000000 for the PICC level",
            );
        }
        if picc && arguments.aid.len() > 1 {
            return Err("name a key of the PICC level alone, without applications");
        }
    }
    let aids = if arguments.aid.is_empty() { &[Aid::PICC][..] } else { &arguments.aid };
    Ok(aids.iter().map(|&aid| Target { aid, no }).collect())
}

/// What the search may cost, before it begins.
fn announce(arguments: &Arguments, plan: &Plan) {
    let (most, per_key, all) = (plan.most(), arguments.per_key, arguments.budget);
    say::say(&format!(
        "the card may refuse at most {most} authentications: {per_key} a key, {all} in all"
    ));
    if !plan.knows_uid() {
        say::say("the card hides its UID: keys made of it wait for --uid, or for a key that opens");
    }
    for level in plan.levels().iter().filter(|level| level.turned) {
        say::say(&format!("the application is {} on this card, most significant first", level.aid));
    }
}
