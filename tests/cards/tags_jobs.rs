// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is done with tags, and what each example profile puts on them: that they survive every tear is held in
//! `tests/cards/tear.rs`, what their plans cost in `tests/cards/costs.rs`.

use cardwright::emulator::{Model, SealWire, SoftCard};
use cardwright::encode::{
    Difference, Job, OneWay, Outcome, OutcomeName, Recovery, Refusal, Task, Wrote,
};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::keys::KeyFile;
use cardwright::profile::{Profile, Record, Records};
use cardwright::sdm::{self, Memory, Verifier};
use cardwright::transport::{InField, Moment, ReplyBuf, Tear, Trace, Transport as _};
use serde_json::Value;

use crate::common::{CHANGING, KEYS, card, doing, encode, encoder, job, present};
use crate::tags::scan;

macro_rules! example {
    ($name:literal) => {
        Example {
            name: $name,
            text: include_str!(concat!("../../examples/data/profiles/", $name, ".toml")),
            records: include_bytes!(concat!("../../examples/data/", $name, "-records.csv")),
        }
    };
}

struct Example {
    name: &'static str,
    text: &'static str,
    records: &'static [u8],
}

const EXAMPLES: [Example; 4] =
    [example!("badge"), example!("bolt"), example!("seal"), example!("sun")];

impl Example {
    fn named(name: &str) -> (Job, Vec<Record>) {
        EXAMPLES.iter().find(|one| one.name == name).unwrap().job()
    }

    fn job(&self) -> (Job, Vec<Record>) {
        let job = job(self.text);
        let records = Records::csv(job.profile(), self.records).unwrap();
        let records = records.entries.into_iter().map(Result::unwrap).collect();
        (job, records)
    }
}

/// The chip that a profile is for.
fn model(job: &Job) -> Model {
    let chip = job.profile().chips()[0];
    Model::ALL.into_iter().find(|model| model.generation() == chip).unwrap()
}

fn made(job: &Job, number: u8, record: &Record) -> SoftCard {
    let mut tag = card(model(job), number);
    assert_eq!(present(job, &mut tag, record).outcome, Outcome::Done);
    tag
}

fn saved(card: &SoftCard) -> Value {
    serde_json::from_slice(&card.save()).unwrap()
}

fn real_uid(card: &SoftCard) -> RealUid {
    let Uid::Real(uid) = card.uid() else { panic!("a UID") };
    uid
}

fn contents(card: &SoftCard, no: u64) -> String {
    let saved = saved(card);
    let files = saved["applications"][0]["files"].as_array().unwrap();
    let file = files.iter().find(|file| file["no"] == no).unwrap();
    file["contents"].as_str().unwrap().to_owned()
}

/// The text of the URI, behind NLEN, the header of the record and the code of its beginning.
fn uri(card: &mut SoftCard) -> String {
    String::from_utf8(scan(card)[7..].to_vec()).unwrap()
}

/// Whatever stands in its records, each tag is done and known again, its address is taken once, and recycled it
/// is the tag that came.
#[test]
fn every_example_is_made_verified_read_and_made_blank_again() {
    for example in &EXAMPLES {
        let (job, records) = example.job();
        let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
        assert!(records.len() >= 3, "{}", example.name);
        for (number, record) in (1..).zip(&records) {
            let blank = card(model(&job), number);
            let mut tag = made(&job, number, record);
            let address = sdm::address(&scan(&mut tag)).unwrap();
            let seen = verifier.verify(&address, &counters).unwrap();
            assert_eq!((seen.counter, seen.uid), (Some(1), real_uid(&tag)), "{address}");
            assert!(verifier.verify(&address, &counters).is_err(), "{address}");
            let again = present(&job, &mut tag, record);
            assert_eq!(again.outcome, Outcome::AlreadyDone, "{}", example.name);
            let verified = present(&doing(&job, Task::Verify), &mut tag, record);
            assert_eq!(verified.outcome, Outcome::Done, "{}", example.name);
            let other = &records[usize::from(number) % records.len()];
            let refused = present(&job, &mut tag, other);
            assert_eq!(refused.outcome, Outcome::Refused(Refusal::AnotherRecord));
            assert_eq!(refused.receipt.wrote, Wrote::Nothing);
            let recycle = doing(&job, Task::Recycle);
            let recycled = present(&recycle, &mut tag, record);
            assert_eq!(recycled.outcome, Outcome::Done, "{}", example.name);
            tag.reset();
            assert_eq!(saved(&tag)["applications"], saved(&blank)["applications"]);
            tag.reset();
            let field = InField::new(tag.uid(), &mut tag);
            let plan = encoder(&recycle).plan(field, record).unwrap();
            let texts: Vec<_> = plan.steps.iter().map(|step| step.text.as_str()).collect();
            assert!(texts.is_empty(), "{}: {texts:#?}", example.name);
            let again = present(&recycle, &mut tag, record);
            assert_eq!(
                (again.outcome, again.receipt.wrote),
                (Outcome::AlreadyDone, Wrote::Nothing)
            );
        }
    }
}

