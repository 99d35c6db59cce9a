// SPDX-License-Identifier: MIT OR Apache-2.0
//! The parts of a content: the kinds of the checker's table, and the entries of each.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};
use serde_json::{Map, Value, json};

use crate::profile::content::{Charset, Date, Digits, ROWS};

/// A part of a content, in the place of the map that it is read as.
pub(in crate::profile) struct Part;

/// What an entry takes.
enum Takes {
    /// The name of a field, a format or an item, or a text of a form of its own.
    Text,
    /// One of these words.
    Words(Vec<&'static str>),
    /// Whole numbers from this one on, to the other where there is a limit.
    Number(u64, Option<u64>),
    /// Two hexadecimal digits.
    Byte,
    /// Bytes that are the same on every card.
    Constant,
    /// Any whole number.
    Integer,
    /// The name of a field, or of several.
    Fields,
    /// Records of an NDEF message.
    Messages,
    /// Names of parts.
    Names,
    /// Other parts, and how many at least.
    Parts,
    /// Numbers of a few bits.
    Slots,
}

/// An entry of a kind, and whether it has to be there.
struct Entry(&'static str, Takes, bool);

impl Takes {
    fn schema(&self, generator: &mut SchemaGenerator) -> Value {
        match self {
            Self::Text => json!({ "type": "string" }),
            Self::Words(words) => json!({ "enum": words }),
            Self::Number(from, None) => json!({ "type": "integer", "minimum": from }),
            Self::Number(from, Some(to)) => {
                json!({ "type": "integer", "minimum": from, "maximum": to })
            }
            Self::Byte => json!({ "type": "string", "pattern": "^[0-9A-Fa-f]{2}$" }),
            Self::Constant => json!({ "type": "string", "pattern": "^(hex:|ascii:)" }),
            Self::Integer => json!({ "type": "integer" }),
            Self::Fields => {
                json!({ "anyOf": [{ "type": "string" }, Self::Names.schema(generator)] })
            }
            Self::Messages => messages(generator),
            Self::Names => {
                json!({ "type": "array", "minItems": 1, "items": { "type": "string" } })
            }
            Self::Parts => {
                json!({ "type": "array", "items": generator.subschema_for::<Part>() })
            }
            Self::Slots => json!({ "type": "array", "minItems": 1, "items": slots() }),
        }
    }
}

fn words(name: &'static str, words: &[&'static str]) -> Entry {
    Entry(name, Takes::Words(words.to_vec()), false)
}

fn order() -> Entry {
    words("order", &["big", "little"])
}

fn align() -> Entry {
    words("align", &["left", "right"])
}

fn bytes(needed: bool) -> Entry {
    Entry("bytes", Takes::Number(1, None), needed)
}

/// How bits fill their bytes.
fn packing() -> Vec<Entry> {
    let sentinel = words("sentinel", &["none", "leading"]);
    vec![align(), sentinel, words("bit_order", &["forward", "reversed"])]
}

/// What is over other parts, under a key where it takes one.
fn sealed(key: Option<Entry>) -> Vec<Entry> {
    let uid = words("uid", &["first", "last"]);
    let cut = words("cut", &["first", "last", "odd"]);
    let over = Entry("over", Takes::Names, true);
    [over, uid, bytes(false), cut].into_iter().chain(key).collect()
}

/// The entries of a kind; `None` for one that this table does not know, which then takes any.
fn entries(kind: &str) -> Option<Vec<Entry>> {
    use Takes::{Integer, Names, Number, Parts, Text};
    let add = || Entry("add", Integer, false);
    let variable = || words("length", &["variable"]);
    let turned = || Entry("turned", Names, false);
    let key = || Entry("key", Text, true);
    let few = |needed| Entry("bytes", Number(1, Some(8)), needed);
    let mut rest = match kind {
        "bits" => packing(),
        "raw" => [vec![Entry("format", Text, false)], packing()].into_iter().flatten().collect(),
        "uint" | "int" => vec![few(true), order(), add()],
        "text" => {
            let charset = words("charset", &Charset::NAMES.map(|(name, _)| name));
            let fill = Entry("fill", Takes::Byte, false);
            vec![bytes(true), charset, fill, align(), variable(), Entry("with", Text, false)]
        }
        "constant" | "random" | "ndef" | "mirror" => vec![],
        "hex" => vec![variable()],
        "uid" => {
            let form = words("form", &["bytes", "hex", "small-hex", "decimal"]);
            vec![form, Entry("last", Number(1, Some(7)), false)]
        }
        "hook" => vec![bytes(true)],
        "copy" => vec![turned()],
        "length" => vec![Entry("bytes", Number(1, Some(3)), true), order(), add()],
        "digest" => sealed(None),
        "mac" => sealed(Some(key())),
        "cipher" => vec![Entry("item", Text, true), key(), words("padding", &["zeros", "iso"])],
        "digits" => {
            vec![Entry("count", Number(1, None), true), words("form", &Digits::FORMS), add()]
        }
        "date" => vec![Entry("form", Text, true), few(false), order()],
        "uuid" => vec![words("form", &["rfc9562", "guid", "text", "digits", "urn"])],
        "pack" => vec![order()],
        "checksum" => vec![Entry("over", Names, true), order()],
        "tlv" => vec![words("length", &["ber", "byte"]), Entry("parts", Parts, true)],
        "item" => vec![Entry("from", Number(0, None), false), bytes(false), turned()],
        "pad" => vec![bytes(false)],
        _ => return None,
    };
    let own = ROWS.iter().find(|row| row.name == kind);
    rest.extend(own.map(|row| Entry(row.name, named(kind), true)));
    Some(rest)
}

/// What the entry takes that tells the kind.
fn named(kind: &str) -> Takes {
    match kind {
        "uid" => Takes::Words(vec!["written", "reversed"]),
        "text" => Takes::Fields,
        "length" | "copy" => Takes::Names,
        "random" => Takes::Number(1, None),
        "ndef" => Takes::Messages,
        "mac" => Takes::Words(vec!["aes-cmac", "hmac-sha-256"]),
        "digest" => Takes::Words(vec!["sha-256"]),
        "mirror" => Takes::Words(vec!["picc", "mac", "uid", "counter", "seal", "from"]),
        "cipher" => Takes::Words(vec!["aes-cbc"]),
        "pack" => Takes::Slots,
        "constant" => Takes::Constant,
        "pad" => Takes::Byte,
        _ => Takes::Text,
    }
}

/// What a part may have whatever it is.
fn common() -> [Entry; 2] {
    [Entry("at", Takes::Number(0, Some(32_768)), false), Entry("name", Takes::Text, false)]
}

/// A table of these entries, and of others where they may be of this kind.
fn table(entries: Vec<Entry>, others: &Value, generator: &mut SchemaGenerator) -> Value {
    let mut properties = Map::new();
    let mut required = Vec::new();
    for Entry(name, takes, needed) in entries {
        properties.insert(name.to_owned(), takes.schema(generator));
        if needed {
            required.push(name);
        }
    }
    json!({
        "type": "object",
        "properties": properties,
        "required": required,
        "additionalProperties": others,
    })
}

fn kind(kind: &'static str, generator: &mut SchemaGenerator) -> Value {
    // Fields of a bit format are entries too: fields of the profile, or numbers.
    let others = if kind == "bits" { bit_field() } else { json!(false) };
    let Some(entries) = entries(kind) else {
        return json!({ "type": "object", "required": [kind] });
    };
    let entries = entries.into_iter().chain(common()).collect();
    table(entries, &others, generator)
}

/// Records of an NDEF message: text that stands there as it is, and parts.
fn messages(generator: &mut SchemaGenerator) -> Value {
    let text = json!({ "type": "string" });
    let pieces = json!({ "anyOf": [text, generator.subschema_for::<Part>()] });
    let whole = json!({ "anyOf": [text, { "type": "array", "minItems": 1, "items": pieces }] });
    let record = |properties: Value, required: &str| {
        json!({
            "type": "object",
            "properties": properties,
            "required": [required],
            "additionalProperties": false,
        })
    };
    let records = [
        record(json!({ "uri": whole }), "uri"),
        record(json!({ "text": whole, "lang": text }), "text"),
    ];
    json!({ "type": "array", "minItems": 1, "items": { "anyOf": records } })
}

/// What a field of a bit format is: a field of the profile, a number, or one of them made into a number.
fn bit_field() -> Value {
    let (text, form) = (json!({ "type": "string" }), json!({ "const": Date::IN_BITS }));
    let made = |properties: Value, required: &[&str]| {
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    };
    json!({ "anyOf": [
        { "type": ["string", "integer"] },
        made(json!({ "uint": text, "add": { "type": "integer" } }), &["uint"]),
        made(json!({ "date": text, "form": form }), &["date", "form"]),
    ] })
}

/// A number of a few bits.
pub(super) fn slots() -> Value {
    let width = json!({ "type": "integer", "minimum": 1, "maximum": 64 });
    let slot = |kind: &str, own: Value, more: &[&str]| {
        let mut properties = Map::new();
        properties.insert(kind.to_owned(), own);
        properties.insert("width".to_owned(), width.clone());
        let mut required = vec![kind, "width"];
        for name in more {
            properties.insert((*name).to_owned(), json!({ "type": "integer", "minimum": 0 }));
            required.push(name);
        }
        if ["uint", "int"].contains(&kind) {
            properties.insert("add".to_owned(), json!({ "type": "integer" }));
        }
        if ["days", "seconds"].contains(&kind) {
            properties.insert("since".to_owned(), json!({ "type": "string" }));
            required.push("since");
        }
        if kind == "date" {
            properties.insert("form".to_owned(), json!({ "const": Date::IN_BITS }));
            required.push("form");
        }
        json!({
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        })
    };
    let text = || json!({ "type": "string" });
    json!({ "anyOf": [
        slot("uint", text(), &[]),
        slot("int", text(), &[]),
        slot("days", text(), &[]),
        slot("seconds", text(), &[]),
        slot("constant", json!({ "type": "integer", "minimum": 0 }), &[]),
        slot("date", text(), &[]),
        slot("year", text(), &["since"]),
        slot("month", text(), &[]),
        slot("day", text(), &[]),
    ] })
}

impl JsonSchema for Part {
    fn schema_name() -> Cow<'static, str> {
        "Part".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let kinds: Vec<Value> = ROWS.iter().map(|row| kind(row.name, generator)).collect();
        json_schema!({ "anyOf": kinds })
    }
}

/// The names that a kind's entries have here, for the tests.
#[cfg(test)]
pub(super) fn names(kind: &str) -> Option<Vec<&'static str>> {
    let entries = entries(kind)?.into_iter().chain(common());
    Some(entries.map(|Entry(name, ..)| name).collect())
}
