// SPDX-License-Identifier: MIT OR Apache-2.0
//! A checked profile with its keys: everything about a batch that is the same for every card.

pub(crate) mod bound;
pub(crate) mod card_keys;
pub(super) mod error;
mod keys;
mod lives;
pub(super) mod making;
mod permissions;
pub(super) mod permitted;
mod transport;
pub(super) mod warning;

use crate::encode::job::bound::Bound;
use crate::encode::job::error::JobError;
use crate::encode::job::permissions::Permissions;
use crate::encode::job::transport::TransportKey;
use crate::encode::one_way::OneWay;
use crate::encode::plan::place::{Door, Level, Slot};
use crate::encode::plan::rights;
use crate::encode::proof::chain::key::ChainKey;
use crate::encode::task::Task;
use crate::key::KeyError;
use crate::keys::{NameKey, Purpose, ReceiptKey};
use crate::originality::Trust;
use crate::profile::{
    AppRef, Day, FileRef, FileSpec, ForKeys, Hooks, KeySpec, Layout, Profile, Roll,
};
use crate::wire::{
    Access, AccessRights, Aid, CommMode, Enter, FixedFile, FixedTransactionMac, Generation,
    KeySettings, Messaging,
};

/// Keys of their own for what every card and line takes.
#[derive(Debug, Clone)]
struct Derived {
    contents: NameKey,
    chain: ChainKey,
}

impl Derived {
    fn of(key: &ReceiptKey) -> Result<Self, KeyError> {
        Ok(Self { contents: key.derive("record contents")?, chain: ChainKey::of(key)? })
    }
}

/// A profile bound to the keys it names. Made once, used for every card.
#[derive(Debug, Clone)]
pub struct Job {
    profile: Profile,
    messaging: Vec<Messaging>,
    /// One for each key of the profile.
    keys: ForKeys<Bound>,
    /// The same at their former versions, where the profile names any.
    former: ForKeys<Option<Bound>>,
    /// One for each transport key of the PICC level.
    transport: Vec<TransportKey>,
    /// What new applications start with, where that is not the zero key.
    start: Option<Bound>,
    purpose: Purpose,
    receipt_key: ReceiptKey,
    /// What is derived from it once, and marks records and chains receipts.
    derived: Derived,
    task: Task,
    allowed: Vec<OneWay>,
    trust: Trust,
    hooks: Hooks,
    permissions: Permissions,
    /// Whose keys they are, where the store says so.
    tenant: Option<String>,
    /// The day for which it was made, where the clock told one.
    today: Option<Day>,
}

impl Job {
    /// Does something else with each card than encode it.
    ///
    /// # Errors
    /// [`JobError::NotOnCard`] where records are to be read of which the card does not tell all, and
    /// [`JobError::KeyOfRecord`] where they would have to be known before it tells them;
    /// [`JobError::Key`] for the first key that it would put on cards and that is not put on any on the day
    /// for which the job was made.
    pub fn with_task(mut self, task: Task) -> Result<Self, JobError> {
        self.task = task;
        self.puts_on(self.today)?;
        if task.reads_record() {
            self.tells_records()?;
        }
        Ok(self)
    }

