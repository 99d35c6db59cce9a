// SPDX-License-Identifier: MIT OR Apache-2.0
//! One bit of one reply is turned on its way, once, before anything is written: no blank card is
//! thrown away for that.

use crate::common::{card, door, door_records, encode, encoder, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Outcome, Recovery};
use cardwright::iso14443::Uid;
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};

/// SetConfiguration, ChangeKeySettings, ChangeKey, CreateApplication.
const CHANGES: [u8; 4] = [0x5C, 0x54, 0xC4, 0xCA];

/// A card of whose replies the one at `at` has its bit `bit` turned.
struct Noise<'c> {
    card: &'c mut SoftCard,
    at: usize,
    bit: usize,
    seen: usize,
}

impl Transport for Noise<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        self.card.exchange(command, reply)?;
        if self.seen == self.at {
            reply[self.bit / 8] ^= 1 << (self.bit % 8);
        }
        self.seen += 1;
        Ok(())
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        self.card.uid_in_field()
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// The first card of a stock, and the one after it.
#[test]
fn a_bit_that_was_turned_throws_no_blank_card_away() {
    let door = job(&door(&[]));
    let records = door_records(&door);
    for model in [Model::Ev1_4k, Model::Ev2_4k, Model::Ev3_4k] {
        for known in [false, true] {
            let ready = || {
                let mut encoder = encoder(&door);
                if known {
                    let (first, _) = encode(&mut encoder, &mut card(model, 1), &records[0]);
                    assert_eq!(first.outcome, Outcome::Done);
                }
                encoder
            };
            let (_, whole) = encode(&mut ready(), &mut card(model, 2), &records[1]);
            let still = |ins: u8| !CHANGES.contains(&ins);
            let before: Vec<_> =
                whole.iter().take_while(|one| one.ins.is_some_and(still)).collect();
            let (mut turned, mut done) = (0, 0);
            for (at, one) in before.into_iter().enumerate() {
                for bit in 0..one.received * 8 {
                    let mut card = card(model, 2);
                    let uid = card.uid();
                    let mut noise = Noise { card: &mut card, at, bit, seen: 0 };
                    let presented = InField::new(uid, &mut noise);
                    let noisy = ready().encode(presented, &records[1]);
                    let what = format!("{model}: bit {bit} of reply {at}: {:?}", noisy.outcome);
                    assert_ne!(noisy.receipt.recovery, Some(Recovery::RejectCard), "{what}");
                    turned += 1;
                    if noisy.outcome == Outcome::Done {
                        done += 1;
                        continue;
                    }
                    card.reset();
                    let (again, _) = encode(&mut encoder(&door), &mut card, &records[1]);
                    assert_eq!(again.outcome, Outcome::Done, "{what}");
                }
            }
            println!("{model}: {turned} bits turned, {done} cards done all the same");
            assert!(turned > if known { 150 } else { 500 }, "{turned}");
        }
    }
}
