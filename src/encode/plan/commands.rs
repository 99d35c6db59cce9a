// SPDX-License-Identifier: MIT OR Apache-2.0
//! The commands of a step as values: the runner sends them, the estimate measures them.

use crate::encode::plan::rights;
use crate::host::command::application::CreateApplication;
use crate::host::command::data::{ReadData, WriteData};
use crate::host::command::file::{ChangeFileSettings, CreateFile, DeleteFile};
use crate::host::command::record::{ReadRecords, WriteRecord};
use crate::host::command::value::GetValue;
use crate::host::{File, Misuse};
use crate::profile::{Application, FileSpec};
use crate::wire::{FileKind, FileNo, FileSettings, KeyNo, KeySettings, NewFile};

/// An application with the settings that the rest of the plan needs.
pub(crate) fn create_application(
    spec: &Application,
    settings: KeySettings,
) -> Result<CreateApplication, Misuse> {
    CreateApplication::new(spec.aid, settings, spec.slots(), spec.iso.as_ref())
}

/// A file with the settings that the rest of the plan needs. A value file starts with its contents.
pub(crate) fn create_file(file: &FileSpec, contents: &[u8]) -> CreateFile {
    let new = NewFile { iso_id: file.iso_id, ..NewFile::new(rights::at_first(file)) };
    let value = contents.try_into().map_or(new.value, i32::from_le_bytes);
    CreateFile::new(file.no, &NewFile { value, ..new })
}

/// Away with a file.
pub(crate) fn delete_file(file: &FileSpec) -> DeleteFile {
    DeleteFile::new(file.no)
}

/// The settings that a file is written with, from those that it has.
pub(crate) fn ready_file(
    file: &FileSpec,
    from: FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    change(file.no, from, &rights::at_first(file), key)
}

/// A file's final settings, from those that it has.
pub(crate) fn settle_file(
    file: &FileSpec,
    from: FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    change(file.no, from, &file.settings, key)
}

fn change(
    no: FileNo,
    from: FileSettings,
    to: &FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    let FileSettings { mode, rights, sdm, .. } = to;
    ChangeFileSettings::new(&File::declared(no, from), (*mode, *rights, sdm.as_ref()), key)
}

/// The contents of a data file, at most so many bytes in one command.
pub(crate) fn write<'a>(
    file: &FileSpec,
    contents: &'a [u8],
    key: Option<KeyNo>,
    piece: usize,
) -> impl Iterator<Item = Result<WriteData<'a>, Misuse>> + use<'a> {
    let file = while_written(file);
    contents.chunks(piece.max(1)).enumerate().map(move |(at, bytes)| {
        let offset = u32::try_from(at.saturating_mul(piece)).map_err(|_| Misuse::OutsideFile)?;
        WriteData::new(&file, offset, bytes, key)
    })
}

/// The records of a file, one by one.
pub(crate) fn append<'a>(
    file: &FileSpec,
    records: &'a [u8],
    key: Option<KeyNo>,
) -> impl Iterator<Item = Result<WriteRecord<'a>, Misuse>> + use<'a> {
    let file = while_written(file);
    let size =
        file.settings().kind.records().map_or(records.len(), |layout| {
            usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX)
        });
    records.chunks(size.max(1)).map(move |record| WriteRecord::new(&file, 0, record, key))
}

/// What reads a file, as far as contents of a length can tell: its first bytes, all its records, or
/// its value.
pub(crate) enum Read {
    Value(GetValue),
    Records(ReadRecords),
    Data(Pieces),
}

/// The pieces of a data file that commands read, one behind the other.
pub(crate) struct Pieces {
    file: File,
    length: u32,
    most: u32,
    key: Option<KeyNo>,
}

impl Pieces {
    /// The command of each; one at least.
    pub(crate) fn commands(&self) -> impl Iterator<Item = Result<ReadData, Misuse>> {
        (0..self.length.div_ceil(self.most).max(1)).map(|at| {
            let offset = at.saturating_mul(self.most);
            let length = self.length.saturating_sub(offset).min(self.most);
            ReadData::new(&self.file, offset, length, self.key)
        })
    }

    /// Whether one command reads all of it.
    pub(crate) const fn is_one(&self) -> bool {
        self.length <= self.most
    }
}

/// Reads a file of these settings, at most so many bytes in one command.
pub(crate) fn read(
    no: FileNo,
    settings: FileSettings,
    length: u32,
    key: Option<KeyNo>,
    piece: usize,
) -> Result<Read, Misuse> {
    let file = File::declared(no, settings);
    Ok(match settings.kind {
        FileKind::Value(_) => Read::Value(GetValue::new(&file, key)?),
        FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
            Read::Records(ReadRecords::new(&file, 0, 0, key)?)
        }
        FileKind::Standard { .. } | FileKind::Backup { .. } => {
            let most = u32::try_from(piece).unwrap_or(u32::MAX).max(1);
            Read::Data(Pieces { file, length, most, key })
        }
    })
}

/// A file as it is while the plan writes it.
pub(crate) fn while_written(file: &FileSpec) -> File {
    File::declared(file.no, rights::at_first(file))
}

/// A file as it is in the end.
pub(crate) const fn settled(file: &FileSpec) -> File {
    File::declared(file.no, file.settings)
}
