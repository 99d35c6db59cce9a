// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys of a card with which applications are delegated.

use std::error::Error;

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
        let uid =
            card.uid.real().ok_or("the card hides its UID, from which its keys are made")?.clone();
        let master =
            self.card_profile.card().ok_or("the owner's profile has no PICC master key")?;
        let master = self.made(&self.card_profile[master.master_key], &uid, KeyNo::MASTER)?;
        let delegation =
            self.profile.delegation().ok_or("the profile has no delegated application")?;
        let manager = self.made(&self.profile[delegation.key], &uid, PiccKey::DamAuth.number())?;
        let transport = card.transport;
        for (which, key) in [
            (PiccKey::DamAuth, &manager),
            (PiccKey::DamMac, &self.owner.mac),
            (PiccKey::DamEnc, &self.owner.enc),
        ] {
            // Zeros as a new card has them, or the key itself from an earlier time.
            let zero = CardKey::zero_aes();
            match open(transport, &master)?.change_picc_key(which, key, &zero) {
                Err(CardError::Refused { status: Status::IntegrityError, .. }) => {
                    let _same = open(transport, &master)?.change_picc_key(which, key, key)?;
                }
                changed => {
                    let _changed = changed?;
                }
            }
        }
        Ok(())
    }

    fn made(&self, spec: &KeySpec, uid: &RealUid, no: KeyNo) -> Result<CardKey, Box<dyn Error>> {
        let issuer = self.store.issuer(&spec.reference, spec.version);
        let issuer = issuer.map_err(|error| format!("key {}: {error}", spec.reference))?;
        let subject = Subject { uid: Some(uid), aid: Aid::PICC, no, fields: None };
        Ok(spec.card_key(&*issuer, &subject)?)
    }
}

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
