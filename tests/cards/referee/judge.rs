// SPDX-License-Identifier: MIT OR Apache-2.0
//! Somebody who talks straight to the card and looks at all of it: which keys open what, settings,
//! files and contents. What he finds is a list of lines, the same for the same card.

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::Uid as Shown;
use cardwright::transport::{ReplyBuf, Transport};
use cardwright::wire::Generation;
use serde_json::Value;

use super::cipher::{Family, Key};
use super::filled;
use super::handshake::Handshake;
use super::session::{Form, Opened, Session, forms};
use super::sheet::{Holding, Sheet, Uid};

/// All that is on a card, for whoever has the keys of the sheet.
pub(crate) fn look(card: &SoftCard, sheet: &Sheet, uid: Uid) -> Vec<String> {
    let mut card = card.clone();
    card.reset();
    let random = matches!(card.uid(), Shown::Random(_));
    let saved: Value = serde_json::from_slice(&card.save()).unwrap();
    let mut desk = Desk { model: card.model(), card, session: None, lrp: false, lines: Vec::new() };
    desk.lines.push(format!("random UID {random}, no format {}", saved["no_format"]));
    // What is left of it behind the longest key of the card goes nowhere.
    let default = &saved["default_key"];
    let value = default["value"].as_str().unwrap_or_default();
    let value = value.get(..2 * sheet.longest_key()).unwrap_or_default();
    let version = default["version"].as_u64().unwrap_or_default();
    // Zeros are what a card has that was never given one.
    let value = value.trim_end_matches('0');
    desk.lines.push(format!("default key {value} {version}"));
    if let Some(master) = &sheet.picc {
        desk.picc(sheet, master, uid);
    }
    if let Some(slot) = sheet.slot() {
        desk.owner(sheet, uid, slot);
    }
    // What key 0 is left for is whose that key is.
    for holding in sheet.applications.iter().filter(|holding| !holding.is_left(0)) {
        desk.application(sheet, uid, holding);
        desk.other_sets(sheet, uid, holding);
    }
    // What shows nowhere else.
    desk.lines.push(format!("told {}, ATS {}", saved["told"], saved["ats"]));
    desk.lines
}

/// What the line of a slot for others' applications begins with, which keeps its version and quota.
pub(crate) const SLOT: &str = "owner: slot ";

/// What is said of a slot of key sets that neither key opens.
pub(crate) const NEITHER: &str = "is neither";

/// What lines of key sets beside the active one have in them.
const SET: &str = ": set ";

/// Whether a line is of a key set beside the one that opens.
pub(crate) fn is_of_other_set(line: &str) -> bool {
    line.contains(SET)
}

/// What the application of a chip is called that knows no other way to select one: of the made-up chip, and of
/// tags by the Type 4 Tag specification.
fn named(model: Model) -> Option<&'static [u8]> {
    match model {
        Model::Test => Some(b"cardwright test"),
        Model::Light => Some(&LIGHT),
        model if is_tag(model) => Some(&[0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01]),
        _ => None,
    }
}

/// The name of a DESFire Light's application (MF2DL(H)x0).
const LIGHT: [u8; 16] = [
    0xA0, 0x00, 0x00, 0x03, 0x96, 0x56, 0x43, 0x41, 0x03, 0xF0, 0x15, 0x40, 0x00, 0x00, 0x00, 0x0B,
];

/// A tag tells neither key settings nor its files, and reads with `AD`.
fn is_tag(model: Model) -> bool {
    matches!(model, Model::Ntag424 | Model::Ntag424Tt)
}

/// Whether a chip carries what files hold in one APDU, and tells no settings of keys.
fn is_whole(model: Model) -> bool {
    is_tag(model) || model == Model::Light
}

/// How much of a file is read at once where one APDU carries it.
const PIECE: u16 = 128;

struct Desk {
    card: SoftCard,
    model: Model,
    session: Option<Session>,
    /// Whether the latest session is in LRP.
    lrp: bool,
    lines: Vec<String>,
}

