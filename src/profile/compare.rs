// SPDX-License-Identifier: MIT OR Apache-2.0
//! Two editions of a profile: what changed without a key version that shows it on the card.

use core::fmt;
use std::collections::BTreeMap;

use super::model::{Application, FileSpec, KeyIndex, KeySpec};
use super::{CardSettings, CardSpec, Profile, SlotKey};
use crate::code::Code;
use crate::wire::{Aid, FileNo, IsoDf, IsoFileId, KeyVersion};

/// A change from one edition of a profile to the next that cards of the former one would not show,
/// or could not take.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum EditionChange {
    /// Something of a level changed, and its own key has the same version: finished cards of the
    /// former edition pass as done.
    Unmarked {
        /// The application, or [`Aid::PICC`] for the card.
        aid: Aid,
        /// What changed.
        what: &'static str,
        /// The own key's name.
        key: String,
        /// Its version in both editions.
        version: KeyVersion,
    },
    /// A key has another version and does not name the one before it, so that cards of the former
    /// edition are refused.
    Former {
        /// The application, or [`Aid::PICC`] for the card.
        aid: Aid,
        /// The key's name.
        key: String,
        /// Its version in the former edition.
        version: KeyVersion,
    },
    /// A key is made in another way: the new edition cannot make the one that cards of the former
    /// edition hold.
    Remade {
        /// The application, or [`Aid::PICC`] for the card.
        aid: Aid,
        /// The key's name.
        key: String,
    },
    /// An application has keys of another number or type, which no finished one can get.
    Slots {
        /// The application.
        aid: Aid,
    },
    /// Its key sets, or the key that rolls them, changed.
    KeySets {
        /// The application.
        aid: Aid,
    },
    /// An application or one of its files has other ISO names, which no finished one can get, and
    /// which are not looked at.
    Names {
        /// The application.
        aid: Aid,
    },
    /// A file of the former edition is gone, and makes its finished applications other ones.
    FileGone {
        /// The application.
        aid: Aid,
        /// The file.
        file: FileNo,
    },
    /// An application of the former edition is gone, and stays on its cards.
    Gone {
        /// The application.
        aid: Aid,
    },
}

impl EditionChange {
    /// The codes of changes from one edition to the next.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::Unmarked { .. } => table::UNMARKED,
            Self::Former { .. } => table::FORMER,
            Self::Remade { .. } => table::REMADE,
            Self::Slots { .. } => table::SLOTS,
            Self::KeySets { .. } => table::KEY_SETS,
            Self::Names { .. } => table::NAMES,
            Self::FileGone { .. } => table::FILE_GONE,
            Self::Gone { .. } => table::GONE,
        }
    }
}

mod table {
    crate::code::codes! {
        UNMARKED = "edition-no-new-version",
            "something changed, and the level's own key has the same version: finished cards pass as done",
            "raise the version of the key, and name the former one";
        FORMER = "edition-former-not-named", "a key has another version and does not name the one before it",
            "write the former version beside it";
        REMADE = "edition-key-remade", "a key is made in another way than on cards of the former edition",
            "keep its ref, type and diversify, or recycle the cards under the former edition";
        SLOTS = "edition-slots", "an application has keys of another number or type",
            "give it another AID, or recycle the cards";
        KEY_SETS = "edition-key-sets", "an application has other key sets",
            "keep them, give it another AID, or recycle the cards";
        NAMES = "edition-iso-names", "an application or a file has other ISO names", "keep them, or recycle the cards";
        FILE_GONE = "edition-file-gone", "a file of the former edition is no longer named",
            "keep it, or recycle the cards";
        GONE = "edition-application-gone", "an application of the former edition is no longer named",
            "keep it, or recycle the cards";
    }
}

