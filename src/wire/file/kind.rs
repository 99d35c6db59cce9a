// SPDX-License-Identifier: MIT OR Apache-2.0
//! The five kinds of file, with what belongs to each.

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError, u24_le};
use crate::wire::Ins;

/// A file size in bytes, 1 to 16,777,215.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct FileSize(u32);

impl FileSize {
    /// Of a transaction MAC file: counter and MAC.
    pub const TRANSACTION_MAC: Self = Self(12);

    /// `None` for 0 and above three bytes.
    #[must_use]
    pub const fn new(bytes: u32) -> Option<Self> {
        if bytes >= 1 && bytes <= MAX_U24 { Some(Self(bytes)) } else { None }
    }

    /// The size in bytes.
    #[must_use]
    pub const fn bytes(self) -> u32 {
        self.0
    }
}

/// A number of records, 1 to 16,777,215.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct RecordCount(u32);

impl RecordCount {
    /// `None` for 0 and above three bytes.
    #[must_use]
    pub const fn new(records: u32) -> Option<Self> {
        if records >= 1 && records <= MAX_U24 { Some(Self(records)) } else { None }
    }

    /// How many records.
    #[must_use]
    pub const fn get(self) -> u32 {
        self.0
    }
}

/// The largest number of three bytes.
const MAX_U24: u32 = 0x00FF_FFFF;

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
    /// One number, raised and lowered; changes wait for a commit.
    Value(ValueLimits),
    /// Records, none beyond the last; changes wait for a commit.
    LinearRecord(RecordLayout),
    /// Records, of which the oldest gives way to a new one; changes wait for a commit.
    CyclicRecord(RecordLayout),
}

impl FileKind {
    /// How many bytes a data file holds; `None` for values and records.
    #[must_use]
    pub const fn size(self) -> Option<FileSize> {
        match self {
            Self::Standard { size } | Self::Backup { size } => Some(size),
            Self::Value(_) | Self::LinearRecord(_) | Self::CyclicRecord(_) => None,
        }
    }

    /// The layout of a record file; `None` for other kinds.
    #[must_use]
    pub const fn records(self) -> Option<RecordLayout> {
        match self {
            Self::LinearRecord(layout) | Self::CyclicRecord(layout) => Some(layout),
            Self::Standard { .. } | Self::Backup { .. } | Self::Value(_) => None,
        }
    }

    /// How many bytes GetFileSettings answers for such a file: kind (1), mode (1), rights (2) and what
    /// the kind has.
    pub(crate) const fn report_length(self) -> usize {
        match self {
            Self::Standard { .. } | Self::Backup { .. } => 7,
            Self::LinearRecord(_) | Self::CyclicRecord(_) => 13,
            Self::Value(_) => 17,
        }
    }

    /// Whether writes wait for a commit.
    #[must_use]
    pub const fn is_transactional(self) -> bool {
        !matches!(self, Self::Standard { .. })
    }

    /// The kind alone.
    #[must_use]
    pub const fn file_type(self) -> FileType {
        match self {
            Self::Standard { .. } => FileType::Standard,
            Self::Backup { .. } => FileType::Backup,
            Self::Value(_) => FileType::Value,
            Self::LinearRecord(_) => FileType::LinearRecord,
            Self::CyclicRecord(_) => FileType::CyclicRecord,
        }
    }
}

/// A kind of file without its size or limits: the first byte of GetFileSettings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileType {
    /// A standard data file, `00`.
    Standard,
    /// A backup data file, `01`.
    Backup,
    /// A value file, `02`.
    Value,
    /// A linear record file, `03`.
    LinearRecord,
    /// A cyclic record file, `04`.
    CyclicRecord,
}

impl FileType {
    /// The byte as sent.
    #[must_use]
    pub const fn byte(self) -> u8 {
        match self {
            Self::Standard => 0x00,
            Self::Backup => 0x01,
            Self::Value => 0x02,
            Self::LinearRecord => 0x03,
            Self::CyclicRecord => 0x04,
        }
    }

    /// From the byte as sent; `None` for other types, which EV1 does not have.
    #[must_use]
    pub const fn from_byte(byte: u8) -> Option<Self> {
        match byte {
            0x00 => Some(Self::Standard),
            0x01 => Some(Self::Backup),
            0x02 => Some(Self::Value),
            0x03 => Some(Self::LinearRecord),
            0x04 => Some(Self::CyclicRecord),
            _ => None,
        }
    }

    /// The command that creates such a file.
    #[must_use]
    pub const fn ins(self) -> Ins {
        match self {
            Self::Standard => Ins::CreateStdDataFile,
            Self::Backup => Ins::CreateBackupDataFile,
            Self::Value => Ins::CreateValueFile,
            Self::LinearRecord => Ins::CreateLinearRecordFile,
            Self::CyclicRecord => Ins::CreateCyclicRecordFile,
        }
    }
}

pub(super) fn size(cursor: &mut Cursor<'_>) -> Result<FileSize, DecodeError> {
    let size = cursor.u24_le()?;
    FileSize::new(size).ok_or_else(|| cursor.invalid(0))
}

