// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards with a fixed layout back to what they are as they come: contents and settings of their files, then
//! their keys.
//!
//! Nothing is deleted but a transaction MAC file, so that what waits for a commit may be committed; it is
//! made anew in the end, under the zero key that it comes with. Key 0 takes each file, writes into it in a
//! session with MACs what it came with, and gives it back its settings; then the other keys become zeros,
//! and key 0 last of all. Whatever was torn off in between, the profile's key 0 or the zero key opens the
//! card, and everything is done over again: what a file holds by then is not asked, as anybody could answer
//! where it is read in clear. Of a card that had no other key 0 than zeros all along no MAC proves anything: its keys have to open
//! after all changes, and its files are looked at again.
//!
//! What a card has for good stays: a random UID, a wire that was broken, limits of a value that were set
//! once, names and numbers that were given once, what was configured by others.

mod transaction_mac;

use crate::encode::card::attempt::{Attempt, Prepared};
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::job::Job;
use crate::encode::plan::place::{Holder, Level, Slot, slot_number};
use crate::encode::plan::state::{ApplicationState, Position};
use crate::encode::plan::step::{FileAct, Step, TransactionMacAct};
use crate::encode::plan::{commands, rights};
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::Error;
use crate::host::command::file::GetFileSettings;
use crate::profile::{AppRef, Application, FileRef};
use crate::secret::ct_eq;
use crate::wire::{
    FileKind, FileReport, FileSettings, FileState, FixedFile, Ins, KeyNo, KeySettings,
};

/// The key that an application comes with.
const ZERO: Holder = Holder::Transport(0);

impl Attempt<'_, '_> {
    /// Looks at what is on the card, and plans to bring it back.
    pub(crate) fn plan_bringing_back(&mut self, identity: &Identity) -> Result<Prepared, Stop> {
        let (profile, silicon) = (self.job.profile(), identity.chip.silicon());
        let mut applications = Vec::new();
        for (at, _) in profile.each_application() {
            applications.push(self.what_to_bring_back(at, silicon.has(Ins::GetCardUid))?);
        }
        let random_uid = self.shows_random(identity.chip).then_some("the random UID");
        let wire = silicon.has(Ins::GetTtStatus).then_some("what the wire of its seal has told");
        let limits = applications.iter().any(|found| found.limited);
        let limits = limits.then_some("the limits of its value");
        let name = (self.findings.named == Some(true)).then_some("the name of its application");
        let numbers = self.findings.renamed.as_ref().is_some_and(|files| !files.is_empty());
        let numbers = numbers.then_some("the numbers of its files");
        let stays = [random_uid, wire, limits, name, numbers];
        self.findings.stays = stays.into_iter().flatten().collect();
        let mut way = Way { position: self.walk.position(), steps: Vec::new() };
        for application in &applications {
            way.bring_back(application, self.job);
        }
        let there = |_, spec: &Application| ApplicationState::Closed { settings: spec.settings };
        Ok(Prepared { steps: way.steps, applications: profile.for_applications(there) })
    }

    fn what_to_bring_back(&mut self, at: AppRef, names_uid: bool) -> Result<Found, Stop> {
        let (profile, level) = (self.job.profile(), Level::Application(at));
        let master = Slot::master(level);
        self.enter(level)?;
        let own = self.holder(master)?;
        self.authenticate(master, own)?;
        if own != ZERO && names_uid {
            // A key that is the same on every card opens the wrong one as well.
            self.check_uid()?;
        }
        let mut found = Found::of(at, vec![own]);
        for no in profile[at].own_slots().filter(|no| *no != KeyNo::MASTER) {
            let slot = Slot { level, no };
            let holder = self.holder(slot)?;
            if own == ZERO && holder == ZERO {
                // Whoever knows key 0 may have put in another key of this version.
                self.authenticate(slot, holder)?;
            }
            found.holders.push(holder);
        }
        found.counter = self.find_transaction_mac(&found)?;
        for (file, spec) in profile.each_file(at) {
            let (aid, no) = (profile[at].aid, spec.no);
            let made = self.job.made(file).ok_or(Refusal::OtherApplication { aid })?;
            let answer = self.walk.ask(&GetFileSettings::new(self.walk.number(no)))?;
            let settings = answer.value.settings;
            found.limited |= is_limited(made, settings);
            if settings.kind != made.settings.kind && !is_limited(made, settings) {
                return Err(Refusal::OtherFile { aid, file: no }.into());
            }
            if own == ZERO && self.is_as_it_comes(file, &answer.value, &found)? {
                self.findings.evidence.brought_back(answer.grade);
                continue;
            }
            let held = rights::held(settings, found.holders.len());
            let taker = rights::settler(&held).ok_or(Refusal::Closed { aid, file: no })?;
            found.files.push((file, taker, settings));
        }
        self.findings.evidence.looked(level, own == ZERO && found.is_as_it_comes());
        Ok(found)
    }

