// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the UID of a card is, once its generation is known.

use super::Generation;
use crate::iso14443::Uid;

/// What a card's UID is, judged by the card's generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a new kind must break every match")]
pub enum UidForm {
    /// The card's own.
    Own,
    /// Drawn at this activation: the card hides its own.
    Random,
    /// A fixed number of 4 bytes. The card need not hide its own, which it tells in a session.
    Number,
    /// Nothing, as far as the reader tells.
    Nothing,
}

impl UidForm {
    /// What `uid` is on a card of that generation. D40 cards have no random UID; that of an EV1
    /// begins with `80` (NXP community, 809497 and 1238106), that of an EV2 with `08` (ISO/IEC
    /// 14443-3, 6.5.4), that of an EV3 with either, by its configuration (MF2DLHX0,
    /// SetConfiguration 00). Belief: an EV1 that shows `08` has drawn it too, and an EV2 that shows
    /// `80` has not.
    #[must_use]
    pub const fn on(generation: Generation, uid: &Uid) -> Self {
        match (uid, generation) {
            (Uid::Real(_) | Uid::Long(_), _) => Self::Own,
            (Uid::Untold, _) => Self::Nothing,
            (Uid::Number(_), _) | (Uid::Random(_), Generation::D40) => Self::Number,
            (Uid::Random(_), Generation::Ev1 | Generation::Ev3) => Self::Random,
            (Uid::Random(uid), Generation::Ev2) => match uid.expose()[0] {
                0x08 => Self::Random,
                _ => Self::Number,
            },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use Generation::{D40, Ev1, Ev2, Ev3};

    /// `80 72 6B E8` is a genuine EV1's (Proxmark3, issue 1292).
    #[test]
    fn a_short_uid_is_judged_by_the_generation() {
        let (own, random, number) = (UidForm::Own, UidForm::Random, UidForm::Number);
        for (bytes, on) in [
            (&[0x80, 0x72, 0x6B, 0xE8][..], [number, random, number, random]),
            (&[0x08, 0x72, 0x6B, 0xE8], [number, random, random, random]),
            (&[0x3F, 0x72, 0x6B, 0xE8], [number; 4]),
            (&[0x04; 7], [own; 4]),
            (&[0x88; 10], [own; 4]),
            (&[], [UidForm::Nothing; 4]),
        ] {
            let uid = Uid::from_bytes(bytes).unwrap();
            let judged = [D40, Ev1, Ev2, Ev3].map(|generation| UidForm::on(generation, &uid));
            assert_eq!(judged, on, "{bytes:02X?}");
        }
    }
}
