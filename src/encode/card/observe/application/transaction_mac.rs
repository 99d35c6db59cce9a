// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the transaction MAC file of an application is as the profile has it. Who knows key 0 makes one of
//! any version, so one that is there counts only behind a key 0 of the job's.

use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::plan::state::Counts;
use crate::encode::verdict::refusal::Refusal;
use crate::host::TransactionMacSettings;
use crate::host::command::file::GetFileDetails;
use crate::profile::{Application, TransactionMacFate};
use crate::wire::{DetailedKind, FileNo, KeyVersion};

impl Attempt<'_, '_> {
    /// By the files that the card lists, and of one that has a key of the profile by what it tells of itself;
    /// `finished` where key 0 is the job's.
    pub(super) fn observe_transaction_mac(
        &mut self,
        spec: &Application,
        present: &[FileNo],
        finished: bool,
    ) -> Result<Counts, Stop> {
        let Some(mac) = spec.transaction_mac else { return Ok(Counts::AsWanted) };
        let there = present.contains(&mac.no);
        self.findings.counts = there;
        self.walk.commits_as(spec.reader_id().filter(|_| there));
        let (key, settings) = match (mac.fate, there) {
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
            (TransactionMacFate::Keyed { key, settings }, true) => (key, settings),
        };
        let told = self.walk.ask(&GetFileDetails::new(mac.no))?.value;
        let DetailedKind::TransactionMac { key_version, .. } = told.kind else {
            return Err(Refusal::OtherFile { aid: spec.aid, file: mac.no }.into());
        };
        let (version, own) = (KeyVersion(key_version), &self.job.profile()[key]);
        if version == own.version {
            // Made anew under the same key it would count from 0 again, and its MACs be those of others.
            return match TransactionMacSettings::of(&told) == Some(settings) {
                true => Ok(Counts::AsWanted),
                false => Err(Refusal::OtherFile { aid: spec.aid, file: mac.no }.into()),
            };
        }
        match version == KeyVersion(0) || own.former == Some(version) {
            true => Ok(Counts::Unwanted { anew: true }),
            false => Err(Refusal::OtherFile { aid: spec.aid, file: mac.no }.into()),
        }
    }
}
