// SPDX-License-Identifier: MIT OR Apache-2.0
//! A checked profile with its keys: everything about a batch that is the same for every card.

use super::place::{Holder, Level, Slot};
use super::state::Start;
use super::task::{OneWay, Task};
use std::sync::Arc;

use crate::diversify::{Subject, undiversified};
use crate::iso14443::RealUid;
use crate::key::{CardKey, IssuerKey, LowBits};
use crate::keys::{KeyFile, Purpose, ReceiptKey, Store};
use crate::originality::Trust;
use crate::profile::{AppTransport, FileSpec, KeySpec, PiccTransport, Profile};
use crate::shown::Shown;
use crate::wire::{
    Access, AccessRights, Aid, CommMode, Generation, KeyNo, KeySettings, KeyType, KeyVersion,
    Messaging,
};

/// A profile bound to the keys it names. Made once, used for every card.
#[derive(Debug, Clone)]
pub struct Job {
    profile: Profile,
    messaging: Vec<Messaging>,
    /// One for each key of the profile.
    keys: Vec<Arc<dyn IssuerKey>>,
    /// The same at their former versions, where the profile names any.
    former: Vec<Option<(KeySpec, Arc<dyn IssuerKey>)>>,
    /// One for each transport key of the PICC level.
    transport: Vec<TransportKey>,
    /// What new applications start with, where that is not the zero key.
    start: Option<(KeySpec, Arc<dyn IssuerKey>)>,
    purpose: Purpose,
    receipt_key: ReceiptKey,
    task: Task,
    allowed: Vec<OneWay>,
    trust: Trust,
}

#[derive(Debug, Clone)]
enum TransportKey {
    Factory,
    Issuer(Box<KeySpec>, Arc<dyn IssuerKey>),
}

/// What keeps a profile and a key file from being a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The key file lacks a key.
    #[error(
        "line {line} of the profile: key `{}` needs version {version} of `{}`, which is not in the \
         key file",
        Shown(name),
        Shown(reference)
    )]
    MissingKey {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it should be called in the key file.
        reference: String,
        /// The version asked for.
        version: KeyVersion,
    },
    /// A key in the key file is of another type than the profile says.
    #[error(
        "line {line} of the profile: key `{}` is of type {declared}, and version {version} of \
         `{}` in the key file of type {found}; write its `type` in the profile, or take another key file",
        Shown(name),
        Shown(reference)
    )]
    KeyType {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the key file.
        reference: String,
        /// Its version.
        version: KeyVersion,
        /// Its type in the profile.
        declared: KeyType,
        /// Its type in the key file.
        found: KeyType,
    },
    /// The low bits of a key are kept as they stand in the key file, and are of another version.
    #[error(
        "line {line} of the profile: key `{name}` keeps the low bits of version {version} of \
         `{reference}` in the key file, which say version {found}; correct them there, or write \
         another form of `low_bits`"
    )]
    KeptVersion {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the key file.
        reference: String,
        /// Its version there and in the profile.
        version: KeyVersion,
        /// The version in its low bits.
        found: KeyVersion,
    },
    /// The messaging asked for is not the profile's.
    #[error("the profile does not name {asked} messaging; add it to `messaging`")]
    OtherMessaging {
        /// What was asked for.
        asked: Messaging,
    },
    /// A chip cannot speak any messaging of the job.
    #[error(
        "an {generation} card does not speak {}: allow what it speaks, or take other cards",
        spoken(messaging)
    )]
    Unspoken {
        /// The chip's generation.
        generation: Generation,
        /// What the job allows.
        messaging: Vec<Messaging>,
    },
    /// A chip is not the profile's.
    #[error("the profile does not name {generation} cards; add it to `chips`")]
    OtherChip {
        /// The chip's generation.
        generation: Generation,
    },
}

fn spoken(messaging: &[Messaging]) -> String {
    let names: Vec<String> = messaging.iter().map(|one| format!("{one} messaging")).collect();
    names.join(" or ")
}

