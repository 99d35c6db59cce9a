// SPDX-License-Identifier: MIT OR Apache-2.0
//! Applies a plan to the card, step by step, and takes down what each step proved.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::identity::Identity;
use crate::encode::card::stop::Stop;
use crate::encode::card::walk::Commits;
use crate::encode::one_way::OneWay;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::state::Start;
use crate::encode::plan::step::{FileAct, KeySetAct, Step, TransactionMacAct};
use crate::encode::plan::{commands, rights};
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::recovery::Wrote;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::application::{DeleteApplication, GetApplicationIds};
use crate::host::command::file::DeleteFile;
use crate::host::command::key::ChangeKeySettings;
use crate::host::command::picc::{FormatPicc, SetConfiguration};
use crate::host::command::transaction_mac::CreateTransactionMacFile;
use crate::host::{Answer, Error, Grade};
use crate::key::CardKey;
use crate::profile::{AppRef, CardSetting, FileRef, FileSpec};
use crate::wire::{Aid, KeySettings, PiccConfiguration, Status};

impl Attempt<'_, '_> {
    pub(crate) fn apply(&mut self, step: &Step, identity: &Identity) -> Result<(), Stop> {
        let before = self.findings.wrote;
        if step.changes_card() {
            self.findings.wrote = before.max(Wrote::Maybe);
        }
        let keyed = self.findings.keyed;
        self.findings.keyed |= self.brings_a_key(step);
        let result = self.perform(step).map_err(|stop| {
            if stop.before_sending() {
                self.findings.wrote = before;
                self.findings.keyed = keyed;
            }
            self.judged(stop, Some(step), before, identity)
        });
        if result.is_ok() && step.changes_card() {
            self.findings.wrote = if self.may_have_changed_nothing(step) {
                before.max(Wrote::Maybe)
            } else {
                Wrote::Yes
            };
            if let Some(level) = step.changed_level() {
                self.findings.evidence.looked(level, false);
            }
        }
        result
    }

    /// Whether a step that went well leaves open that the card is what it was. FormatPICC may be answered in a way
    /// that does not tell whether it was executed; and that a card refused older messaging before it was told
    /// once more, anybody could have said.
    fn may_have_changed_nothing(&self, step: &Step) -> bool {
        *step == Step::Format && !self.findings.evidence.is_emptied()
            || *step == Step::LegacyOff { again: true }
    }

    /// Whether a step leaves a key of the job's own on the card, which must not go back to stock then.
    fn brings_a_key(&self, step: &Step) -> bool {
        let starts = matches!(step, Step::CreateApplication { .. } | Step::CreateDelegated { .. });
        matches!(
            step,
            Step::ChangeOwnKey { new: Holder::Own, .. }
                | Step::StartKey { own: true }
                | Step::ChangeKey { new: Holder::Own, .. }
                | Step::KeySet { act: KeySetAct::ChangeKey(_), .. }
        ) || (starts && self.job.start() == Start::Secret)
    }

