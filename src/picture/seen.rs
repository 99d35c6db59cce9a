// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a survey saw of a card: its memory, and who may do what. Neither its UID nor what is in its files
//! is taken from it.

use super::draw::{Band, Picture};
use super::ink::Ink;
use super::memory::as_it_is;
use super::rights::{self, File, Level};
use super::words::{count, kind, mode};
use crate::encode::{ApplicationMemory, FileMemory, MemoryMap};
use crate::profile::Reading;
use crate::survey::{Application, File as SeenFile, Opens, Slot, Survey};
use crate::wire::{DetailedKind, FileDetails, FileKind, FileSize};

/// The memory of a card as it was seen: its applications and files, each with what its size comes to by
/// the rule that fits what was measured ([`Reading::Measured`]), and what the card says is free.
#[must_use]
pub fn seen_memory(survey: &Survey) -> Picture {
    const TITLE: &str = "Card memory as it was seen";
    let free = survey.free_memory.value().copied();
    let says = match free {
        Some(free) => format!("The card says that {free} bytes are free."),
        None => "The card does not say how much is free.".to_owned(),
    };
    let Some(applications) = survey.applications.value() else {
        let mut picture = Picture::new(TITLE.to_owned());
        picture.note(Ink::Plain, &format!("{says} Its applications are not known."));
        return picture;
    };
    let map = MemoryMap {
        applications: applications.iter().map(memory).collect(),
        free: free.unwrap_or(0),
    };
    let untold = match applications.iter().map(untold).fold(0, usize::saturating_add) {
        0 => String::new(),
        untold => {
            let number = count(u64::try_from(untold).unwrap_or(u64::MAX), "thing");
            format!(" What is not known counts as nothing: {number}.")
        }
    };
    as_it_is(TITLE, &format!("{says} What is there is reckoned from its sizes.{untold}"), &map)
}

/// Who may read and write what on a card as it was seen, as [`rights`](super::rights()) has it for a profile.
/// Of a key only its version is told, and whether the key at hand opened it.
#[must_use]
pub fn seen_rights(survey: &Survey) -> Picture {
    let mut picture = Picture::new("Rights and keys as they were seen".to_owned());
    rights::legend(&mut picture);
    rights::level(&mut picture, &card(survey));
    match survey.applications.value().map(Vec::as_slice) {
        None => picture.extend(Band::lines(Ink::Plain, "The card's applications are not known.")),
        Some([]) => picture.extend(Band::lines(Ink::Plain, "The card has no application.")),
        Some(all) => all.iter().for_each(|one| rights::level(&mut picture, &of_application(one))),
    }
    picture
}

/// What an application takes. What it did not tell counts as nothing.
fn memory(application: &Application) -> ApplicationMemory {
    let own = application
        .settings
        .value()
        .map(|details| Reading::Measured.application(details.slots, application.iso.is_some()));
    let files = application.files.value().map_or(&[][..], Vec::as_slice).iter().map(|file| {
        let bytes = file.details.value().and_then(extent).map(|kind| Reading::Measured.file(kind));
        FileMemory { no: file.no, bytes: bytes.unwrap_or(0) }
    });
    ApplicationMemory { aid: application.aid, bytes: own.unwrap_or(0), files: files.collect() }
}

/// How much of an application is not known.
fn untold(application: &Application) -> usize {
    let itself = usize::from(application.settings.value().is_none());
    let files = application.files.value();
    let unknown = |file: &&SeenFile| file.details.value().is_none();
    let files = files.map_or(1, |files| files.iter().filter(unknown).count());
    itself.saturating_add(files)
}

/// What a file is as large as: counter and MAC of a transaction MAC file are 12 bytes.
fn extent(details: &FileDetails) -> Option<FileKind> {
    match details.kind {
        DetailedKind::Common(report) => Some(report.settings.kind),
        DetailedKind::TransactionMac { .. } => {
            FileSize::new(12).map(|size| FileKind::Standard { size })
        }
    }
}

/// The card itself.
fn card(survey: &Survey) -> Level {
    let settings = survey.settings.value();
    let notes = settings.map_or_else(
        || vec!["Its key settings are not known.".to_owned()],
        |details| vec![rights::settings(details.settings, "applications")],
    );
    let keys = vec![format!("the PICC master key, {}", slot(&survey.master))];
    Level { title: "The card".to_owned(), notes, keys, files: Vec::new() }
}

fn of_application(seen: &Application) -> Level {
    let settings = seen.settings.value();
    let keys = seen.keys.iter().map(|key| {
        let changed = settings.map(|details| rights::changed(details.settings, key.no));
        let changed = changed.map(|how| format!("; {how}"));
        format!("{}{}", slot(key), changed.unwrap_or_default())
    });
    let mut notes = vec![settings.map_or_else(
        || "Its key settings are not known.".to_owned(),
        |details| rights::settings(details.settings, "files"),
    )];
    if seen.files.value().is_none() {
        notes.push("Its files are not known.".to_owned());
    }
    let files = seen.files.value().map_or(&[][..], Vec::as_slice).iter().map(file);
    let kind = settings.map_or_else(String::new, |details| {
        format!(", {} {}", count(details.slots.count.into(), "key"), details.slots.key_type)
    });
    let title = format!("Application {}{kind}", seen.aid);
    Level { title, notes, keys: keys.collect(), files: files.collect() }
}

fn slot(slot: &Slot) -> String {
    let version = slot.version.value();
    let version = version
        .map_or_else(|| "version not told".to_owned(), |version| format!("version {version}"));
    let opened = match slot.opens {
        Opens::Yes => ", opened",
        Opens::No => ", another key than the given one",
        Opens::NotTried => "",
    };
    format!("{version}{opened}")
}

fn file(seen: &SeenFile) -> File {
    let no = seen.no;
    let Some(details) = seen.details.value() else {
        return File::unknown(format!("{no:>2}  not told"));
    };
    let mode = mode(details.mode);
    match details.kind {
        DetailedKind::Common(report) => {
            let name = format!("{no:>2}  {}, {mode}", kind(report.settings.kind));
            File { rights: details.sets().collect(), ..File::of(name, &report.settings) }
        }
        DetailedKind::TransactionMac { .. } => {
            let rights = details.sets().collect();
            let name = format!("{no:>2}  transaction MAC, {mode}");
            File { name, rights, is_value: false, note: None }
        }
    }
}
