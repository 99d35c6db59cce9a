// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a survey found, in words.

use cardwright::host::transaction::TransactionMac;
use cardwright::iso14443::Uid;
use cardwright::profile::Profile;
use cardwright::survey::{self, Survey};
use cardwright::wire::{
    self, Access, AccessRights, Aid, ChangeKeyRight, CommMode, DetailedKind, DynamicMessaging,
    FileDetails, FileKind, FileNo, FileReport, FileState, KeyDetails, ModuleVersion, PiccKey,
    RecordLayout,
};

use super::seen::{
    Application, Card, Contents, DelegatedSlot, Delegation, DelegationKey, Field, File,
    FileSettings, Key, Opens, Originality, Rights, Seen, Settings, SlotContents, UidForm,
};

impl<T> Seen<T> {
    /// The words for an answer that `make` puts into words.
    pub(crate) fn of<U>(seen: &survey::Seen<U>, make: impl FnOnce(&U) -> T) -> Self {
        match seen {
            survey::Seen::Is(value) => Self::Is(make(value)),
            survey::Seen::Closed(error) => Self::Closed(error.to_string()),
            survey::Seen::Lost(error) => Self::Lost(error.to_string()),
            survey::Seen::Gone(error) => Self::Gone(error.to_string()),
            survey::Seen::NotAsked(why) => Self::Closed((*why).to_owned()),
            survey::Seen::Odd { error, bytes } => {
                let bytes = hex::encode_upper(bytes.expose_secret());
                Self::Odd { why: error.to_string(), bytes }
            }
        }
    }
}

/// A card in words, its contents taken apart by the profile.
pub(crate) fn card(seen: &Survey, profile: Option<&Profile>) -> Card {
    let version = seen.version.value();
    // A tag is no DESFire, and is named by its product.
    let desfire = |chip: &wire::Chip| chip.silicon().has(wire::Ins::GetKeySettings);
    let chip = version.and_then(wire::Version::chip).filter(desfire);
    let product = seen.product.map_or("unknown", |product| product.name());
    let uid = seen.uid.as_ref().filter(|uid| !uid.expose().is_empty());
    let say = |found: &cardwright::originality::Finding| Originality {
        finding: found.name(),
        key: found.key().map(|key| key.name),
        says: found.to_string(),
    };
    Card {
        chip: chip.map_or_else(|| product.to_owned(), |chip| chip.to_string()),
        product: product.to_owned(),
        capacity: chip.map(wire::Chip::capacity),
        desfire: chip.is_some(),
        version: Seen::of(&seen.version, |_| ()),
        hardware: version.map(|version| module(version.hardware)),
        software: version.map(|version| module(version.software)),
        uid: uid.map(|uid| hex::encode_upper(uid.expose())),
        uid_form: match seen.uid_form() {
            wire::UidForm::Own if matches!(uid, Some(Uid::Long(_))) => UidForm::Long,
            wire::UidForm::Own => UidForm::Own,
            wire::UidForm::Random => UidForm::Random,
            wire::UidForm::Number => UidForm::Number,
            wire::UidForm::Nothing => UidForm::Nothing,
        },
        real_uid: seen.real_uid.as_ref().map(|uid| hex::encode_upper(uid.expose())),
        originality: Seen::of(&seen.originality, say),
        free_memory: Seen::of(&seen.free_memory, |bytes| *bytes),
        keys: vec![key(&seen.master)],
        settings: Seen::of(&seen.settings, settings),
        delegation: seen.delegation.as_ref().map(delegation),
        names: Seen::of(&seen.names, |_| ()),
        applications: Seen::of(&seen.applications, |all| {
            all.iter().map(|one| application(one, profile)).collect()
        }),
        exchanges: seen.exchanges,
    }
}

fn module(version: ModuleVersion) -> String {
    format!("{:02X}.{:02X}, storage {:02X}", version.major, version.minor, version.storage)
}

fn key(slot: &survey::Slot) -> Key {
    let opens = match slot.opens {
        survey::Opens::Yes => Opens::Yes,
        survey::Opens::No => Opens::No,
        survey::Opens::NotTried => Opens::NotTried,
    };
    Key { no: slot.no.into(), version: Seen::of(&slot.version, |version| version.0), opens }
}