    /// What a step that did not work tells of the card, by what the card was taken for and what
    /// had been written before.
    pub(crate) fn judged(
        &mut self,
        stop: Stop,
        step: Option<&Step>,
        before: Wrote,
        identity: &Identity,
    ) -> Stop {
        if let Stop::Refuse(Refusal::KeyRefused { slot, .. }) = stop {
            return match (before, identity.identified) {
                (Wrote::Nothing, true) => stop,
                // Nobody asked this card: it may be torn or done, and have other keys by now.
                (Wrote::Nothing, false) => Stop::Afresh,
                (Wrote::Maybe | Wrote::Yes, _) => Stop::Fail(Failure::KeyRefused { slot }),
            };
        }
        let Stop::Fail(Failure::Card(error @ Error::Refused { status, .. })) = stop else {
            return stop;
        };
        let settings = self.job.target_settings(Level::Picc);
        let settings =
            settings.map(|settings| Step::ChangeSettings { level: Level::Picc, settings });
        let settles = step.is_some() && step == settings.as_ref();
        let closed = [Status::PermissionDenied, Status::AuthenticationError].contains(&status);
        if before == Wrote::Nothing && settles && closed && !identity.doubted {
            // It has other settings than those of the factory, which are asked for now: they tell.
            self.findings.wrote = before;
            Stop::Afresh
        } else if matches!((step, status), (Some(Step::Format), Status::PermissionDenied)) {
            // Nothing shows it before.
            self.refused(before);
            Refusal::NoWayBack(OneWay::NoFormat).into()
        } else if let (Some(&Step::File { file, act: FileAct::Limit }), Status::PermissionDenied) =
            (step, status)
        {
            // It was given limits before, if only those that it came with: nothing shows that.
            self.refused(before);
            let profile = self.job.profile();
            let aid = profile[file.application()].aid;
            Refusal::OtherLimits { aid, file: profile[file].no }.into()
        } else if !identity.identified
            && matches!((step, status), (Some(Step::CreateApplication { .. }), Status::Duplicate))
        {
            // The card is not new after all.
            self.refused(before);
            Stop::Afresh
        } else if identity.identified {
            stop
        } else {
            Refusal::DiffersFromStock(error).into()
        }
    }

    /// A change was refused in so many words, so that the card is what it was. Anybody could have said that:
    /// where the card is not brought to an end that is proven, nobody knows.
    const fn refused(&mut self, before: Wrote) {
        self.findings.wrote = before;
        self.findings.refused_change = true;
    }

    fn perform(&mut self, step: &Step) -> Result<(), Stop> {
        let profile = self.job.profile();
        match *step {
            Step::Select(level) => self.select(level)?,
            Step::Authenticate { slot, holder } => self.authenticate(slot, holder)?,
            Step::CreateApplication { application, settings, in_sets } => {
                self.create_application(application, (settings, in_sets))?;
            }
            Step::CreateDelegated { application } => self.create_delegated(application)?,
            Step::DeleteDelegated { application } => self.delete_delegated(application)?,
            Step::File { file, act } => {
                self.committing(file.application(), |one| one.perform_on_file(file, act))?;
            }
            Step::TransactionMac { application, act } => self.count(application, act)?,
            Step::WriteContents { application, ref files } => {
                self.committing(application, |one| one.write(files))?;
            }
            Step::ChangeKey { application, no, old, new } => {
                self.change_key(Slot { level: Level::Application(application), no }, old, new)?;
            }
            Step::KeySet { application, act } => self.perform_on_set(application, act)?,
            Step::ChangeSettings { level, settings } => {
                let answer = self.walk.run(&ChangeKeySettings::new(settings))?;
                self.settled(level, settings, answer.grade);
            }
            Step::ChangeOwnKey { slot, new } => {
                let key = self.key(slot, new)?;
                self.walk.change_own_key(&key)?;
                if new == Holder::Own {
                    self.findings.evidence.key(slot, Grade::Said);
                }
            }
            Step::Configure(set) => self.configure(set)?,
            Step::Tell(setting) | Step::TellAgain(setting) => self.tell(setting)?,
            Step::LegacyOff { .. } => self.switch_legacy_off()?,
            Step::TryLegacy => self.try_legacy()?,
            Step::RenameFile { file } => self.rename_file(file)?,
            Step::SeeNumbers { application } => self.see_numbers(application)?,
            Step::Rename { application } => self.rename(application)?,
            Step::SwitchToLrp { .. } => self.switch_to_lrp()?,
            Step::WatchSeal { application } => {
                let _watched = self.walk.run(&commands::watch_seal(&profile[application]))?;
            }
            Step::StartKey { own } => self.set_start_key(own)?,
            Step::CheckUid => self.check_uid()?,
            Step::SeeOwnKey { application } => self.see_own_key(application)?,
            Step::Look(level) => self.look(level)?,
            Step::Format => self.format()?,
            Step::DeleteApplication { application } => {
                let _deleted = self.walk.run(&DeleteApplication::new(profile[application].aid))?;
            }
            Step::ListNothing => self.list_nothing()?,
        }
        Ok(())
    }

