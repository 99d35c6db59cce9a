// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card proved, by its receipt.

use super::draw::{Band, COLUMN, Picture, WIDTH};
use super::ink::{Ink, Tint};
use super::time::duration;
use super::words::{count, milliseconds};
use crate::encode::{Ground, OutcomeName, Receipt};
use crate::host::Grade;

/// Where the steps of the ladder stand.
const LADDER: u32 = 480;
const STEP: u32 = 40;

/// The grades above none, the weakest first.
const GRADES: [Grade; 5] =
    [Grade::Said, Grade::Enciphered, Grade::Sealed, Grade::Attested, Grade::Used];

/// How an encoding ended and what proves it: each key, setting and file of the receipt with its grade.
/// The card's mark and the record's reference are not in it.
#[must_use]
pub fn proof(receipt: &Receipt) -> Picture {
    let outcome = outcome(receipt.outcome);
    let mut picture = Picture::new(format!(
        "What the card proved: {} of {}, {outcome}",
        receipt.job, receipt.profile.name
    ));
    picture.note(Ink::Plain, &ended(receipt));
    let took = duration(receipt).map(|took| format!(", {} ms", milliseconds(took)));
    let Receipt { exchanges, sent, received, .. } = *receipt;
    picture.note(
        Ink::Faint,
        &format!(
            "{}, {} sent, {} received{}.",
            count(exchanges, "exchange"),
            count(sent, "byte"),
            count(received, "byte"),
            took.unwrap_or_default()
        ),
    );
    let rows = graded(receipt);
    if rows.is_empty() {
        picture.push(Band::line(Ink::Plain, "The receipt grades nothing."));
        return picture;
    }
    picture.head(
        Band::new(String::new())
            .text(0, LADDER / COLUMN - 1, Ink::Head, "what")
            .text(LADDER, 24, Ink::Head, "how well proven")
            .ruled(0, WIDTH),
    );
    picture.extend(rows.iter().map(|(what, grade, ground)| row(what, *grade, *ground)));
    picture
}

/// Everything that a receipt grades, in its order.
fn graded(receipt: &Receipt) -> Vec<(String, Grade, Option<Ground>)> {
    let keys = receipt.keys.iter().map(|key| {
        let what = format!("{} key {}, {} version {}", key.at, key.no, key.name, key.version);
        (what, key.grade, key.ground)
    });
    let settings = receipt.settings.iter();
    let settings = settings.map(|one| (format!("{} key settings", one.at), one.grade, one.ground));
    let files = receipt.files.iter();
    let files = files.map(|one| (format!("{} file {}", one.at, one.no), one.grade, one.ground));
    let others = [
        ("random UID", receipt.random_uid),
        ("formatting switched off", receipt.no_format),
        ("older messaging switched off", receipt.legacy_off),
        ("blank: the transport key", receipt.blank.as_ref().map(|blank| blank.key)),
        ("blank: the settings", receipt.blank.as_ref().map(|blank| blank.settings)),
        ("blank: no application", receipt.blank.as_ref().map(|blank| blank.empty)),
    ];
    let others =
        others.into_iter().filter_map(|(what, grade)| Some((what.to_owned(), grade?, None)));
    let told = receipt.told.iter().map(|one| (one.setting.words().to_owned(), one.grade, None));
    keys.chain(settings).chain(files).chain(others).chain(told).collect()
}

/// The weakest of what a receipt grades, in words; of what something else stands for, that counts.
pub(super) fn weakest(receipt: &Receipt) -> String {
    let rows = graded(receipt);
    let own =
        rows.iter().filter(|(_, _, ground)| ground.is_none()).map(|(_, grade, _)| *grade).min();
    let others = rows.iter().find_map(|(_, _, ground)| *ground);
    match (own, others) {
        (Some(grade), _) => word(grade).to_owned(),
        (None, Some(ground)) => stands(ground).to_owned(),
        (None, None) => String::new(),
    }
}

/// A ladder of five steps, filled as far as the grade goes, and the grade in words.
fn row(what: &str, grade: Grade, ground: Option<Ground>) -> Band {
    let said = match ground {
        Some(ground) => format!("{}, {}", word(grade), stands(ground)),
        None => word(grade).to_owned(),
    };
    let mut band = Band::new(format!("{what}: {said}"));
    band = band.text(0, LADDER / COLUMN - 1, Ink::Plain, what);
    for (step, x) in GRADES.into_iter().zip((LADDER..).step_by(STEP as usize)) {
        let tint = if step > grade {
            Tint::Free
        } else if grade == Grade::Said {
            Tint::Look
        } else {
            Tint::New
        };
        band = band.boxed(x, STEP, tint, None);
    }
    let from = LADDER + 5 * STEP + COLUMN;
    band.text(from, (WIDTH - from) / COLUMN, Ink::Plain, &said)
}

/// A grade in a word or two.
const fn word(grade: Grade) -> &'static str {
    match grade {
        Grade::NotLookedAt => "not looked at",
        Grade::Said => "said",
        Grade::Enciphered => "enciphered",
        Grade::Sealed => "sealed",
        Grade::Attested => "attested",
        Grade::Used => "used",
    }
}

/// What stands for it.
const fn stands(ground: Ground) -> &'static str {
    match ground {
        Ground::PiccKey => "by the card's key",
        Ground::ApplicationKey => "by key 0",
        Ground::Look => "by a look",
    }
}

/// How it ended, in words.
fn ended(receipt: &Receipt) -> String {
    let mut said = format!("Ended: {}.", outcome(receipt.outcome));
    if let Some(code) = &receipt.code {
        said += &format!(" Code: {code}.");
    }
    if receipt.keyed {
        said += " The card bears a key of the customer's, or may.";
    }
    said
}

/// An outcome in words.
pub(super) const fn outcome(outcome: OutcomeName) -> &'static str {
    match outcome {
        OutcomeName::Done => "done",
        OutcomeName::AlreadyDone => "already done",
        OutcomeName::Prepared => "prepared, to be rolled by a reader",
        OutcomeName::Written => "written, not proven",
        OutcomeName::Refused => "refused",
        OutcomeName::Failed => "failed",
    }
}
