// SPDX-License-Identifier: MIT OR Apache-2.0
//! A profile as TOML has it: names are still names, numbers any number, nothing is checked.

mod format;
mod holders;
#[cfg(feature = "schema")]
pub(super) mod schema;
mod scheme;
mod spanned;

use std::collections::BTreeMap;

use serde::Deserialize;
use serde::de::value::{MapAccessDeserializer, SeqAccessDeserializer};
use serde::de::{Deserializer, Error, MapAccess, SeqAccess, Visitor};

use crate::wire::{CommMode, Generation, KeyType, Messaging};

use super::key_sets::Roll;
use super::model::{Class, Identify, Stock, Verify};

pub(super) use format::Format;
pub(super) use holders::Holders;
pub(super) use scheme::{Scheme, Words};
pub(super) use spanned::Spanned;

/// Tables under names, with the places of both.
pub(super) type Named<T> = BTreeMap<Spanned<String>, Spanned<T>>;

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Root {
    pub(super) profile: Spanned<Head>,
    pub(super) transport: Option<Spanned<Transport>>,
    #[serde(default)]
    pub(super) fields: Named<Field>,
    #[serde(default)]
    pub(super) format: Vec<Spanned<Format>>,
    #[serde(default)]
    pub(super) scheme: Vec<Spanned<Scheme>>,
    pub(super) keys: Named<Key>,
    pub(super) card: Option<Spanned<Card>>,
    #[serde(default)]
    pub(super) table: Vec<Spanned<Table>>,
    #[serde(default)]
    pub(super) item: Vec<Spanned<Item>>,
    #[serde(default)]
    pub(super) application: Vec<Spanned<Application>>,
    pub(super) import: Option<Spanned<super::import::shape::Import>>,
    pub(super) export: Option<Spanned<super::export::shape::Exports>>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Head {
    pub(super) name: Spanned<String>,
    pub(super) chips: Spanned<Vec<Spanned<Chip>>>,
    pub(super) messaging: Option<Spanned<Vec<Spanned<Messaging>>>>,
    #[serde(default)]
    pub(super) verify: Verify,
    pub(super) failed_authentications: Option<Spanned<i64>>,
}

/// A chip by the name of its row in the table of chips.
#[derive(Clone, Copy)]
pub(super) struct Chip(pub(super) Generation);

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Transport {
    pub(super) picc: Option<Spanned<Vec<Spanned<TransportKey>>>>,
    pub(super) app: Option<Spanned<String>>,
    pub(super) stock: Option<Spanned<Stock>>,
    #[serde(default)]
    pub(super) identify: Identify,
    #[serde(default)]
    pub(super) random_uid: bool,
}

/// The type of keys that name none.
const fn unless_named() -> KeyType {
    KeyType::Aes
}

/// A name, or a key as it stands under `[keys]`.
pub(super) enum TransportKey {
    Name(String),
    Inline(Box<Key>),
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Field {
    #[serde(rename = "type")]
    pub(super) kind: FieldType,
    pub(super) class: Class,
    #[serde(default)]
    pub(super) unique: bool,
    pub(super) min: Option<Spanned<i64>>,
    pub(super) optional: Option<Spanned<bool>>,
    pub(super) default: Option<Spanned<Scalar>>,
    pub(super) max: Option<Spanned<i64>>,
    pub(super) max_length: Option<Spanned<i64>>,
    pub(super) min_length: Option<Spanned<i64>>,
    pub(super) characters: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) takes: Option<Spanned<Vec<Spanned<Takes>>>>,
    pub(super) length: Option<Spanned<i64>>,
    pub(super) from: Option<Spanned<String>>,
    pub(super) to: Option<Spanned<String>>,
}

#[derive(Deserialize, Clone, Copy)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum FieldType {
    Uint,
    Int,
    Text,
    Hex,
    Date,
    DateTime,
    Uuid,
    Bits,
}