impl Desk {
    fn picc(&mut self, sheet: &Sheet, master: &str, uid: Uid) {
        let (key, _) = sheet.key(master, uid, [0; 3]);
        let own = self.opens(0, &key);
        let factory = !own && self.opens(0, &Key::zero(Family::Des));
        self.lines.push(format!("PICC: own key {own}, factory key {factory}"));
        let version = self.ask(0x64, &[0], Form::Plain);
        let settings = self.ask(0x45, &[], Form::Plain);
        self.lines.push(format!("PICC: version {version}, settings {settings}"));
        let aids = sorted(&self.ask(0x6A, &[], Form::Plain), 6);
        self.lines.push(format!("PICC: applications {aids}"));
        if self.knows_ev2() {
            self.session = None;
            let older = [0x0A, 0x1A, 0xAA].map(|ins| format!("{:02X}", self.send(ins, &[0]).1));
            self.lines.push(format!("PICC: older messaging {}", older.join(" ")));
            let _broken_off = self.send(0x60, &[]);
        }
    }

    /// What the owner of the card finds on it: the keys, the applications, and what is in the slot.
    fn owner(&mut self, sheet: &Sheet, uid: Uid, slot: u16) {
        for (no, key, _) in sheet.owners(uid) {
            let opens = self.opens(no, &key);
            self.lines.push(format!("owner: key {no} opens {opens}"));
        }
        // What is told in a session has a MAC behind it.
        let _selected = self.enter([0; 3]);
        let told = self.ask(0x69, &slot.to_le_bytes(), Form::Plain);
        // Version, quota, what is free of it, the AID.
        let (kept, held) = match told.split_at_checked(6) {
            Some((kept, rest)) if !rest.ends_with("000000") => (kept, rest),
            Some((kept, _)) => (kept, "nothing"),
            None => ("never used", "nothing"),
        };
        self.lines.push(format!("{SLOT}{slot}: {kept}"));
        self.lines.push(format!("owner: the slot holds {held}"));
        let aids = sorted(&self.ask(0x6A, &[], Form::Plain), 6);
        self.lines.push(format!("owner: applications {aids}"));
    }

    fn application(&mut self, sheet: &Sheet, uid: Uid, holding: &Holding) {
        let name = hex::encode_upper(holding.aid);
        let selected = self.enter(holding.aid);
        if !selected.is_empty() {
            return self.lines.push(format!("{name}: {selected}"));
        }
        let slots = (0..u8::try_from(holding.keys.len()).unwrap()).rev();
        for no in slots.filter(|no| !holding.is_left(*no)) {
            let line = self.slot(sheet, uid, holding, no);
            self.lines.push(format!("{name}: {line}"));
        }
        if is_whole(self.model) {
            self.lines.push(format!("{name}: in LRP {}", self.lrp));
        }
        // The session of key 0 is the last one.
        let settings = match is_whole(self.model) {
            true => "its own".to_owned(),
            false => self.ask(0x45, &[], Form::Plain),
        };
        let files = match is_tag(self.model) {
            true => "010203".to_owned(),
            false => sorted(&self.ask(0x6F, &[], Form::Plain), 2),
        };
        self.lines.push(format!("{name}: settings {settings}, files {files}"));
        let Ok(files) = hex::decode(&files) else { return };
        let of = |no: u8| (no, self.ask(0xF5, &[no], Form::Plain));
        let mut settings = Vec::new();
        let mut of = of;
        for no in files {
            settings.push(of(no));
        }
        for (no, settings) in settings {
            let contents = self.contents(sheet, uid, holding, (no, &settings));
            let settings = without_unused_credit(&settings);
            self.lines.push(format!("{name}: file {no} {settings} holds {contents}"));
        }
    }

