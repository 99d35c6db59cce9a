// SPDX-License-Identifier: MIT OR Apache-2.0
//! The transaction MAC file of a card that is brought back: deleted while anything waits for a commit, and
//! made anew as it comes. Counter, MAC and the reader that was named last are gone with the old one.

use super::{Counter, Found, ZERO};
use crate::encode::card::attempt::Attempt;
use crate::encode::card::stop::Stop;
use crate::encode::plan::commands;
use crate::encode::plan::rights;
use crate::encode::verdict::difference::Difference;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::refusal::Refusal;
use crate::host::command::file::GetFileDetails;
use crate::host::{Error, TransactionMacSettings};
use crate::profile::AppRef;
use crate::secret::ct_eq;
use crate::wire::{DetailedKind, FixedTransactionMac};

impl Attempt<'_, '_> {
    /// Looks for it; of a card that had no other key 0 than zeros whether it is as it comes.
    pub(super) fn find_transaction_mac(&mut self, found: &Found) -> Result<Counter, Stop> {
        let Some(made) = self.job.made_transaction_mac(found.at) else { return Ok(Counter::Never) };
        let aid = self.job.profile()[found.at].aid;
        let own = self.job.profile()[found.at].files.iter().map(|file| file.no);
        let mut present = self.walk.file_ids(aid)?.value;
        let there = present.contains(&made.number);
        present.retain(|no| *no != made.number);
        present.sort_unstable();
        let mut own: Vec<_> = own.collect();
        own.sort_unstable();
        if present != own {
            return Err(Refusal::OtherApplication { aid }.into());
        }
        if !there {
            return Ok(Counter::Gone);
        }
        match found.holders.first() == Some(&ZERO) && self.counts_as_it_comes(made, found)? {
            true => Ok(Counter::AsItComes),
            false => Ok(Counter::There),
        }
    }

    /// That it is there as it comes, of a card whose key 0 everybody knew while it was brought back.
    pub(super) fn look_at_transaction_mac(&mut self, blank: &Found) -> Result<(), Stop> {
        let Some(made) = self.job.made_transaction_mac(blank.at) else { return Ok(()) };
        let aid = self.job.profile()[blank.at].aid;
        let there = self.walk.file_ids(aid)?.value.contains(&made.number);
        if there && self.counts_as_it_comes(made, blank)? {
            return Ok(());
        }
        Err(Stop::Fail(Failure::Differs(Difference::File { aid, file: made.number })))
    }

    /// Its settings, the version of its key, and counter and MAC, of which there are none yet.
    fn counts_as_it_comes(
        &mut self,
        made: &FixedTransactionMac,
        found: &Found,
    ) -> Result<bool, Stop> {
        let told = self.walk.ask(&GetFileDetails::new(made.number))?;
        self.findings.evidence.brought_back(told.grade);
        let settings = commands::transaction_mac_as_it_comes(made);
        let zero = DetailedKind::TransactionMac { key_option: 0x02, key_version: 0x00 };
        let as_it_comes = TransactionMacSettings::of(&told.value) == Some(settings)
            && told.value.kind == zero
            && told.value.transaction_limit.is_none();
        if !as_it_comes {
            return Ok(false);
        }
        let file = commands::transaction_mac(made);
        let no = rights::reader(&self.job.profile()[found.at], file.settings());
        self.authenticate(found.slot(no), found.holder(no))?;
        let counted = self.walk.read(made.number, *file.settings(), 12)?;
        Ok(ct_eq(counted.value.expose_secret(), &[0; 12]))
    }

    /// Makes it anew.
    pub(crate) fn bring_back_transaction_mac(&mut self, at: AppRef) -> Result<(), Stop> {
        if let Some(made) = self.job.made_transaction_mac(at) {
            let create = commands::create_transaction_mac(made).map_err(Error::from)?;
            let created = self.walk.run(&create)?;
            self.findings.evidence.brought_back(created.grade);
        }
        Ok(())
    }
}
