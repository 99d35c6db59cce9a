// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is on a card, of whatever product and in whatever state: a look that changes nothing, never
//! stops at something odd, and comes to an end.
//!
//! [`survey`] asks everything that a card tells, first what is free and then what the keys at hand
//! open. Whatever it cannot read stays in its place as an answer of another kind ([`Seen`]): a refusal,
//! a reply that does not fit with its bytes, a question that was not asked. A card of another product is
//! named, asked only what is free, and never authenticated to.
//!
//! ```
//! # #[cfg(feature = "emulator")]
//! # fn main() {
//! use cardwright::emulator::{Model, SoftCard};
//! use cardwright::iso14443::RealUid;
//! use cardwright::survey::{Sight, Worst, survey};
//! use cardwright::wire::Product;
//!
//! let uid = RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]);
//! let mut card = SoftCard::new(Model::Ev2_8k, uid, 1);
//! let sight = Sight { uid: Some(card.uid()), historical: Vec::new() };
//! let mut rng: rand::rngs::StdRng = rand::make_rng();
//! let seen = survey(&mut card, sight, None, &mut rng, 200);
//! assert_eq!(seen.product, Some(Product::Ev2));
//! assert_eq!(seen.applications.value().map(Vec::len), Some(0));
//! assert!(seen.worst <= Worst::Refused);
//! # }
//! # #[cfg(not(feature = "emulator"))]
//! # fn main() {}
//! ```

mod application;
mod door;
mod leash;
mod look;
mod seen;
#[cfg(test)]
mod tests;

use rand::CryptoRng;

use crate::diversify::Subject;
use crate::host::{DelegatedInfo, Grade};
use crate::iso14443::{RealUid, Uid};
use crate::key::CardKey;
use crate::originality::Finding;
use crate::secret::Secret;
use crate::transport::Transport;
use crate::wire::{
    Aid, DfEntry, FileDetails, FileNo, Generation, IsoDf, KeyDetails, KeyNo, KeyVersion, PiccKey,
    Product, UidForm, Version,
};

pub use door::{By, Door, DoorApplication, DoorFile, KeyFailure, ReaderKeyError, ReaderKeys, door};
pub use seen::{Seen, Worst};

/// What is known of a card before the first command.
#[derive(Debug, Clone, Default)]
#[expect(clippy::exhaustive_structs, reason = "what readers tell")]
pub struct Sight {
    /// The UID of the anticollision, where the reader tells it.
    pub uid: Option<Uid>,
    /// The historical bytes of its answer to select or to reset; empty where the reader tells none.
    pub historical: Vec<u8>,
}

/// The keys at hand. They are tried on DESFire cards alone, each once for the slot that it is for.
pub trait Keyring {
    /// What the PICC master key may be, the likeliest first, for the card with this UID.
    fn picc(&self, uid: Option<&RealUid>) -> Vec<CardKey>;

