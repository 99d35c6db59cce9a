// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds each command, in each messaging, on each pen: collected from the conversations that
//! both pens play, from the published messages that the commands of one play, and from the foreign
//! programs that drive the card. `docs/evidence.md` is what it comes to, and every command that has
//! a name has its line there.
//!
//! `EVIDENCE=write cargo test --test house evidence` writes the page anew.

use std::collections::{BTreeMap, BTreeSet};
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cardwright::wire::{Ins, Messaging, Opening};

use walkdir::WalkDir;

use crate::vectors::of_file;

/// What holds something, the strongest first.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum By {
    /// A capture of a real card.
    Capture(&'static str),
    /// An example of the vendor.
    Vendor(&'static str),
    /// Somebody else's program.
    Program(&'static str),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Pen {
    Host,
    Card,
}

/// What an instruction travels in: nothing, or a messaging.
const WAYS: [Option<Messaging>; 4] =
    [None, Some(Messaging::D40), Some(Messaging::Ev1), Some(Messaging::Ev2)];

type Held = BTreeMap<(u8, usize, Pen), By>;

/// The origin of a script, by the beginning of its name.
fn origin(script: &str) -> By {
    for (prefix, by) in [
        ("an12343", By::Vendor("AN12343 (DESFire Light)")),
        ("an12196", By::Vendor("AN12196 (NTAG 424 DNA)")),
        ("ntag424-capture", By::Capture("NTAG 424 DNA, crate ntag424")),
        ("proxmark3", By::Capture("EV1, Proxmark3")),
        ("rfdoorlock", By::Capture("EV1, RFDoorLock")),
        ("skjolber-des1", By::Capture("EV1, desfire-tools-for-android")),
        ("skjolber", By::Capture("EV1, desfire-tools-for-android")),
    ] {
        if script.starts_with(prefix) {
            return by;
        }
    }
    panic!("{script}: where is it from?");
}

/// Single EV2 messages, and those of captured sessions, that the host's commands send and read
/// (`host::tests::published`, `host::tests::tags`, `host::tests::light`, `host::command::transaction_mac`).
const MESSAGES: [(Ins, By); 18] = [
    (Ins::GetCardUid, By::Vendor("AN12343 table 7, AN12196 table 28")),
    (Ins::GetKeyVersion, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::GetVersion, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::GetFileCounters, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ReadSig, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::GetTtStatus, By::Capture("NTAG 424 DNA TagTamper, crate ntag424")),
    (Ins::ReadDataIso, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::WriteDataIso, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ReadRecordsIso, By::Vendor("AN12343 table 33")),
    (Ins::WriteRecordIso, By::Vendor("AN12343 table 32")),
    (Ins::CommitReaderId, By::Vendor("AN12343 table 32")),
    (Ins::CreateTransactionMacFile, By::Vendor("AN12343 section 10")),
    (Ins::GetFileSettings, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ChangeFileSettings, By::Vendor("AN12343 table 11, AN12196 table 19")),
    (Ins::SetConfiguration, By::Vendor("AN12196 table 27")),
    (Ins::GetValue, By::Vendor("AN12343 table 35")),
    (Ins::Credit, By::Vendor("AN12343 table 36")),
    (Ins::Debit, By::Vendor("AN12343 table 37")),
];

/// Single EV2 messages that the card's commands open and answer (`emulator::tests::published_ev2`,
/// `emulator::tests::light`).
const ANSWERED: [(Ins, By); 15] = [
    (Ins::GetCardUid, By::Vendor("AN12343 (DESFire Light)")),
    (Ins::GetKeyVersion, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ReadSig, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ChangeFileSettings, By::Vendor("AN12343 table 11")),
    (Ins::SetConfiguration, By::Vendor("AN12196 table 27")),
    (Ins::GetValue, By::Vendor("AN12343 table 35")),
    (Ins::Credit, By::Vendor("AN12343 table 36")),
    (Ins::Debit, By::Vendor("AN12343 table 37")),
    (Ins::DeleteFile, By::Vendor("AN12343 table 41")),
    (Ins::ReadDataIso, By::Vendor("AN12343 table 26")),
    (Ins::WriteDataIso, By::Vendor("AN12343 tables 23 and 25")),
    (Ins::ReadRecordsIso, By::Vendor("AN12343 table 33")),
    (Ins::WriteRecordIso, By::Vendor("AN12343 table 32")),
    (Ins::CommitReaderId, By::Vendor("AN12343 table 32")),
    (
        Ins::CreateTransactionMacFile,
        By::Vendor("AN12343 page 83, of which the command is published"),
    ),
];

/// Single messages outside of any session (`host::originality`, `emulator::tests::originality`).
const BARE: [(Ins, By); 1] = [(Ins::ReadSig, By::Capture("EV3 8K, kpn532"))];

/// What libfreefare sends the card in D40 and in EV1 messaging (`tests/system/freefare.c`).
const FREEFARE: [Ins; 31] = [
    Ins::ChangeKeySettings,
    Ins::GetKeySettings,
    Ins::ChangeKey,
    Ins::GetKeyVersion,
    Ins::CreateApplication,
    Ins::GetApplicationIds,
    Ins::SelectApplication,
    Ins::SetConfiguration,
    Ins::GetFileIds,
    Ins::GetFileSettings,
    Ins::ChangeFileSettings,
    Ins::CreateStdDataFile,
    Ins::CreateBackupDataFile,
    Ins::CreateValueFile,
    Ins::CreateLinearRecordFile,
    Ins::CreateCyclicRecordFile,
    Ins::DeleteFile,
    Ins::ReadData,
    Ins::WriteData,
    Ins::GetValue,
    Ins::Credit,
    Ins::Debit,
    Ins::LimitedCredit,
    Ins::WriteRecord,
    Ins::ReadRecords,
    Ins::ClearRecordFile,
    Ins::CommitTransaction,
    Ins::AbortTransaction,
    Ins::Authenticate,
    Ins::AuthenticateIso,
    Ins::AuthenticateAes,
];

/// What the crate desox sends the card in EV1 messaging (`tests/foreign/desox.rs`).
const DESOX: [Ins; 20] = [
    Ins::ChangeKeySettings,
    Ins::GetKeySettings,
    Ins::ChangeKey,
    Ins::GetKeyVersion,
    Ins::CreateApplication,
    Ins::DeleteApplication,
    Ins::GetApplicationIds,
    Ins::SelectApplication,
    Ins::FormatPicc,
    Ins::GetVersion,
    Ins::GetCardUid,
    Ins::FreeMemory,
    Ins::GetFileIds,
    Ins::GetFileSettings,
    Ins::CreateStdDataFile,
    Ins::DeleteFile,
    Ins::ReadData,
    Ins::WriteData,
    Ins::AuthenticateIso,
    Ins::AuthenticateAes,
];

/// What the crate ntag424 sends the card in EV2 messaging (`tests/foreign/ntag424.rs`).
const NTAG424: [Ins; 6] = [
    Ins::AuthenticateEv2First,
    Ins::AuthenticateEv2NonFirst,
    Ins::GetVersion,
    Ins::GetKeyVersion,
    Ins::ChangeKey,
    Ins::GetFileSettings,
];

fn root() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).to_owned()
}

