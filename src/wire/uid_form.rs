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
    /// What `uid` is on a card of that generation. One of four bytes is drawn where it begins as the
    /// random ones of the generation do ([`Silicon::random_uid`](super::Silicon::random_uid)).
    #[must_use]
    pub fn on(generation: Generation, uid: &Uid) -> Self {
        match uid {
            Uid::Real(_) | Uid::Long(_) => Self::Own,
            Uid::Untold => Self::Nothing,
            Uid::Random(uid) if generation.silicon().random_uid.contains(&uid.expose()[0]) => {
                Self::Random
            }
            Uid::Random(_) | Uid::Number(_) => Self::Number,
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
