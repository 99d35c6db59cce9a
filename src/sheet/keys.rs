// SPDX-License-Identifier: MIT OR Apache-2.0
//! The keys that a reader has, told by their check values, and how a card's own come from them.

use serde::Serialize;

use crate::diversify::{
    DeriveError, InputPart, Padding, Recipe, Scheme, SchemeCipher, Subject, WrittenScheme,
};
use crate::key::CheckValue;
use crate::keys::Store;
use crate::profile::{KeySpec, Profile};
use crate::wire::{Aid, KeyNo, KeyType, Opening};

use super::{Example, SheetError, Told};

/// A key of an application that a reader authenticates with.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct SheetKey {
    /// Its number in the application.
    pub number: u8,
    /// Its name in the profile.
    pub name: String,
    /// Its type, as profiles write it: `aes128`, `2k3des` or `3k3des`.
    pub key_type: String,
    /// The version that the card reports.
    pub version: u8,
    /// The commands that open a session with it, in the order in which the profile prefers their messaging:
    /// `71` is AuthenticateEV2First, `AA` AuthenticateAES, `1A` AuthenticateISO, `0A` Authenticate.
    pub authenticate: Vec<String>,
    /// The check value of the key that the reader gets, with its method; there is none without a key store.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// How the card's own key comes from it; where it is not there, the key is the same on every card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub diversification: Option<Diversification>,
    /// The check value of the key of the example's card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_key_check: Option<String>,
    /// The key of before, which opens a card that waits for a reader to roll its key sets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub former: Option<FormerKey>,
    /// Whether the card's UID goes into its key.
    pub needs_uid: bool,
    /// Whether a field of the record does, which a reader of such cards has to be told first.
    #[serde(skip_serializing_if = "core::ops::Not::not")]
    pub needs_record: bool,
    /// How the bits of a DES key are written that the cipher ignores. No reader needs to know it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub low_bits: Option<String>,
}

/// The former version of a key, made in the same way.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct FormerKey {
    /// The version that the card reports.
    pub version: u8,
    /// The check value of the key that the reader gets.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub check: Option<String>,
    /// The check value of the key of the example's card.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub card_key_check: Option<String>,
}

/// A key in whose session a reader fetches the real UID of a card that shows a random one: the UID does not
/// go into it.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct UidKey {
    /// The AID of its application as it is written, `000000` at the PICC level.
    pub aid: String,
    /// Its number there.
    pub number: u8,
    /// Its name in the profile.
    pub name: String,
}

impl UidKey {
    /// Those of a profile whose cards show something else in place of their UID; a key of the PICC level comes last.
    pub(super) fn all(profile: &Profile) -> Vec<Self> {
        let Some(card) = profile.card().filter(|card| card.hides_uid()) else { return Vec::new() };
        let applications = profile.applications().iter().flat_map(|application| {
            let slots = application.own_slots().zip(application.own_keys());
            slots.map(|(no, key)| (application.aid, no, key))
        });
        let slots = applications.chain([(Aid::PICC, KeyNo::MASTER, card.master_key)]);
        let keys = slots.filter_map(|(aid, no, key)| {
            let key = profile.key(key)?;
            let made = || Self { aid: aid.to_string(), number: no.into(), name: key.name.clone() };
            (!key.needs_uid_for(aid, no)).then(made)
        });
        keys.collect()
    }
}

/// How a card's key is made, with the example's input.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct Diversification {
    /// The scheme, as profiles write it.
    pub scheme: String,
    /// The document or program that it is from.
    pub source: String,
    /// What goes in, part by part; nothing where the scheme makes its own input of UID, key number and AID,
    /// and where the profile writes the scheme.
    pub parts: Vec<InputBytes>,
    /// The whole input of the example, in hexadecimal digits. There is none where a field of the record goes
    /// in and the sheet has no record, and where the profile writes the scheme.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub input: Option<Told>,
    /// The scheme itself, where the profile writes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub written: Option<WrittenSteps>,
    /// The messages whose MACs make the key, for schemes that have such: constant, input, padding.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub messages: Vec<KeyMessage>,
}

