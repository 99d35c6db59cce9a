// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the transaction MAC file of an application is as the profile has it. Who knows key 0 makes one of
//! any version, so one that is there counts only behind a key 0 of the job's.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::card::walk::Committed;
use crate::encode::plan::place::{Level, Slot};
use crate::encode::plan::state::{Counts, OpenApplication};
use crate::encode::verdict::refusal::Refusal;
use crate::host::TransactionMacSettings;
use crate::host::command::file::GetFileDetails;
use crate::host::transaction::TransactionMac;
use crate::profile::{AppRef, TransactionMacFate};
use crate::wire::{Access, DetailedKind, FileNo, KeyVersion};

impl Attempt<'_, '_> {
    /// By the files that the card lists, and of one that has a key of the profile by what it tells of itself;
    /// `finished` where key 0 is the job's.
    pub(super) fn observe_transaction_mac(
        &mut self,
        at: AppRef,
        present: &[FileNo],
        finished: bool,
    ) -> Result<Counts, Stop> {
        let spec = &self.job.profile()[at];
        let Some(mac) = spec.transaction_mac else { return Ok(Counts::AsWanted) };
        let there = present.contains(&mac.no);
        self.findings.counts[at] = there;
        let (key, settings, limit) = match (mac.fate, there) {
            (TransactionMacFate::Kept, true) | (TransactionMacFate::Deleted, false) => {
                return Ok(Counts::AsWanted);
            }
            (TransactionMacFate::Kept, false) => {
                return Err(Refusal::OtherApplication { aid: spec.aid }.into());
            }
            (TransactionMacFate::Deleted, true) => return Ok(Counts::Unwanted { anew: false }),
            (TransactionMacFate::Keyed { .. }, false) => return Ok(Counts::Missing),
            (TransactionMacFate::Keyed { .. }, true) if !finished => {
                return Ok(Counts::Unwanted { anew: true });
            }
            (TransactionMacFate::Keyed { key, settings, limit }, true) => (key, settings, limit),
        };
        let answer = self.walk.ask(&GetFileDetails::new(mac.no))?;
        let told = answer.value;
        let DetailedKind::TransactionMac { key_version, .. } = told.kind else {
            return Err(Refusal::OtherFile { aid: spec.aid, file: mac.no }.into());
        };
        let (version, own) = (KeyVersion(key_version), &self.job.profile()[key]);
        if version == own.version {
            // Made anew under the same key it would count from 0 again, and its MACs be those of others.
            let same = TransactionMacSettings::of(&told) == Some(settings);
            return match (same, told.transaction_limit) {
                (true, told) if told == limit => {
                    self.findings.evidence.counts(at, answer.grade);
                    Ok(Counts::AsWanted)
                }
                (true, None) => {
                    self.findings.evidence.counts(at, answer.grade);
                    Ok(Counts::Unlimited)
                }
                _ => Err(Refusal::OtherFile { aid: spec.aid, file: mac.no }.into()),
            };
        }
        match version == KeyVersion(0) || own.former == Some(version) {
            true => Ok(Counts::Unwanted { anew: true }),
            false => Err(Refusal::OtherFile { aid: spec.aid, file: mac.no }.into()),
        }
    }

    /// Counter and MAC of the last transaction, for the receipt of a card that is verified, where a key of the
    /// profile reads them.
    pub(super) fn see_last_transaction(
        &mut self,
        at: AppRef,
        open: &OpenApplication,
    ) -> Result<(), Stop> {
        let spec = &self.job.profile()[at];
        let there = self.job.task().only_tells() && open.counts == Counts::AsWanted;
        let Some((no, _, settings)) = spec.keyed_transaction_mac().filter(|_| there) else {
            return Ok(());
        };
        match settings.read {
            Access::Key(key) if !spec.is_foreign(key) => {
                let slot = Slot { level: Level::Application(at), no: key };
                self.authenticate(slot, open.holder(key))?;
            }
            Access::Free => {}
            Access::Key(_) | Access::Never => return Ok(()),
        }
        let told = self.walk.read(no, *settings.file(no).settings(), 12)?;
        match TransactionMac::decode(told.value.expose_secret()) {
            Ok(mac) => {
                let last = Committed { mac, answered: None };
                self.findings.transactions.push((spec.aid, last));
                Ok(())
            }
            Err(_) => Err(Refusal::OtherFile { aid: spec.aid, file: no }.into()),
        }
    }
}