/// What proves that a recycled tag is blank, and what it keeps.
#[test]
fn a_receipt_tells_what_a_recycled_tag_keeps() {
    for (name, kept) in [("sun", vec![]), ("seal", vec!["what the wire of its seal has told"])] {
        let (job, records) = Example::named(name);
        let mut tag = made(&job, 1, &records[0]);
        let receipt = present(&doing(&job, Task::Recycle), &mut tag, &records[0]).receipt;
        assert_eq!(receipt.outcome, OutcomeName::Done);
        let line: Value = serde_json::from_str(&receipt.to_line().unwrap()).unwrap();
        let grades = serde_json::json!({ "key": "used", "settings": "sealed", "empty": "sealed" });
        assert_eq!(line["blank"], grades);
        assert_eq!(receipt.stays, kept);
    }
}

/// Torn at any exchange, it is made blank or made again, whichever comes.
#[test]
fn a_tag_torn_while_it_is_recycled_can_be_made_again() {
    let (job, records) = Example::named("badge");
    let recycle = doing(&job, Task::Recycle);
    let whole = made(&job, 1, &records[0]);
    let mut left = whole.clone();
    left.reset();
    let (_, exchanges) = encode(&mut encoder(&recycle), &mut left, &records[0]);
    let done = saved(&whole)["applications"].clone();
    let mut odd = 0;
    for at in 0..exchanges.len() {
        let mut tag = whole.clone();
        tag.reset();
        let uid = tag.uid();
        let mut torn = Tear::new(Trace::new(&mut tag), at, Moment::AfterExecution);
        let field = InField::new(uid, &mut torn);
        let encoded = encoder(&recycle).encode(field, &records[0]);
        assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{at}: {:?}", encoded.outcome);
        odd += usize::from(saved(&tag)["applications"] != done);
        let encoded = present(&job, &mut tag, &records[0]);
        if let Outcome::Refused(Refusal::AnotherRecord | Refusal::OtherFile { .. }) =
            encoded.outcome
        {
            assert_eq!(present(&recycle, &mut tag, &records[0]).outcome, Outcome::Done, "{at}");
            assert_eq!(present(&job, &mut tag, &records[0]).outcome, Outcome::Done, "{at}");
        } else {
            let good = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
            assert!(good, "{at}: {:?}", encoded.outcome);
        }
        assert_eq!(saved(&tag)["applications"], done, "{at}");
    }
    assert!(odd >= 10, "{odd}");
}

/// Torn while it was made, it may still have zeros for key 0: then it is looked at once more in the end, which
/// the plan has foreseen.
#[test]
fn a_tag_torn_before_it_had_a_key_0_is_looked_at_again() {
    let (job, records) = Example::named("badge");
    let (recycle, blank) = (doing(&job, Task::Recycle), card(Model::Ntag424, 1));
    let mut looked = 0;
    for at in 8.. {
        let mut tag = blank.clone();
        let uid = tag.uid();
        let mut torn = Tear::new(&mut tag, at, Moment::AfterExecution);
        let torn = encoder(&job).encode(InField::new(uid, &mut torn), &records[0]).outcome;
        if torn == Outcome::Done {
            break;
        }
        tag.reset();
        let field = InField::new(tag.uid(), &mut tag);
        let plan = encoder(&recycle).plan(field, &records[0]).unwrap();
        let last = plan.steps.last().map(|step| step.text.as_str());
        looked += usize::from(last == Some("see that the files of 00E110 are as they come"));
        tag.reset();
        let (encoded, exchanges) = encode(&mut encoder(&recycle), &mut tag, &records[0]);
        let good = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
        assert!(good, "{at}: {:?}", encoded.outcome);
        let steps = &exchanges[usize::try_from(plan.look.exchanges).unwrap()..];
        let sums = (
            steps.iter().map(|one| one.sent as u64).sum(),
            steps.iter().map(|one| one.received as u64).sum(),
        );
        assert_eq!((plan.total.sent, plan.total.received), sums, "{at}: {:#?}", plan.steps);
        assert_eq!(saved(&tag)["applications"], saved(&blank)["applications"], "{at}");
        assert_eq!(present(&recycle, &mut tag, &records[0]).outcome, Outcome::AlreadyDone);
    }
    assert!(looked >= 10, "{looked}");
}

