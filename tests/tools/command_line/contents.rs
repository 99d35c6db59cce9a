// SPDX-License-Identifier: MIT OR Apache-2.0
//! Contents that other programs write, as their user meets them: encoded from a record, shown by
//! `inspect --profile`, verified. The bytes are put together by hand.

use serde_json::Value;

use super::inspect::inspect;
use super::place::{KEYS, Place};

const READ: &str = "r = { ref = \"app1\", version = 1 }";

/// A profile of one file.
fn profile(fields: &str, tables: &str, content: &str) -> String {
    let fields = fields.replace(" }", ", class = \"technical\" }");
    format!(
        r#"
[profile]
name = "row"
chips = ["ev1", "ev2", "ev3"]
verify = "read-back"

[transport]
picc = ["factory"]

[fields]
{fields}

[keys]
picc = {{ ref = "picc", version = 1 }}
m = {{ ref = "app0", version = 1 }}
{READ}

[card]
master_key = "picc"
{tables}
[[application]]
aid = "F51A00"
keys = ["m", "r"]

[[application.file]]
no = 0
type = "standard"
size = 32
mode = "full"
read = "r"
write = "m"
content = [{content}]
"#
    )
}

fn place(profile: &str, records: &str) -> Place {
    let place = Place::new();
    place.write("p.toml", profile);
    place.write("keys.toml", KEYS);
    place.write("r.csv", records);
    place
}

/// Encodes a card of the place, verifies it, and finds it done.
#[track_caller]
fn made(place: &Place, card: &str, more: &str) {
    let with = format!("--profile p.toml --records r.csv --card ev2-8k --state {card} {more}");
    for (more, row) in [("", "cards done"), ("--job verify", "cards done"), ("", "already done")] {
        let ran = place.run(&format!("{with} {more}"));
        assert_eq!((ran.code, ran.row(row).as_str()), (Some(0), "1"), "{more}: {ran:?}");
    }
}

