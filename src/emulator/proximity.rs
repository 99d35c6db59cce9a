// SPDX-License-Identifier: MIT OR Apache-2.0
//! A proximity check: random bytes go back and forth as fast as both sides can, so that nobody stands in
//! between who would take longer, and a MAC proves afterwards which bytes they were.

use crate::crypto::AesCmac;

/// A check that goes on.
#[derive(Clone)]
pub(super) struct Proximity {
    /// What the card answers with.
    drawn: [u8; RANDOM],
    /// What was exchanged: in each round the bytes of the card, then as many of the reader.
    rounds: Vec<u8>,
}

impl Proximity {
    /// A check in which the card answers with these bytes.
    pub(super) const fn new(drawn: [u8; RANDOM]) -> Self {
        Self { drawn, rounds: Vec::new() }
    }

    /// A round: the card has as many bytes as the reader sent; `None` where it has not so many left.
    pub(super) fn round(&mut self, sent: &[u8]) -> Option<&[u8]> {
        let first = self.rounds.len() / 2;
        let answer = self.drawn.get(first..first.checked_add(sent.len())?)?;
        self.rounds.extend([answer, sent].concat());
        Some(answer)
    }

    /// Whether any bytes were exchanged.
    pub(super) const fn is_begun(&self) -> bool {
        !self.rounds.is_empty()
    }

    /// The MAC of one side, which its code tells: every second byte of a CMAC over what the card said of
    /// itself and all rounds.
    pub(super) fn mac(&self, code: u8, key: &[u8; 16]) -> [u8; 8] {
        let whole = AesCmac::new(key).mac(&[&[code], &PREPARED, &self.rounds]);
        let mut short = [0; 8];
        let odd = whole.iter().skip(1).step_by(2);
        short.iter_mut().zip(odd).for_each(|(slot, byte)| *slot = *byte);
        short
    }
}

/// What the card says of itself: the last byte is there, it answers within 800 units, and the bit rate
/// is 106 kbit/s both ways (a capture of an EV3).
pub(super) const PREPARED: [u8; 4] = [0x01, 0x03, 0x20, 0x00];
/// How many random bytes each side has.
pub(super) const RANDOM: usize = 8;

#[cfg(test)]
mod tests {
    use super::*;

    /// The bytes that were published with Proxmark3, in rounds of three and five; the MACs under this key
    /// were computed outside of this crate.
    #[test]
    fn the_mac_is_of_the_key_and_of_the_rounds() {
        let card = [0x46, 0x2B, 0x37, 0x72, 0x41, 0x47, 0x29, 0x32];
        let mut check = Proximity::new(card);
        assert_eq!(check.round(&[0x44, 0x59, 0x06]), Some(&card[..3]));
        assert_eq!(check.round(&[0xFD, 0x45, 0xC5, 0xE3, 0xB9]), Some(&card[3..]));
        assert_eq!(check.round(&[0x00]), None);
        let key = hex::decode("00112233445566778899AABBCCDDEEFF").unwrap().try_into().unwrap();
        let macs = [0xFD, 0x90].map(|code| hex::encode_upper(check.mac(code, &key)));
        assert_eq!(macs, ["4B25CE9561EC3769", "359F4298B1C932F3"]);
    }
}
