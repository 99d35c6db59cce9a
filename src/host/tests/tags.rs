// SPDX-License-Identifier: MIT OR Apache-2.0
//! NTAG 424 DNA as captures and the vendor's notes have it: whole sessions byte for byte.

use serde_json::Value;

use super::*;
use crate::host::testing::{array, field, hex, number, text, vectors};
use crate::host::{Error, Grade, Misuse, SdmCipher, SdmSettings};
use crate::key::CardKey;
use crate::wire::{DfName, Ins, KeyVersion, Sdm, SdmMeta, Status, TtState};

/// The application of the chip.
fn df_name() -> DfName {
    "D2760000850101".parse().unwrap()
}

/// The steps of a vector, in which this host selects without asking for data of a file.
fn steps(inputs: &Value) -> Vec<(String, String)> {
    let step = |step: &Value| {
        let reply = format!("{}{}", text(&step["recv"]), text(&step["sw"]));
        let sent = text(&step["send"]);
        match sent.strip_prefix("00A40400") {
            Some(name) => (format!("00A4040C{}", name.strip_suffix("00").unwrap()), reply),
            None => (sent.to_owned(), reply),
        }
    };
    inputs["steps"].as_array().unwrap().iter().map(step).collect()
}

/// Four captured sessions: file 2 read and written as it is, MACed and enciphered, in as many commands
/// as it takes. The host says what the card heard, but for P2 of SELECT.
#[test]
fn captured_sessions_are_played_byte_for_byte() {
    for entry in vectors("ev2-more", "op", "ev2_session_trace") {
        let (inputs, name) = (&entry["inputs"], text(&entry["name"]));
        let mut script = Script::new(steps(inputs));
        let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
        let no = KeyNo::new(number(&inputs["key_no"])).unwrap();
        let rnd_a = array(text(&inputs["rndA"]));
        let session = picc(&mut script).select_name(&df_name()).unwrap();
        let mut session = session.authenticate(Opening::Ev2First, no, &key, &rnd_a).unwrap();
        let no = FileNo::new(2).unwrap();
        let told = session.file_settings(no).unwrap().value;
        let file = File::declared(no, told.settings).in_one_apdu();
        let said: Vec<u8> = entry["expected"]["decoded"]
            .as_array()
            .unwrap()
            .iter()
            .skip(1)
            .flat_map(|step| [field(&step["data"]), field(&step["response_plain"])].concat())
            .collect();
        assert_eq!(said.len(), 256, "{name}");
        let plain = told.settings.mode == CommMode::Plain;
        if name.contains("read") {
            let read = session.read_data(&file, 0, 0).unwrap();
            assert_eq!(hex(read.value.expose_secret()), hex(&said), "{name}");
            assert_eq!(read.grade, Grade::Said);
        } else {
            let mut transaction = session.transaction();
            let wrote = transaction.write(&file, 0, &said).unwrap();
            assert_eq!(wrote.grade, if plain { Grade::Said } else { Grade::Sealed }, "{name}");
            assert!(transaction.commit().is_ok());
        }
        script.assert_used_up();
    }
}

/// A vector by its name, of either file.
fn entry(name: &str) -> Value {
    let more = vectors_of("ev2-more", name);
    more.or_else(|| vectors_of("ev2", name)).unwrap_or_else(|| panic!("no vector {name}"))
}

fn vectors_of(file: &str, name: &str) -> Option<Value> {
    crate::vectors::of_file(file).into_iter().find(|entry| entry["name"] == name)
}

/// A captured message as the card heard and answered it.
fn message(name: &str) -> (String, String) {
    let entry = entry(name);
    let (inputs, body) = (&entry["inputs"], text(&entry["expected"]["apdu_data"]));
    let sent = format!("90{}0000{:02X}{body}00", text(&inputs["cmd"]), body.len() / 2);
    let reply = format!("{}91{}", text(&inputs["response"]), text(&inputs["response_status"]));
    (sent, reply)
}

/// The steps of a captured authentication in LRP that begins a transaction.
fn opening(entry: &Value) -> [(String, String); 2] {
    let (inputs, expected) = (&entry["inputs"], &entry["expected"]);
    let token = format!("{}{}", text(&inputs["rndA"]), text(&expected["pcd_response"]));
    let proof = format!("{}{}", text(&inputs["picc_data"]), text(&expected["picc_response"]));
    [
        ("9071000008 00 06020000000000 00".into(), format!("01{}91AF", text(&inputs["rndB"]))),
        (format!("90AF000020{token}00"), format!("{proof}9100")),
    ]
}