fn hold(held: &mut Held, ins: Ins, way: Option<Messaging>, pen: Pen, by: By) {
    let column = WAYS.iter().position(|&other| other == way).unwrap();
    let cell = held.entry((ins.into(), column, pen)).or_insert(by);
    *cell = (*cell).min(by);
}

/// An authentication travels in no session: it is held in the messaging that it opens.
fn way_of(ins: Ins, session: Option<Messaging>) -> Option<Messaging> {
    Opening::from_ins(ins).map(Opening::messaging).or(session)
}

/// A command and its answer, out of their wrapping.
struct Exchange {
    ins: Ins,
    /// The status of a native answer; none of one to an ISO command.
    status: Option<u8>,
    bare: bool,
}

/// The exchanges of a script that `transport::Script` reads.
fn of_script(script: &str) -> Vec<Exchange> {
    let bytes =
        |line: &str| hex::decode(line.trim_start_matches(['>', '<']).replace(' ', "")).unwrap();
    let lines: Vec<_> =
        script.lines().filter(|line| line.starts_with(['>', '<'])).map(bytes).collect();
    lines.chunks_exact(2).map(|pair| of_apdus(&pair[0], &pair[1])).collect()
}

fn of_apdus(command: &[u8], answer: &[u8]) -> Exchange {
    let status = match answer {
        [.., 0x91, status] if command[0] == 0x90 => Some(*status),
        _ => None,
    };
    Exchange { ins: Ins::from(command[1]), status, bare: answer.len() == 2 }
}

