// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parts of a command.

/// The parts of a command's parameters in clear: a header that is never enciphered, data, and
/// bytes that stand behind the checksum of the data where there is one.
#[derive(Debug, Clone, Copy)]
pub(in crate::emulator) struct Shape {
    pub(in crate::emulator) header: usize,
    pub(in crate::emulator) data: usize,
    pub(in crate::emulator) tail: usize,
}

impl Shape {
    /// How many bytes there are in clear.
    pub(in crate::emulator) const fn clear(self) -> usize {
        self.header.saturating_add(self.data).saturating_add(self.tail)
    }

    /// How many bytes may be enciphered.
    pub(super) const fn covered(self) -> usize {
        self.data.saturating_add(self.tail)
    }
}
