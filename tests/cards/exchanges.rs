// SPDX-License-Identifier: MIT OR Apache-2.0
//! The exchange lists of whole cards, held by golden files in `tests/golden/`.
//!
//! A line is one exchange: instruction byte, length of the command APDU, length of the response
//! APDU, status word. To accept a changed list, delete its file and run this test twice: the first
//! run writes the file and fails.

mod first_contact;

use std::fmt::Write as _;
use std::path::Path;

use crate::common::{Kinds, card, door, door_records, encode, encoder, every_kind, fixed, job};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, OneWay, Outcome, Task};
use cardwright::host::Session;
use cardwright::iso7816::StatusWord;
use cardwright::iso14443::Ats;
use cardwright::key::CardKey;
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::transport::{Exchange, InField, LinkError, ReplyBuf, Trace, Transport};
use cardwright::wire::{KeyNo, Messaging, Opening};

/// Exchanges of a blank card of a stock that is known, by `verify`, and how it ends: where nothing has
/// shown the application's own key, the card is written and not done.
const COUNTS: [(&str, usize, bool); 3] =
    [("mac", 23, false), ("key", 26, true), ("read-back", 28, true)];

/// GetVersion takes three exchanges, GetApplicationIDs one.
const IDENTIFICATION: usize = 4;

fn ended(outcome: &Outcome, done: bool) -> bool {
    if done { *outcome == Outcome::Done } else { matches!(outcome, Outcome::Written(_)) }
}

#[test]
fn a_blank_card_takes_28_exchanges_and_its_identification_4() {
    for (messaging, model) in [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev2_8k)] {
        for (verify, count, done) in COUNTS {
            let text = door(&[("verify = ", &format!("verify = \"{verify}\""))]);
            let job = job(&text).with_messaging(messaging).unwrap();
            let records = door_records(&job);
            let mut encoder = encoder(&job);
            let mut lists = Vec::new();
            for (number, record) in (1..).zip(&records[..2]) {
                let (encoded, exchanges) = encode(&mut encoder, &mut card(model, number), record);
                assert!(ended(&encoded.outcome, done), "{verify}: {:?}", encoded.outcome);
                lists.push(exchanges);
            }
            let [first, second] = &lists[..] else { panic!("two cards") };
            assert_eq!(second.len(), count, "{messaging} {verify}");
            golden(&format!("door-{messaging}-{verify}"), first);
            golden(&format!("door-{messaging}-{verify}-known"), second);
            // Only a card whose stock is not known yet is asked what it is.
            if done {
                assert_eq!(first.len(), IDENTIFICATION + count, "{messaging} {verify}");
            }
        }
    }
}

#[test]
fn a_used_stock_is_asked_for_its_settings_and_memory_too() {
    for (verify, count, done) in COUNTS {
        let text = door(&[
            ("verify = ", &format!("verify = \"{verify}\"")),
            ("[transport]", "[transport]\nstock = \"used\""),
        ]);
        let job = job(&text);
        let record = &door_records(&job)[0];
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card(Model::Ev2_8k, 1), record);
        assert!(ended(&encoded.outcome, done), "{verify}: {:?}", encoded.outcome);
        assert_eq!(exchanges.len(), IDENTIFICATION + 2 + count, "{verify}");
    }
}

#[test]
fn a_card_that_is_done_takes_13_whether_its_stock_is_known_or_not() {
    for (messaging, model) in [(Messaging::Ev1, Model::Ev1_8k), (Messaging::Ev2, Model::Ev3_8k)] {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        let records = door_records(&job);
        let mut finished = card(model, 1);
        let mut known = encoder(&job);
        let (encoded, _) = encode(&mut known, &mut finished, &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done);
        for (name, encoder) in [("done", &mut encoder(&job)), ("done-known", &mut known)] {
            finished.reset();
            let (encoded, exchanges) = encode(encoder, &mut finished, &records[0]);
            assert_eq!(encoded.outcome, Outcome::AlreadyDone);
            assert_eq!(exchanges.len(), 13, "{name}");
            let refused = StatusWord(0x91AE);
            assert!(exchanges.iter().all(|exchange| exchange.status != Some(refused)), "{name}");
            golden(&format!("door-{messaging}-{name}"), &exchanges);
        }
    }
}