/// What texts are refused for, unless a field takes it.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Takes {
    Control,
    Format,
    Direction,
    Leavings,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Key {
    #[serde(rename = "ref")]
    pub(super) reference: Spanned<String>,
    pub(super) version: Spanned<i64>,
    pub(super) former: Option<Spanned<i64>>,
    #[serde(default = "unless_named", rename = "type")]
    pub(super) key_type: KeyType,
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::LowBits>"))]
    pub(super) low_bits: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::Check>"))]
    pub(super) check: Option<Spanned<String>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<schema::Check>"))]
    pub(super) former_check: Option<Spanned<String>>,
    pub(super) diversify: Option<Diversify>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Diversify {
    #[cfg_attr(feature = "schema", schemars(with = "schema::Scheme"))]
    pub(super) scheme: Spanned<String>,
    pub(super) input: Option<Spanned<Vec<Spanned<String>>>>,
    pub(super) aid_order: Option<Spanned<AidOrder>>,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum AidOrder {
    Written,
    Wire,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Card {
    pub(super) master_key: Option<Spanned<String>>,
    pub(super) free_list: Option<Spanned<bool>>,
    pub(super) free_create: Option<Spanned<bool>>,
    pub(super) key_changeable: Option<Spanned<bool>>,
    pub(super) settings_changeable: Option<Spanned<bool>>,
    pub(super) random_uid: Option<Spanned<bool>>,
    pub(super) random_uid_start: Option<Spanned<UidStart>>,
    pub(super) no_format: Option<Spanned<bool>>,
    pub(super) legacy: Option<Spanned<Legacy>>,
    pub(super) chained_writes: Option<Spanned<Legacy>>,
    pub(super) ats: Option<Spanned<String>>,
    pub(super) sak: Option<Spanned<String>>,
    pub(super) atqa: Option<Spanned<String>>,
    pub(super) nuid: Option<Spanned<bool>>,
    pub(super) name: Option<Spanned<String>>,
    pub(super) originality: Option<Spanned<Originality>>,
    pub(super) foreign: Option<Spanned<Foreign>>,
}

/// What becomes of applications that are not the profile's: a word, or their AIDs.
pub(super) enum Foreign {
    Word(String),
    Aids(Vec<Spanned<String>>),
}

/// Whether cards go on taking messaging of the time before EV2, or long writes in chained commands.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Legacy {
    On,
    Off,
}

/// With which byte a random UID begins.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
pub(super) enum UidStart {
    #[serde(rename = "08")]
    Later,
    #[serde(rename = "80")]
    Ev1,
}

#[derive(Deserialize, Clone, Copy)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "lowercase")]
pub(super) enum Originality {
    Noted,
    Required,
}

/// A byte for each byte, under a name.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Table {
    pub(super) name: Spanned<String>,
    pub(super) bytes: Spanned<String>,
}

/// A content under a name, for files to take from.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Item {
    pub(super) name: Spanned<String>,
    #[cfg_attr(feature = "schema", schemars(with = "Vec<schema::Part>"))]
    pub(super) content: Spanned<Parts>,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Application {
    pub(super) aid: Spanned<String>,
    pub(super) iso_id: Option<Spanned<String>>,
    pub(super) df_name: Option<Spanned<String>>,
    pub(super) keys: Spanned<Vec<Spanned<String>>>,
    pub(super) suite: Option<Spanned<Suite>>,
    pub(super) change: Option<Spanned<String>>,
    pub(super) free_list: Option<Spanned<bool>>,
    pub(super) free_create: Option<Spanned<bool>>,
    pub(super) key_changeable: Option<Spanned<bool>>,
    pub(super) settings_changeable: Option<Spanned<bool>>,
    pub(super) transaction_mac: Option<Spanned<Counting>>,
    pub(super) seal: Option<Spanned<String>>,
    pub(super) key_sets: Option<Spanned<KeySets>>,
    pub(super) delegated: Option<Spanned<Delegated>>,
    #[serde(default)]
    pub(super) file: Vec<Spanned<File>>,
}

/// How many sets of keys an application has, and how another one comes to be used.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct KeySets {
    pub(super) sets: Spanned<i64>,
    pub(super) roll_key: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) roll: Roll,
}