impl Job {
    /// Finds every key of the profile in the key file.
    ///
    /// # Errors
    /// [`JobError::MissingKey`] for the first that is not there, [`JobError::KeyType`] for the first
    /// that has another type there, [`JobError::KeptVersion`] for the first whose own low bits are of
    /// another version.
    pub fn new(profile: Profile, file: &KeyFile) -> Result<Self, JobError> {
        let find = |spec: &KeySpec| {
            let KeySpec { line, version, .. } = *spec;
            let (name, reference) = (spec.name.clone(), spec.reference.clone());
            match file.issuer(&spec.reference, version) {
                Err(_) => Err(JobError::MissingKey { line, name, reference, version }),
                Ok(master) if master.key_type() != spec.key_type => {
                    let (declared, found) = (spec.key_type, master.key_type());
                    Err(JobError::KeyType { line, name, reference, version, declared, found })
                }
                Ok(master) if spec.low_bits != LowBits::Kept => Ok(master),
                Ok(master) => match undiversified(&*master, version, spec.low_bits)
                    .map_or(version, |key| key.version())
                {
                    found if found != version => {
                        Err(JobError::KeptVersion { line, name, reference, version, found })
                    }
                    _ => Ok(master),
                },
            }
        };
        let keys = profile.keys().iter().map(find).collect::<Result<_, _>>()?;
        let former = |spec: &KeySpec| {
            let former = spec.at_former_version();
            former.map(|spec| find(&spec).map(|master| (spec, master))).transpose()
        };
        let former = profile.keys().iter().map(former).collect::<Result<_, _>>()?;
        let bind = |key: &PiccTransport| match key {
            PiccTransport::Factory => Ok(TransportKey::Factory),
            PiccTransport::Key(spec) => {
                Ok(TransportKey::Issuer(Box::new(spec.clone()), find(spec)?))
            }
        };
        let transport = profile.transport().picc.iter().map(bind).collect::<Result<_, _>>()?;
        let start = match &profile.transport().app {
            AppTransport::Zero => None,
            AppTransport::Key(spec) => Some((spec.clone(), find(spec)?)),
        };
        let messaging = profile.messaging().to_vec();
        let receipt_key = file.receipt_key().clone();
        Ok(Self {
            profile,
            messaging,
            keys,
            former,
            transport,
            start,
            purpose: file.purpose(),
            receipt_key,
            task: Task::Encode,
            allowed: Vec::new(),
            trust: Trust::Maker,
        })
    }

    /// Does something else with each card than encode it.
    #[must_use]
    pub const fn with_task(mut self, task: Task) -> Self {
        self.task = task;
        self
    }

    /// Allows what no command can take back. What the profile names and nobody allows keeps cards
    /// from being encoded ([`Job::missing_allowance`]).
    #[must_use]
    pub fn allowing(mut self, options: &[OneWay]) -> Self {
        self.allowed.extend_from_slice(options);
        self
    }

    /// Takes the signatures of software cards, where the profile asks for the chip maker's: for tests.
    #[must_use]
    pub const fn with_trust(mut self, trust: Trust) -> Self {
        self.trust = trust;
        self
    }

    /// Whose signatures count as the chip maker's.
    #[cfg(feature = "originality")]
    pub(crate) const fn trust(&self) -> Trust {
        self.trust
    }

    /// Narrows the job to one messaging.
    ///
    /// # Errors
    /// [`JobError::OtherMessaging`] where the profile does not name it.
    pub fn with_messaging(mut self, messaging: Messaging) -> Result<Self, JobError> {
        if !self.messaging.contains(&messaging) {
            return Err(JobError::OtherMessaging { asked: messaging });
        }
        self.messaging = vec![messaging];
        Ok(self)
    }

    /// The messaging to use with a chip of this generation: the first that it speaks.
    ///
    /// # Errors
    /// [`JobError`] where the profile does not take such chips or they speak none of it.
    pub fn messaging_for(&self, generation: Generation) -> Result<Messaging, JobError> {
        if !self.profile.chips().contains(&generation) {
            return Err(JobError::OtherChip { generation });
        }
        let speaks = |messaging: &&Messaging| match messaging {
            Messaging::D40 => true,
            Messaging::Ev1 => generation >= Generation::Ev1,
            Messaging::Ev2 => generation >= Generation::Ev2,
        };
        self.messaging
            .iter()
            .find(speaks)
            .copied()
            .ok_or_else(|| JobError::Unspoken { generation, messaging: self.messaging.clone() })
    }

    /// The messaging to open a card with that has not said yet what it is: what every chip of the
    /// profile speaks. `None` where D40 cards are among others, as these have no other messaging and
    /// theirs proves nothing.
    pub(crate) fn common_messaging(&self) -> Option<Messaging> {
        let chips = self.profile.chips().iter();
        let all: Vec<Messaging> = chips.filter_map(|chip| self.messaging_for(*chip).ok()).collect();
        let first = all.first().copied().unwrap_or(Messaging::Ev1);
        match (all.contains(&Messaging::D40), all.contains(&Messaging::Ev1)) {
            (true, _) => all.iter().all(|one| *one == first).then_some(first),
            (false, true) => Some(Messaging::Ev1),
            (false, false) => Some(first),
        }
    }