/// The limits of a value file. A value is a signed number of four bytes.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub struct ValueLimits {
    lower: i32,
    upper: i32,
    /// Bit 0: LimitedCredit is allowed.
    pub limited_credit: bool,
    /// Bit 1: GetValue needs no right.
    pub free_get_value: bool,
}

impl ValueLimits {
    /// Limits without limited credit and free GetValue. `None` where `lower` is above `upper`.
    #[must_use]
    pub const fn new(lower: i32, upper: i32) -> Option<Self> {
        if lower > upper {
            return None;
        }
        Some(Self { lower, upper, limited_credit: false, free_get_value: false })
    }

    /// The least value.
    #[must_use]
    pub const fn lower(&self) -> i32 {
        self.lower
    }

    /// The greatest value.
    #[must_use]
    pub const fn upper(&self) -> i32 {
        self.upper
    }

    /// Whether the file can hold this value.
    #[must_use]
    pub const fn holds(&self, value: i32) -> bool {
        self.lower <= value && value <= self.upper
    }

    /// Reads lower limit, upper limit, a third value and the flags.
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<(Self, i32), DecodeError> {
        let (lower, upper) = (cursor.i32_le()?, cursor.i32_le()?);
        let [.., high] = upper.to_le_bytes();
        let mut limits = Self::new(lower, upper).ok_or_else(|| cursor.invalid(high))?;
        let third = cursor.i32_le()?;
        let flags = cursor.u8()?;
        if flags > 0x03 {
            return Err(cursor.invalid(flags));
        }
        limits.limited_credit = flags & 0x01 != 0;
        limits.free_get_value = flags & 0x02 != 0;
        Ok((limits, third))
    }

    pub(super) fn write<const N: usize>(&self, third: i32, out: &mut ArrayVec<u8, N>) {
        for number in [self.lower, self.upper, third] {
            out.extend(number.to_le_bytes());
        }
        out.push(u8::from(self.free_get_value) << 1 | u8::from(self.limited_credit));
    }
}

/// How long a record is, and how many there are at most.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the command")]
pub struct RecordLayout {
    /// The length of each record.
    pub size: FileSize,
    /// How many records the file is made for. A cyclic file shows one less, since
    /// it needs a spare one (libfreefare's test suite for real cards).
    pub max: RecordCount,
}

impl RecordLayout {
    pub(super) fn read(cursor: &mut Cursor<'_>) -> Result<Self, DecodeError> {
        let size = size(cursor)?;
        let max = cursor.u24_le()?;
        let max = RecordCount::new(max).ok_or_else(|| cursor.invalid(0))?;
        Ok(Self { size, max })
    }

    pub(super) fn write<const N: usize>(&self, out: &mut ArrayVec<u8, N>) {
        out.extend(u24_le(self.size.bytes()));
        out.extend(u24_le(self.max.get()));
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_flag_is_one_bit() {
        for (flags, limited, free) in
            [(0, false, false), (1, true, false), (2, false, true), (3, true, true)]
        {
            let mut bytes = [0xFF; 13];
            bytes[..8].copy_from_slice(&[0xF6, 0xFF, 0xFF, 0xFF, 0x0A, 0x00, 0x00, 0x00]);
            bytes[12] = flags;
            let (limits, third) = ValueLimits::read(&mut Cursor::new("limits", &bytes)).unwrap();
            assert_eq!((limits.limited_credit, limits.free_get_value), (limited, free));
            assert_eq!((limits.lower(), limits.upper(), third), (-10, 10, -1));
            let mut out = ArrayVec::<u8, 16>::new();
            limits.write(third, &mut out);
            assert_eq!(out.as_slice(), bytes);
        }
    }

    #[test]
    fn limits_hold_what_is_between_them_and_themselves() {
        let limits = ValueLimits::new(-10, 10).unwrap();
        for (value, held) in [(-11, false), (-10, true), (0, true), (10, true), (11, false)] {
            assert_eq!(limits.holds(value), held, "{value}");
        }
        assert_eq!(ValueLimits::new(1, 0), None);
        assert!(ValueLimits::new(1, 1).is_some());
    }

    #[test]
    fn a_kind_has_a_size_or_a_layout_or_neither() {
        let size = FileSize::new(9).unwrap();
        let layout = RecordLayout { size, max: RecordCount::new(2).unwrap() };
        for (kind, bytes, records, waits) in [
            (FileKind::Standard { size }, Some(size), None, false),
            (FileKind::Backup { size }, Some(size), None, true),
            (FileKind::Value(ValueLimits::new(0, 1).unwrap()), None, None, true),
            (FileKind::LinearRecord(layout), None, Some(layout), true),
            (FileKind::CyclicRecord(layout), None, Some(layout), true),
        ] {
            assert_eq!((kind.size(), kind.records()), (bytes, records), "{kind:?}");
            assert_eq!(kind.is_transactional(), waits, "{kind:?}");
            assert_eq!(FileType::from_byte(kind.file_type().byte()), Some(kind.file_type()));
        }
        assert_eq!((RecordCount::new(0), RecordCount::new(0x0100_0000)), (None, None));
    }
}
