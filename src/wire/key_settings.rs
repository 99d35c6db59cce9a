// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key settings: the first byte (who may do what) and the second (how many keys, of which type).

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError};

use super::{KeyNo, KeyType};

/// The first key settings byte, of the PICC or of an application.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the byte has these fields")]
#[expect(clippy::struct_excessive_bools, reason = "the byte has these four bits")]
pub struct KeySettings {
    /// Bit 0: the master key may be changed.
    pub key_changeable: bool,
    /// Bit 1: listing needs no master authentication.
    pub free_list: bool,
    /// Bit 2: creating and deleting need no master authentication.
    pub free_create: bool,
    /// Bit 3: this byte may be changed.
    pub settings_changeable: bool,
    /// Bits 7 to 4: who may change the application's other keys. At PICC level 0.
    pub change: ChangeKeyRight,
}

impl KeySettings {
    /// What a card of the factory has: everything allowed, byte `0F`.
    pub const FACTORY: Self = Self {
        key_changeable: true,
        free_list: true,
        free_create: true,
        settings_changeable: true,
        change: ChangeKeyRight::Key(KeyNo::MASTER),
    };

    /// The byte as sent.
    #[must_use]
    pub fn to_byte(self) -> u8 {
        let change = match self.change {
            ChangeKeyRight::Key(key) => key.into(),
            ChangeKeyRight::Same => 0xE,
            ChangeKeyRight::Never => 0xF,
        };
        change << 4
            | u8::from(self.settings_changeable) << 3
            | u8::from(self.free_create) << 2
            | u8::from(self.free_list) << 1
            | u8::from(self.key_changeable)
    }

    /// From the byte as sent. Every byte is legal.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Self {
        let change = match KeyNo::new(byte >> 4) {
            Some(key) => ChangeKeyRight::Key(key),
            None if byte >> 4 == 0xE => ChangeKeyRight::Same,
            None => ChangeKeyRight::Never,
        };
        Self {
            key_changeable: byte & 0x01 != 0,
            free_list: byte & 0x02 != 0,
            free_create: byte & 0x04 != 0,
            settings_changeable: byte & 0x08 != 0,
            change,
        }
    }
}

/// Who may change an application's keys other than its master key.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a nibble has these meanings")]
pub enum ChangeKeyRight {
    /// Whoever authenticated with this key; 0 is the master key. Where it is 1 to 13, that key
    /// itself and the master key need the master key.
    Key(KeyNo),
    /// Each key itself (`E`).
    Same,
    /// Nobody: all keys but the master key are frozen (`F`).
    Never,
}

/// The second key settings byte: how many keys an application has, of which type, and whether
/// its files carry ISO file identifiers.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the byte has these fields")]
pub struct KeySlots {
    /// Bits 3 to 0: how many keys, 0 to 14.
    pub count: u8,
    /// Bits 7 and 6.
    pub key_type: KeyType,
    /// Bit 5: files have two-byte ISO file identifiers.
    pub iso_file_ids: bool,
}

impl KeySlots {
    /// The byte as sent. A count above 14 does not fit and is cut to its low nibble.
    #[must_use]
    pub const fn to_byte(self) -> u8 {
        self.key_type.bits() | (self.iso_file_ids as u8) << 5 | (self.count & 0x0F)
    }

    /// From the byte as sent.
    ///
    /// # Errors
    /// [`DecodeError`] for an unknown key type, more than 14 keys, or bit 4 (key sets of EV2).
    pub const fn from_byte(byte: u8) -> Result<Self, DecodeError> {
        let count = byte & 0x0F;
        match KeyType::from_bits(byte) {
            Some(key_type) if count <= 14 && byte & 0x10 == 0 => {
                Ok(Self { count, key_type, iso_file_ids: byte & 0x20 != 0 })
            }
            _ => Err(DecodeError::invalid("key slots", 0, byte)),
        }
    }
}

/// The reply of GetKeySettings, of any generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct KeyDetails {
    /// Who may do what.
    pub settings: KeySettings,
    /// How many keys, of which type.
    pub slots: KeySlots,
    /// The third settings byte, where the reply has it: key sets in bit 0, keys of virtual cards in
    /// bit 1, capability data in bit 2.
    pub third: Option<u8>,
    /// The key sets, where there are several.
    pub sets: Option<KeySets>,
}

/// The key sets of an application, of which one is active (EV2).
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct KeySets {
    /// The version of the active set.
    pub version: u8,
    /// How many sets there are.
    pub count: u8,
    /// How long their keys are at most, in bytes.
    pub key_length: u8,
    /// Bits 3 to 0: the key that may make another set the active one.
    pub settings: u8,
}