#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct File {
    pub(super) no: Spanned<i64>,
    pub(super) new_no: Option<Spanned<i64>>,
    pub(super) iso_id: Option<Spanned<String>>,
    #[serde(rename = "type")]
    pub(super) kind: Option<Spanned<FileType>>,
    pub(super) size: Option<Spanned<i64>>,
    pub(super) lower: Option<Spanned<i64>>,
    pub(super) upper: Option<Spanned<i64>>,
    pub(super) limited_credit: Option<Spanned<bool>>,
    pub(super) free_get_value: Option<Spanned<bool>>,
    pub(super) record_size: Option<Spanned<i64>>,
    pub(super) max_records: Option<Spanned<i64>>,
    pub(super) mode: Option<Spanned<CommMode>>,
    pub(super) read: Option<Spanned<Holders>>,
    pub(super) write: Option<Spanned<Holders>>,
    pub(super) read_write: Option<Spanned<Holders>>,
    pub(super) change: Option<Spanned<String>>,
    #[serde(default)]
    pub(super) allow_public: bool,
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<schema::Part>>"))]
    pub(super) content: Option<Spanned<Parts>>,
    pub(super) sdm: Option<Spanned<Sdm>>,
    pub(super) value: Option<Spanned<Scalar>>,
    #[cfg_attr(feature = "schema", schemars(with = "Option<Vec<Vec<schema::Part>>>"))]
    pub(super) records: Option<Spanned<Vec<Spanned<Parts>>>>,
}

/// Keys and limit of secure dynamic messaging.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Sdm {
    pub(super) picc: Option<Spanned<String>>,
    pub(super) mac: Option<Spanned<String>>,
    pub(super) counter: Option<Spanned<String>>,
    pub(super) limit: Option<Spanned<i64>>,
    pub(super) suite: Option<Suite>,
}

/// By what a chip enciphers and makes MACs: in sessions, and of what it mirrors.
#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum Suite {
    Aes,
    Lrp,
}

#[derive(Deserialize, Clone, Copy, PartialEq, Eq)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(rename_all = "kebab-case")]
pub(super) enum FileType {
    Standard,
    Backup,
    Value,
    LinearRecord,
    CyclicRecord,
}

/// What becomes of the transaction MAC file that an application comes with: a word, or how it is made.
pub(super) enum Counting {
    Kept,
    Deleted,
    Named(Box<TransactionMac>),
}

/// The place that the owner of a card leaves to an application of somebody else.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct Delegated {
    pub(super) slot: Spanned<i64>,
    pub(super) slot_version: Spanned<i64>,
    pub(super) quota: Spanned<i64>,
    pub(super) key: Spanned<String>,
}

/// A transaction MAC file, and who commits.
#[derive(Deserialize)]
#[cfg_attr(feature = "schema", derive(schemars::JsonSchema))]
#[serde(deny_unknown_fields)]
pub(super) struct TransactionMac {
    pub(super) no: Option<Spanned<i64>>,
    pub(super) key: Option<Spanned<String>>,
    pub(super) mode: Option<Spanned<CommMode>>,
    pub(super) read: Option<Spanned<String>>,
    pub(super) reader: Option<Spanned<String>>,
    pub(super) change: Option<Spanned<String>>,
    pub(super) reader_id: Option<Spanned<String>>,
    pub(super) limit: Option<Spanned<i64>>,
}

/// What stands in a file or a record, one part behind the other.
pub(super) type Parts = Vec<Spanned<Part>>;

/// A part of a content: which entries it takes depends on its kind.
pub(super) type Part = BTreeMap<Spanned<String>, Spanned<Entry>>;

/// What a part's entry holds.
pub(super) enum Entry {
    Text(String),
    Number(i64),
    List(Vec<Spanned<Self>>),
    Table(Part),
}

/// A text or a whole number.
pub(super) enum Scalar {
    Text(String),
    Number(i64),
}

/// As profiles name the chips that anybody sells.
const CHIPS: [&str; 7] = ["d40", "ev1", "ev2", "ev3", "light", "ntag424", "ntag424tt"];

