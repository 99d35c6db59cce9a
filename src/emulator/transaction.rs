// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions: the pending writes of the selected application, all made valid or all dropped.

use crate::wire::Status;

use super::application::Application;

impl Application {
    /// Makes all pending writes valid.
    pub(super) fn commit(&mut self) -> Result<(), Status> {
        self.require_pending()?;
        for file in &mut self.files {
            file.commit();
        }
        Ok(())
    }

    /// Drops all pending writes, at the reader's wish.
    pub(super) fn abort(&mut self) -> Result<(), Status> {
        self.require_pending()?;
        self.roll_back();
        Ok(())
    }

    /// Drops all pending writes, if any.
    pub(super) fn roll_back(&mut self) {
        for file in &mut self.files {
            file.abort();
        }
    }

    fn require_pending(&self) -> Result<(), Status> {
        let pending = self.files.iter().any(super::file::File::is_pending);
        if pending { Ok(()) } else { Err(Status::NoChanges) }
    }
}
