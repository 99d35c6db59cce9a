// SPDX-License-Identifier: MIT OR Apache-2.0
//! Everything that GetFileSettings tells on cards from EV2 on: further sets of rights, secure dynamic
//! messaging, the transaction MAC file. Takes what it does not know as bytes.

use super::{FileReport, FileSettings, FileState, FileType, base};
use crate::bytes::{Cursor, DecodeError};
use crate::wire::{Access, AccessRights, CommMode, FurtherRights};

/// The reply of GetFileSettings, of any generation.
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct FileDetails {
    /// What kind of file, with what belongs to it.
    pub kind: DetailedKind,
    /// The file option byte: bits 1 and 0 are the mode.
    pub option: u8,
    /// How its data travel inside a session.
    pub mode: CommMode,
    /// Who may do what: the first set of rights, the only one that says who may change the settings.
    pub rights: AccessRights,
    /// Further sets of rights (option bit 7): whoever has a right in any set has it.
    pub further: FurtherRights,
    /// Secure dynamic messaging (option bit 6), where the reply tells how it is set.
    pub dynamic: Option<DynamicMessaging>,
    /// How many transactions the transaction MAC counts (option bit 5).
    pub transaction_limit: Option<u32>,
    /// What stands behind all that, and is not known.
    pub unread: Vec<u8>,
}

/// A kind of file, of any generation.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "the kinds that EV3 has")]
pub enum DetailedKind {
    /// One of the five kinds that every generation has.
    Common(FileReport),
    /// Counter and MAC of the last transaction: 12 bytes that the card writes.
    TransactionMac {
        /// How its key works; `02` is AES.
        key_option: u8,
        /// The version of its key.
        key_version: u8,
    },
}

/// What is mirrored into a file that is read without a session (NXP NT4H2421Gx, secure dynamic
/// messaging; the same block on DESFire EV3).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct DynamicMessaging {
    /// The options byte: UID, counter, limit and enciphered data in bits 7 to 4, tamper status in bit
    /// 3, text in bit 0.
    pub options: u8,
    /// Who may ask for the counter.
    pub counter: Access,
    /// The key that enciphers UID and counter; free where they stand in clear.
    pub meta: Access,
    /// The key that makes the MAC of what is read.
    pub file: Access,
    /// Places in the file and lengths, by name in the order of the reply.
    pub places: Vec<(&'static str, u32)>,
}

impl FileDetails {
    /// Reads the reply: type (1), option (1), rights (2), what the type has, then as the option says
    /// further sets of rights (their number, 2 each), the settings of secure dynamic messaging, the limit of
    /// transactions (4, or 2 under LRP). The order is that of two libraries for EV3
    /// (liblogicalaccess; NXP's SDK); a real EV2 has shown seven further sets (flipperzero-firmware
    /// issue 3338).
    ///
    /// # Errors
    /// [`DecodeError`] for another type of file, and where what the type has is not there. Whatever
    /// stands behind it is no error: what does not fit is left [`unread`](Self::unread).
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("file settings", bytes);
        let byte = cursor.u8()?;
        let option = cursor.u8()?;
        let mode = CommMode::from_byte(option & 0x03).map_err(|_| cursor.invalid(option))?;
        let rights = AccessRights::from_wire(cursor.array()?);
        let kind = match (byte, FileType::from_byte(byte)) {
            (0x05, _) => {
                DetailedKind::TransactionMac { key_option: cursor.u8()?, key_version: cursor.u8()? }
            }
            (_, Some(file_type)) => {
                let (kind, state) = base(file_type, &mut cursor)?;
                let settings = FileSettings::new(kind, mode, rights);
                DetailedKind::Common(FileReport { settings, state })
            }
            (_, None) => return Err(DecodeError::invalid("file settings", 0, byte)),
        };
        let further = optional(&mut cursor, option & 0x80 != 0, FurtherRights::decode)
            .unwrap_or(FurtherRights::NONE);
        let standard = FileType::from_byte(byte) == Some(FileType::Standard);
        let dynamic =
            optional(&mut cursor, option & 0x40 != 0 && standard, DynamicMessaging::decode);
        let limited = option & 0x20 != 0 && byte == 0x05;
        let transaction_limit = optional(&mut cursor, limited, limit);
        let unread = cursor.rest().to_vec();
        Ok(Self { kind, option, mode, rights, further, dynamic, transaction_limit, unread })
    }

    /// The bits of the option byte that say nothing about a file of this kind, or whose settings the
    /// reply does not have.
    #[must_use]
    pub fn unknown_option(&self) -> u8 {
        let known = match self.kind {
            DetailedKind::Common(FileReport { state: FileState::Data, .. }) => 0xC3,
            DetailedKind::Common(_) => 0x83,
            DetailedKind::TransactionMac { .. } => 0xB3,
        };
        let told = [
            (0x80, self.further.is_empty()),
            (0x40, self.dynamic.is_none()),
            (0x20, self.transaction_limit.is_none()),
        ];
        let missing =
            told.iter().filter(|(_, missing)| *missing).fold(0, |bits, (bit, _)| bits | bit);
        self.option & (!known | missing)
    }

    /// Every set of rights, the first one first.
    pub fn sets(&self) -> impl Iterator<Item = AccessRights> + '_ {
        core::iter::once(self.rights).chain(self.further.iter())
    }
}

/// A part that the option byte announces. Where it is not there, or not whole, nothing is taken.
fn optional<'a, T>(
    cursor: &mut Cursor<'a>,
    announced: bool,
    read: impl FnOnce(&mut Cursor<'a>) -> Result<T, DecodeError>,
) -> Option<T> {
    let mut ahead = cursor.clone();
    let part = Some(announced).filter(|yes| *yes).and_then(|_| read(&mut ahead).ok())?;
    *cursor = ahead;
    Some(part)
}