/// The exchanges of a recording in native frames, a line each.
fn of_replay(replay: &str) -> Vec<Exchange> {
    let exchange = |line: &str| {
        let (command, answer) = line.split_once(' ').unwrap();
        let [command, answer] = [command, answer].map(|hex| hex::decode(hex).unwrap());
        let (ins, status) = (Ins::from(command[0]), Some(answer[0]));
        Exchange { ins, status, bare: answer.len() == 1 }
    };
    replay.lines().map(exchange).collect()
}

/// The commands that the card carried out, with the messaging that they travelled in.
fn carried_out(exchanges: &[Exchange]) -> Vec<(Ins, Option<Messaging>)> {
    let (mut session, mut begun, mut found) = (None, None, Vec::new());
    for &Exchange { ins, status, bare } in exchanges {
        if ins != Ins::AdditionalFrame {
            begun = Some(ins);
        }
        let (Some(ins), Some(0x00 | 0x90)) = (begun, status) else { continue };
        found.push((ins, way_of(ins, session)));
        if let Some(opening) = Opening::from_ins(ins) {
            session = Some(opening.messaging());
        } else if ins == Ins::SelectApplication || (ins == Ins::ChangeKey && bare) {
            session = None;
        }
    }
    found
}

/// Recordings of real cards that the pens' own tests play: where they lie, and of which card they
/// are. One whose generation nobody told is a DESFire.
const RECORDINGS: [(&str, &str); 19] = [
    ("desox-ev3/application.replay", "EV3 4K, crate desox"),
    ("desox-ev3/file_io.replay", "EV3 4K, crate desox"),
    ("desox-ev3/key_change_app_aes_aes.replay", "EV3 4K, crate desox"),
    ("desox-ev3/key_change_app_des_des.replay", "EV3 4K, crate desox"),
    ("desox-ev3/key_change_picc_round_the_world.replay", "EV3 4K, crate desox"),
    ("desox-ev3/metadata.replay", "EV3 4K, crate desox"),
    ("traces/chameleon-313-windows-probes.txt", "EV1, ChameleonMini"),
    ("traces/mifarenet-12600-d40-wrong-crc.txt", "EV1, mifare.net"),
    ("traces/mifarenet-d40-settings-and-refused-key.txt", "EV1, mifare.net"),
    ("traces/mifarenet-d40-zero-rnd-a.txt", "EV1, mifare.net"),
    ("traces/mifarenet-ev1-des-card-uid.txt", "EV1, mifare.net"),
    ("traces/nfc-pcsc-17-read-at-picc-level.txt", "DESFire, nfc-pcsc"),
    ("traces/nfc-tools-5638-key-change-after-select.txt", "DESFire, nfc-tools"),
    ("traces/nxp444596-no-such-file.txt", "DESFire, NXP community"),
    ("traces/proxmark3-3638-d40-authenticate.txt", "EV1 4K, Proxmark3"),
    ("traces/so-get-challenge-le-00.txt", "DESFire, Stack Overflow"),
    ("traces/so-version-with-lc-zero.txt", "EV1, Stack Overflow"),
    ("traces/so14319321-d40-token-in-clear.txt", "EV1, Stack Overflow"),
    ("traces/so43368683-read-binary-on-the-card.txt", "EV1, Stack Overflow"),
];

