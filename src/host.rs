// SPDX-License-Identifier: MIT OR Apache-2.0
//! The host's side of a DESFire card: sessions, secure channels, one method per command.
//!
//! A [`Session`] says in its type which level is selected and whether a key has authenticated.
//! Each command is a method that returns an [`Answer`]: the value, and the grade of the evidence
//! for it. Whatever does not fit (a status, a MAC, a length, a padding) ends the session: it is
//! marked lost before the bytes go out and restored once the reply is proven.
//!
//! Inside, a conversation is a state machine that turns the card's reply into the next command;
//! one loop drives it over a [`Transport`](crate::transport::Transport).
//!
//! ```
//! # #[cfg(feature = "emulator")]
//! # fn main() -> Result<(), Box<dyn std::error::Error>> {
//! use cardwright::emulator::{Model, SoftCard};
//! use cardwright::host::{Grade, Session};
//! use cardwright::iso14443::RealUid;
//! use cardwright::key::CardKey;
//! use cardwright::wire::{KeyNo, Opening};
//!
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let mut card = SoftCard::new(Model::Ev1_8k, uid.clone(), 1);
//! let mut session = Session::open(&mut card);
//! let version = session.version()?;
//! assert_eq!(version.value.uid, Some(uid));
//! assert_eq!(version.grade, Grade::Said);
//!
//! // The challenge has to be random. A session that was opened is of another type, and a command that
//! // wants a key, or the PICC level, is a method of that type only.
//! let challenge = [7; 16];
//! let factory = CardKey::factory();
//! let opened = session.authenticate(Opening::Iso, KeyNo::MASTER, &factory, &challenge);
//! let mut session = opened.map_err(|failed| failed.error)?;
//! let uid = session.card_uid()?;
//! assert_eq!(uid.grade, Grade::Enciphered);
//! # Ok(())
//! # }
//! # #[cfg(not(feature = "emulator"))]
//! # fn main() {}
//! ```

mod answer;
mod beliefs;
mod channel;
pub(crate) mod command;
mod conversation;
pub mod delegated;
mod dialogue;
mod dynamic;
mod error;
mod file;
mod frames;
mod handshake;
mod line;
pub(crate) mod lrp;
#[cfg(feature = "originality")]
pub(crate) mod originality;
mod rule;
mod session;
pub mod transaction;

#[cfg(test)]
mod testing;
#[cfg(test)]
mod tests;

pub use answer::{Answer, Grade};
pub use beliefs::BELIEFS;
pub(crate) use channel::Protection;
pub use command::configuration::{Capabilities, CardConfiguration, CardSwitches, LegacyOff};
pub use command::delegated::DelegatedInfo;
pub use command::key_set::KeySetNo;
pub use command::light::{FileRename, LightConfiguration};
pub use command::picc::CardUids;
pub use command::proximity::{Checked, Proximity, Rounds};
pub(crate) use command::rule;
pub use command::tag::{FailureLimit, TagConfiguration};
pub use command::transaction::Transaction;
pub use command::transaction_mac::TransactionMacSettings;
pub(crate) use conversation::Conversation;
pub use dynamic::{SdmCipher, SdmError, SdmPart, SdmSettings};
pub use error::{Error, Failed, IsoCommand, Misbehaviour, Misuse};
pub use file::File;
pub(crate) use rule::{FRAME, Pace};
pub use session::{App, Auth, Level, Picc, Public, Secure, Session};
