// SPDX-License-Identifier: MIT OR Apache-2.0
//! What an issuer key can be asked to do.

use core::fmt;

/// One thing that an issuer key does, where it can.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a further operation must break every match")]
pub enum Operation {
    /// CMAC of a message (NIST SP 800-38B).
    Cmac,
    /// CBC encryption from any chaining value (NIST SP 800-38A, 6.2).
    Cbc,
    /// ECB encryption, block by block (NIST SP 800-38A, 6.1).
    Ecb,
    /// Hands itself out, where a site has the same key on every card or the scheme of SAM AV1 mixes
    /// the key's own bytes in. A key that never leaves its token cannot.
    Itself,
}

impl Operation {
    /// All of them.
    pub const ALL: [Self; 4] = [Self::Cmac, Self::Cbc, Self::Ecb, Self::Itself];
}

impl fmt::Display for Operation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Cmac => "CMAC",
            Self::Cbc => "CBC",
            Self::Ecb => "ECB",
            Self::Itself => "handing itself out",
        })
    }
}

/// A set of operations.
#[derive(Clone, Copy, PartialEq, Eq, Hash)]
pub struct Operations(u8);

impl Operations {
    /// None of them.
    pub const NONE: Self = Self(0);
    /// All of them, as a key in memory has.
    pub const ALL: Self = Self::NONE
        .with(Operation::Cmac)
        .with(Operation::Cbc)
        .with(Operation::Ecb)
        .with(Operation::Itself);

    /// The same and one more.
    #[must_use]
    pub const fn with(self, operation: Operation) -> Self {
        Self(self.0 | bit(operation))
    }

    /// The same without one.
    #[must_use]
    pub const fn without(self, operation: Operation) -> Self {
        Self(self.0 & !bit(operation))
    }

    /// Whether one is among them.
    #[must_use]
    pub const fn has(self, operation: Operation) -> bool {
        self.0 & bit(operation) != 0
    }
}

const fn bit(operation: Operation) -> u8 {
    1 << operation as u8
}

impl fmt::Debug for Operations {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_set().entries(Operation::ALL.into_iter().filter(|one| self.has(*one))).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_set_has_what_was_put_in_and_not_taken_out() {
        let set = Operations::NONE.with(Operation::Cmac).with(Operation::Itself);
        assert_eq!(Operation::ALL.map(|one| set.has(one)), [true, false, false, true]);
        assert_eq!(format!("{set:?}"), "{Cmac, Itself}");
        let less = Operation::ALL.into_iter().fold(Operations::ALL, |set, one| {
            assert!(set.has(one));
            set.without(one)
        });
        assert_eq!(less, Operations::NONE);
    }
}
