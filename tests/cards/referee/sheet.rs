// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a profile and a key file say, read without the library's eyes: the keys of each level and
//! how they are derived.

use std::collections::BTreeMap;

use toml::{Table, Value};

use super::cipher::{Family, Key, diversified};

pub(crate) type Uid = [u8; 7];

/// The keys of a card.
pub(crate) struct Sheet {
    keys: BTreeMap<String, Spec>,
    /// The PICC master key that cards come with, where it is not the factory's.
    supplied: Option<Spec>,
    /// `None` where nothing above the applications has a key.
    pub(crate) picc: Option<String>,
    pub(crate) applications: Vec<Holding>,
    /// Who let the applications onto the card, where they are on somebody else's.
    owner: Option<Owner>,
    /// The name of the profile.
    pub(crate) name: String,
    /// What the card is besides its applications, where anything is above them.
    card: Option<Value>,
}

struct Spec {
    master: Key,
    version: u8,
    /// The master key that a card has from the edition before, and its version.
    former: Option<(Key, u8)>,
    /// `None` where the key is the same on every card.
    input: Option<Vec<Part>>,
    /// Whether it is made as for Bolt cards.
    bolt: bool,
}

#[derive(Clone)]
enum Part {
    Uid,
    Aid,
    AidWire,
    KeyNo,
    Constant(Vec<u8>),
}

/// Whose card it is.
struct Owner {
    /// The slot that the application is let into.
    slot: u16,
    /// The name of the key with which applications come and go.
    manager: String,
    /// PICC keys that are the same on every card, by their numbers.
    keys: [(u8, Spec); 3],
}

impl Owner {
    fn of(application: &Value, file: &[Value]) -> Option<Self> {
        let delegated = application.get("delegated")?;
        let own = |name: &str| {
            let entry = format!("ref = {name:?}\nversion = 1").parse().unwrap();
            Spec::of(&entry, file)
        };
        Some(Self {
            slot: u16::try_from(delegated["slot"].as_integer().unwrap()).unwrap(),
            manager: text(&delegated["key"]),
            keys: [(0, own("picc")), (0x11, own("dam-mac")), (0x12, own("dam-enc"))],
        })
    }
}

/// An application and the names of its keys.
pub(crate) struct Holding {
    pub(crate) aid: [u8; 3],
    pub(crate) keys: Vec<String>,
    /// How many key sets there are and which key rolls, where the chip has any.
    pub(crate) sets: Option<(u8, u8)>,
}

impl Holding {
    fn of(entry: &Value) -> Self {
        let keys: Vec<_> = entry["keys"].as_array().unwrap().iter().map(text).collect();
        let number = |number: usize| u8::try_from(number).unwrap();
        let sets = entry.get("key_sets").map(|sets| {
            let roller = keys.iter().position(|key| *key == text(&sets["roll_key"]));
            let count = usize::try_from(sets["sets"].as_integer().unwrap()).unwrap();
            (number(count), number(roller.unwrap()))
        });
        Self { aid: aid(entry["aid"].as_str().unwrap()), keys, sets }
    }

    /// Whether a slot is another issuer's, so that nobody says anything of it.
    pub(crate) fn is_left(&self, no: u8) -> bool {
        self.keys.get(usize::from(no)).is_some_and(|name| name.starts_with("foreign:"))
    }
}

impl Sheet {
    pub(crate) fn read(profile: &str, keys: &str) -> Self {
        let (profile, file): (Table, Table) = (profile.parse().unwrap(), keys.parse().unwrap());
        let keys_of_file = || file["key"].as_array().unwrap();
        let spec = |(name, entry): (&String, &Value)| {
            let entry = entry.as_table().unwrap();
            (name.clone(), Spec::of(entry, keys_of_file()))
        };
        let applications =
            profile.get("application").map_or(&[][..], |all| all.as_array().unwrap());
        let picc = profile.get("transport").and_then(|transport| transport.get("picc"));
        let supplied = picc.and_then(|keys| keys[0].as_table());
        Self {
            name: text(&profile["profile"]["name"]),
            supplied: supplied.map(|entry| Spec::of(entry, keys_of_file())),
            keys: profile["keys"].as_table().unwrap().iter().map(spec).collect(),
            picc: profile.get("card").map(|card| text(&card["master_key"])),
            card: profile.get("card").cloned(),
            owner: applications.first().and_then(|one| Owner::of(one, keys_of_file())),
            applications: applications.iter().map(Holding::of).collect(),
        }
    }

    /// Whether the card's own PICC master key comes last, as it stands for what nothing on the card shows; a random
    /// UID shows.
    pub(crate) fn is_keyed_last(&self) -> bool {
        let shows = self.tells("random_uid", &Value::Boolean(true));
        let no_format = self.tells("no_format", &Value::Boolean(true));
        !shows && (no_format || self.tells("chained_writes", &Value::from("off")))
    }

    /// Whether the card shows a number in place of its UID.
    pub(crate) fn shows_number(&self) -> bool {
        self.tells("nuid", &Value::Boolean(true))
    }

    /// Whether the profile says this of the card.
    fn tells(&self, word: &str, value: &Value) -> bool {
        self.card.as_ref().and_then(|card| card.get(word)) == Some(value)
    }

    /// The AES key that cards come with, which is the same on each, where it is not the factory's.
    pub(crate) fn supplied(&self) -> Option<(&Key, u8)> {
        self.supplied.as_ref().map(|spec| (&spec.master, spec.version))
    }