    /// Which key is in a slot, and its version. Only of an application in key sets it may be the former one.
    fn slot(&mut self, sheet: &Sheet, uid: Uid, at: &Holding, no: u8) -> String {
        let (key, _) = sheet.key(&at.keys[usize::from(no)], uid, at.aid);
        let own = self.opens(no, &key);
        let opens = match at.sets {
            None => format!("opens {own}"),
            Some(_) if own => "is the present one".to_owned(),
            Some(_) if self.opens_as_former(sheet, uid, at, no) => "is the former one".to_owned(),
            Some(_) => NEITHER.to_owned(),
        };
        let version = self.ask(0x64, &[no], Form::Plain);
        format!("key {no} {opens}, version {version}")
    }

    fn opens_as_former(&mut self, sheet: &Sheet, uid: Uid, at: &Holding, no: u8) -> bool {
        let former = at.keys.get(usize::from(no)).filter(|_| at.sets.is_some());
        let former = former.and_then(|name| sheet.former(name, uid, at.aid));
        former.is_some_and(|key| self.opens(no, &key))
    }

    /// What each key set beside the one that opens is good for, which a roll tells: on copies of the card.
    fn other_sets(&mut self, sheet: &Sheet, uid: Uid, at: &Holding) {
        let Some((count, roller)) = at.sets else { return };
        if !self.enter(at.aid).is_empty() {
            return;
        }
        let (card, name) = (self.card.clone(), hex::encode_upper(at.aid));
        for set in 1..count {
            self.card = SoftCard::restore(&card.save(), 1).unwrap();
            let _selected = self.enter(at.aid);
            let line = match self.rolls(sheet, uid, at, (set, roller)) {
                true => {
                    let slots = 0..u8::try_from(at.keys.len()).unwrap();
                    let slots: Vec<_> = slots.map(|no| self.slot(sheet, uid, at, no)).collect();
                    slots.join("; ")
                }
                false => "cannot be rolled to".to_owned(),
            };
            self.lines.push(format!("{name}{SET}{set}: {line}"));
        }
        (self.card, self.session) = (card, None);
    }

    /// Makes a set the active one, with whichever key rolls.
    fn rolls(&mut self, sheet: &Sheet, uid: Uid, at: &Holding, by: (u8, u8)) -> bool {
        let (set, roller) = by;
        let (key, _) = sheet.key(&at.keys[usize::from(roller)], uid, at.aid);
        let _opens = self.opens(roller, &key) || self.opens_as_former(sheet, uid, at, roller);
        let Some(mut session) = self.session.take() else { return false };
        let (form, _, _) = forms(session.how, 0x55, Form::Plain);
        let what = Opened { data: vec![set], marked: false };
        let body = session.seal_command(0x55, &[], &what, form);
        self.send(0x55, &body).1 == 0x00
    }

    fn contents(&mut self, sheet: &Sheet, uid: Uid, at: &Holding, file: (u8, &str)) -> String {
        let (no, settings) = file;
        let Ok(settings) = hex::decode(settings) else { return "?".to_owned() };
        let [kind, mode, both, rights, ..] = settings[..] else { return "?".to_owned() };
        // Least significant byte first: both and change, then read and write.
        let mut sets = vec![[both >> 4, rights >> 4]];
        sets.extend(further(&settings).iter().map(|[both, rights]| [both >> 4, rights >> 4]));
        let readers = sets.concat();
        let free = kind == 0x02 && settings.get(16).is_some_and(|bits| bits & 0x02 != 0);
        // A file that mirrors has bit 6 in its option.
        let mirrors =
            (is_tag(self.model) || mode & 0x40 != 0) && readers.iter().any(|reader| *reader < 0x0E);
        if (readers.contains(&0x0E) && !mirrors) || free {
            let _selected = self.enter(at.aid);
            return self.held(sheet, uid, (no, &settings), Form::Plain);
        }
        let own = |reader: &&u8| **reader < 0x0E && !at.is_left(**reader);
        // One of each set.
        let mut told: Vec<String> = Vec::new();
        for &reader in sets.iter().filter_map(|set| set.iter().find(own)) {
            let Some(name) = at.keys.get(usize::from(reader)) else { return "?".to_owned() };
            let (key, _) = sheet.key(name, uid, at.aid);
            let zero = Key::zero(Family::Aes);
            let opens = self.opens(reader, &key)
                || is_whole(self.model) && self.opens(reader, &zero)
                || self.opens_as_former(sheet, uid, at, reader);
            told.push(match opens {
                true => self.held(sheet, uid, (no, &settings), Form::of_byte(mode)),
                false => format!("what key {reader} does not open"),
            });
        }
        let all = told.len();
        told.dedup();
        match &told[..] {
            [] => "what nobody may read".to_owned(),
            [alike] if all > 1 => format!("{alike}, for {all} keys"),
            _ => told.join(", "),
        }
    }