    fn switch_to_lrp(&mut self) -> Result<(), Stop> {
        self.walk.switch_to_lrp()?;
        self.findings.lrp = Some(true);
        Ok(())
    }

    fn configure(&mut self, set: PiccConfiguration) -> Result<(), Stop> {
        let Some(card) = self.job.profile().card() else { return Ok(()) };
        let answer = self.walk.run(&commands::for_good(card, set))?;
        self.findings.evidence.configuration(set, answer.grade);
        Ok(())
    }

    fn tell(&mut self, setting: CardSetting) -> Result<(), Stop> {
        let told = self.job.profile().card().map(|card| &card.told);
        if let Some(command) = told.and_then(|told| commands::tell(told, setting)) {
            let answer = self.walk.run(&command)?;
            self.findings.evidence.told(setting, answer.grade);
        }
        Ok(())
    }

    fn create_application(&mut self, at: AppRef, made: (KeySettings, bool)) -> Result<(), Stop> {
        let profile = self.job.profile();
        let command = commands::create_application(profile, at, made).map_err(Error::from)?;
        let answer = self.walk.run(&command)?;
        if made.0 == profile[at].settings {
            self.findings.evidence.settings(Level::Application(at), answer.grade);
        }
        Ok(())
    }

    fn switch_legacy_off(&mut self) -> Result<(), Stop> {
        let answer = self.walk.run(&commands::legacy_off())?;
        self.findings.evidence.legacy_off(answer.grade);
        Ok(())
    }

    /// Sees that the card refuses what was switched off.
    fn try_legacy(&mut self) -> Result<(), Stop> {
        match self.refuses_legacy(Holder::Own)? {
            true => Ok(()),
            false => Err(Stop::Fail(Failure::Differs(Difference::Legacy))),
        }
    }

    /// What an EV2 session answers to FormatPICC, the sheets leave open: the next steps look.
    fn format(&mut self) -> Result<(), Stop> {
        if let Some(answer) = self.walk.try_out(&FormatPicc)? {
            self.findings.evidence.emptied(answer.grade);
        }
        Ok(())
    }

    fn list_nothing(&mut self) -> Result<(), Stop> {
        let answer = self.walk.ask(&GetApplicationIds)?;
        let stays = |aid: &Aid| !self.job.owns(*aid) && self.job.admits(*aid);
        if !answer.value.iter().all(stays) {
            return Err(Stop::Fail(Failure::NotEmpty));
        }
        self.findings.evidence.emptied(answer.grade);
        if self.findings.wrote == Wrote::Maybe {
            self.findings.wrote = Wrote::Yes;
        }
        Ok(())
    }

    fn change_key(&mut self, slot: Slot, old: Holder, new: Holder) -> Result<(), Stop> {
        let made = self.key(slot, old)?;
        let (own, new) = (new == Holder::Own, self.key(slot, new)?);
        // Who wrote one key of the card in another way wrote the others so.
        let found = self.findings.held.last().map(|(_, form)| made.in_form(*form));
        let old = found.unwrap_or_else(|| made.clone());
        let answer = match self.walk.change_key(slot.no, &new, &old) {
            Err(refused @ Error::Refused { status: Status::IntegrityError, .. }) => {
                self.change_key_from_another_form(slot, &new, &old, refused)?
            }
            answer => {
                let answer = answer?;
                if old.low_bits() != made.low_bits() {
                    self.findings.held.push((slot, old.low_bits()));
                }
                answer
            }
        };
        match own {
            true => self.findings.evidence.key(slot, answer.grade),
            false => self.findings.evidence.brought_back(answer.grade),
        }
        Ok(())
    }

