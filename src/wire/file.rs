// SPDX-License-Identifier: MIT OR Apache-2.0
//! File settings, as GetFileSettings reports them.

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError, u24_le};

use super::{AccessRights, CommMode};

/// A file size in bytes, 1 to 16,777,215.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileSize(u32);

impl FileSize {
    /// `None` for 0 and above three bytes.
    #[must_use]
    pub const fn new(bytes: u32) -> Option<Self> {
        if bytes >= 1 && bytes <= 0x00FF_FFFF { Some(Self(bytes)) } else { None }
    }

    /// The size in bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.0
    }
}

/// What kind of file, with what belongs to the kind.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileKind {
    /// Written at once.
    Standard {
        /// How many bytes it holds.
        size: FileSize,
    },
    /// Written into a mirror that a commit makes valid.
    Backup {
        /// How many bytes it holds; the card takes twice as many.
        size: FileSize,
    },
}

impl FileKind {
    /// How many bytes the file holds.
    #[must_use]
    pub const fn size(self) -> FileSize {
        match self {
            Self::Standard { size } | Self::Backup { size } => size,
        }
    }

    /// Whether writes wait for a commit.
    #[must_use]
    pub const fn is_transactional(self) -> bool {
        match self {
            Self::Standard { .. } => false,
            Self::Backup { .. } => true,
        }
    }
}

/// What a file is: its kind, how its data travel, who may do what.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct FileSettings {
    /// The kind and size.
    pub kind: FileKind,
    /// How its data travel inside a session.
    pub mode: CommMode,
    /// Who may read, write and change it.
    pub rights: AccessRights,
}

impl FileSettings {
    /// Reads the reply of GetFileSettings: type, communication mode, rights, size.
    ///
    /// # Errors
    /// [`DecodeError`] for another type of file, a size of 0, and any other length.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("file settings", bytes);
        let kind = cursor.u8()?;
        let not_a_data_file = cursor.invalid(kind);
        let option = cursor.u8()?;
        let mode = CommMode::from_byte(option).map_err(|_| cursor.invalid(option))?;
        let rights = AccessRights::from_wire(cursor.array()?);
        let size = cursor.u24_le()?;
        let size = FileSize::new(size).ok_or_else(|| cursor.invalid(0))?;
        let kind = match kind {
            0x00 => FileKind::Standard { size },
            0x01 => FileKind::Backup { size },
            _ => return Err(not_a_data_file),
        };
        cursor.finish()?;
        Ok(Self { kind, mode, rights })
    }

    /// Writes the reply of GetFileSettings.
    #[must_use]
    pub fn encode(&self) -> ArrayVec<u8, 32> {
        let mut out = ArrayVec::new();
        out.push(match self.kind {
            FileKind::Standard { .. } => 0x00,
            FileKind::Backup { .. } => 0x01,
        });
        out.push(self.mode.bits());
        out.extend(self.rights.to_wire());
        out.extend(u24_le(self.kind.size().bytes()));
        out
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Access, KeyNo};

    #[test]
    fn decode_takes_all_bytes_and_encode_gives_them_back() {
        let bytes = [0x01, 0x03, 0x30, 0x1F, 0x20, 0x01, 0x00];
        let settings = FileSettings::decode(&bytes).unwrap();
        assert_eq!(settings.kind, FileKind::Backup { size: FileSize::new(0x120).unwrap() });
        assert_eq!(settings.mode, CommMode::Full);
        assert_eq!(settings.rights.read, Access::Key(KeyNo::new(1).unwrap()));
        assert_eq!(settings.rights.write, Access::Never);
        assert_eq!(settings.rights.read_write, Access::Key(KeyNo::new(3).unwrap()));
        assert_eq!(settings.rights.change, Access::Key(KeyNo::MASTER));
        assert_eq!(settings.encode().as_slice(), bytes);
    }

    #[test]
    fn what_is_no_data_file_is_an_error_with_its_place() {
        for (bytes, message) in [
            (&[0x02, 0x00, 0xEE, 0xEE][..], "file settings: 3 bytes needed at offset 4, 0 left"),
            (
                &[0x05, 0x00, 0xEE, 0xEE, 0x20, 0x00, 0x00],
                "file settings: illegal value 05 at offset 0",
            ),
            (
                &[0x00, 0x40, 0xEE, 0xEE, 0x20, 0x00, 0x00],
                "file settings: illegal value 40 at offset 1",
            ),
            (
                &[0x00, 0x00, 0xEE, 0xEE, 0x00, 0x00, 0x00],
                "file settings: illegal value 00 at offset 6",
            ),
            (
                &[0x00, 0x00, 0xEE, 0xEE, 0x20, 0x00, 0x00, 0x00],
                "file settings: 1 bytes too many from offset 7",
            ),
        ] {
            assert_eq!(FileSettings::decode(bytes).unwrap_err().to_string(), message);
        }
    }
}
