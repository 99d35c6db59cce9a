// SPDX-License-Identifier: MIT OR Apache-2.0
//! A reader that knows nothing but the sheet, as JSON, and the keys that it was given: what it reads of a
//! finished card is what the record's file has.

mod reading;

use cardwright::diversify::{InputPart, Recipe, Subject};
use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Job, Outcome};
use cardwright::host::{Auth, File, Session};
use cardwright::iso14443::RealUid;
use cardwright::key::{CardKey, CheckValue, MasterKey};
use cardwright::keys::KeyFile;
use cardwright::sheet::{Form, Sheet};
use cardwright::wire::{
    Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo, KeyType,
    KeyVersion, Messaging, Opening, RecordCount, RecordLayout, ValueLimits,
};
use serde_json::Value;

use self::reading::{Pieces, Row, agrees, bits_of, first_row, turned_back};
use crate::common::{KEYS, card, encode, encoder, issuer_key};
use crate::contents::world::{CARDS, Card, OTHERS, UID, job_and_records};

/// Of each profile: every field that the file of records has is read, and is what stands there.
#[test]
fn a_reader_reads_every_example_card_by_its_sheet_alone() {
    for example in CARDS.iter().chain(&OTHERS).chain([&TURNED]) {
        let row = first_row(example.records);
        for (model, messaging) in [(Model::Ev1_8k, Messaging::Ev1), (Model::Ev2_8k, Messaging::Ev2)]
        {
            let (job, mut card, messaging) = finished(example, model, messaging);
            let sheet = sheet(&job);
            let (mut read, mut pieces) = (Vec::new(), Pieces::default());
            for application in list(&sheet["applications"]) {
                for file in list(&application["files"]) {
                    card.reset();
                    let at = format!(
                        "{} {model} {} {}",
                        example.name, application["aid"], file["number"]
                    );
                    let Some(bytes) = bytes_of(&mut card, &job, application, file, messaging)
                    else {
                        continue;
                    };
                    parts_agree(file, &bytes, &row, (&mut read, &mut pieces), &at);
                }
            }
            for (part, bits) in pieces.put_together() {
                let name = text(&part["name"]);
                let at = format!("{} {model} {name}", example.name);
                assert!(agrees(&part, &bits, row.value(name)), "{at}: {bits:?}");
                read.push(name.to_owned());
            }
            for field in row.names() {
                assert!(
                    read.contains(&field.to_owned()),
                    "{} {model}: {field} is not read",
                    example.name
                );
            }
        }
    }
}

/// Items that were turned, whole and in pieces, and copies.
const TURNED: Card = Card {
    name: "turned",
    profile: include_str!("sheet/turned.toml"),
    records: "id,number,colour,site\nturned-1,48975,7,North\n",
};

/// The sheet names what no table leads back to, and says of what is as long as its value that it is.
#[test]
fn what_cannot_be_located_is_named() {
    let doubled = format!("hex:{}", "00".repeat(256));
    let (front, back) = TURNED.profile.split_once("bytes = \"hex:").unwrap();
    let (_, back) = back.split_once('"').unwrap();
    let no_way_back = format!("{front}bytes = \"{doubled}\"{back}");
    let parts = |profile: &str| -> Vec<Value> {
        let sheet = sheet(&crate::common::job(profile));
        list(&sheet["applications"][0]["files"])
            .iter()
            .flat_map(|file| list(&file["parts"]).clone())
            .collect()
    };
    let pieces = |profile: &str| -> Vec<String> {
        let parts = parts(profile).into_iter().filter(|part| part["role"] == "piece");
        parts.map(|part| text(&part["name"]).to_owned()).collect()
    };
    assert!(pieces(TURNED.profile).is_empty());
    assert_eq!(pieces(&no_way_back), ["number, colour", "copy"]);
    let counted = "{ length = [\"site\"], bytes = 1 }, { text = \"site\", bytes = 8, length = \
                   \"variable\", name = \"site\" }";
    let long = TURNED.profile.replace("{ text = \"site\", bytes = 8, fill = \"00\" }", counted);
    let parts = parts(&long);
    let site = parts.iter().position(|part| part["name"] == "site").unwrap();
    assert_eq!((&parts[site]["least"], parts[site].get("moves")), (&0.into(), None));
    assert_eq!(parts[site + 1]["moves"], true);
    assert_eq!(
        (&parts[site - 1]["rule"], &parts[site - 1]["over"]),
        (&"length".into(), &parts[site]["bits"])
    );
}

