// SPDX-License-Identifier: MIT OR Apache-2.0
//! Record files: records in the order of their writing, and the one of a transaction.

use crate::secret::Secret;
use crate::wire::{RecordLayout, Status};

/// The records of a file.
#[derive(Clone)]
pub(in crate::emulator) struct Records {
    layout: RecordLayout,
    cyclic: bool,
    /// Whether one record more than can be read is kept for a cyclic file.
    spare: bool,
    /// The oldest first.
    records: Vec<Secret<Vec<u8>>>,
    pending: Option<Pending>,
}

/// What a transaction does to the file.
#[derive(Clone)]
enum Pending {
    /// All records go.
    Clear,
    /// A record comes.
    Append(Secret<Vec<u8>>),
    /// A record, counted from the oldest, becomes another one.
    Update(usize, Secret<Vec<u8>>),
}

impl Records {
    pub(super) const fn new(layout: RecordLayout, cyclic: bool) -> Self {
        Self { layout, cyclic, spare: cyclic, records: Vec::new(), pending: None }
    }

    /// Needs no spare record.
    pub(super) const fn show_all(&mut self) {
        self.spare = false;
    }

    /// How long a record is.
    pub(in crate::emulator) fn size(&self) -> usize {
        usize::try_from(self.layout.size.bytes()).unwrap_or_default()
    }

    /// How many records a read sees; those of a pending transaction do not count.
    pub(in crate::emulator) fn count(&self) -> u32 {
        u32::try_from(self.records.len()).unwrap_or(u32::MAX)
    }

    /// The valid records, the oldest first.
    pub(in crate::emulator) fn all(&self) -> impl ExactSizeIterator<Item = &[u8]> {
        self.records.iter().map(|record| record.expose_secret().as_slice())
    }

    /// Puts back what a saved card held.
    pub(in crate::emulator) fn restore(&mut self, records: Vec<Secret<Vec<u8>>>) -> Option<()> {
        let size = self.size();
        let fit = records.len() <= self.capacity()
            && records.iter().all(|record| record.expose_secret().len() == size);
        self.records = fit.then_some(records)?;
        Some(())
    }

    /// How many records a read can see at most: a cyclic file needs a spare one, but on a DESFire Light.
    fn capacity(&self) -> usize {
        let max = usize::try_from(self.layout.max.get()).unwrap_or(usize::MAX);
        if self.spare { max.saturating_sub(1) } else { max }
    }

    /// `count` records (0: all) from the `newest`th counted back from the last, the oldest first.
    pub(in crate::emulator) fn read(
        &self,
        newest: usize,
        count: usize,
    ) -> Result<impl Iterator<Item = &[u8]>, Status> {
        let end = self.records.len().checked_sub(newest).filter(|&end| end > 0);
        let end = end.ok_or(Status::BoundaryError)?;
        let count = if count == 0 { end } else { count };
        let start = end.checked_sub(count).ok_or(Status::BoundaryError)?;
        let wanted = self.records.get(start..end).ok_or(Status::BoundaryError)?;
        Ok(wanted.iter().map(|record| record.expose_secret().as_slice()))
    }

    /// Whether a record can be written now.
    pub(in crate::emulator) fn check_write(&self) -> Result<(), Status> {
        match &self.pending {
            Some(Pending::Clear | Pending::Update(..)) => Err(Status::PermissionDenied),
            Some(Pending::Append(_)) => Ok(()),
            None if !self.cyclic && self.records.len() >= self.capacity() => {
                Err(Status::BoundaryError)
            }
            None => Ok(()),
        }
    }

    /// Writes into the record of this transaction, which the first write makes, full of zeros.
    pub(in crate::emulator) fn write(&mut self, offset: usize, data: &[u8]) -> Result<(), Status> {
        self.check_write()?;
        let size = self.size();
        let fresh = || Pending::Append(Secret::new(vec![0; size]));
        let Pending::Append(record) = self.pending.get_or_insert_with(fresh) else {
            return Err(Status::PermissionDenied);
        };
        let end = offset.saturating_add(data.len());
        let slots = record.expose_secret_mut().get_mut(offset..end);
        slots.ok_or(Status::BoundaryError)?.copy_from_slice(data);
        Ok(())
    }

    /// Where the `newest`th record counted back from the last stands, and whether it can be changed now.
    pub(in crate::emulator) fn check_update(&self, newest: usize) -> Result<usize, Status> {
        let at = self.records.len().checked_sub(newest).and_then(|behind| behind.checked_sub(1));
        let at = at.ok_or(Status::BoundaryError);
        match &self.pending {
            Some(Pending::Clear | Pending::Append(_)) => Err(Status::PermissionDenied),
            Some(Pending::Update(other, _)) if at.is_ok_and(|at| at != *other) => {
                Err(Status::PermissionDenied)
            }
            Some(Pending::Update(..)) | None => at,
        }
    }

    /// Writes into a record that is there, at commit.
    pub(in crate::emulator) fn update(
        &mut self,
        newest: usize,
        offset: usize,
        data: &[u8],
    ) -> Result<(), Status> {
        let at = self.check_update(newest)?;
        let found = self.records.get(at).cloned().ok_or(Status::BoundaryError)?;
        let fresh = || Pending::Update(at, found);
        let Pending::Update(_, record) = self.pending.get_or_insert_with(fresh) else {
            return Err(Status::PermissionDenied);
        };
        let end = offset.saturating_add(data.len());
        let slots = record.expose_secret_mut().get_mut(offset..end);
        slots.ok_or(Status::BoundaryError)?.copy_from_slice(data);
        Ok(())
    }

    /// Removes all records, at commit.
    pub(in crate::emulator) fn clear(&mut self) {
        self.pending = Some(Pending::Clear);
    }

    pub(super) const fn is_pending(&self) -> bool {
        self.pending.is_some()
    }

    pub(super) fn commit(&mut self) {
        match self.pending.take() {
            Some(Pending::Clear) => self.records.clear(),
            Some(Pending::Append(record)) => {
                if self.records.len() >= self.capacity() && !self.records.is_empty() {
                    self.records.remove(0);
                }
                self.records.push(record);
            }
            Some(Pending::Update(at, record)) => {
                if let Some(slot) = self.records.get_mut(at) {
                    *slot = record;
                }
            }
            None => {}
        }
    }

    pub(super) fn abort(&mut self) {
        self.pending = None;
    }
}