/// Where everybody knows key 0, the version of another key is no proof that it is zeros: it has to open.
#[test]
fn a_key_that_only_has_the_version_of_zeros_is_not_believed() {
    let (job, records) = Example::named("badge");
    let recycle = doing(&job, Task::Recycle);
    let blank = card(Model::Ntag424, 1);
    assert_eq!(present(&recycle, &mut blank.clone(), &records[0]).outcome, Outcome::AlreadyDone);
    for no in 1..5 {
        let mut planted = saved(&blank);
        let key = &mut planted["applications"][0]["keys"][no]["value"];
        assert_eq!(*key, "0".repeat(32));
        *key = "5A".repeat(16).into();
        let mut tag = SoftCard::restore(planted.to_string().as_bytes(), 7).unwrap();
        let encoded = present(&recycle, &mut tag, &records[0]);
        let Outcome::Refused(Refusal::KeyRefused { slot, .. }) = &encoded.outcome else {
            panic!("{no}: {:?}", encoded.outcome)
        };
        assert_eq!((usize::from(u8::from(slot.no)), encoded.receipt.wrote), (no, Wrote::Nothing));
    }
}

/// Who made the tag does not matter, and a tag of somebody else is left alone.
#[test]
fn a_tag_of_others_is_not_made_blank() {
    let (job, records) = Example::named("sun");
    let (badge, badges) = Example::named("badge");
    let mut tag = made(&badge, 1, &badges[0]);
    let before = saved(&tag)["applications"].clone();
    let encoded = present(&doing(&job, Task::Recycle), &mut tag, &records[0]);
    let Outcome::Refused(refusal @ Refusal::KeyRefused { .. }) = &encoded.outcome else {
        panic!("{:?}", encoded.outcome)
    };
    assert_eq!((refusal.recovery(), encoded.receipt.wrote), (Recovery::RejectCard, Wrote::Nothing));
    let mut after = saved(&tag)["applications"].clone();
    // The tag counts that two keys were tried that it does not hold, and nothing else of it is another.
    let counts = after[0]["keys"][0].as_object_mut().unwrap().remove("failures").unwrap();
    assert_eq!(counts, serde_json::json!([2, 2, 0]));
    assert_eq!(after, before);
}

