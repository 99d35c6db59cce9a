// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a profile rests on before any card is seen: which of its keys go to a new card in a session
//! that everybody could open or listen to, and which are the same on every card.

use core::fmt;
use std::collections::BTreeSet;

use crate::wire::{Aid, KeyNo};

use super::Profile;
use super::model::{AppTransport, Application, KeyIndex, KeySpec, PiccTransport, TransportKeys};

/// Which keys of a profile are trusted to the air or to a single card. `Display` says it in one
/// line.
///
/// A key that is changed in a session under a key that everybody knows can be read by whoever
/// records the session, and replaced by whoever stands in between. Whoever has the PICC master key
/// of a card from that also reads what follows it in the same recording.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Trust<'p> {
    /// The PICC master key, where cards may arrive with the factory's.
    pub under_factory_key: Option<&'p KeySpec>,
    /// The keys of applications, where new applications start with zero keys.
    pub under_zero_key: Vec<&'p KeySpec>,
    /// The keys that the UID of the card has no part in, nor a field that no two records share: who takes
    /// one out of a card has it of others, or of all.
    pub same_on_every_card: Vec<&'p KeySpec>,
    /// The transport keys that only supplier and issuer know.
    pub from_supplier: Vec<&'p KeySpec>,
    /// The slots that are left to other issuers: what they open is anyone's who knows the key that new
    /// applications start with.
    pub left: Vec<(Aid, KeyNo)>,
}

impl Profile {
    /// Which keys are trusted to the air or to a single card.
    #[must_use]
    pub fn trust(&self) -> Trust<'_> {
        let picc = self.card().map(|card| card.master_key);
        let slots = self.applications().iter().flat_map(Application::own_keys);
        let slots: BTreeSet<KeyIndex> = slots.collect();
        let specs = |indices: &BTreeSet<KeyIndex>| -> Vec<&KeySpec> {
            indices.iter().filter_map(|index| self.key(*index)).collect()
        };
        let transport = &self.transport().picc;
        let manager = self.delegation().map(|delegation| delegation.key);
        let all = slots.iter().copied().chain(picc).chain(manager).collect();
        let start = default_key(self.transport());
        let from_supplier = transport.iter().filter_map(|key| match key {
            PiccTransport::Factory => None,
            PiccTransport::Key(spec) => Some(spec),
        });
        Trust {
            under_factory_key: picc
                .and_then(|picc| self.key(picc))
                .filter(|_| transport.contains(&PiccTransport::Factory)),
            under_zero_key: if start.is_some() { Vec::new() } else { specs(&slots) },
            same_on_every_card: specs(&all)
                .into_iter()
                .chain(start)
                .filter(|key| !self.is_one_cards(key))
                .collect(),
            from_supplier: from_supplier.collect(),
            left: self.left().collect(),
        }
    }
}

impl Profile {
    fn left(&self) -> impl Iterator<Item = (Aid, KeyNo)> {
        self.applications().iter().flat_map(|application| {
            application.foreign_slots().map(|(no, _)| (application.aid, no))
        })
    }

    /// Whether a key is one card's alone: its UID goes in, or a field that no two records share.
    fn is_one_cards(&self, key: &KeySpec) -> bool {
        let Some(recipe) = &key.recipe else { return false };
        let mut fields = recipe.fields();
        let unique =
            |name: &str| self.fields().iter().any(|field| field.name == name && field.unique);
        recipe.names_card() || fields.any(unique)
    }
}

/// The key that new applications start with in place of zeros.
const fn default_key(transport: &TransportKeys) -> Option<&KeySpec> {
    match &transport.app {
        AppTransport::Zero => None,
        AppTransport::Key(spec) => Some(spec),
    }
}

impl fmt::Display for Trust<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let factory: Vec<_> = self.under_factory_key.into_iter().collect();
        let zero = &self.under_zero_key;
        match (factory.as_slice(), zero.as_slice()) {
            ([], []) => f.write_str("no key travels under a public key")?,
            (factory, []) => write!(f, "{} travels under the factory key", Names(factory))?,
            ([], zero) => write!(f, "{} travel under zero keys", Names(zero))?,
            (factory, zero) => write!(
                f,
                "{} travels under the factory key, {} under zero keys",
                Names(factory),
                Names(zero)
            )?,
        }
        match self.same_on_every_card.as_slice() {
            [] => f.write_str("; every key is diversified by the UID")?,
            same => write!(f, "; not diversified by the UID: {}", Names(same))?,
        }
        if !self.left.is_empty() {
            let slots: Vec<_> = self.left.iter().map(|(aid, no)| format!("{aid}/{no}")).collect();
            write!(
                f,
                "; left to other issuers, so anyone's until they set them: {}",
                slots.join(", ")
            )?;
        }
        let (public, secret) = (!factory.is_empty(), !self.from_supplier.is_empty());
        f.write_str(match (public, secret, zero.is_empty()) {
            (false, false, true) => "; the key that new applications start with hides them all",
            (false, false, false) => {
                "; no other key comes with such a chip: encode where nobody listens"
            }
            (true, false, true) => {
                "; a transport key from the card's supplier instead of \"factory\" would leave none \
                 to whoever listens"
            }
            (true, false, false) => {
                "; a transport key from the card's supplier instead of \"factory\" would hide the \
                 PICC master key, and only a default key of new applications the others"
            }
            (true, true, true) => {
                "; without \"factory\" beside the transport key none would be left to whoever listens"
            }
            (true, true, false) => {
                "; without \"factory\" beside the transport key the PICC master key would be hidden, \
                 and only a default key of new applications would hide the others"
            }
            (false, _, true) => "; the transport key from the card's supplier hides them all",
            (false, _, false) => {
                "; the transport key from the card's supplier hides the PICC master key, and only a \
                 default key of new applications would hide the others"
            }
        })
    }
}

