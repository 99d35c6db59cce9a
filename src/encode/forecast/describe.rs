// SPDX-License-Identifier: MIT OR Apache-2.0
//! Steps in words, with the names of the profile. No UID, key or field value is among them.

use crate::encode::job::Job;
use crate::encode::plan::place::{Holder, Level, Slot};
use crate::encode::plan::planner::creation_settings;
use crate::encode::plan::rights;
use crate::encode::plan::step::{FileAct, KeySetAct, Step, TransactionMacAct};
use crate::profile::{AppRef, CardSetting, Delegation, FileRef, FileSpec, Layout, Roll};
use crate::wire::{ChangeKeyRight, CommMode, FileKind, KeySettings, PiccConfiguration, PiccKey};

/// A step in one line.
#[expect(clippy::too_many_lines, reason = "an arm for each step")]
pub(crate) fn described(step: &Step, job: &Job) -> String {
    match *step {
        Step::Select(Level::Picc) => "select the card".to_owned(),
        Step::Select(level) => format!("select application {}", job.aid(level)),
        Step::Authenticate { slot, holder } => {
            format!("authenticate with {}", key(slot, holder, job))
        }
        Step::Format => "format: delete all applications".to_owned(),
        Step::DeleteApplication { application: at } => {
            format!("delete application {}, beside those of others", job.profile()[at].aid)
        }
        Step::ListNothing => "see that no application is left".to_owned(),
        Step::CreateApplication { application, settings, in_sets } => {
            created(application, settings, in_sets, job)
        }
        Step::CreateDelegated { application } => delegated(application, job),
        Step::DeleteDelegated { application: at } => {
            format!("delete delegated application {}", job.profile()[at].aid)
        }
        Step::File { file, act } => on_file(file, act, job),
        Step::TransactionMac { application, act } => counted(application, act, job),
        Step::WriteContents { application, ref files } => written(application, files, job),
        Step::ChangeKey { application, no, new, .. } => {
            let slot = Slot { level: Level::Application(application), no };
            format!("change to {}", key(slot, new, job))
        }
        Step::KeySet { application, act } => on_set(application, act, job),
        Step::ChangeOwnKey { slot, new } => {
            format!("change the session's own key to {}", key(slot, new, job))
        }
        Step::ChangeSettings { level, settings } => settled(level, settings, job),
        Step::StartKey { own: true } => {
            let name = job.start_name().unwrap_or_default();
            format!("let new applications start with {name}")
        }
        Step::StartKey { own: false } => "let new applications start with the zero key".to_owned(),
        Step::CheckUid => "see that it is the card that its key was made for".to_owned(),
        Step::SeeOwnKey { application } => {
            format!("see the version of key 0 of {}", job.profile()[application].aid)
        }
        Step::Look(Level::Picc) => "see the settings of the card".to_owned(),
        Step::Look(level) if job.task().makes_blank() => {
            format!("see that the files of {} are as they come", job.aid(level))
        }
        Step::Look(level) => {
            format!("see settings, files and key versions of {}", job.aid(level))
        }
        Step::Configure(set) => for_good(set),
        Step::WatchSeal { .. } => "for good: the wire of its seal is looked at".to_owned(),
        Step::Tell(setting) | Step::TellAgain(setting) => told(setting),
        Step::LegacyOff { again: false } => "for good: no D40 and no EV1 messaging".to_owned(),
        Step::LegacyOff { again: true } => {
            "once more, for a reply with a MAC: no D40 and no EV1 messaging".to_owned()
        }
        Step::TryLegacy => "see that it refuses EV1 messaging".to_owned(),
        Step::SeeNumbers { application } => {
            let aid = job.profile()[application].aid;
            format!("see that the files of {aid} have the profile's numbers")
        }
        Step::RenameFile { file } => renumbered(file, job),
        Step::Rename { application } => renamed(application, job),
        Step::SwitchToLrp { .. } => {
            "for good: LRP, and nothing mirrored until it is set anew".to_owned()
        }
    }
}

/// A level's settings, and who changes keys where it is an application.
fn settled(level: Level, settings: KeySettings, job: &Job) -> String {
    match level {
        Level::Picc => format!("give the card {}", in_words(settings, None)),
        Level::Application(_) => {
            format!("give application {} {}", job.aid(level), in_words(settings, changer(settings)))
        }
    }
}

