// SPDX-License-Identifier: MIT OR Apache-2.0
//! What holds each command, in each messaging, on each pen: collected from the conversations that
//! both pens play, from the published messages that the commands of one play, and from the foreign
//! programs that drive the card. `docs/evidence.md` is what it comes to, and every command that has
//! a name has its line there.
//!
//! `EVIDENCE=write cargo test --test house evidence` writes the page anew.

mod silicon;

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use cardwright::wire::{Ins, Messaging, Opening};

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

/// Single EV2 messages that the host's commands send and read (`host::tests::published`).
const MESSAGES: [(Ins, By); 11] = [
    (Ins::GetCardUid, By::Vendor("AN12343 table 7, AN12196 table 28")),
    (Ins::GetKeyVersion, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::GetVersion, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::GetFileCounters, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ReadSig, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::GetFileSettings, By::Vendor("AN12196 5.4")),
    (Ins::ChangeFileSettings, By::Vendor("AN12343 table 11")),
    (Ins::SetConfiguration, By::Vendor("AN12196 table 27")),
    (Ins::GetValue, By::Vendor("AN12343 table 35")),
    (Ins::Credit, By::Vendor("AN12343 table 36")),
    (Ins::Debit, By::Vendor("AN12343 table 37")),
];

/// Single EV2 messages that the card's commands open and answer (`emulator::tests::published_ev2`).
const ANSWERED: [(Ins, By); 8] = [
    (Ins::GetCardUid, By::Vendor("AN12343 (DESFire Light)")),
    (Ins::GetKeyVersion, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ReadSig, By::Capture("NTAG 424 DNA, crate ntag424")),
    (Ins::ChangeFileSettings, By::Vendor("AN12343 table 11")),
    (Ins::SetConfiguration, By::Vendor("AN12196 table 27")),
    (Ins::GetValue, By::Vendor("AN12343 table 35")),
    (Ins::Credit, By::Vendor("AN12343 table 36")),
    (Ins::Debit, By::Vendor("AN12343 table 37")),
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

/// The commands of a script that the card carried out, with the messaging that they travelled in.
fn carried_out(script: &str) -> Vec<(Ins, Option<Messaging>)> {
    let bytes =
        |line: &str| hex::decode(line.trim_start_matches(['>', '<']).replace(' ', "")).unwrap();
    let mut lines = script.lines().filter(|line| line.starts_with(['>', '<']));
    let (mut session, mut begun, mut found) = (None, None, Vec::new());
    while let (Some(command), Some(reply)) = (lines.next(), lines.next()) {
        let (command, reply) = (bytes(command), bytes(reply));
        if command[0] != 0x90 {
            session = None;
            continue;
        }
        let ins = Ins::from(command[1]);
        if ins != Ins::AdditionalFrame {
            begun = Some(ins);
        }
        let (Some(ins), [data @ .., 0x91, 0x00]) = (begun, &reply[..]) else { continue };
        found.push((ins, way_of(ins, session)));
        if let Some(opening) = Opening::from_ins(ins) {
            session = Some(opening.messaging());
        } else if ins == Ins::SelectApplication || (ins == Ins::ChangeKey && data.is_empty()) {
            session = None;
        }
    }
    found
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
        for (ins, way) in carried_out(&std::fs::read_to_string(&path).unwrap()) {
            hold(&mut held, ins, way, Pen::Host, by);
            hold(&mut held, ins, way, Pen::Card, by);
        }
    }
    assert!(scripts > 20, "{scripts} conversations");
    for (ins, way, pen, by) in silicon::held() {
        hold(&mut held, ins, way, pen, by);
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
    let (sections, sessions) = silicon::sections();
    assert!(sessions >= 30, "{sessions} sessions of real cards");
    page.push_str(&sections);
    (page, facts, beliefs)
}

/// Whether a command is sent that way at all.
fn travels(ins: Ins, way: Option<Messaging>) -> bool {
    let since_ev1 = [Ins::GetDfNames, Ins::GetIsoFileIds, Ins::FreeMemory, Ins::SetConfiguration];
    let secure = [
        Ins::GetCardUid,
        Ins::ChangeKey,
        Ins::ChangeKeySettings,
        Ins::SetConfiguration,
        Ins::FormatPicc,
    ];
    match (Opening::from_ins(ins), way) {
        (Some(opening), way) => way == Some(opening.messaging()),
        (None, None) => !secure.contains(&ins),
        // A session ends with it: nothing protects it.
        (None, Some(_)) if ins == Ins::SelectApplication => false,
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

This page is collected from `tests/cards/conversations/`, recordings in `tests/vectors/`, published
messages and foreign programs;
`EVIDENCE=write cargo test --test house evidence` writes it anew.

| command | pen | no session | D40 | EV1 | EV2 |
|---|---|---|---|---|---|
";

/// How many cells rest on belief. Fewer is progress; more is a conscious change.
const BELIEFS: usize = 157;

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
