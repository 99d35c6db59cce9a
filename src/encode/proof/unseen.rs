// SPDX-License-Identifier: MIT OR Apache-2.0
//! What nobody looked at, so that a receipt is not read for more than it says.

use serde::{Deserialize, Serialize};

use crate::encode::card::findings::Findings;
use crate::encode::job::Job;
use crate::encode::proof::receipt::Receipt;
use crate::host::Grade;
use crate::profile::Foreign;

/// A kind of thing of which the card was not asked everything.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
#[non_exhaustive]
pub enum Unseen {
    /// Whether the chip is the maker's: the profile does not ask, or the card was not come to.
    Originality,
    /// Keys, of which neither use nor version was seen, and for which nothing stands.
    Keys,
    /// Key settings, for which nothing stands.
    Settings,
    /// Files, for which nothing stands.
    Files,
    /// What files hold: the task leaves it as it is.
    Contents,
    /// The random UID that the profile switches on.
    RandomUid,
    /// Whether FormatPICC is off, as the profile has it.
    NoFormat,
    /// What the applications of others hold, which the profile allows.
    OtherApplications,
}

/// What was not looked at, by what a receipt grades.
pub(crate) fn unseen(job: &Job, findings: &Findings, receipt: &Receipt) -> Vec<Unseen> {
    let none = |grade: Grade| grade == Grade::NotLookedAt;
    let task = job.task();
    let others = job.profile().card().is_some_and(|card| card.foreign != Foreign::Refused);
    let lasting = !task.makes_blank();
    let blank = receipt.blank.as_ref();
    let blank =
        |grade: fn(&super::receipt::BlankGrade) -> Grade| blank.is_some_and(|b| none(grade(b)));
    let open = |(grade, stands): (Grade, bool)| none(grade) && !stands;
    let keys = receipt.keys.iter().map(|key| (key.grade, key.ground.is_some()));
    let settings = receipt.settings.iter().map(|one| (one.grade, one.ground.is_some()));
    let files = receipt.files.iter().map(|file| (file.grade, file.ground.is_some()));
    [
        (Unseen::Originality, findings.originality.is_none()),
        (Unseen::Keys, blank(|blank| blank.key) || lasting && keys.into_iter().any(open)),
        (
            Unseen::Settings,
            blank(|blank| blank.settings) || lasting && settings.into_iter().any(open),
        ),
        (Unseen::Files, blank(|blank| blank.empty) || lasting && files.into_iter().any(open)),
        (Unseen::Contents, lasting && !task.compares_contents()),
        (Unseen::RandomUid, lasting && receipt.random_uid.is_some_and(none)),
        (Unseen::NoFormat, lasting && receipt.no_format.is_some_and(none)),
        (Unseen::OtherApplications, others),
    ]
    .into_iter()
    .filter_map(|(what, unseen)| unseen.then_some(what))
    .collect()
}
