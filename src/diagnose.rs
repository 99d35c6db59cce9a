// SPDX-License-Identifier: MIT OR Apache-2.0
//! Finds out which key opens a card whose papers are lost: which of the keys at hand, made by which
//! diversification scheme, with AID and UID in which byte order.
//!
//! A card tells the versions and types of its keys and whether an authentication succeeded, and
//! nothing else, so a search is a row of authentications of which all but the last are refused. MIFARE
//! DESFire Light and NTAG 424 DNA count the refused ones for each key and close it for good in the
//! end (data sheets MF2DLHX0 and NT4H2421Gx); of other DESFire cards nobody has published it, and they
//! are treated as if they did. So a [`Search`] first [looks](Search::look), which costs no refusal,
//! says how many authentications may be refused at most ([`Plan::most`]), and [runs](Search::run)
//! within that: [`Limits`] for a key, for all, and [`Limits::IN_A_ROW`], which nobody can raise.
//!
//! What is tried first is decided by [`order`], which knows nothing of cards: only keys of the version
//! and type that the slot reports, the public ones first, then the issuer keys way by way
//! ([`Form::likely`]). Nothing at the PICC level but key 0 is tried unless it is named; key 31 there,
//! which switches the MIFARE Classic side of an EV3C off for good, is not tried at all.

mod form;
mod issuer;
mod limits;
mod order;
mod plan;
mod product;
mod report;
mod run;

#[cfg(test)]
mod tests;

pub use form::{AidOrder, Form, UidOrder};
pub use issuer::Issuer;
pub use limits::Limits;
pub use order::{Attempt, Candidate, Knowledge, Left, Ordered, Slot, Why, order};
pub use plan::{Plan, Planned, Search, Target, Trouble};
pub use report::{Outcome, Report, SlotReport, Stop, TargetReport, Tried};