    /// The key of a slot of an application, where there is one.
    fn application(&self, subject: &Subject<'_>) -> Option<CardKey>;

    /// The slots of delegated applications that are asked for; none unless named. A card does not list them.
    fn slots(&self) -> Vec<u16> {
        Vec::new()
    }
}

/// What was seen of a card.
#[derive(Debug)]
#[non_exhaustive]
pub struct Survey {
    /// What the anticollision showed.
    pub uid: Option<Uid>,
    /// The UID that the card was made with, where it shows it or a key could fetch it.
    pub real_uid: Option<RealUid>,
    /// What it is; `None` for a product that is not known.
    pub product: Option<Product>,
    /// What it says of its hardware and software.
    pub version: Seen<Version>,
    /// What its signature is worth.
    pub originality: Seen<Finding>,
    /// How many bytes are free.
    pub free_memory: Seen<u32>,
    /// The PICC master key.
    pub master: Slot,
    /// The settings of the PICC level.
    pub settings: Seen<KeyDetails>,
    /// What a card tells of delegated applications, where the keys at hand name any slot and the chip has them.
    pub delegation: Option<Delegation>,
    /// The names of applications for ISO commands. Asked with the PICC master key of EV2 and EV3
    /// only, of others without a key: some EV1 cards are switched off by GetDFNames in a session
    /// (reported of cards in the field).
    pub names: Seen<Vec<DfEntry>>,
    /// The applications, in the card's order.
    pub applications: Seen<Vec<Application>>,
    /// How many exchanges it took.
    pub exchanges: u32,
    /// The worst of everything that was seen.
    pub worst: Worst,
}

impl Survey {
    /// What the UID of the anticollision is, judged by the product. One that is no DESFire is taken
    /// to draw a random one as the standard says, by which EV2 cards go.
    #[must_use]
    pub fn uid_form(&self) -> UidForm {
        let generation = self.product.and_then(Product::generation).unwrap_or(Generation::Ev2);
        self.uid.as_ref().map_or(UidForm::Nothing, |uid| UidForm::on(generation, uid))
    }
}

/// What a card tells of delegated applications.
#[derive(Debug)]
#[non_exhaustive]
pub struct Delegation {
    /// DAMAuthKey, DAMMACKey and DAMENCKey, with their versions.
    pub keys: Vec<(PiccKey, Seen<KeyVersion>)>,
    /// The slots that were asked for, and what each holds.
    pub slots: Vec<(u16, Seen<DelegatedInfo>)>,
}

/// A key slot.
#[derive(Debug)]
#[non_exhaustive]
pub struct Slot {
    /// Its number.
    pub no: KeyNo,
    /// The version of the key in it.
    pub version: Seen<KeyVersion>,
    /// Whether the key at hand opened it.
    pub opens: Opens,
}

/// Whether a key at hand opened a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "it opens or not, or none was at hand")]
pub enum Opens {
    /// It did.
    Yes,
    /// The slot holds another key.
    No,
    /// No key was at hand.
    NotTried,
}

/// An application.
#[derive(Debug)]
#[non_exhaustive]
pub struct Application {
    /// Its AID.
    pub aid: Aid,
    /// Its identifier and name for ISO commands.
    pub iso: Option<IsoDf>,
    /// Whether it could be selected; where not, nothing else of it was asked.
    pub selected: Seen<()>,
    /// Its settings.
    pub settings: Seen<KeyDetails>,
    /// Its keys, of the active key set.
    pub keys: Vec<Slot>,
    /// The versions of its key sets, where it has several.
    pub key_sets: Option<Seen<Vec<KeyVersion>>>,
    /// Its files, in the card's order.
    pub files: Seen<Vec<File>>,
}

/// A file.
#[derive(Debug)]
#[non_exhaustive]
pub struct File {
    /// Its number.
    pub no: FileNo,
    /// Kind, mode, rights and what later generations have.
    pub details: Seen<FileDetails>,
    /// What is in it.
    pub contents: Seen<Contents>,
}

/// What is in a file.
#[derive(Debug)]
#[expect(clippy::exhaustive_enums, reason = "data, a value or records")]
pub enum Contents {
    /// The bytes of a data or transaction MAC file.
    Data {
        /// The bytes.
        bytes: Secret<Vec<u8>>,
        /// What holds them.
        grade: Grade,
    },
    /// The number in a value file.
    Value {
        /// The number.
        value: Secret<i32>,
        /// What holds it.
        grade: Grade,
    },
    /// The records of a record file, the oldest first.
    Records {
        /// The records.
        records: Vec<Secret<Vec<u8>>>,
        /// What holds them.
        grade: Grade,
    },
}

/// Looks at a card, with at most so many exchanges. What it has selected or authenticated is lost.
///
/// Where the card breaks off a chain or does not end one, it is no longer believed to come to an end by
/// itself: then only a few more exchanges are made.
pub fn survey<R: CryptoRng>(
    card: &mut dyn Transport,
    sight: Sight,
    keys: Option<&dyn Keyring>,
    rng: &mut R,
    most: u32,
) -> Survey {
    let leash = leash::Leash::new(card, most);
    look::Look::new(&leash, sight, keys, rng).card()
}