/// Which pens play a recording: those whose tests name it.
fn pens(recording: &str) -> Vec<Pen> {
    let stem = recording.rsplit('/').next().unwrap().split('.').next().unwrap();
    let named = |places: &[&str]| {
        let files = places.iter().flat_map(|place| WalkDir::new(root().join(place)));
        let files = files.map(Result::unwrap).filter(|entry| entry.file_type().is_file());
        files.into_iter().any(|entry| {
            std::fs::read_to_string(entry.path()).unwrap().contains(&format!("{stem}\""))
                || std::fs::read_to_string(entry.path()).unwrap().contains(&format!("{stem}."))
        })
    };
    let host = named(&["src/host/tests"]).then_some(Pen::Host);
    let card = named(&["src/emulator/tests", "tests/cards/sessions.rs"]).then_some(Pen::Card);
    let pens: Vec<_> = host.into_iter().chain(card).collect();
    assert!(!pens.is_empty(), "{recording} is played by nobody");
    pens
}

/// The recordings with their exchanges, and the 28 of a blank EV3 that `tests/cards/sessions.rs` plays.
fn recordings() -> Vec<(&'static str, &'static str, Vec<Pen>, Vec<Exchange>)> {
    let folder = root().join("tests/vectors");
    let recorded = |&(name, card): &(&'static str, &'static str)| {
        let text = std::fs::read_to_string(folder.join(name)).unwrap();
        let native = name.strip_suffix(".replay").is_some();
        let exchanges = if native { of_replay(&text) } else { of_script(&text) };
        (name, card, pens(name), exchanges)
    };
    let mut all: Vec<_> = RECORDINGS.iter().map(recorded).collect();
    let name = "hw-ev3-8k-blank-taginfo";
    let vectors = of_file("ev2-more");
    let vector = vectors.iter().find(|vector| vector["name"] == name).unwrap();
    let bytes =
        |step: &serde_json::Value, part: &str| hex::decode(step[part].as_str().unwrap()).unwrap();
    let steps = vector["inputs"]["steps"].as_array().unwrap().iter();
    let steps = steps.map(|step| {
        of_apdus(&bytes(step, "send"), &[bytes(step, "recv"), bytes(step, "sw")].concat())
    });
    all.push((name, "EV3 8K, kpn532", pens(name), steps.collect()));
    all
}

fn collected() -> Held {
    let mut held = Held::new();
    let folder = root().join("tests/cards/conversations");
    let mut scripts = 0;
    for entry in std::fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.extension().is_none_or(|extension| extension != "txt") {
            continue;
        }
        scripts += 1;
        let by = origin(path.file_stem().unwrap().to_str().unwrap());
        for (ins, way) in carried_out(&of_script(&std::fs::read_to_string(&path).unwrap())) {
            hold(&mut held, ins, way, Pen::Host, by);
            hold(&mut held, ins, way, Pen::Card, by);
        }
    }
    assert!(scripts > 20, "{scripts} conversations");
    for (_, card, pens, exchanges) in recordings() {
        for (ins, way) in carried_out(&exchanges) {
            for &pen in &pens {
                hold(&mut held, ins, way, pen, By::Capture(card));
            }
        }
    }
    for (ins, by) in MESSAGES {
        hold(&mut held, ins, Some(Messaging::Ev2), Pen::Host, by);
    }
    for (ins, by) in ANSWERED {
        hold(&mut held, ins, Some(Messaging::Ev2), Pen::Card, by);
    }
    for (ins, by) in BARE {
        hold(&mut held, ins, None, Pen::Host, by);
        hold(&mut held, ins, None, Pen::Card, by);
    }
    let program = By::Program("libfreefare");
    for ins in FREEFARE {
        let ways = match Opening::from_ins(ins) {
            Some(opening) => vec![opening.messaging()],
            // In D40 messaging the card has no SetConfiguration.
            None if ins == Ins::SetConfiguration => vec![Messaging::Ev1],
            None => vec![Messaging::D40, Messaging::Ev1],
        };
        for way in ways {
            hold(&mut held, ins, Some(way), Pen::Card, program);
        }
    }
    for ins in DESOX {
        let program = By::Program("crate desox");
        hold(&mut held, ins, way_of(ins, Some(Messaging::Ev1)), Pen::Card, program);
    }
    for ins in NTAG424 {
        hold(&mut held, ins, Some(Messaging::Ev2), Pen::Card, By::Program("crate ntag424"));
    }
    held
}