/// A part of a diversification input.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct InputBytes {
    /// Which, as profiles write it: `uid`, `aid` (most significant byte first), `aid-wire`, `key-no`,
    /// `hex:…`.
    pub part: String,
    /// Its bytes in the example, in hexadecimal digits; none of a field where the sheet has no record.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub bytes: Option<Told>,
}

/// A scheme that a profile writes: each message is put together, padded and enciphered with a chaining
/// value of zeros, and the key is cut from what comes out, one message behind the other.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct WrittenSteps {
    /// The messages, each of its parts.
    pub messages: Vec<Vec<InputBytes>>,
    /// How a message gets whole blocks: `none`, `zeros`, `bit` (`80`, then zeros), `pkcs7`, or `cmac` (CMAC's
    /// own, drawn out to `length`).
    pub padding: String,
    /// How many bytes a padded message has; as few blocks as it takes where it is left out.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub length: Option<usize>,
    /// `cmac`, `cbc` or `ecb`, under the key that the reader gets.
    pub cipher: String,
    /// Which bytes of the output are the key: from the first up to before the second, in order; all where
    /// it is empty.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    pub cut: Vec<(usize, usize)>,
}

/// A message whose MAC is a part of a card key.
#[derive(Debug, Clone, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[non_exhaustive]
pub struct KeyMessage {
    /// The message as it goes through the cipher, padding included, in hexadecimal digits.
    pub padded: Told,
    /// The subkey of CMAC that its last block is added to.
    pub last_block_masked_with: String,
}

impl SheetKey {
    pub(super) fn new(
        profile: &Profile,
        aid: Aid,
        (number, spec): (u8, &KeySpec),
        waits: bool,
        store: Option<&dyn Store>,
        example: Example<'_>,
    ) -> Result<Self, SheetError> {
        let fields = example.record.map(|record| record.key_input(profile));
        let no = KeyNo::new(number).unwrap_or(KeyNo::MASTER);
        let subject = Subject { uid: Some(example.uid), aid, no, fields: fields.as_ref() };
        let checks = store.map(|store| checks(spec, store, &subject)).transpose()?;
        let (check, card_key_check) = checks.unzip();
        let card_key_check = card_key_check.flatten();
        let before = spec.at_former_version().filter(|_| waits);
        let former = before.map(|before| FormerKey::new(&before, store, &subject)).transpose()?;
        let openings = profile.messaging().iter().map(|one| Opening::of(spec.key_type, *one));
        let mut authenticate: Vec<String> =
            openings.map(|opening| format!("{:02X}", opening.ins().code())).collect();
        authenticate.dedup();
        let recipe = spec.recipe.as_ref();
        let made = recipe.map(|recipe| Diversification::new(recipe, spec.key_type, &subject));
        let diversification = made.transpose().map_err(|error| not_had(spec, error))?;
        let low_bits = (spec.key_type != KeyType::Aes).then(|| spec.low_bits.to_string());
        Ok(Self {
            number,
            name: spec.name.clone(),
            key_type: match spec.key_type {
                KeyType::Aes => "aes128",
                KeyType::Des => "2k3des",
                KeyType::Tdes3 => "3k3des",
            }
            .to_owned(),
            version: spec.version.0,
            authenticate,
            check,
            diversification,
            card_key_check,
            former,
            needs_uid: spec.needs_uid_for(aid, subject.no),
            needs_record: spec.needs_record(),
            low_bits,
        })
    }
}

impl FormerKey {
    fn new(
        spec: &KeySpec,
        store: Option<&dyn Store>,
        subject: &Subject<'_>,
    ) -> Result<Self, SheetError> {
        let checks = store.map(|store| checks(spec, store, subject)).transpose()?;
        let (check, card_key_check) = checks.unzip();
        let card_key_check = card_key_check.flatten();
        Ok(Self { version: spec.version.0, check, card_key_check })
    }
}

