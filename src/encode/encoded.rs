// SPDX-License-Identifier: MIT OR Apache-2.0
//! An outcome with its receipt, also of what never came to a card.

use std::time::SystemTime;

use crate::encode::card::findings::Findings;
use crate::encode::job::Job;
use crate::encode::outcome::Outcome;
use crate::encode::proof::drawn::Facts;
use crate::encode::proof::mark::Named;
use crate::encode::proof::receipt::Receipt;
use crate::encode::verdict::failure::Failure;
use crate::encode::verdict::recovery::Wrote;
use crate::encode::verdict::refusal::Refusal;
use crate::iso14443::{RealUid, Uid};
use crate::profile::{Export, ExportError, KeyIndex, OnCard, Record, Row};
use crate::wire::KeyVersion;

/// An outcome with its receipt.
#[derive(Debug, Clone)]
#[non_exhaustive]
pub struct Encoded {
    /// How it ended.
    pub outcome: Outcome,
    /// What may be kept: no field value, UID or key byte is in it.
    pub receipt: Receipt,
    /// The card's real UID, for the caller only.
    pub uid: Option<RealUid>,
    /// The record that it is about, for the caller only: the one that was given, or the one that the task
    /// found on the card. `None` where it could not be read.
    pub record: Option<Record>,
    /// The versions of the keys of the profile's lists, as the card has them.
    pub key_versions: Vec<(KeyIndex, KeyVersion)>,
}

impl Encoded {
    /// The row that the card has in a list of its profile: one that is done has one, unless its task knows
    /// of no record. It belongs into the list before the receipt does into its file, so that what has
    /// its receipt has its row; a row that is there already is not written again ([`List::add`]).
    ///
    /// # Errors
    /// [`ExportError`] where a column cannot be written, which [`Export::takes`] tells before the card,
    /// but for what the card has to tell.
    ///
    /// [`List::add`]: crate::profile::List::add
    pub fn row(&self, export: &Export) -> Result<Option<Row>, ExportError> {
        let done = matches!(self.outcome, Outcome::Done | Outcome::AlreadyDone);
        match self.record.as_ref().filter(|_| done && self.receipt.job.makes_rows()) {
            Some(record) => {
                let card = OnCard {
                    uid: self.uid.clone(),
                    chip: self.receipt.chip.clone(),
                    key_versions: self.key_versions.clone(),
                };
                export.row(record, &card).map(Some)
            }
            None => Ok(None),
        }
    }

    /// The same card without the row that it was to have: it is refused for that, so that it comes again.
    #[must_use]
    pub fn without_row(mut self, error: ExportError) -> Self {
        let refusal = Refusal::Export(error);
        self.receipt.refuse(&refusal);
        self.outcome = Outcome::Refused(refusal);
        self
    }

    /// The end of an encoding whose conversation never returned: what it wrote is unknown, unless
    /// no card had come.
    pub(crate) fn broken_off(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &Record,
        uid: Option<&Uid>,
        failure: Failure,
    ) -> Self {
        let outcome = Outcome::Failed(failure);
        let wrote = if uid.is_some() { Wrote::Maybe } else { Wrote::Nothing };
        let findings = Findings { wrote, ..Findings::none(job.profile()) };
        let uid = uid.and_then(Uid::real).cloned();
        let named = Named::record(job, record);
        let ended = Self::without_traffic(job, batch, &named, uid, outcome, &findings);
        Self { record: Some(record.clone()), ..ended }
    }

    /// The end of what no card was begun for.
    pub(crate) fn without_card(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &Record,
        outcome: Outcome,
    ) -> Self {
        Self::untouched(job, batch, &Named::record(job, record), None, outcome)
    }

    /// The end of an encoding that never began.
    pub(crate) fn untouched(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &Named,
        uid: Option<RealUid>,
        outcome: Outcome,
    ) -> Self {
        let findings = Findings::none(job.profile());
        Self::without_traffic(job, batch, record, uid, outcome, &findings)
    }

    fn without_traffic(
        job: &Job,
        batch: Option<&[u8; 32]>,
        record: &Named,
        uid: Option<RealUid>,
        outcome: Outcome,
        findings: &Findings,
    ) -> Self {
        let facts = Facts {
            record,
            batch,
            findings,
            uid: uid.as_ref(),
            chip: None,
            messaging: None,
            traffic: crate::transport::Traffic::default(),
            started: SystemTime::now(),
        };
        let receipt = Receipt::of(job, &outcome, &facts);
        Self { outcome, receipt, uid, record: None, key_versions: Vec::new() }
    }
}