/// The page, how many cells something holds, and how many rest on belief.
fn page(held: &Held) -> (String, usize, usize) {
    let (mut page, mut facts, mut beliefs) = (HEAD.to_owned(), 0, 0);
    for &ins in Ins::ALL.iter().filter(|&&ins| ins != Ins::AdditionalFrame) {
        for pen in [Pen::Host, Pen::Card] {
            let name = if pen == Pen::Host {
                format!("{ins} `{:02X}`", u8::from(ins))
            } else {
                String::new()
            };
            write!(page, "| {name} | {} |", format!("{pen:?}").to_lowercase()).unwrap();
            for (column, way) in WAYS.into_iter().enumerate() {
                let cell = match held.get(&(ins.into(), column, pen)) {
                    Some(By::Capture(of) | By::Vendor(of) | By::Program(of)) => {
                        facts += 1;
                        (*of).to_owned()
                    }
                    None if !travels(ins, way) => String::new(),
                    None => {
                        beliefs += 1;
                        "belief".to_owned()
                    }
                };
                write!(page, " {cell} |").unwrap();
            }
            page.push('\n');
        }
    }
    page.push_str(&silicon());
    (page, facts, beliefs)
}

/// On which real cards each messaging was seen, and which recordings there are.
fn silicon() -> String {
    let mut seen: BTreeMap<usize, BTreeSet<String>> = BTreeMap::new();
    let mut sessions = String::new();
    let mut see = |exchanges: &[Exchange], card: &str| {
        let chip = card.split(',').next().unwrap().to_owned();
        let mut ways = BTreeSet::new();
        for (_, way) in carried_out(exchanges) {
            let column = WAYS.iter().position(|&other| other == way).unwrap();
            seen.entry(column).or_default().insert(chip.clone());
            ways.insert(column);
        }
        ways.into_iter().map(|way| TITLES[way]).collect::<Vec<_>>().join(", ")
    };
    for (name, by) in scripts() {
        let By::Capture(card) = by else { continue };
        let path = root().join("tests/cards/conversations").join(format!("{name}.txt"));
        let ways = see(&of_script(&std::fs::read_to_string(path).unwrap()), card);
        writeln!(sessions, "| `{name}` | {card} | {ways} | host, card |").unwrap();
    }
    for (name, card, pens, exchanges) in recordings() {
        let ways = see(&exchanges, card);
        let ways = if ways.is_empty() { "none: ISO 7816-4, or refused".to_owned() } else { ways };
        let pens: Vec<_> = pens.iter().map(|pen| format!("{pen:?}").to_lowercase()).collect();
        writeln!(sessions, "| `{name}` | {card} | {ways} | {} |", pens.join(", ")).unwrap();
    }
    let mut page = SILICON.to_owned();
    for (column, chips) in seen {
        let chips: Vec<_> = chips.into_iter().collect();
        writeln!(page, "| {} | {} |", TITLES[column], chips.join(", ")).unwrap();
    }
    page + SESSIONS + &sessions
}

/// The conversations by their names, with where they are from.
fn scripts() -> BTreeMap<String, By> {
    let folder = std::fs::read_dir(root().join("tests/cards/conversations")).unwrap();
    let names = folder.map(|entry| entry.unwrap().file_name().into_string().unwrap());
    let names = names.filter_map(|name| name.strip_suffix(".txt").map(str::to_owned));
    names.map(|name| (name.clone(), origin(&name))).collect()
}

/// The columns of the page.
const TITLES: [&str; 4] = ["no session", "D40", "EV1", "EV2"];

const SILICON: &str = "
## Seen on real cards

In recordings that the pens play byte for byte. The size is named where it was told. What was seen on
one generation only is a belief on the others. No session of an EV2 or EV3 chip in EV2 messaging was
found that is published with its keys: there it rests on NTAG 424 DNA, on NXP's notes for DESFire Light
and on other people's programs.

| messaging | cards |
|---|---|
";

const SESSIONS: &str = "
## Recordings of real cards

| recording | card | messaging | played by |
|---|---|---|---|
";

