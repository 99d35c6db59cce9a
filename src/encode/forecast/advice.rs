// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a profile could ask of its chips and does not, and what each of several kinds of chips gets.

use core::fmt;

use crate::profile::{KeySpec, Profile};
use crate::wire::{Generation, KeyType, Messaging};

/// What is worth knowing of a profile beside its warnings: nothing of it is wrong.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub enum Advice {
    /// Nothing of the profile needs D40 or EV1 messaging, and its cards go on taking them.
    LegacyOff,
    /// The chips speak differently: what cards of these are made in.
    Gets {
        /// The chips.
        chips: Vec<Generation>,
        /// Their messaging.
        messaging: Messaging,
        /// Whether they have what a profile can only use without the other chips.
        more: bool,
    },
}

impl fmt::Display for Advice {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::LegacyOff => f.write_str(
                "every chip speaks EV2 messaging and every key is an AES key: where all readers speak it too, \
                 legacy = \"off\" in [card] shuts D40 and EV1 messaging, for good",
            ),
            Self::Gets { chips, messaging, more } => {
                let chips: Vec<_> = chips.iter().map(ToString::to_string).collect();
                write!(f, "{} cards are made in {messaging} messaging", chips.join(" and "))?;
                if *more {
                    f.write_str(
                        "; several keys for a right and legacy = \"off\" they have only in a profile without \
                         the other chips",
                    )?;
                }
                Ok(())
            }
        }
    }
}

/// What is worth knowing of a profile, in the order of its messaging.
#[must_use]
pub fn advice(profile: &Profile) -> Vec<Advice> {
    let spoken = |chip: &Generation| {
        let mut named = profile.messaging().iter().copied();
        named.find(|one| chip.silicon().speaks_everywhere(*one))
    };
    let gets = |messaging: &Messaging| {
        let chips = profile.chips().iter().filter(|chip| spoken(chip) == Some(*messaging));
        let chips: Vec<_> = chips.copied().collect();
        let more = chips.iter().all(|chip| chip.silicon().has_further_rights());
        (!chips.is_empty()).then_some(Advice::Gets { chips, messaging: *messaging, more })
    };
    let told: Vec<_> = profile.messaging().iter().filter_map(gets).collect();
    if told.len() > 1 {
        return told;
    }
    may_do_without_legacy(profile).then_some(Advice::LegacyOff).into_iter().collect()
}

/// Whether a card of the profile could refuse all messaging but EV2's, and is not told to.
fn may_do_without_legacy(profile: &Profile) -> bool {
    let Some(card) = profile.card().filter(|card| !card.legacy_off) else { return false };
    let speak = |chip: &Generation| chip.silicon().speaks_at_picc(Messaging::Ev2);
    let aes = |key: &KeySpec| key.key_type == KeyType::Aes;
    profile.messaging().contains(&Messaging::Ev2)
        && profile.chips().iter().all(speak)
        && aes(&profile[card.master_key])
        && profile.applications().iter().all(|spec| spec.key_type == KeyType::Aes)
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: &str = include_str!("../../../examples/data/profiles/door.toml");

    fn told(text: &str) -> Vec<String> {
        advice(&Profile::parse(text).unwrap()).iter().map(ToString::to_string).collect()
    }

    #[test]
    fn chips_that_speak_differently_are_told_apart() {
        let [later, ev1] = &told(DOOR)[..] else { panic!("two messagings") };
        let shown = "ev2 and ev3 cards are made in ev2 messaging; several keys for a right";
        assert!(later.starts_with(shown), "{later}");
        assert_eq!(ev1, "ev1 cards are made in ev1 messaging");
        let ev1 = DOOR.replacen("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev1\"]", 1);
        assert_ne!(ev1, DOOR);
        assert_eq!(told(&ev1), [""; 0]);
    }

    #[test]
    fn older_messaging_that_nothing_needs_may_be_shut() {
        let later = DOOR.replacen("[\"ev1\", \"ev2\", \"ev3\"]", "[\"ev2\", \"ev3\"]", 1);
        let [shut] = &told(&later)[..] else { panic!("one advice") };
        assert!(shut.contains("legacy = \"off\" in [card]"), "{shut}");
        let off = later.replacen("[card]", "[card]\nlegacy = \"off\"", 1).replacen(
            "messaging = [\"ev2\", \"ev1\"]",
            "messaging = [\"ev2\"]",
            1,
        );
        assert_eq!(told(&off), [""; 0]);
        let des = include_str!("../../../tests/profiles/every-file-3k3des.toml");
        assert_eq!(told(&des.replacen("\"ev1\", ", "", 1)), [""; 0]);
    }
}
