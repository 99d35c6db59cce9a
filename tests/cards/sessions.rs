// SPDX-License-Identifier: MIT OR Apache-2.0
//! Vectors of one document that follow one another, played as the session that they were: the host
//! sends the published bytes and takes the answers, and the card, given the published nonces,
//! answers them. Then what a card says before any session.
use cardwright::emulator::{Model, SoftCard};
use cardwright::host::{App, File, Grade, Public, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::CardKey;
use cardwright::transport::{Replay, ReplyBuf, Script, Transport};
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo,
    KeySettings, KeySlots, KeyType, KeyVersion, NewFile, Opening,
};
use serde_json::Value;

use crate::vectors::{of_file, of_kind};

const APP: Aid = Aid::new([0xF4, 0x81, 0x20]);
const RND_A: [u8; 16] = *b"a fresh RndA 016";

/// AN12343, table 41, and the log of `ntag424_sdm_provisioner`: an authentication, and what was done
/// in its session.
const SESSIONS: [(&str, &[&str]); 4] = [
    ("an12343-t41-auth-first", &["an12343-t41-deletefile-tmac"]),
    ("drusifer-auth-first-B33020C3", &["drusifer-changekey0-reset-same"]),
    ("drusifer-auth-first-9A2DE79F", &["drusifer-changekey0-same"]),
    ("drusifer-auth-first-7BC114DA", &["drusifer-changekey1-other", "drusifer-changekey3-other"]),
];

#[test]
fn the_host_sends_the_published_sessions() {
    for (begin, rest) in SESSIONS {
        let auth = named(begin);
        let mut replay = replay(&exchanges(&auth, rest));
        let session = Session::open(&mut replay).select_application(APP).unwrap();
        let key = CardKey::aes(&array(&auth["inputs"]["key"]), KeyVersion(0));
        let rnd_a = array(&auth["inputs"]["rndA"]);
        let mut session =
            Some(session.authenticate(Opening::Ev2First, KeyNo::MASTER, &key, &rnd_a).unwrap());
        for name in rest {
            let vector = named(name);
            let inputs = &vector["inputs"];
            let key = |name: &str| CardKey::aes(&array(&inputs[name]), KeyVersion(0));
            if inputs["changes_auth_key"] == true {
                let session = session.take().unwrap();
                let _ = session.change_own_key(&key("new_key")).unwrap();
            } else {
                let session = session.as_mut().unwrap();
                let grade = match inputs["key_no"].as_u64() {
                    Some(no) => {
                        let no = KeyNo::new(no.try_into().unwrap()).unwrap();
                        session.change_key(no, &key("new_key"), &key("old_key")).unwrap().grade
                    }
                    None => session.delete_file(file().no()).unwrap().grade,
                };
                assert_eq!(grade, Grade::Sealed, "{name}");
            }
        }
        assert!(replay.is_used_up(), "{begin}: {replay:?}");
    }
}

#[test]
fn the_card_answers_the_published_sessions() {
    for (begin, rest) in SESSIONS {
        let auth = named(begin);
        let mut card = card(Model::Ev3_4k);
        let mut session = application(&mut card);
        let _ = session.create_file(file().no(), NewFile::from(file().settings())).unwrap();
        let session = session
            .authenticate(Opening::Ev2First, KeyNo::MASTER, &CardKey::zero_aes(), &RND_A)
            .unwrap();
        let key = CardKey::aes(&array(&auth["inputs"]["key"]), KeyVersion(0));
        let _ = session.change_own_key(&key).unwrap();
        card.reset();
        card.queue_random(&bytes(&auth["expected"]["rndB"]));
        card.queue_random(&bytes(&auth["expected"]["ti"]));
        answers(&mut card, &exchanges(&auth, rest), begin);
    }
}

/// `RFDoorLock`, sent without a wrapping, which changes nothing else.
#[test]
fn a_key_version_is_told_in_the_plain() {
    for vector in of_kind("ev1", "plain_exchange") {
        let (sent, reply) = (text(&vector["frames"][0][1]), text(&vector["frames"][1][1]));
        let (ins, no) = sent.split_at(2);
        let (status, version) = reply.split_at(2);
        let exchange = [(format!("90{ins}000001{no}00"), format!("{version}91{status}"))];
        let mut replay = replay(&exchange);
        let told = Session::open(&mut replay).key_version(KeyNo::MASTER).unwrap();
        assert_eq!(told.value, KeyVersion(0));
        assert!(replay.is_used_up());
        answers(&mut card(Model::Ev1_8k), &exchange, "GetKeyVersion");
    }
}

