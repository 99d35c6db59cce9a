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
use crate::iso14443::{RealUid, Uid};
use crate::profile::Record;

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
}

impl Encoded {
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
        Self::without_traffic(job, batch, &Named::record(job, record), uid, outcome, &findings)
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
        Self { outcome, receipt, uid }
    }
}
