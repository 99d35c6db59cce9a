// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files: settings, contents, and what a transaction would make of them.

mod data;
mod records;
mod rights;
mod value;

pub(super) use data::DataFile;
pub(super) use records::Records;
pub(super) use rights::{Verdict, crediting, reading, valuing, weigh, weigh_sets, writing};
pub(super) use value::Value;

use crate::wire::{FileKind, FileReport, FileSettings, FileState, IsoFileId, Status};

/// A file and what it holds.
#[derive(Clone)]
pub(super) struct File {
    pub(super) number: u8,
    pub(super) iso_id: Option<IsoFileId>,
    pub(super) settings: FileSettings,
    /// The mode was set as 02, and reads back so.
    pub(super) mode_two: bool,
    /// It was made so that it can have secure dynamic messaging.
    pub(super) dynamic: bool,
    /// How often it was read since secure dynamic messaging was switched on.
    pub(super) reads: u32,
    /// Whether it was given another number, which happens once.
    pub(super) renumbered: bool,
    pub(super) body: Body,
}

/// What a file holds.
#[derive(Clone)]
pub(super) enum Body {
    Data(DataFile),
    Value(Value),
    Records(Records),
}

impl File {
    /// A new file: zeros, the value it is to start with, or no record.
    pub(super) fn new(
        number: u8,
        iso_id: Option<IsoFileId>,
        settings: FileSettings,
        value: i32,
    ) -> Self {
        let body = match settings.kind {
            FileKind::Standard { size } => Body::Data(DataFile::new(size, false)),
            FileKind::Backup { size } => Body::Data(DataFile::new(size, true)),
            FileKind::Value(limits) => Body::Value(Value::new(limits, value)),
            FileKind::LinearRecord(layout) => Body::Records(Records::new(layout, false)),
            FileKind::CyclicRecord(layout) => Body::Records(Records::new(layout, true)),
        };
        Self {
            number,
            iso_id,
            settings,
            mode_two: false,
            dynamic: false,
            reads: 0,
            renumbered: false,
            body,
        }
    }

    /// The file where all its records can be read: a cyclic one of a DESFire Light needs no spare one
    /// (MF2DL(H)x0, pre-defined files).
    pub(super) fn without_spare_record(mut self) -> Self {
        if let Body::Records(records) = &mut self.body {
            records.show_all();
        }
        self
    }

    /// The bytes that GetFileSettings tells.
    pub(super) fn told(&self) -> Vec<u8> {
        let mut told = self.report().encode().to_vec();
        if let Some(mode) = told.get_mut(1).filter(|_| self.mode_two) {
            *mode = MODE_TWO;
        }
        told
    }

    fn report(&self) -> FileReport {
        let state = match &self.body {
            Body::Data(_) => FileState::Data,
            Body::Value(value) => FileState::Value { limited_credit: value.limited_credit() },
            Body::Records(records) => FileState::Records { current: records.count() },
        };
        FileReport { settings: self.settings, state }
    }

    /// The bytes of a standard or backup file; a command for one does not fit another file.
    pub(super) const fn data(&self) -> Result<&DataFile, Status> {
        match &self.body {
            Body::Data(data) => Ok(data),
            Body::Value(_) | Body::Records(_) => Err(WRONG_KIND),
        }
    }

    pub(super) const fn data_mut(&mut self) -> Result<&mut DataFile, Status> {
        match &mut self.body {
            Body::Data(data) => Ok(data),
            Body::Value(_) | Body::Records(_) => Err(WRONG_KIND),
        }
    }

    pub(super) const fn value(&self) -> Result<&Value, Status> {
        match &self.body {
            Body::Value(value) => Ok(value),
            Body::Data(_) | Body::Records(_) => Err(WRONG_KIND),
        }
    }

    pub(super) const fn value_mut(&mut self) -> Result<&mut Value, Status> {
        match &mut self.body {
            Body::Value(value) => Ok(value),
            Body::Data(_) | Body::Records(_) => Err(WRONG_KIND),
        }
    }

    pub(super) const fn records(&self) -> Result<&Records, Status> {
        match &self.body {
            Body::Records(records) => Ok(records),
            Body::Data(_) | Body::Value(_) => Err(WRONG_KIND),
        }
    }

    pub(super) const fn records_mut(&mut self) -> Result<&mut Records, Status> {
        match &mut self.body {
            Body::Records(records) => Ok(records),
            Body::Data(_) | Body::Value(_) => Err(WRONG_KIND),
        }
    }

    /// Whether something waits for a commit.
    pub(super) const fn is_pending(&self) -> bool {
        match &self.body {
            Body::Data(data) => data.is_pending(),
            Body::Value(value) => value.is_pending(),
            Body::Records(records) => records.is_pending(),
        }
    }

    /// Makes what waits valid.
    pub(super) fn commit(&mut self) {
        match &mut self.body {
            Body::Data(data) => data.commit(),
            Body::Value(value) => value.commit(),
            Body::Records(records) => records.commit(),
        }
    }

    /// Drops what waits.
    pub(super) fn abort(&mut self) {
        match &mut self.body {
            Body::Data(data) => data.abort(),
            Body::Value(value) => value.abort(),
            Body::Records(records) => records.abort(),
        }
    }
}

/// The status for a command that does not fit the kind of file: measured on an EV1 4K, stated for
/// DESFire Light and NTAG 424 DNA.
pub(super) const WRONG_KIND: Status = Status::PermissionDenied;
/// A mode byte that means plain, as 00 does.
pub(super) const MODE_TWO: u8 = 0x02;