    /// That the files of an application are as they come, of which everybody knew key 0 while they were
    /// brought back: whoever stood in between could have answered what changed them.
    pub(crate) fn look_at_what_was_brought_back(&mut self, at: AppRef) -> Result<(), Stop> {
        let profile = self.job.profile();
        let blank = Found::of(at, Vec::new());
        self.look_at_transaction_mac(&blank)?;
        for (file, spec) in profile.each_file(at) {
            let answer = self.walk.ask(&GetFileSettings::new(self.walk.number(spec.no)))?;
            if !self.is_as_it_comes(file, &answer.value, &blank)? {
                let difference = Difference::File { aid: profile[at].aid, file: spec.no };
                return Err(Stop::Fail(Failure::Differs(difference)));
            }
        }
        Ok(())
    }

    /// Whether a file of a card whose key everybody knows has the settings and contents that it comes with.
    fn is_as_it_comes(
        &mut self,
        file: FileRef,
        report: &FileReport,
        found: &Found,
    ) -> Result<bool, Stop> {
        let (profile, settings) = (self.job.profile(), report.settings);
        let Some(made) = self.job.made(file) else { return Ok(false) };
        let kind = if is_limited(made, settings) { settings.kind } else { made.settings.kind };
        if settings != (FileSettings { kind, ..made.settings }) {
            return Ok(false);
        }
        match report.state {
            FileState::Records { current } => return Ok(current == 0),
            // A value that was brought back was lowered by 1 last.
            FileState::Value { limited_credit: 2.. } => return Ok(false),
            FileState::Value { .. } | FileState::Data => {}
        }
        let no = rights::reader(&profile[file.application()], &settings);
        self.authenticate(found.slot(no), found.holder(no))?;
        let whole = match kind {
            FileKind::Value(limits) => commands::as_near_to_zero(limits).to_le_bytes().to_vec(),
            FileKind::Standard { .. }
            | FileKind::Backup { .. }
            | FileKind::LinearRecord(_)
            | FileKind::CyclicRecord(_) => commands::as_it_comes(made),
        };
        let length = u32::try_from(whole.len()).unwrap_or(u32::MAX);
        let answer = self.walk.read(made.number, settings, length)?;
        Ok(ct_eq(answer.value.expose_secret(), &whole))
    }

    /// Does with a file of a fixed layout what brings it back; tells whether that is what is asked for.
    pub(crate) fn bring_back(&mut self, file: FileRef, act: FileAct) -> Result<bool, Stop> {
        let Some(made) = self.job.made(file) else { return Ok(false) };
        let (key, no) = (self.walk.position().authenticated, self.walk.number(made.number));
        let answer = match act {
            FileAct::Take { from } => {
                let take = commands::take_file(no, from, key).map_err(Error::from)?;
                self.walk.run(&take)?
            }
            FileAct::Empty { kind } => self.walk.empty(made, kind)?,
            FileAct::Return => {
                let back = commands::return_file((no, made), key).map_err(Error::from)?;
                self.walk.run(&back)?
            }
            FileAct::Create
            | FileAct::Delete
            | FileAct::ClearRecords
            | FileAct::AppendRecords
            | FileAct::SetValue
            | FileAct::Limit
            | FileAct::Ready { .. }
            | FileAct::Settle { .. }
            | FileAct::ReadBack => return Ok(false),
        };
        self.findings.evidence.brought_back(answer.grade);
        Ok(true)
    }
}

/// Whether a value has other limits than it came with, which were set once and for good.
fn is_limited(made: &FixedFile, settings: FileSettings) -> bool {
    let values = [made.settings.kind, settings.kind];
    values.iter().all(|kind| matches!(kind, FileKind::Value(_)))
        && made.settings.kind != settings.kind
}

/// How an application has its transaction MAC file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Counter {
    /// The chip has none.
    Never,
    /// It was deleted.
    Gone,
    /// It is there, and somebody's.
    There,
    /// It is there as it comes.
    AsItComes,
}

/// What an application of a card is that is brought back.
struct Found {
    at: AppRef,
    /// Which key each slot holds, key 0 first.
    holders: Vec<Holder>,
    counter: Counter,
    /// Whether a value has other limits than it came with.
    limited: bool,
    /// Its files that are not as they come, with who takes them from which settings.
    files: Vec<(FileRef, KeyNo, FileSettings)>,
}

