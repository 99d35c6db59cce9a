// SPDX-License-Identifier: MIT OR Apache-2.0
//! One bit turned anywhere in a conversation: the host notices, or the place is on a list with the
//! reason why nobody can.

use std::cell::{Cell, RefCell};
use std::collections::BTreeSet;
use std::rc::Rc;

use cardwright::emulator::SoftCard;
use cardwright::host::{App, Error, File, Secure, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{Access, Aid, CommMode, KeyNo, KeySettings, KeySlots, KeyType, Opening};

use super::support::{
    AID, Messaging, RND_A, backup, by_key, card, file_no, key_no, pattern, rights, standard,
};

/// A place where a turned bit may go unnoticed.
struct Exemption {
    who: &'static [Messaging],
    /// The steps, empty for all.
    steps: &'static [&'static str],
    part: Part,
    /// Whether values may differ then.
    harm: Harm,
    reason: &'static str,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Harm {
    /// Every value and the card are as without it.
    None,
    /// Another value is read, or another is on the card.
    AnotherValue,
}

const EXEMPTIONS: [Exemption; 7] = [
    Exemption {
        who: &Messaging::ALL,
        steps: &[],
        part: Part::Le,
        harm: Harm::None,
        reason: "the wrapping is no part of any MAC, and a card answers as much as it has",
    },
    Exemption {
        who: &Messaging::ALL,
        steps: &["public version", "public key version"],
        part: Part::Data,
        harm: Harm::AnotherValue,
        reason: "nobody has authenticated: the card's word has no proof",
    },
    Exemption {
        who: &Messaging::ALL,
        steps: &["public key version", "public create"],
        part: Part::Parameters,
        harm: Harm::AnotherValue,
        reason: "nobody has authenticated: the host's word has no proof",
    },
    Exemption {
        who: &[Messaging::Ev2],
        steps: &["plain read"],
        part: Part::Header,
        harm: Harm::None,
        reason: "a plain file has no MAC in EV2 messaging: the card reads the same in one APDU",
    },
    Exemption {
        who: &[Messaging::Ev2],
        steps: &["plain read"],
        part: Part::Parameters,
        harm: Harm::AnotherValue,
        reason: "a plain file has no MAC in EV2 messaging: the card reads elsewhere",
    },
    Exemption {
        who: &[Messaging::Ev2],
        steps: &["plain read"],
        part: Part::Data,
        harm: Harm::AnotherValue,
        reason: "a plain file has no MAC in EV2 messaging: the host reads another value",
    },
    Exemption {
        who: &[Messaging::Ev2],
        steps: &["plain write"],
        part: Part::Parameters,
        harm: Harm::AnotherValue,
        reason: "a plain file has no MAC in EV2 messaging: the card writes another value, or \
                 elsewhere",
    },
];

/// What part of a command or a reply a byte is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum Part {
    /// CLA, INS, P1, P2.
    Header,
    Lc,
    Parameters,
    Le,
    Data,
    StatusWord,
}

impl Part {
    const fn is_sent(self) -> bool {
        matches!(self, Self::Header | Self::Lc | Self::Parameters | Self::Le)
    }
}

/// One bit of a conversation.
#[derive(Debug, Clone, Copy)]
struct Spot {
    exchange: usize,
    part: Part,
    byte: usize,
    bit: u8,
}

#[test]
fn a_bit_turned_in_ev1_messaging_under_des_is_noticed_or_cannot_be() {
    turn_every_byte(Messaging::Des);
}

#[test]
fn a_bit_turned_in_ev1_messaging_under_aes_is_noticed_or_cannot_be() {
    turn_every_byte(Messaging::Aes);
}

#[test]
fn a_bit_turned_in_ev2_messaging_is_noticed_or_cannot_be() {
    turn_every_byte(Messaging::Ev2);
}

/// One after the other, each on the card that the one before has left.
const CHAPTERS: [Chapter; 5] = [public, files, contents, keys, picc];

type Chapter = fn(&mut Tapped, &Diary, Messaging) -> Result<(), Error>;

