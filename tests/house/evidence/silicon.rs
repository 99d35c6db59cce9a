// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recorded sessions of real cards beside the conversations: which chip each is of, who plays it,
//! and on which chips each messaging was seen.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use cardwright::wire::{Ins, Messaging, Opening};

use super::{By, Pen, carried_out, origin, root};
use crate::vectors::of_file;

/// A chip, as its recording says.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Chip {
    Ev1,
    Ev2,
    Ev3,
    /// A DESFire of a generation that is not told.
    Untold,
    Ntag424,
}

const CHIPS: [(Chip, &str); 5] = [
    (Chip::Ev1, "EV1"),
    (Chip::Ev2, "EV2"),
    (Chip::Ev3, "EV3"),
    (Chip::Untold, "DESFire, generation not told"),
    (Chip::Ntag424, "NTAG 424 DNA"),
];

/// A recording, and the pens whose tests play it.
struct Recording {
    /// Its file below `tests/vectors`, or its name among the vectors of `ev2-more`.
    name: &'static str,
    chip: Chip,
    by: By,
    pens: &'static [Pen],
}

const DESOX: By = By::Capture("EV3, crate desox");
const FORUM: By = By::Capture("EV1, mifare.net forum");
const UNTOLD: By = By::Capture("DESFire, forums");
/// A pen is named here once its tests play the recording.
const HOST: &[Pen] = &[Pen::Host];

const fn of(name: &'static str, chip: Chip, by: By, pens: &'static [Pen]) -> Recording {
    Recording { name, chip, by, pens }
}

/// Host: `host::tests::desox` and `host::tests::traces`.
static RECORDINGS: [Recording; 14] = [
    of("desox-ev3/application.replay", Chip::Ev3, DESOX, HOST),
    of("desox-ev3/file_io.replay", Chip::Ev3, DESOX, HOST),
    of("desox-ev3/key_change_app_aes_aes.replay", Chip::Ev3, DESOX, HOST),
    of("desox-ev3/key_change_app_des_des.replay", Chip::Ev3, DESOX, HOST),
    of("desox-ev3/key_change_picc_round_the_world.replay", Chip::Ev3, DESOX, HOST),
    of("desox-ev3/metadata.replay", Chip::Ev3, DESOX, HOST),
    of("hw-ev3-8k-blank-taginfo", Chip::Ev3, By::Capture("EV3 8K, kpn532"), HOST),
    of("traces/mifarenet-12600-d40-wrong-crc.txt", Chip::Ev1, FORUM, HOST),
    of("traces/mifarenet-d40-settings-and-refused-key.txt", Chip::Ev1, FORUM, HOST),
    of("traces/mifarenet-d40-zero-rnd-a.txt", Chip::Ev1, FORUM, HOST),
    of("traces/mifarenet-ev1-des-card-uid.txt", Chip::Ev1, FORUM, HOST),
    of("traces/nfc-pcsc-17-read-at-picc-level.txt", Chip::Untold, UNTOLD, HOST),
    of("traces/nfc-tools-5638-key-change-after-select.txt", Chip::Untold, UNTOLD, HOST),
    of("traces/nxp444596-no-such-file.txt", Chip::Untold, UNTOLD, HOST),
];

impl Recording {
    /// As a script.
    fn script(&self) -> String {
        let read = || std::fs::read_to_string(root().join("tests/vectors").join(self.name));
        match self.name.rsplit_once('.') {
            Some((_, "txt")) => read().unwrap(),
            Some((_, "replay")) => wrapped(&read().unwrap()),
            _ => vector(self.name),
        }
    }
}

/// Native frames in their wrapping.
fn wrapped(recording: &str) -> String {
    let mut script = String::new();
    for line in recording.lines() {
        let (command, reply) = line.split_once(' ').unwrap();
        let (ins, status) = (command.get(..2).unwrap(), reply.get(..2).unwrap());
        writeln!(script, "> 90{ins}\n< {}91{status}", reply.get(2..).unwrap()).unwrap();
    }
    script
}

fn vector(name: &str) -> String {
    let vectors = of_file("ev2-more");
    let vector = vectors.iter().find(|vector| vector["name"] == name).unwrap();
    let mut script = String::new();
    for step in vector["inputs"]["steps"].as_array().unwrap() {
        let [send, recv, sw] = ["send", "recv", "sw"].map(|field| step[field].as_str().unwrap());
        writeln!(script, "> {send}\n< {recv}{sw}").unwrap();
    }
    script
}

