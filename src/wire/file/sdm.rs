// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging as it is set for a file: what the chip writes into the file's text while
//! somebody reads it without a session (NXP NT4H2421Gx and AN12196; DESFire EV3 has the same block).

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError, u24_le};
use crate::wire::{Access, AccessRights, KeyNo};

/// The settings of secure dynamic messaging.
///
/// Places are offsets in the file in bytes, 24 bits. What is mirrored is text: upper-case hexadecimal
/// digits, two a byte.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the block")]
pub struct Sdm {
    /// How UID and read counter are shown.
    pub meta: SdmMeta,
    /// The MAC, and what is enciphered; none where the file has no key for that.
    pub file: Option<SdmFile>,
    /// Where the two characters of the tamper status stand. NTAG 424 DNA TagTamper only.
    pub tamper: Option<u32>,
    /// At how much the read counter stops, and the file with it.
    pub limit: Option<u32>,
    /// Who may ask for the read counter (GetFileCounters).
    pub counter: Access,
}

/// How UID and read counter are shown.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the right has these meanings")]
pub enum SdmMeta {
    /// Not at all.
    Never {
        /// Whether reads are counted nevertheless.
        counted: bool,
    },
    /// Each by itself, for anybody to read.
    Clear {
        /// Where the 14 characters of the UID stand.
        uid: Option<u32>,
        /// The read counter, where reads are counted.
        counter: Option<SdmCounter>,
    },
    /// Both under a key, as PICC data: 32 characters, 48 in LRP.
    Enciphered {
        /// The key.
        key: KeyNo,
        /// Whether the UID is in them.
        uid: bool,
        /// Whether the read counter is.
        counter: bool,
        /// Where they stand.
        at: u32,
    },
}

/// The read counter in clear.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the offset has these meanings")]
pub enum SdmCounter {
    /// Its six characters, most significant byte first, stand there.
    At(u32),
    /// Reads are counted, and the counter is not shown (offset `FFFFFF`).
    Hidden,
}

/// What the file's key protects.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the block")]
pub struct SdmFile {
    /// The key; of it come one for the MAC and one to encipher with, for each reading.
    pub key: KeyNo,
    /// Where that begins over which the MAC goes.
    pub from: u32,
    /// Where its 16 characters stand, and where that ends over which it goes.
    pub mac: u32,
    /// Where a part of the file stands enciphered, and how many characters that are: twice as many as its
    /// first half has bytes, which is what is enciphered.
    pub enciphered: Option<(u32, u32)>,
}

const HIDDEN: u32 = 0x00FF_FFFF;
const UID: u8 = 0x80;
const COUNTER: u8 = 0x40;
const LIMIT: u8 = 0x20;
const ENCIPHERED: u8 = 0x10;
const TAMPER: u8 = 0x08;
const TEXT: u8 = 0x01;

impl Sdm {
    /// The longest block, in bytes.
    pub const MOST: usize = 3 + 8 * 3;

    /// The block as ChangeFileSettings takes it and GetFileSettings tells it: options (1), rights (2), then as
    /// the options say offsets of UID, counter, PICC data, tamper status, beginning of the MAC's input,
    /// enciphered part, its length, MAC, and the counter's limit (3 each, least significant byte first).
    #[must_use]
    pub fn encode(&self) -> ArrayVec<u8, { Self::MOST }> {
        let (mut options, mut places) = (TEXT, ArrayVec::<u32, 8>::new());
        let meta = match self.meta {
            SdmMeta::Never { counted } => {
                options |= if counted { COUNTER } else { 0 };
                Access::Never
            }
            SdmMeta::Clear { uid, counter } => {
                options |= uid.map_or(0, |_| UID) | counter.map_or(0, |_| COUNTER);
                places.extend(uid);
                places.extend(counter.map(|counter| match counter {
                    SdmCounter::At(at) => at,
                    SdmCounter::Hidden => HIDDEN,
                }));
                Access::Free
            }
            SdmMeta::Enciphered { key, uid, counter, at } => {
                options |= if uid { UID } else { 0 } | if counter { COUNTER } else { 0 };
                places.push(at);
                Access::Key(key)
            }
        };
        options |= self.tamper.map_or(0, |_| TAMPER);
        places.extend(self.tamper);
        if let Some(SdmFile { from, mac, enciphered, .. }) = self.file {
            places.push(from);
            options |= enciphered.map_or(0, |_| ENCIPHERED);
            places.extend(enciphered.into_iter().flat_map(|(at, length)| [at, length]));
            places.push(mac);
        }
        options |= self.limit.map_or(0, |_| LIMIT);
        places.extend(self.limit);
        let file = self.file.map_or(Access::Never, |file| Access::Key(file.key));
        // The word of rights: UID and counter, file, nobody, counter.
        let rights = AccessRights {
            read: meta,
            write: file,
            read_write: Access::Never,
            change: self.counter,
        };
        let mut block = ArrayVec::new();
        block.push(options);
        block.extend(rights.to_wire());
        block.extend(places.into_iter().flat_map(u24_le));
        block
    }

