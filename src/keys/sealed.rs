// SPDX-License-Identifier: MIT OR Apache-2.0
//! Key files inside age: the text of a [`KeyFile`](super::KeyFile), under a passphrase (scrypt) or for
//! recipients (X25519), as bytes or armored.
//!
//! They are opened in memory only. What `age` and `rage` write is read here and the other way round
//! (<https://c2sp.org/age>). All but [`is_sealed`] needs the feature `age`.

#[cfg(feature = "age")]
mod error;
#[cfg(feature = "age")]
mod open;
#[cfg(feature = "age")]
mod seal;
#[cfg(feature = "age")]
#[cfg(test)]
mod tests;

#[cfg(feature = "age")]
pub use error::SealedError;
#[cfg(feature = "age")]
pub use open::{Opener, Sealed, Takes};
#[cfg(feature = "age")]
pub use seal::Sealer;

/// Whether a file begins as age files do, armored ones and those of later versions included.
#[must_use]
pub fn is_sealed(bytes: &[u8]) -> bool {
    bytes.starts_with(BINARY) || is_armored(bytes)
}

/// White space before the armor is no part of it.
fn is_armored(bytes: &[u8]) -> bool {
    bytes.trim_ascii_start().starts_with(ARMOR)
}

const BINARY: &[u8] = b"age-encryption.org/";
const ARMOR: &[u8] = b"-----BEGIN AGE ENCRYPTED FILE-----";
