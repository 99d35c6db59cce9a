// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keys there are, by their check values.

use cardwright::diversify::Subject;
use cardwright::iso14443::RealUid;
use cardwright::key::{CheckValue, Life, Purpose, Revoked};
use cardwright::keys::Store;
use cardwright::profile::{KeyIndex, KeySpec, Profile};
use cardwright::wire::{Aid, KeyNo, KeyType, PiccKey};
use serde::Serialize;

use crate::arguments::Show;
use crate::entry::type_word;
use crate::{key_file, read, result, table};

/// The keys of a store.
#[derive(Serialize)]
struct Listed {
    #[serde(rename = "use")]
    purpose: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    tenant: Option<String>,
    keys: Vec<Key>,
}

#[derive(Serialize)]
struct Key {
    name: String,
    #[serde(rename = "type")]
    key_type: &'static str,
    version: u8,
    /// The check value, or why there is none.
    check: String,
    /// On which days it is put on cards, where that is said: as key files say it.
    #[serde(skip_serializing_if = "Option::is_none")]
    not_before: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    not_after: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    revoked: Option<serde_json::Value>,
}

/// The keys of a card that are made of one.
#[derive(Serialize)]
struct Derived {
    profile: String,
    name: String,
    /// The name in the key file.
    #[serde(rename = "ref")]
    reference: String,
    version: u8,
    uid: String,
    /// Of the issuer key.
    issuer_check: String,
    places: Vec<Place>,
}

#[derive(Serialize)]
struct Place {
    application: String,
    key_no: u8,
    check: String,
}

/// Shows the keys, or the keys of a card that are made of one.
pub(crate) fn show(asked: &Show) -> Result<(), String> {
    let store = key_file::open(&asked.keys, &asked.secret)?;
    match (&asked.derive, &asked.uid, &asked.profile) {
        (Some(name), Some(uid), Some(path)) => {
            let profile = read::profile(path)?;
            let spec =
                named(&profile, name).map_err(|error| format!("{}: {error}", path.display()))?;
            let derived = derived(&*store, &profile, spec, uid);
            let derived = derived.map_err(|error| format!("{}: {error}", asked.keys.display()))?;
            write(asked.json, &derived, Derived::table)
        }
        _ => write(asked.json, &listed(&*store), Listed::table),
    }
}

fn write<T: Serialize>(json: bool, what: &T, table: fn(&T) -> String) -> Result<(), String> {
    let text = match json {
        true => serde_json::to_string_pretty(what).map_err(|error| error.to_string())? + "\n",
        false => table(what),
    };
    result::write(&text, json)
}

fn listed(store: &dyn Store) -> Listed {
    let key = |(name, version): (String, cardwright::wire::KeyVersion)| {
        let issuer = store.issuer(&name, version);
        let key_type = issuer.as_ref().map_or("?", |key| type_word(key.key_type()));
        let life = issuer.as_ref().map_or(Life::ALWAYS, |key| key.life());
        let check = issuer.and_then(|key| CheckValue::of(&*key));
        let check = check.map_or_else(|error| error.to_string(), |value| value.to_string());
        let [not_before, not_after] = [life.first(), life.last()].map(|day| Some(day?.to_string()));
        let revoked = life.revocation().map(|revoked| match revoked {
            Revoked::Always => true.into(),
            Revoked::From(day) => day.to_string().into(),
        });
        Key { name, key_type, version: version.0, check, not_before, not_after, revoked }
    };
    Listed {
        purpose: match store.purpose() {
            Purpose::Test => "test",
            Purpose::Live => "live",
        },
        tenant: store.tenant().map(str::to_owned),
        keys: store.names().into_iter().map(key).collect(),
    }
}

/// The key of this name, before which the profile may stand, as people say it: door/read.
fn named<'p>(profile: &'p Profile, name: &str) -> Result<&'p KeySpec, String> {
    let own = name.strip_prefix(profile.name()).and_then(|rest| rest.strip_prefix('/'));
    let name = own.unwrap_or(name);
    profile.keys().iter().find(|spec| spec.name == name).ok_or_else(|| {
        let names = profile.keys().iter().map(|spec| spec.name.clone());
        format!("the profile {} has no key {name}{}", profile.name(), read::meant(name, names))
    })
}