/// The check values of a key and of what a card has of it.
fn checks(
    spec: &KeySpec,
    store: &dyn Store,
    subject: &Subject<'_>,
) -> Result<(String, Option<String>), SheetError> {
    let issuer = store.issuer(&spec.reference, spec.version);
    let issuer = issuer.map_err(|error| not_had(spec, error.into()))?;
    let other = spec.other_key(&*issuer).map_err(|error| not_had(spec, error.into()))?;
    if let Some(other) = other {
        return Err(other.into());
    }
    let check = CheckValue::of(&*issuer).map_err(|error| not_had(spec, error.into()))?;
    let key = known(spec.card_key(&*issuer, subject)).map_err(|error| not_had(spec, error))?;
    Ok((check.to_string(), key.map(|key| key.check_value().to_string())))
}

/// What is made of a record, where the sheet has one.
fn known<T>(made: Result<T, DeriveError>) -> Result<Option<T>, DeriveError> {
    match made {
        Err(DeriveError::NoRecord) => Ok(None),
        made => made.map(Some),
    }
}

fn not_had(spec: &KeySpec, error: DeriveError) -> SheetError {
    let (name, reference, version) = (spec.name.clone(), spec.reference.clone(), spec.version);
    SheetError::Key { name, reference, version, error }
}

impl Diversification {
    fn new(recipe: &Recipe, key: KeyType, subject: &Subject<'_>) -> Result<Self, DeriveError> {
        let told = |bytes: &[u8]| Told::new(hex::encode_upper(bytes));
        let messages = known(recipe.messages(key, subject))?.unwrap_or_default();
        let messages = messages.iter().map(|message| KeyMessage {
            padded: told(message.padded.as_slice()),
            last_block_masked_with: if message.k2 { "K2" } else { "K1" }.to_owned(),
        });
        let written = recipe.written_scheme();
        let (scheme, source) = match (recipe.scheme(), written) {
            (Some(scheme), _) => (scheme.to_string(), scheme.source().to_owned()),
            (None, written) => {
                let name = written.map(|scheme| scheme.name.clone()).unwrap_or_default();
                (name, "written in the profile".to_owned())
            }
        };
        let input = known(recipe.input(subject))?.filter(|_| written.is_none());
        Ok(Self {
            scheme,
            source,
            parts: InputBytes::all(recipe.parts(), subject)?,
            input: input.map(|input| told(input.as_slice())),
            written: written.map(|scheme| WrittenSteps::new(scheme, subject)).transpose()?,
            messages: messages.collect(),
        })
    }
}

impl InputBytes {
    fn all(parts: &[InputPart], subject: &Subject<'_>) -> Result<Vec<Self>, DeriveError> {
        let told = |bytes: Vec<u8>| Told::new(hex::encode_upper(bytes));
        let parts = parts.iter().map(|part| {
            let bytes = known(of_part(part, subject))?.map(told);
            Ok(Self { part: part.to_string(), bytes })
        });
        parts.collect()
    }
}

impl WrittenSteps {
    fn new(scheme: &WrittenScheme, subject: &Subject<'_>) -> Result<Self, DeriveError> {
        let messages = scheme.messages.iter().map(|parts| InputBytes::all(parts, subject));
        Ok(Self {
            messages: messages.collect::<Result<_, _>>()?,
            padding: match scheme.padding {
                Padding::None => "none",
                Padding::Zeros => "zeros",
                Padding::Bit => "bit",
                Padding::Pkcs7 => "pkcs7",
                Padding::Cmac => "cmac",
            }
            .to_owned(),
            length: scheme.length,
            cipher: match scheme.cipher {
                SchemeCipher::Cmac => "cmac",
                SchemeCipher::Cbc => "cbc",
                SchemeCipher::Ecb => "ecb",
            }
            .to_owned(),
            cut: scheme.cut.iter().map(|piece| (piece.from(), piece.to())).collect(),
        })
    }
}

/// The bytes of one part of an input: those of a recipe that has no other.
fn of_part(part: &InputPart, subject: &Subject<'_>) -> Result<Vec<u8>, DeriveError> {
    match Recipe::new(Scheme::An10922, vec![part.clone()]) {
        Ok(alone) => Ok(alone.input(subject)?.to_vec()),
        // A constant of no bytes.
        Err(_) => Ok(Vec::new()),
    }
}