    /// What a file says in the session that there is.
    fn held(&mut self, sheet: &Sheet, uid: Uid, file: (u8, &[u8]), form: Form) -> String {
        let (no, settings) = file;
        let held = match settings[0] {
            // How often something was committed is nobody's claim.
            0x05 => "what it has counted".to_owned(),
            0x03 | 0x04 if settings.get(10..13) == Some(&[0; 3]) => "no records".to_owned(),
            0x03 | 0x04 if is_whole(self.model) => self.ask(0xAB, &[no, 0, 0, 0, 0, 0, 0], form),
            0x02 => self.ask(0x6C, &[no], form),
            0x03 | 0x04 => self.ask(0xBB, &[no, 0, 0, 0, 0, 0, 0], form),
            // All of a file of 256 bytes and a MAC are more than one APDU carries.
            _ if is_whole(self.model) => {
                let size = u16::from_le_bytes([settings[4], settings[5]]);
                let piece = |at: u16| {
                    let [[a, b], [c, _]] = [at, PIECE.min(size - at)].map(u16::to_le_bytes);
                    self.ask(0xAD, &[no, a, b, 0, c, 0, 0], form)
                };
                (0..size).step_by(PIECE.into()).map(piece).collect()
            }
            _ => self.ask(0xBD, &[no, 0, 0, 0, 0, 0, 0], form),
        };
        filled::told(sheet, uid, no, &held).unwrap_or(held)
    }

    /// Whether the card may refuse any messaging but EV2.
    fn knows_ev2(&self) -> bool {
        matches!(self.model.generation(), Generation::Ev2 | Generation::Ev3)
    }

    /// Selects an application, by its name where the chip knows no other way; nothing is said where it
    /// is there.
    fn enter(&mut self, [a, b, c]: [u8; 3]) -> String {
        self.session = None;
        let Some(name) = named(self.model) else {
            return self.ask(0x5A, &[c, b, a], Form::Plain);
        };
        let length = u8::try_from(name.len()).unwrap();
        let command = [&[0x00, 0xA4, 0x04, 0x0C, length], name].concat();
        let mut reply = ReplyBuf::new();
        self.card.exchange(&command, &mut reply).unwrap();
        if reply.as_slice() == [0x90, 0x00] { String::new() } else { hex::encode_upper(&reply) }
    }

    /// Whether a key opens its slot of the selected level; then its session goes on.
    fn opens(&mut self, no: u8, key: &Key) -> bool {
        let ins = match key.family {
            Family::Aes if named(self.model).is_some() => 0x71,
            Family::Aes => 0xAA,
            Family::Tdes3 => 0x1A,
            Family::Des if self.model.generation() == Generation::D40 => 0x0A,
            Family::Des => 0x1A,
        };
        self.session = None;
        let mut ins = ins;
        // Whoever begins EV2 messaging says how many capabilities he names.
        let without_any = [no, 0x00];
        let begin = if ins == 0x71 { &without_any[..] } else { &[no] };
        let mut begun = self.send(ins, begin);
        if ins == 0xAA && begun.1 != 0xAF && self.knows_ev2() {
            ins = 0x71;
            begun = self.send(ins, &without_any);
        }
        // Whoever speaks LRP refuses whoever does not ask for it.
        if ins == 0x71 && begun.1 == 0x9D {
            begun = self.send(ins, &[no, 0x01, 0x02]);
        }
        let (challenge, 0xAF) = begun else { return false };
        let Some(shake) = Handshake::hearing(ins, key, &challenge) else { return false };
        self.lrp = shake.lrp;
        let a: Vec<u8> = (0..shake.b.len()).map(|at| 0x30 ^ u8::try_from(at).unwrap()).collect();
        let (proof, 0x00) = self.send(0xAF, &shake.token(&a)) else { return false };
        self.session = shake.session(no, &a, &proof, None);
        self.session.is_some()
    }