impl KeySets {
    /// The four bytes, as they stand in the reply and in CreateApplication.
    #[must_use]
    pub const fn to_wire(self) -> [u8; 4] {
        [self.version, self.count, self.key_length, self.settings]
    }
}

impl KeyDetails {
    /// Writes what [`decode`](Self::decode) reads; the same bytes stand in CreateApplication behind the
    /// AID, where bit 4 of the key slots says that a third settings byte follows (liblogicalaccess;
    /// libnxpsc's notes of a real EV3).
    #[must_use]
    pub fn encode(self) -> ArrayVec<u8, 7> {
        let third = if self.third.is_some() { 0x10 } else { 0 };
        let mut out = ArrayVec::new();
        out.push(self.settings.to_byte());
        out.push(self.slots.to_byte() | third);
        out.extend(self.third);
        out.extend(self.sets.into_iter().flat_map(KeySets::to_wire));
        out
    }

    /// Reads the reply: settings (1), key slots (1), and from EV2 on, where the application has them,
    /// the third settings byte (1) and four bytes on the key sets. Hosts disagree on whether the third
    /// byte stands before the four, so both lengths are taken.
    ///
    /// # Errors
    /// [`DecodeError`] for an unknown key type, more than 14 keys, and lengths other than 2, 3, 6 and 7.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("key settings", bytes);
        let settings = KeySettings::from_byte(cursor.u8()?);
        let byte = cursor.u8()?;
        // Bit 4 says that a third byte was given when the application was made.
        let slots = KeySlots::from_byte(byte & !0x10).map_err(|_| cursor.invalid(byte))?;
        let third = if matches!(cursor.remaining(), 1 | 5) { Some(cursor.u8()?) } else { None };
        let sets = match cursor.remaining() {
            0 => None,
            _ => {
                let [version, count, key_length, settings] = cursor.array()?;
                Some(KeySets { version, count, key_length, settings })
            }
        };
        cursor.finish()?;
        Ok(Self { settings, slots, third, sets })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// `CA CCBBAA 0F 01` and `54` with `0F`, `0D` are on public traces of real cards
    /// (TalkToYourDESFireCard and mifare.net 18844); `09` is this byte without bits 1 and 2.
    #[test]
    fn settings_bits_are_where_the_card_has_them() {
        assert_eq!(KeySettings::FACTORY.to_byte(), 0x0F);
        let closed = KeySettings { free_list: false, free_create: false, ..KeySettings::FACTORY };
        assert_eq!(closed.to_byte(), 0x09);
        let listed = KeySettings { free_list: false, ..KeySettings::FACTORY };
        assert_eq!(listed.to_byte(), 0x0D);
        for byte in 0..=u8::MAX {
            assert_eq!(KeySettings::from_byte(byte).to_byte(), byte);
        }
    }

    #[test]
    fn slots_survive_the_round_trip_or_are_refused() {
        let aes5 = KeySlots { count: 5, key_type: KeyType::Aes, iso_file_ids: false };
        assert_eq!(aes5.to_byte(), 0x85);
        for byte in 0..=u8::MAX {
            match KeySlots::from_byte(byte) {
                Ok(slots) => assert_eq!(slots.to_byte(), byte),
                Err(_) => assert!(byte >= 0xC0 || byte & 0x10 != 0 || byte & 0x0F == 0x0F),
            }
        }
    }

    /// The four lengths, with the bytes of a public report (EB 8A) and of the sheets' hosts.
    #[test]
    fn details_are_read_from_two_three_six_and_seven_bytes() {
        let sets = KeySets { version: 0x11, count: 2, key_length: 16, settings: 0x03 };
        for (reply, third, expected) in [
            (&[0xEB, 0x8A][..], None, None),
            (&[0x0F, 0x95, 0x04], Some(0x04), None),
            (&[0x0F, 0x95, 0x11, 2, 16, 3], None, Some(sets)),
            (&[0x0F, 0x95, 0x01, 0x11, 2, 16, 3], Some(0x01), Some(sets)),
        ] {
            let seen = KeyDetails::decode(reply).unwrap();
            assert_eq!((seen.third, seen.sets), (third, expected), "{reply:02X?}");
            assert_eq!(seen.slots.key_type, KeyType::Aes);
            let announced = third.map_or(reply[1] & !0x10, |_| reply[1]);
            assert_eq!(seen.encode().as_slice(), [&[reply[0], announced], &reply[2..]].concat());
        }
        for bad in [&[0x0F][..], &[0x0F, 0xC1], &[0x0F, 0x85, 1, 2], &[0x0F, 0x8F]] {
            assert!(KeyDetails::decode(bad).is_err(), "{bad:02X?}");
        }
    }
}