/// What real chips say of themselves; the host names those that it encodes, and no others.
#[test]
fn real_chips_are_told_apart_by_their_versions() {
    for (name, chip) in [
        ("hw-ev3-2k-getversion", Some("ev3-2k")),
        ("hw-ev2-8k-getversion-f7", Some("ev2-8k")),
        ("hw-ntag424-getversion-2026", Some("ntag424")),
        ("an12196-t13-tagtamper-getversion", Some("ntag424tt")),
    ] {
        let vector = named(name);
        let exchanges = version_exchanges(&vector);
        let mut replay = replay(&exchanges);
        let version = Session::open(&mut replay).version().unwrap().value;
        let uid = text(&vector["expected"]["decoded"]["uid"]);
        assert_eq!(hex::encode_upper(version.uid.as_ref().unwrap().expose()), uid, "{name}");
        assert_eq!(version.chip().map(|chip| chip.to_string()).as_deref(), chip, "{name}");
        assert!(replay.is_used_up(), "{name}");
    }
}

/// AN12343, tables 12, 13 and 34: what a DESFire Light of the factory tells everybody of its files.
/// The native SelectApplication stands for the selection by name.
#[test]
fn the_host_reads_what_a_light_tells_without_a_key() {
    let steps = |name: &str| {
        let vector = named(name);
        let steps = vector["inputs"]["steps"].as_array().unwrap().iter().skip(1);
        let step = |step: &Value| {
            let [send, recv, sw] =
                ["send", "recv", "sw"].map(|field| text(&step[field]).to_owned());
            (send, recv + &sw)
        };
        steps.map(step).collect::<Vec<_>>()
    };
    let selected = ("905A0000032081F400".to_owned(), "9100".to_owned());
    let mut exchanges = vec![selected];
    exchanges.extend(steps("an12343-t12-t13-light-factory"));
    exchanges.extend(steps("an12343-t34-light-getvalue-free"));
    let mut replay = replay(&exchanges);
    let mut session = Session::open(&mut replay).select_application(APP).unwrap();
    let numbers: Vec<u8> = session.file_ids().unwrap().value.into_iter().map(u8::from).collect();
    assert_eq!(numbers, [0x0F, 0x1F, 0x03, 0x00, 0x01, 0x04]);
    let [data, value] = [0x00, 0x03].map(|no| FileNo::new(no).unwrap());
    let found = session.file_settings(data).unwrap().value.settings;
    let FileKind::Standard { size } = found.kind else { panic!("{found:?}") };
    assert_eq!((size.bytes(), found.mode), (256, CommMode::Full));
    let found = session.file_settings(value).unwrap().value.settings;
    let FileKind::Value(limits) = found.kind else { panic!("{found:?}") };
    assert_eq!((limits.lower(), limits.upper()), (0, i32::MAX));
    assert!(limits.limited_credit && limits.free_get_value);
    let names: Vec<_> =
        session.iso_file_ids().unwrap().value.iter().map(ToString::to_string).collect();
    assert_eq!(names, ["EF1F", "EF00", "EF01", "EF04"]);
    let got = session.value(&File::declared(value, found)).unwrap();
    assert_eq!((got.value, got.grade), (0, Grade::Said));
    assert!(replay.is_used_up(), "{replay:?}");
}

/// The 28 exchanges of a blank EV3 8K that the `TagInfo` of NXP reads: ISO and wrapped commands mixed,
/// a command that interrupts GetVersion, two D40 sessions whose replies are bare, and the signature.
#[test]
fn a_blank_ev3_is_read_as_a_real_one_was() {
    let vector = named("hw-ev3-8k-blank-taginfo");
    let steps = vector["inputs"]["steps"].as_array().unwrap();
    let step = |part: &str, step: &Value| text(&step[part]).to_owned();
    let exchanges: Vec<_> =
        steps.iter().map(|one| (step("send", one), step("recv", one) + &step("sw", one))).collect();
    assert_eq!(exchanges.len(), 28);
    let signed = steps.iter().find(|step| text(&step["send"]).starts_with("903C")).unwrap();
    let decoded = &vector["expected"]["decoded"];
    let uid = RealUid::new(array(&decoded["uid"]));
    let mut card = SoftCard::new(Model::Ev3_8k, uid, 3)
        .with_production([0x99, 0x53, 0x67, 0x30, 0x30, 0x20, 0x20])
        .with_signature(array(&signed["recv"]));
    for drawn in decoded["rndB"].as_array().unwrap() {
        card.queue_random(&bytes(drawn));
    }
    answers(&mut card, &exchanges, "the blank EV3");
}