/// Names of keys, with commas between them.
struct Names<'a>(&'a [&'a KeySpec]);

impl fmt::Display for Names<'_> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (at, key) in self.0.iter().enumerate() {
            let between = if at == 0 { "" } else { ", " };
            write!(f, "{between}{:?}", key.name)?;
        }
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: &str = include_str!("../../examples/data/profiles/door.toml");
    const STOCK: &str = "picc = [{ ref = \"stock\", version = 9 }]";

    fn names(keys: &[&KeySpec]) -> Vec<String> {
        keys.iter().map(|key| key.name.clone()).collect()
    }

    const START: &str = "app = \"start\"";
    const ZERO: &str = "app = \"zero\"";

    fn parsed(picc: &str) -> Profile {
        let text = DOOR.replace("picc = [\"factory\"]", picc).replacen(START, ZERO, 1);
        assert!(text.contains(ZERO));
        Profile::parse(&text).unwrap()
    }

    const SLOTS: [&str; 5] = ["master", "read", "write", "update", "spare"];

    #[test]
    fn behind_zero_keys_every_key_travels_under_a_public_one() {
        let profile = parsed("picc = [\"factory\"]");
        let trust = profile.trust();
        assert_eq!(trust.under_factory_key.unwrap().name, "picc");
        assert_eq!(names(&trust.under_zero_key), SLOTS);
        assert_eq!((trust.same_on_every_card.len(), trust.from_supplier.len()), (0, 0));
        assert_eq!(
            trust.to_string(),
            "\"picc\" travels under the factory key, \"master\", \"read\", \"write\", \"update\", \
             \"spare\" under zero keys; every key is diversified by the UID; a transport key from \
             the card's supplier instead of \"factory\" would hide the PICC master key, and only a \
             default key of new applications the others"
        );
    }

    #[test]
    fn a_transport_key_hides_the_master_key_only_where_no_card_comes_without_it() {
        for (picc, hidden) in
            [(STOCK, true), ("picc = [\"factory\", { ref = \"stock\", version = 9 }]", false)]
        {
            let profile = parsed(picc);
            let trust = profile.trust();
            assert_eq!(trust.under_factory_key.is_none(), hidden);
            assert_eq!(names(&trust.under_zero_key), SLOTS);
            assert_eq!(names(&trust.from_supplier), ["stock"]);
            let said = trust.to_string();
            assert_eq!(said.starts_with("\"master\""), hidden, "{said}");
            let wanted = "would hide the others";
            assert!(said.ends_with(wanted) && said.lines().count() == 1, "{said}");
        }
    }

    #[test]
    fn behind_a_default_key_only_the_master_key_travels_under_a_public_one() {
        let secure = include_str!("../../examples/data/profiles/door-secure.toml");
        let profile = Profile::parse(secure).unwrap();
        assert_eq!(
            profile.trust().to_string(),
            "no key travels under a public key; not diversified by the UID: \"reveal\"; the \
             transport key from the card's supplier hides them all"
        );
        let profile = Profile::parse(DOOR).unwrap();
        let trust = profile.trust();
        assert_eq!((trust.under_factory_key.is_some(), trust.under_zero_key.len()), (true, 0));
        assert!(trust.to_string().starts_with("\"picc\" travels under the factory key; every"));
        assert!(trust.to_string().ends_with("would leave none to whoever listens"));
        let own = "version = 100, diversify = { scheme = \"an10922\", input = [\"uid\", \"ascii:ST\"] } }";
        assert_ne!(secure, secure.replace(own, "version = 100 }"));
        let profile = Profile::parse(&secure.replace(own, "version = 100 }")).unwrap();
        assert_eq!(names(&profile.trust().same_on_every_card), ["reveal", "start"]);
    }

    #[test]
    fn a_key_that_the_uid_has_no_part_in_is_named_once() {
        let text = DOOR.replace(
            "\"app1\", version = 1, diversify = { scheme = \"an10922\", input = [\"uid\", ",
            "\"app1\", version = 1, diversify = { scheme = \"an10922\", input = [",
        );
        let spare = text.lines().find(|line| line.starts_with("spare = ")).unwrap();
        let text = text.replace(spare, "spare = { ref = \"app4\", version = 1 }");
        let second = "\n[[application]]\naid = \"F48121\"\nkeys = [\"spare\"]\n";
        let text = text.replacen(START, ZERO, 1) + second;
        let profile = Profile::parse(&text).unwrap();
        assert_eq!(names(&profile.trust().same_on_every_card), ["read", "spare"]);
        assert_eq!(names(&profile.trust().under_zero_key), SLOTS);
        let said = profile.trust().to_string();
        assert!(said.contains("; not diversified by the UID: \"read\", \"spare\"; "), "{said}");
    }
}