fn delegation(seen: &survey::Delegation) -> Delegation {
    let name = |key: PiccKey| match key {
        PiccKey::DamAuth => "DAMAuthKey",
        PiccKey::DamMac => "DAMMACKey",
        PiccKey::DamEnc => "DAMENCKey",
        PiccKey::NxpDamAuth
        | PiccKey::NxpDamMac
        | PiccKey::NxpDamEnc
        | PiccKey::VcConfiguration
        | PiccKey::VcProximity
        | PiccKey::VcSelectMac
        | PiccKey::VcSelectEnc
        | _ => "another key of the card",
    };
    let keys = seen.keys.iter().map(|(key, version)| DelegationKey {
        no: key.number().into(),
        name: name(*key),
        version: Seen::of(version, |version| version.0),
    });
    let slots = seen.slots.iter().map(|(slot, info)| DelegatedSlot {
        slot: *slot,
        holds: Seen::of(info, |info| SlotContents {
            version: info.slot_version,
            quota: info.quota,
            free: info.free,
            application: info.aid.map(|aid| aid.to_string()),
        }),
    });
    Delegation { keys: keys.collect(), slots: slots.collect() }
}

fn settings(details: &KeyDetails) -> Settings {
    let (settings, slots) = (details.settings, details.slots);
    Settings {
        byte: format!("{:02X}", settings.to_byte()),
        key_changeable: settings.key_changeable,
        free_list: settings.free_list,
        free_create: settings.free_create,
        settings_changeable: settings.settings_changeable,
        change_keys_with: match settings.change {
            ChangeKeyRight::Key(no) => format!("key {no}"),
            ChangeKeyRight::Same => "each key itself".to_owned(),
            ChangeKeyRight::Never => "nobody".to_owned(),
        },
        key_type: slots.key_type.to_string(),
        keys: slots.count,
        iso_file_ids: slots.iso_file_ids,
        third: details.third.map(|byte| format!("{byte:02X}")),
        key_sets: details.sets.map(|sets| {
            format!(
                "{} key sets of keys up to {} bytes, the active one of version {}, rolled by key {}",
                sets.count,
                sets.key_length,
                sets.version,
                sets.settings & 0x0F
            )
        }),
    }
}

fn application(seen: &survey::Application, profile: Option<&Profile>) -> Application {
    Application {
        aid: seen.aid.to_string(),
        iso_id: seen.iso.as_ref().map(|iso| iso.id.to_string()),
        df_name: seen.iso.as_ref().and_then(|iso| iso.name.as_ref()).map(ToString::to_string),
        selected: Seen::of(&seen.selected, |()| ()),
        keys: seen.keys.iter().map(key).collect(),
        settings: Seen::of(&seen.settings, settings),
        key_sets: seen.key_sets.as_ref().map(|sets| {
            Seen::of(sets, |versions| versions.iter().map(|version| version.0).collect())
        }),
        files: Seen::of(&seen.files, |files| {
            files.iter().map(|one| file(one, seen.aid, profile)).collect()
        }),
    }
}

fn file(seen: &survey::File, aid: Aid, profile: Option<&Profile>) -> File {
    let contents = seen.contents.value();
    let fields =
        profile.zip(contents).map(|(profile, contents)| fields(profile, aid, seen.no, contents));
    let counted = contents.and_then(|contents| counted(seen.details.value()?, contents));
    File {
        no: seen.no.into(),
        settings: Seen::of(&seen.details, in_words),
        contents: Seen::of(&seen.contents, self::contents),
        fields: counted.or(fields).unwrap_or_default(),
    }
}

/// What is in a file.
pub(crate) fn contents(contents: &survey::Contents) -> Contents {
    match contents {
        survey::Contents::Data { bytes, grade } => {
            Contents::Data { hex: hex::encode_upper(bytes.expose_secret()), proof: *grade }
        }
        survey::Contents::Value { value, grade } => {
            Contents::Value { value: *value.expose_secret(), proof: *grade }
        }
        survey::Contents::Records { records, grade } => {
            let hex = records.iter().map(|one| hex::encode_upper(one.expose_secret()));
            Contents::Records { hex: hex.collect(), proof: *grade }
        }
    }
}

