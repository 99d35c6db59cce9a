// SPDX-License-Identifier: MIT OR Apache-2.0
//! The state of a card as text, so that a software card outlives its process.
//!
//! The text holds every key in clear. It is for tests only and says so; whoever keeps it keeps it
//! from others.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use zeroize::Zeroizing;

use crate::iso14443::{Ats, RealUid};
use crate::secret::{Growing, Secret, from_digits, wipe_stack};
use crate::wire::{
    AccessRights, Aid, CommMode, FileNo, FileReport, FileState, Ins, IsoDf, KeySettings, KeySlots,
    KeyType, NewFile, PiccConfiguration,
};

use super::application::Application;
use super::configuration::{DefaultKey, UidForm};
use super::delegation::Slot;
use super::failures::Failures;
use super::file::{Body, File, MODE_TWO};
use super::key_sets::{KeySet, KeySets};
use super::keys::{KeyRing, StoredKey};
use super::memory::Memory;
use super::model::Model;
use super::seal::Seal;
use super::signature::Signature;
use super::transaction_mac::TransactionMac;

/// What the text is, and in which edition.
const FORMAT: &str = "cardwright software card";
const VERSION: u32 = 1;
const USE: &str = "test";

/// Why a text is not the state of a card.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum StateError {
    /// It cannot be read.
    #[error("line {line}, column {column}: this is not the state of a software card")]
    NotState {
        /// The line, from 1.
        line: usize,
        /// The column, from 1.
        column: usize,
    },
    /// It is of another format or edition.
    #[error(
        "this is not a state that this version reads: it reads \"{FORMAT}\", version {VERSION}"
    )]
    OtherVersion,
    /// It is not marked for tests.
    #[error("the state is not marked use = \"test\", and software cards are for tests only")]
    NotTest,
    /// Its parts do not fit each other.
    #[error("the state is damaged: {0} is not what a card can have")]
    Damaged(&'static str),
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Saved {
    format: String,
    version: u32,
    r#use: String,
    model: String,
    uid: Hex,
    production: Hex,
    free: u32,
    no_format: bool,
    random_uid: bool,
    /// Bits 5 and 6 of SetConfiguration option 00, of an EV3.
    #[serde(default, skip_serializing_if = "is_usual")]
    uid_form: u8,
    #[serde(skip_serializing_if = "Option::is_none")]
    default_key: Option<SavedKey>,
    #[serde(skip_serializing_if = "Option::is_none")]
    ats: Option<Hex>,
    /// Of a chip with a seal: whether it looks at it, whether it found it open, and who may ask.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    seal: Option<(bool, bool, u8)>,
    /// What else SetConfiguration told it, by option.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    told: BTreeMap<u8, Hex>,
    /// Without: the test key's, where one can be made. Empty: none.
    #[serde(skip_serializing_if = "Option::is_none")]
    signature: Option<Hex>,
    picc: SavedKeys,
    /// Further keys of the PICC that were written, by number.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    further: BTreeMap<u8, SavedKey>,
    /// The slots of delegated applications: version, quota, what the application takes, what is free.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    slots: BTreeMap<u16, (u8, u16, u32, u32)>,
    applications: Vec<SavedApplication>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedKeys {
    settings: u8,
    r#type: SavedType,
    keys: Vec<SavedKey>,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "lowercase")]
enum SavedType {
    Des,
    Tdes3,
    Aes,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedKey {
    value: Hex,
    version: u8,
    /// What was counted of failed authentications with it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    failures: Option<(u16, u8, u16)>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedApplication {
    aid: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    iso_id: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    df_name: Option<String>,
    iso_file_ids: bool,
    #[serde(flatten)]
    keys: SavedKeys,
    /// The third settings byte, where it was created with one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    third: Option<u8>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    sets: Option<SavedSets>,
    /// The slot of a delegated application.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    slot: Option<u16>,
    files: Vec<SavedFile>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    transaction_mac: Option<SavedMac>,
}

/// The key sets beside the active one.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSets {
    /// As CreateApplication described them.
    described: Hex,
    others: Vec<Option<SavedSet>>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedSet {
    r#type: SavedType,
    version: u8,
    closed: bool,
    keys: Vec<SavedKey>,
}

/// A transaction MAC file, and what it has to remember.
#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedMac {
    no: u8,
    /// Whether it was given this number.
    #[serde(default, skip_serializing_if = "is_false")]
    renumbered: bool,
    mode: u8,
    rights: Hex,
    sessions_only: bool,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    limit: Option<u32>,
    key: SavedKey,
    counter: u32,
    /// In LRP, how many transactions were begun since the last one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    begun: Option<u16>,
    value: Hex,
    reader: Hex,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct SavedFile {
    no: u8,
    /// Whether it was given this number.
    #[serde(default, skip_serializing_if = "is_false")]
    renumbered: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    iso_id: Option<String>,
    /// The reply of GetFileSettings.
    settings: Hex,
    /// Whether it was made for secure dynamic messaging.
    #[serde(default, skip_serializing_if = "is_false")]
    dynamic: bool,
    /// How often it was read, where it has secure dynamic messaging.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    reads: Option<u32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    contents: Option<Hex>,
    #[serde(skip_serializing_if = "Option::is_none")]
    value: Option<i32>,
    #[serde(skip_serializing_if = "Option::is_none")]
    records: Option<Vec<Hex>>,
}

/// Bytes as digits, wiped on drop.
struct Hex(Zeroizing<Vec<u8>>);

impl Hex {
    fn of(bytes: &[u8]) -> Self {
        Self(Zeroizing::new(bytes.to_vec()))
    }

    fn array<const N: usize>(&self, what: &'static str) -> Result<[u8; N], StateError> {
        self.0.as_slice().try_into().map_err(|_| StateError::Damaged(what))
    }
}

impl Serialize for Hex {
    fn serialize<S: serde::Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.serialize_str(&Zeroizing::new(hex::encode_upper(self.0.as_slice())))
    }
}

impl<'de> Deserialize<'de> for Hex {
    fn deserialize<D: serde::Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        let text = Zeroizing::new(String::deserialize(deserializer)?);
        from_digits(&text).map(Self).ok_or_else(|| serde::de::Error::custom("hex"))
    }
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about so")]
const fn is_usual(form: &u8) -> bool {
    *form == 0
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes what it asks about so")]
const fn is_false(flag: &bool) -> bool {
    !*flag
}

/// All that outlives the field, as text.
pub(super) fn save(
    memory: &Memory,
    uid: &RealUid,
    production: [u8; 7],
    signature: &Signature,
) -> Zeroizing<Vec<u8>> {
    let configuration = &memory.configuration;
    let saved = Saved {
        format: FORMAT.to_owned(),
        version: VERSION,
        r#use: USE.to_owned(),
        model: memory.model().to_string(),
        uid: Hex::of(uid.expose()),
        production: Hex::of(&production),
        free: memory.free(),
        no_format: configuration.picc.no_format,
        random_uid: configuration.picc.random_uid,
        uid_form: configuration.uid_form.to_byte(),
        default_key: configuration.default_key.as_ref().map(|key| SavedKey {
            value: Hex::of(key.bytes.expose_secret()),
            version: key.version,
            failures: None,
        }),
        ats: configuration.ats.as_ref().map(|ats| Hex::of(ats.as_bytes())),
        seal: Some(configuration.seal).filter(|seal| *seal != Seal::default()).map(Seal::save),
        told: configuration.told.iter().map(|(option, data)| (*option, Hex::of(data))).collect(),
        signature: match signature {
            Signature::OfTestKey => None,
            Signature::Given(bytes) => Some(Hex::of(bytes.expose_secret())),
            Signature::Missing => Some(Hex::of(&[])),
        },
        picc: SavedKeys::of(&memory.master),
        further: memory.master.written().map(|(no, key)| (no, SavedKey::of(key))).collect(),
        slots: memory.slots.iter().map(|(no, slot)| (*no, saved_slot(slot))).collect(),
        applications: memory.applications.iter().map(SavedApplication::of).collect(),
    };
    let mut text = Growing::default();
    // Only a map with keys that are no text could fail.
    let written = serde_json::to_writer_pretty(&mut text, &saved);
    drop(saved);
    wipe_stack();
    written.map(|()| text.into_bytes()).unwrap_or_default()
}

/// The card that was saved: what outlives the field, its UID, its production data, its signature.
pub(super) fn load(text: &[u8]) -> Result<(Memory, RealUid, [u8; 7], Signature), StateError> {
    let saved: Saved = serde_json::from_slice(text)
        .map_err(|error| StateError::NotState { line: error.line(), column: error.column() })?;
    if (saved.format.as_str(), saved.version) != (FORMAT, VERSION) {
        return Err(StateError::OtherVersion);
    }
    if saved.r#use != USE {
        return Err(StateError::NotTest);
    }
    let model: Model = saved.model.parse().map_err(|_| StateError::Damaged("the model"))?;
    let mut memory = Memory::new(model);
    memory.set_free(saved.free).ok_or(StateError::Damaged("the free memory"))?;
    restore_keys(&mut memory, &saved.picc, &saved.further)?;
    restore_slots(&mut memory, saved.slots)?;
    let configuration = &mut memory.configuration;
    configuration.picc =
        PiccConfiguration { no_format: saved.no_format, random_uid: saved.random_uid };
    configuration.uid_form = UidForm::from_byte(saved.uid_form);
    if saved.uid_form & !UidForm::MASK != 0 {
        return Err(StateError::Damaged("the form of the UID"));
    }
    if let Some(key) = saved.default_key {
        let bytes = Box::new(Secret::new(key.value.array("the default key")?));
        configuration.default_key = Some(DefaultKey { bytes, version: key.version });
    }
    if let Some(ats) = saved.ats {
        let ats = Ats::new(&ats.0).map_err(|_| StateError::Damaged("the ATS"))?;
        configuration.ats = Some(ats);
    }
    if let Some(seal) = saved.seal {
        configuration.seal = Seal::restore(seal).ok_or(StateError::Damaged("the seal"))?;
    }
    configuration.told =
        saved.told.iter().map(|(option, data)| (*option, data.0.to_vec())).collect();
    let fixed = !model.silicon().layout.is_free();
    if fixed && !are_of_factory(&saved.applications, &memory.applications) {
        return Err(StateError::Damaged("an application of a chip that has only its own"));
    }
    let lrp = fixed && configuration.is_lrp();
    memory.applications.clear();
    for application in saved.applications {
        let application = application.restore(model, lrp)?;
        if memory.position(application.aid).is_some() || application.aid == Aid::PICC {
            return Err(StateError::Damaged("an AID"));
        }
        require_slot(&memory, application.slot)?;
        memory.applications.push(application);
    }
    let uid = RealUid::new(saved.uid.array("the UID")?);
    let signature = match saved.signature {
        None => Signature::OfTestKey,
        Some(none) if none.0.is_empty() => Signature::Missing,
        Some(given) => Signature::Given(Secret::new(given.array("the signature")?)),
    };
    Ok((memory, uid, saved.production.array("the production data")?, signature))
}

impl SavedKeys {
    fn of(ring: &KeyRing) -> Self {
        Self {
            settings: ring.settings.to_byte(),
            r#type: SavedType::of(ring.kind()),
            keys: ring.all().iter().map(SavedKey::of).collect(),
        }
    }

    /// The keys, at most so many.
    fn ring(&self, most: usize) -> Result<KeyRing, StateError> {
        let kind = self.r#type.kind();
        let mut ring = KeyRing::new(KeySettings::from_byte(self.settings), kind, self.count(most)?);
        for (number, key) in (0..).zip(&self.keys) {
            ring.store(number, key.restore(kind)?);
        }
        Ok(ring)
    }

    fn count(&self, most: usize) -> Result<u8, StateError> {
        let count = Some(self.keys.len()).filter(|&count| count <= most);
        count.and_then(|count| count.try_into().ok()).ok_or(StateError::Damaged("a number of keys"))
    }
}

impl SavedType {
    const fn of(kind: KeyType) -> Self {
        match kind {
            KeyType::Des => Self::Des,
            KeyType::Tdes3 => Self::Tdes3,
            KeyType::Aes => Self::Aes,
        }
    }

    const fn kind(self) -> KeyType {
        match self {
            Self::Des => KeyType::Des,
            Self::Tdes3 => KeyType::Tdes3,
            Self::Aes => KeyType::Aes,
        }
    }
}

impl SavedKey {
    fn of(key: &StoredKey) -> Self {
        Self {
            value: Hex::of(key.bytes()),
            version: key.version(),
            failures: Some(key.failures)
                .filter(|failures| *failures != Failures::default())
                .map(Failures::save),
        }
    }

    fn restore(&self, kind: KeyType) -> Result<StoredKey, StateError> {
        let stored = StoredKey::new(kind, &self.value.0, self.version);
        let mut stored = stored.ok_or(StateError::Damaged("a key"))?;
        stored.failures = self.failures.map(Failures::restore).unwrap_or_default();
        Ok(stored)
    }
}

impl SavedSets {
    fn of(sets: &KeySets) -> Self {
        let saved = |set: &KeySet| SavedSet {
            r#type: SavedType::of(set.kind),
            version: set.version,
            closed: set.closed,
            keys: set.keys.iter().map(SavedKey::of).collect(),
        };
        Self {
            described: Hex::of(&sets.described().to_wire()),
            others: sets.others().iter().map(|set| set.as_ref().map(saved)).collect(),
        }
    }

    fn restore(self, slots: KeySlots) -> Result<KeySets, StateError> {
        let damaged = StateError::Damaged("the key sets");
        let described = self.described.array("the key sets")?;
        let mut sets = KeySets::new(described, slots.key_type).ok_or_else(|| damaged.clone())?;
        let mut others = Vec::new();
        for set in self.others {
            let restored = |set: SavedSet| {
                let kind = set.r#type.kind();
                let keys: Result<Vec<_>, _> =
                    set.keys.iter().map(|key| key.restore(kind)).collect();
                let keys = keys?;
                if keys.len() != usize::from(slots.count) {
                    return Err(damaged.clone());
                }
                Ok(KeySet { kind, keys, version: set.version, closed: set.closed })
            };
            others.push(set.map(restored).transpose()?);
        }
        sets.restore(others).ok_or(damaged)?;
        Ok(sets)
    }
}

/// The keys of the PICC, those counted from 0 and the further ones that were written.
fn restore_keys(
    memory: &mut Memory,
    counted: &SavedKeys,
    further: &BTreeMap<u8, SavedKey>,
) -> Result<(), StateError> {
    let ring = counted.ring(memory.master.all().len())?;
    memory.master = ring.with_further_of(&memory.master);
    for (number, key) in further {
        if !memory.master.is_further(*number) {
            return Err(StateError::Damaged("a key"));
        }
        memory.master.store(*number, key.restore(KeyType::Aes)?);
    }
    Ok(())
}

/// The slots of delegated applications.
fn restore_slots(
    memory: &mut Memory,
    slots: BTreeMap<u16, (u8, u16, u32, u32)>,
) -> Result<(), StateError> {
    for (number, (version, quota, own, free)) in slots {
        let slot = Slot { version, quota, own, free };
        if own.saturating_add(free) > slot.bytes() {
            return Err(StateError::Damaged("a slot"));
        }
        memory.slots.insert(number, slot);
    }
    Ok(())
}

/// The slot of a delegated application is there, and no other application's.
fn require_slot(memory: &Memory, slot: Option<u16>) -> Result<(), StateError> {
    let Some(slot) = slot else { return Ok(()) };
    let taken = memory.applications.iter().any(|other| other.slot == Some(slot));
    let free = !taken && memory.slots.contains_key(&slot);
    if free { Ok(()) } else { Err(StateError::Damaged("a slot")) }
}

const fn saved_slot(slot: &Slot) -> (u8, u16, u32, u32) {
    (slot.version, slot.quota, slot.own, slot.free)
}

/// Whether these are the applications from the factory, with the same files: each of its type, and called as
/// it was but where it was given another number.
fn are_of_factory(saved: &[SavedApplication], factory: &[Application]) -> bool {
    let alike = |(saved, file): (&SavedFile, &File)| {
        let named = saved.renumbered || saved.no == file.number;
        named && saved.settings.0.first() == Some(&file.settings.kind.file_type().byte())
    };
    let same = |(saved, own): (&SavedApplication, &Application)| {
        let mac = saved.transaction_mac.is_none() || own.transaction_mac.is_some();
        let files = saved.files.len() == own.files.len();
        saved.aid == own.aid.to_string() && mac && files && {
            saved.files.iter().zip(&own.files).all(alike)
        }
    };
    saved.len() == factory.len() && saved.iter().zip(factory).all(same)
}

impl SavedApplication {
    fn of(application: &Application) -> Self {
        let iso = application.iso.as_ref();
        Self {
            aid: application.aid.to_string(),
            iso_id: iso.map(|iso| iso.id.to_string()),
            df_name: iso.and_then(|iso| iso.name.as_ref()).map(ToString::to_string),
            iso_file_ids: application.iso_file_ids,
            keys: SavedKeys::of(&application.keys),
            third: application.third,
            slot: application.slot,
            sets: application.sets.as_ref().map(SavedSets::of),
            files: application.files.iter().map(SavedFile::of).collect(),
            transaction_mac: application.transaction_mac.as_ref().map(SavedMac::of),
        }
    }

    fn restore(self, model: Model, lrp: bool) -> Result<Application, StateError> {
        let damaged = StateError::Damaged;
        let aid = self.aid.parse().map_err(|_| damaged("an AID"))?;
        let id = self.iso_id.map(|id| id.parse()).transpose();
        let name = self.df_name.map(|name| name.parse()).transpose();
        let name = name.map_err(|_| damaged("a DF name"))?;
        let iso = match id.map_err(|_| damaged("an ISO identifier"))? {
            Some(id) => Some(IsoDf { id, name }),
            None if name.is_some() => return Err(damaged("a DF name")),
            None => None,
        };
        let count = self.keys.count(14)?;
        let slots =
            KeySlots { count, key_type: self.keys.r#type.kind(), iso_file_ids: self.iso_file_ids };
        let mut application = Application::new(aid, iso, slots, self.keys.ring(14)?);
        (application.third, application.slot) = (self.third, self.slot);
        application.sets = self.sets.map(|sets| sets.restore(slots)).transpose()?;
        for file in self.files {
            let file = file.restore(model)?;
            if application.file(file.number).is_ok() {
                return Err(damaged("a file number"));
            }
            application.files.push(file);
        }
        if let Some(mac) = self.transaction_mac {
            let mac = mac.restore(lrp)?;
            if application.file(mac.number).is_ok() || !model.silicon().has(Ins::CommitReaderId) {
                return Err(damaged("a transaction MAC file"));
            }
            application.transaction_mac = Some(mac);
        }
        Ok(application)
    }
}

impl SavedMac {
    fn of(mac: &TransactionMac) -> Self {
        let (key, version, (counter, begun), value, reader) = mac.kept();
        Self {
            no: mac.number,
            renumbered: mac.renumbered,
            mode: mac.mode.bits(),
            rights: Hex::of(&mac.rights.to_wire()),
            sessions_only: mac.sessions_only,
            limit: mac.limit,
            key: SavedKey { value: Hex::of(key.expose_secret()), version, failures: None },
            counter,
            begun,
            value: Hex::of(&value),
            reader: Hex::of(&reader),
        }
    }

    fn restore(self, lrp: bool) -> Result<TransactionMac, StateError> {
        let what = "a transaction MAC file";
        let damaged = StateError::Damaged(what);
        let number = FileNo::new(self.no).ok_or_else(|| damaged.clone())?;
        let mode = CommMode::from_byte(self.mode).map_err(|_| damaged.clone())?;
        let rights = AccessRights::from_wire(self.rights.array(what)?);
        let key = || self.key.value.array(what).map(Secret::new);
        let mut mac = TransactionMac::new(number.into(), mode, rights, key()?, self.key.version);
        let (value, reader) = (self.value.array(what)?, self.reader.array(what)?);
        let most = if lrp { u32::from(u16::MAX) } else { u32::MAX };
        if self.begun.is_some() && !lrp || self.limit.is_some_and(|limit| limit > most) {
            return Err(damaged);
        }
        let counter = (self.counter, lrp.then(|| self.begun.unwrap_or_default()));
        mac.restore((key()?, self.key.version, counter, value, reader));
        (mac.sessions_only, mac.limit) = (self.sessions_only, self.limit);
        mac.renumbered = self.renumbered;
        Ok(mac)
    }
}

impl SavedFile {
    fn of(file: &File) -> Self {
        let mut saved = Self {
            no: file.number,
            renumbered: file.renumbered,
            iso_id: file.iso_id.map(|id| id.to_string()),
            settings: Hex::of(&file.told()),
            dynamic: file.dynamic,
            reads: file.settings.sdm.map(|_| file.reads),
            contents: None,
            value: None,
            records: None,
        };
        match &file.body {
            Body::Data(data) => saved.contents = Some(Hex::of(data.contents())),
            Body::Value(value) => saved.value = Some(value.get()),
            Body::Records(records) => saved.records = Some(records.all().map(Hex::of).collect()),
        }
        saved
    }

    fn restore(self, model: Model) -> Result<File, StateError> {
        let damaged = StateError::Damaged;
        let number = FileNo::new(self.no).ok_or(damaged("a file number"))?;
        let id = self.iso_id.map(|id| id.parse()).transpose();
        let id = id.map_err(|_| damaged("an ISO identifier"))?;
        let report = FileReport::decode(&self.settings.0).map_err(|_| damaged("file settings"))?;
        let start = NewFile::new(report.settings).value;
        let mut file = File::new(number.into(), id, report.settings, start);
        if !model.silicon().layout.is_free() {
            file = file.without_spare_record();
        }
        file.renumbered = self.renumbered;
        file.mode_two = self.settings.0.get(1) == Some(&MODE_TWO);
        file.dynamic = self.dynamic;
        file.reads = match (self.reads, file.settings.sdm) {
            (Some(reads), Some(_)) if reads <= 0x00FF_FFFF => reads,
            (None, None) => 0,
            _ => return Err(damaged("a read counter")),
        };
        let restored = match (&mut file.body, self.contents, self.value, self.records) {
            (Body::Data(data), Some(contents), None, None) => {
                data.restore(Secret::new(contents.0.to_vec()))
            }
            (Body::Value(value), None, Some(number), None) => {
                let FileState::Value { limited_credit } = report.state else {
                    return Err(damaged("file settings"));
                };
                value.restore(number, limited_credit)
            }
            (Body::Records(records), None, None, Some(saved)) => {
                let saved = saved.iter().map(|record| Secret::new(record.0.to_vec()));
                records.restore(saved.collect())
            }
            _ => None,
        };
        restored.ok_or(damaged("the contents of a file"))?;
        Ok(file)
    }
}