impl fmt::Display for EditionChange {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let place = |aid: &Aid| match *aid {
            Aid::PICC => "the card".to_owned(),
            aid => format!("application {aid}"),
        };
        match self {
            Self::Unmarked { aid, what, key, version } => write!(
                f,
                "{}: {what} changed, and key {key:?} still has version {version}, by which finished \
                 cards pass as done: raise its version, and name former = {version}",
                place(aid)
            ),
            Self::Former { aid, key, version } => write!(
                f,
                "{}: key {key:?} had version {version}, by which the new edition does not know it: \
                 write former = {version}",
                place(aid)
            ),
            Self::Remade { aid, key } => write!(
                f,
                "{}: key {key:?} is made in another way, and the one that cards of the former \
                 edition hold cannot be made any more: keep its ref, type and diversify, or recycle \
                 the cards under the former edition",
                place(aid)
            ),
            Self::Names { aid } => write!(
                f,
                "{}: other ISO names fit no application or file that was made before, and are not \
                 looked at: keep them, or recycle the cards",
                place(aid)
            ),
            Self::FileGone { aid, file } => write!(
                f,
                "{}: file {file} is no longer named, and cards of the former edition, which have \
                 it, are refused: keep it, or recycle the cards",
                place(aid)
            ),
            Self::Slots { aid } => write!(
                f,
                "{}: keys of another number or type fit no application that was made before: give \
                 it another AID, or recycle the cards",
                place(aid)
            ),
            Self::KeySets { aid } => write!(
                f,
                "{}: only its creation gives an application key sets and their roll key, and cards that \
                 have others are refused: keep them, give it another AID, or recycle the cards",
                place(aid)
            ),
            Self::Gone { aid } => write!(
                f,
                "{}: it is no longer named, and stays on the cards of the former edition: recycle \
                 them, or keep it",
                place(aid)
            ),
        }
    }
}

impl Profile {
    /// What changed from a former edition that its cards would not show, or could not take.
    #[must_use]
    pub fn changes_from(&self, former: &Self) -> Vec<EditionChange> {
        let mut changes = Vec::new();
        if let (Some(card), Some(before)) = (self.card(), former.card()) {
            let what = if card.settings != before.settings {
                Some("the key settings")
            } else if for_good(card) != for_good(before) {
                Some("what is for good")
            } else {
                None
            };
            let keys = ([card.master_key], [before.master_key]);
            self.level(former, Aid::PICC, (&keys.0, &keys.1), what, &mut changes);
        }
        let now = self.applications().iter().map(|application| (application.aid, application));
        let now: BTreeMap<Aid, &Application> = now.collect();
        for (at, before) in former.each_application() {
            let aid = before.aid;
            // Of a chip that lets it get another, once.
            let own_name = former.name_as_it_comes(at).is_some() && !former.renames(at);
            match now.get(&aid) {
                None => changes.push(EditionChange::Gone { aid }),
                Some(now) if now.slots() != before.slots() => {
                    changes.push(EditionChange::Slots { aid });
                }
                Some(now) => {
                    let sets = |spec: &Application| spec.key_sets.map(|s| (s.count, s.roll_key));
                    // Cards without any get their keys one by one.
                    if before.key_sets.is_some() && sets(now) != sets(before) {
                        changes.push(EditionChange::KeySets { aid });
                    }
                    let (now_called, before_called) = (names(now), names(before));
                    let own_files = |file: &FileSpec| {
                        let same = |other: &&FileSpec| other.no == file.no;
                        let now = now.files.iter().find(same).and_then(|now| now.renamed);
                        file.renamed.is_some() && file.renamed != now
                    };
                    let again = before.files.iter().any(own_files);
                    if (now_called != before_called && !own_name) || again {
                        changes.push(EditionChange::Names { aid });
                    }
                    for FileSpec { no, .. } in &before.files {
                        if !now.files.iter().any(|file| file.no == *no) {
                            changes.push(EditionChange::FileGone { aid, file: *no });
                        }
                    }
                    let slots = now.keys.iter().zip(&before.keys);
                    let own = |key: &SlotKey| key.own().is_some();
                    if slots.clone().any(|(now, before)| own(now) != own(before)) {
                        changes.push(EditionChange::Slots { aid });
                    }
                    let keys = slots.filter_map(|(now, before)| Some((now.own()?, before.own()?)));
                    // The key of transactions is none of its slots, and changes as theirs do.
                    let counted = now.keyed_transaction_mac().zip(before.keyed_transaction_mac());
                    let counted = counted.map(|((_, now, _), (_, before, _))| (now, before));
                    let (now_keys, before_keys): (Vec<_>, Vec<_>) = keys.chain(counted).unzip();
                    let keys = (&now_keys[..], &before_keys[..]);
                    self.level(former, aid, keys, changed(now, before), &mut changes);
                }
            }
        }
        changes
    }