    /// Whether cards tell their whole records to who has none.
    fn tells_records(&self) -> Result<(), JobError> {
        let Some(field) = self.profile.untold(&self.told_files()) else { return Ok(()) };
        let field = field.to_owned();
        let readable = self.telling_files().collect::<Vec<_>>();
        let of_record = readable.iter().filter_map(|file| self.reading_key(*file));
        match of_record.clone().find(|key| key.needs_record()) {
            Some(key) if self.profile.untold(&readable) != Some(&field) => {
                Err(JobError::KeyOfRecord { line: key.line, name: key.name.clone(), field })
            }
            Some(_) | None => Err(JobError::NotOnCard { field }),
        }
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
        let speaks = |messaging: &&Messaging| generation.silicon().speaks_everywhere(**messaging);
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
    /// travel plain, unless the job lists EV2 alone, or the application has key sets, which EV2 messaging fills.
    pub(crate) fn messaging_at(&self, level: Level, messaging: Messaging) -> Messaging {
        let Level::Application(at) = level else { return messaging };
        if self.profile[at].key_sets.is_some() {
            return messaging;
        }
        let files = &self.profile[at].files;
        let plain = |file: &FileSpec| {
            let free =
                file.settings.sets().any(|AccessRights { read, write, read_write, .. }| {
                    [read, write, read_write].contains(&Access::Free)
                });
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

    /// Whether cards come with the record that they are for: what the job does depends on it, or keys
    /// that it works with are made from it.
    #[must_use]
    pub fn needs_record(&self) -> bool {
        let master = self.profile.card().map(|card| &self.profile[card.master_key]);
        let keyed = match self.task.makes_blank() {
            true => master.is_some_and(KeySpec::needs_record),
            // What such keys open is left alone where the card is to tell the record.
            false => !self.task.reads_record() && self.profile.has_keys_of_records(),
        };
        self.task.needs_record() || keyed
    }

    /// What the job does with each card.
    #[must_use]
    pub const fn task(&self) -> Task {
        self.task
    }

    /// The first option that the job would switch on for good and nobody has allowed.
    #[must_use]
    pub fn missing_allowance(&self) -> Option<OneWay> {
        let wanted = |option: &OneWay| {
            let does = match option {
                OneWay::TransactionLimit | OneWay::CounterAnew => self.task.makes_counters(),
                OneWay::RandomUid
                | OneWay::NoFormat
                | OneWay::FrozenKey
                | OneWay::FrozenSettings
                | OneWay::Lrp
                | OneWay::LegacyOff
                | OneWay::ChainedWritesOff
                | OneWay::Answers
                | OneWay::ValueLimits
                | OneWay::Seal
                | OneWay::Names => self.task.switches_on_for_good(),
            };
            does && option.is_named_by(&self.profile)
        };
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

    /// The key of the marks of records.
    pub(crate) const fn contents_key(&self) -> &NameKey {
        &self.derived.contents
    }

    /// The key of the chains of receipts.
    pub(in crate::encode) const fn chain_key(&self) -> &ChainKey {
        &self.derived.chain
    }

    /// Whether an application with key sets keeps its former keys until a reader rolls.
    pub(crate) fn leaves_prepared(&self, at: AppRef) -> bool {
        self.profile[at].key_sets.is_some_and(|sets| sets.roll == Roll::Later)
    }

    /// The hooks that were given for it.
    pub(crate) const fn hooks(&self) -> &Hooks {
        &self.hooks
    }

    /// The AID of a level.
    pub(crate) fn aid(&self, level: Level) -> Aid {
        level.aid(&self.profile)
    }

    /// How a level is entered, as the job's chips have it: by its name in the profile, or by the one that it
    /// comes with.
    pub(crate) fn door(&self, level: Level, as_it_comes: bool) -> Door {
        let aid = self.aid(level);
        let mut chips = self.profile.chips().iter().map(|chip| chip.silicon());
        let name = match level {
            Level::Application(at) if chips.any(|silicon| silicon.enter == Enter::DfName) => {
                match as_it_comes {
                    true => self.profile.name_as_it_comes(at),
                    false => self.profile[at].iso.clone(),
                }
            }
            Level::Application(_) | Level::Picc => None,
        };
        name.and_then(|iso| iso.name).map_or(Door::Aid(aid), Door::Name)
    }

    /// The level at which a card shows what it is: above the applications, or, where nothing there
    /// has a key, in the first of them.
    pub(crate) fn first_level(&self) -> Level {
        let first = match self.profile.layout() {
            Layout::Free { .. } | Layout::Delegated { .. } => None,
            Layout::Fixed { .. } => self.profile.each_application().next(),
        };
        first.map_or(Level::Picc, |(at, _)| Level::Application(at))
    }

    /// Whether an application may be on the job's cards: it is the profile's, or one of others that
    /// the profile allows.
    pub(crate) fn admits(&self, aid: Aid) -> bool {
        self.owns(aid) || self.profile.card().is_some_and(|card| card.foreign.allows(aid))
    }

    /// The files that tell of a record and that a key of the profile reads which is not made from it.
    pub(crate) fn told_files(&self) -> Vec<FileRef> {
        let open = |file: &FileRef| !self.reading_key(*file).is_some_and(KeySpec::needs_record);
        self.telling_files().filter(open).collect()
    }

    /// The files that tell of a record and that a key of the profile reads.
    fn telling_files(&self) -> impl Iterator<Item = FileRef> {
        let files = self.profile.each_application();
        let files = files.flat_map(|(at, _)| self.profile.each_file(at));
        let told = files.filter(|(file, spec)| {
            let application = &self.profile[file.application()];
            rights::readable(application, &spec.settings) && self.profile.tells_of_record(*file)
        });
        told.map(|(file, _)| file)
    }

    /// The key in whose session a file is read.
    fn reading_key(&self, file: FileRef) -> Option<&KeySpec> {
        let level = Level::Application(file.application());
        let no = rights::reader(&self.profile[file.application()], &self.profile[file].settings);
        self.own_spec(Slot { level, no })
    }

    /// A file as it comes, where it is there from the factory.
    pub(crate) fn made(&self, file: FileRef) -> Option<&'static FixedFile> {
        let layout = self.profile.chips().first()?.silicon().layout;
        layout.application(self.profile[file.application()].aid)?.file(self.profile[file].no)
    }

    /// The transaction MAC file of an application as it comes, where it comes with one.
    pub(crate) fn made_transaction_mac(&self, at: AppRef) -> Option<&'static FixedTransactionMac> {
        let layout = self.profile.chips().first()?.silicon().layout;
        layout.application(self.profile[at].aid)?.transaction_mac.as_ref()
    }

    /// Whether an application is the profile's.
    pub(crate) fn owns(&self, aid: Aid) -> bool {
        self.profile.applications().iter().any(|spec| spec.aid == aid)
    }

    /// Those of the profile's applications that a card lists.
    pub(crate) fn recycled(&self, listed: &[Aid]) -> impl Iterator<Item = AppRef> {
        let applications = self.profile.each_application();
        applications.filter(|(_, spec)| listed.contains(&spec.aid)).map(|(at, _)| at)
    }

    /// The key settings that a level is to have; `None` where it has none.
    pub(crate) fn target_settings(&self, level: Level) -> Option<KeySettings> {
        match level {
            Level::Picc => self.profile.card().map(|card| card.settings),
            Level::Application(at) => Some(self.profile[at].settings),
        }
    }
}
