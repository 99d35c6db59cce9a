// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who may do what: which key opens what, and who changes it.

use super::draw::{Band, COLUMN, Picture, WIDTH};
use super::ink::{Ink, Tint};
use super::words::{Holder, count, is_free_value, is_value, kind, mode};
use crate::profile::{Application, CardSpec, FileSpec, KeySpec, Profile, SlotKey};
use crate::wire::{AccessRights, ChangeKeyRight, FileSettings, KeyNo, KeySettings};

/// How wide the names of the rows are, and a column of the diagram.
const NAMES: u32 = 264;
const COLUMN_WIDTH: u32 = 36;

/// An application as the diagram has it, wherever it comes from.
pub(super) struct Level {
    pub(super) title: String,
    pub(super) notes: Vec<String>,
    /// The key slots from 0, each in words.
    pub(super) keys: Vec<String>,
    pub(super) files: Vec<File>,
}

/// A file as the diagram has it.
pub(super) struct File {
    pub(super) name: String,
    /// Every set of rights: whoever has a right in any has it.
    pub(super) rights: Vec<AccessRights>,
    /// Rights of which reading, writing and both are held by whom; what else there is to say.
    pub(super) is_value: bool,
    pub(super) note: Option<String>,
}

/// Who may read and write what on a card of a profile, and which key changes which: an application after
/// the other, its keys by their numbers as columns, its files as rows. Of a key only its name, type,
/// version and way of diversification is told.
#[must_use]
pub fn rights(profile: &Profile) -> Picture {
    let mut picture = Picture::new(format!("Rights and keys of {}", profile.name()));
    legend(&mut picture);
    if let Some(card) = profile.card() {
        level(&mut picture, &picc(profile, card));
    }
    for application in profile.applications() {
        level(&mut picture, &of_application(profile, application));
    }
    picture
}

/// What the letters mean.
pub(super) fn legend(picture: &mut Picture) {
    picture.note(Ink::Faint, "R reads, W writes, C changes mode and rights. A column is a key by its number, \"any\" is whoever \
         comes, without a key.");
}

/// Draws an application, or the card itself.
pub(super) fn level(picture: &mut Picture, level: &Level) {
    picture.push(Band::space().leading());
    let head = Band::line(Ink::Head, &level.title).ruled(0, WIDTH);
    picture.push(head.leading());
    for note in &level.notes {
        picture.extend(Band::lines(Ink::Faint, note).into_iter().map(Band::leading));
    }
    for (no, key) in level.keys.iter().enumerate() {
        picture.push(
            Band::new(format!("key {no}: {key}"))
                .number(5 * COLUMN, Ink::Head, &no.to_string())
                .text(7 * COLUMN, WIDTH / COLUMN - 7, Ink::Plain, key),
        );
    }
    if level.files.is_empty() {
        return;
    }
    picture.push(columns(level.keys.len()).leading());
    for file in &level.files {
        picture.push(row(file, level.keys.len()));
    }
}

/// The numbers of the keys above the diagram.
fn columns(keys: usize) -> Band {
    let mut band = Band::new(String::new()).text(0, NAMES / COLUMN, Ink::Head, "file");
    for (at, x) in places(keys) {
        let name = at.map_or_else(|| "any".to_owned(), |no| no.to_string());
        band = band.text(x + COLUMN / 2, 4, Ink::Head, &name);
    }
    band
}

/// Where each key's column is; the last is anyone's.
fn places(keys: usize) -> impl Iterator<Item = (Option<usize>, u32)> {
    let numbers = (0..keys).map(Some).chain([None]);
    numbers.zip((NAMES..).step_by(usize::try_from(COLUMN_WIDTH).unwrap_or(1)))
}

/// A file with who may do what.
fn row(file: &File, keys: usize) -> Band {
    let held: Vec<_> = places(keys).map(|(at, x)| (at, x, letters(file, at))).collect();
    let name =
        |at: &Option<usize>| at.map_or_else(|| "anyone".to_owned(), |no| format!("key {no}"));
    let mut says: Vec<_> = held
        .iter()
        .filter(|(.., letters)| !letters.is_empty())
        .map(|(at, _, letters)| format!("{} {letters}", name(at)))
        .collect();
    let nobody = nobody(file, keys);
    says.extend(nobody.clone());
    let mut band = Band::new(format!("{}: {}", file.name, says.join(", ")));
    band = band.text(0, NAMES / COLUMN - 1, Ink::Plain, &file.name);
    let mut end = NAMES;
    for (at, x, letters) in held {
        let tint = match (letters.is_empty(), at) {
            (true, _) => Tint::Free,
            (false, Some(_)) => Tint::Plain,
            (false, None) => Tint::Look,
        };
        band = band.boxed(x, COLUMN_WIDTH, tint, None);
        band = band.text(x + COLUMN / 2, 4, Ink::Plain, &letters);
        end = x + COLUMN_WIDTH;
    }
    let note: Vec<_> = file.note.iter().cloned().chain(nobody).collect();
    let from = end + COLUMN;
    band.text(from, WIDTH.saturating_sub(from) / COLUMN, Ink::Faint, &note.join(", "))
}

/// What a key, or anyone, may do with a file, as letters.
fn letters(file: &File, at: Option<usize>) -> String {
    let mut letters = String::new();
    for (letter, holders) in file.held() {
        let has = holders.iter().any(|holder| match (holder, at) {
            (Holder::Anyone, None) => true,
            (Holder::Key(no), Some(at)) => usize::from(u8::from(*no)) == at,
            (Holder::Key(_), None) | (Holder::Anyone, Some(_)) => false,
        });
        if has {
            letters.push(letter);
        }
    }
    letters
}

