// SPDX-License-Identifier: MIT OR Apache-2.0
//! File settings, as GetFileSettings reports them and the Create…File commands set them.

mod details;
mod kind;
mod new;
mod sdm;

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError, u24_le};

use super::{AccessRights, CommMode, FurtherRights};

pub use details::{DetailedKind, DynamicMessaging, FileDetails};
pub use kind::{FileKind, FileSize, FileType, RecordCount, RecordLayout, ValueLimits};
pub use new::NewFile;
pub use sdm::{Sdm, SdmCounter, SdmFile, SdmMeta};

/// What a file is: its kind, how its data travel, who may do what, what is written into it as it is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct FileSettings {
    /// The kind, with its size or limits.
    pub kind: FileKind,
    /// How its data travel inside a session.
    pub mode: CommMode,
    /// Who may read, write and change it.
    pub rights: AccessRights,
    /// Who else may read and write it (EV2, EV3). Set by ChangeFileSettings, not at creation.
    pub further: FurtherRights,
    /// Secure dynamic messaging, where it is on.
    pub sdm: Option<Sdm>,
}

impl FileSettings {
    /// One set of rights, and no secure dynamic messaging.
    #[must_use]
    pub const fn new(kind: FileKind, mode: CommMode, rights: AccessRights) -> Self {
        Self { kind, mode, rights, further: FurtherRights::NONE, sdm: None }
    }

    /// Every set of rights, the first one first.
    pub fn sets(&self) -> impl Iterator<Item = AccessRights> + '_ {
        core::iter::once(self.rights).chain(self.further.iter())
    }

    /// The option byte: mode, and in bits 7 and 6 whether further rights and secure dynamic messaging
    /// are there.
    pub(crate) fn option(&self) -> u8 {
        let further = if self.further.is_empty() { 0 } else { FURTHER };
        self.mode.bits() | self.sdm.map_or(0, |_| DYNAMIC) | further
    }
}

/// The reply of GetFileSettings: the settings, and what of the file's state goes with them.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct FileReport {
    /// What the file is.
    pub settings: FileSettings,
    /// What is in it, as far as the reply says.
    pub state: FileState,
}

/// The part of a file's state that its settings show.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum FileState {
    /// Nothing, for standard and backup files.
    Data,
    /// How much a limited credit may give back.
    Value {
        /// The limited credit value.
        limited_credit: i32,
    },
    /// How many records there are.
    Records {
        /// The number of records, those of an open transaction not counted.
        current: u32,
    },
}

impl FileReport {
    /// Reads the reply: type (1), communication mode (1), rights (2), then by the type size (3), or
    /// lower limit, upper limit and limited credit value (4 each) and flags (1), or record size,
    /// maximal and present number of records (3 each). Numbers go least significant byte first. Bit 7 of the
    /// mode's byte says that [`FurtherRights`] follow, bit 6 that [`Sdm`] of a standard file does.
    ///
    /// # Errors
    /// [`DecodeError`] for another type of file, a size of 0, limits the wrong way round, and any
    /// other length.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("file settings", bytes);
        let byte = cursor.u8()?;
        let kind = FileType::from_byte(byte).ok_or_else(|| cursor.invalid(byte))?;
        let option = cursor.u8()?;
        let dynamic = kind == FileType::Standard && option & DYNAMIC != 0;
        let mode = option & !FURTHER & if dynamic { !DYNAMIC } else { 0xFF };
        let mode = CommMode::from_byte(mode).map_err(|_| cursor.invalid(option))?;
        let rights = AccessRights::from_wire(cursor.array()?);
        let (kind, state) = base(kind, &mut cursor)?;
        let further = if option & FURTHER == 0 {
            FurtherRights::NONE
        } else {
            FurtherRights::decode(&mut cursor)?
        };
        let sdm = dynamic.then(|| Sdm::decode(&mut cursor)).transpose()?;
        cursor.finish()?;
        Ok(Self { settings: FileSettings { kind, mode, rights, further, sdm }, state })
    }

    /// Writes the reply. A state of another kind than the settings' counts as zero.
    #[must_use]
    pub fn encode(&self) -> ArrayVec<u8, { 32 + Sdm::MOST }> {
        let FileSettings { kind, rights, further, sdm, .. } = self.settings;
        let mut out = ArrayVec::new();
        out.push(kind.file_type().byte());
        out.push(self.settings.option());
        out.extend(rights.to_wire());
        match kind {
            FileKind::Standard { size } | FileKind::Backup { size } => {
                out.extend(u24_le(size.bytes()));
            }
            FileKind::Value(limits) => limits.write(self.state.limited_credit(), &mut out),
            FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => {
                layout.write(&mut out);
                out.extend(u24_le(self.state.records()));
            }
        }
        out.extend(further.encode());
        out.extend(sdm.iter().flat_map(Sdm::encode));
        out
    }
}

/// The bit of the option byte that says that a file has more than one set of rights.
const FURTHER: u8 = 0x80;

/// The bit of the option byte that says that a file has secure dynamic messaging.
const DYNAMIC: u8 = 0x40;

