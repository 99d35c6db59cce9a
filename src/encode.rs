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

mod card;
mod encoded;
mod encoder;
mod forecast;
mod job;
mod one_way;
mod outcome;
mod permission;
mod permit;
mod plan;
mod proof;
mod random;
mod task;
mod verdict;
mod watch;

pub use encoded::Encoded;
pub use encoder::Encoder;
pub use forecast::advice::{Advice, advice};
pub use forecast::cost::StepCost;
pub use forecast::hints::{Hint, hints};
pub use forecast::map::{ApplicationMemory, CardMemory, FileMemory, MemoryMap};
pub use forecast::planned::{Plan, PlannedStep};
pub use job::Job;
pub(crate) use job::bound::NoKey;
pub use job::error::JobError;
pub use job::making::Making;
pub use job::permitted::delegated_application;
pub use job::warning::JobWarning;
pub use one_way::{OneWay, OneWayError};
pub use outcome::Outcome;
pub use permission::Permission;
pub use permission::error::{PermissionError, PermissionFileError};
pub use permit::{Intent, Permit};
pub use plan::place::{Holder, Level, Slot};
pub(crate) use plan::rights::changer;
pub use plan::step::{FileAct, KeySetAct, Step, TransactionMacAct};
pub use proof::chain::check::{Checked, Fault, check};
pub use proof::chain::{Chain, Link, SealedReceipt};
pub use proof::done::DoneCards;
pub use proof::ledger::{Ledger, LedgerError};
pub use proof::mark::{batch_mark, card_mark};
pub use proof::origin::Origin;
pub use proof::receipt::{
    BlankGrade, FileGrade, KeyGrade, KeySetGrade, LeftSlot, OutcomeName, ProfileMark, Receipt,
    SettingsGrade, ToldGrade,
};
pub use proof::standing::Standing;
pub use random::SystemRandom;
pub use task::{Task, TaskError};
pub use verdict::difference::Difference;
pub use verdict::failure::Failure;
pub use verdict::recovery::{Recovery, Wrote};
pub use verdict::refusal::Refusal;
pub use verdict::unproven::{Ground, Unproven};
pub use verdict::veto::Veto;
pub use watch::{Progress, Watch};