    /// The card checks the new key after the old one's bytes were XORed away, with all their low bits.
    /// Who wrote those in another way is not known: the others are tried, each in a session of its
    /// own, and each refusal counts as one of an authentication.
    fn change_key_from_another_form(
        &mut self,
        slot: Slot,
        new: &CardKey,
        old: &CardKey,
        refused: Error,
    ) -> Result<Answer<()>, Stop> {
        let Some((opened, holder)) = self.findings.opened else { return Err(refused.into()) };
        for form in old.other_forms() {
            self.findings.refused = self.findings.refused.saturating_add(1);
            if self.findings.refused >= self.job.profile().failed_authentications() {
                return Err(refused.into());
            }
            self.findings.evidence.split(slot.level);
            let door = self.door(slot.level);
            self.walk.begin_anew(&refused, slot.level, &door)?;
            // A change was sent: what refuses the card now does not say that nothing was written.
            self.authenticate(opened, holder).map_err(|stop| match stop {
                Stop::Refuse(_) | Stop::Afresh => refused.into(),
                Stop::Fail(_) | Stop::Again(_) => stop,
            })?;
            match self.walk.change_key(slot.no, new, &form) {
                Err(Error::Refused { status: Status::IntegrityError, .. }) => {}
                answer => {
                    let answer = answer?;
                    self.findings.held.push((slot, form.low_bits()));
                    return Ok(answer);
                }
            }
        }
        Err(refused.into())
    }

    /// Makes the profile's key, or else the zero key, what new applications start with.
    fn set_start_key(&mut self, own: bool) -> Result<(), Stop> {
        let start = if own { Start::Secret } else { Start::Public };
        let job = self.job;
        let key = self.keys()?.ok_or(Refusal::UidHidden)?.default_key(job, start);
        let _set = self.walk.run(&SetConfiguration::default_key(&key))?;
        Ok(())
    }

    /// Gives an application its name.
    fn rename(&mut self, at: AppRef) -> Result<(), Stop> {
        if let Some(rename) = commands::rename(&self.job.profile()[at]) {
            let renamed = self.walk.run(&rename)?;
            self.findings.evidence.name(renamed.grade);
            self.findings.named = Some(true);
        }
        Ok(())
    }

    fn count(&mut self, at: AppRef, act: TransactionMacAct) -> Result<(), Stop> {
        match act {
            TransactionMacAct::Delete => self.delete_transaction_mac(at),
            TransactionMacAct::Create => self.create_transaction_mac(at),
            TransactionMacAct::Limit => self.limit_transactions(at),
        }
    }

    /// Gives a file its number and identifier.
    fn rename_file(&mut self, file: FileRef) -> Result<(), Stop> {
        let spec = &self.job.profile()[file];
        if let (Some(rename), Some(name)) = (commands::rename_file(spec), spec.renamed) {
            let _renamed = self.walk.run(&rename)?;
            let renamed = self.findings.renamed.get_or_insert_default();
            renamed.push((spec.no, name.no));
            self.walk.calls(renamed);
        }
        Ok(())
    }

    fn delete_transaction_mac(&mut self, at: AppRef) -> Result<(), Stop> {
        if let Some(mac) = self.job.profile()[at].transaction_mac {
            let _deleted = self.walk.run(&DeleteFile::new(mac.no))?;
            self.findings.counts[at] = false;
        }
        Ok(())
    }

    /// Makes the transaction MAC file under the profile's key, or as it comes.
    fn create_transaction_mac(&mut self, at: AppRef) -> Result<(), Stop> {
        if self.job.task().makes_blank() {
            return self.bring_back_transaction_mac(at);
        }
        let Some((no, key, settings)) = self.job.profile()[at].keyed_transaction_mac() else {
            return Ok(());
        };
        let uid = self.uid.as_ref().ok_or(Refusal::UidHidden)?;
        let key = self.job.transaction_mac_key(key, uid, self.agreed())?;
        let create = CreateTransactionMacFile::new(no, &settings, &key).map_err(Error::from)?;
        let created = self.walk.run(&create)?;
        self.findings.evidence.counts(at, created.grade);
        self.findings.counts[at] = true;
        Ok(())
    }