    /// Reads the block.
    ///
    /// # Errors
    /// [`DecodeError`] where it is cut short, where bits are set that mean nothing, and where options and rights
    /// do not go together so that no block says it: a UID or counter that nobody could be shown is none. Whether
    /// a chip takes the block with a file is another question.
    pub(crate) fn decode(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let options = cursor.u8()?;
        if options & 0x06 != 0 || options & TEXT == 0 {
            return Err(cursor.invalid(options));
        }
        let has = |bit: u8| options & bit != 0;
        let AccessRights { read: meta, write: file, read_write, change: counter } =
            AccessRights::from_wire(cursor.array()?);
        let meta = match meta {
            Access::Never if has(UID) => return Err(cursor.invalid(options)),
            Access::Never => SdmMeta::Never { counted: has(COUNTER) },
            Access::Free => SdmMeta::Clear {
                uid: has(UID).then(|| cursor.u24_le()).transpose()?,
                counter: has(COUNTER).then(|| cursor.u24_le()).transpose()?.map(SdmCounter::of),
            },
            Access::Key(key) => SdmMeta::Enciphered {
                key,
                uid: has(UID),
                counter: has(COUNTER),
                at: cursor.u24_le()?,
            },
        };
        let tamper = has(TAMPER).then(|| cursor.u24_le()).transpose()?;
        let file = match file {
            Access::Never if !has(ENCIPHERED) => None,
            Access::Key(key) => {
                let from = cursor.u24_le()?;
                let enciphered = has(ENCIPHERED)
                    .then(|| Ok((cursor.u24_le()?, cursor.u24_le()?)))
                    .transpose()?;
                Some(SdmFile { key, from, enciphered, mac: cursor.u24_le()? })
            }
            Access::Never | Access::Free => return Err(cursor.invalid(options)),
        };
        let limit = has(LIMIT).then(|| cursor.u24_le()).transpose()?;
        if read_write != Access::Never {
            return Err(cursor.invalid(options));
        }
        Ok(Self { meta, file, tamper, limit, counter })
    }
}

impl SdmCounter {
    const fn of(place: u32) -> Self {
        if place == HIDDEN { Self::Hidden } else { Self::At(place) }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[expect(clippy::unwrap_in_result, reason = "the digits are not what is tested")]
    fn read(hex: &str) -> Result<Sdm, DecodeError> {
        let bytes = hex::decode(hex.replace(' ', "")).unwrap();
        let mut cursor = Cursor::new("secure dynamic messaging", &bytes);
        let sdm = Sdm::decode(&mut cursor)?;
        cursor.finish()?;
        Ok(sdm)
    }

    fn key(number: u8) -> KeyNo {
        KeyNo::new(number).unwrap()
    }

    /// NXP AN12196, table 18; a real NTAG 424 DNA (hw-aes-getfilesettings-2-sdm); an enciphered part, tamper
    /// status and limit, by the table of NT4H2421Gx.
    #[test]
    fn blocks_are_read_and_written_as_published() {
        let published = read("C1F121 200000 430000 430000").unwrap();
        let meta = SdmMeta::Enciphered { key: key(2), uid: true, counter: true, at: 0x20 };
        let file = SdmFile { key: key(1), from: 0x43, mac: 0x43, enciphered: None };
        let counter = Access::Key(key(1));
        let expected = Sdm { meta, file: Some(file), tamper: None, limit: None, counter };
        assert_eq!(published, expected);
        for block in [
            "C1F121 200000 430000 430000",
            "C1F000 160000 120000 390000",
            "C1FFE0 160000 120000 390000 430000",
            "F9F123 200000 0A0000 430000 500000 400000 900000 040302",
            "C1FFEF 160000 FFFFFF",
            "41FFFF",
        ] {
            let bytes = hex::decode(block.replace(' ', "")).unwrap();
            assert_eq!(read(block).unwrap().encode().as_slice(), bytes, "{block}");
        }
        let hidden = read("C1FFEF 160000 FFFFFF").unwrap().meta;
        assert_eq!(hidden, SdmMeta::Clear { uid: Some(0x16), counter: Some(SdmCounter::Hidden) });
    }

    #[test]
    fn what_no_block_says_is_an_error() {
        for (block, what) in [
            ("C0F121 200000 430000 430000", "no text"),
            ("C5F121 200000 430000 430000", "a bit without meaning"),
            ("C10121 200000 430000 430000", "a right of nobody's"),
            ("81FFFF", "a UID that nobody is shown"),
            ("51FFEF 000000", "something enciphered without a key"),
            ("C1FF2E 200000", "a MAC that anybody makes"),
            ("C1F121 200000 430000", "cut short"),
        ] {
            assert!(read(block).is_err(), "{what}");
        }
    }
}
