// SPDX-License-Identifier: MIT OR Apache-2.0
//! The software card. Knows the wire; does not know there is a host.
//!
//! A DESFire D40, EV1, EV2, EV3 or Light card, or an NTAG 424 DNA, in memory: native commands, wrapped or as they are, and ISO
//! 7816-4 commands in, replies out, with the card's own keys, files, transactions and secure messaging,
//! written from the protocol references alone. Whatever bytes come in, it answers at least a status,
//! unless it was told to lose its power.
//!
//! Time is virtual and randomness seeded, so the same card with the same seed given the same
//! commands answers the same bytes after the same time. What no vector or capture holds is listed
//! in [`BELIEFS`], and where two readings are likely [`Behaviour`] switches between them.
//!
//! ```
//! use cardwright::emulator::{Model, SoftCard};
//! use cardwright::iso14443::RealUid;
//! use cardwright::transport::{ReplyBuf, Transport};
//!
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let mut card = SoftCard::new(Model::Ev2_8k, uid, 1);
//! let mut reply = ReplyBuf::new();
//! // GetVersion, its first part: hardware of NXP, and more to come.
//! card.exchange(&[0x90, 0x60, 0x00, 0x00, 0x00], &mut reply)?;
//! assert_eq!(reply[..4], [0x04, 0x01, 0x01, 0x12]);
//! assert!(reply.ends_with(&[0x91, 0xAF]));
//!
//! // Out of the field and back. Kept, it goes on in another run, as it was.
//! card.reset();
//! let again = SoftCard::restore(&card.save(), 2)?;
//! assert_eq!(again.uid(), card.uid());
//! # Ok(())
//! # }
//! ```

mod application;
mod behaviour;
mod beliefs;
mod card;
mod channel;
mod clock;
mod command;
mod configuration;
mod definition;
mod delegation;
mod dispatch;
mod failures;
mod file;
mod frames;
mod grant;
mod handshake;
mod iso;
mod key_sets;
mod keys;
mod lrp;
mod memory;
mod mirror;
mod model;
mod nonces;
mod power;
mod proximity;
mod reader;
mod rule;
mod rules;
mod sdm;
mod seal;
mod signature;
mod soft_card;
mod state;
mod transaction;
mod transaction_mac;

#[cfg(test)]
mod tests;

pub use behaviour::{
    Behaviour, BothRights, Candidate, Candidates, CommandFrame, D40Error, HalfCompare,
    Interruption, Reauthentication, StrayFrame,
};
pub use beliefs::BELIEFS;
pub use model::{Model, ModelError, Tally};
pub use reader::presentation::Presentation;
pub use reader::{Feed, SoftReader};
pub use seal::SealWire;
pub use soft_card::SoftCard;
pub use state::StateError;