    /// Has the transaction MAC file count so far and no further.
    fn limit_transactions(&mut self, at: AppRef) -> Result<(), Stop> {
        let key = self.walk.position().authenticated;
        if let Some(limit) = commands::limit_transactions(&self.job.profile()[at], key) {
            let _limited = self.walk.run(&limit.map_err(Error::from)?)?;
        }
        Ok(())
    }

    /// Does what may commit, as the application wants it, and takes down what the card tells of it.
    fn committing(
        &mut self,
        at: AppRef,
        act: impl FnOnce(&mut Self) -> Result<(), Stop>,
    ) -> Result<(), Stop> {
        let spec = &self.job.profile()[at];
        self.walk.commits(Commits::of(spec, self.findings.counts[at]));
        let acted = act(self);
        let told = self.walk.committed().into_iter().map(|told| (spec.aid, told));
        self.findings.transactions.extend(told);
        acted
    }

    fn perform_on_file(&mut self, file: FileRef, act: FileAct) -> Result<(), Stop> {
        if self.bring_back(file, act)? {
            return Ok(());
        }
        let profile = self.job.profile();
        let (spec, contents) = (&profile[file], self.contents()?.to_write(file));
        let no = self.walk.number(spec.no);
        match act {
            FileAct::Create => {
                let answer = self.walk.run(&commands::create_file(spec, contents))?;
                if rights::at_first(spec) == spec.settings {
                    self.findings.evidence.shape(file, answer.grade);
                }
                if spec.content.is_none() || rights::is_value(spec) {
                    self.findings.evidence.file(file, answer.grade);
                }
            }
            FileAct::Delete => {
                let _deleted = self.walk.run(&commands::delete_file(spec))?;
            }
            FileAct::AppendRecords => {
                let answer = self.walk.append(spec, contents)?;
                self.findings.evidence.file(file, answer.grade);
            }
            FileAct::ClearRecords => {
                let _cleared = self.walk.clear_records(&self.walk.settled(spec))?;
            }
            FileAct::SetValue => {
                let answer = self.walk.set_value(spec, contents)?;
                self.findings.evidence.file(file, answer.grade);
            }
            FileAct::Limit => {
                if let Some(limit) = commands::limit_file(no, spec, contents) {
                    let answer = self.walk.run(&limit)?;
                    self.findings.evidence.file(file, answer.grade);
                }
            }
            FileAct::Ready { from } => {
                let key = self.walk.position().authenticated;
                let ready = commands::ready_file((no, spec), from, key).map_err(Error::from)?;
                let answer = self.walk.run(&ready)?;
                if rights::at_first(spec) == spec.settings {
                    self.findings.evidence.shape(file, answer.grade);
                }
            }
            FileAct::Settle { from } => {
                let key = self.walk.position().authenticated;
                let settle = commands::settle_file((no, spec), from, key).map_err(Error::from)?;
                let settled = self.walk.run(&settle)?;
                self.findings.evidence.shape(file, settled.grade);
            }
            FileAct::ReadBack => {
                if !self.holds_record(file, &spec.settings, |_| Holder::Own)? {
                    let aid = profile[file.application()].aid;
                    return Err(Stop::Fail(Failure::ReadBack { aid, file: spec.no }));
                }
            }
            FileAct::Take { .. } | FileAct::Empty { .. } | FileAct::Return => {}
        }
        Ok(())
    }

    fn write(&mut self, files: &[FileRef]) -> Result<(), Stop> {
        let (profile, contents) = (self.job.profile(), self.contents()?);
        let written: Vec<(&FileSpec, &[u8])> =
            files.iter().map(|&file| (&profile[file], contents.to_write(file))).collect();
        let answer = self.walk.write(&written)?;
        for &file in files {
            self.findings.evidence.file(file, answer.grade);
        }
        Ok(())
    }
}
