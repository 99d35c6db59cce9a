// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a profile and a key file from being a job.

mod code;

use crate::key::{CheckMethod, CheckValue, KeyError, Operation};
use crate::shown::Shown;
use crate::wire::{Generation, KeyType, KeyVersion, Messaging};

/// What keeps a profile and a key file from being a job.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum JobError {
    /// The key file lacks a key.
    #[error(
        "line {line} of the profile: key `{}` needs version {version} of `{}`, which is not in the \
         key file",
        Shown(name),
        Shown(reference)
    )]
    MissingKey {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it should be called in the key file.
        reference: String,
        /// The version asked for.
        version: KeyVersion,
    },
    /// The profile takes bytes from a hook that nobody gave.
    #[error(
        "the profile takes bytes from the hook `{}`: only a program that gives it can encode such cards",
        Shown(name)
    )]
    MissingHook {
        /// The hook's name in the profile.
        name: String,
    },
    /// A key in the key file is of another type than the profile says.
    #[error(
        "line {line} of the profile: key `{}` is of type {declared}, and version {version} of \
         `{}` in the key file of type {found}; write its `type` in the profile, or take another key file",
        Shown(name),
        Shown(reference)
    )]
    KeyType {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the key file.
        reference: String,
        /// Its version.
        version: KeyVersion,
        /// Its type in the profile.
        declared: KeyType,
        /// Its type in the key file.
        found: KeyType,
    },
    /// A key cannot be had from its store, or may not be put on cards.
    #[error(
        "line {line} of the profile: key `{}` needs version {version} of `{}`: {error}",
        Shown(name),
        Shown(reference)
    )]
    Key {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the store.
        reference: String,
        /// The version asked for.
        version: KeyVersion,
        /// Why.
        error: KeyError,
    },
    /// A key cannot do what the card keys take that are made from it.
    #[error(
        "line {line} of the profile: key `{}` takes {operation}, which version {version} of `{}` cannot \
         do in its store; write another scheme, or take another store",
        Shown(name),
        Shown(reference)
    )]
    Cannot {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the store.
        reference: String,
        /// Its version.
        version: KeyVersion,
        /// What it cannot do.
        operation: Operation,
    },
    /// A key has another check value in its store than the profile says.
    #[error(
        "line {line} of the profile: key `{}` has the check value {stated}, and version {version} of `{}` in \
         the key file {found}{}; take the key file that has it, or correct `check` (`former_check` for a former version) in the profile",
        Shown(name),
        Shown(reference),
        low_bits(*found)
    )]
    CheckValue {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the store.
        reference: String,
        /// Its version.
        version: KeyVersion,
        /// Its check value in the profile.
        stated: CheckValue,
        /// The one that it has in the store.
        found: CheckValue,
    },
    /// A key cannot do what its check value in the profile takes.
    #[error(
        "line {line} of the profile: the check value {stated} of key `{}` takes {operation}, which version \
         {version} of `{}` cannot do in its store; write one that is made in another way, or take `check` out",
        Shown(name),
        Shown(reference)
    )]
    Unchecked {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the store.
        reference: String,
        /// Its version.
        version: KeyVersion,
        /// Its check value in the profile.
        stated: CheckValue,
        /// What it cannot do.
        operation: Operation,
    },
    /// The keys are another tenant's.
    #[error(
        "the keys of profile `{}` are those of tenant `{}`, and the orders are of tenant `{}`: take this tenant's \
         key store",
        Shown(profile),
        Shown(found),
        Shown(wanted)
    )]
    Tenant {
        /// The profile's name.
        profile: String,
        /// Whose orders they are.
        wanted: String,
        /// Whose keys they are.
        found: String,
    },
    /// The receipt key cannot be had from its store.
    #[error("the receipt key: {0}")]
    ReceiptKey(KeyError),
    /// The low bits of a key are kept as they stand in the key file, and are of another version.
    #[error(
        "line {line} of the profile: key `{name}` keeps the low bits of version {version} of \
         `{reference}` in the key file, which say version {found}; correct them there, or write \
         another form of `low_bits`"
    )]
    KeptVersion {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// What it is called in the key file.
        reference: String,
        /// Its version there and in the profile.
        version: KeyVersion,
        /// The version in its low bits.
        found: KeyVersion,
    },
    /// The messaging asked for is not the profile's.
    #[error("the profile does not name {asked} messaging; add it to `messaging`")]
    OtherMessaging {
        /// What was asked for.
        asked: Messaging,
    },
    /// A chip cannot speak any messaging of the job.
    #[error(
        "an {generation} card does not speak {}: allow what it speaks, or take other cards",
        spoken(messaging)
    )]
    Unspoken {
        /// The chip's generation.
        generation: Generation,
        /// What the job allows.
        messaging: Vec<Messaging>,
    },
    /// Cards do not tell a field of the records that are to be read from them.
    #[error(
        "no file that a key of the profile reads tells the field {field:?} back whole: enrol under a \
         profile without it"
    )]
    NotOnCard {
        /// The field.
        field: String,
    },
    /// A key that opens what cards tell of their records is made from these.
    #[error(
        "line {line} of the profile: key `{}` reads the field {field:?} and is made from the record, which \
         nobody knows before the card is read: enrol cards whose reading key takes the UID, or verify these \
         with their records",
        Shown(name)
    )]
    KeyOfRecord {
        /// The profile's line that declares the key.
        line: usize,
        /// The key's name in the profile.
        name: String,
        /// A field that is told behind it.
        field: String,
    },
    /// A chip is not the profile's.
    #[error("the profile does not name {generation} cards; add it to `chips`")]
    OtherChip {
        /// The chip's generation.
        generation: Generation,
    },
}

/// What makes no difference to a check value, where somebody may look for the difference there.
const fn low_bits(found: CheckValue) -> &'static str {
    match found.method() {
        CheckMethod::EcbTdes => ", whatever versions are in their low bits",
        CheckMethod::CmacAes | CheckMethod::EcbAes => "",
    }
}

fn spoken(messaging: &[Messaging]) -> String {
    let names: Vec<String> = messaging.iter().map(|one| format!("{one} messaging")).collect();
    names.join(" or ")
}
