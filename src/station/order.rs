// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a station is asked to do.

use core::fmt;
use std::sync::Arc;
use std::time::{Instant, SystemTime};

use super::machine::Slip;
use super::queued::QueuedOrder;
use crate::encode::{Encoded, Job, Recovery, Wrote};
use crate::profile::Record;

/// One record for one card, under a job. `Debug` shows no value of the record.
#[derive(Clone)]
#[non_exhaustive]
pub struct Order {
    /// The caller's number for it, which comes back with its events. No two orders of a station have the
    /// same one at a time.
    pub ticket: u64,
    /// What is done with the card: profile, keys and task.
    pub job: Arc<Job>,
    /// The record.
    pub record: Record,
    /// Who does it.
    pub place: Place,
    /// What becomes of it where the reader or the group that it names is not there.
    pub absent: Absent,
    /// Of those that wait, the one with the greatest goes first, and of equal ones the one that came
    /// first; 0 is the usual.
    pub priority: i16,
    /// No card is begun for it from then on: it ends as
    /// [`Refusal::Expired`](crate::encode::Refusal::Expired). A change of the system's clock after it was
    /// put makes no difference.
    pub deadline: Option<SystemTime>,
    /// The order that the record came with, by the caller's reference, which intent and receipt tell;
    /// `None` where the [origin](super::Station::with_origin) of the whole station says it.
    pub reference: Option<String>,
    /// The records file, for a record without an `id` of its own; see
    /// [`Encoder::with_batch`](crate::Encoder::with_batch).
    pub batch: Option<[u8; 32]>,
    /// The records that a verified card may hold; see
    /// [`Encoder::with_candidates`](crate::Encoder::with_candidates).
    pub candidates: Option<Arc<[Record]>>,
}

/// Which readers may do an order.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[expect(clippy::exhaustive_enums, reason = "anybody, one, or some")]
pub enum Place {
    /// Whichever is free.
    #[default]
    Any,
    /// The one with this name.
    Reader(String),
    /// One that was [added to](super::Handle::add_to) this group.
    Group(String),
}

impl fmt::Display for Place {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str("any reader"),
            Self::Reader(name) => write!(f, "reader {name:?}"),
            Self::Group(name) => write!(f, "group {name:?}"),
        }
    }
}

/// What becomes of an order whose reader, or whose group, is not there when it is put, or goes away before
/// a card came.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "yes or no")]
pub enum Absent {
    /// It is refused, at once or later ([`Refusal::NoReader`](crate::encode::Refusal::NoReader)).
    #[default]
    Refuse,
    /// It waits until such a reader is added, and [`Event::NoReader`](super::Event::NoReader) tells it.
    Wait,
}

impl Order {
    /// An order for whichever reader is free.
    #[must_use]
    pub const fn new(ticket: u64, job: Arc<Job>, record: Record) -> Self {
        Self {
            ticket,
            job,
            record,
            place: Place::Any,
            absent: Absent::Refuse,
            priority: 0,
            deadline: None,
            reference: None,
            batch: None,
            candidates: None,
        }
    }

    /// For this reader or group only.
    #[must_use]
    pub fn at(mut self, place: Place) -> Self {
        self.place = place;
        self
    }

    /// Waits where nobody is there who may do it, instead of being refused.
    #[must_use]
    pub const fn waiting_for_reader(mut self) -> Self {
        self.absent = Absent::Wait;
        self
    }

    /// Goes before those of smaller priority.
    #[must_use]
    pub const fn with_priority(mut self, priority: i16) -> Self {
        self.priority = priority;
        self
    }

    /// Ends where no card was begun for it by then.
    #[must_use]
    pub const fn with_deadline(mut self, deadline: SystemTime) -> Self {
        self.deadline = Some(deadline);
        self
    }

    /// Named in intent and receipt by this reference, which says nothing of anybody.
    #[must_use]
    pub fn with_reference(mut self, reference: impl Into<String>) -> Self {
        self.reference = Some(reference.into());
        self
    }

    /// Of this records file; see [`Encoder::with_batch`](crate::Encoder::with_batch).
    #[must_use]
    pub const fn with_batch(mut self, mark: [u8; 32]) -> Self {
        self.batch = Some(mark);
        self
    }

    /// On a card that may hold any of these; see
    /// [`Encoder::with_candidates`](crate::Encoder::with_candidates).
    #[must_use]
    pub fn with_candidates(mut self, records: Arc<[Record]>) -> Self {
        self.candidates = Some(records);
        self
    }

    /// The order as it stands in a queue.
    #[must_use]
    pub fn queued(&self) -> QueuedOrder {
        QueuedOrder::of(self)
    }

    /// What the machine has to know of it.
    pub(super) fn slip(&self) -> Slip<u64, Place, Instant> {
        let now = Instant::now();
        let left = |deadline: SystemTime| deadline.duration_since(SystemTime::now());
        // One that has passed has passed now.
        let until = |deadline| now.checked_add(left(deadline).unwrap_or_default());
        Slip {
            ticket: self.ticket,
            place: Some(&self.place).filter(|place| **place != Place::Any).cloned(),
            priority: self.priority,
            deadline: self.deadline.and_then(until),
            waits: self.absent == Absent::Wait,
        }
    }

    /// The order as it is to be put again after it ended so; `None` where it ended well. Where the very
    /// card is to be presented again, its record names that one.
    pub(super) fn after(self, encoded: &Encoded) -> Option<Self> {
        if encoded.receipt.outcome.is_well() {
            return None;
        }
        let again = match encoded.receipt.recovery {
            Some(
                Recovery::RetrySameCard
                | Recovery::PresentAgain
                | Recovery::StopStation
                | Recovery::StopLine,
            ) => encoded.receipt.wrote != Wrote::Nothing,
            Some(Recovery::RejectCard | Recovery::BadRecord) | None => false,
        };
        Some(match encoded.uid.clone().filter(|_| again) {
            Some(uid) => Self { record: self.record.bound_to(uid), ..self },
            None => self,
        })
    }
}

impl fmt::Debug for Order {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Order")
            .field("ticket", &self.ticket)
            .field("profile", &self.job.profile().name())
            .field("record", &self.record)
            .field("place", &self.place)
            .field("absent", &self.absent)
            .field("priority", &self.priority)
            .field("deadline", &self.deadline)
            .field("reference", &self.reference)
            .finish_non_exhaustive()
    }
}