fn turn_every_byte(messaging: Messaging) {
    let mut start = card(messaging, KeySettings::FACTORY);
    give_master_key(&mut start, messaging);
    let mut used = BTreeSet::new();
    let mut unprotected = Vec::new();
    for chapter in CHAPTERS {
        let (undisturbed, outcome) = Tapped::play(chapter, &start, messaging, None);
        assert_eq!(outcome, Ok(()));
        let values = undisturbed.diary.values();
        let expected = portrait(&undisturbed.card, messaging);
        for spot in spots(&undisturbed.log) {
            let (line, outcome) = Tapped::play(chapter, &start, messaging, Some(spot));
            assert!(line.log.len() > spot.exchange, "{spot:?} is in the conversation");
            let same_values = values.starts_with(&line.diary.values());
            let harm = match outcome {
                Err(_) if same_values => continue,
                Ok(()) if same_values && portrait(&line.card, messaging) == expected => Harm::None,
                Ok(()) | Err(_) => Harm::AnotherValue,
            };
            let step = undisturbed.log[spot.exchange].step;
            let exempt = EXEMPTIONS.iter().position(|exemption| {
                exemption.who.contains(&messaging)
                    && (exemption.steps.is_empty() || exemption.steps.contains(&step))
                    && exemption.part == spot.part
                    && (exemption.harm == Harm::AnotherValue || harm == Harm::None)
            });
            match exempt {
                Some(exemption) => drop(used.insert(exemption)),
                None => unprotected.push(format!("{step}: {spot:?}, {harm:?}, {outcome:?}")),
            }
        }
        start = undisturbed.card;
    }
    assert!(unprotected.is_empty(), "{messaging:?}: {unprotected:#?}");
    for (at, exemption) in EXEMPTIONS.iter().enumerate() {
        let needed = !exemption.who.contains(&messaging) || used.contains(&at);
        assert!(needed, "{messaging:?} does not need the exemption: {}", exemption.reason);
    }
}

/// The lowest bit of every byte and another that differs from byte to byte; of headers and status
/// words every bit.
fn spots(log: &[Exchange]) -> Vec<Spot> {
    let mut spots = Vec::new();
    for (exchange, Exchange { command, reply, .. }) in log.iter().enumerate() {
        let sent = (0..*command).map(|byte| (byte, command_part(byte, *command)));
        let received = (0..*reply).map(|byte| (byte, reply_part(byte, *reply)));
        for (byte, part) in sent.chain(received) {
            let turning = u8::try_from((byte + exchange) % 7 + 1).unwrap();
            let whole = matches!(part, Part::Header | Part::StatusWord);
            let bits = (0..8).filter(|&bit| whole || bit == 0 || bit == turning);
            spots.extend(bits.map(|bit| Spot { exchange, part, byte, bit }));
        }
    }
    spots
}

const fn command_part(byte: usize, length: usize) -> Part {
    match byte {
        0..4 => Part::Header,
        _ if byte + 1 == length => Part::Le,
        4 => Part::Lc,
        _ => Part::Parameters,
    }
}

const fn reply_part(byte: usize, length: usize) -> Part {
    if byte + 2 < length { Part::Data } else { Part::StatusWord }
}

/// Before anybody authenticates.
fn public(line: &mut Tapped, diary: &Diary, _: Messaging) -> Result<(), Error> {
    let mut talk = Session::open(line);
    diary.step("public version");
    let version = talk.version()?.value;
    diary.note(version.uid.as_ref().map(RealUid::expose));
    diary.note(&version);
    diary.step("public create");
    let slots = KeySlots { count: 2, key_type: KeyType::Aes, iso_file_ids: false };
    let _ = talk.create_application(SPARE, KeySettings::FACTORY, slots)?;
    diary.step("select");
    let mut talk = talk.select_application(AID)?;
    diary.step("public key version");
    diary.note(talk.key_version(key_no(1))?.value);
    Ok(())
}

fn files(line: &mut Tapped, diary: &Diary, messaging: Messaging) -> Result<(), Error> {
    let mut talk = authenticated(line, diary, messaging)?;
    diary.step("key settings");
    diary.note(talk.key_settings()?.value);
    diary.step("create file");
    for file in all_files() {
        let _ = talk.create_file(file.no(), file.settings())?;
    }
    diary.step("file identifiers");
    diary.note(talk.file_ids()?.value);
    diary.step("file settings");
    diary.note(talk.file_settings(file_no(2))?.value.settings);
    diary.step("card UID");
    diary.note(talk.card_uid()?.value.expose());
    diary.step("version");
    let version = talk.version()?.value;
    diary.note(version.uid.as_ref().map(RealUid::expose));
    diary.note(&version);
    diary.step("key version");
    diary.note(talk.key_version(key_no(2))?.value);
    Ok(())
}