    /// The keys of the owner of the card with this UID, by their numbers, with their versions.
    pub(crate) fn owners(&self, uid: Uid) -> Vec<(u8, Key, u8)> {
        let Some(owner) = &self.owner else { return Vec::new() };
        let (manager, version) = self.key(&owner.manager, uid, [0; 3]);
        let same = owner.keys.iter().map(|(no, spec)| (*no, spec.master.clone(), spec.version));
        same.chain([(0x10, manager, version)]).collect()
    }

    /// The slot of the owner's card that the application is let into.
    pub(crate) fn slot(&self) -> Option<u16> {
        self.owner.as_ref().map(|owner| owner.slot)
    }

    /// The slot in which a key is; that of key 0 where it is in none.
    fn number(&self, name: &str) -> u8 {
        let slots = self.applications.iter().flat_map(|one| one.keys.iter().enumerate());
        let at = slots.into_iter().find(|(_, key)| key.as_str() == name).map(|(at, _)| at);
        u8::try_from(at.unwrap_or_default()).unwrap()
    }

    /// How many bytes the longest key of the card has.
    pub(crate) fn longest_key(&self) -> usize {
        self.keys.values().map(|spec| spec.master.bytes.len()).max().unwrap_or_default()
    }

    /// The key by this name of the card with this UID, and its version.
    pub(crate) fn key(&self, name: &str, uid: Uid, aid: [u8; 3]) -> (Key, u8) {
        let Spec { master, version, .. } = &self.keys[name];
        (self.made(name, (master, *version), uid, aid), *version)
    }

    /// The key that the card has from the edition before.
    pub(crate) fn former(&self, name: &str, uid: Uid, aid: [u8; 3]) -> Option<Key> {
        let (master, version) = self.keys[name].former.as_ref()?;
        Some(self.made(name, (master, *version), uid, aid))
    }

    /// A card's key by this name, from a master key of this version.
    fn made(&self, name: &str, from: (&Key, u8), uid: Uid, aid: [u8; 3]) -> Key {
        let ((master, version), spec) = (from, &self.keys[name]);
        if spec.bolt {
            return bolt(master, uid, version, self.number(name));
        }
        let Some(input) = &spec.input else { return master.clone() };
        let part = |part: &Part| match part {
            Part::Uid => uid.to_vec(),
            Part::Aid => aid.to_vec(),
            Part::AidWire => aid.iter().rev().copied().collect(),
            Part::KeyNo => vec![self.number(name)],
            Part::Constant(bytes) => bytes.clone(),
        };
        let input: Vec<u8> = input.iter().flat_map(part).collect();
        diversified(master, &input)
    }
}

/// `docs/DETERMINISTIC.md` of boltcard: two CMACs for each key but key 1, which has one.
fn bolt(issuer: &Key, uid: Uid, version: u8, no: u8) -> Key {
    let mac = |key: &Key, message: &[u8]| {
        let cipher = key.cipher();
        Key::new(Family::Aes, cipher.cmac(&cipher.zero_iv(), message))
    };
    let own = [&[0x2D, 0x00, 0x3F, 0x75][..], &uid, &[version, 0, 0, 0]].concat();
    let number = [0x2D, 0x00, 0x3F, 0x76 + no];
    if no == 1 { mac(issuer, &number) } else { mac(&mac(issuer, &own), &number) }
}

impl Spec {
    fn of(entry: &Table, file: &[Value]) -> Self {
        let of = |version: &Value| {
            let version = version.as_integer().unwrap();
            let same = |key: &&Value| {
                key["name"] == entry["ref"] && key["version"].as_integer() == Some(version)
            };
            (master(file.iter().find(same).unwrap()), u8::try_from(version).unwrap())
        };
        let (master, version) = of(&entry["version"]);
        let how = entry.get("diversify");
        let bolt = how.is_some_and(|how| text(&how["scheme"]) == "boltcard");
        let input = how.filter(|_| !bolt).map(|how| {
            assert_eq!(text(&how["scheme"]), "an10922");
            let wire = how.get("aid_order").is_some_and(|order| text(order) == "wire");
            how["input"]
                .as_array()
                .unwrap()
                .iter()
                .map(|part| Part::of(&text(part), wire))
                .collect()
        });
        Self { master, version, former: entry.get("former").map(of), input, bolt }
    }
}

/// A key of the key file.
fn master(key: &Value) -> Key {
    let family = match key["type"].as_str().unwrap() {
        "aes128" => Family::Aes,
        "2k3des" | "des" => Family::Des,
        "3k3des" => Family::Tdes3,
        other => panic!("a key of type {other}"),
    };
    Key::new(family, hex::decode(text(&key["value"])).unwrap())
}

impl Part {
    fn of(text: &str, wire: bool) -> Self {
        match text.split_once(':') {
            Some(("hex", digits)) => Self::Constant(hex::decode(digits).unwrap()),
            Some(("ascii", text)) => Self::Constant(text.as_bytes().to_vec()),
            None if text == "uid" => Self::Uid,
            None if text == "key-no" => Self::KeyNo,
            None if text == "aid" && wire => Self::AidWire,
            None if text == "aid" => Self::Aid,
            _ => panic!("{text} goes into no key"),
        }
    }
}

fn text(value: &Value) -> String {
    value.as_str().unwrap().to_owned()
}

/// Most significant byte first. A registered number stands behind the nibble F, before its index.
fn aid(text: &str) -> [u8; 3] {
    let digits = match text.strip_prefix("mad:") {
        None if text == "mad" => "FFFFFF".to_owned(),
        None => text.to_owned(),
        Some(number) => {
            let (number, index) = number.split_once('/').unwrap_or((number, "0"));
            format!("F{number}{index}")
        }
    };
    hex::decode(digits).unwrap().try_into().unwrap()
}