/// What a file is called by the chip, and what from then on.
fn renumbered(at: FileRef, job: &Job) -> String {
    let (spec, aid) = (&job.profile()[at], job.profile()[at.application()].aid);
    let name = spec.called();
    let id = name.iso_id.filter(|id| spec.iso_id != Some(*id));
    let id = id.map(|id| format!(" and identifier {id}")).unwrap_or_default();
    format!("for good: give file {} of {aid} number {}{id}", spec.no, name.no)
}

fn renamed(application: AppRef, job: &Job) -> String {
    let aid = job.profile()[application].aid;
    format!("for good: give application {aid} the profile's name")
}

/// What becomes of a transaction MAC file, and its key where it is made.
fn counted(application: AppRef, act: TransactionMacAct, job: &Job) -> String {
    let spec = &job.profile()[application];
    match act {
        TransactionMacAct::Delete => {
            return format!("delete the transaction MAC file of {}", spec.aid);
        }
        TransactionMacAct::Limit => {
            let limit = spec.transaction_limit().unwrap_or(u32::MAX);
            return format!("for good: count {limit} transactions of {} and no more", spec.aid);
        }
        TransactionMacAct::Create => {}
    }
    let key = spec.keyed_transaction_mac().filter(|_| !job.task().makes_blank());
    let key = key.map(|(_, key, _)| &job.profile()[key]);
    let key = key.map(|key| format!(" under {} version {}", key.name, key.version));
    let key = key.unwrap_or_else(|| " anew, under a key of zeros".to_owned());
    format!("create the transaction MAC file of {}{key}", spec.aid)
}

fn on_set(application: AppRef, act: KeySetAct, job: &Job) -> String {
    let spec = &job.profile()[application];
    let later = spec.key_sets.is_some_and(|sets| sets.roll == Roll::Later);
    let aid = spec.aid;
    match act {
        KeySetAct::Initialize => format!("make key set 1 of {aid} ready"),
        KeySetAct::ChangeKey(no) => {
            let slot = Slot { level: Level::Application(application), no };
            format!("bring {} into key set 1", key(slot, Holder::Own, job))
        }
        KeySetAct::Finalize if later => {
            format!("close key set 1 of {aid}: a reader makes it the active one")
        }
        KeySetAct::Finalize => format!("close key set 1 of {aid}"),
        KeySetAct::See => format!("see the key versions in key set 1 of {aid}"),
        KeySetAct::Roll => format!("make key set 1 of {aid} the active one"),
    }
}

fn written(application: AppRef, files: &[FileRef], job: &Job) -> String {
    let specs = || files.iter().map(|&file| &job.profile()[file]);
    let numbers: Vec<String> = specs().map(|spec| spec.no.to_string()).collect();
    let word = if numbers.len() == 1 { "file" } else { "files" };
    let commits = specs().any(|spec| spec.settings.kind.is_transactional());
    let commit = if commits { " and commit" } else { "" };
    format!("write {word} {} of {}{commit}", numbers.join(", "), job.profile()[application].aid)
}

fn created(application: AppRef, settings: KeySettings, in_sets: bool, job: &Job) -> String {
    let spec = &job.profile()[application];
    let (aid, slots) = (spec.aid, spec.slots());
    let plural = if slots.count == 1 { "" } else { "s" };
    let settings = in_words(settings, changer(settings));
    let sets = spec.key_sets.filter(|_| in_sets);
    let sets = sets.map_or_else(String::new, |sets| format!(" in each of {} key sets", sets.count));
    format!(
        "create application {aid} with {} {} key{plural}{sets}, {settings}",
        slots.count, slots.key_type
    )
}

/// An application in a slot of somebody else's card.
fn delegated(application: AppRef, job: &Job) -> String {
    let settings = creation_settings(&job.profile()[application]);
    let made = created(application, settings, false, job);
    let Some(at) = job.profile()[application].delegation else { return made };
    let Delegation { slot, slot_version, quota, .. } = at;
    format!("{made}, in slot {slot}, version {slot_version}, {quota} blocks")
}

fn told(setting: CardSetting) -> String {
    let words = setting.words();
    match setting {
        CardSetting::ChainedWrites => format!("for good: {words}"),
        CardSetting::Ats
        | CardSetting::Sak
        | CardSetting::Atqa
        | CardSetting::Nuid
        | CardSetting::Name => format!("tell the card: {words}"),
    }
}

fn for_good(set: PiccConfiguration) -> String {
    let uid = set.random_uid.then_some("a random UID");
    let format = set.no_format.then_some("no FormatPICC");
    let set: Vec<&str> = uid.into_iter().chain(format).collect();
    format!("for good: {}", set.join(" and "))
}

