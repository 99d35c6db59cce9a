// SPDX-License-Identifier: MIT OR Apache-2.0
//! What goes in: profile and keys, checked before the first card.

use std::error::Error;

use cardwright::encode::Job;
use cardwright::keys::Purpose;
use cardwright::originality::Trust;

use crate::arguments::Arguments;
use crate::files;
use crate::lists;
use crate::permission;
use crate::state;
use crate::usual;

/// Reads profile and keys, and binds them.
pub(crate) fn job(arguments: &Arguments) -> Result<Job, Box<dyn Error>> {
    let profile = files::profile(arguments.files.profile.as_ref())?;
    let (keys, name) = files::keys(&arguments.files)?;
    let on_readers = !arguments.reader.is_empty();
    if keys.purpose() == Purpose::Live {
        // A program may lie on a reader under any name, and the file holds the keys in the clear.
        let why = if on_readers { "may meet them on a reader" } else { "uses software cards" };
        return Err(format!(
            "{} is marked live, and this run {why}; use a key file marked test",
            name.display()
        )
        .into());
    }
    let mut job = files::job(profile, (&*keys, name), arguments.job)?;
    if let Some(messaging) = arguments.messaging {
        job = job.with_messaging(messaging)?;
    }
    if !on_readers {
        job = job.with_trust(Trust::TestKeyToo);
        speaks_to_software(arguments, &job)?;
    }
    let job = job.allowing(&arguments.allow);
    let job = permission::permitted(job, &arguments.permission)?;
    if let Some(option) = job.missing_allowance() {
        return Err(format!(
            "the profile names {option}, which no command takes back: say --allow {option}, or take \
             it out of the profile"
        )
        .into());
    }
    let task = job.task();
    if task.makes_blank() && on_readers && !arguments.yes {
        return Err("recycling deletes what is on the cards: say --yes if that is meant".into());
    }
    lists::fit(arguments, &job)?;
    if !task.makes_cards() && !on_readers && arguments.state.is_none() {
        let why = "takes finished cards: name --state FILE or --reader";
        return Err(format!("--job {task} {why}").into());
    }
    Ok(job)
}

/// Whether the job speaks to the software cards that are going to be there: of the model that is named, of
/// that in the state file, or of the usual one.
fn speaks_to_software(arguments: &Arguments, job: &Job) -> Result<(), Box<dyn Error>> {
    let there = arguments.state.as_deref().filter(|path| path.exists());
    let model = match (arguments.card, there) {
        (Some(named), _) => named,
        (None, Some(path)) => state::load(path, None, 0)?.model(),
        (None, None) => usual::MODEL,
    };
    let spoken = job.messaging_for(model.generation()).map(drop);
    spoken.map_err(|error| match (arguments.card, there) {
        (Some(_), _) => error.into(),
        (None, Some(path)) => {
            format!("{}: a card of model {model}: {error}", path.display()).into()
        }
        (None, None) => {
            let usual = format!("software cards are {model} where no model is named");
            format!("{error}, or say --card with a model of its chips: {usual}").into()
        }
    })
}
