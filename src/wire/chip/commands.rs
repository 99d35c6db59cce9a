// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which commands a chip knows.

use core::fmt;

use crate::wire::Ins;

/// A set of native commands.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Commands {
    /// Instruction bytes 00 to 7F, a bit each.
    low: u128,
    /// 80 to FF.
    high: u128,
}

impl Commands {
    /// These.
    #[must_use]
    pub const fn of(commands: &[Ins]) -> Self {
        Self { low: 0, high: 0 }.and(commands)
    }

    /// These too.
    #[must_use]
    pub const fn and(mut self, commands: &[Ins]) -> Self {
        let mut rest = commands;
        while let Some((first, others)) = rest.split_first() {
            let [low, high] = bits(first.code());
            self.low |= low;
            self.high |= high;
            rest = others;
        }
        self
    }

    /// Whether the set has this one.
    #[must_use]
    pub const fn has(self, ins: Ins) -> bool {
        let [low, high] = bits(ins.code());
        self.low & low != 0 || self.high & high != 0
    }

    /// Those of the set that have a name.
    pub fn iter(self) -> impl Iterator<Item = Ins> {
        Ins::ALL.iter().copied().filter(move |&ins| self.has(ins))
    }
}

/// The bit of an instruction byte in either half.
const fn bits(code: u8) -> [u128; 2] {
    let bit = 1 << (code & 0x7F);
    if code < 0x80 { [bit, 0] } else { [0, bit] }
}

impl fmt::Debug for Commands {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(self.iter()).finish()
    }
}
