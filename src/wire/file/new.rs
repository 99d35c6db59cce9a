// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the Create…File commands say.

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError, u24_le};

use crate::wire::{AccessRights, CommMode, Ins, IsoFileId};

use super::kind;
use super::{DYNAMIC, FileKind, FileSettings, FileType, RecordLayout, ValueLimits};

/// A file to be created: its settings, and what only the creation says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the commands")]
pub struct NewFile {
    /// Its ISO identifier. Every file but a value file has one where the application's key slots
    /// say so, and none has where they do not.
    pub iso_id: Option<IsoFileId>,
    /// What the file is.
    pub settings: FileSettings,
    /// The value it starts with; nothing for other files than value files.
    pub value: i32,
}

impl NewFile {
    /// A file without an ISO identifier; a value file starts with the value next to zero.
    #[must_use]
    pub const fn new(settings: FileSettings) -> Self {
        let value = match settings.kind {
            FileKind::Value(limits) if limits.lower() > 0 => limits.lower(),
            FileKind::Value(limits) if limits.upper() < 0 => limits.upper(),
            FileKind::Value(_)
            | FileKind::Standard { .. }
            | FileKind::Backup { .. }
            | FileKind::LinearRecord(_)
            | FileKind::CyclicRecord(_) => 0,
        };
        Self { iso_id: None, settings, value }
    }

    /// The command that creates a file of this kind.
    #[must_use]
    pub const fn ins(&self) -> Ins {
        self.settings.kind.file_type().ins()
    }

    /// Writes the parameters that follow the file number: ISO identifier (2, where there is one),
    /// communication mode (1), rights (2), then size (3), or lower limit, upper limit, value (4
    /// each) and flags (1), or record size and maximal number of records (3 each). Numbers go least
    /// significant byte first. Bit 6 of the mode's byte says that the file may have secure dynamic messaging
    /// later (AN12752), whose settings are no part of this.
    #[must_use]
    pub fn encode(&self) -> ArrayVec<u8, 32> {
        let FileSettings { kind, mode, rights, sdm, .. } = self.settings;
        let mut out = ArrayVec::new();
        out.extend(self.iso_id.into_iter().flat_map(IsoFileId::to_wire));
        out.push(mode.bits() | sdm.map_or(0, |_| DYNAMIC));
        out.extend(rights.to_wire());
        match kind {
            FileKind::Standard { size } | FileKind::Backup { size } => {
                out.extend(u24_le(size.bytes()));
            }
            FileKind::Value(limits) => limits.write(self.value, &mut out),
            FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => {
                layout.write(&mut out);
            }
        }
        out
    }

    /// Reads the parameters that follow the file number. `iso` says whether an ISO identifier is
    /// among them; a value file never has one.
    ///
    /// # Errors
    /// [`DecodeError`]: too short or too long, or a value that is illegal by itself. Whether a value
    /// is between its limits and a cyclic file has two records is not looked at.
    pub fn decode(file: FileType, iso: bool, bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("new file", bytes);
        let iso_id = if iso && file != FileType::Value {
            let wire = cursor.array()?;
            let [_, high] = wire;
            Some(IsoFileId::from_wire(wire).ok_or_else(|| cursor.invalid(high))?)
        } else {
            None
        };
        let option = cursor.u8()?;
        let mode = CommMode::from_byte(option).map_err(|_| cursor.invalid(option))?;
        let rights = AccessRights::from_wire(cursor.array()?);
        let mut value = 0;
        let kind = match file {
            FileType::Standard => FileKind::Standard { size: kind::size(&mut cursor)? },
            FileType::Backup => FileKind::Backup { size: kind::size(&mut cursor)? },
            FileType::Value => {
                let (limits, start) = ValueLimits::read(&mut cursor)?;
                value = start;
                FileKind::Value(limits)
            }
            FileType::LinearRecord => FileKind::LinearRecord(RecordLayout::read(&mut cursor)?),
            FileType::CyclicRecord => FileKind::CyclicRecord(RecordLayout::read(&mut cursor)?),
        };
        cursor.finish()?;
        Ok(Self { iso_id, settings: FileSettings::new(kind, mode, rights), value })
    }
}

impl From<FileSettings> for NewFile {
    fn from(settings: FileSettings) -> Self {
        Self::new(settings)
    }
}

impl From<&FileSettings> for NewFile {
    fn from(settings: &FileSettings) -> Self {
        Self::new(*settings)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::FileSize;

    /// Each creation command's layout, as libfreefare's sources have it; that of `CD` is also in
    /// the real-card examples of `RFDoorLock` (file 5 of 80 bytes).
    #[test]
    fn every_kind_is_written_and_read_back() {
        for (file, iso, bytes) in [
            (FileType::Standard, false, "00EEEE500000"),
            (FileType::Standard, true, "04E1035412302010"),
            (FileType::Backup, false, "035412030201"),
            (FileType::Value, true, "0354129CFFFFFF40420F00E703000003"),
            (FileType::LinearRecord, true, "10E1015412190000080000"),
            (FileType::CyclicRecord, false, "0154121900000A0000"),
        ] {
            let bytes = hex::decode(bytes).unwrap();
            let new = NewFile::decode(file, iso, &bytes).unwrap();
            assert_eq!(new.ins(), file.ins());
            assert_eq!(new.encode().as_slice(), bytes, "{file:?}");
            assert!(NewFile::decode(file, iso, &bytes[1..]).is_err(), "{file:?}");
            assert!(NewFile::decode(file, iso, &[&bytes[..], &[0]].concat()).is_err(), "{file:?}");
        }
    }

    #[test]
    fn the_identifier_comes_first_and_the_value_after_its_limits() {
        let std = NewFile::decode(FileType::Standard, true, &[4, 0xE1, 3, 0x54, 0x12, 1, 2, 3]);
        let std = std.unwrap();
        assert_eq!(std.iso_id, IsoFileId::new(0xE104));
        assert_eq!(std.settings.kind.size().map(FileSize::bytes), Some(0x03_0201));
        let bytes = hex::decode("0354129CFFFFFF40420F00E703000001").unwrap();
        let value = NewFile::decode(FileType::Value, true, &bytes).unwrap();
        assert_eq!((value.iso_id, value.value), (None, 999));
        let limits = ValueLimits::new(7, 9).unwrap();
        let settings = FileSettings { kind: FileKind::Value(limits), ..value.settings };
        assert_eq!(NewFile::new(settings).value, 7);
    }
}
