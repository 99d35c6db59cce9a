// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card opens, by the host's commands and the profile's keys.

use cardwright::diversify::Subject;
use cardwright::emulator::SoftCard;
use cardwright::host::{App, File, Secure, Session};
use cardwright::key::CardKey;
use cardwright::keys::Store;
use cardwright::wire::{Aid, KeyNo, KeyVersion, Opening};
use cardwright::{KeyFile, Profile};

use crate::shared::{Failure, keys, profile};

/// The key that readers at doors have.
const READER: (&str, u8) = ("read", 1);

/// What a card is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Sight {
    /// It takes the key of the factory, and has no application.
    Blank,
    /// It takes the key of the factory, and has an empty application that takes the like: a card answers to
    /// that command without a session, also where it was put under another one's.
    Bare,
    /// None of these.
    Half,
    /// A reader at a door reads this number.
    Opens {
        number: u32,
        /// The other file is there, too, and the card's own key is the profile's.
        whole: bool,
    },
}

/// Who opens cards.
pub(crate) struct Opener {
    profile: Profile,
    keys: KeyFile,
    aid: Aid,
}

impl Opener {
    pub(crate) fn new() -> Result<Self, Failure> {
        let profile = profile()?;
        let aid = profile.applications().first().ok_or("the profile has no application")?.aid;
        Ok(Self { profile, keys: keys()?, aid })
    }

    /// The card's mark in receipts, and what it is.
    pub(crate) fn open(&self, card: &mut SoftCard) -> Result<(String, Sight), Failure> {
        let uid = card.uid();
        let mark = hex::encode(self.keys.receipt_key().hmac("card", uid.expose())?);
        let reader = self.key(READER.0, card, self.aid, READER.1)?;
        let own = self.key("picc", card, Aid::PICC, 0)?;
        let number = self.read(card, &reader);
        let owned = Self::takes(card, Opening::Aes, &own);
        let factory = Self::takes(card, Opening::Iso, &CardKey::factory());
        let sight = match number {
            Some((number, other)) => Sight::Opens { number, whole: other && owned },
            None if factory && !self.is_there(card) => Sight::Blank,
            None if factory && self.is_empty(card) => Sight::Bare,
            None => Sight::Half,
        };
        Ok((mark, sight))
    }

    fn key(&self, name: &str, card: &SoftCard, aid: Aid, no: u8) -> Result<CardKey, Failure> {
        let uid = card.uid();
        let no = KeyNo::new(no).ok_or("no such key number")?;
        let subject = Subject { uid: uid.real(), aid, no, fields: None };
        let spec = self.profile.keys().iter().find(|spec| spec.name == name);
        let spec = spec.ok_or("the profile has no such key")?;
        let issuer = self.keys.issuer(&spec.reference, spec.version)?;
        Ok(spec.card_key(&*issuer, &subject)?)
    }

    /// The number of the credential, and whether the other file tells the same.
    fn read(&self, card: &mut SoftCard, reader: &CardKey) -> Option<(u32, bool)> {
        card.reset();
        let session = Session::open(card).select_application(self.aid).ok()?;
        let no = KeyNo::new(READER.1)?;
        let opened = session.authenticate(Opening::Aes, no, reader, &[7; 16]);
        let mut session = opened.ok()?;
        let first = self.file(&mut session, 0).ok()?;
        let number = number(first.get(4..8)?, u32::from_be_bytes)?;
        // A file that was never written is zeros.
        let other = self.file(&mut session, 1).ok();
        let other = other.and_then(|other| number_of_other(&other));
        (number != 0).then_some((number, other == Some(number)))
    }

    fn takes(card: &mut SoftCard, opening: Opening, key: &CardKey) -> bool {
        card.reset();
        Session::open(card).authenticate(opening, KeyNo::MASTER, key, &[7; 16]).is_ok()
    }

    /// A file, as the profile has it: only the master key may list what the card says of it.
    fn file(&self, session: &mut Session<'_, App, Secure>, no: usize) -> Result<Vec<u8>, Failure> {
        let application = self.profile.applications().first();
        let file = application.and_then(|application| application.files.get(no));
        let file = file.ok_or("the profile has no such file")?;
        let read = session.read_data(&File::declared(file.no, file.settings), 0, 0)?;
        Ok(read.value.expose_secret().clone())
    }

    fn is_there(&self, card: &mut SoftCard) -> bool {
        card.reset();
        Session::open(card).select_application(self.aid).is_ok()
    }

    fn is_empty(&self, card: &mut SoftCard) -> bool {
        card.reset();
        let Ok(session) = Session::open(card).select_application(self.aid) else { return false };
        let key = CardKey::aes(&[0; 16], KeyVersion(0));
        let opened = session.authenticate(Opening::Aes, KeyNo::MASTER, &key, &[7; 16]);
        let files = opened.ok().and_then(|mut session| session.file_ids().ok());
        files.is_some_and(|files| files.value.is_empty())
    }
}

fn number(bytes: &[u8], order: fn([u8; 4]) -> u32) -> Option<u32> {
    bytes.try_into().ok().map(order)
}

/// `DOOR`, the facility in two bytes, the number in four.
fn number_of_other(file: &[u8]) -> Option<u32> {
    let rest = file.strip_prefix(b"DOOR")?;
    number(rest.get(2..6)?, u32::from_le_bytes)
}
