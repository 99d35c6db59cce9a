// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two pens against each other: what the host says over real sessions, and what the software
//! card makes of it.

mod act;
mod agreement;
mod contents;
mod iso;
mod keys;
mod levels;
mod lost;
mod lrp;
mod model;
mod records;
mod support;
mod talk;
mod tampering;
mod transaction_macs;
mod transactions;
mod values;