/// What `inspect` shows of the file: its bytes, and its fields with their values.
#[track_caller]
fn shown(place: &Place, card: &str) -> (String, Vec<(String, String)>) {
    let arguments = format!("--state {card} --profile p.toml --keys keys.toml");
    let ran = inspect(place, &format!("{arguments} --json"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let seen: Value = serde_json::from_str(&ran.out).unwrap();
    let file = &seen["applications"]["is"][0]["files"]["is"][0];
    let hex = file["contents"]["is"]["data"]["hex"].as_str().unwrap().to_owned();
    let text = |value: &Value| value.as_str().unwrap().to_owned();
    let fields = file["fields"].as_array().unwrap().iter();
    let fields: Vec<_> = fields.map(|told| (text(&told["name"]), text(&told["value"]))).collect();
    let table = inspect(place, &arguments);
    for (name, value) in &fields {
        let told = |line: &str| line.trim().starts_with(name) && line.ends_with(value);
        assert!(table.out.lines().any(told), "{name}: {}", table.out);
    }
    (hex, fields)
}

/// Names and values.
type Fields = &'static [(&'static str, &'static str)];

/// Fields, a content, a record, and what stands on the card: the file's first bytes, the rest zeros.
const ROWS: &[(&str, &str, &str, &str, Fields)] = &[
    // Several fields in one text.
    (
        "first = { type = \"text\", max_length = 10 }\nlast = { type = \"text\", max_length = 10 }",
        "{ text = [\"last\", \"first\"], with = \", \", bytes = 22 }",
        "first,last\nAnn,Lee\n",
        "4C65652C20416E6E",
        &[("last", "Lee"), ("first", "Ann")],
    ),
    // Letters and signs where each character set has them.
    (
        "n = { type = \"text\", max_length = 20 }",
        "{ text = \"n\", bytes = 20, charset = \"windows-1252\" }",
        "n\nŒuvre €\n",
        "8C757672652080",
        &[("n", "Œuvre €")],
    ),
    (
        "n = { type = \"text\", max_length = 20 }",
        "{ text = \"n\", bytes = 20, charset = \"latin-9\" }",
        "n\nŒuvre €\n",
        "BC7576726520A4",
        &[("n", "Œuvre €")],
    ),
    (
        "n = { type = \"text\", max_length = 10 }",
        "{ text = \"n\", bytes = 20, charset = \"utf-16be\" }",
        "n\nŒu €\n",
        "01520075002020AC",
        &[("n", "Œu €")],
    ),
    (
        "n = { type = \"text\", max_length = 10 }",
        "{ text = \"n\", bytes = 20, charset = \"utf-16le\" }",
        "n\nŒu €\n",
        "520175002000AC20",
        &[("n", "Œu €")],
    ),
    // -50 in two bytes, and in 21 bits with 101 behind them.
    (
        "n = { type = \"int\", min = -1000, max = 1000 }\nm = { type = \"uint\", max = 7 }",
        "{ int = \"n\", bytes = 2, order = \"little\" }, \
         { pack = [{ int = \"n\", width = 21 }, { uint = \"m\", width = 3 }] }",
        "n,m\n-50,5\n",
        "CEFFFFFE75",
        &[("n", "-50"), ("n", "-50"), ("m", "5")],
    ),
    // 286571 and 66606 are 353177.
    (
        "n = { type = \"uint\", max = 457681 }",
        "{ uint = \"n\", bytes = 3, order = \"big\", add = 66606 }",
        "n\n286571\n",
        "056399",
        &[("n", "286571")],
    ),
    // What is not there is 0.
    (
        "n = { type = \"uint\", max = 9 }\ndept = { type = \"uint\", max = 9, optional = true }",
        "{ uint = \"n\", bytes = 1 }, { uint = \"dept\", bytes = 1 }",
        "n,dept\n1,\n",
        "01",
        &[("n", "1"), ("dept", "0")],
    ),
];

#[test]
fn a_content_stands_on_the_card_and_is_shown_by_its_fields() {
    for (fields, content, records, hex, told) in ROWS {
        let place = place(&profile(fields, "", content), records);
        made(&place, "card.json", "");
        let (held, shown) = shown(&place, "card.json");
        assert_eq!(held, format!("{hex:0<64}"), "{content}");
        let shown: Vec<_> = shown.iter().map(|(name, value)| (&**name, &**value)).collect();
        assert_eq!(shown, *told, "{content}");
    }
}

/// Each byte where the table has it, 5A turned into 00 and the others on, and all bits of that turned round.
#[test]
fn a_table_and_the_inverse_of_a_part_stand_on_the_card() {
    let bytes: String = (0..=0xFF_u8).map(|at| format!("{:02X}", at ^ 0x5A)).collect();
    let tables = format!(
        "[[table]]\nname = \"swap\"\nbytes = \"hex:{bytes}\"\n\n[[item]]\nname = \"badge\"\ncontent = \
         [{{ hex = \"n\" }}]\n"
    );
    let content = "{ item = \"badge\", turned = [\"swap\"], name = \"turned\" }, { copy = [\"turned\"], \
                   turned = [\"inverse\"] }";
    let profile = profile("n = { type = \"hex\", length = 4 }", &tables, content);
    let place = place(&profile, "n\n5A00FF3C\n");
    made(&place, "card.json", "");
    let (held, shown) = shown(&place, "card.json");
    assert_eq!(held, format!("{:0<64}", "005AA566FFA55A99"));
    assert_eq!(shown, [("n".to_owned(), "5A00FF3C".to_owned())]);
}

/// Two cards of one record have each its own, and are told by the rest.
#[test]
fn random_filling_is_each_cards_own_and_no_field() {
    let content = "{ uint = \"n\", bytes = 1 }, { random = 8 }, { uint = \"n\", bytes = 1 }";
    let place = place(&profile("n = { type = \"uint\", max = 9 }", "", content), "n\n1\n");
    let fillings = [7, 8].map(|seed| {
        let card = format!("{seed}.json");
        made(&place, &card, &format!("--seed {seed}"));
        let (held, fields) = shown(&place, &card);
        let (begin, rest) = held.split_at(2);
        let (filling, end) = rest.split_at(16);
        assert_eq!((begin, end), ("01", &*format!("{:0<46}", "01")));
        assert_eq!(fields, [("n", "1"), ("n", "1")].map(|(n, v)| (n.to_owned(), v.to_owned())));
        filling.to_owned()
    });
    assert_ne!(fillings[0], fillings[1]);
    assert!(fillings.iter().all(|filling| *filling != "0".repeat(16)));
}

/// The key of the card opens the file, as `inspect` without the record cannot.
#[test]
fn keys_of_fields_and_of_pieces_of_the_uid_are_made_of_them() {
    let text = profile("n = { type = \"hex\", length = 8 }", "", "{ hex = \"n\" }");
    for (input, told) in [
        ("\"field:n\"", false),
        ("\"field:n[4..8]\", \"uid\"", false),
        ("\"uid[3..7]\"", true),
        ("\"uid-reversed\", \"aid\"", true),
    ] {
        let read = format!(
            "r = {{ ref = \"app1\", version = 1, diversify = {{ scheme = \"an10922\", input = [{input}] }} }}"
        );
        let text = text.replacen(READ, &read, 1);
        let place = place(&text, "n\n0102030405060708\n");
        made(&place, "card.json", "");
        if told {
            let (held, shown) = shown(&place, "card.json");
            assert_eq!(held, format!("{:0<64}", "0102030405060708"));
            assert_eq!(shown, [("n".to_owned(), "0102030405060708".to_owned())]);
        }
        place.write("r.csv", "n\n0102030405060709\n");
        let with = "--profile p.toml --records r.csv --card ev2-8k --state card.json --job verify";
        let ran = place.run(with);
        assert_eq!((ran.code, ran.row("refused").as_str()), (Some(1), "1"), "{input}: {ran:?}");
    }
}

#[test]
fn a_slot_of_another_issuer_stays_as_it_was_made_and_is_said_to() {
    let text = profile("n = { type = \"hex\", length = 8 }", "", "{ hex = \"n\" }");
    let text = text.replacen("keys = [\"m\", \"r\"]", "keys = [\"m\", \"r\", \"foreign:z\"]", 1);
    let place = place(&text, "n\n0102030405060708\n");
    let with =
        "--profile p.toml --records r.csv --card ev2-8k --state card.json --receipts r.jsonl";
    let ran = place.run(with);
    assert_eq!((ran.code, ran.row("cards done").as_str()), (Some(0), "1"), "{ran:?}");
    assert!(ran.out.contains("left to another issuer: "), "{}", ran.out);
    let receipt = &place.lines("r.jsonl")[0];
    let left = receipt["left"].as_array().unwrap();
    assert_eq!((left.len(), &left[0]["at"], &left[0]["no"]), (1, &"F51A00".into(), &2.into()));
    let (_, shown) = shown(&place, "card.json");
    assert_eq!(shown, [("n".to_owned(), "0102030405060708".to_owned())]);
}

/// What somebody broke in a profile, and the code and the words with which `plan --check` finds it.
mod broken {
    use std::process::Command;

    use serde_json::Value;

    use super::{Place, profile};
    use crate::command_line::place::{Ran, another_program};

    const SEAL: &str = "{ hex = \"n\", name = \"body\" }, { mac = \"aes-cmac\", over = [\"body\"], key = \
                        \"r\", name = \"seal\" }";

    fn check(place: &Place, more: &str) -> Ran {
        let mut command = Command::new(another_program("plan"));
        let arguments = format!("--check p.toml {more}");
        Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
    }

    fn whole() -> String {
        let bytes: String = (0..=0xFF_u8).map(|at| format!("{at:02X}")).collect();
        let tables = format!("[[table]]\nname = \"swap\"\nbytes = \"hex:{bytes}\"\n");
        let content = format!("{SEAL}, {{ copy = [\"body\"], turned = [\"swap\"] }}");
        profile("n = { type = \"hex\", min_length = 4, max_length = 4 }", &tables, &content)
    }

    #[test]
    fn a_broken_copy_is_told_with_a_code_a_place_and_what_to_do() {
        let place = Place::new();
        place.write("p.toml", whole());
        let ran = check(&place, "");
        assert!(ran.code == Some(0) && !ran.out.contains("mistake:"), "{ran:?}");
        for (find, put, code, told) in [
            ("over = [\"body\"]", "over = [\"seal\"]", "profile-order", "would cover itself"),
            ("over = [\"body\"]", "over = [\"body..seal\"]", "profile-order", "would cover itself"),
            ("hex:0001", "hex:01", "profile-range", "the table has 255 bytes"),
            ("hex:00", "hex:0000", "profile-range", "the table has 257 bytes"),
            ("min_length = 4", "min_length = 5", "profile-range", "min_length"),
            ("read = \"r\"", "read = \"free\"", "profile-rights", "read = \"free\" in a protected"),
        ] {
            let broken = whole().replacen(find, put, 1);
            assert_ne!(broken, whole(), "{find}");
            place.write("p.toml", &broken);
            let ran = check(&place, "");
            let line = ran.out.lines().find(|line| line.starts_with("mistake: p.toml: line "));
            let found = line.is_some_and(|line| line.contains(told));
            assert!(ran.code == Some(1) && found, "{put}: {ran:?}");
            let ran = check(&place, "--json");
            let found: Value = serde_json::from_str(&ran.out).unwrap();
            let mistake = &found["mistakes"][0];
            assert_eq!((ran.code, &mistake["code"]), (Some(1), &code.into()), "{put}: {mistake}");
            assert!(mistake["line"].as_u64() > Some(1) && mistake["column"].as_u64() > Some(0));
            assert_eq!(mistake["file"], "p.toml");
            let words = mistake.to_string();
            assert!(words.contains(&told.replace('"', "\\\"")), "{put}: {words}");
        }
    }

    /// Somebody has to know of the one: the program may give it. The other is a mistake.
    #[test]
    fn a_hook_that_nobody_gives_is_warned_of_and_a_secret_for_anyone_is_refused() {
        let place = Place::new();
        let hooked =
            whole().replacen("content = [", "content = [{ hook = \"sign\", bytes = 4 }, ", 1);
        let public = whole()
            .replacen("mode = \"full\"\nread = \"r\"", "mode = \"plain\"\nread = \"free\"", 1)
            .replacen("class = \"technical\"", "class = \"personal\"", 1);
        for (exit, text, code, told) in [
            (0, hooked, "warning-hook", "only a program that gives the hook \"sign\" encodes"),
            (1, public, "profile-personal-data", "anyone may read the personal field \"n\""),
        ] {
            place.write("p.toml", text);
            let ran = check(&place, "");
            assert!(ran.code == Some(exit) && ran.out.contains(told), "{ran:?}");
            let ran = check(&place, "--json");
            let found: Value = serde_json::from_str(&ran.out).unwrap();
            let mut all =
                ["mistakes", "warnings"].iter().flat_map(|kind| found[kind].as_array()).flatten();
            assert!(all.any(|one| one["code"] == code), "{found:#}");
        }
    }

    /// And the example does not begin with a card of it.
    #[test]
    fn no_card_is_begun_without_the_hook() {
        let text =
            whole().replacen("content = [", "content = [{ hook = \"sign\", bytes = 4 }, ", 1);
        let place = super::place(&text, "n\n01020304\n");
        let ran = place.run("--profile p.toml --records r.csv --card ev2-8k --state c.json");
        assert!(ran.code == Some(2) && ran.err.contains("\"sign\""), "{ran:?}");
        assert!(!place.exists("c.json"));
    }
}
