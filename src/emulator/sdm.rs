// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging on the card: what it writes into a file's text while somebody reads the file
//! without a session (NT4H2421Gx and AN12196; AN12304 for chips in LRP mode).

mod image;
mod settings;

pub(super) use image::image;
pub(super) use settings::{Around, check};

use super::card::Card;
use super::file::{Verdict, reading, weigh};
use crate::wire::{CommMode, Status};

/// With which command a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// ReadData.
    Native,
    /// READ BINARY.
    Iso,
}

/// Reads of one file in the same way, one right after the other: the counter moves once for all of them, and
/// they see the same random bytes.
#[derive(Debug, Clone)]
struct Run {
    file: u8,
    way: Way,
    random: [u8; 16],
}

/// Which reads go on.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    now: Option<Run>,
    /// That of the command before.
    before: Option<Run>,
}

impl Runs {
    /// Another command comes.
    pub(super) fn turn(&mut self) {
        self.before = self.now.take();
    }

    /// Nothing goes on.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}

/// Who may read a file: whoever its rights say, and without a session anybody where secure dynamic messaging
/// has a key for it.
pub(super) fn weighed(card: &Card, number: u8) -> Result<Verdict, Status> {
    let settings = &card.application()?.file(number)?.settings;
    let signed = settings.sdm.is_some_and(|sdm| sdm.file.is_some());
    if card.session.is_none() && signed {
        return Ok(Verdict::Granted(CommMode::Plain));
    }
    let granting = reading(&settings.rights);
    Ok(weigh(&granting, settings.mode, card.authenticated(), card.behaviour.both_rights))
}

/// The random bytes of a read that is about to be answered. The first one of a run moves the counter.
///
/// # Errors
/// `9D` where the counter has reached its limit, `1E` where it has no further value.
fn run(card: &mut Card, number: u8, way: Way) -> Result<[u8; 16], Status> {
    let again = card.runs.before.take().filter(|run| run.file == number && run.way == way);
    let run = match again {
        Some(run) => run,
        None => {
            let file = card.application_mut()?.file_mut(number)?;
            let limit = file.settings.sdm.and_then(|sdm| sdm.limit);
            match limit {
                Some(limit) if file.reads >= limit => return Err(Status::PermissionDenied),
                _ if file.reads >= LAST => return Err(Status::IntegrityError),
                _ => file.reads += 1,
            }
            let mut random = [0; 16];
            card.nonces.fill(&mut random);
            Run { file: number, way, random }
        }
    };
    let random = run.random;
    card.runs.now = Some(run);
    Ok(random)
}

/// The last value of a read counter: 24 bits.
const LAST: u32 = 0x00FF_FFFF;