/// Every command that a recording shows carried out, with who plays it.
pub(super) fn held() -> Vec<(Ins, Option<Messaging>, Pen, By)> {
    let mut held = Vec::new();
    for recording in &RECORDINGS {
        for (ins, way) in carried_out(&recording.script()) {
            held.extend(recording.pens.iter().map(|&pen| (ins, way, pen, recording.by)));
        }
    }
    held
}

/// The messagings that were opened in a script.
fn opened(script: &str) -> Vec<Messaging> {
    let mut opened: Vec<Messaging> = carried_out(script)
        .into_iter()
        .filter_map(|(ins, _)| Opening::from_ins(ins))
        .map(Opening::messaging)
        .collect();
    opened.sort_by_key(|messaging| messaging.to_string());
    opened.dedup();
    opened
}

/// The sections on real cards, and how many sessions they name.
pub(super) fn sections() -> (String, usize) {
    let mut text = HEAD.to_owned();
    let mut seen: BTreeMap<(String, Chip), usize> = BTreeMap::new();
    let mut sessions = 0;
    let mut row = |name: &str, chip: Chip, by: By, script: &str, pens: &[Pen]| {
        let opened = opened(script);
        for messaging in &opened {
            *seen.entry((messaging.to_string(), chip)).or_default() += 1;
        }
        let names: Vec<_> = opened.iter().map(Messaging::to_string).collect();
        let pens: Vec<_> = pens.iter().map(|pen| format!("{pen:?}").to_lowercase()).collect();
        let (By::Capture(from) | By::Vendor(from) | By::Program(from)) = by;
        let (names, pens) = (names.join(", "), pens.join(", "));
        writeln!(text, "| `{name}` | {} | {names} | {from} | {pens} |", label(chip)).unwrap();
        sessions += 1;
    };
    let folder = root().join("tests/cards/conversations");
    let mut files: Vec<_> =
        std::fs::read_dir(folder).unwrap().map(|entry| entry.unwrap().path()).collect();
    files.sort();
    for path in files.iter().filter(|path| path.extension().is_some_and(|kind| kind == "txt")) {
        let name = path.file_stem().unwrap().to_str().unwrap();
        let by = origin(name);
        let By::Capture(from) = by else { continue };
        let chip = if from.starts_with("EV1") { Chip::Ev1 } else { Chip::Ntag424 };
        let script = std::fs::read_to_string(path).unwrap();
        row(name, chip, by, &script, &[Pen::Host, Pen::Card]);
    }
    for recording in &RECORDINGS {
        row(recording.name, recording.chip, recording.by, &recording.script(), recording.pens);
    }
    text.push_str(SEEN);
    let titles: Vec<_> = CHIPS.iter().map(|(_, label)| *label).collect();
    writeln!(text, "| messaging | {} |\n|---|{}", titles.join(" | "), "---|".repeat(CHIPS.len()))
        .unwrap();
    for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
        write!(text, "| {messaging} |").unwrap();
        for (chip, _) in CHIPS {
            match seen.get(&(messaging.to_string(), chip)) {
                Some(1) => text.push_str(" 1 session |"),
                Some(count) => write!(text, " {count} sessions |").unwrap(),
                None => text.push_str(" none |"),
            }
        }
        text.push('\n');
    }
    (text, sessions)
}

fn label(chip: Chip) -> &'static str {
    CHIPS.iter().find(|(one, _)| *one == chip).unwrap().1
}

const HEAD: &str = "
# Sessions of real cards

Recorded with a chip, played byte for byte by the tests of the pens that are named: the host sends what
was sent, as far as it has such commands, and takes what was answered; the card answers what the chip
answered.

| recording | chip | messaging | from | pens |
|---|---|---|---|---|
";

const SEEN: &str = "
# Which chips each messaging was seen on

What was seen on one generation only is a belief on the others. No session of an EV2 or EV3 chip in EV2
messaging was found that is published with its keys: there it rests on the NTAG 424 DNA, on NXP's notes
for DESFire Light and on other people's programs.

";
