// SPDX-License-Identifier: MIT OR Apache-2.0
//! What was seen on a card, as it goes into the table and the JSON.

use cardwright::host::Grade;
use serde::Serialize;

/// A value, or why there is none.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Seen<T> {
    /// The card said so.
    Is(T),
    /// The card did not say, or was not asked, in words.
    Closed(String),
    /// The card has lost it.
    Lost(String),
    /// The card left, or its exchanges are used up.
    Gone(String),
    /// The reply does not fit.
    Odd {
        why: String,
        /// As it came.
        bytes: String,
    },
}

/// A card.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Card {
    /// Generation and size, or the name of another product.
    pub(crate) chip: String,
    /// The name of the product.
    pub(crate) product: String,
    /// The nominal size in bytes, of a DESFire.
    pub(crate) capacity: Option<u32>,
    /// Whether it is a DESFire that this program knows.
    pub(crate) desfire: bool,
    pub(crate) version: Seen<()>,
    pub(crate) hardware: Option<String>,
    pub(crate) software: Option<String>,
    /// What the anticollision shows; nothing where the reader does not tell it.
    pub(crate) uid: Option<String>,
    pub(crate) uid_form: UidForm,
    /// The real UID, where the card shows it or a key could fetch it.
    pub(crate) real_uid: Option<String>,
    pub(crate) originality: Seen<Originality>,
    pub(crate) free_memory: Seen<u32>,
    pub(crate) keys: Vec<Key>,
    pub(crate) settings: Seen<Settings>,
    /// What it tells of delegated applications, where a slot was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(crate) delegation: Option<Delegation>,
    /// Whether the names of the applications could be read.
    pub(crate) names: Seen<()>,
    pub(crate) applications: Seen<Vec<Application>>,
    pub(crate) exchanges: u32,
}

/// What the UID of the anticollision is, on such a product.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum UidForm {
    /// The card's own, of 7 bytes.
    Own,
    /// The card's own, of 10 bytes.
    Long,
    /// Drawn at this activation.
    Random,
    /// A fixed number of 4 bytes.
    Number,
    /// Not told.
    Nothing,
}

/// What the chip's signature shows.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Originality {
    /// The name of what was found.
    pub(crate) finding: &'static str,
    /// The maker's key that verified it.
    pub(crate) key: Option<&'static str>,
    pub(crate) says: String,
}

/// A key slot.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Key {
    pub(crate) no: u8,
    pub(crate) version: Seen<u8>,
    pub(crate) opens: Opens,
}

/// Whether a given key opened a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Opens {
    /// It did.
    Yes,
    /// The slot holds another key.
    No,
    /// No key was given for the slot.
    NotTried,
}

/// What a card tells of delegated applications.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Delegation {
    pub(crate) keys: Vec<DelegationKey>,
    pub(crate) slots: Vec<DelegatedSlot>,
}

/// A key with which applications are delegated.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DelegationKey {
    pub(crate) no: u8,
    pub(crate) name: &'static str,
    pub(crate) version: Seen<u8>,
}

/// A slot of a delegated application.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct DelegatedSlot {
    pub(crate) slot: u16,
    pub(crate) holds: Seen<SlotContents>,
}

/// What is in such a slot.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct SlotContents {
    /// A new application takes a higher one.
    pub(crate) version: u8,
    /// In blocks of 32 bytes.
    pub(crate) quota: u16,
    /// In blocks of 32 bytes.
    pub(crate) free: u16,
    /// Nothing where it was deleted.
    pub(crate) application: Option<String>,
}

/// Key settings of a level.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[expect(clippy::struct_excessive_bools, reason = "the byte has these four bits")]
pub(crate) struct Settings {
    pub(crate) byte: String,
    pub(crate) key_changeable: bool,
    pub(crate) free_list: bool,
    pub(crate) free_create: bool,
    pub(crate) settings_changeable: bool,
    pub(crate) change_keys_with: String,
    pub(crate) key_type: String,
    pub(crate) keys: u8,
    pub(crate) iso_file_ids: bool,
    /// The third byte, in hex.
    pub(crate) third: Option<String>,
    /// How many key sets there are, and which, in words.
    pub(crate) key_sets: Option<String>,
}

/// An application.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Application {
    pub(crate) aid: String,
    pub(crate) iso_id: Option<String>,
    pub(crate) df_name: Option<String>,
    pub(crate) selected: Seen<()>,
    pub(crate) keys: Vec<Key>,
    pub(crate) settings: Seen<Settings>,
    /// The versions of the key sets, where there are several.
    pub(crate) key_sets: Option<Seen<Vec<u8>>>,
    pub(crate) files: Seen<Vec<File>>,
}

/// A file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct File {
    pub(crate) no: u8,
    pub(crate) settings: Seen<FileSettings>,
    pub(crate) contents: Seen<Contents>,
    /// What the contents say by the profile.
    pub(crate) fields: Vec<Field>,
}

/// What a part of a content says.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Field {
    pub(crate) name: String,
    pub(crate) value: String,
}

/// The settings of a file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct FileSettings {
    pub(crate) kind: &'static str,
    /// Size, limits or layout in words.
    pub(crate) extent: String,
    pub(crate) mode: &'static str,
    pub(crate) read: String,
    pub(crate) write: String,
    pub(crate) read_write: String,
    pub(crate) change: String,
    /// The option byte.
    pub(crate) option: String,
    /// Its bits that say nothing of such a file.
    pub(crate) unknown_option: Option<String>,
    /// Further sets of rights.
    pub(crate) further_rights: Vec<Rights>,
    /// Secure dynamic messaging in words.
    pub(crate) dynamic: Option<String>,
    pub(crate) transaction_limit: Option<u32>,
    /// What stands behind all that.
    pub(crate) unread: Option<String>,
}

/// A further set of rights.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(crate) struct Rights {
    pub(crate) read: String,
    pub(crate) write: String,
    pub(crate) read_write: String,
}

/// What is in a file.
#[derive(Debug, Serialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(crate) enum Contents {
    /// The bytes of a data file.
    Data { hex: String, proof: Grade },
    /// The number in a value file.
    Value { value: i32, proof: Grade },
    /// The records of a record file, the oldest first.
    Records { hex: Vec<String>, proof: Grade },
}
