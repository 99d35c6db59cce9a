// SPDX-License-Identifier: MIT OR Apache-2.0
//! How often a whole card allocates: the demonstration card, host and software card and receipt
//! together, from the factory state to its proof. A count that changes is changed here, on purpose.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;

use allocation_counter::measure;
use cardwright::emulator::Model;
use cardwright::encode::{Outcome, Presented};
use cardwright::profile::Messaging;

use common::{card, door, door_records, encoder, job};

/// A buffer that grows counts once more.
const ALLOCATIONS: u64 = 85;

#[test]
fn a_whole_card_allocates_as_often_as_before() {
    for messaging in [Messaging::Ev1, Messaging::Ev2] {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        let records = door_records(&job);
        // The first card fills what is kept from card to card.
        for number in 0..3 {
            let mut card = card(Model::Ev2_8k, number);
            let mut outcome = None;
            let counted = measure(|| {
                let mut encoder = encoder(&job);
                let presented = Presented { uid: card.uid(), transport: &mut card };
                outcome = Some(encoder.encode(presented, &records[0]).outcome);
            });
            assert_eq!(outcome, Some(Outcome::Done));
            assert_eq!(counted.count_total, ALLOCATIONS, "{messaging}");
        }
    }
}