#[test]
fn cards_of_every_kind_of_file_take_what_their_lists_say() {
    for (name, kinds, model) in [
        ("canteen-ev1", Kinds::Canteen, Model::Ev1_4k),
        ("legacy-d40", Kinds::Legacy, Model::D40_4k),
    ] {
        let (job, records) = every_kind(kinds);
        let mut card = card(model, 1);
        for (when, outcome) in [("blank", Outcome::Done), ("done", Outcome::AlreadyDone)] {
            let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &records[0]);
            assert_eq!(encoded.outcome, outcome);
            golden(&format!("{name}-{when}"), &exchanges);
            card.reset();
        }
    }
}

/// Two files of several frames each: in one APDU each where the chip takes that, 18 exchanges less than in frames
/// (46), and what a file of 4 KB takes.
#[test]
fn files_of_many_frames_take_few_exchanges() {
    for (name, size, model, most) in [
        ("two-files-ev2", 236, Model::Ev2_8k, 28),
        ("two-large-files-ev2", 4096, Model::Ev2_16k, 96),
        ("two-large-files-ev3", 4096, Model::Ev3_16k, 96),
    ] {
        let (job, records) = two_files(size);
        let mut encoder = encoder(&job);
        for number in 1..=2 {
            let (encoded, exchanges) = encode(&mut encoder, &mut card(model, number), &records[0]);
            assert_eq!(encoded.outcome, Outcome::Done, "{name}");
            if number == 2 {
                assert!(exchanges.len() <= most, "{name}: {}", exchanges.len());
                golden(name, &exchanges);
            }
        }
    }
}

/// Records longer than a frame: one APDU for each that is written, and one for all that are read back, as all that
/// the file may have fit into it.
#[test]
fn long_records_take_an_apdu_each() {
    let text = include_str!("../profiles/two-files.toml");
    let changes = [
        (
            "no = 1\ntype = \"standard\"\nsize = 236\n",
            "no = 1\ntype = \"linear-record\"\nrecord_size = 100\nmax_records = 2\n",
        ),
        (
            "content = [{ hex = \"tag\" }, { pad = \"A5\" }]",
            "records = [[{ hex = \"tag\" }, { pad = \"A5\" }], [{ constant = \"ascii:TWO\" }, { pad = \"5A\" }]]",
        ),
    ];
    let mut text = text.to_owned();
    for (old, new) in changes {
        assert!(text.contains(old), "{old}");
        text = text.replacen(old, new, 1);
    }
    let (job, records) = of_profile(Messaging::Ev2, &text);
    for (name, model) in [("long-records-ev2", Model::Ev2_8k), ("long-records-ev3", Model::Ev3_8k)]
    {
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card(model, 1), &records[0]);
        assert_eq!(encoded.outcome, Outcome::Done, "{name}");
        let so_many = |ins| exchanges.iter().filter(|one| one.to_string().starts_with(ins)).count();
        assert_eq!(["8B", "AB", "3B", "BB"].map(so_many), [2, 1, 0, 0], "{name}");
        golden(name, &exchanges);
    }
}

/// A reader that passes on so many bytes.
struct Short<'c>(&'c mut SoftCard, usize);

impl Transport for Short<'_> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        assert!(command.len() <= self.1, "{} bytes", command.len());
        self.0.exchange(command, reply)?;
        assert!(reply.len() <= self.1, "{} bytes back", reply.len());
        Ok(())
    }

    fn is_software(&self) -> bool {
        true
    }

    fn longest(&self) -> usize {
        self.1
    }
}

