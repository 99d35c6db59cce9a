// SPDX-License-Identifier: MIT OR Apache-2.0
//! Transactions: the pending writes of the selected application, all made valid or all dropped.

use crate::wire::Status;

use super::application::Application;
use super::transaction_mac::TransactionMac;

impl Application {
    /// Makes all pending writes valid, and the MAC over what was done the last one. `told` says whether that
    /// MAC is asked for.
    pub(super) fn commit(&mut self, told: bool) -> Result<(), Status> {
        self.require_pending()?;
        let mac = self.transaction_mac.as_ref();
        if told && !mac.is_some_and(TransactionMac::is_running) {
            return Err(Status::ParameterError);
        }
        if mac.is_some_and(TransactionMac::lacks_reader) {
            return Err(Status::PermissionDenied);
        }
        for file in &mut self.files {
            file.commit();
        }
        if let Some(mac) = &mut self.transaction_mac {
            mac.commit();
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
        if let Some(mac) = &mut self.transaction_mac {
            mac.abort();
        }
    }

    fn require_pending(&self) -> Result<(), Status> {
        let pending = self.files.iter().any(super::file::File::is_pending);
        let running = self.transaction_mac.as_ref().is_some_and(TransactionMac::is_running);
        if pending || running { Ok(()) } else { Err(Status::NoChanges) }
    }
}
