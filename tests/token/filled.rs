// SPDX-License-Identifier: MIT OR Apache-2.0
//! A token that is filled, as somebody does it with another program.

use cryptoki::context::{CInitializeArgs, CInitializeFlags, Pkcs11};
use cryptoki::object::{Attribute, KeyType, ObjectClass};
use cryptoki::session::{Session, UserType};
use cryptoki::types::AuthPin;

use crate::bed::SOFTHSM;
use crate::common::KEYS;

pub(crate) const PIN: &str = "2468";

/// One that is being filled; what fills it ends with it.
pub(crate) struct Token {
    client: Pkcs11,
    session: Option<Session>,
}

impl Token {
    pub(crate) fn new(label: &str) -> Self {
        Self::with_pin(label, PIN)
    }

    pub(crate) fn with_pin(label: &str, user: &str) -> Self {
        let client = Pkcs11::new(SOFTHSM).unwrap();
        client.initialize(CInitializeArgs::new(CInitializeFlags::OS_LOCKING_OK)).unwrap();
        let pin = |pin: &str| AuthPin::from(pin.to_owned());
        let slots = client.get_slots_with_token().unwrap();
        let slot = *slots.last().unwrap();
        client.init_token(slot, &pin("13579"), label).unwrap();
        let session = client.open_rw_session(slot).unwrap();
        session.login(UserType::So, Some(&pin("13579"))).unwrap();
        session.init_pin(&pin(user)).unwrap();
        session.logout().unwrap();
        session.login(UserType::User, Some(&pin(user))).unwrap();
        Self { client, session: Some(session) }
    }

    /// A key as it has to be.
    pub(crate) fn key(&self, label: &str, version: u8, kind: KeyType, value: &[u8]) {
        self.put(label, Some(version), kind, value, &[]);
    }

    pub(crate) fn put(
        &self,
        label: &str,
        version: Option<u8>,
        kind: KeyType,
        value: &[u8],
        more: &[Attribute],
    ) {
        let mut key = vec![
            Attribute::Class(ObjectClass::SECRET_KEY),
            Attribute::KeyType(kind),
            Attribute::Label(label.as_bytes().to_vec()),
            Attribute::Value(value.to_vec()),
            Attribute::Token(true),
            Attribute::Private(true),
        ];
        key.extend(version.map(|version| Attribute::Id(vec![version])));
        let usual = [
            Attribute::Sensitive(true),
            Attribute::Extractable(false),
            Attribute::Encrypt(true),
            Attribute::Sign(true),
        ];
        let same =
            |one: &Attribute, other: &Attribute| one.attribute_type() == other.attribute_type();
        key.extend(usual.into_iter().filter(|usual| !more.iter().any(|own| same(own, usual))));
        key.extend_from_slice(more);
        self.session.as_ref().unwrap().create_object(&key).unwrap();
    }

    /// Every key of the key file of the demonstration, and its receipt key.
    pub(crate) fn demonstration(&self) {
        self.keys_of(KEYS);
    }

    /// Every key of a key file, and its receipt key.
    pub(crate) fn keys_of(&self, file: &str) {
        let file: toml::Table = file.parse().unwrap();
        let receipt = hex::decode(file["receipt"].as_str().unwrap()).unwrap();
        self.put("receipt", None, KeyType::GENERIC_SECRET, &receipt, &[]);
        for key in file["key"].as_array().unwrap() {
            let kind = match key["type"].as_str().unwrap() {
                "aes128" => KeyType::AES,
                "2k3des" => KeyType::DES2,
                _ => KeyType::DES3,
            };
            let version = u8::try_from(key["version"].as_integer().unwrap()).unwrap();
            let value = hex::decode(key["value"].as_str().unwrap()).unwrap();
            self.key(key["name"].as_str().unwrap(), version, kind, &value);
        }
    }
}

impl Drop for Token {
    fn drop(&mut self) {
        drop(self.session.take());
        self.client.clone().finalize().unwrap();
    }
}