/// What a kind of file has behind its rights.
fn base(
    file_type: FileType,
    cursor: &mut Cursor<'_>,
) -> Result<(FileKind, FileState), DecodeError> {
    Ok(match file_type {
        FileType::Standard => (FileKind::Standard { size: kind::size(cursor)? }, FileState::Data),
        FileType::Backup => (FileKind::Backup { size: kind::size(cursor)? }, FileState::Data),
        FileType::Value => {
            let (limits, limited_credit) = ValueLimits::read(cursor)?;
            (FileKind::Value(limits), FileState::Value { limited_credit })
        }
        FileType::LinearRecord => records(cursor, FileKind::LinearRecord)?,
        FileType::CyclicRecord => records(cursor, FileKind::CyclicRecord)?,
    })
}

fn records(
    cursor: &mut Cursor<'_>,
    kind: impl FnOnce(RecordLayout) -> FileKind,
) -> Result<(FileKind, FileState), DecodeError> {
    let layout = RecordLayout::read(cursor)?;
    let current = cursor.u24_le()?;
    Ok((kind(layout), FileState::Records { current }))
}

impl FileState {
    const fn limited_credit(self) -> i32 {
        match self {
            Self::Value { limited_credit } => limited_credit,
            Self::Data | Self::Records { .. } => 0,
        }
    }

    const fn records(self) -> u32 {
        match self {
            Self::Records { current } => current,
            Self::Data | Self::Value { .. } => 0,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{Access, KeyNo};

    fn key(number: u8) -> Access {
        Access::Key(KeyNo::new(number).unwrap())
    }

    #[test]
    fn decode_takes_all_bytes_and_encode_gives_them_back() {
        let bytes = [0x01, 0x03, 0x30, 0x1F, 0x20, 0x01, 0x00];
        let report = FileReport::decode(&bytes).unwrap();
        let FileSettings { kind, mode, rights, .. } = report.settings;
        assert_eq!(report.settings, FileSettings::new(kind, mode, rights));
        assert_eq!(kind, FileKind::Backup { size: FileSize::new(0x120).unwrap() });
        assert_eq!(mode, CommMode::Full);
        assert_eq!([rights.read, rights.write], [key(1), Access::Never]);
        assert_eq!([rights.read_write, rights.change], [key(3), key(0)]);
        assert_eq!(report.encode().as_slice(), bytes);
    }

    /// A real EV2 8K (flipperzero-firmware issue 3338).
    #[test]
    fn further_sets_of_rights_are_read() {
        let bytes = hex::decode("0083001F90000007FF2FFF3FFF4FFF5FFF6FFF7FFF8F").unwrap();
        let report = FileReport::decode(&bytes).unwrap();
        let reading: Vec<_> = report.settings.sets().map(|set| set.read).collect();
        assert_eq!(reading, (1..=8).map(key).collect::<Vec<_>>());
        assert_eq!(report.encode().as_slice(), bytes);
    }

    /// A real NTAG 424 DNA (hw-aes-getfilesettings-2-sdm).
    #[test]
    fn a_file_with_secure_dynamic_messaging_is_read_whole() {
        let bytes = hex::decode("0040E0EE000100C1F000160000120000390000").unwrap();
        let report = FileReport::decode(&bytes).unwrap();
        let sdm = report.settings.sdm.unwrap();
        assert_eq!((report.settings.mode, sdm.file.unwrap().mac), (CommMode::Plain, 0x39));
        assert_eq!(report.encode().as_slice(), bytes);
    }

    #[test]
    fn values_and_records_report_their_state() {
        let value = hex::decode("0203301F9CFFFFFF40420F000500000003").unwrap();
        let report = FileReport::decode(&value).unwrap();
        let FileKind::Value(limits) = report.settings.kind else { panic!("a value file") };
        assert_eq!((limits.lower(), limits.upper()), (-100, 1_000_000));
        assert!(limits.limited_credit && limits.free_get_value);
        assert_eq!(report.state, FileState::Value { limited_credit: 5 });
        assert_eq!(report.encode().as_slice(), value);
        for kind in [0x03, 0x04] {
            let records = [kind, 0x01, 0x30, 0x1F, 0x19, 0, 0, 0x0A, 0, 0, 0x09, 0, 0];
            let report = FileReport::decode(&records).unwrap();
            assert_eq!(report.state, FileState::Records { current: 9 });
            assert_eq!(report.encode().as_slice(), records);
        }
    }

    #[test]
    fn what_is_no_file_is_an_error_with_its_place() {
        for (bytes, message) in [
            ("0200EEEE", "file settings: 4 bytes needed at offset 4, 0 left"),
            ("0500EEEE200000", "file settings: illegal value 05 at offset 0"),
            ("0140EEEE200000", "file settings: illegal value 40 at offset 1"),
            ("0040EEEE200000", "file settings: 1 bytes needed at offset 7, 0 left"),
            ("0000EEEE000000", "file settings: illegal value 00 at offset 6"),
            ("0000EEEE20000000", "file settings: 1 bytes too many from offset 7"),
            ("0200EEEE01000000000000000000000001", "file settings: illegal value 00 at offset 11"),
            ("0200EEEE00000000010000000000000004", "file settings: illegal value 04 at offset 16"),
            ("0300EEEE200000000000000000", "file settings: illegal value 00 at offset 9"),
        ] {
            let bytes = hex::decode(bytes).unwrap();
            assert_eq!(FileReport::decode(&bytes).unwrap_err().to_string(), message);
        }
    }
}
