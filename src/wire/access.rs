// SPDX-License-Identifier: MIT OR Apache-2.0
//! Access rights of files.

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
}
