// SPDX-License-Identifier: MIT OR Apache-2.0
//! Makes access cards: a card profile, one cardholder's record and a key store go in; an encoded,
//! proven MIFARE DESFire card and a receipt come out.
//!
//! # The paved path
//!
//! A [`Profile`] states what a card must *be*; it is parsed and checked once. A [`Job`] binds it to
//! the keys it names. An [`Encoder`] takes a card in the field and a [`Record`], finds out what the
//! card is, does the rest and proves it. What comes back is an [`Outcome`] and a [`Receipt`] that
//! grades every key, setting and file by what the card showed.
//!
//! ```
//! # #[cfg(feature = "emulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use cardwright::emulator::{Model, SoftCard};
//! use cardwright::iso14443::RealUid;
//! use cardwright::{Encoder, Job, KeyFile, Outcome, Profile, Records};
//!
//! let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml"))?;
//! let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml"))?;
//! let job = Job::new(profile, &keys)?;
//! let records = include_bytes!("../examples/data/door-records.csv");
//! let records = Records::csv(job.profile(), records)?;
//! let record = records.entries[0].as_ref().map_err(Clone::clone)?;
//!
//! // A card from the factory; a reader hands out its own.
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let mut card = SoftCard::new(Model::Ev2_8k, uid, 1);
//!
//! let mut encoder = Encoder::new(&job);
//! let encoded = encoder.encode(card.in_field(), record);
//! assert_eq!(encoded.outcome, Outcome::Done);
//! assert_eq!(encoded.receipt.exchanges, 32);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "emulator"))]
//! # fn main() {}
//! ```
//!
//! Several readers at once are a [`Station`], to which a program gives orders and from which it takes
//! receipts: [its page](station) begins with one of twenty lines. Whatever carries bytes to a card
//! implements [`Transport`]; with the UID that its card showed it makes an [`InField`].
//!
//! The same engine does more with a card, by the job's [`Task`](encode::Task): it verifies a finished
//! one, brings it new keys or contents, or makes it blank again. What no command can take back needs
//! the caller's word ([`Job::allowing`](encode::Job::allowing)), and
//! [`Encoder::plan`](encode::Encoder::plan) tells what would be done, with what it costs.
//!
//! Files of records come as somebody exported them: an [`Import`](profile::Import) table says how one is
//! written, and the feature `encodings` (on unless switched off) brings Windows-1252, Latin-9 and Shift_JIS
//! besides UTF-8, UTF-16 and Latin-1. Each mistake has a stable [`code`]; with the feature `schema` what
//! machines read has a JSON Schema, as `Profile::schema` gives one.
//!
//! # The layers
//!
//! Each imports only those above it; a test reads the sources and holds this.
//!
//! | layer | modules |
//! |---|---|
//! | ground | `alike`, [`bytes`], [`code`], `day`, `secret`, [`belief`], [`shown`] |
//! | primitives | `crypto`, [`checksum`], [`iso14443`], [`iso7816`] |
//! | vocabulary | [`wire`], [`key`], [`diversify`], [`credential`], [`originality`] |
//! | link | [`timing`], [`transport`] |
//! | pens | [`host`] and `emulator`, which never import each other |
//! | stores | [`keys`], and [`reader`]; `emulator::reader`, which software cards are put on |
//! | work | [`diagnose`], [`profile`], [`sheet`], then [`encode`], [`sdm`], [`survey`] and [`station`]; [`picture`] of all that |
//!
//! The two pens share primitives, codecs and names. Session keys, initial values, MAC inputs,
//! counters, cryptograms and frame splitting are written twice, so that a mistake in one meets
//! another opinion in the other; and since both were written from the same documents, each is held
//! by published vectors and captures too. What nothing from outside holds is listed:
//! [`host::BELIEFS`] and `emulator::BELIEFS`.
//!
//! # Sources
//!
//! NXP AN10922 (key diversification), AN12196 and AN12343 (EV2 messaging, with worked examples),
//! AN10957; the data sheets NT4H2421Gx and MF2DL(H)x0; ISO/IEC 7816-4, ISO/IEC 14443-3 and -4;
//! NIST SP 800-38A and SP 800-38B; captures that other projects have published, each named in
//! `tests/vectors/README.md`.
//!
//! Not affiliated with or endorsed by NXP. MIFARE and DESFire are trademarks of NXP B.V.

mod alike;
pub mod belief;
pub mod bytes;
pub mod code;
mod day;
#[doc(hidden)]
pub mod secret;
pub mod shown;

pub mod checksum;
#[doc(hidden)]
pub mod crypto;
pub mod iso14443;
pub mod iso7816;

pub mod wire;

pub mod key;

pub mod diversify;

pub mod credential;

pub mod originality;

pub mod timing;
pub mod transport;

#[cfg(feature = "emulator")]
pub mod emulator;
pub mod host;

pub mod keys;

pub mod reader;

pub mod diagnose;

pub mod profile;

pub mod sheet;

pub mod encode;

pub mod sdm;

pub mod survey;

pub mod station;

pub mod picture;

pub use encode::{Encoder, Job, Outcome, Receipt};
pub use keys::KeyFile;
pub use profile::{Profile, Record, Records};
pub use station::Station;
pub use transport::{InField, Transport};

#[cfg(test)]
#[path = "../tests/vectors/loader.rs"]
mod vectors;

/// Compiles and runs the code of the README.
#[cfg(all(doctest, feature = "emulator"))]
#[doc = include_str!("../README.md")]
pub struct Readme;
