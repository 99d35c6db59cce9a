// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[[application.file]]`: what kind of file, with the entries of its kind, and what it holds first.

use crate::profile::error::mistake;
use core::fmt;

use crate::profile::shape::Spanned;

use crate::wire::{
    Access, AccessRights, FileKind, FileNo, FileSettings, FileSize, FixedFile, Generation, KeyType,
    RecordCount, RecordLayout, Silicon, ValueLimits,
};

use super::super::content::{Constant, Content, Fragment, Int, Pad, Part};
use super::super::error::ProfileError;
use super::super::model::FileSpec;
use super::super::shape::{self, FileType, Scalar};
use super::Check;
use super::content::{Room, whole};
use super::rights::Checked;
use super::slots::Slots;

/// The rights of a file that a profile creates, where it names none.
const NOBODY: AccessRights = AccessRights {
    read: Access::Never,
    write: Access::Never,
    read_write: Access::Never,
    change: Access::Never,
};

const fn type_of(kind: FileKind) -> FileType {
    match kind {
        FileKind::Standard { .. } => FileType::Standard,
        FileKind::Backup { .. } => FileType::Backup,
        FileKind::Value(_) => FileType::Value,
        FileKind::LinearRecord(_) => FileType::LinearRecord,
        FileKind::CyclicRecord(_) => FileType::CyclicRecord,
    }
}

/// Where a file comes from.
#[derive(Clone, Copy)]
pub(super) enum Origin<'a> {
    /// It is there from the factory, on such a chip.
    Factory(&'a FixedFile, &'a Silicon),
    /// A job creates it, on any of these chips, in an application with keys of this type.
    Created { chips: &'a [Generation], key_type: KeyType },
}

impl<'a> Origin<'a> {
    /// As the chip has it, where it is there.
    const fn made(self) -> Option<&'a FixedFile> {
        match self {
            Self::Factory(made, _) => Some(made),
            Self::Created { .. } => None,
        }
    }
}

/// The most bytes of any DESFire card.
const LARGEST_CARD: u32 = 32_768;

