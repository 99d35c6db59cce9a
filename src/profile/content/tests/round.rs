// SPDX-License-Identifier: MIT OR Apache-2.0
//! There and back: what is put onto a card under any profile is told again by what stands there.
//!
//! Profiles are made of parts of every kind, nested and one behind the other. A new kind does not build
//! before it has a case.

mod case;

use case::{Case, Dice, Each, case, inner};

use super::*;
use crate::profile::content::kind::Part;

/// Which of the cases a part is of.
const fn kind(part: &Part) -> Each {
    match part {
        Part::Bits(_) => Each::Bits,
        Part::Raw(_) => Each::Raw,
        Part::Uint(_) => Each::Uint,
        Part::Int(_) => Each::Int,
        Part::Text(_) => Each::Text,
        Part::Hex(_) => Each::Hex,
        Part::Digits(_) => Each::Digits,
        Part::Date(_) => Each::Date,
        Part::Uuid(_) => Each::Uuid,
        Part::Uid(_) => Each::Uid,
        Part::Pack(_) => Each::Pack,
        Part::Checksum(_) => Each::Checksum,
        Part::Digest(_) => Each::Digest,
        Part::Mac(_) => Each::Mac,
        Part::Ciphered(_) => Each::Ciphered,
        Part::Length(_) => Each::Length,
        Part::Tlv(_) => Each::Tlv,
        Part::Ndef(_) => Each::Ndef,
        Part::Fragment(_) => Each::Fragment,
        Part::Copy(_) => Each::Copy,
        Part::Random(_) => Each::Random,
        Part::Hooked(_) => Each::Hooked,
        // A mirror is zeros on every card, and stands in files of tags alone.
        Part::Constant(_) | Part::Mirror(_) => Each::Constant,
        Part::Pad(_) => Each::Pad,
    }
}

fn there_and_back(case: &Case) -> Profile {
    let profile = profile(&case.fields, &case.items, 2000, &case.parts);
    let record = format!("{{{}}}", case.values.join(", "));
    let bytes = hex::decode(rendered(&profile, &record)).unwrap_or_else(|_| panic!("{record}"));
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let told: Vec<_> = content
        .read(&bytes)
        .into_iter()
        .map(|told| (told.name, told.value.expose_secret().clone()))
        .collect();
    for (name, value) in &case.told {
        let found = told.iter().any(|(told, said)| told == name && said.ends_with(value));
        assert!(found, "{name} = {value} of {record}\nin {}\ntold {told:?}", case.parts);
    }
    assert_eq!(told.len(), case.told.len(), "{told:?}\nof {}", case.parts);
    the_record_again(&profile, &record, bytes);
    profile
}

/// Where the content says that it tells all fields, it tells the record, value by value.
fn the_record_again(profile: &Profile, record: &str, bytes: Vec<u8>) {
    let (at, _) = profile.each_application().next().unwrap();
    let (file, _) = profile.each_file(at).next().unwrap();
    if profile.untold(&[file]).is_some() {
        return;
    }
    let files = [(file, Secret::new(bytes))];
    let found = profile.record_of(&files);
    let found = found.unwrap_or_else(|_| panic!("no record: {record}"));
    let back = profile[file].content.as_ref().unwrap().render(&found, &RealUid::new(UID)).unwrap();
    assert_eq!(back.expose_secret(), files[0].1.expose_secret(), "{record}");
    let records = Records::json_lines(profile, record.as_bytes()).unwrap();
    let made = records.entries[0].as_ref().unwrap();
    for (found, made) in found.values.iter().zip(&made.values) {
        assert!(found.expose_secret() == made.expose_secret(), "{record}");
    }
    assert_eq!(found.values.len(), made.values.len());
}

/// All fields of the next test, of which nothing comes back.
const ELSEWHERE: &str = "{ date = \"d\", form = \"bcd:yy\" }, { date = \"m\", form = \"bcd:yy\" }, { text = \
    [\"t\", \"v\", \"l\"], bytes = 12 }, { item = \"i\", from = 1 }";

