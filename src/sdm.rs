// SPDX-License-Identifier: MIT OR Apache-2.0
//! The server's half of secure dynamic messaging: is this address read from the tag that it says, and now?
//!
//! A tag that was made by a profile with an [`sdm`](crate::profile#secure-dynamic-messaging) entry gives another
//! address at each reading. A [`Verifier`] takes the same profile and keys, and one address after the other. It
//! deciphers UID and read counter, makes that tag's key, compares the MAC, and asks a [`Counters`] whether the
//! counter is higher than any that was seen. Whoever sent the address learns whether it was taken, and never
//! why not: every refusal looks alike, and the same is reckoned for each ([`Refused`]).
//!
//! ```
//! use cardwright::sdm::{Memory, Verifier};
//! use cardwright::{Job, KeyFile, Profile};
//!
//! let profile = Profile::parse(include_str!("../examples/data/profiles/sun.toml"))?;
//! let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml"))?;
//! let job = Job::new(profile, &keys)?;
//! let (verifier, counters) = (Verifier::new(&job)?, Memory::default());
//! let address = "https://example.com/t/00101?e=00000000000000000000000000000000&c=0000000000000000";
//! assert!(verifier.verify(address, &counters).is_err());
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```
//!
//! What the MAC does not cover anybody may change: it is taken from the `{ mirror = "from" }` of the profile on.
//! UID and counter it always covers, as its key is made of them. What the profile has in `{ mirror = "enciphered" }`
//! is deciphered for whoever asks the verifier, and so is the tamper status. Tags in LRP are those of a profile
//! whose `sdm` has `suite = "lrp"`: the length of the PICC data would not tell where the UID stands in clear, nor
//! where everything behind them stands. Sources: NXP AN12196; NT4H2421Gx, secure dynamic messaging; AN12304.

mod address;
mod counters;
mod crypt;
mod example;
mod form;
mod pieces;
mod refused;
mod verifier;

pub use address::address;
pub use counters::{Counters, CountersError, Memory};
pub use example::ExampleError;
pub use pieces::{Pieces, PiecesError};
pub use refused::{Reason, Refused, VerifierError, VerifyError};
pub use verifier::{Seen, Verifier};
