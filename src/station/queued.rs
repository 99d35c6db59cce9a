// SPDX-License-Identifier: MIT OR Apache-2.0
//! Orders that wait in a queue. What stands there names the profile that it was put with, and has no key.

use std::sync::Arc;
use std::time::SystemTime;

use serde::{Deserialize, Serialize};

use super::order::{Absent, Order, Place};
use crate::encode::{Job, ProfileMark, Task};
use crate::profile::Record;

/// An order as it stands in a queue: what serde writes of it holds the record's values, and instead of the
/// job the mark of its profile. The queue's keeper makes it an [`Order`] again with the job that belongs to
/// it ([`QueuedOrder::bind`]).
#[derive(Debug, Clone, Serialize, Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename = "Order", deny_unknown_fields)]
#[non_exhaustive]
pub struct QueuedOrder {
    /// The caller's number for it, which comes back with its events.
    pub ticket: u64,
    /// The record.
    pub record: Record,
    /// The profile that it was put with.
    pub profile: ProfileMark,
    /// Whose keys it was put with, where their store says so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub tenant: Option<String>,
    /// What is done with the card.
    #[serde(default)]
    pub job: Task,
    /// The reader that has to do it; neither this nor `group` is whichever is free.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reader: Option<String>,
    /// The group of readers that have to do it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub group: Option<String>,
    /// It waits where no such reader is there, instead of being refused.
    #[serde(default, skip_serializing_if = "core::ops::Not::not")]
    pub waits: bool,
    /// The greatest goes first; 0 is the usual.
    #[serde(default, skip_serializing_if = "is_usual")]
    pub priority: i16,
    /// No card is begun for it from then on: RFC 3339, UTC.
    #[serde(default, skip_serializing_if = "Option::is_none", with = "moment")]
    #[cfg_attr(feature = "schema", schemars(with = "Option<String>"))]
    pub deadline: Option<SystemTime>,
    /// The order that the record came with, by the caller's reference, which its receipt tells.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde asks so")]
const fn is_usual(priority: &i16) -> bool {
    *priority == 0
}

/// Why an order out of a queue is not taken for a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum QueueError {
    /// It was put with another profile, or another edition of it.
    #[error(
        "the order was put with another profile, or another edition of it: {name:?}; take the job of that \
         one, or put the order anew"
    )]
    OtherProfile {
        /// The name of the profile that it was put with.
        name: String,
    },
    /// It was put with another tenant's keys.
    #[error(
        "the order is of tenant {wanted:?}, and this job has the keys of tenant {found:?}: take a job of the order's \
         tenant"
    )]
    OtherTenant {
        /// Whose the order is.
        wanted: String,
        /// Whose the keys are.
        found: String,
    },
    /// It was put for another task.
    #[error("the order was put for the job {asked}, and this one is {found}")]
    OtherTask {
        /// What it asks for.
        asked: Task,
        /// What the job does.
        found: Task,
    },
    /// It names a reader and a group.
    #[error("the order names a reader and a group: name one of them, or none")]
    TwoPlaces,
}

impl QueuedOrder {
    pub(super) fn of(order: &Order) -> Self {
        let named = |name: &String| Some(name.clone());
        let (reader, group) = match &order.place {
            Place::Any => (None, None),
            Place::Reader(name) => (named(name), None),
            Place::Group(name) => (None, named(name)),
        };
        Self {
            ticket: order.ticket,
            record: order.record.clone(),
            profile: ProfileMark::of(order.job.profile()),
            tenant: order.job.tenant().map(str::to_owned),
            job: order.job.task(),
            reader,
            group,
            waits: order.absent == Absent::Wait,
            priority: order.priority,
            deadline: order.deadline,
            reference: order.reference.clone(),
        }
    }

    /// The order for this job.
    ///
    /// # Errors
    /// [`QueueError`]: the profile is not the one that it was put with, by its text or by what it means;
    /// the job has the keys of another tenant, or does something else; the order contradicts itself.
    pub fn bind(self, job: &Arc<Job>) -> Result<Order, QueueError> {
        if !self.profile.is_same(&ProfileMark::of(job.profile())) {
            return Err(QueueError::OtherProfile { name: self.profile.name });
        }
        // Keys of a store that names no tenant are anybody's.
        if let (Some(wanted), Some(found)) = (self.tenant, job.tenant())
            && wanted != found
        {
            return Err(QueueError::OtherTenant { wanted, found: found.to_owned() });
        }
        if self.job != job.task() {
            return Err(QueueError::OtherTask { asked: self.job, found: job.task() });
        }
        let place = match (self.reader, self.group) {
            (None, None) => Place::Any,
            (Some(name), None) => Place::Reader(name),
            (None, Some(name)) => Place::Group(name),
            (Some(_), Some(_)) => return Err(QueueError::TwoPlaces),
        };
        Ok(Order {
            place,
            absent: if self.waits { Absent::Wait } else { Absent::Refuse },
            priority: self.priority,
            deadline: self.deadline,
            reference: self.reference,
            ..Order::new(self.ticket, Arc::clone(job), self.record)
        })
    }
}

/// A moment as receipts have it.
mod moment {
    use std::time::SystemTime;

    use serde::de::{Deserializer, Error as _};
    use serde::ser::Serializer;
    use serde::{Deserialize, Serialize};

    #[expect(clippy::ref_option, reason = "serde asks so")]
    pub(super) fn serialize<S: Serializer>(
        moment: &Option<SystemTime>,
        serializer: S,
    ) -> Result<S::Ok, S::Error> {
        let text = moment.map(|moment| humantime::format_rfc3339_millis(moment).to_string());
        text.serialize(serializer)
    }

    pub(super) fn deserialize<'de, D: Deserializer<'de>>(
        deserializer: D,
    ) -> Result<Option<SystemTime>, D::Error> {
        let Some(text) = Option::<String>::deserialize(deserializer)? else { return Ok(None) };
        let moment = humantime::parse_rfc3339(&text);
        let why = "a moment is wanted as in 2026-05-01T12:00:00Z";
        moment.map(Some).map_err(|_| D::Error::custom(why))
    }
}
