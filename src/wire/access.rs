// SPDX-License-Identifier: MIT OR Apache-2.0
//! Access rights of files.

use core::fmt;

use crate::bytes::{Cursor, DecodeError};

use super::KeyNo;

/// Who holds one right: a nibble of the access rights word.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a nibble has these meanings")]
pub enum Access {
    /// Whoever authenticated with this key.
    Key(KeyNo),
    /// Everybody, without authentication (`E`).
    Free,
    /// Nobody (`F`).
    Never,
}

impl Access {
    const fn from_nibble(nibble: u8) -> Self {
        match KeyNo::new(nibble) {
            Some(key) => Self::Key(key),
            None if nibble == 0xE => Self::Free,
            None => Self::Never,
        }
    }

    fn nibble(self) -> u8 {
        match self {
            Self::Key(key) => key.into(),
            Self::Free => 0xE,
            Self::Never => 0xF,
        }
    }
}

/// The four rights of a file: a 16-bit word, read, write, read-and-write, change from the most
/// significant nibble, sent least significant byte first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the word has four nibbles")]
pub struct AccessRights {
    /// May read.
    pub read: Access,
    /// May write.
    pub write: Access,
    /// May read and write.
    pub read_write: Access,
    /// May change the file's settings.
    pub change: Access,
}

impl AccessRights {
    /// Nobody may do anything.
    pub const NOBODY: Self = Self {
        read: Access::Never,
        write: Access::Never,
        read_write: Access::Never,
        change: Access::Never,
    };

    /// The two bytes as sent.
    #[must_use]
    pub fn to_wire(self) -> [u8; 2] {
        [
            self.read_write.nibble() << 4 | self.change.nibble(),
            self.read.nibble() << 4 | self.write.nibble(),
        ]
    }

    /// From the two bytes as sent. Every word is legal.
    #[must_use]
    pub const fn from_wire([low, high]: [u8; 2]) -> Self {
        Self {
            read: Access::from_nibble(high >> 4),
            write: Access::from_nibble(high & 0x0F),
            read_write: Access::from_nibble(low >> 4),
            change: Access::from_nibble(low & 0x0F),
        }
    }
}

/// Up to seven sets of rights beside a file's first (EV2, EV3): whoever has a right in any set has it.
/// Who may change the settings stands in the first set alone.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct FurtherRights {
    count: usize,
    // Behind `count` all are `NOBODY`, so that equal sets compare equal.
    sets: [AccessRights; Self::MOST],
}

impl FurtherRights {
    /// A file has eight sets in all.
    pub const MOST: usize = 7;
    /// No further set.
    pub const NONE: Self = Self { count: 0, sets: [AccessRights::NOBODY; Self::MOST] };

    /// These sets, in this order; nothing where there are more than [`MOST`](Self::MOST). The right to
    /// change means nothing in them and is [`Access::Never`] on the wire.
    #[must_use]
    pub fn new(sets: &[AccessRights]) -> Option<Self> {
        let mut further = Self { count: sets.len(), ..Self::NONE };
        for (place, set) in further.sets.get_mut(..sets.len())?.iter_mut().zip(sets) {
            *place = AccessRights { change: Access::Never, ..*set };
        }
        Some(further)
    }

    /// The sets, in their order.
    pub fn iter(&self) -> impl Iterator<Item = AccessRights> + '_ {
        self.sets.iter().copied().take(self.count)
    }

    /// Whether there is none.
    #[must_use]
    pub const fn is_empty(&self) -> bool {
        self.count == 0
    }

    /// Their number (1), then two bytes each; nothing where there is none (liblogicalaccess; NXP's SDK;
    /// flipperzero-firmware issue 3338, a real EV2).
    pub(crate) fn encode(&self) -> impl Iterator<Item = u8> + '_ {
        let count = u8::try_from(self.count).ok().filter(|&count| count > 0);
        count.into_iter().chain(self.iter().flat_map(AccessRights::to_wire))
    }

    /// Reads what [`encode`](Self::encode) writes, where the option byte says that it is there.
    /// The right to change is kept as it is told.
    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let byte = cursor.u8()?;
        let count = usize::from(byte);
        let mut further = Self { count, ..Self::NONE };
        let places = further.sets.get_mut(..count).filter(|places| !places.is_empty());
        for place in places.ok_or_else(|| cursor.invalid(byte))? {
            *place = AccessRights::from_wire(cursor.array()?);
        }
        Ok(further)
    }
}

impl fmt::Debug for FurtherRights {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.iter()).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// R=1 W=2 RW=5 CAR=4 is the word 1254, sent `54 12` (libfreefare's definition of the word,
    /// agreeing with the MF2DL(H)x0 data sheet, access rights).
    #[test]
    fn the_word_goes_out_low_byte_first() {
        let key = |number| Access::Key(KeyNo::new(number).unwrap());
        let rights =
            AccessRights { read: key(1), write: key(2), read_write: key(5), change: key(4) };
        assert_eq!(rights.to_wire(), [0x54, 0x12]);
        for word in 0..=u16::MAX {
            let wire = word.to_le_bytes();
            assert_eq!(AccessRights::from_wire(wire).to_wire(), wire);
        }
    }

    /// The seven sets of a real EV2 (flipperzero-firmware issue 3338).
    #[test]
    fn further_sets_are_their_number_and_two_bytes_each() {
        let wire = hex::decode("07FF2FFF3FFF4FFF5FFF6FFF7FFF8F").unwrap();
        let further = FurtherRights::decode(&mut Cursor::new("rights", &wire)).unwrap();
        let reading: Vec<_> = further.iter().map(|set| set.read).collect();
        let keys = (2..=8).map(|number| Access::Key(KeyNo::new(number).unwrap()));
        assert_eq!(reading, keys.collect::<Vec<_>>());
        assert_eq!(further.encode().collect::<Vec<_>>(), wire);
        assert_eq!(FurtherRights::new(&further.iter().collect::<Vec<_>>()), Some(further));
        assert_eq!(FurtherRights::NONE.encode().count(), 0);
        assert_eq!(FurtherRights::new(&[AccessRights::NOBODY; 8]), None);
        for bad in [&[0x00][..], &[0x08; 17], &[0x02, 0xFF, 0x2F]] {
            assert!(FurtherRights::decode(&mut Cursor::new("rights", bad)).is_err(), "{bad:02X?}");
        }
    }
}