/// Whether a command is sent that way at all.
fn travels(ins: Ins, way: Option<Messaging>) -> bool {
    let since_ev1 = [Ins::GetDfNames, Ins::GetIsoFileIds, Ins::FreeMemory, Ins::SetConfiguration];
    let secure = [
        Ins::GetCardUid,
        Ins::ChangeKey,
        Ins::ChangeKeySettings,
        Ins::SetConfiguration,
        Ins::FormatPicc,
        Ins::CreateTransactionMacFile,
    ];
    let in_one_apdu = [
        Ins::ReadDataIso,
        Ins::WriteDataIso,
        Ins::ReadRecordsIso,
        Ins::WriteRecordIso,
        Ins::UpdateRecordIso,
        Ins::GetTtStatus,
    ];
    let since_ev2 = [Ins::CreateTransactionMacFile, Ins::CommitReaderId];
    match (Opening::from_ins(ins), way) {
        (Some(opening), way) => way == Some(opening.messaging()),
        (None, None) => !secure.contains(&ins),
        // A session ends with it: nothing protects it.
        (None, Some(_)) if ins == Ins::SelectApplication => false,
        // Chips that have them have EV2 messaging alone.
        (None, Some(Messaging::D40 | Messaging::Ev1)) if in_one_apdu.contains(&ins) => false,
        (None, Some(Messaging::D40)) if since_ev2.contains(&ins) => false,
        (None, Some(Messaging::D40)) => {
            !since_ev1.contains(&ins) && ![Ins::GetCardUid, Ins::GetFileCounters].contains(&ins)
        }
        (None, Some(Messaging::Ev1 | Messaging::Ev2)) => true,
    }
}

const HEAD: &str = "\
# What holds each command

For each command, pen and messaging the strongest of: a capture of a real card, an example of the
vendor, somebody else's program. Where there is none, it is a belief, and what would settle it is on
the list that `cargo test --test house beliefs -- --nocapture` prints. An empty cell is a way in which
the command does not travel. Authentications stand in the column of the messaging that they open.

This page is collected from `tests/cards/conversations/`, `tests/vectors/desox-ev3/`,
`tests/vectors/traces/`, published messages and foreign programs;
`EVIDENCE=write cargo test --test house evidence` writes it anew.

| command | pen | no session | D40 | EV1 | EV2 |
|---|---|---|---|---|---|
";

/// How many cells rest on belief. Fewer is progress; more is a conscious change.
const BELIEFS: usize = 264;

#[test]
fn the_page_says_what_holds_each_command() {
    let (page, facts, beliefs) = page(&collected());
    let path = root().join("docs/evidence.md");
    if std::env::var_os("EVIDENCE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap();
    assert_eq!(written, page, "docs/evidence.md is not what the tests hold");
    assert_eq!(beliefs, BELIEFS, "cells that rest on belief came or went");
    let readme = std::fs::read_to_string(root().join("README.md")).unwrap();
    let told = format!("{facts} held from outside, {beliefs} on belief");
    assert!(readme.contains(&told), "README.md has to say: {told}");
}

/// The harvest that would be missed if nobody looked.
#[test]
fn published_bytes_are_not_called_belief() {
    let held = collected();
    for ins in
        [Ins::SetConfiguration, Ins::ChangeFileSettings, Ins::GetValue, Ins::Credit, Ins::Debit]
    {
        for pen in [Pen::Host, Pen::Card] {
            assert!(held.contains_key(&(ins.into(), 3, pen)), "{ins} in EV2, {pen:?}");
        }
    }
}

/// A recording that nobody named would be played and not be told of.
#[test]
fn every_recording_is_named() {
    for (folder, ending) in [("desox-ev3", "replay"), ("traces", "txt")] {
        for entry in std::fs::read_dir(root().join("tests/vectors").join(folder)).unwrap() {
            let name = entry.unwrap().file_name().into_string().unwrap();
            let named = format!("{folder}/{name}");
            let listed = RECORDINGS.iter().any(|(recording, _)| *recording == named);
            assert_eq!(listed, name.ends_with(ending), "{named}");
        }
    }
}
