// SPDX-License-Identifier: MIT OR Apache-2.0
//! There and back over finished cards: for random profiles and records over every kind of part, what a look
//! with the profile's keys tells of the card is the record again.

#[path = "../../src/profile/content/tests/round/case.rs"]
mod case;

use case::{Case, Dice, Each, case, inner};

use crate::common::{encode, encoder};
use cardwright::diversify::Subject;
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{Content, Hooks, Profile, Record, Records};
use cardwright::secret::Secret;
use cardwright::survey::{Contents, Keyring, Sight, Survey, survey};
use cardwright::wire::{KeyVersion, Messaging};
use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;

const UID: [u8; 7] = [0x04, 0xDE, 0xAD, 0xBE, 0xEF, 0xFE, 0xED];
const KEY: [u8; 16] = *b"\x3A\x91\x5C\x07\xE4\x68\xBF\x12\xD9\x40\xA6\x7B\x83\xF5\x2E\xC1";

/// How many bytes the file has.
const SIZE: usize = 2000;

/// How many names a case gives at most, each of which a hook may have.
const NAMES: usize = 500;

struct Keys;

impl Keyring for Keys {
    fn picc(&self, _: Option<&RealUid>) -> Vec<CardKey> {
        vec![CardKey::aes(&KEY, KeyVersion(1))]
    }

    fn application(&self, _: &Subject<'_>) -> Option<CardKey> {
        Some(CardKey::aes(&KEY, KeyVersion(1)))
    }
}

fn job(case: &Case) -> Job {
    let Case { fields, items, parts, .. } = case;
    let fields = fields.replace(" }\n", ", class = \"technical\" }\n");
    let text = format!(
        r#"
[profile]
name = "round"
chips = ["ev1", "ev2", "ev3"]
verify = "read-back"
[transport]
picc = ["factory"]
[keys]
picc = {{ ref = "picc", version = 1 }}
[card]
master_key = "picc"
[fields]
{fields}{items}
[[application]]
aid = "F48120"
keys = ["picc"]
[[application.file]]
no = 1
type = "standard"
mode = "full"
read_write = "picc"
size = {SIZE}
content = [{parts}]
"#
    );
    let profile = Profile::parse(&text).unwrap_or_else(|error| panic!("{error}\n{text}"));
    let keys = format!(
        "use = \"test\"\nreceipt = \"{}\"\n[[key]]\nname = \"picc\"\ntype = \"aes128\"\nversion = 1\nvalue = {:?}\n",
        "5E".repeat(32),
        hex::encode_upper(KEY)
    );
    let zeros = |_: &Record, _: &RealUid, length| Ok(Secret::new(vec![0; length]));
    let hooks = (0..=NAMES).fold(Hooks::new(), |hooks, name| hooks.with(format!("f{name}"), zeros));
    Job::with_hooks(profile, &KeyFile::parse(&keys).unwrap(), hooks).unwrap()
}

/// Looks at the card as `inspect --profile` does, and at the bytes of its file by the profile.
fn told(card: &mut SoftCard, content: &Content) -> Vec<(String, String)> {
    let sight = Sight { uid: Some(card.uid()), historical: Vec::new() };
    let mut rng = StdRng::seed_from_u64(5);
    let seen: Survey = survey(card, sight, Some(&Keys), &mut rng, 2000);
    let [application] = &seen.applications.value().unwrap()[..] else { panic!("one application") };
    let [file] = &application.files.value().unwrap()[..] else { panic!("one file") };
    let Some(Contents::Data { bytes, .. }) = file.contents.value() else { panic!("a data file") };
    assert_eq!(bytes.expose_secret().len(), SIZE);
    let told = content.read(bytes.expose_secret()).into_iter();
    told.map(|told| (told.name, told.value.expose_secret().clone())).collect()
}

fn there_and_back(case: &Case, model: Model, messaging: Messaging) {
    let job = job(case).with_messaging(messaging).unwrap();
    let record = format!("{{{}}}", case.values.join(", "));
    let records = Records::json_lines(job.profile(), record.as_bytes()).unwrap();
    let record = records.entries.into_iter().next().unwrap().unwrap();
    let mut card = SoftCard::new(model, RealUid::new(UID), 3);
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &record);
    assert_eq!(encoded.outcome, Outcome::Done, "{}", case.parts);
    card.reset();
    let content = job.profile().applications()[0].files[0].content.as_ref().unwrap();
    let mut told = told(&mut card, content);
    for (name, value) in &case.told {
        let found = told.iter().position(|(told, said)| told == name && said.ends_with(value));
        let found = found.unwrap_or_else(|| panic!("{name} = {value} of {}: {told:?}", case.parts));
        told.swap_remove(found);
    }
    assert_eq!(told, [], "{}", case.parts);
    // And by its contents it is the card of this record.
    card.reset();
    let (again, _) = encode(&mut encoder(&job), &mut card, &record);
    assert_eq!(again.outcome, Outcome::AlreadyDone, "{}", case.parts);
}

const CARDS: [(Model, Messaging); 4] = [
    (Model::Ev1_8k, Messaging::Ev1),
    (Model::Ev2_8k, Messaging::Ev1),
    (Model::Ev2_8k, Messaging::Ev2),
    (Model::Ev3_8k, Messaging::Ev2),
];

/// Each kind by itself, on each card.
#[test]
fn a_finished_card_tells_its_record_by_every_kind() {
    for kind in Each::ALL {
        for (state, (model, messaging)) in (0x100..).zip(CARDS) {
            there_and_back(&case(*kind, &mut Dice { state, names: 0 }, 2), model, messaging);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 64, failure_persistence: None, ..ProptestConfig::default() })]

    /// Several parts one behind the other, some of them inside of others.
    #[test]
    fn a_finished_card_tells_its_record_of_many_parts(
        state: u64,
        count in 1..6_usize,
        on in 0..CARDS.len(),
    ) {
        let mut dice = Dice { state, names: 0 };
        let mut all = inner(&mut dice, 0);
        for _ in 1..count {
            all = all.and(inner(&mut dice, 0));
        }
        there_and_back(&all, CARDS[on].0, CARDS[on].1);
    }
}
