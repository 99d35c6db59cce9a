// SPDX-License-Identifier: MIT OR Apache-2.0
//! The files of an application, and what stands where in them.

use serde::Serialize;

use crate::profile::{FileSpec, Place, Role};
use crate::wire::{Access, AccessRights, CommMode, FileKind, FileSettings};

use super::{Example, SheetError, Told};

/// A file, as far as a reader is concerned.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SheetFile {
    /// Its number in the application.
    pub number: u8,
    /// Its identifier for ISO/IEC 7816-4 commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iso_id: Option<String>,
    /// `standard`, `backup`, `value`, `linear-record` or `cyclic-record`, as profiles write it. A value is
    /// read as its four bytes, least significant first.
    pub kind: String,
    /// How many bytes it holds; of a record file, how many each record has.
    pub size: u32,
    /// Of a record file, how many records it has room for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub max_records: Option<u32>,
    /// How its data travel: `plain`, `mac` or `full`.
    pub mode: String,
    /// Whether anybody reads it, without authentication.
    pub free: bool,
    /// The numbers of the keys that read it, that of the read right first.
    pub reads_with: Vec<u8>,
    /// What stands in it, in the order of its bytes as far as the profile has it.
    pub parts: Vec<Part>,
    /// The whole contents of the example, in hexadecimal digits, as far as the profile has them; the rest is
    /// zero.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Told>,
}

/// A value in a file.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Part {
    /// Which record of a record file it is in: 0 is the oldest. Its bits are counted from the start of that
    /// record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub record: Option<usize>,
    /// The first of the bytes that it stands in.
    pub offset: usize,
    /// How many bytes those are.
    pub length: usize,
    /// Which bits it is, and how they are a value.
    #[serde(flatten)]
    pub place: Place,
    /// What stands there in the example, step by step.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub example: Option<Steps>,
}

/// From bytes to bits to the value.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Steps {
    /// The bytes that it stands in, in hexadecimal digits.
    pub bytes: Told,
    /// Its bits out of them, in their order.
    pub bits: Told,
    /// What these are: a number, digits, a text, bytes in hexadecimal digits.
    pub value: Told,
}

impl SheetFile {
    /// `None` where the profile says nothing of its contents.
    pub(super) fn new(spec: &FileSpec, example: Example<'_>) -> Result<Option<Self>, SheetError> {
        let Some(content) = &spec.content else { return Ok(None) };
        let bytes = example.record.map(|record| content.render(record, example.uid)).transpose()?;
        let bytes = bytes.as_ref().map(|bytes| bytes.expose_secret().as_slice());
        // What only a job makes is not in it.
        let whole = bytes.filter(|_| content.layout().iter().all(|place| place.role != Role::Made));
        let kind = spec.settings.kind;
        let each = kind.records().map(|layout| layout.size.bytes());
        let (free, reads_with) = readers(&spec.settings);
        let parts = content.layout().into_iter().map(|place| Part::new(place, each, bytes));
        Ok(Some(Self {
            number: spec.called().no.into(),
            iso_id: spec.called().iso_id.map(|id| id.to_string()),
            kind: name(kind).to_owned(),
            size: each.or_else(|| kind.size().map(crate::wire::FileSize::bytes)).unwrap_or(4),
            max_records: kind.records().map(|layout| layout.max.get()),
            mode: match spec.settings.mode {
                CommMode::Plain => "plain",
                CommMode::Mac => "mac",
                CommMode::Full => "full",
            }
            .to_owned(),
            free,
            reads_with,
            parts: parts.collect(),
            example: whole.map(|bytes| Told::new(hex::encode_upper(bytes))),
        }))
    }
}

impl Part {
    fn new(place: Place, record_size: Option<u32>, file: Option<&[u8]>) -> Self {
        let (first, length) = place.bytes();
        let file = file.filter(|_| place.role != Role::Made);
        let example = file.and_then(|file| {
            let bytes = file.get(first..first.checked_add(length)?)?;
            Some(Steps {
                bytes: Told::new(hex::encode_upper(bytes)),
                bits: Told::new(place.bits_in(file)?.expose_secret().clone()),
                value: Told::new(place.value_in(file)?.expose_secret().clone()),
            })
        });
        let size = record_size.and_then(|size| usize::try_from(size).ok()).filter(|size| *size > 0);
        let record = size.map(|size| first / size);
        let before = size.zip(record).map_or(0, |(size, record)| size.saturating_mul(record));
        Self {
            record,
            offset: first.saturating_sub(before),
            length,
            place: place.earlier(before),
            example,
        }
    }
}

/// Whether anybody reads a file, and the keys that do: GetValue is allowed with the right to write too.
fn readers(settings: &FileSettings) -> (bool, Vec<u8>) {
    let (shown, always) = match settings.kind {
        FileKind::Value(limits) => (true, limits.free_get_value),
        FileKind::Standard { .. }
        | FileKind::Backup { .. }
        | FileKind::LinearRecord(_)
        | FileKind::CyclicRecord(_) => (false, false),
    };
    let (mut free, mut keys) = (always, Vec::new());
    let in_set = |AccessRights { read, write, read_write, .. }: AccessRights| {
        [read, read_write].into_iter().chain(shown.then_some(write))
    };
    for right in settings.sets().flat_map(in_set) {
        match right {
            Access::Key(number) if !keys.contains(&u8::from(number)) => keys.push(number.into()),
            Access::Free => free = true,
            Access::Key(_) | Access::Never => {}
        }
    }
    (free, keys)
}

const fn name(kind: FileKind) -> &'static str {
    match kind {
        FileKind::Standard { .. } => "standard",
        FileKind::Backup { .. } => "backup",
        FileKind::Value(_) => "value",
        FileKind::LinearRecord(_) => "linear-record",
        FileKind::CyclicRecord(_) => "cyclic-record",
    }
}