fn on_file(at: FileRef, act: FileAct, job: &Job) -> String {
    let spec = &job.profile()[at];
    let file = format!("file {} of {}", spec.no, job.profile()[at.application()].aid);
    match act {
        FileAct::Create => format!("create {file}: {}", made(spec)),
        FileAct::Delete => format!("delete {file}, to make it anew"),
        FileAct::ClearRecords => format!("clear the records of {file}"),
        FileAct::AppendRecords => format!("append the records of {file}"),
        FileAct::SetValue => format!("credit or debit the value of {file}"),
        FileAct::Limit => format!("for good: give {file} its limits, and its value"),
        FileAct::Ready { .. } => format!("give {file} the mode and rights that it is written with"),
        FileAct::Settle { .. } => format!("give {file} its final rights"),
        FileAct::ReadBack => format!("read {file} back"),
        FileAct::Take { .. } => format!("give {file} the rights with which key 0 empties it"),
        FileAct::Empty { kind: FileKind::Value(_) } => {
            format!("bring the value of {file} to what it came with")
        }
        FileAct::Empty { kind: FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) } => {
            format!("clear the records of {file}")
        }
        FileAct::Empty { .. } => format!("write into {file} what it came with"),
        FileAct::Return => format!("give {file} the mode and rights that it came with"),
    }
}

/// A key by its place, and by its name and version in the profile.
fn key(slot: Slot, holder: Holder, job: &Job) -> String {
    let place = match slot.level {
        Level::Picc if slot.no == PiccKey::DamAuth.number() => "DAMAuthKey".to_owned(),
        Level::Picc => "the PICC master key".to_owned(),
        Level::Application(at) => {
            format!("key {} of {}", u8::from(slot.no), job.profile()[at].aid)
        }
    };
    match (holder, slot.level, job.own_spec(slot)) {
        (Holder::Own, _, Some(spec)) => format!("{place}, {} version {}", spec.name, spec.version),
        (Holder::Former, _, Some(spec)) => match spec.former {
            Some(former) => format!("{place}, {} version {former}", spec.name),
            None => place,
        },
        (Holder::Own | Holder::Former, _, None) => place,
        (Holder::Transport(at), Level::Picc, _) => match job.transport_name(at) {
            Some(name) => format!("{place}, transport key {name}"),
            None => format!("{place}, the factory key"),
        },
        (Holder::Transport(0), Level::Application(_), _) => match job.profile().layout() {
            Layout::Free { .. } | Layout::Delegated { .. } => format!("{place}, zero as created"),
            Layout::Fixed { .. } => format!("{place}, zero as it comes"),
        },
        (Holder::Transport(_), Level::Application(_), _) => {
            let name = job.start_name().unwrap_or_default();
            format!("{place}, {name} as created")
        }
    }
}

/// Key settings: the byte, what it says of the keys, what is frozen.
fn in_words(settings: KeySettings, keys: Option<String>) -> String {
    let key = (!settings.key_changeable).then(|| "the master key is frozen".to_owned());
    let frozen = (!settings.settings_changeable).then(|| "settings are frozen".to_owned());
    let words: Vec<String> = [keys, key, frozen].into_iter().flatten().collect();
    let byte = format!("settings {:02X}", settings.to_byte());
    if words.is_empty() { byte } else { format!("{byte} ({})", words.join(", ")) }
}

/// Who changes the keys of an application.
fn changer(settings: KeySettings) -> Option<String> {
    Some(match settings.change {
        ChangeKeyRight::Key(no) => format!("key {no} changes keys"),
        ChangeKeyRight::Same => "each key changes itself".to_owned(),
        ChangeKeyRight::Never => "keys are frozen".to_owned(),
    })
}

/// What kind of file is created, and how its data travel.
fn made(spec: &FileSpec) -> String {
    let kind = match spec.settings.kind {
        FileKind::Standard { size } => format!("standard, {} bytes", size.bytes()),
        FileKind::Backup { size } => format!("backup, {} bytes", size.bytes()),
        FileKind::Value(_) => "value".to_owned(),
        FileKind::LinearRecord(layout) => {
            format!("{} records of {} bytes", layout.max.get(), layout.size.bytes())
        }
        FileKind::CyclicRecord(layout) => {
            format!("{} cyclic records of {} bytes", layout.max.get(), layout.size.bytes())
        }
    };
    let mode = match spec.settings.mode {
        CommMode::Plain => "plain",
        CommMode::Mac => "MACed",
        CommMode::Full => "enciphered",
    };
    let first = !rights::is_writable(spec);
    format!("{kind}, {mode}{}", if first { ", written by key 0 first" } else { "" })
}