    fn level(
        &self,
        former: &Self,
        aid: Aid,
        (now, before): (&[KeyIndex], &[KeyIndex]),
        what: Option<&'static str>,
        changes: &mut Vec<EditionChange>,
    ) {
        let pairs = now
            .iter()
            .zip(before)
            .filter_map(|(now, before)| Some((self.key(*now)?, former.key(*before)?)));
        let pairs: Vec<(&KeySpec, &KeySpec)> = pairs.collect();
        let renewed = pairs.iter().any(|(now, before)| now.version != before.version);
        let remade = |(now, before): &&(&KeySpec, &KeySpec)| {
            (&now.reference, now.key_type, &now.recipe)
                != (&before.reference, before.key_type, &before.recipe)
        };
        let keys = renewed.then_some("the version of a key");
        for (now, _) in pairs.iter().filter(remade) {
            changes.push(EditionChange::Remade { aid, key: now.name.clone() });
        }
        if let Some((now, before)) = pairs.first()
            && let Some(what) = what.or(keys)
            && now.version == before.version
        {
            let (key, version) = (now.name.clone(), now.version);
            changes.push(EditionChange::Unmarked { aid, what, key, version });
        }
        for (now, before) in pairs {
            if now.version != before.version && now.former != Some(before.version) {
                let (key, version) = (now.name.clone(), before.version);
                changes.push(EditionChange::Former { aid, key, version });
            }
        }
    }
}

/// What a card is told for good, or once before it gets its own key.
fn for_good(card: &CardSpec) -> ([bool; 4], &CardSettings) {
    let CardSpec { random_uid, random_uid_of_ev1, no_format, legacy_off, .. } = *card;
    ([random_uid, random_uid_of_ev1, no_format, legacy_off], &card.told)
}

fn changed(now: &Application, before: &Application) -> Option<&'static str> {
    if now.settings != before.settings {
        Some("the key settings")
    } else if now.transaction_mac != before.transaction_mac {
        Some("what becomes of its transaction MAC file")
    } else if now.lrp != before.lrp {
        Some("whether it is in LRP")
    } else if sorted(now) != sorted(before) {
        Some("a file, its rights or its contents")
    } else {
        None
    }
}

/// The files by their numbers; in which order a profile names them does not show on a card.
fn sorted(application: &Application) -> Vec<&FileSpec> {
    let mut files: Vec<&FileSpec> = application.files.iter().collect();
    files.sort_by_key(|file| file.no);
    files
}