/// A file that nobody can ever change keeps what it holds, and so the whole tag stays as it is.
#[test]
fn a_tag_that_is_closed_for_good_is_not_made_blank() {
    let text = EXAMPLES[3].text.replace("change = \"master\"", "change = \"never\"");
    let job = job(&text);
    let records = Records::csv(job.profile(), EXAMPLES[3].records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let mut tag = made(&job, 1, record);
    tag.reset();
    let recycle = doing(&job, Task::Recycle);
    let (encoded, exchanges) = encode(&mut encoder(&recycle), &mut tag, record);
    let Outcome::Refused(Refusal::Closed { file, .. }) = encoded.outcome else {
        panic!("{:?}", encoded.outcome)
    };
    assert_eq!(u8::from(file), 2);
    assert!(exchanges.iter().all(|one| !one.ins.is_some_and(|ins| CHANGING.contains(&ins))));
}

/// Keys of the next edition, and the same addresses from a tag that nobody wrote again.
#[test]
fn a_tag_gets_the_keys_of_the_next_edition() {
    let (former, records) = Example::named("sun");
    let mut tag = made(&former, 1, &records[0]);
    let next = EXAMPLES[3].text.replace("version = 1", "version = 2, former = 1");
    let next = job(&next);
    let before = contents(&tag, 2);
    let rekeyed = present(&doing(&next, Task::Rekey), &mut tag, &records[0]);
    assert_eq!(rekeyed.outcome, Outcome::Done);
    assert_eq!(contents(&tag, 2), before);
    let address = sdm::address(&scan(&mut tag)).unwrap();
    let counters = Memory::default();
    assert!(Verifier::new(&former).unwrap().verify(&address, &counters).is_err());
    assert!(Verifier::new(&next).unwrap().verify(&address, &counters).is_ok());
    assert_eq!(present(&next, &mut tag, &records[0]).outcome, Outcome::AlreadyDone);
}

/// 26 bits of facility 42 and number 48975: even parity, 00101010, 10111111 01001111, odd parity; by hand.
/// `1 00101010 101111110100 1111` with 3 ones in the first half of 12 (00101010 1011), 3 + 3 = 6: parity 0;
/// 9 ones in the second (1111 0100 1111): parity 0.
#[test]
fn a_badge_holds_what_was_computed_by_hand() {
    let (job, records) = Example::named("badge");
    let mut tag = made(&job, 1, &records[0]);
    let bytes = format!("{:08X}", 0b0001_0101_0101_1111_1010_0111_1000_0000_u32);
    assert_eq!(contents(&tag, 3), format!("{bytes}0000BF4F{}{}", "00".repeat(8), "00".repeat(112)));
    let page = uri(&mut tag);
    assert!(page.starts_with("example.com/badge?e="), "{page}");
    // The capability container as a phone reads it: as it comes, but for FF in place of 00 at who writes file 2.
    let container = "001720010000FF0406E104010000FF0506E10500808283000000000000000000";
    assert_eq!(contents(&tag, 1), container);
    // Without a key nobody reads what doors read.
    tag.reset();
    let mut reply = ReplyBuf::new();
    for (apdu, status) in
        [("00A4040007D276000085010100", "9000"), ("00A4000C02E105", "9000"), ("00B0000010", "6982")]
    {
        tag.exchange(&hex::decode(apdu).unwrap(), &mut reply).unwrap();
        assert_eq!(hex::encode(&reply), status, "{apdu}");
    }
}

/// The keys and addresses that the makers of Bolt cards publish, read from a real one (boltcard/boltcard,
/// `docs/TEST_VECTORS.md`): the same profile with their two keys takes them.
#[test]
fn a_payment_tag_gives_addresses_of_the_published_form() {
    let (job, records) = Example::named("bolt");
    let mut tag = made(&job, 1, &records[0]);
    let given = scan(&mut tag);
    assert_eq!(given[2..7], *b"\xD1\x01\x54U\x00");
    let address = uri(&mut tag);
    let (front, rest) = address.split_once("?p=").unwrap();
    let (picc, mac) = rest.split_once("&c=").unwrap();
    assert_eq!((front, picc.len(), mac.len()), ("lnurlw://pay.example.com/0021", 32, 16));
    let keys = r#"use = "test"
receipt = "AF68643B34FCA47DDF5F6A16487657000349C43BB85900FD7E2711ADB9BE7D12"
"#;
    let key = |name: &str, value: &str| {
        format!("[[key]]\nname = {name:?}\ntype = \"aes128\"\nversion = 1\nvalue = {value:?}\n")
    };
    let other = "7E57000000000000000000000000C0DE";
    let keys = [
        keys.to_owned(),
        key("app0", other),
        key("app1", "0c3b25d92b38ae443229dd59ad34b85d"),
        key("app2", "b45775776cb224c75bcde7ca3704e933"),
        key("app3", other),
        key("app4", other),
    ];
    let scheme = "ref = \"app0\", version = 1, diversify = { scheme = \"boltcard\" }";
    let text = [1, 2].into_iter().fold(EXAMPLES[1].text.to_owned(), |text, no| {
        let given = format!("k{no} = {{ ref = \"app{no}\", version = 1 }}");
        let made = format!("k{no} = {{ {scheme} }}");
        assert!(text.contains(&made), "{text}");
        text.replace(&made, &given)
    });
    let profile = Profile::parse(&text).unwrap();
    let job = Job::new(profile, &KeyFile::parse(&keys.concat()).unwrap()).unwrap();
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    for (picc, mac, counter) in [
        ("4E2E289D945A66BB13377A728884E867", "E19CCB1FED8892CE", 3),
        ("00F48C4F8E386DED06BCDC78FA92E2FE", "66B4826EA4C155B4", 5),
        ("0DBF3C59B59B0638D60B5842A997D4D1", "CC61660C020B4D96", 7),
    ] {
        let address = format!("lnurlw://pay.example.com/0021?p={picc}&c={mac}");
        let seen = verifier.verify(&address, &counters).unwrap();
        let uid = RealUid::new([0x04, 0x99, 0x6C, 0x6A, 0x92, 0x69, 0x80]);
        assert_eq!((seen.counter, seen.uid), (Some(counter), uid));
    }
}

/// The five keys that the makers of Bolt cards publish for their scheme (boltcard/boltcard, `docs/DETERMINISTIC.md`), on
/// the tag itself: each opens it, by what is saved of it.
#[test]
fn a_payment_tag_has_the_published_keys() {
    let keys = "use = \"test\"\n\
        receipt = \"AF68643B34FCA47DDF5F6A16487657000349C43BB85900FD7E2711ADB9BE7D12\"\n\
        [[key]]\nname = \"app0\"\ntype = \"aes128\"\nversion = 1\nvalue = \"00000000000000000000000000000001\"\n";
    let profile = Profile::parse(EXAMPLES[1].text).unwrap();
    let job = Job::new(profile, &KeyFile::parse(keys).unwrap()).unwrap();
    let records = Records::csv(job.profile(), EXAMPLES[1].records).unwrap();
    let uid = RealUid::new([0x04, 0xA3, 0x94, 0x93, 0xCC, 0x86, 0x80]);
    let mut tag = SoftCard::new(Model::Ntag424, uid, 7);
    let record = records.entries[0].as_ref().unwrap();
    assert_eq!(present(&job, &mut tag, record).outcome, Outcome::Done);
    let saved = saved(&tag);
    let held = saved["applications"][0]["keys"].as_array().unwrap().iter();
    let held: Vec<_> = held.map(|key| key["value"].as_str().unwrap().get(..32).unwrap()).collect();
    assert_eq!(
        held,
        [
            "A29119FCB48E737D1591D3489557E49B",
            "55DA174C9608993DC27BB3F30A4A7314",
            "F4B404BE700AB285E333E32348FA3D3B",
            "73610BA4AFE45B55319691CB9489142F",
            "ADDD03E52964369BE7F2967736B7BDB5",
        ]
    );
    let address = sdm::address(&scan(&mut tag)).unwrap();
    let verifier = Verifier::new(&job).unwrap();
    assert_eq!(verifier.verify(&address, &Memory::default()).unwrap().counter, Some(1));
}

/// Once the wire is looked at and broken, no address calls it whole again, and recycling does not mend it.
#[test]
fn a_seal_tells_its_wire_under_the_mac() {
    let (job, records) = Example::named("seal");
    let mut tag = made(&job, 1, &records[0]);
    let (verifier, counters) = (Verifier::new(&job).unwrap(), Memory::default());
    let address = sdm::address(&scan(&mut tag)).unwrap();
    assert!(address.starts_with("https://example.com/v/002041?e="), "{address}");
    // The job has switched it on.
    assert!(address.contains("&t=CC&c="), "{address}");
    let turned = address.replace("&t=CC", "&t=II");
    assert!(verifier.verify(&turned, &counters).is_err());
    assert!(verifier.verify(&address, &counters).is_ok());
    assert_eq!(saved(&tag)["seal"], serde_json::json!([true, false, 0]));
    for (wire, told) in [
        (SealWire::Closed, "&t=CC&c="),
        (SealWire::Open, "&t=OO&c="),
        (SealWire::Closed, "&t=OC&c="),
    ] {
        tag.set_wire(wire);
        let address = sdm::address(&scan(&mut tag)).unwrap();
        assert!(address.contains(told), "{address}");
        assert!(verifier.verify(&address, &counters).is_ok());
    }
    assert_eq!(present(&doing(&job, Task::Recycle), &mut tag, &records[0]).outcome, Outcome::Done);
    assert_eq!(present(&job, &mut tag, &records[0]).outcome, Outcome::Done);
    let address = sdm::address(&scan(&mut tag)).unwrap();
    assert!(address.contains("&t=OC&c="), "{address}");
}

/// A tag whose wire is looked at stays so, and one whose wire is not is told by verification; only who may do
/// what cannot be undone does it.
#[test]
fn a_wire_is_looked_at_where_that_is_allowed_and_seen_by_verification() {
    let (job, records) = Example::named("seal");
    let text = EXAMPLES[2].text;
    let blind = crate::common::job(&text.replace("seal = \"master\"\n", ""));
    let timid = Job::new(job.profile().clone(), &KeyFile::parse(KEYS).unwrap()).unwrap();
    let mut tag = card(model(&job), 1);
    let refused = present(&timid, &mut tag, &records[0]);
    assert_eq!(refused.outcome, Outcome::Refused(Refusal::NotAllowed(OneWay::Seal)));
    assert_eq!(refused.receipt.wrote, Wrote::Nothing);
    let mut tag = made(&blind, 1, &records[0]);
    assert_eq!(saved(&tag)["seal"], Value::Null);
    let verified = present(&doing(&job, Task::Verify), &mut tag, &records[0]);
    assert_eq!(verified.outcome, Outcome::Refused(Refusal::Differs(Difference::Seal)));
    let updated = present(&doing(&job, Task::Update), &mut tag, &records[0]);
    assert_eq!(updated.outcome, Outcome::Done);
    assert_eq!(saved(&tag)["seal"], serde_json::json!([true, false, 0]));
    assert_eq!(present(&doing(&job, Task::Verify), &mut tag, &records[0]).outcome, Outcome::Done);
    let sealed = EXAMPLES[3].text.replace("\"spare\"]", "\"spare\"]\nseal = \"master\"");
    for (text, wanted) in [
        (
            text.replace("seal = \"master\"", "seal = \"mac\""),
            "\"mac\" is neither key 0 nor \"free\": name key 0, which sees that the wire is looked at, or write \"free\"",
        ),
        (sealed, "a ntag424 chip has no seal: take it out"),
    ] {
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.ends_with(wanted), "{error}");
    }
}