fn contents(line: &mut Tapped, diary: &Diary, messaging: Messaging) -> Result<(), Error> {
    let mut talk = authenticated(line, diary, messaging)?;
    let [plain, maced, full] = all_files();
    let mut transaction = talk.transaction();
    diary.step("plain write");
    let _ = transaction.write(&plain, 3, &pattern(9, 1))?;
    diary.step("write");
    let _ = transaction.write(&maced, 1, &pattern(60, 2))?;
    let _ = transaction.write(&full, 2, &pattern(55, 3))?;
    diary.step("commit");
    let _ = transaction.commit()?;
    diary.step("plain read");
    for (offset, length) in [(1, 10), (0, 0)] {
        diary.note(talk.read_data(&plain, offset, length)?.value.expose_secret());
    }
    diary.step("read");
    for (file, offset, length) in [(&maced, 0, 64), (&maced, 3, 0), (&full, 1, 50), (&full, 0, 0)] {
        diary.note(talk.read_data(file, offset, length)?.value.expose_secret());
    }
    let mut transaction = talk.transaction();
    diary.step("write");
    let _ = transaction.write(&full, 0, &[0x5A])?;
    diary.step("abort");
    let _ = transaction.abort()?;
    diary.step("read");
    diary.note(talk.read_data(&full, 0, 16)?.value.expose_secret());
    Ok(())
}

fn keys(line: &mut Tapped, diary: &Diary, messaging: Messaging) -> Result<(), Error> {
    let mut talk = authenticated(line, diary, messaging)?;
    diary.step("change key");
    let _ = talk.change_key(key_no(1), &messaging.key(21, 21), &messaging.key(1, 1))?;
    diary.step("key version");
    diary.note(talk.key_version(key_no(1))?.value);
    diary.step("change key settings");
    let closed = KeySettings { free_create: false, ..KeySettings::FACTORY };
    let _ = talk.change_key_settings(closed)?;
    diary.step("delete file");
    let _ = talk.delete_file(file_no(1))?;
    if messaging == Messaging::Ev2 {
        for no in [2, 0] {
            diary.step("authenticate next");
            talk = talk.authenticate_next(key_no(no), &messaging.key(no, no), &RND_A)?;
            diary.step("card UID");
            diary.note(talk.card_uid()?.value.expose());
        }
    }
    diary.step("change own key");
    let _ = talk.change_own_key(&messaging.key(20, 20))?;
    Ok(())
}

fn picc(line: &mut Tapped, diary: &Diary, messaging: Messaging) -> Result<(), Error> {
    diary.step("authenticate");
    let (opening, key) = (messaging.opening(), messaging.key(9, 9));
    let mut talk = Session::open(line).authenticate(opening, KeyNo::MASTER, &key, &RND_A)?;
    diary.step("create");
    let slots = KeySlots { count: 1, key_type: KeyType::Des, iso_file_ids: false };
    let _ = talk.create_application(OTHER, KeySettings::FACTORY, slots)?;
    diary.step("application identifiers");
    diary.note(talk.application_ids()?.value);
    diary.step("delete");
    let _ = talk.delete_application(OTHER)?;
    diary.step("free memory");
    diary.note(talk.free_memory()?.value);
    diary.step("change key settings");
    let _ = talk.change_key_settings(KeySettings { free_create: false, ..KeySettings::FACTORY })?;
    diary.step("change master key");
    let talk = talk.change_master_key(&messaging.key(29, 29))?;
    diary.step("authenticate");
    let key = messaging.key(29, 29);
    let mut talk = talk.authenticate(opening, KeyNo::MASTER, &key, &RND_A)?;
    diary.step("format");
    let _ = talk.format_picc()?;
    Ok(())
}

fn authenticated<'t>(
    line: &'t mut Tapped,
    diary: &Diary,
    messaging: Messaging,
) -> Result<Session<'t, App, Secure>, Error> {
    diary.step("select");
    let talk = Session::open(line).select_application(AID)?;
    diary.step("authenticate");
    let key = messaging.key(0, 0);
    Ok(talk.authenticate(messaging.opening(), KeyNo::MASTER, &key, &RND_A)?)
}

