// SPDX-License-Identifier: MIT OR Apache-2.0
//! Failed authentications, of chips that count them for each key of their application (NT4H2421Gx and
//! MF2DL(H)x0, SetConfiguration option `0A`): many in a row take longer and longer, too many block the key.

use crate::wire::Status;

/// What a chip keeps of the failures of one key.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub(super) struct Failures {
    total: u16,
    in_a_row: u8,
    /// How often it has put the next one off.
    delayed: u16,
}

/// When a key is blocked.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct FailureLimit {
    total: u16,
    /// What a success takes off.
    forgiven: u16,
}

impl FailureLimit {
    /// The option that sets it.
    pub(super) const OPTION: u8 = 0x0A;
    /// As the chip comes from the factory.
    pub(super) const FACTORY: Self = Self { total: 1000, forgiven: 10 };

    /// The data of the option: whether failures are counted, limit and what a success takes off, least
    /// significant byte first. `None` where nothing is counted.
    pub(super) const fn from_bytes(
        [counted, total, total_high, less, less_high]: [u8; 5],
    ) -> Option<Self> {
        if counted & 0x01 == 0 {
            return None;
        }
        let total = u16::from_le_bytes([total, total_high]);
        Some(Self { total, forgiven: u16::from_le_bytes([less, less_high]) })
    }
}

impl Failures {
    /// An authentication begins. It counts as failed until it is proven.
    ///
    /// # Errors
    /// `9D` where the key is blocked, `AD` where it has to wait.
    pub(super) const fn begin(&mut self, limit: FailureLimit) -> Result<(), Status> {
        if self.total >= limit.total {
            return Err(Status::PermissionDenied);
        }
        if self.delayed < delays(self.in_a_row) {
            self.delayed = self.delayed.saturating_add(1);
            return Err(Status::AuthenticationDelay);
        }
        self.delayed = 0;
        self.total = self.total.saturating_add(1);
        self.in_a_row = self.in_a_row.saturating_add(1);
        Ok(())
    }

    /// It is proven, and was no failure.
    pub(super) const fn prove(&mut self, limit: FailureLimit) {
        let total = self.total.saturating_sub(1).saturating_sub(limit.forgiven);
        *self = Self { total, in_a_row: 0, delayed: 0 };
    }

    /// Total, row and delays.
    pub(super) const fn save(self) -> (u16, u8, u16) {
        (self.total, self.in_a_row, self.delayed)
    }

    /// What was saved.
    pub(super) const fn restore((total, in_a_row, delayed): (u16, u8, u16)) -> Self {
        Self { total, in_a_row, delayed }
    }
}

/// How often the next authentication is put off after so many failures in a row: from 50 on, and more with
/// every further 50.
const fn delays(in_a_row: u8) -> u16 {
    (in_a_row / 50) as u16 * 10
}