/// The rights that nobody has: given to none, or to a key that the application has not.
fn nobody(file: &File, keys: usize) -> Option<String> {
    if file.rights.is_empty() {
        return None;
    }
    let there = |holder: &Holder| match holder {
        Holder::Anyone => true,
        Holder::Key(no) => usize::from(u8::from(*no)) < keys,
    };
    let none = file.held().into_iter().filter(|(_, holders)| !holders.iter().any(there));
    let none: String = none.map(|(letter, _)| letter).collect();
    (!none.is_empty()).then(|| format!("nobody {none}"))
}

impl File {
    /// Who has what: `R`, `W` and `C`. Who writes a value sees it too.
    fn held(&self) -> [(char, Vec<Holder>); 3] {
        let mut held = [('R', Vec::new()), ('W', Vec::new()), ('C', Vec::new())];
        let [(_, read), (_, write), (_, change)] = &mut held;
        for rights in &self.rights {
            let AccessRights { read: reads, write: writes, read_write, .. } = *rights;
            read.extend([reads, read_write].into_iter().filter_map(Holder::of));
            write.extend([writes, read_write].into_iter().filter_map(Holder::of));
            if self.is_value {
                read.extend(Holder::of(writes));
            }
        }
        // The first set alone says who changes them.
        change.extend(self.rights.first().and_then(|rights| Holder::of(rights.change)));
        held
    }

    /// One of which nothing is known but that it is there.
    pub(super) const fn unknown(name: String) -> Self {
        Self { name, rights: Vec::new(), is_value: false, note: None }
    }

    /// One with these settings.
    pub(super) fn of(name: String, settings: &FileSettings) -> Self {
        let free = is_free_value(settings.kind);
        let rights = settings.sets().collect();
        let note = free.then(|| "anyone sees the value".to_owned());
        Self { name, rights, is_value: is_value(settings.kind), note }
    }
}

/// The card itself.
fn picc(profile: &Profile, card: &CardSpec) -> Level {
    let key = profile.key(card.master_key).map(described).unwrap_or_default();
    let mut notes = vec![settings(card.settings, "applications")];
    if card.random_uid {
        notes.push("The card shows a random UID, for good.".to_owned());
    }
    if card.told.nuid {
        notes.push("The card shows a number of 4 bytes in place of its UID.".to_owned());
    }
    if card.no_format {
        notes.push("Formatting is switched off, for good.".to_owned());
    }
    if card.legacy_off {
        notes.push("D40 and EV1 messaging are switched off, for good.".to_owned());
    }
    notes.extend(card.told.each().map(|setting| format!("The card is told {}.", setting.words())));
    let keys = vec![format!("{key}, the PICC master key")];
    Level { title: "The card".to_owned(), notes, keys, files: Vec::new() }
}

fn of_application(profile: &Profile, application: &Application) -> Level {
    let Application { aid, key_type, .. } = application;
    let numbers = (0..).map_while(KeyNo::new).zip(&application.keys);
    let keys = numbers.map(|(no, slot)| {
        let key = match slot {
            SlotKey::Own(index) => profile.key(*index).map(described).unwrap_or_default(),
            SlotKey::Foreign(name) => {
                format!("left to {name}: whoever knows the key that new applications start with")
            }
        };
        format!("{key}; {}", changed(application.settings, no))
    });
    let files = application.files.iter().map(named);
    let number = u64::try_from(application.keys.len()).unwrap_or(u64::MAX);
    Level {
        title: format!("Application {aid}, {} {key_type}", count(number, "key")),
        notes: vec![settings(application.settings, "files")],
        keys: keys.collect(),
        files: files.collect(),
    }
}

fn named(file: &FileSpec) -> File {
    let (no, settings) = (file.called().no, &file.settings);
    File::of(format!("{no:>2}  {}, {}", kind(settings.kind), mode(settings.mode)), settings)
}

/// A key by its name, and what is known of it that is no secret.
fn described(key: &KeySpec) -> String {
    let KeySpec { name, key_type, version, .. } = key;
    let made = match &key.recipe {
        None => "the same on every card".to_owned(),
        Some(recipe) => match recipe.scheme() {
            Some(scheme) => format!("diversified, {}", scheme.name()),
            None => "diversified".to_owned(),
        },
    };
    format!("{name}, {key_type} version {version}, {made}")
}

/// Who changes a key of an application.
pub(super) fn changed(settings: KeySettings, no: KeyNo) -> String {
    match crate::encode::changer(settings, no) {
        Some(by) if by == no => "changes itself".to_owned(),
        Some(by) => format!("changed with key {by}"),
        None => "frozen".to_owned(),
    }
}

/// What the settings of a level say besides.
pub(super) fn settings(settings: KeySettings, what: &str) -> String {
    let who = |free: bool| if free { "Anyone" } else { "Key 0" };
    let frozen = if settings.settings_changeable { "" } else { " These settings are frozen." };
    let keys = match settings.change {
        ChangeKeyRight::Never => " Keys but the master key are frozen.",
        ChangeKeyRight::Key(_) | ChangeKeyRight::Same => "",
    };
    format!(
        "{} lists {what}. {} creates and deletes them.{keys}{frozen}",
        who(settings.free_list),
        who(settings.free_create)
    )
}