/// The keys that a profile makes of one of its keys for a card.
fn derived(
    store: &dyn Store,
    profile: &Profile,
    spec: &KeySpec,
    uid: &RealUid,
) -> Result<Derived, String> {
    let issuer = store.issuer(&spec.reference, spec.version);
    let told = |error: &dyn std::error::Error| {
        format!("key {} (version {}): {error}", spec.reference, spec.version.0)
    };
    let issuer = issuer.map_err(|error| told(&error))?;
    let place = |(aid, no): (Aid, KeyNo)| {
        let subject = Subject { uid: Some(uid), aid, no, fields: None };
        let key = spec.card_key(&*issuer, &subject).map_err(|error| told(&error))?;
        let check = key.check_value().to_string();
        Ok(Place { application: aid.to_string(), key_no: no.into(), check })
    };
    Ok(Derived {
        profile: profile.name().to_owned(),
        name: spec.name.clone(),
        reference: spec.reference.clone(),
        version: spec.version.0,
        uid: hex::encode_upper(uid.expose()),
        issuer_check: CheckValue::of(&*issuer).map_err(|error| told(&error))?.to_string(),
        places: places(profile, spec).into_iter().map(place).collect::<Result<_, String>>()?,
    })
}

/// Where cards have a key of the profile.
fn places(profile: &Profile, spec: &KeySpec) -> Vec<(Aid, KeyNo)> {
    let is_it = |index: KeyIndex| profile.key(index).is_some_and(|key| key.name == spec.name);
    let card = profile.card().map(|card| (card.master_key, KeyNo::MASTER));
    let delegation = profile.delegation().map(|one| (one.key, PiccKey::DamAuth.number()));
    let picc = card.into_iter().chain(delegation).filter(|(index, _)| is_it(*index));
    let mut places: Vec<(Aid, KeyNo)> = picc.map(|(_, no)| (Aid::PICC, no)).collect();
    for application in profile.applications() {
        let keys = (0..).zip(&application.keys);
        let own = keys.filter(|(_, key)| key.own().is_some_and(is_it));
        places.extend(own.filter_map(|(no, _)| Some((application.aid, KeyNo::new(no)?))));
    }
    places
}

impl Key {
    /// On which days it is put on cards; nothing where that is on all.
    fn days(&self) -> String {
        let day = |word: &str, day: Option<&str>| day.map(|day| format!("{word} {day}"));
        let revoked = self.revoked.as_ref().map(|revoked| match revoked.as_str() {
            Some(day) => format!("revoked {day}"),
            None => "revoked".to_owned(),
        });
        let said = [
            day("from", self.not_before.as_deref()),
            day("until", self.not_after.as_deref()),
            revoked,
        ];
        said.into_iter().flatten().collect::<Vec<_>>().join(", ")
    }
}

impl Listed {
    fn table(&self) -> String {
        let mut table = table::bare();
        let is_dated = self.keys.iter().any(|key| !key.days().is_empty());
        let columns = if is_dated { 5 } else { 4 };
        let header = ["name", "type", "version", "check value", "put on cards"];
        table.set_header(header.into_iter().take(columns));
        for key in &self.keys {
            let (version, days) = (key.version.to_string(), key.days());
            let row = [&key.name, key.key_type, &version, &key.check, &days].map(shown);
            table.add_row(row.into_iter().take(columns));
        }
        let tenant =
            self.tenant.as_deref().map_or_else(String::new, |one| format!(", tenant {one}"));
        let mut text = format!("{}\n{table}\n", shown(&format!("use {}{tenant}", self.purpose)));
        let is_des =
            |key: &Key| [KeyType::Des, KeyType::Tdes3].map(type_word).contains(&key.key_type);
        if self.keys.iter().any(is_des) {
            text += LOW_BITS;
        }
        text
    }
}

/// What goes into a cell ends no line.
fn shown(text: &str) -> String {
    cardwright::shown::Shown(text).to_string()
}

const LOW_BITS: &str = "2k3des and 3k3des keys that differ in their low bits alone, where versions are, have the \
                        same check value\n";

impl Derived {
    fn table(&self) -> String {
        let mut table = table::bare();
        table.set_header(["application", "key", "check value"]);
        for place in &self.places {
            table.add_row([&place.application, &place.key_no.to_string(), &place.check]);
        }
        let (name, uid, issuer) = (&self.name, &self.uid, &self.issuer_check);
        let of = format!("{} (version {}), {issuer}", self.reference, self.version);
        shown(&format!("key {name} of profile {}, made of {of}, for card {uid}", self.profile))
            + &format!("\n{table}\n")
    }
}
