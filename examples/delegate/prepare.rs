// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys of a card with which applications are delegated.

use std::error::Error;
use std::fmt;

use cardwright::diversify::Subject;
use cardwright::host::{Error as CardError, Picc, Secure, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::keys::Store;
use cardwright::profile::{KeySpec, Profile};
use cardwright::transport::{InField, Transport};
use cardwright::wire::{Aid, KeyNo, Opening, PiccKey, Status};
use rand::Rng;
use rand::rngs::StdRng;

use crate::owner_keys::OwnerKeys;

/// What is set on a card, and what opens it.
pub(crate) struct Keys<'a> {
    pub(crate) profile: &'a Profile,
    pub(crate) card_profile: &'a Profile,
    pub(crate) store: &'a dyn Store,
    pub(crate) owner: OwnerKeys,
}

impl Keys<'_> {
    /// Sets the three keys. One that is there already is left.
    pub(crate) fn set(&self, card: InField<&mut dyn Transport>) -> Result<(), Box<dyn Error>> {
        let InField { uid, transport, .. } = card;
        let master =
            self.card_profile.card().ok_or("the owner's profile has no PICC master key")?;
        let spec = &self.card_profile[master.master_key];
        let (uid, master) = match uid.real() {
            Some(uid) => (uid.clone(), self.made(spec, Some(uid), KeyNo::MASTER)?),
            None if spec.needs_uid() => {
                let why = "the card hides its UID, which its PICC master key is made from: a session of another key \
                           would have to tell it";
                return Err(why.into());
            }
            None => {
                let master = self.made(spec, None, KeyNo::MASTER)?;
                (open(transport, &master)?.card_uid()?.value, master)
            }
        };
        let delegation =
            self.profile.delegation().ok_or("the profile has no delegated application")?;
        let manager =
            self.made(&self.profile[delegation.key], Some(&uid), PiccKey::DamAuth.number())?;
        for (which, key, name) in [
            (PiccKey::DamAuth, &manager, "DAMAuthKey"),
            (PiccKey::DamMac, &self.owner.mac, "DAMMACKey"),
            (PiccKey::DamEnc, &self.owner.enc, "DAMENCKey"),
        ] {
            // Zeros as a new card has them, or the key itself from an earlier time.
            let zero = CardKey::zero_aes();
            match open(transport, &master)?.change_picc_key(which, key, &zero) {
                Err(CardError::Refused { status: Status::IntegrityError, .. }) => {
                    match open(transport, &master)?.change_picc_key(which, key, key) {
                        Err(CardError::Refused { status: Status::IntegrityError, .. }) => {
                            return Err(OtherKey(name).into());
                        }
                        same => {
                            let _same = same?;
                        }
                    }
                }
                changed => {
                    let _changed = changed?;
                }
            }
        }
        Ok(())
    }

    fn made(
        &self,
        spec: &KeySpec,
        uid: Option<&RealUid>,
        no: KeyNo,
    ) -> Result<CardKey, Box<dyn Error>> {
        let issuer = self.store.issuer(&spec.reference, spec.version);
        let issuer = issuer.map_err(|error| format!("key {}: {error}", spec.reference))?;
        let subject = Subject { uid, aid: Aid::PICC, no, fields: None };
        Ok(spec.card_key(&*issuer, &subject)?)
    }
}

/// A card that was prepared with another key, which a card has to be told to take a new one.
#[derive(Debug)]
pub(crate) struct OtherKey(&'static str);

impl fmt::Display for OtherKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(name) = self;
        write!(
            f,
            "the card has another {name} already, and takes a new one only from who knows that: name the keys and \
             the profile with which it was prepared"
        )
    }
}

impl Error for OtherKey {}

/// A session of the PICC master key.
fn open<'t>(
    transport: &'t mut dyn Transport,
    master: &CardKey,
) -> Result<Session<'t, Picc, Secure>, Box<dyn Error>> {
    let mut nonce = [0; 16];
    let mut random: StdRng = rand::make_rng();
    random.fill_bytes(&mut nonce);
    let session = Session::open(transport).select_picc().map_err(|failed| failed.error)?;
    let opened = session.authenticate(Opening::Ev2First, KeyNo::MASTER, master, &nonce);
    Ok(opened.map_err(|failed| failed.error)?)
}