/// Nothing longer than it passes on is sent or comes back, and the plan knows of it.
#[test]
fn a_reader_that_passes_less_gets_shorter_pieces() {
    let tag = job(include_str!("../../examples/data/profiles/sun.toml"));
    let csv = include_bytes!("../../examples/data/sun-records.csv");
    let records = Records::csv(tag.profile(), csv).unwrap();
    let of_tag = vec![records.entries[0].as_ref().unwrap().clone()];
    let recycle = tag.clone().with_task(Task::Recycle).unwrap();
    let (two, of_two) = two_files(1000);
    for longest in [60, 64, 100, 253, 254, 255, 260, 261] {
        let mut cards = [card(Model::Ev2_8k, 1), card(Model::Ntag424, 1)];
        for (job, at, records) in [(&two, 0, &of_two), (&tag, 1, &of_tag), (&recycle, 1, &of_tag)] {
            let card = &mut cards[at];
            let uid = card.uid();
            let plan =
                encoder(job).plan(InField::new(uid.clone(), Short(card, longest)), &records[0]);
            let plan = plan.unwrap();
            card.reset();
            let mut trace = Trace::new(Short(card, longest));
            let field = InField::new(uid, &mut trace);
            let encoded = encoder(job).encode(field, &records[0]);
            assert_eq!(encoded.outcome, Outcome::Done, "{longest}");
            let done = trace.exchanges().len() as u64;
            assert_eq!(plan.look.exchanges + plan.total.exchanges, done, "{longest}");
            card.reset();
        }
    }
}

/// A card that was told to take frames of 256 bytes gets them where the reader says so, and the plan knows of it.
#[test]
fn frames_are_as_long_as_the_card_says_where_the_reader_tells() {
    let mut large = card(Model::Ev3_8k, 1);
    let session = Session::open(&mut large).authenticate(
        Opening::Iso,
        KeyNo::MASTER,
        &CardKey::factory(),
        &[0x5A; 16],
    );
    let ats = Ats::new(&[0x06, 0x78, 0x77, 0x81, 0x02, 0x80]).unwrap();
    let _done = session.unwrap().set_ats(&ats).unwrap();
    large.reset();
    for (messaging, tells, longest, count) in [
        (Messaging::Ev1, true, 261, 40),
        (Messaging::Ev1, true, 100, 42),
        (Messaging::Ev1, false, 261, 46),
        (Messaging::Ev2, true, 261, 30),
    ] {
        let (job, records) = two_files_in(messaging, 236);
        let mut card = SoftCard::restore(&large.save(), 1).unwrap();
        let mut exchanges = Vec::new();
        let mut plan = None;
        for encodes in [false, true] {
            let uid = card.uid();
            let mut trace = Trace::new(Short(&mut card, longest));
            let mut field = InField::new(uid, &mut trace);
            if tells {
                field = field.with_ats(ats.clone());
            }
            if encodes {
                assert_eq!(encoder(&job).encode(field, &records[0]).outcome, Outcome::Done);
                exchanges = trace.exchanges().to_vec();
            } else {
                plan = Some(encoder(&job).plan(field, &records[0]).unwrap());
            }
            card.reset();
        }
        let planned = plan.map(|plan| plan.look.exchanges + plan.total.exchanges).unwrap();
        assert_eq!(planned, exchanges.len() as u64, "{messaging} {longest}");
        assert_eq!(exchanges.len(), count, "{messaging} {longest} {tells}");
    }
}

fn two_files(size: u32) -> (Job, Vec<Record>) {
    two_files_in(Messaging::Ev2, size)
}

fn two_files_in(messaging: Messaging, size: u32) -> (Job, Vec<Record>) {
    let text = include_str!("../profiles/two-files.toml");
    let text = text.replace("size = 236", &format!("size = {size}"));
    of_profile(messaging, &text.replace("\"ev2\"", "\"ev1\", \"ev2\""))
}

fn of_profile(messaging: Messaging, text: &str) -> (Job, Vec<Record>) {
    let profile = Profile::parse(text).unwrap();
    let keys = KeyFile::parse(include_str!("../profiles/keys.toml")).unwrap();
    let job = Job::new(profile, &keys).unwrap().with_messaging(messaging).unwrap();
    let records = include_bytes!("../profiles/records.csv");
    let records = Records::csv(job.profile(), records).unwrap();
    (job, records.entries.into_iter().map(Result::unwrap).collect())
}