    /// A command that changes nothing, and what the card says as digits, or why not.
    fn ask(&mut self, ins: u8, header: &[u8], file: Form) -> String {
        let Some(mut session) = self.session.take() else {
            return match self.send(ins, header) {
                (data, 0x00) => hex::encode_upper(data),
                (_, status) => format!("[{status:02X}]"),
            };
        };
        let (command, reply, _) = forms(session.how, ins, file);
        let nothing = Opened { data: Vec::new(), marked: false };
        let body = session.seal_command(ins, header, &nothing, command);
        let (data, 0x00) = self.send(ins, &body) else { return "[refused]".to_owned() };
        let Some(opened) = session.open_reply(&data, reply) else { return "[unproven]".to_owned() };
        self.session = Some(session);
        hex::encode_upper(opened.data)
    }

    /// One command with all frames of its reply, and the status.
    fn send(&mut self, ins: u8, data: &[u8]) -> (Vec<u8>, u8) {
        let handshake = matches!(ins, 0x0A | 0x1A | 0xAA | 0x71);
        let mut command = vec![0x90, ins, 0x00, 0x00];
        if !data.is_empty() {
            command.push(u8::try_from(data.len()).unwrap());
            command.extend(data);
        }
        command.push(0x00);
        let mut whole = Vec::new();
        loop {
            let mut reply = ReplyBuf::new();
            self.card.exchange(&command, &mut reply).unwrap();
            let (data, status) = reply.split_at(reply.len() - 2);
            whole.extend_from_slice(data);
            if status[1] != 0xAF || handshake {
                return (whole, status[1]);
            }
            command = vec![0x90, 0xAF, 0x00, 0x00, 0x00];
        }
    }
}

/// Entries of so many digits in order. What is no list stays as it is.
fn sorted(digits: &str, each: usize) -> String {
    if digits.starts_with('[') {
        return digits.to_owned();
    }
    let mut entries: Vec<&[u8]> = digits.as_bytes().chunks(each).collect();
    entries.sort_unstable();
    entries.into_iter().flatten().copied().map(char::from).collect()
}

/// Further sets of rights, which follow what each type of file has of its own.
fn further(settings: &[u8]) -> &[[u8; 2]] {
    let at = match settings {
        [0x00 | 0x01, mode, ..] if mode & 0x80 != 0 => 7,
        [0x02, mode, ..] if mode & 0x80 != 0 => 17,
        [0x03 | 0x04, mode, ..] if mode & 0x80 != 0 => 13,
        _ => return &[],
    };
    let Some((count, sets)) = settings.get(at..).and_then(<[u8]>::split_first) else { return &[] };
    sets.as_chunks().0.get(..usize::from(*count)).unwrap_or_default()
}

/// Settings of a value file without how much of a limited credit there would be, which is what the latest
/// debit left and no profile names: where none is taken, and where it is one at most, which is what hides an
/// earlier debit.
fn without_unused_credit(settings: &str) -> String {
    let value = settings.starts_with("02");
    let parts =
        (settings.get(..24), settings.get(24..32), settings.get(32..34), settings.get(34..));
    match parts {
        (Some(limits), Some(credit), Some(options), Some(further))
            if value
                && (options.ends_with(['0', '2']) || matches!(credit, "00000000" | "01000000")) =>
        {
            format!("{limits}--------{options}{further}")
        }
        _ => settings.to_owned(),
    }
}