/// The first record on a card, by a job that narrows itself to the messaging where the profile has it.
pub(crate) fn finished(
    example: &Card,
    model: Model,
    messaging: Messaging,
) -> (Job, SoftCard, Messaging) {
    let (job, records) = job_and_records(example);
    let named = job.profile().messaging();
    let messaging = if named.contains(&messaging) { messaging } else { named[0] };
    let mut card = card(if named == [Messaging::D40] { Model::Ev1_8k } else { model }, 0);
    if example.name == "door-secure" {
        let key: [u8; 16] = issuer_key("stock", 9).try_into().unwrap();
        let key = CardKey::aes(&key, KeyVersion(9));
        let session = Session::open(&mut card);
        let factory = CardKey::factory();
        let session = session.authenticate(Opening::Iso, KeyNo::MASTER, &factory, &[3; 16]);
        let _changed = session.unwrap().change_master_key(&key).unwrap();
        card.reset();
    }
    let (encoded, _) = encode(&mut encoder(&job), &mut card, &records[0]);
    assert_eq!(encoded.outcome, Outcome::Done, "{} {model}", example.name);
    card.reset();
    (job, card, messaging)
}

/// The sheet as it is handed out: of a UID that is no card's here, and of no record.
fn sheet(job: &Job) -> Value {
    let keys = KeyFile::parse(KEYS).unwrap();
    let uid = RealUid::new([0x04, 0x5A, 0x17, 0x3C, 0x80, 0x21, 0x90]);
    let sheet = Sheet::new(job.profile(), Some(&keys), &uid, None).unwrap();
    serde_json::from_str(&sheet.to_form(Form::Json).unwrap()).unwrap()
}

fn list(value: &Value) -> &Vec<Value> {
    value.as_array().unwrap()
}

fn text(value: &Value) -> &str {
    value.as_str().unwrap()
}

fn number<N: TryFrom<u64, Error: core::fmt::Debug>>(value: &Value) -> N {
    value.as_u64().unwrap().try_into().unwrap()
}

/// What the file holds; `None` where nobody reads it.
fn bytes_of(
    card: &mut SoftCard,
    job: &Job,
    application: &Value,
    file: &Value,
    messaging: Messaging,
) -> Option<Vec<u8>> {
    let aid: [u8; 3] = hex::decode(text(&application["aid_wire"])).unwrap().try_into().unwrap();
    let session = Session::open(card).select_application(Aid::from_wire(aid)).unwrap();
    if let Some(number) = list(&file["reads_with"]).first() {
        let mut keys = list(&application["keys"]).iter();
        let key = keys.find(|key| key["number"] == *number).unwrap();
        let (no, made) = card_key(job, Aid::from_wire(aid), key);
        let opening = Opening::of(made.key_type(), messaging);
        let code = format!("{:02X}", opening.ins().code());
        assert!(list(&key["authenticate"]).contains(&code.into()), "{key}");
        let session = session.authenticate(opening, no, &made, &[0x5C; 16]);
        let mut session = session.map_err(|failed| failed.error).unwrap();
        return Some(contents(&mut session, file, Access::Key(no)));
    }
    let mut session = session;
    file["free"].as_bool().unwrap().then(|| contents(&mut session, file, Access::Free))
}

