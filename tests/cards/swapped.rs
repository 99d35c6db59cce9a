// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that is swapped for another one so fast that nothing but its UID tells: neither is taken
//! for the other, and the other is left as it was.

use crate::common::{Kinds, card, door, door_records, encoder, every_kind, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Failure, Outcome, Recovery};
use cardwright::iso14443::Uid;
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};

/// The first card, until it has executed so many commands; then the second.
struct Swap<'c> {
    cards: [&'c mut SoftCard; 2],
    after: usize,
}

impl Swap<'_> {
    fn inside(&mut self) -> &mut SoftCard {
        self.cards[usize::from(self.after == 0)]
    }
}

impl Transport for Swap<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let answered = self.inside().exchange(command, reply);
        self.after = self.after.saturating_sub(1);
        answered
    }

    fn uid_in_field(&mut self) -> Result<Option<Uid>, LinkError> {
        Ok(Some(self.inside().uid()))
    }

    fn is_software(&self) -> bool {
        true
    }
}

#[test]
fn a_card_that_was_swapped_at_any_exchange_is_not_taken_for_the_other() {
    let door = job(&door(&[]));
    let door_record = door_records(&door).remove(0);
    let (canteen, records) = every_kind(Kinds::Canteen);
    for (job, record, exchanges) in [(&door, &door_record, 26), (&canteen, &records[0], 35)] {
        let (mut by_uid, mut changed) = (0, 0);
        for after in 1..exchanges {
            let (mut first, mut second) = (card(Model::Ev2_8k, 1), card(Model::Ev2_8k, 2));
            let untouched = second.save();
            let uid = first.uid();
            let mut swap = Swap { cards: [&mut first, &mut second], after };
            let presented = InField::new(uid, &mut swap);
            let encoded = encoder(job).encode(presented, record);
            assert!(
                matches!(encoded.outcome, Outcome::Failed(_) | Outcome::Refused(_)),
                "swapped after {after}: {:?}",
                encoded.outcome
            );
            if encoded.outcome == Outcome::Failed(Failure::Swapped) {
                by_uid += 1;
                assert_eq!(encoded.receipt.recovery, Some(Recovery::PresentAgain));
            }
            if second.save() != untouched {
                // In EV1 messaging anybody could have made an application on a blank card. It is
                // encoded like one.
                let uid = second.uid();
                second.reset();
                let presented = InField::new(uid, &mut second);
                let encoded = encoder(job).encode(presented, record);
                assert_eq!(encoded.outcome, Outcome::Done, "swapped after {after}");
                changed += 1;
            }
        }
        // Before the authentication with the factory's key nothing else tells.
        assert!(by_uid >= 3, "{by_uid}");
        assert!(changed <= 1, "{changed}");
    }
}