    /// The messaging to use at a level. In EV2 messaging a plain reply carries no MAC, in EV1 messaging
    /// every reply does, and the same chips speak it: it serves an application with contents that
    /// travel plain, unless the job lists EV2 alone.
    pub(crate) fn messaging_at(&self, level: Level, messaging: Messaging) -> Messaging {
        let Level::Application(index) = level else { return messaging };
        let files = self.profile.applications().get(index).map_or(&[][..], |spec| &spec.files);
        let plain = |file: &FileSpec| {
            let AccessRights { read, write, read_write, .. } = file.settings.rights;
            let free = [read, write, read_write].contains(&Access::Free);
            file.content.is_some() && (free || file.settings.mode == CommMode::Plain)
        };
        match messaging {
            Messaging::Ev2
                if self.messaging.contains(&Messaging::Ev1) && files.iter().any(plain) =>
            {
                Messaging::Ev1
            }
            Messaging::Ev2 | Messaging::Ev1 | Messaging::D40 => messaging,
        }
    }

    /// The messaging to use with a card that does not know this one after all: the next of the job, as
    /// long as its replies carry MACs too.
    pub(crate) fn messaging_instead(&self, refused: Messaging) -> Option<Messaging> {
        let behind = self.messaging.iter().skip_while(|one| **one != refused).skip(1);
        behind.copied().find(|one| *one == Messaging::Ev1)
    }

    /// What the slots of new applications hold.
    pub(crate) fn start(&self) -> Start {
        match self.start {
            Some(_) => Start::Secret,
            None => Start::Public,
        }
    }

    /// Whether an application's own key stands for the rest of it: it goes last, in a session whose
    /// key is nobody else's and whose replies carry MACs.
    pub(crate) fn own_key_stands(&self, messaging: Messaging) -> bool {
        let secret = |(_, master): &(KeySpec, Arc<dyn IssuerKey>)| !master.is_guessable();
        messaging != Messaging::D40 && self.start.as_ref().is_some_and(secret)
    }

    /// The default key of new applications, for the card with this UID; the zero key where the
    /// profile names none.
    pub(crate) fn default_key(&self, start: Start, uid: Option<&RealUid>) -> Option<CardKey> {
        match (start, &self.start) {
            (Start::Secret, Some((spec, master))) => {
                spec.card_key(&**master, &Subject { uid, aid: Aid::PICC, no: KeyNo::MASTER }).ok()
            }
            (Start::Secret, None) | (Start::Public, _) => {
                let first = self.profile.applications().first();
                Some(CardKey::zero(first.map_or(KeyType::Des, |spec| spec.key_type)))
            }
        }
    }

    /// What the job does with each card.
    #[must_use]
    pub const fn task(&self) -> Task {
        self.task
    }

    /// The first option that the job would switch on for good and nobody has allowed.
    #[must_use]
    pub fn missing_allowance(&self) -> Option<OneWay> {
        if !matches!(self.task, Task::Encode | Task::Update) {
            return None;
        }
        let wanted = |option: &OneWay| option.is_named_by(&self.profile);
        OneWay::ALL.into_iter().filter(wanted).find(|option| !self.allowed.contains(option))
    }

    /// The checked profile.
    #[must_use]
    pub const fn profile(&self) -> &Profile {
        &self.profile
    }

    /// What the keys are for. Live ones are never used on a software card.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// The tenant's key for card references in receipts.
    #[must_use]
    pub const fn receipt_key(&self) -> &ReceiptKey {
        &self.receipt_key
    }

    /// The AID of a level.
    pub(crate) fn aid(&self, level: Level) -> Aid {
        match level {
            Level::Picc => Aid::PICC,
            Level::Application(index) => {
                self.profile.applications().get(index).map_or(Aid::PICC, |spec| spec.aid)
            }
        }
    }

    /// Whether an application may be on the job's cards: it is the profile's, or one of others that
    /// the profile allows.
    pub(crate) fn admits(&self, aid: Aid) -> bool {
        self.owns(aid) || self.profile.card().foreign.allows(aid)
    }

    /// Whether an application is the profile's.
    pub(crate) fn owns(&self, aid: Aid) -> bool {
        self.profile.applications().iter().any(|spec| spec.aid == aid)
    }

    /// Those of the profile's applications that a card lists, by their places in the profile.
    pub(crate) fn recycled(&self, listed: &[Aid]) -> impl Iterator<Item = usize> {
        let applications = self.profile.applications().iter().enumerate();
        applications.filter(|(_, spec)| listed.contains(&spec.aid)).map(|(index, _)| index)
    }

    /// The key settings that a level is to have.
    pub(crate) fn target_settings(&self, level: Level) -> Option<KeySettings> {
        match level {
            Level::Picc => Some(self.profile.card().settings),
            Level::Application(index) => {
                self.profile.applications().get(index).map(|spec| spec.settings)
            }
        }
    }

    /// What the profile says of the key in a slot.
    pub(crate) fn own_spec(&self, slot: Slot) -> Option<&KeySpec> {
        self.profile.keys().get(self.own_index(slot)?)
    }

