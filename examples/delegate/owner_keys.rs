// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys with which the owner of cards permits.

use std::error::Error;

use cardwright::diversify::undiversified;
use cardwright::host::delegated::DelegationKeys;
use cardwright::key::{CardKey, LowBits};
use cardwright::keys::Store;
use cardwright::profile::{AppTransport, Profile};
use cardwright::wire::KeyVersion;

use crate::arguments::From;
use crate::issuer;

/// The two keys that permit, which are the same on all cards.
pub(crate) struct OwnerKeys {
    pub(crate) enc: CardKey,
    pub(crate) mac: CardKey,
}

impl OwnerKeys {
    pub(crate) fn read(from: &From, keys: &dyn Store) -> Result<Self, Box<dyn Error>> {
        let key = |name: &str,
                   asked: (&str, Option<KeyVersion>)|
         -> Result<CardKey, Box<dyn Error>> {
            let told = |error: &dyn std::fmt::Display| format!("{}: {error}", from.keys.display());
            let version = issuer::version(keys, name, asked)
                .map_err(|error| told(&format!("{name}: {error}")))?;
            let issuer = keys.issuer(name, version).map_err(|error| told(&error))?;
            Ok(undiversified(&*issuer, version, LowBits::Kept).map_err(|error| told(&error))?)
        };
        if (&from.enc_key, from.enc_version) == (&from.mac_key, from.mac_version) {
            let why =
                "DAMENCKey and DAMMACKey are one key: name another with --enc-key or --mac-key";
            return Err(why.into());
        }
        let enc = key(&from.enc_key, ("--enc-version", from.enc_version))?;
        Ok(Self { enc, mac: key(&from.mac_key, ("--mac-version", from.mac_version))? })
    }

    /// What makes permissions.
    pub(crate) fn into_delegation(self) -> Result<DelegationKeys, Box<dyn Error>> {
        Ok(DelegationKeys::new(self.enc, self.mac)
            .map_err(|_| "DAMENCKey and DAMMACKey are AES keys, type \"aes128\"")?)
    }
}

/// The key that the application of the profile starts with.
pub(crate) fn start(profile: &Profile, keys: &dyn Store) -> Result<CardKey, Box<dyn Error>> {
    let AppTransport::Key(spec) = &profile.transport().app else { return Ok(CardKey::zero_aes()) };
    let subject = cardwright::diversify::Subject {
        uid: None,
        aid: cardwright::wire::Aid::PICC,
        no: cardwright::wire::KeyNo::MASTER,
        fields: None,
    };
    let issuer = keys.issuer(&spec.reference, spec.version);
    let issuer = issuer.map_err(|error| format!("key {}: {error}", spec.reference))?;
    Ok(spec.card_key(&*issuer, &subject)?)
}
