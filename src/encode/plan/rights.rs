// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which key a file is written and read with, and the settings that let it be written.

use arrayvec::ArrayVec;

use crate::profile::{AppRef, Application, FileRef, FileSpec, Profile};
use crate::wire::{
    Access, AccessRights, ChangeKeyRight, CommMode, FileKind, FileSettings, FurtherRights, KeyNo,
    KeySettings,
};

/// The settings that a file is created with: its final ones where they permit the content to be
/// written, else such that the master key writes it and changes them afterwards. Further sets of rights, and
/// secure dynamic messaging of a file that is created, come by a change of its settings only.
pub(crate) fn at_first(file: &FileSpec) -> FileSettings {
    let FileSettings { mut rights, further, mut sdm, .. } = file.settings;
    let master = Access::Key(KeyNo::MASTER);
    if !is_writable(file) {
        (rights.write, rights.change) = (master, master);
    }
    let mirrors = !file.from_factory && sdm.take().is_some();
    if (mirrors || !further.is_empty()) && rights.change == Access::Never {
        rights.change = master;
    }
    FileSettings { rights, further: FurtherRights::NONE, sdm, ..file.settings }
}

/// Whether a file's final settings permit what it holds to be written, if it holds anything that is.
pub(crate) fn is_writable(file: &FileSpec) -> bool {
    let AccessRights { write, read_write, .. } = file.settings.rights;
    let writable = write != Access::Never || read_write != Access::Never;
    file.content.is_none() || is_value(file) || writable
}

/// The settings with which key 0 empties a file that is there from the factory: what it writes has MACs.
pub(crate) const fn while_emptied(kind: FileKind) -> FileSettings {
    let master = Access::Key(KeyNo::MASTER);
    let rights = AccessRights { read: master, write: master, read_write: master, change: master };
    FileSettings::new(kind, CommMode::Mac, rights)
}

/// The settings of a value file that gets the profile's limits.
pub(crate) const fn once_limited(file: &FileSpec, from: FileSettings) -> FileSettings {
    FileSettings { kind: file.settings.kind, ..from }
}

/// Whether a file gets its content by its creation.
pub(crate) fn is_value(file: &FileSpec) -> bool {
    matches!(file.settings.kind, FileKind::Value(_))
}

/// The key to write a file with: the master key where it or anyone may.
pub(crate) fn writer(file: &FileSpec) -> KeyNo {
    let rights = at_first(file).rights;
    let master = Access::Key(KeyNo::MASTER);
    one_of(&[rights.write, rights.read_write], master).unwrap_or(KeyNo::MASTER)
}

/// The key to read a file of these settings with. Where anyone may, a session proves who answers:
/// that of the key which reads the application's other files, or else of the master key. The same
/// where nobody may.
pub(crate) fn reader(application: &Application, settings: &FileSettings) -> KeyNo {
    let own = |settings: &FileSettings| reading_key(&ours(application, settings));
    let of_others = || {
        let others = application.files.iter().filter(|file| file.content.is_some());
        others.map(|file| &file.settings).find_map(own)
    };
    own(settings).or_else(of_others).unwrap_or(KeyNo::MASTER)
}

/// The key without which a file cannot be read, or by which what anyone may read has a MAC; `None` where
/// anyone may read it in clear, or nobody.
fn reading_key(settings: &FileSettings) -> Option<KeyNo> {
    let rights = readers(settings);
    if rights.contains(&Access::Free) && settings.mode == CommMode::Plain {
        return None;
    }
    rights.iter().find_map(|right| match right {
        Access::Key(no) => Some(*no),
        Access::Free | Access::Never => None,
    })
}

/// Whether any key of the profile, or anyone, may read a file.
pub(crate) fn readable(application: &Application, settings: &FileSettings) -> bool {
    let free = matches!(settings.kind, FileKind::Value(limits) if limits.free_get_value);
    free || readers(&ours(application, settings)).iter().any(|right| *right != Access::Never)
}