/// The card's key, made of the key that the reader was given by what the sheet says.
fn card_key(job: &Job, aid: Aid, key: &Value) -> (KeyNo, CardKey) {
    let name = text(&key["name"]);
    let given = job.profile().keys().iter().find(|spec| spec.name == name).unwrap();
    let version = number(&key["version"]);
    let bytes = issuer_key(&given.reference, version);
    let master = match text(&key["key_type"]) {
        "aes128" => MasterKey::aes(&bytes.try_into().unwrap()),
        "2k3des" => MasterKey::des(&bytes.try_into().unwrap()),
        "3k3des" => MasterKey::tdes3(&bytes.try_into().unwrap()),
        other => panic!("{other}"),
    };
    assert_eq!(CheckValue::of(&master).unwrap().to_string(), text(&key["check"]));
    let (no, version) = (KeyNo::new(number(&key["number"])).unwrap(), KeyVersion(version));
    let Some(made) = key.get("diversification") else {
        return (no, master.undiversified(version));
    };
    let parts = list(&made["parts"]).iter().map(|part| match text(&part["part"]) {
        "uid" => InputPart::Uid,
        "aid" => InputPart::Aid,
        "aid-wire" => InputPart::AidWire,
        "key-no" => InputPart::KeyNo,
        constant => {
            InputPart::Constant(hex::decode(constant.strip_prefix("hex:").unwrap()).unwrap())
        }
    });
    let recipe = Recipe::new(text(&made["scheme"]).parse().unwrap(), parts.collect()).unwrap();
    let uid = RealUid::new(UID);
    let subject = Subject { uid: Some(&uid), aid, no, fields: None };
    let card_key = recipe.derive(&master, &subject, version).unwrap();
    assert_ne!(card_key.key_type() == KeyType::Aes, key.get("low_bits").is_some());
    (no, card_key)
}

/// The contents as one string of bytes: records one behind the other, the oldest first.
fn contents<A: Auth>(
    session: &mut Session<'_, cardwright::host::App, A>,
    file: &Value,
    reader: Access,
) -> Vec<u8> {
    let size = FileSize::new(number(&file["size"])).unwrap();
    let most = || RecordCount::new(number(&file["max_records"])).unwrap();
    let kind = match text(&file["kind"]) {
        "standard" => FileKind::Standard { size },
        "backup" => FileKind::Backup { size },
        "value" => FileKind::Value(ValueLimits::new(i32::MIN, i32::MAX).unwrap()),
        "linear-record" => FileKind::LinearRecord(RecordLayout { size, max: most() }),
        "cyclic-record" => FileKind::CyclicRecord(RecordLayout { size, max: most() }),
        other => panic!("{other}"),
    };
    let mode = match text(&file["mode"]) {
        "plain" => CommMode::Plain,
        "mac" => CommMode::Mac,
        "full" => CommMode::Full,
        other => panic!("{other}"),
    };
    let never = Access::Never;
    let rights = AccessRights { read: reader, write: never, read_write: never, change: never };
    let no = FileNo::new(number(&file["number"])).unwrap();
    let file = File::declared(no, FileSettings::new(kind, mode, rights));
    match kind {
        FileKind::Value(_) => session.value(&file).unwrap().value.to_le_bytes().to_vec(),
        FileKind::Standard { .. } | FileKind::Backup { .. } => {
            session.read_data(&file, 0, 0).unwrap().value.expose_secret().clone()
        }
        _ => session.read_records(&file, 0, 0).unwrap().value.expose_secret().clone(),
    }
}

/// Each part of a file is what the sheet says, and what the record has.
fn parts_agree(
    file: &Value,
    bytes: &[u8],
    row: &Row,
    (read, pieces): (&mut Vec<String>, &mut Pieces),
    at: &str,
) {
    for part in list(&file["parts"]) {
        let record = part.get("record").map_or(0, number::<usize>);
        let from = record * number::<usize>(&file["size"]);
        let here = turned_back(part, &bytes[from..]);
        let bits = bits_of(text(&part["bits"]), &here);
        let name = text(&part["name"]);
        match text(&part["role"]) {
            "field" if part.get("piece").is_some() => pieces.add(part, bits),
            "field" => {
                let expected = row.value(name);
                assert!(agrees(part, &bits, expected), "{at} {name}: {bits:?}");
                read.push(name.to_owned());
            }
            "uid" => assert_eq!(reading::hex_of(&bits), hex::encode_upper(UID), "{at}"),
            "constant" if part["coding"] == "bytes" => {
                assert_eq!(reading::hex_of(&bits), text(&part["constant"]), "{at}");
            }
            "check" if part["rule"] == "copy" => {
                assert_eq!(bits, bits_of(text(&part["over"]), &bytes[from..]), "{at}");
                read.push(name.to_owned());
            }
            "constant" | "check" | "filling" | "made" => {}
            other => panic!("{other}"),
        }
    }
}
