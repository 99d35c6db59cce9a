// SPDX-License-Identifier: MIT OR Apache-2.0
//! As many applications, keys and files as cards have.

use core::fmt::Write as _;

use cardwright::emulator::Model;
use cardwright::encode::Encoder;
use cardwright::picture::{Page, memory_map, rights, timeline};
use cardwright::profile::{Profile, Record};

use super::drawn::Drawn;
use crate::common::{card, job};

/// So many applications of so many keys with 32 files each.
fn text(applications: usize, keys: usize) -> String {
    let mut text = "[profile]\nname = \"large\"\nchips = [\"ev1\", \"ev2\", \"ev3\"]\n\
                    [transport]\npicc = [\"factory\"]\n\
                    [keys]\npicc = { ref = \"picc\", version = 1 }\n"
        .to_owned();
    for key in 0..keys {
        let from = key % 5;
        writeln!(
            text,
            "k{key} = {{ ref = \"app{from}\", version = 1, diversify = {{ scheme = \
                 \"an10922\", input = [\"uid\", \"aid\", \"ascii:{key}\"] }} }}"
        )
        .unwrap();
    }
    text.push_str("[card]\nmaster_key = \"picc\"\n");
    let names: Vec<_> = (0..keys).map(|key| format!("\"k{key}\"")).collect();
    for application in 0..applications {
        let names = names.join(", ");
        writeln!(text, "[[application]]\naid = \"F5{application:02X}00\"\nkeys = [{names}]")
            .unwrap();
        for file in 0..32 {
            let (read, write) = (file % keys, (file + 1) % keys);
            writeln!(
                text,
                "[[application.file]]\nno = {file}\ntype = \"standard\"\nsize = 1\nmode = \"full\"\n\
                 read = \"k{read}\"\nwrite = \"k{write}\""
            )
            .unwrap();
        }
    }
    text
}

#[test]
fn a_large_diagram_is_cut_into_parts_that_lose_nothing() {
    let profile = Profile::parse(&text(28, 14)).unwrap_or_else(|error| panic!("{error}"));
    let picture = rights(&profile);
    let whole = Drawn::read(&picture);
    let files = |drawn: &Drawn| {
        drawn.texts().filter(|text| text.contains("standard, 1 B, enciphered")).count()
    };
    assert_eq!(files(&whole), 28 * 32);
    let parts = picture.sheets(1200);
    assert!(parts.len() > 10, "{}", parts.len());
    let height = |svg: &str| {
        svg.split("height=\"")
            .nth(1)
            .and_then(|rest| rest.split('"').next())
            .unwrap()
            .parse::<u32>()
            .unwrap()
    };
    assert!(parts.iter().all(|part| height(&part.inline()) <= 1200));
    assert_eq!(parts.iter().map(|part| files(&Drawn::read(part))).sum::<usize>(), 28 * 32);
    let said: Vec<_> = parts.iter().map(cardwright::picture::Picture::description).collect();
    assert_eq!(said.join("\n"), picture.description());
    // No heading is left alone at the foot of a part.
    for part in &said {
        let last = part.lines().last().unwrap();
        assert!(!last.starts_with("Application") && !last.contains("lists files"), "{last}");
    }
    assert!(parts[1].title().ends_with(&format!(", part 2 of {}", parts.len())));
}

#[test]
fn a_large_plan_is_drawn_to_the_byte() {
    let job = job(&text(12, 2));
    let plan =
        Encoder::new(&job).plan(card(Model::Ev3_16k, 1).in_field(), &Record::none()).unwrap();
    let drawn = Drawn::read(&memory_map(&plan));
    let sum: u32 = drawn.pairs("+ ").iter().map(|(_, bytes)| bytes).sum();
    assert_eq!((drawn.pairs("+ ").len(), sum), (12 * 33, plan.memory.after.used()));
    let rows = Drawn::read(&timeline(&plan, None)).numbers();
    assert_eq!(rows.len(), plan.steps.len() + 2);
    let mut page = Page::new("Large");
    page.picture(&timeline(&plan, None));
    let html = page.html();
    // The heading of the columns is on every part.
    assert_eq!(html.matches(">exchanges</text>").count(), html.matches("<svg").count());
    assert!(html.matches("<svg").count() > 5);
}
