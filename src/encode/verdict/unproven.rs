// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether a card is done: what each key, setting and file of the profile rests on.
//!
//! A grade from [`Grade::Enciphered`] on is proof by itself. What has less may be stood for: a key
//! that goes last at its level, in sessions with MACs, stands for what came before it once it is
//! itself proven. In D40 messaging, where replies carry no MAC, the card has to have been asked for
//! everything after its last change.

mod code;

use core::fmt;

use serde::{Deserialize, Serialize};

use crate::encode::card::findings::Findings;
use crate::encode::card::identity::Identity;
use crate::encode::job::Job;
use crate::encode::plan::place::Slot;
use crate::encode::proof::evidence::ApplicationEvidence;
use crate::host::Grade;
use crate::profile::{AppRef, CardSpec, Layout};
use crate::wire::{Aid, FileNo, KeyNo, Messaging};

/// The first thing of a card that nothing proves.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Unproven {
    /// A key.
    Key {
        /// The application, or [`Aid::PICC`].
        aid: Aid,
        /// The key's number there.
        no: KeyNo,
    },
    /// Key settings.
    Settings(Aid),
    /// That an application is in its slot of somebody else's card.
    Slot(Aid),
    /// A file: that it is there with its rights, or what it holds.
    File {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// The random UID.
    RandomUid,
    /// That it refuses D40 and EV1 messaging: a refusal has no MAC, and only a job that tells it once more has.
    Legacy,
    /// That the card is blank.
    Blank,
}

impl fmt::Display for Unproven {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("everything is written, and nothing proves ")?;
        match self {
            Self::Key { aid: Aid::PICC, .. } => f.write_str("the PICC master key"),
            Self::Key { aid, no } => write!(f, "key {} of application {aid}", u8::from(*no)),
            Self::Settings(Aid::PICC) => f.write_str("the card's key settings"),
            Self::Settings(aid) => write!(f, "the key settings of application {aid}"),
            Self::Slot(aid) => write!(f, "the slot of application {aid}"),
            Self::File { aid, file } => write!(f, "file {file} of application {aid}"),
            Self::RandomUid => f.write_str("the random UID"),
            Self::Legacy => f.write_str("that the card refuses D40 and EV1 messaging"),
            Self::Blank => f.write_str("that the card is blank"),
        }
    }
}

/// What stands for something whose own grade is no proof.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
#[expect(clippy::exhaustive_enums, reason = "a new ground must break every match")]
pub enum Ground {
    /// It was changed in a session with MACs before the PICC master key, which is proven.
    PiccKey,
    /// It was changed in a session with MACs before key 0 of its application, which is proven.
    ApplicationKey,
    /// D40 messaging has no MAC for it; the card was asked for it after its last change.
    Look,
}

/// What may stand for the things of a card.
pub(crate) struct Grounds {
    /// Whether sessions have MACs.
    macs: bool,
    /// Whether an application's own key stands for the rest of it.
    stands: bool,
}

impl Grounds {
    /// For cards of this job with this messaging.
    pub(crate) fn new(job: &Job, messaging: Messaging) -> Self {
        Self { macs: messaging != Messaging::D40, stands: job.own_key_stands(messaging) }
    }

    /// What stands for the PICC settings and for FormatPICC switched off.
    pub(crate) fn picc(&self, findings: &Findings) -> Option<Ground> {
        let picc = &findings.evidence.picc;
        match self.macs {
            true => (picc.key >= Grade::Attested).then_some(Ground::PiccKey),
            false => picc.looked.then_some(Ground::Look),
        }
    }

    /// What stands for keys, settings and the shape of files in an application.
    pub(crate) fn application(&self, proven: &ApplicationEvidence) -> Option<Ground> {
        let key = proven.key(KeyNo::MASTER) >= Grade::Attested;
        match self.macs {
            // What came before another form of low bits was tried is in no MAC of the last session.
            true => (self.stands && key && !proven.split).then_some(Ground::ApplicationKey),
            false => proven.looked.then_some(Ground::Look),
        }
    }

    /// Whether a key is proven. One that was changed under a key that everybody knows, or in a
    /// session without MACs, has to have opened.
    pub(crate) fn key(&self, no: usize, grade: Grade, ground: Option<Ground>) -> bool {
        if !self.stands {
            return grade >= Grade::Used;
        }
        grade >= if no == 0 { Grade::Attested } else { Grade::Sealed }
            || (no > 0 && ground.is_some())
    }

    /// Whether what a file holds is proven.
    pub(crate) fn content(&self, grade: Grade, ground: Option<Ground>) -> bool {
        grade > Grade::Said || (!self.macs && grade == Grade::Said && ground == Some(Ground::Look))
    }
}