/// A session of a real NTAG 424 DNA TagTamper that was switched to LRP, in the order of its counter. One
/// GetKeyVersion is not published, and of one plain read only that it was there.
#[test]
fn a_captured_session_in_lrp_is_played() {
    let first = entry("hw-auth-lrp-first-BBE12900");
    let mut script = Script::new(opening(&first));
    for name in [
        "hw-lrp-getversion-mac",
        "hw-lrp-readsig",
        "hw-lrp-getkeyversion-0",
        "hw-lrp-getkeyversion-2",
        "hw-lrp-getkeyversion-3",
        "hw-lrp-getkeyversion-4",
        "hw-lrp-getcarduid",
        "hw-lrp-getfilesettings-2",
    ] {
        script.extend([message(name)]);
    }
    script.extend([("90AD000007 02 000000 040000 00", "D1D2D3D4 9100")]);
    script.extend([message("hw-lrp-getfilecounters-no-sdm-9D")]);
    let key = CardKey::zero_aes();
    let rnd_a = array(text(&first["inputs"]["rndA"]));
    let session = public(&mut script).authenticate_lrp(KeyNo::MASTER, &key, &rnd_a);
    let mut session = session.unwrap();
    let plain = |name: &str| field(&entry(name)["expected"]["response_plain"]);
    let version = session.version().unwrap();
    let told = plain("hw-lrp-getversion-mac");
    assert_eq!(version.value.uid.unwrap().expose()[..], told[14..21]);
    assert_eq!(version.grade, Grade::Sealed);
    let signature = session.originality_signature().unwrap().value;
    assert_eq!(signature.expose_secret()[..], plain("hw-lrp-readsig"));
    for no in [0, 2, 3, 4] {
        assert_eq!(session.key_version(key_no(no)).unwrap().value, KeyVersion(0));
        if no == 0 {
            let Channel::Ev2(channel) = &mut session.talk.secure.as_mut().unwrap().channel else {
                panic!("EV2 messaging")
            };
            channel.pass();
        }
    }
    let uid = session.card_uid().unwrap();
    assert_eq!(
        (&uid.value.expose()[..], uid.grade),
        (&plain("hw-lrp-getcarduid")[..], Grade::Sealed)
    );
    let no = FileNo::new(2).unwrap();
    let settings = session.file_settings(no).unwrap().value.settings;
    // Key 0 has only the change right, and everybody may read.
    let file = File::declared(no, settings).in_one_apdu();
    assert_eq!(session.read_data(&file, 0, 4).unwrap().grade, Grade::Said);
    let refused = session.file_counters(no).unwrap_err();
    let (command, status) = (Ins::GetFileCounters, Status::PermissionDenied);
    assert_eq!(refused, Error::Refused { command, status });
    assert_eq!(session.card_uid().unwrap_err(), Error::SessionLost);
    script.assert_used_up();
}

/// Two more captures in LRP: the seal of a TagTamper, and file 3 read, written and read back enciphered.
#[test]
fn captured_messages_in_lrp_are_said_by_the_commands() {
    let at = |name: &str| {
        let entry = entry(name);
        let inputs = &entry["inputs"];
        let number = |name: &str| inputs[name].as_u64().unwrap();
        Channel::Ev2(Ev2::recorded_lrp(
            text(&inputs["ses_auth_master_key"]),
            text(&inputs["ti"]),
            number("cmd_ctr").try_into().unwrap(),
            number("enc_ctr_before").try_into().unwrap(),
        ))
    };
    let mut script = Script::new([message("hw-lrp-gettts-open")]);
    let mut session = secure::<App>(&mut script, 0, at("hw-lrp-gettts-open"));
    let told = session.tt_status().unwrap();
    assert_eq!([told.value.permanent, told.value.current], [TtState::Open; 2]);
    assert_eq!(told.grade, Grade::Sealed);
    script.assert_used_up();

    let names = ["hw-lrp-readdata-full-128", "hw-lrp-writedata-full", "hw-lrp-readback-full"];
    let mut script = Script::new(names.map(message));
    let kind = FileKind::Standard { size: FileSize::new(128).unwrap() };
    let rights = AccessRights::from_wire([0x30, 0x23]);
    let settings = FileSettings::new(kind, CommMode::Full, rights);
    let file = File::declared(FileNo::new(3).unwrap(), settings).in_one_apdu();
    let mut session = secure::<App>(&mut script, 3, at(names[0]));
    let read = session.read_data(&file, 0, 0).unwrap();
    let plain = |name: &str| field(&entry(name)["expected"]["response_plain"]);
    assert_eq!(hex(read.value.expose_secret()), hex(&plain(names[0])));
    let mut transaction = session.transaction();
    let data = field(&entry(names[1])["inputs"]["data"]);
    assert_eq!(transaction.write(&file, 0, &data).unwrap().grade, Grade::Sealed);
    assert!(transaction.commit().is_ok());
    let read = session.read_data(&file, 0, 8).unwrap();
    assert_eq!(hex(read.value.expose_secret()), hex(&plain(names[2])));
    assert_eq!(*read.value.expose_secret(), data);
    script.assert_used_up();
}