/// A tag that hides its UID is known by the key that is the same on every tag, and goes on hiding it.
#[test]
fn a_tag_with_a_random_uid_is_made_blank_and_keeps_it() {
    let text = EXAMPLES[3].text.replace("[fields]", "[transport]\nrandom_uid = true\n\n[fields]");
    let ((_, records), job) = (Example::named("sun"), job(&text));
    let mut hides = saved(&made(&job, 1, &records[0]));
    hides["random_uid"] = true.into();
    let mut tag = SoftCard::restore(hides.to_string().as_bytes(), 1).unwrap();
    let recycled = present(&doing(&job, Task::Recycle), &mut tag, &records[0]);
    assert_eq!(recycled.outcome, Outcome::Done);
    assert_eq!(recycled.receipt.stays, ["the random UID"]);
    tag.reset();
    assert!(matches!(tag.uid(), Uid::Random(_)));
    let blank = card(Model::Ntag424, 1);
    assert_eq!(saved(&tag)["applications"], saved(&blank)["applications"]);
}

/// All of the NDEF file takes two commands to write and two to read with MACs.
#[test]
fn a_file_that_goes_in_pieces_is_read_whole() {
    let full = "{ mirror = \"mac\" },\n] }] }, { pad = \"A5\" }]";
    let text = EXAMPLES[3].text.replace("{ mirror = \"mac\" },\n] }] }]", full);
    assert_ne!(text, EXAMPLES[3].text);
    let job = job(&text);
    let records = Records::csv(job.profile(), EXAMPLES[3].records).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let mut tag = card(Model::Ntag424, 1);
    let (encoded, exchanges) = encode(&mut encoder(&job), &mut tag, record);
    assert_eq!(encoded.outcome, Outcome::Done);
    for ins in [0x8D, 0xAD] {
        assert_eq!(exchanges.iter().filter(|one| one.ins == Some(ins)).count(), 2, "{ins:02X}");
    }
    assert!(contents(&tag, 2).ends_with(&"A5".repeat(100)));
    assert_eq!(present(&job, &mut tag, record).outcome, Outcome::AlreadyDone);
}

/// The demonstration's keys are for software tags, and the records are read before any card is touched.
#[test]
fn records_that_no_tag_can_hold_are_refused_by_line() {
    let (job, _) = Example::named("sun");
    let records = Records::csv(job.profile(), b"id,batch\na,100000\nb,-1\nc,7\n").unwrap();
    let good: Vec<bool> = records.entries.iter().map(Result::is_ok).collect();
    assert_eq!(good, [false, false, true]);
    let said = records.entries[0].as_ref().unwrap_err().to_string();
    assert!(said.contains("batch"), "{said}");
}
