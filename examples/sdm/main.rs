// SPDX-License-Identifier: MIT OR Apache-2.0
//! Verifies the addresses that tags give, and shows what a tag would give.

mod arguments;
#[path = "../shared/book.rs"]
mod book;
mod counters;
mod given;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/read.rs"]
mod read;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use cardwright::Job;
use cardwright::iso14443::RealUid;
use cardwright::profile::{Record, Records};
use cardwright::sdm::{CountersError, Memory, Refused, Seen, Verifier, VerifyError};
use cardwright::wire::TtState;
use clap::Parser;
use rand::Rng;

use arguments::{Action, Address, Arguments, Tags};
use book::BookError;
use counters::InBook;
use given::Given;

fn main() -> ExitCode {
    match run(&Arguments::parse().action) {
        Ok(code) => code,
        Err(error) => say::ended(&*error, 2),
    }
}

fn run(action: &Action) -> Result<ExitCode, Box<dyn Error>> {
    match action {
        Action::Verify { address, pieces, tags, counters, uid, data, why } => {
            let given = Given::of(address.as_deref(), pieces)?;
            verify(tags, &given, counters.as_deref(), Tell { uid: *uid, data: *data, why: *why })
        }
        Action::Url(wanted) => {
            url(wanted)?;
            Ok(ExitCode::SUCCESS)
        }
    }
}

fn job(tags: &Tags) -> Result<Job, Box<dyn Error>> {
    let profile = read::profile(&tags.profile)?;
    let keys = key_file::open(&tags.keys, &tags.secret)?;
    // Tags are verified longer than their keys are put on new ones.
    let job = Job::making(profile, &*keys).to_read().make();
    job.map_err(|error| read::at(&tags.profile, &error).into())
}

/// What is told only where it is asked for.
#[derive(Debug, Clone, Copy)]
struct Tell {
    uid: bool,
    data: bool,
    why: bool,
}

/// Exit status 1 where the address is not taken.
fn verify(
    tags: &Tags,
    given: &Given<'_>,
    counters: Option<&Path>,
    tell: Tell,
) -> Result<ExitCode, Box<dyn Error>> {
    let job = job(tags)?;
    let verifier = Verifier::new(&job).map_err(|error| read::at(&tags.profile, &error))?;
    given.fits(&verifier)?;
    let book = counters.map(InBook::open).transpose();
    let seen = match &book {
        // Whoever sent the address learns no more of a book that was turned back.
        Err(error @ BookError::TurnedBack { .. }) => {
            Err(VerifyError::Counters(CountersError::new(error.to_string())))
        }
        Err(error) => return Err(error.to_string().into()),
        Ok(Some(book)) => given.judged(&verifier, book),
        Ok(None) => given.judged(&verifier, &Memory::default()),
    };
    match seen {
        Ok(seen) => {
            result::write(&(taken(&seen, tell) + "\n"), false)?;
            if counters.is_none() {
                say::say("warning: without --counters the same address is taken again");
            }
            Ok(ExitCode::SUCCESS)
        }
        Err(error) => {
            let refused = match &error {
                VerifyError::Refused(refused) => refused.to_string(),
                VerifyError::Counters(_) => NOT_NOW.to_owned(),
                VerifyError::Key(_) | VerifyError::PublicKey | _ => {
                    return Err(error.to_string().into());
                }
            };
            say::say(&format!("refused: {refused}"));
            if tell.why {
                say::say(&format!("why: {}", reason(&error)));
            }
            Ok(ExitCode::from(1))
        }
    }
}

fn taken(seen: &Seen, tell: Tell) -> String {
    let mut line = String::from("taken");
    if let Some(counter) = seen.counter {
        line += &format!(", reading {counter}");
    }
    if let Some(version) = seen.version {
        line += &format!(", key version {version}");
    }
    if let Some(seal) = seen.seal {
        line += match (seal.permanent, seal.current) {
            (TtState::Closed, _) => ", seal whole",
            (TtState::Open, TtState::Closed) => ", seal broken, and closed again",
            (TtState::Open, TtState::Open | TtState::Invalid) => ", seal broken",
            (TtState::Invalid, _) => ", seal not looked at",
        };
    }
    if tell.uid {
        line += &format!(", UID {}", hex::encode_upper(seen.uid.expose()));
    }
    if let Some(data) = seen.enciphered.as_ref().filter(|_| tell.data) {
        line += &format!(", data {}", hex::encode_upper(data.expose_secret()));
    }
    line
}

/// For the operator.
fn reason(error: &VerifyError) -> String {
    match error {
        VerifyError::Refused(refused) => format!("{:?}", refused.reason()).to_lowercase(),
        VerifyError::Counters(_) | VerifyError::Key(_) | VerifyError::PublicKey | _ => {
            error.to_string()
        }
    }
}

fn url(wanted: &Address) -> Result<(), Box<dyn Error>> {
    let job = job(&wanted.tags)?;
    let verifier = Verifier::new(&job).map_err(|error| read::at(&wanted.tags.profile, &error))?;
    let mut uid = [0; 7];
    hex::decode_to_slice(wanted.uid.replace([':', ' '], ""), &mut uid)
        .map_err(|_| "--uid: a UID has 14 hexadecimal digits")?;
    let record = match &wanted.record {
        None => Record::none(),
        Some(line) => {
            let mut records = Records::json_lines(job.profile(), line.as_bytes())?;
            records.entries.pop().ok_or("--record: no record")??
        }
    };
    let mut random = [0; 16];
    rand::rng().fill_bytes(&mut random);
    let uid = RealUid::new(uid);
    let address = verifier.example(&record, (&uid, wanted.counter), random)?;
    result::write(&(address + "\n"), false)?;
    Ok(())
}

/// What a refused address is told, whatever is the matter.
const NOT_NOW: &str = Refused::WORDS;
