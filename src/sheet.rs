// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sheet for whoever sets up readers: where on a finished card everything stands that a reader may
//! read, which of its keys opens it, and an example from UID to card key and from bytes to numbers. It has
//! check values of keys, and no key.
//!
//! ```
//! use cardwright::iso14443::RealUid;
//! use cardwright::sheet::Sheet;
//! use cardwright::{KeyFile, Profile};
//!
//! let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml"))?;
//! let keys = KeyFile::parse(include_str!("../examples/data/test-keys.toml"))?;
//! let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
//! let sheet = Sheet::new(&profile, Some(&keys), &uid, None)?;
//! let read = &sheet.applications[0].keys[0];
//! assert_eq!((read.number, read.check.as_deref()), (1, Some("cmac-aes:719017")));
//! # Ok::<(), Box<dyn std::error::Error>>(())
//! ```

mod baltech;
mod error;
mod example;
mod files;
mod form;
mod kentix;
mod key_sets;
mod keys;
#[cfg(feature = "schema")]
mod schema;
mod text;

use serde::Serialize;

use crate::iso14443::RealUid;
use crate::keys::Store;
use crate::profile::{Application, Profile, Record};
use crate::wire::Messaging;

pub use error::SheetError;
pub use example::{Example, Told};
pub use files::{Part, SheetFile, Steps};
pub use form::{Form, FormError};
pub use key_sets::SheetKeySets;
pub use keys::{
    Diversification, FormerKey, InputBytes, KeyMessage, SheetKey, UidKey, WrittenSteps,
};

/// What a reader has to be told of the cards of a profile. The example's UID and values show in no
/// `Debug`, and stand in every form that is written.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Sheet {
    /// The version of this form, [`Sheet::SCHEMA`].
    pub schema: u32,
    /// The program that wrote it, with its version.
    pub program: String,
    /// The name of the profile.
    pub profile: String,
    /// SHA-256 over what the profile means, in hexadecimal digits.
    pub meaning: String,
    /// The chips that cards may be.
    pub chips: Vec<String>,
    /// The messaging that cards speak with a reader, the preferred one first.
    pub messaging: Vec<Messaging>,
    /// Whether cards show a random UID: then a reader first has to fetch the real one, in a session of a
    /// key that no UID goes into.
    pub random_uid: bool,
    /// The keys that do so; there are some where cards show a number in place of their UID too.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub uid_keys: Vec<UidKey>,
    /// The UID of the example, in hexadecimal digits, as the anticollision shows it.
    pub uid: Told,
    /// The applications in which a reader reads something, in the profile's order.
    pub applications: Vec<SheetApplication>,
}

/// An application, as far as a reader is concerned.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SheetApplication {
    /// The AID as it is written, most significant byte first.
    pub aid: String,
    /// The AID as it is sent, least significant byte first.
    pub aid_wire: String,
    /// The identifier for ISO/IEC 7816-4 commands.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iso_id: Option<String>,
    /// The name for ISO/IEC 7816-4 commands, in hexadecimal digits.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub df_name: Option<String>,
    /// The keys that a reader authenticates with, by their numbers.
    pub keys: Vec<SheetKey>,
    /// Its key sets, where the profile names some.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub key_sets: Option<SheetKeySets>,
    /// The slots that are left to other issuers, whose keys are not this profile's.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub foreign: Vec<ForeignKey>,
    /// The files that have contents of the profile's.
    pub files: Vec<SheetFile>,
}

/// A key slot that is left to another issuer.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct ForeignKey {
    /// Its number.
    pub number: u8,
    /// The issuer's name in the profile.
    pub issuer: String,
}

impl Sheet {
    /// The version of the form that this program writes. One is added where an entry goes away or comes
    /// to mean something else; entries that are new do not count.
    pub const SCHEMA: u32 = 1;

    /// The sheet of a profile. Without a store it has no check values, without a record no example of
    /// contents. The UID is that of the example: an invented one.
    ///
    /// # Errors
    /// [`SheetError`] for the first key that the store has not or that does not do what it is asked, and
    /// for a record that is not of this profile.
    pub fn new(
        profile: &Profile,
        store: Option<&dyn Store>,
        uid: &RealUid,
        record: Option<&Record>,
    ) -> Result<Self, SheetError> {
        let example = Example { uid, record };
        let uid_keys = UidKey::all(profile);
        let applications = profile.applications().iter().map(|spec| {
            let fetching = uid_keys.iter().filter(|key| key.aid == spec.aid.to_string());
            let fetching: Vec<u8> = fetching.map(|key| key.number).collect();
            SheetApplication::new(profile, spec, &fetching, store, example)
        });
        let applications = applications.collect::<Result<Vec<_>, _>>()?;
        Ok(Self {
            schema: Self::SCHEMA,
            program: concat!("cardwright ", env!("CARGO_PKG_VERSION")).to_owned(),
            profile: profile.name().to_owned(),
            meaning: hex::encode(profile.meaning()),
            chips: profile.chips().iter().map(ToString::to_string).collect(),
            messaging: profile.messaging().to_vec(),
            random_uid: profile.card().is_some_and(|card| card.random_uid),
            uid_keys,
            uid: Told::new(hex::encode_upper(uid.expose())),
            applications: applications.into_iter().filter(|one| !one.files.is_empty()).collect(),
        })
    }

    /// The sheet in one of its forms.
    ///
    /// # Errors
    /// What the writer of JSON says.
    pub fn to_form(&self, form: Form) -> serde_json::Result<String> {
        let json = match form {
            Form::Text => return Ok(self.text()),
            Form::Json => serde_json::to_string_pretty(self)?,
            Form::Baltech => serde_json::to_string_pretty(&self.baltech())?,
            Form::Kentix => serde_json::to_string_pretty(&self.kentix())?,
        };
        Ok(json + "\n")
    }
}

impl SheetApplication {
    fn new(
        profile: &Profile,
        spec: &Application,
        fetching: &[u8],
        store: Option<&dyn Store>,
        example: Example<'_>,
    ) -> Result<Self, SheetError> {
        let files = spec.files.iter().filter_map(|file| SheetFile::new(file, example).transpose());
        let files = files.collect::<Result<Vec<_>, _>>()?;
        let key_sets = SheetKeySets::of(profile, spec);
        let waits = key_sets.as_ref().filter(|sets| sets.readers_roll);
        let mut keys = Vec::new();
        for (no, index) in spec.own_slots().zip(spec.own_keys()) {
            let (number, Some(key)) = (u8::from(no), profile.key(index)) else { continue };
            let reads = files.iter().any(|file| file.reads_with.contains(&number));
            let rolls = waits.as_ref().is_some_and(|sets| sets.roll_key == number);
            if reads || rolls || fetching.contains(&number) {
                let former = waits.is_some();
                keys.push(SheetKey::new(profile, spec.aid, (number, key), former, store, example)?);
            }
        }
        let foreign = spec.foreign_slots();
        let foreign =
            foreign.map(|(no, issuer)| ForeignKey { number: no.into(), issuer: issuer.to_owned() });
        Ok(Self {
            aid: spec.aid.to_string(),
            aid_wire: hex::encode_upper(spec.aid.to_wire()),
            iso_id: spec.iso.as_ref().map(|iso| iso.id.to_string()),
            df_name: spec.iso.as_ref().and_then(|iso| iso.name.as_ref()).map(ToString::to_string),
            keys,
            key_sets,
            foreign: foreign.collect(),
            files,
        })
    }
}

#[cfg(test)]
mod tests;