/// The three frames of GetVersion, wrapped, without a selection before them.
fn version_exchanges(vector: &Value) -> Vec<(String, String)> {
    let steps = vector["inputs"]["steps"].as_array().unwrap();
    let frames = steps.iter().filter(|step| !text(&step["send"]).starts_with("00A4"));
    let frames = frames.map(|step| {
        let (send, status) = (text(&step["send"]), text(&step["sw"]));
        let wrapped = if send.len() == 2 { format!("90{send}000000") } else { send.to_owned() };
        let status = if status.len() == 2 { format!("91{status}") } else { status.to_owned() };
        (wrapped, format!("{}{status}", text(&step["recv"])))
    });
    frames.collect()
}

/// Command and reply: the application is selected, which stands for the document's way, then the
/// authentication, then the rest of the session.
fn exchanges(auth: &Value, rest: &[&str]) -> Vec<(String, String)> {
    let (inputs, token) = (&auth["inputs"], text(&auth["expected"]["cmd2_data"]));
    let mut exchanges = vec![
        ("905A0000032081F400".to_owned(), "9100".to_owned()),
        (text(&inputs["cmd1_apdu"]).to_owned(), format!("{}91AF", text(&inputs["rsp1_enc_rndB"]))),
        (format!("90AF000020{token}00"), format!("{}9100", text(&inputs["rsp2"]))),
    ];
    for name in rest {
        let vector = named(name);
        let ins = vector["inputs"]["cmd"].as_str().unwrap_or("C4");
        let body = text(&vector["expected"]["apdu_data"]);
        exchanges.push((
            format!("90{ins}0000{:02X}{body}00", body.len() / 2),
            format!("{}9100", text(&vector["inputs"]["response"])),
        ));
    }
    exchanges
}

fn replay(exchanges: &[(String, String)]) -> Replay {
    let spaced =
        |text: &str| hex::decode(text).unwrap().iter().map(|b| format!(" {b:02X}")).collect();
    let lines = exchanges.iter().map(|(command, reply)| {
        let [command, reply]: [String; 2] = [spaced(command), spaced(reply)];
        format!(">{command}\n<{reply}\n")
    });
    Replay::new(Script::parse(&lines.collect::<String>()).unwrap())
}

fn answers(card: &mut SoftCard, exchanges: &[(String, String)], name: &str) {
    for (command, published) in exchanges {
        let mut reply = ReplyBuf::new();
        card.exchange(&hex::decode(command).unwrap(), &mut reply).unwrap();
        assert_eq!(hex::encode_upper(&reply), *published, "{command} of {name}");
    }
}

fn card(model: Model) -> SoftCard {
    SoftCard::new(model, RealUid::new([0x04, 0x15, 0x26, 0x37, 0x48, 0x59, 0x6A]), 3)
}

/// An application of five AES keys, all zero, selected.
fn application(card: &mut SoftCard) -> Session<'_, App, Public> {
    let mut session = Session::open(card);
    let slots = KeySlots { count: 5, key_type: KeyType::Aes, iso_file_ids: false };
    let _ = session.create_application(APP, KeySettings::FACTORY, slots).unwrap();
    session.select_application(APP).unwrap()
}

/// The file that the document deletes; here a plain one stands in for its transaction MACs.
fn file() -> File {
    let own = Access::Key(KeyNo::MASTER);
    let rights = AccessRights { read: own, write: own, read_write: own, change: own };
    let kind = FileKind::Standard { size: FileSize::new(16).unwrap() };
    let settings = FileSettings::new(kind, CommMode::Plain, rights);
    File::declared(FileNo::new(0x0F).unwrap(), settings)
}

/// The one vector of this name.
fn named(name: &str) -> Value {
    let mut found = of_file("ev2-more");
    found.retain(|vector| vector["name"] == name);
    assert_eq!(found.len(), 1, "{name}");
    found.remove(0)
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn bytes(value: &Value) -> Vec<u8> {
    hex::decode(text(value)).unwrap()
}

fn array<const N: usize>(value: &Value) -> [u8; N] {
    bytes(value).try_into().unwrap()
}