/// What ISO 7816-4 commands call the application and its files.
fn names(application: &Application) -> (Option<&IsoDf>, Vec<(FileNo, IsoFileId)>) {
    let files = sorted(application).into_iter();
    let files = files.filter_map(|file| Some((file.no, file.iso_id?)));
    (application.iso.as_ref(), files.collect())
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");
    const DOOR_2: &str = include_str!("../../examples/data/profiles/door-2.toml");

    fn told(now: &str, before: &str) -> Vec<String> {
        let [now, before] = [now, before].map(|text| Profile::parse(text).unwrap());
        now.changes_from(&before).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn an_edition_that_raises_and_names_its_versions_is_well() {
        assert_eq!(told(DOOR_2, DOOR), [""; 0]);
        assert_eq!(told(DOOR, DOOR), [""; 0]);
    }

    #[test]
    fn a_change_that_no_version_shows_is_told() {
        for (old, new, place, what) in [
            (
                "change = \"master\"\n",
                "change = \"same\"\n",
                "application F48120",
                "the key settings",
            ),
            ("free_list = false", "free_list = true", "the card", "the key settings"),
            ("free_list = false", "no_format = true", "the card", "what is for good"),
            ("size = 28", "size = 32", "application F48120", "a file, its rights or its contents"),
            ("\"ascii:DOOR\"", "\"ascii:GATE\"", "application F48120", "a file, its rights or its"),
            ("{ ref = \"app1\", version = 1", "{ ref = \"app1\", version = 2, former = 1", "", ""),
        ] {
            let text = DOOR.replacen(old, new, 1);
            if place.is_empty() {
                // The check of the profile alone finds a key 0 that stays behind.
                assert!(Profile::parse(&text).is_err());
                continue;
            }
            let told = told(&text, DOOR);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].starts_with(&format!("{place}: {what}")), "{told:?}");
            assert!(told[0].ends_with("raise its version, and name former = 1"), "{told:?}");
        }
    }

    #[test]
    fn versions_slots_and_applications_that_do_not_fit_are_told() {
        let nameless = DOOR_2.replacen("version = 2, former = 1", "version = 2", 1);
        assert!(told(&nameless, DOOR)[0].ends_with("write former = 1"));
        let fewer = DOOR_2.replacen(", \"spare\"", "", 1);
        assert!(told(&fewer, DOOR)[0].contains("keys of another number or type"));
        let moved = DOOR_2.replacen("F48120", "F48130", 1);
        assert!(told(&moved, DOOR)[0].contains("no longer named"));
    }

    /// Cards without key sets get their keys one by one; those with sets keep them.
    #[test]
    fn other_key_sets_are_told_and_new_ones_are_not() {
        let sets = |text: &str, sets: &str| {
            text.replacen("aid = \"F48120\"", &format!("aid = \"F48120\"\nkey_sets = {sets}"), 1)
                .replace("change = \"update\"", "change = \"master\"")
        };
        let [two, three] = ["{ sets = 2 }", "{ sets = 3 }"];
        assert_eq!(told(&sets(DOOR_2, two), DOOR), [""; 0]);
        let later = "{ sets = 2, roll = \"later\" }";
        assert_eq!(told(&sets(DOOR_2, later), &sets(DOOR, two)), [""; 0]);
        for now in [
            sets(DOOR_2, three),
            sets(DOOR_2, "{ sets = 2, roll_key = \"read\" }"),
            DOOR_2.to_owned(),
        ] {
            let told = told(&now, &sets(DOOR, two));
            assert!(matches!(&told[..], [one] if one.contains("roll key")), "{told:?}");
        }
    }

    /// Keys that are made in another way are told whatever their versions.
    #[test]
    fn keys_that_the_former_edition_made_otherwise_are_told() {
        let told_of = |old: &str, new: &str| {
            let text = DOOR_2.replacen(old, new, 1);
            assert_ne!(text, DOOR_2, "{old}");
            told(&text, DOOR)
        };
        for (old, new) in
            [("ref = \"app1\"", "ref = \"app2\""), ("\"uid\", \"aid\"", "\"aid\", \"uid\"")]
        {
            let told = told_of(old, new);
            assert_eq!(told.len(), 1, "{told:?}");
            assert!(told[0].contains("is made in another way"), "{told:?}");
        }
    }

    #[test]
    fn names_and_files_that_finished_cards_keep_are_told() {
        let named = |text: &str| {
            text.replacen("aid = \"F48120\"", "aid = \"F48120\"\niso_id = \"E110\"", 1)
        };
        let told_of = told(&named(DOOR_2), DOOR);
        assert!(matches!(&told_of[..], [one] if one.contains("other ISO names")), "{told_of:?}");
        let file = "[[application.file]]\nno = 7\ntype = \"standard\"\nsize = 8\nmode = \"plain\"\nread = \"free\"\n";
        let (with, without) = (format!("{DOOR}\n{file}"), DOOR_2);
        let told_of = told(without, &with);
        assert!(
            matches!(&told_of[..], [one] if one.contains("file 7 is no longer named")),
            "{told_of:?}"
        );
        // One that is new is made by update; the versions of this edition show it.
        assert_eq!(told(&format!("{DOOR_2}\n{file}"), DOOR), [""; 0]);
    }
}
