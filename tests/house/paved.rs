// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a program with threads may do with the types of the paved path.

use std::sync::Arc;

use cardwright::encode::{Chain, DoneCards, Encoded, Ledger, Plan, SystemRandom};
use cardwright::station::{Event, Events, Handle, Order};
use cardwright::{
    Encoder, InField, Job, KeyFile, Outcome, Profile, Receipt, Record, Records, Station, Transport,
};

const fn sent<T: Send>() {}

const fn shared<T: Send + Sync>() {}

/// Held by the compiler. A job is shared by all readers; an encoder, a station and a card in the field
/// belong to one thread at a time, and may be given to another.
#[test]
fn the_paved_path_goes_through_threads() {
    shared::<Profile>();
    shared::<Records>();
    shared::<Record>();
    shared::<KeyFile>();
    shared::<Job>();
    shared::<Outcome>();
    shared::<Receipt>();
    shared::<Encoded>();
    shared::<Plan>();
    shared::<Order>();
    shared::<DoneCards>();
    shared::<Ledger>();
    shared::<SystemRandom>();
    shared::<Encoder<&'static Job>>();
    shared::<Encoder<Arc<Job>>>();
    shared::<Handle>();
    shared::<Events>();
    sent::<Station>();
    sent::<Event>();
    sent::<Chain>();
    sent::<InField<Box<dyn Transport + Send>>>();
}