/// What a content does not tell whole is named: some of a date, texts that nothing parts, some of an item.
#[test]
fn what_is_not_told_back_is_named() {
    let fields = "d = { type = \"date\" }\nm = { type = \"datetime\" }\nt = { type = \"text\", \
                  max_length = 4 }\nv = { type = \"text\", max_length = 4 }\nn = { type = \"uint\", max = 255 }\nl = { type \
                  = \"text\", length = 4 }";
    let item = "[[item]]\nname = \"i\"\ncontent = [{ pad = \"00\", bytes = 1 }, { uint = \"n\", bytes = 1 }]\n";
    for (part, whole) in [
        ("{ date = \"d\", form = \"bcd:yymm\" }", ""),
        ("{ date = \"d\", form = \"years:1900-01-01\", bytes = 1 }", ""),
        ("{ date = \"d\", form = \"bcd:yyyyddd\" }", "d"),
        ("{ date = \"m\", form = \"bcd:yyyymmddHHMM\" }", ""),
        ("{ date = \"m\", form = \"bcd:yyyymmddHHMMSS\" }", "m"),
        ("{ date = \"m\", form = \"days:1990-01-01\", bytes = 3, order = \"big\" }", ""),
        (
            "{ pack = [{ year = \"d\", since = 2000, width = 7 }, { month = \"d\", width = 4 }] }",
            "",
        ),
        (
            "{ pack = [{ year = \"d\", since = 2000, width = 7 }, { day = \"d\", width = 5 }, { month = \
             \"d\", width = 4 }] }",
            "ddd",
        ),
        ("{ pack = [{ seconds = \"m\", since = \"2000-01-01\", width = 40 }] }", "m"),
        ("{ text = [\"t\", \"v\"], bytes = 8 }", ""),
        ("{ text = [\"t\", \"v\"], with = \" \", bytes = 9 }", "tv"),
        ("{ digits = \"t\", count = 4 }", ""),
        ("{ digits = \"t\", count = 4, form = \"ascii\" }", ""),
        ("{ digits = \"t\", count = 4, form = \"bcd-left\" }", "t"),
        ("{ digits = \"l\", count = 6 }", "l"),
        ("{ item = \"i\", from = 1 }", ""),
        ("{ item = \"i\", turned = [\"inverse\"] }", "n"),
        ("{ cipher = \"aes-cbc\", item = \"i\", key = \"picc\" }", ""),
        (
            "{ mac = \"aes-cmac\", over = [\"x\"], key = \"picc\" }, { item = \"i\", name = \"x\" }",
            "n",
        ),
        ("{ digest = \"sha-256\", over = [\"x\"] }, { item = \"i\", from = 1, name = \"x\" }", ""),
        ("{ random = 3 }, { hook = \"n\", bytes = 1 }", ""),
    ] {
        // Every field has to be somewhere, and a digit of each tells nothing whole.
        let parsed = profile(fields, item, 128, &format!("{part}, {ELSEWHERE}"));
        let content = parsed.applications()[0].files[0].content.as_ref().unwrap();
        let told: String =
            content.tells().iter().map(|source| source.field.name.as_str()).collect();
        assert_eq!(told, whole, "{part}");
    }
}

/// Each kind by itself, many times.
#[test]
fn every_kind_is_told_again() {
    for kind in Each::ALL {
        for state in 0..40 {
            let case = case(*kind, &mut Dice { state, names: 0 }, 2);
            let profile = there_and_back(&case);
            let content = profile.applications()[0].files[0].content.as_ref().unwrap();
            let mut parts = content.parts.iter();
            assert!(parts.any(|placed| self::kind(&placed.part) == *kind), "{}", case.parts);
        }
    }
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 200, failure_persistence: None, ..ProptestConfig::default() })]

    /// Several parts one behind the other, some of them inside of others.
    #[test]
    fn contents_of_many_parts_are_told_again(state: u64, count in 1..6_usize) {
        let mut dice = Dice { state, names: 0 };
        let mut all = inner(&mut dice, 0);
        for _ in 1..count {
            all = all.and(inner(&mut dice, 0));
        }
        let _profile = there_and_back(&all);
    }

    /// Whatever stands on a card, it is read without harm.
    #[test]
    fn any_bytes_are_read(state: u64, bytes in proptest::collection::vec(any::<u8>(), 0..300)) {
        let mut dice = Dice { state, names: 0 };
        let all = inner(&mut dice, 0).and(inner(&mut dice, 0));
        let profile = profile(&all.fields, &all.items, 2000, &all.parts);
        let content = profile.applications()[0].files[0].content.as_ref().unwrap();
        let _told = content.read(&bytes);
    }
}