/// Chips as they came from the factory: what they say of themselves, and their capability container as a
/// file is read by its identifier.
#[test]
fn tags_say_what_they_are() {
    for (name, told) in [
        ("hw-ntag424-getversion-2026", "ntag424"),
        ("an12196-t13-tagtamper-getversion", "ntag424tt"),
    ] {
        let entry = entry(name);
        let mut script = Script::new(steps(&entry["inputs"]));
        let mut session = picc(&mut script);
        if name.starts_with("hw") {
            session = {
                let selected = session.select_name(&df_name()).unwrap();
                Session::at(selected.talk)
            };
        }
        let version = session.version().unwrap().value;
        assert_eq!(version.chip().unwrap().to_string(), told);
        script.assert_used_up();
    }
    let entry = entry("hw-ntag424-cc-file");
    let read = text(&entry["inputs"]["steps"][1]["recv"]);
    let mut script = Script::new([
        ("00A4000C 02 E103".to_owned(), "9000".to_owned()),
        ("00B00000 0F".to_owned(), format!("{}9000", read.get(..30).unwrap())),
    ]);
    script.extend([("00A4000C 02 E104", "9000"), ("00B00000 02", "0000 9000")]);
    let message = public(&mut script).ndef_message().unwrap();
    assert!(message.value.expose_secret().is_empty());
    script.assert_used_up();
}

/// What one APDU cannot carry goes in parts or not at all, and settings for another file or cipher never.
#[test]
fn what_a_tag_would_not_take_is_never_sent() {
    let size = FileSize::new(256).unwrap();
    let own = Access::Key(key_no(0));
    let rights = AccessRights { read: own, write: own, read_write: own, change: own };
    let sdm = Sdm {
        meta: SdmMeta::Clear { uid: Some(7), counter: None },
        file: None,
        tamper: None,
        limit: None,
        counter: Access::Never,
    };
    let kind = FileKind::Standard { size };
    let settings =
        FileSettings { sdm: Some(sdm), ..FileSettings::new(kind, CommMode::Mac, rights) };
    let no = FileNo::new(2).unwrap();
    let file = File::declared(no, settings).in_one_apdu();
    let mut script = Script::default();
    let mut session = secure::<App>(&mut script, 0, ev2());
    let in_lrp = SdmSettings::check(settings, 5, SdmCipher::Lrp).unwrap();
    let refused = session.set_dynamic_messaging(&file, &in_lrp).unwrap_err();
    assert_eq!(refused, Misuse::SdmCipher.into());
    let kind = FileKind::Standard { size: FileSize::new(255).unwrap() };
    let shorter = SdmSettings::check(FileSettings { kind, ..settings }, 5, SdmCipher::Aes).unwrap();
    let refused = session.set_dynamic_messaging(&file, &shorter).unwrap_err();
    assert_eq!(refused, Misuse::FileKind.into());
    let mut transaction = session.transaction();
    assert_eq!(transaction.write(&file, 9, &[7; 248]).unwrap_err(), Misuse::OutsideFile.into());
    assert_eq!(transaction.write(&file, 0, &[]).unwrap_err(), Misuse::NothingToWrite.into());
    drop(transaction);
    assert_eq!(session.read_data(&file, 9, 248).unwrap_err(), Misuse::OutsideFile.into());
    use crate::host::command::data::{ReadData, WriteData};
    for (mode, reads, writes) in
        [(CommMode::Plain, 256, 248), (CommMode::Mac, 248, 240), (CommMode::Full, 239, 239)]
    {
        let kind = FileKind::Standard { size: FileSize::new(0x200).unwrap() };
        let file = File::declared(no, FileSettings { kind, mode, ..settings }).in_one_apdu();
        let read = |length| ReadData::new(&file, 0, length, Some(key_no(0))).err();
        assert_eq!([read(reads), read(reads + 1)], [None, Some(Misuse::Parts)], "{mode:?}");
        let write = |length| WriteData::new(&file, 0, &vec![7; length], Some(key_no(0))).err();
        assert_eq!([write(writes), write(writes + 1)], [None, Some(Misuse::Parts)], "{mode:?}");
    }
    let told =
        Error::Refused { command: Ins::AuthenticateEv2First, status: Status::AuthenticationDelay };
    assert!(told.to_string().ends_with("a wrong one makes it longer)"), "{told}");
}