/// The first thing of the card that nothing proves; `None` where the card is done.
pub(crate) fn unproven_of(job: &Job, identity: &Identity, findings: &Findings) -> Option<Unproven> {
    let grounds = Grounds::new(job, identity.messaging);
    let evidence = &findings.evidence;
    if job.task().proves_nothing() {
        return None;
    }
    if job.task().makes_blank() {
        return blank(job, identity, findings, &grounds);
    }
    let card = job.profile().card();
    if let Some(unproven) = card.and_then(|card| picc(job, card, findings, &grounds)) {
        return Some(unproven);
    }
    let slotted = job.profile().delegation().is_none() || evidence.picc.settings > Grade::Said;
    let mut applications = evidence.applications.iter();
    if let (false, Some((at, _))) = (slotted, evidence.applications.iter().next()) {
        return Some(Unproven::Slot(job.profile()[at].aid));
    }
    applications.find_map(|(at, proven)| application(job, at, proven, &grounds))
}

/// What of the level above the applications nothing proves, where there is one.
fn picc(job: &Job, card: &CardSpec, findings: &Findings, grounds: &Grounds) -> Option<Unproven> {
    let evidence = &findings.evidence;
    if evidence.picc.key < Grade::Used {
        return Some(Unproven::Key { aid: Aid::PICC, no: KeyNo::MASTER });
    }
    if evidence.picc.settings <= Grade::Said && grounds.picc(findings).is_none() {
        return Some(Unproven::Settings(Aid::PICC));
    }
    let made = job.task().wants_for_good();
    if card.random_uid && made && evidence.random_uid <= Grade::Said {
        return Some(Unproven::RandomUid);
    }
    (card.legacy_off && made && evidence.legacy_off <= Grade::Said).then_some(Unproven::Legacy)
}

fn application(
    job: &Job,
    at: AppRef,
    proven: &ApplicationEvidence,
    grounds: &Grounds,
) -> Option<Unproven> {
    let profile = job.profile();
    let spec = &profile[at];
    if spec.is_anothers() {
        return None;
    }
    let aid = spec.aid;
    let ground = grounds.application(proven);
    // The keys of a prepared application are those of before, and the next set was seen.
    let prepared = proven.prepared > Grade::Said;
    let key = |(no, grade): (usize, &Grade)| {
        let open = !prepared && !grounds.key(no, *grade, ground);
        let no = crate::encode::plan::place::slot_number(no).unwrap_or(KeyNo::MASTER);
        (open && !spec.is_foreign(no)).then_some(Unproven::Key { aid, no })
    };
    if let Some(key) = proven.keys.iter().enumerate().find_map(key) {
        return Some(key);
    }
    if proven.settings <= Grade::Said && ground.is_none() {
        return Some(Unproven::Settings(aid));
    }
    if let Some((file, ..)) = spec.keyed_transaction_mac()
        && proven.counts <= Grade::Said
        && ground.is_none()
    {
        return Some(Unproven::File { aid, file });
    }
    if !job.task().compares_contents() {
        return None;
    }
    proven.files.iter().find_map(|(at, content)| {
        let shaped = proven.shapes[at] > Grade::Said || ground.is_some();
        let file = &profile[at];
        let holds = file.content.is_none() || grounds.content(*content, ground);
        (!(shaped && holds)).then_some(Unproven::File { aid, file: file.no })
    })
}

/// A card that is blank again has the transport key, the settings of the factory and no application, or
/// those of its layout as they come.
/// Of one that never had another key nothing can be proven that its public key does not say; a layout that
/// nothing deletes has to have been looked at after its last change.
fn blank(
    job: &Job,
    identity: &Identity,
    findings: &Findings,
    grounds: &Grounds,
) -> Option<Unproven> {
    let blank = &findings.evidence.blank;
    let public = job.is_public(Slot::master(job.first_level()), identity.holder);
    let least = if public || !grounds.macs { Grade::Said } else { Grade::Sealed };
    let evidence = &findings.evidence;
    if let Layout::Delegated { .. } = job.profile().layout() {
        return (blank.empty < Grade::Sealed).then_some(Unproven::Blank);
    }
    let looked = match job.profile().layout() {
        Layout::Free { .. } | Layout::Delegated { .. } => grounds.macs || evidence.picc.looked,
        Layout::Fixed { .. } => !public || evidence.applications.iter().all(|(_, one)| one.looked),
    };
    let proven = blank.key >= Grade::Used && blank.settings >= least && blank.empty >= least;
    (!(proven && looked)).then_some(Unproven::Blank)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::encode::plan::place::{Level, Slot};
    use crate::encode::proof::evidence::Evidence;
    use crate::profile::Profile;

    /// Somebody who held back a change of the first session may have put others into it.
    #[test]
    fn key_0_stands_for_no_session_before_the_last() {
        let grounds = Grounds { macs: true, stands: true };
        let text = include_str!("../../../examples/data/profiles/door.toml");
        let profile = Profile::parse(text).unwrap();
        let (door, _) = profile.each_application().next().unwrap();
        let mut evidence = Evidence::none(&profile);
        evidence.key(Slot::master(Level::Application(door)), Grade::Attested);
        let proven = &mut evidence.applications[door];
        assert_eq!(grounds.application(proven), Some(Ground::ApplicationKey));
        proven.split = true;
        assert_eq!(grounds.application(proven), None);
    }
}