fn limit(cursor: &mut Cursor<'_>) -> Result<u32, DecodeError> {
    if cursor.remaining() == 2 {
        return cursor.array().map(|bytes| u16::from_le_bytes(bytes).into());
    }
    cursor.u32_le()
}

impl DynamicMessaging {
    fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let options = cursor.u8()?;
        // `F` and the counter's right, then that of UID and counter, and that of the file.
        let AccessRights { read: meta, write: file, change: counter, .. } =
            AccessRights::from_wire(cursor.array()?);
        let has = |bit: u8| options & bit != 0;
        let in_clear = meta == Access::Free;
        let mac = file != Access::Never;
        let mut places = Vec::new();
        for (name, there) in [
            ("UID", has(0x80) && in_clear),
            ("counter", has(0x40) && in_clear),
            ("enciphered UID and counter", matches!(meta, Access::Key(_))),
            ("tamper status", has(0x08)),
            ("start of MAC", mac),
            ("enciphered data", mac && has(0x10)),
            ("length enciphered", mac && has(0x10)),
            ("MAC", mac),
            ("limit of counter", has(0x20)),
        ] {
            if there {
                places.push((name, cursor.u24_le()?));
            }
        }
        Ok(Self { options, counter, meta, file, places })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::KeyNo;

    fn details(hex: &str) -> FileDetails {
        FileDetails::decode(&hex::decode(hex.replace(' ', "")).unwrap()).unwrap()
    }

    fn key(number: u8) -> Access {
        Access::Key(KeyNo::new(number).unwrap())
    }

    /// A real EV2 8K (flipperzero-firmware issue 3338).
    #[test]
    fn seven_further_sets_of_rights() {
        let seen = details("0083001F900000 07 FF2F FF3F FF4F FF5F FF6F FF7F FF8F");
        assert_eq!((seen.mode, seen.rights.read), (CommMode::Full, key(1)));
        let reading: Vec<_> = seen.sets().map(|set| set.read).collect();
        assert_eq!(reading, (1..=8).map(key).collect::<Vec<_>>());
        assert_eq!((seen.unknown_option(), &*seen.unread), (0, &[][..]));
    }

    /// NXP AN12196, table 18, as GetFileSettings shows it; and with UID and counter in clear, from
    /// hw-aes-getfilesettings-2-sdm.
    #[test]
    fn secure_dynamic_messaging_by_name() {
        let seen = details("0040 E0EE 000100 C1F121 200000 430000 430000");
        let dynamic = seen.dynamic.unwrap();
        assert_eq!([dynamic.counter, dynamic.meta, dynamic.file], [key(1), key(2), key(1)]);
        let places = [("enciphered UID and counter", 0x20), ("start of MAC", 0x43), ("MAC", 0x43)];
        assert_eq!(dynamic.places, places);
        let seen = details("0040 E0EE 000100 C1 FFE0 160000 120000 390000 430000 AA");
        let dynamic = seen.dynamic.unwrap();
        let names: Vec<_> = dynamic.places.iter().map(|(name, _)| *name).collect();
        assert_eq!(names, ["UID", "counter", "start of MAC", "MAC"]);
        assert_eq!(seen.unread, [0xAA]);
    }

    #[test]
    fn a_transaction_mac_file_with_and_without_a_limit() {
        let kind = DetailedKind::TransactionMac { key_option: 0x02, key_version: 0x07 };
        let seen = details("05 00 101F 02 07");
        assert_eq!((seen.kind, seen.transaction_limit), (kind, None));
        let seen = details("05 21 101F 02 07 04030201");
        assert_eq!((seen.mode, seen.transaction_limit), (CommMode::Mac, Some(0x0102_0304)));
        assert_eq!(details("05 21 101F 02 07 0403").transaction_limit, Some(0x0304));
        assert_eq!(seen.unknown_option(), 0);
    }

    /// What a report shows of an EV1 (`43`), what is cut short, and a number of sets that is none.
    #[test]
    fn what_does_not_fit_is_left_as_bytes() {
        let seen = details("0043EEEE010000");
        assert_eq!((seen.mode, seen.unknown_option()), (CommMode::Full, 0x40));
        let seen = details("0080EEEE010000 02 FF2F FF");
        assert_eq!(
            (seen.further.iter().count(), &*seen.unread),
            (0, &[0x02, 0xFF, 0x2F, 0xFF][..])
        );
        assert_eq!(seen.unknown_option(), 0x80);
        assert_eq!(details("0080EEEE010000 08").unread, [0x08]);
        assert_eq!(details("0040EEEE010000 C1F1").unread, [0xC1, 0xF1]);
        assert_eq!(details("0104EEEE010000").unknown_option(), 0x04);
        for none in ["06 00 EEEE 010000", "00 00 EEEE 0100", "05 00 EEEE 02", ""] {
            let bytes = hex::decode(none.replace(' ', "")).unwrap();
            assert!(FileDetails::decode(&bytes).is_err(), "{none}");
        }
    }

    /// What every generation has is read as the strict reader reads it.
    #[test]
    fn a_plain_report_is_the_same_by_both_readers() {
        for report in [
            "0103301F200100",
            "0203301F9CFFFFFF40420F000500000003",
            "040130 1F190000 0A0000 090000",
        ] {
            let bytes = hex::decode(report.replace(' ', "")).unwrap();
            let strict = FileReport::decode(&bytes).unwrap();
            assert_eq!(FileDetails::decode(&bytes).unwrap().kind, DetailedKind::Common(strict));
        }
    }
}