/// A finished card that was not told its answer to select and its name, or to refuse older messaging, is told; one
/// that says that it refuses it is told once more.
#[test]
fn what_a_finished_card_lacks_takes_what_its_list_says() {
    let keys = KeyFile::parse(include_str!("../profiles/keys.toml")).unwrap();
    for (name, text, said) in [
        ("told", include_str!("../profiles/told.toml"), &["ats = ", "name = \"F05A"][..]),
        ("legacy-off", include_str!("../profiles/legacy-off.toml"), &["legacy = "][..]),
    ] {
        let of = |text: &str| {
            let job = Job::new(Profile::parse(text).unwrap(), &keys).unwrap();
            job.allowing(&OneWay::ALL)
        };
        let lines = text.lines().filter(|line| !said.iter().any(|said| line.starts_with(said)));
        let before = of(&lines.map(|line| format!("{line}\n")).collect::<String>());
        let update = of(text).with_task(Task::Update).unwrap();
        let records = include_bytes!("../profiles/records.csv");
        let records = Records::csv(before.profile(), records).unwrap();
        let record = records.entries.into_iter().next().unwrap().unwrap();
        for (chip, model) in [("ev2", Model::Ev2_8k), ("ev3", Model::Ev3_8k)] {
            let mut card = card(model, 1);
            assert_eq!(encode(&mut encoder(&before), &mut card, &record).0.outcome, Outcome::Done);
            for when in ["late", "again"] {
                card.reset();
                let (uid, ats) = (card.uid(), card.ats());
                let mut trace = Trace::new(&mut card);
                let field = InField::new(uid, &mut trace).with_ats(ats);
                let encoded = encoder(&update).encode(field, &record);
                let done = match (name, when) {
                    ("told", "again") => Outcome::AlreadyDone,
                    _ => Outcome::Done,
                };
                assert_eq!(encoded.outcome, done, "{name} {chip} {when}");
                golden(&format!("{name}-{chip}-{when}"), trace.exchanges());
            }
        }
    }
}

/// The chip that the tests made up: entered by its name, with nothing to create.
#[test]
fn a_card_with_a_fixed_layout_takes_what_its_list_says() {
    let (job, records) = fixed();
    let mut card = card(Model::Test, 1);
    for (when, outcome) in [("blank", Outcome::Done), ("done", Outcome::AlreadyDone)] {
        let (encoded, exchanges) = encode(&mut encoder(&job), &mut card, &records[0]);
        assert_eq!(encoded.outcome, outcome);
        golden(&format!("fixed-ev2-{when}"), &exchanges);
        card.reset();
    }
}

/// A tag has its files: it is given settings, contents and keys, and goes back to what it came as.
#[test]
fn a_tag_takes_what_its_lists_say() {
    let job = job(include_str!("../../examples/data/profiles/sun.toml"));
    let csv = include_bytes!("../../examples/data/sun-records.csv");
    let records = Records::csv(job.profile(), csv).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let recycle = job.clone().with_task(Task::Recycle).unwrap();
    let mut tag = card(Model::Ntag424, 1);
    for (when, job, outcome) in [
        ("blank", &job, Outcome::Done),
        ("done", &job, Outcome::AlreadyDone),
        ("recycled", &recycle, Outcome::Done),
    ] {
        let (encoded, exchanges) = encode(&mut encoder(job), &mut tag, record);
        assert_eq!(encoded.outcome, outcome, "{when}");
        golden(&format!("sun-{when}"), &exchanges);
        tag.reset();
    }
}

fn golden(name: &str, exchanges: &[Exchange]) {
    let mut found = String::from("INS  sent received status\n");
    for exchange in exchanges {
        writeln!(found, "{exchange}").unwrap();
    }
    let sent: usize = exchanges.iter().map(|exchange| exchange.sent).sum();
    let received: usize = exchanges.iter().map(|exchange| exchange.received).sum();
    writeln!(found, "{} exchanges, {sent} bytes sent, {received} received", exchanges.len())
        .unwrap();
    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/golden").join(name);
    let path = path.with_extension("txt");
    match std::fs::read_to_string(&path) {
        Ok(expected) => assert_eq!(found, expected, "{}", path.display()),
        Err(_) => {
            std::fs::write(&path, found).unwrap();
            panic!("{} was missing and is written now: read it, then run again", path.display());
        }
    }
}