/// Counter and MAC of the last transaction, of a transaction MAC file.
fn counted(details: &FileDetails, contents: &survey::Contents) -> Option<Vec<Field>> {
    let (DetailedKind::TransactionMac { .. }, survey::Contents::Data { bytes, .. }) =
        (&details.kind, contents)
    else {
        return None;
    };
    let last = TransactionMac::decode(bytes.expose_secret()).ok()?;
    let field = |name: &str, value| Field { name: name.to_owned(), value };
    let counter = field("transactions", last.counter.0.to_string());
    Some(vec![counter, field("MAC of the last", hex::encode_upper(last.value))])
}

/// What the profile's contents of a file say.
fn fields(profile: &Profile, aid: Aid, no: FileNo, contents: &survey::Contents) -> Vec<Field> {
    let application = profile.applications().iter().find(|found| found.aid == aid);
    let file = application.and_then(|found| found.files.iter().find(|file| file.no == no));
    let Some(content) = file.and_then(|file| file.content.as_ref()) else { return Vec::new() };
    let bytes = match contents {
        survey::Contents::Data { bytes, .. } => bytes.expose_secret().clone(),
        survey::Contents::Value { value, .. } => value.expose_secret().to_le_bytes().to_vec(),
        survey::Contents::Records { records, .. } => {
            records.iter().flat_map(|one| one.expose_secret().clone()).collect()
        }
    };
    let told = content.read(&bytes).into_iter();
    told.map(|told| Field { name: told.name, value: told.value.expose_secret().clone() }).collect()
}

fn in_words(details: &FileDetails) -> FileSettings {
    let (kind, extent) = kind(&details.kind);
    let mode = match details.mode {
        CommMode::Plain => "plain",
        CommMode::Mac => "mac",
        CommMode::Full => "full",
    };
    let rights = details.rights;
    let hex_of = |byte: u8| format!("{byte:02X}");
    FileSettings {
        kind,
        extent,
        mode,
        read: right(rights.read),
        write: right(rights.write),
        read_write: right(rights.read_write),
        change: right(rights.change),
        option: hex_of(details.option),
        unknown_option: Some(details.unknown_option()).filter(|bits| *bits != 0).map(hex_of),
        further_rights: details.further.iter().map(set).collect(),
        dynamic: details.dynamic.as_ref().map(dynamic),
        transaction_limit: details.transaction_limit,
        unread: Some(&details.unread).filter(|rest| !rest.is_empty()).map(hex::encode_upper),
    }
}

fn kind(kind: &DetailedKind) -> (&'static str, String) {
    let FileReport { settings, state } = match kind {
        DetailedKind::Common(report) => report,
        DetailedKind::TransactionMac { key_option, key_version } => {
            let cipher = if *key_option == 0x02 { "AES key" } else { "key of another kind" };
            return ("transaction MAC", format!("{cipher} of version {key_version}"));
        }
    };
    match settings.kind {
        FileKind::Standard { size } => ("standard", format!("{} bytes", size.bytes())),
        FileKind::Backup { size } => ("backup", format!("{} bytes", size.bytes())),
        FileKind::Value(limits) => ("value", format!("{} to {}", limits.lower(), limits.upper())),
        FileKind::LinearRecord(layout) => ("linear records", records(layout, *state)),
        FileKind::CyclicRecord(layout) => ("cyclic records", records(layout, *state)),
        _ => ("unknown", String::new()),
    }
}

fn records(layout: RecordLayout, state: FileState) -> String {
    let FileState::Records { current } = state else { return String::new() };
    format!("{current} of {} records, {} bytes each", layout.max.get(), layout.size.bytes())
}

fn set(rights: AccessRights) -> Rights {
    Rights {
        read: right(rights.read),
        write: right(rights.write),
        read_write: right(rights.read_write),
    }
}

fn right(access: Access) -> String {
    match access {
        Access::Key(no) => format!("key {no}"),
        Access::Free => "free".to_owned(),
        Access::Never => "never".to_owned(),
    }
}

fn dynamic(set: &DynamicMessaging) -> String {
    let mut words = vec![
        format!("options {:02X}", set.options),
        format!("counter {}", right(set.counter)),
        match set.meta {
            Access::Free => "UID and counter in clear".to_owned(),
            Access::Never => "no UID or counter".to_owned(),
            Access::Key(no) => format!("UID and counter under key {no}"),
        },
        match set.file {
            Access::Key(no) => format!("MAC under key {no}"),
            Access::Free | Access::Never => "no MAC".to_owned(),
        },
    ];
    words.extend(set.places.iter().map(|(name, at)| format!("{name} {at}")));
    words.join(", ")
}
