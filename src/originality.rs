// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether NXP made a chip: the signature over its UID that it got at the factory.
//!
//! Read_Sig ([`Session::originality_signature`](crate::host::Session::originality_signature)) brings
//! 56 bytes, an ECDSA signature on NIST P-224 over the seven bytes of the UID.
#![cfg_attr(feature = "originality", doc = "[`check`] verifies it with NXP's public [`KEYS`],")]
#![cfg_attr(not(feature = "originality"), doc = "`check` verifies it with NXP's public [`KEYS`],")]
//! which needs the feature `originality`.
//!
//! # What it proves
//!
//! The signature is static: the same bytes at every reading, in clear to everybody, and the chip
//! proves no secret with it. So it finds a copy that no genuine chip stands behind: whoever has no
//! genuine chip has no signature for the UID that he shows. It does not find a copy that repeats the
//! UID and the signature of a genuine chip, of which one reading is enough. Nor does a chip that says
//! that it has none ([`Finding::NotOffered`]) prove that it is an old one.
//!
//! Whoever has a signature and the public key can work out the UID, so it is hidden like one.

mod beliefs;
#[cfg(feature = "originality")]
mod check;
mod finding;
mod keys;
#[cfg(feature = "originality")]
pub mod test_key;
#[cfg(test)]
#[cfg(feature = "originality")]
mod tests;

pub use crate::wire::Product;
pub use beliefs::BELIEFS;
#[cfg(feature = "originality")]
pub use check::check;
pub use finding::{Finding, NotGenuine};
pub use keys::{KEYS, Key};

/// Whose signatures are taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
#[expect(clippy::exhaustive_enums, reason = "the test key, or not")]
pub enum Trust {
    /// NXP's alone.
    #[default]
    Maker,
    /// Those of the test key too, with which anybody can sign: for software cards.
    TestKeyToo,
}