impl Found {
    const fn of(at: AppRef, holders: Vec<Holder>) -> Self {
        Self { at, holders, counter: Counter::Never, limited: false, files: Vec::new() }
    }

    /// Whether a file waits for a commit, which a transaction MAC file could refuse.
    fn commits(&self) -> bool {
        self.files.iter().any(|(.., settings)| settings.kind.is_transactional())
    }

    const fn slot(&self, no: KeyNo) -> Slot {
        Slot { level: Level::Application(self.at), no }
    }

    fn holder(&self, no: KeyNo) -> Holder {
        self.holders.get(usize::from(u8::from(no))).copied().unwrap_or(ZERO)
    }

    fn is_as_it_comes(&self) -> bool {
        self.files.is_empty()
            && matches!(self.counter, Counter::Never | Counter::AsItComes)
            && self.holders.iter().all(|holder| *holder == ZERO)
    }
}

/// The steps of a plan, from where the conversation stands.
struct Way {
    position: Position,
    steps: Vec<Step>,
}

impl Way {
    fn bring_back(&mut self, found: &Found, job: &Job) {
        let application = found.at;
        let deletes = found.counter == Counter::There
            || (found.counter == Counter::AsItComes && found.commits());
        if deletes {
            self.authenticate(found, KeyNo::MASTER);
            self.steps.push(Step::TransactionMac { application, act: TransactionMacAct::Delete });
        }
        for &(file, taker, from) in &found.files {
            if from != rights::while_emptied(from.kind) {
                self.authenticate(found, taker);
                self.steps.push(Step::File { file, act: FileAct::Take { from } });
            }
            self.authenticate(found, KeyNo::MASTER);
            let act = FileAct::Empty { kind: from.kind };
            self.steps.push(Step::File { file, act });
            self.steps.push(Step::File { file, act: FileAct::Return });
        }
        if deletes || found.counter == Counter::Gone {
            self.authenticate(found, KeyNo::MASTER);
            self.steps.push(Step::TransactionMac { application, act: TransactionMacAct::Create });
        }
        self.zero_keys(found, job.profile()[found.at].settings);
        let master = found.slot(KeyNo::MASTER);
        if found.holder(master.no) != ZERO {
            self.authenticate(found, master.no);
            self.change_own(master);
            self.open(master);
        } else if !found.is_as_it_comes() {
            self.look_again(found);
        }
    }

    /// Where everybody knew key 0 all along, no MAC has proved what was done: each key has to open, key 0
    /// last, and each file is looked at.
    fn look_again(&mut self, found: &Found) {
        let others = (1..found.holders.len()).filter_map(slot_number);
        others.chain([KeyNo::MASTER]).for_each(|no| self.open(found.slot(no)));
        self.steps.push(Step::Look(Level::Application(found.at)));
    }

    /// Opens a slot that is to hold the zero key by now.
    fn open(&mut self, slot: Slot) {
        self.steps.push(Step::Authenticate { slot, holder: ZERO });
        self.position.authenticated = Some(slot.no);
    }

    /// All keys of an application but key 0 become zeros, each under the key that its settings name; one
    /// that changes others does so as what it was, and is changed after them.
    fn zero_keys(&mut self, found: &Found, settings: KeySettings) {
        let changer = |no| rights::changer(settings, no).unwrap_or(KeyNo::MASTER);
        let numbers = (1..found.holders.len()).filter_map(slot_number);
        let mut changed: Vec<_> = numbers.filter(|no| found.holder(*no) != ZERO).collect();
        changed.sort_by_key(|no| changer(*no) == KeyNo::MASTER);
        for no in changed {
            let by = changer(no);
            self.authenticate(found, by);
            if by == no {
                self.change_own(found.slot(no));
            } else {
                let (application, old) = (found.at, found.holder(no));
                self.steps.push(Step::ChangeKey { application, no, old, new: ZERO });
            }
        }
    }

    fn authenticate(&mut self, found: &Found, no: KeyNo) {
        let slot = found.slot(no);
        if self.position.level != slot.level {
            self.steps.push(Step::Select(slot.level));
            self.position = Position { level: slot.level, authenticated: None };
        }
        if self.position.authenticated != Some(no) {
            self.steps.push(Step::Authenticate { slot, holder: found.holder(no) });
            self.position.authenticated = Some(no);
        }
    }

    fn change_own(&mut self, slot: Slot) {
        self.steps.push(Step::ChangeOwnKey { slot, new: ZERO });
        self.position.authenticated = None;
    }
}