/// The key that may credit a value and clear records.
pub(crate) fn restorer(settings: &FileSettings) -> Option<KeyNo> {
    settings.sets().find_map(|set| match set.read_write {
        Access::Key(no) => Some(no),
        Access::Free | Access::Never => None,
    })
}

/// The key that gives a file other settings; the master key where anyone may.
pub(crate) const fn settler(settings: &FileSettings) -> Option<KeyNo> {
    match settings.rights.change {
        Access::Key(no) => Some(no),
        Access::Free => Some(KeyNo::MASTER),
        Access::Never => None,
    }
}

/// The key that changes the key in a slot of an application, itself included; `None` where it is
/// frozen.
pub(crate) fn changer(settings: KeySettings, no: KeyNo) -> Option<KeyNo> {
    if no == KeyNo::MASTER {
        return settings.key_changeable.then_some(KeyNo::MASTER);
    }
    match settings.change {
        ChangeKeyRight::Key(changer) if changer == no => Some(KeyNo::MASTER),
        ChangeKeyRight::Key(changer) => Some(changer),
        ChangeKeyRight::Same => Some(no),
        ChangeKeyRight::Never => None,
    }
}

/// Who has which right of a file in an application of so many keys: nobody has one that is given to a key
/// which is not there. Settings are compared as the card tells them, not as this.
pub(crate) fn held(settings: FileSettings, keys: usize) -> FileSettings {
    without(settings, |no| !is_there(no, keys))
}

/// The rights of the profile's own keys: those of slots that are left to another issuer are none, as
/// nobody here opens these.
fn ours(application: &Application, settings: &FileSettings) -> FileSettings {
    without(*settings, |no| application.is_foreign(no))
}

fn without(settings: FileSettings, lacks: impl Fn(KeyNo) -> bool) -> FileSettings {
    let held = |right| match right {
        Access::Key(no) if lacks(no) => Access::Never,
        Access::Key(_) | Access::Free | Access::Never => right,
    };
    let of_set = |AccessRights { read, write, read_write, change }| AccessRights {
        read: held(read),
        write: held(write),
        read_write: held(read_write),
        change: held(change),
    };
    let sets: ArrayVec<_, { FurtherRights::MOST }> = settings.further.iter().map(of_set).collect();
    let further = FurtherRights::new(&sets).unwrap_or(FurtherRights::NONE);
    FileSettings { rights: of_set(settings.rights), further, ..settings }
}

/// Whether an application of so many keys has this one.
pub(crate) fn is_there(no: KeyNo, keys: usize) -> bool {
    usize::from(u8::from(no)) < keys
}

/// The rights of which each permits to read: a value is shown to whoever may change it.
fn readers(settings: &FileSettings) -> ArrayVec<Access, { 3 * (FurtherRights::MOST + 1) }> {
    let shown = matches!(settings.kind, FileKind::Value(_));
    let in_set = |set: AccessRights| {
        [set.read, set.read_write].into_iter().chain(shown.then_some(set.write))
    };
    settings.sets().flat_map(in_set).collect()
}

/// The first key among the rights, `preferred` before the others.
fn one_of(rights: &[Access], preferred: Access) -> Option<KeyNo> {
    let preferred = rights.iter().filter(|&&right| right == preferred);
    preferred.chain(rights).find_map(|&right| match right {
        Access::Key(no) => Some(no),
        Access::Free | Access::Never => None,
    })
}

/// The files with contents, grouped by the key that `key` names for each, in order of appearance.
pub(crate) fn grouped(
    profile: &Profile,
    application: AppRef,
    key: impl Fn(&FileSpec) -> KeyNo,
) -> Vec<(KeyNo, Vec<FileRef>)> {
    let mut groups: Vec<(KeyNo, Vec<FileRef>)> = Vec::new();
    for (file, spec) in profile.each_file(application) {
        if spec.content.is_none() {
            continue;
        }
        let key = key(spec);
        match groups.iter_mut().find(|(other, _)| *other == key) {
            Some((_, files)) => files.push(file),
            None => groups.push((key, vec![file])),
        }
    }
    groups
}