impl Check<'_> {
    pub(super) fn file(
        &mut self,
        raw: &Spanned<shape::File>,
        slots: &Slots<'_>,
        origin: Origin<'_>,
    ) -> Result<FileSpec, ProfileError> {
        let (file, made) = (raw.get_ref(), origin.made());
        let no = self.file_number(file)?;
        if let Some(new) = file.new_no.as_ref().filter(|_| made.is_none()) {
            let problem = "another number for a file that is created with its own";
            let instead = "write it as no, and take new_no out";
            return Err(self.error(mistake::NOT_ON_CHIP, new.span().start, problem, instead));
        }
        let kind = match made {
            None => self.kind(raw)?,
            Some(made) => self.kind_of_chip(raw, made)?,
        };
        let mode = match file.mode.as_ref().map(|mode| *mode.get_ref()) {
            None => match made {
                None => return Err(self.missing(raw.span().start, "mode")),
                Some(made) => made.settings.mode,
            },
            Some(mode) => mode,
        };
        let unnamed = made.map_or(NOBODY, |made| made.settings.rights);
        let rights = self.rights(raw, (kind, mode), unnamed, slots)?;
        let free_value = matches!(kind, FileKind::Value(limits) if limits.free_get_value);
        let public = rights.is_public() || free_value;
        let no_personal = public && !file.allow_public;
        let content = match kind {
            FileKind::Standard { size } | FileKind::Backup { size } => {
                self.data(file, size, no_personal)?
            }
            FileKind::Value(limits) => self.value(raw, limits, no_personal)?,
            FileKind::LinearRecord(layout) => {
                self.records(file, layout, layout.max.get(), no_personal)?
            }
            FileKind::CyclicRecord(layout) => {
                // One that a chip comes with shows all that it has (MF2DL(H)x0).
                let hidden = u32::from(made.is_none());
                self.records(file, layout, layout.max.get().saturating_sub(hidden), no_personal)?
            }
        };
        if let Some(content) = &content {
            self.taken(file.no.span().start, content)?;
            if public {
                self.shown_to_anyone(file.no.span().start, content);
            }
        }
        let sdm = self.sdm(raw, (kind, content.as_ref()), (origin, slots))?;
        let Checked { rights, further, .. } = rights;
        let settings = FileSettings { kind, mode, rights, further, sdm };
        let iso_id = match made {
            None => file.iso_id.as_ref().map(|raw| self.iso_id(raw)).transpose()?,
            Some(made) => made.iso_id,
        };
        let suite = self.mirrored_by(file.sdm.as_ref()).suite;
        let (from_factory, renamed) = (made.is_some(), None);
        Ok(FileSpec { no, iso_id, renamed, settings, content, suite, from_factory })
    }

    pub(super) fn file_number(&self, file: &shape::File) -> Result<FileNo, ProfileError> {
        self.numbered(&file.no)
    }

    pub(super) fn numbered(&self, raw: &Spanned<i64>) -> Result<FileNo, ProfileError> {
        let no = u8::try_from(*raw.get_ref()).ok().and_then(FileNo::new);
        no.ok_or_else(|| {
            let problem = format!("no file has number {}", raw.get_ref());
            self.error(mistake::RANGE, raw.span().start, problem, "write a number from 0 to 31")
        })
    }

    /// Entries that files of this kind do not have are mistakes.
    fn entries_of_kind(&self, file: &shape::File, kind: FileType) -> Result<(), ProfileError> {
        fn at<T>(entry: Option<&Spanned<T>>) -> Option<usize> {
            entry.map(|entry| entry.span().start)
        }
        let data = [("size", at(file.size.as_ref())), ("content", at(file.content.as_ref()))];
        let value = [
            ("lower", at(file.lower.as_ref())),
            ("upper", at(file.upper.as_ref())),
            ("limited_credit", at(file.limited_credit.as_ref())),
            ("free_get_value", at(file.free_get_value.as_ref())),
            ("value", at(file.value.as_ref())),
        ];
        let records = [
            ("record_size", at(file.record_size.as_ref())),
            ("max_records", at(file.max_records.as_ref())),
            ("records", at(file.records.as_ref())),
        ];
        let (what, foreign): (_, [&[_]; 2]) = match kind {
            FileType::Standard | FileType::Backup => ("data", [&value, &records]),
            FileType::Value => ("value", [&data, &records]),
            FileType::LinearRecord | FileType::CyclicRecord => ("record", [&data, &value]),
        };
        match foreign.iter().copied().flatten().find_map(|(name, at)| at.map(|at| (name, at))) {
            None => Ok(()),
            Some((name, at)) => {
                let problem = format!("a {what} file has no entry {name:?}");
                Err(self.error(
                    mistake::OUT_OF_PLACE,
                    at,
                    problem,
                    "take it out, or write another type",
                ))
            }
        }
    }

    fn kind(&self, raw: &Spanned<shape::File>) -> Result<FileKind, ProfileError> {
        let file = raw.get_ref();
        let kind = file.kind.as_ref().ok_or_else(|| self.missing(raw.span().start, "type"))?;
        let kind = *kind.get_ref();
        self.entries_of_kind(file, kind)?;
        let size = || self.size(raw, "size", file.size.as_ref());
        Ok(match kind {
            FileType::Standard => FileKind::Standard { size: size()? },
            FileType::Backup => FileKind::Backup { size: size()? },
            FileType::Value => FileKind::Value(self.limits(raw, None)?),
            FileType::LinearRecord => FileKind::LinearRecord(self.layout(raw, 1)?),
            FileType::CyclicRecord => FileKind::CyclicRecord(self.layout(raw, 2)?),
        })
    }

    /// The kind of a file that is there from the factory, which a profile may name as it is.
    fn kind_of_chip(
        &self,
        raw: &Spanned<shape::File>,
        made: &FixedFile,
    ) -> Result<FileKind, ProfileError> {
        let (file, kind) = (raw.get_ref(), made.settings.kind);
        let own = type_of(kind);
        let other = |at, problem: String| {
            self.error(
                mistake::NOT_ON_CHIP,
                at,
                problem,
                "take it out: a file that the chip has is as it comes",
            )
        };
        if let Some(named) = file.kind.as_ref().filter(|named| *named.get_ref() != own) {
            let problem = format!("file {} of the chip is of another type", made.number);
            return Err(other(named.span().start, problem));
        }
        self.entries_of_kind(file, own)?;
        let numbers = [
            (file.size.as_ref(), kind.size().map(|size| i64::from(size.bytes()))),
            (file.record_size.as_ref(), kind.records().map(|layout| layout.size.bytes().into())),
            (file.max_records.as_ref(), kind.records().map(|layout| layout.max.get().into())),
        ];
        for (named, own) in numbers {
            if let (Some(named), Some(own)) = (named, own)
                && *named.get_ref() != own
            {
                let problem = format!("{} where file {} has {own}", named.get_ref(), made.number);
                return Err(other(named.span().start, problem));
            }
        }
        let FileKind::Value(own) = kind else { return Ok(kind) };
        // SetConfiguration sets all of them, once (MF2DL(H)x0).
        self.limits(raw, Some(own)).map(FileKind::Value)
    }

    fn size(
        &self,
        raw: &Spanned<shape::File>,
        name: &str,
        entry: Option<&Spanned<i64>>,
    ) -> Result<FileSize, ProfileError> {
        self.number(raw, (name, entry), (1, LARGEST_CARD), FileSize::new)
    }

    fn layout(&self, raw: &Spanned<shape::File>, least: u32) -> Result<RecordLayout, ProfileError> {
        let file = raw.get_ref();
        let size = self.size(raw, "record_size", file.record_size.as_ref())?;
        let entry = ("max_records", file.max_records.as_ref());
        let max = self.number(raw, entry, (least, LARGEST_CARD), RecordCount::new)?;
        Ok(RecordLayout { size, max })
    }

    /// The limits of a value, and its switches; those that are not named are its `own`, where it comes with any.
    fn limits(
        &self,
        raw: &Spanned<shape::File>,
        own: Option<ValueLimits>,
    ) -> Result<ValueLimits, ProfileError> {
        let file = raw.get_ref();
        let all = (i32::MIN, i32::MAX);
        let limit = |name, entry: Option<&Spanned<i64>>, own: Option<i32>| match (entry, own) {
            (None, Some(own)) => Ok(own),
            (entry, _) => self.number(raw, (name, entry), all, Some),
        };
        let lower = limit("lower", file.lower.as_ref(), own.map(|own| own.lower()))?;
        let upper = limit("upper", file.upper.as_ref(), own.map(|own| own.upper()))?;
        let mut limits = ValueLimits::new(lower, upper).ok_or_else(|| {
            let problem = format!("no value is from {lower} to {upper}");
            self.error(
                mistake::RANGE,
                raw.span().start,
                problem,
                "write lower and upper the other way round",
            )
        })?;
        let switch = |entry: Option<&Spanned<bool>>, own: Option<bool>| {
            entry.map(|on| *on.get_ref()).or(own).unwrap_or_default()
        };
        limits.limited_credit =
            switch(file.limited_credit.as_ref(), own.map(|own| own.limited_credit));
        limits.free_get_value =
            switch(file.free_get_value.as_ref(), own.map(|own| own.free_get_value));
        Ok(limits)
    }

    /// A number that files of this kind must have.
    fn number<N: TryFrom<i64> + PartialOrd + fmt::Display, T>(
        &self,
        raw: &Spanned<shape::File>,
        (name, entry): (&str, Option<&Spanned<i64>>),
        (from, to): (N, N),
        convert: impl Fn(N) -> Option<T>,
    ) -> Result<T, ProfileError> {
        let instead = format!("write {name} = … with a number from {from} to {to}");
        let Some(entry) = entry else {
            return Err(self.error(
                mistake::MISSING,
                raw.span().start,
                format!("{name} is missing"),
                instead,
            ));
        };
        let number = N::try_from(*entry.get_ref()).ok();
        let number = number.filter(|number| (&from..=&to).contains(&number)).and_then(convert);
        number.ok_or_else(|| {
            let problem = format!("{name} = {} is out of range", entry.get_ref());
            self.error(mistake::RANGE, entry.span().start, problem, instead)
        })
    }

    fn data(
        &mut self,
        file: &shape::File,
        size: FileSize,
        no_personal: bool,
    ) -> Result<Option<Content>, ProfileError> {
        let Some(content) = &file.content else { return Ok(None) };
        let mirrors = self.mirrored_by(file.sdm.as_ref());
        self.content(content, Room::File { entry: "size", size, no_personal, mirrors }).map(Some)
    }

    /// The value that a value file starts with: a number or a field's, 0 where none is named.
    fn value(
        &mut self,
        raw: &Spanned<shape::File>,
        limits: ValueLimits,
        no_personal: bool,
    ) -> Result<Option<Content>, ProfileError> {
        let (lower, upper) = (limits.lower(), limits.upper());
        let Some(value) = &raw.get_ref().value else {
            if limits.holds(0) {
                return Ok(None);
            }
            let instead = format!("write value = … with a number from {lower} to {upper}");
            return Err(self.error(
                mistake::RANGE,
                raw.span().start,
                "the file cannot start with 0",
                instead,
            ));
        };
        let at = value.span().start;
        let part = match value.get_ref() {
            Scalar::Number(number) => {
                let value = i32::try_from(*number).ok().filter(|value| limits.holds(*value));
                let value = value.ok_or_else(|| {
                    let instead = format!("write a number from {lower} to {upper}");
                    self.error(
                        mistake::RANGE,
                        at,
                        format!("the file cannot start with {number}"),
                        instead,
                    )
                })?;
                Part::from(Constant(value.to_le_bytes().to_vec()))
            }
            Scalar::Text(name) => {
                let kinds = ["uint", "int"];
                let (source, (min, max)) = self.source((at, name), &kinds, whole, no_personal)?;
                if min < lower.into() || max > upper.into() {
                    let problem = format!(
                        "the field may be from {min} to {max}, the value from {lower} to {upper}"
                    );
                    let instead = "write lower no more than the field's least, and max = … no more \
                                   than upper";
                    return Err(self.error(mistake::RANGE, at, problem, instead));
                }
                Int::value(source).into()
            }
        };
        Ok(Some(Content::plain([part])))
    }

    /// The records that a record file starts with, the oldest first, each filled up with zeros.
    fn records(
        &mut self,
        file: &shape::File,
        layout: RecordLayout,
        most: u32,
        no_personal: bool,
    ) -> Result<Option<Content>, ProfileError> {
        let Some(records) = &file.records else { return Ok(None) };
        let count = records.get_ref().len();
        if count == 0 || u32::try_from(count).map_or(true, |count| count > most) {
            let problem = format!("{count} records, and the file shows {most} at most");
            let instead = "write at least one, a larger max_records, or leave records out";
            return Err(self.error(mistake::NO_ROOM, records.span().start, problem, instead));
        }
        let size = usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX);
        let mut parts = Vec::new();
        for record in records.get_ref() {
            let (entry, mirrors) = ("record_size", self.mirrored_by(None));
            let room = Room::File { entry, size: layout.size, no_personal, mirrors };
            let content = self.content(record, room)?;
            let bytes = size.saturating_sub(content.length());
            parts.push(Fragment::whole(content).into());
            parts.push(Pad::of(0, bytes).into());
        }
        Ok(Some(Content::plain(parts)))
    }
}
