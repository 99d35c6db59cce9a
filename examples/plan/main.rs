// SPDX-License-Identifier: MIT OR Apache-2.0
//! Shows what a job would do with a card without doing it, and what is wrong with a profile.

mod arguments;
mod check;
#[path = "../shared/files.rs"]
mod files;
mod found;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/page.rs"]
mod page;
#[path = "../shared/permission.rs"]
mod permission;
mod pictures;
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
mod sheet;
mod show;
#[path = "../shared/state.rs"]
mod state;
#[path = "../shared/table.rs"]
mod table;
#[path = "../shared/uid.rs"]
mod uid;
#[path = "../shared/usual.rs"]
mod usual;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::process::ExitCode;

use cardwright::emulator::SoftCard;
use cardwright::encode::{Encoder, Job, Outcome};
use cardwright::iso14443::RealUid;
use cardwright::keys::Purpose;
use cardwright::originality::Trust;
use cardwright::profile::Record;
use cardwright::transport::{InField, Transport};
use clap::Parser;
use rand::Rng;
use rand::rngs::StdRng;

use arguments::Arguments;
use say::say;

/// The UID of a card that nobody named.
const INVENTED: [u8; 7] = [0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90];

/// Nothing can be planned: usage, profile, keys, records, state or reader are wrong.
const UNUSABLE: u8 = 2;

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    let ran = match &arguments.check {
        Some(path) => check::profile(&arguments, path),
        None if arguments.reader_sheet => sheet::write(&arguments),
        None => run(&arguments),
    };
    ran.unwrap_or_else(|error| say::ended(&*error, UNUSABLE))
}

fn run(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    page::may_be_asked_for(arguments.html.as_deref(), arguments.json)?;
    let job = job(arguments)?;
    let path = arguments.files.record_file();
    let entries = if arguments.files.records.is_none() && !job.needs_record() {
        vec![Ok(Record::none())]
    } else {
        files::records(&arguments.files, &files::record_bytes(path.as_ref())?, job.profile())?
            .entries
    };
    let record = match entries.first() {
        Some(record) => record.clone().map_err(|error| match &path {
            Some(path) => read::at(path, &error),
            None => error.to_string(),
        })?,
        None => return Err("there is no record: name some with --records".into()),
    };
    // Which of them is on a card is what verifying finds out.
    let candidates: Vec<Record> = entries.into_iter().flatten().collect();
    let encoder = Encoder::new(&job).with_candidates(candidates.into());
    if let Some(asked) = &arguments.reader {
        return reader::with_card(asked, arguments.wait, |card| {
            plan(arguments, &job, encoder, &record, card)
        });
    }
    let mut random: StdRng = rand::make_rng();
    let mut card = match &arguments.state {
        Some(path) => state::load(path, arguments.card, random.next_u64())?,
        None => {
            let uid = record.uid().cloned();
            let model = arguments.card.unwrap_or(usual::MODEL);
            SoftCard::new(model, uid.unwrap_or(RealUid::new(INVENTED)), random.next_u64())
        }
    };
    plan(arguments, &job, encoder, &record, card.in_field().lend())
}

fn job(arguments: &Arguments) -> Result<Job, Box<dyn Error>> {
    let profile = files::profile(arguments.files.profile.as_ref())?;
    let (keys, name) = files::keys(&arguments.files)?;
    if keys.purpose() == Purpose::Live {
        // A program may lie on a reader under any name, and the file holds the keys in the clear.
        let why = "these keys are marked live, and this may be a software card; use test keys";
        return Err(format!("{}: {why}", name.display()).into());
    }
    let job = files::job(profile, (&*keys, name), arguments.job)?;
    let mut job = match arguments.reader {
        Some(_) => job,
        None => job.with_trust(Trust::TestKeyToo),
    };
    if let Some(messaging) = arguments.messaging {
        job = job.with_messaging(messaging)?;
    }
    let job = job.allowing(&arguments.allow);
    Ok(permission::permitted(job, &arguments.permission)?)
}

/// Shows the plan for a card, or why there is none.
fn plan(
    arguments: &Arguments,
    job: &Job,
    mut encoder: Encoder<&Job>,
    record: &Record,
    card: InField<&mut dyn Transport>,
) -> Result<ExitCode, Box<dyn Error>> {
    let planned = encoder.plan(card, record);
    let html = arguments.html.as_deref();
    if let Some(path) = html {
        page::write(path, &pictures::page(job.profile(), &planned).html())?;
    }
    match planned {
        Ok(_) if html.is_some_and(page::is_standard_output) => Ok(ExitCode::SUCCESS),
        Ok(plan) => {
            let text = if arguments.json {
                serde_json::to_string_pretty(&plan)? + "\n"
            } else {
                show::tables(&plan)
            };
            result::write(&text, arguments.json)?;
            Ok(ExitCode::SUCCESS)
        }
        Err(Outcome::Refused(refusal)) => {
            say(&format!("refused: {refusal}"));
            Ok(ExitCode::FAILURE)
        }
        Err(Outcome::Failed(failure)) => {
            say(&format!("failed: {failure}"));
            Ok(ExitCode::FAILURE)
        }
        Err(Outcome::Done | Outcome::AlreadyDone | Outcome::Prepared | Outcome::Written(_)) => {
            Ok(ExitCode::SUCCESS)
        }
    }
}
