// SPDX-License-Identifier: MIT OR Apache-2.0
//! From a checked profile, a record and a card to an encoded, proven card and its receipt.
//!
//! The card is its own journal. Whatever is in the field (a blank card, one that was torn away
//! half-way, one that is done) goes one way: [identify], observe, plan the difference to the
//! profile, apply it step by step, prove it. No step counts as done because its command was sent:
//! the receipt grades each key, setting and file by what the card showed.
//!
//! [`Job`] binds a profile to its keys, [`Encoder`] encodes cards, [`Receipt`] is what may be kept,
//! [`Chain`] makes them the lines of a file in which a change shows, [`Ledger`] reads them back so
//! that a stopped batch goes on.
//!
//! [identify]: crate::profile::Identify

mod apply;
mod attempt;
mod chain;
mod commands;
mod cost;
mod cut;
mod describe;
mod difference;
mod done;
mod encoder;
mod evidence;
mod failure;
mod hints;
mod identity;
mod job;
mod ledger;
mod look;
mod map;
mod observe;
mod opening;
#[cfg(feature = "originality")]
mod originality;
mod place;
mod plan;
mod planned;
mod receipt;
mod recovery;
mod recycle;
mod refusal;
mod rights;
mod room;
mod spoken;
mod state;
mod step;
mod task;
mod verdict;
mod walk;

pub use chain::{Chain, Checked, Fault, Link, SealedReceipt, check};
pub use cost::StepCost;
pub use difference::Difference;
pub use done::DoneCards;
pub use encoder::{Encoded, Encoder, Outcome, Presented};
pub use failure::Failure;
pub use hints::{Hint, hints};
pub use job::{Job, JobError};
pub use ledger::{Ledger, LedgerError};
pub use map::{ApplicationMemory, CardMemory, FileMemory, MemoryMap};
pub use place::{Holder, Level, Slot};
pub use planned::{Plan, PlannedStep};
pub use receipt::{
    BlankGrade, FileGrade, KeyGrade, OutcomeName, ProfileMark, Receipt, SettingsGrade, batch_mark,
};
pub use recovery::{Recovery, Wrote};
pub use refusal::Refusal;
pub use step::{FileAct, Step};
pub use task::{OneWay, OneWayError, Task, TaskError};
pub use verdict::{Ground, Unproven};
