// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key and how it came about.

use std::error::Error;
use std::fmt;

use cardwright::diversify::{DeriveError, InputPart, Recipe, Scheme, Subject};
use cardwright::key::{CardKey, CheckValue};
use cardwright::keys::Store;
use cardwright::wire::{Aid, KeyNo};
use serde::{Serialize, Serializer};
use zeroize::Zeroizing;

use crate::arguments::Arguments;
use crate::{issuer, table};

/// What was computed.
#[derive(Serialize)]
pub(crate) struct Explanation {
    scheme: String,
    source: &'static str,
    held_by: &'static str,
    key_type: String,
    /// Of the issuer key.
    issuer_check: String,
    input: String,
    messages: Vec<Message>,
    version: u8,
    /// Of the card key.
    check: String,
    /// The bytes of a key for tests.
    #[serde(serialize_with = "digits", skip_serializing_if = "Option::is_none")]
    key: Option<Zeroizing<String>>,
}

fn digits<S: Serializer>(key: &Option<Zeroizing<String>>, to: S) -> Result<S::Ok, S::Error> {
    key.as_ref().map(|key| key.as_str()).serialize(to)
}

/// One message whose MAC is a part of the key.
#[derive(Serialize)]
struct Message {
    constant: String,
    padded: String,
    last_block_masked_with: &'static str,
}

/// Computes the key that the arguments ask for, and explains it.
pub(crate) fn explain(
    scheme: Scheme,
    arguments: &Arguments,
    file: &dyn Store,
) -> Result<(CardKey, Explanation), Box<dyn Error>> {
    let name = arguments.key.as_deref().unwrap_or_default();
    let version = issuer::version(file, name, ("--key-version", arguments.key_version))?;
    let issuer = file.issuer(name, version)?;
    let key_type = issuer.key_type();
    let fixed = scheme.input(key_type).is_none();
    let parts = match &arguments.input {
        Some(parts) => parts.clone(),
        None if fixed => Vec::new(),
        None if arguments.aid == Aid::PICC => vec![InputPart::Uid],
        None => vec![InputPart::Uid, InputPart::Aid],
    };
    if arguments.aid != Aid::PICC && KeyNo::new(arguments.key_no.into()).is_none() {
        let why = "only a card as a whole has a key of this number: leave --aid out";
        return Err(format!("--key-no {}: {why}", arguments.key_no).into());
    }
    let recipe = Recipe::new(scheme, parts)?;
    let subject = Subject {
        uid: arguments.uid.as_ref(),
        aid: arguments.aid,
        no: arguments.key_no,
        fields: None,
    };
    let key = recipe.derive(&*issuer, &subject, version).map_err(|error| {
        let hint = if error == DeriveError::NoUid { ": name it with --uid" } else { "" };
        format!("{error}{hint}")
    })?;
    let messages = recipe.messages(key_type, &subject)?;
    let explanation = Explanation {
        scheme: scheme.to_string(),
        source: scheme.source(),
        held_by: held_by(scheme),
        key_type: key_type.to_string(),
        issuer_check: CheckValue::of(&*issuer)?.to_string(),
        input: hex::encode_upper(recipe.input(&subject)?.as_slice()),
        messages: messages
            .iter()
            .map(|message| Message {
                constant: format!("{:02X}", message.constant),
                padded: hex::encode_upper(message.padded.as_slice()),
                last_block_masked_with: if message.k2 { "K2" } else { "K1" },
            })
            .collect(),
        version: key.version().0,
        check: key.check_value().to_string(),
        key: key.test_digits(),
    };
    Ok((key, explanation))
}

/// The version asked for, or the only one there is.
pub(crate) const fn held_by(scheme: Scheme) -> &'static str {
    if scheme.has_vectors() { "published vectors" } else { "belief" }
}

impl fmt::Display for Explanation {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut table = table::bare();
        table.add_row(["scheme", &format!("{} ({})", self.scheme, self.source)]);
        table.add_row(["held by", self.held_by]);
        table.add_row(["issuer key", &format!("{}, {}", self.key_type, self.issuer_check)]);
        table.add_row(["input", &self.input]);
        for message in &self.messages {
            let masked = message.last_block_masked_with;
            table.add_row([
                format!("message {}", message.constant),
                format!("{}\nlast block XOR {masked}, then CBC-MAC", message.padded),
            ]);
        }
        table.add_row(["version", &self.version.to_string()]);
        table.add_row(["card key", &self.check]);
        writeln!(f, "{table}")?;
        // Not in the table, which keeps what it was given.
        self.key.as_ref().map_or(Ok(()), |key| writeln!(f, "card key, for tests: {}", key.as_str()))
    }
}