impl<'de> Deserialize<'de> for Chip {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct Name;
        impl Visitor<'_> for Name {
            type Value = Chip;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a string")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<Chip, E> {
                let mut known = Generation::ALL.into_iter().chain([Generation::Test]);
                let chip = known.find(|chip| chip.silicon().name == name);
                chip.map(Chip).ok_or_else(|| E::unknown_variant(name, &CHIPS))
            }
        }
        deserializer.deserialize_str(Name)
    }
}

impl<'de> Deserialize<'de> for TransportKey {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct NameOrKey;
        impl<'de> Visitor<'de> for NameOrKey {
            type Value = TransportKey;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("\"factory\", the name of a key, or { ref = \"…\", version = … }")
            }

            fn visit_str<E: Error>(self, name: &str) -> Result<TransportKey, E> {
                Ok(TransportKey::Name(name.to_owned()))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<TransportKey, A::Error> {
                Key::deserialize(MapAccessDeserializer::new(map))
                    .map(|key| TransportKey::Inline(Box::new(key)))
            }
        }
        deserializer.deserialize_any(NameOrKey)
    }
}

impl<'de> Deserialize<'de> for Foreign {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrList;
        impl<'de> Visitor<'de> for WordOrList {
            type Value = Foreign;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("\"refused\", \"allowed\", or a list of AIDs")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Foreign, E> {
                Ok(Foreign::Word(word.to_owned()))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, list: A) -> Result<Foreign, A::Error> {
                Vec::deserialize(SeqAccessDeserializer::new(list)).map(Foreign::Aids)
            }
        }
        deserializer.deserialize_any(WordOrList)
    }
}

impl<'de> Deserialize<'de> for Counting {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct WordOrTable;
        impl<'de> Visitor<'de> for WordOrTable {
            type Value = Counting;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("\"kept\", \"deleted\", or a table")
            }

            fn visit_str<E: Error>(self, word: &str) -> Result<Counting, E> {
                match word {
                    "kept" => Ok(Counting::Kept),
                    "deleted" => Ok(Counting::Deleted),
                    _ => Err(E::unknown_variant(word, &["kept", "deleted"])),
                }
            }

            fn visit_map<A: MapAccess<'de>>(self, table: A) -> Result<Counting, A::Error> {
                let table = TransactionMac::deserialize(MapAccessDeserializer::new(table))?;
                Ok(Counting::Named(Box::new(table)))
            }
        }
        deserializer.deserialize_any(WordOrTable)
    }
}

impl<'de> Deserialize<'de> for Scalar {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct TextOrNumber;
        impl Visitor<'_> for TextOrNumber {
            type Value = Scalar;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a text or a whole number")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Scalar, E> {
                Ok(Scalar::Text(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Scalar, E> {
                Ok(Scalar::Number(number))
            }
        }
        deserializer.deserialize_any(TextOrNumber)
    }
}

impl<'de> Deserialize<'de> for Entry {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        struct AnyEntry;
        impl<'de> Visitor<'de> for AnyEntry {
            type Value = Entry;

            fn expecting(&self, f: &mut core::fmt::Formatter<'_>) -> core::fmt::Result {
                f.write_str("a text, a whole number or a list")
            }

            fn visit_str<E: Error>(self, text: &str) -> Result<Entry, E> {
                Ok(Entry::Text(text.to_owned()))
            }

            fn visit_i64<E: Error>(self, number: i64) -> Result<Entry, E> {
                Ok(Entry::Number(number))
            }

            fn visit_seq<A: SeqAccess<'de>>(self, mut seq: A) -> Result<Entry, A::Error> {
                let mut list = Vec::new();
                while let Some(entry) = seq.next_element()? {
                    list.push(entry);
                }
                Ok(Entry::List(list))
            }

            fn visit_map<A: MapAccess<'de>>(self, map: A) -> Result<Entry, A::Error> {
                Part::deserialize(MapAccessDeserializer::new(map)).map(Entry::Table)
            }
        }
        deserializer.deserialize_any(AnyEntry)
    }
}