fn all_files() -> [File; 3] {
    let rights = rights([by_key(0), by_key(0), Access::Never]);
    [
        File::declared(file_no(1), standard(20, CommMode::Plain, rights)),
        File::declared(file_no(2), backup(64, CommMode::Mac, rights)),
        File::declared(file_no(3), backup(60, CommMode::Full, rights)),
    ]
}

const SPARE: Aid = Aid::new([0x12, 0x34, 0x56]);
const OTHER: Aid = Aid::new([0xAB, 0xCD, 0xEF]);

/// All that can be learned of a card, for comparison.
fn portrait(card: &SoftCard, messaging: Messaging) -> String {
    let card = &mut card.clone();
    let opening = messaging.opening();
    let diary = Diary::default();
    let mut talk = Session::open(card);
    diary.note(talk.application_ids());
    diary.note(talk.free_memory());
    diary.note(talk.key_settings());
    for seed in [9, 29] {
        let key = messaging.key(seed, seed);
        diary.note(Session::open(card).authenticate(opening, KeyNo::MASTER, &key, &RND_A).is_ok());
        card.reset();
    }
    for (no, seed) in [0, 1, 2].into_iter().flat_map(|no| [(no, no), (no, no + 20)]) {
        card.reset();
        let Ok(talk) = Session::open(card).select_application(AID) else { continue };
        let key = messaging.key(seed, seed);
        let Ok(mut talk) = talk.authenticate(opening, key_no(no), &key, &RND_A) else { continue };
        diary.note((no, seed));
        if no == 0 {
            diary.note(talk.key_settings());
            let files = talk.file_ids().unwrap().value;
            for no in files {
                let settings = talk.file_settings(no).unwrap().value.settings;
                let contents = talk.read_data(&File::declared(no, settings), 0, 0).unwrap();
                diary.note((no, settings, contents.value.expose_secret()));
            }
        }
    }
    diary.values().join("\n")
}

/// Replaces the factory's PICC master key.
fn give_master_key(card: &mut SoftCard, messaging: Messaging) {
    let talk = Session::open(card);
    let key = CardKey::factory();
    let talk = talk.authenticate(Opening::Iso, KeyNo::MASTER, &key, &RND_A).unwrap();
    let _ = talk.change_master_key(&messaging.key(9, 9)).unwrap();
    card.reset();
}

/// What a chapter is at, and what the host was told.
#[derive(Clone, Default)]
struct Diary {
    step: Rc<Cell<&'static str>>,
    values: Rc<RefCell<Vec<String>>>,
}

impl Diary {
    fn step(&self, step: &'static str) {
        self.step.set(step);
    }

    fn note(&self, value: impl core::fmt::Debug) {
        self.values.borrow_mut().push(format!("{value:02X?}"));
    }

    fn values(&self) -> Vec<String> {
        self.values.borrow().clone()
    }
}

/// A line that lists the exchanges and turns one bit.
struct Tapped {
    card: SoftCard,
    diary: Diary,
    log: Vec<Exchange>,
    turn: Option<Spot>,
}

/// The step, and the lengths of command and reply.
struct Exchange {
    step: &'static str,
    command: usize,
    reply: usize,
}

impl Tapped {
    /// Plays a chapter on a copy of a card.
    fn play(
        chapter: Chapter,
        card: &SoftCard,
        messaging: Messaging,
        turn: Option<Spot>,
    ) -> (Self, Result<(), Error>) {
        let diary = Diary::default();
        let mut line = Self { card: card.clone(), diary: diary.clone(), log: Vec::new(), turn };
        let outcome = chapter(&mut line, &diary, messaging);
        line.card.reset();
        (line, outcome)
    }
}

impl Transport for Tapped {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let mut command = command.to_vec();
        let turn = self.turn.filter(|spot| spot.exchange == self.log.len());
        if let Some(spot) = turn.filter(|spot| spot.part.is_sent()) {
            command[spot.byte] ^= 1 << spot.bit;
        }
        self.card.exchange(&command, reply)?;
        let step = self.diary.step.get();
        self.log.push(Exchange { step, command: command.len(), reply: reply.len() });
        if let Some(spot) = turn.filter(|spot| !spot.part.is_sent()) {
            reply[spot.byte] ^= 1 << spot.bit;
        }
        Ok(())
    }
}