    /// Which key a slot holds by the version that the card reports; `None` where it is none of the
    /// job's.
    pub(crate) fn holder(&self, slot: Slot, version: KeyVersion) -> Option<Holder> {
        let own = self.own_spec(slot)?;
        if own.version == version {
            return Some(Holder::Own);
        }
        if own.former == Some(version) {
            return Some(Holder::Former);
        }
        let transport = match slot.level {
            Level::Picc => self.transport.iter().position(|key| key.version() == version),
            Level::Application(_) => self.starts().position(|key| key == version),
        };
        transport.map(Holder::Transport)
    }

    /// The versions by which a slot's keys are known, the own one first.
    pub(crate) fn known_versions(&self, slot: Slot) -> Vec<KeyVersion> {
        let own = self.own_spec(slot);
        let transport: Vec<KeyVersion> = match slot.level {
            Level::Picc => self.transport.iter().map(TransportKey::version).collect(),
            Level::Application(_) => self.starts().collect(),
        };
        let named = own.into_iter().flat_map(|spec| [Some(spec.version), spec.former]);
        named.flatten().chain(transport).collect()
    }

    /// The versions of what a new application may have in its slots: [`Holder::Transport`] has their
    /// places.
    fn starts(&self) -> impl Iterator<Item = KeyVersion> {
        let start = self.start.as_ref().map(|(spec, _)| spec.version);
        core::iter::once(ZERO_KEY_VERSION).chain(start)
    }

    /// Whether a PICC master key is the factory's.
    pub(crate) fn is_factory(&self, holder: Holder) -> bool {
        let Holder::Transport(index) = holder else { return false };
        matches!(self.transport.get(index), Some(TransportKey::Factory))
    }

    /// The profile's name of a transport key of the PICC level; `None` for the factory's.
    pub(crate) fn transport_name(&self, index: usize) -> Option<&str> {
        match self.transport.get(index)? {
            TransportKey::Factory => None,
            TransportKey::Issuer(spec, _) => Some(&spec.name),
        }
    }

    /// The profile's name of the default key of new applications; `None` for the zero key.
    pub(crate) fn start_name(&self) -> Option<&str> {
        self.start.as_ref().map(|(spec, _)| spec.name.as_str())
    }

    /// The type of the key that a slot holds.
    pub(crate) fn key_type(&self, slot: Slot, holder: Holder) -> Option<KeyType> {
        match (holder, slot.level) {
            (Holder::Own | Holder::Former, _) => self.own_spec(slot).map(|spec| spec.key_type),
            (Holder::Transport(_), Level::Application(index)) => {
                self.profile.applications().get(index).map(|spec| spec.key_type)
            }
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => Some(KeyType::Des),
                TransportKey::Issuer(spec, _) => Some(spec.key_type),
            },
        }
    }

    /// The key that a slot holds, for the card with this UID; `None` where the UID is needed and
    /// not known.
    pub(crate) fn key(&self, slot: Slot, holder: Holder, uid: Option<&RealUid>) -> Option<CardKey> {
        match (holder, slot.level) {
            (Holder::Transport(0), Level::Application(index)) => {
                let spec = self.profile.applications().get(index)?;
                Some(CardKey::zero(spec.key_type))
            }
            (Holder::Transport(_), Level::Application(_)) => self.default_key(Start::Secret, uid),
            (Holder::Transport(index), Level::Picc) => match self.transport.get(index)? {
                TransportKey::Factory => Some(CardKey::factory()),
                TransportKey::Issuer(spec, master) => {
                    spec.card_key(&**master, &Subject { uid, aid: Aid::PICC, no: slot.no }).ok()
                }
            },
            (Holder::Own | Holder::Former, level) => {
                let index = self.own_index(slot)?;
                let (spec, master) = match holder {
                    Holder::Former => self.former.get(index)?.as_ref().map(|(s, m)| (s, m))?,
                    Holder::Own | Holder::Transport(_) => {
                        (self.profile.keys().get(index)?, self.keys.get(index)?)
                    }
                };
                spec.card_key(&**master, &Subject { uid, aid: self.aid(level), no: slot.no }).ok()
            }
        }
    }

    fn own_index(&self, slot: Slot) -> Option<usize> {
        match slot.level {
            Level::Picc => Some(self.profile.card().master_key.get()),
            Level::Application(index) => {
                let keys = &self.profile.applications().get(index)?.keys;
                keys.get(usize::from(u8::from(slot.no))).map(|key| key.get())
            }
        }
    }
}

/// The version of every key of a new application.
const ZERO_KEY_VERSION: KeyVersion = KeyVersion(0);

impl TransportKey {
    const fn version(&self) -> KeyVersion {
        match self {
            Self::Factory => KeyVersion(0),
            Self::Issuer(spec, _) => spec.version,
        }
    }
}
