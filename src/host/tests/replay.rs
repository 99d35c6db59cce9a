// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recorded sessions, replayed through the public interface: every command must be the recorded
//! one, byte for byte.

use serde_json::Value;

use super::*;
use crate::crypto::{AesCmac, Cipher};
use crate::host::testing::{array, bytes, field, hex, number, part, text, vectors};
use crate::host::{Error, Grade, Misbehaviour};
use crate::key::CardKey;
use crate::transport::LinkError;
use crate::wire::{Aid, Ins, KeySettings, KeySlots, KeyVersion, Opening};

/// A recorded session of skjolber/desfire-tools-for-android with a real 4K EV1 card.
fn session(name: &str) -> (Script, Vec<Value>) {
    let entry = vectors("ev1", "name", name).remove(0);
    let steps = entry["steps"].as_array().unwrap().clone();
    let mut script = Script::default();
    for step in &steps {
        let frames = |field: &str| step[field].as_array().unwrap().iter();
        script.extend(frames("commands").map(text).zip(frames("responses").map(text)));
    }
    (script, steps)
}

fn rnd_a(step: &Value) -> [u8; 16] {
    array(text(&step["rnd_a"]))
}

fn zero(version: u8) -> CardKey {
    CardKey::aes(&[0; 16], KeyVersion(version))
}

/// The part that all of them begin with: look at the card, authenticate, change the settings.
fn begun<'t>(script: &'t mut Script, steps: &[Value]) -> Session<'t, Picc, Secure> {
    let mut session = picc(script).select_picc().unwrap();
    let version = session.version().unwrap();
    assert_eq!(version.value.chip().unwrap().to_string(), "ev1-4k");
    assert_eq!(version.grade, Grade::Said);
    let key_version = session.key_version(KeyNo::MASTER).unwrap();
    assert_eq!((key_version.value, key_version.grade), (KeyVersion(0x42), Grade::Said));
    let rnd_a = rnd_a(&steps[3]);
    let mut session =
        session.authenticate(Opening::Aes, KeyNo::MASTER, &zero(0x42), &rnd_a).unwrap();
    assert_eq!(session.change_key_settings(KeySettings::FACTORY).unwrap().grade, Grade::Sealed);
    session
}

#[test]
fn aes1_the_master_key_is_changed_and_the_card_formatted() {
    let (mut script, steps) = session("AESEncryptionTest.java:testAES1");
    let session = begun(&mut script, &steps).change_master_key(&zero(0x42)).unwrap();
    let rnd_a = rnd_a(&steps[6]);
    let mut session =
        session.authenticate(Opening::Aes, KeyNo::MASTER, &zero(0x42), &rnd_a).unwrap();
    assert_eq!(session.format_picc().unwrap().grade, Grade::Sealed);
    script.assert_used_up();
}

#[test]
fn aes4_the_settings_are_changed() {
    let (mut script, steps) = session("AESEncryptionTest.java:testAES4");
    let session = begun(&mut script, &steps);
    drop(session);
    script.assert_used_up();
}

#[test]
fn aes2_an_application_is_made_written_and_read_back() {
    let (mut script, steps) = session("AESEncryptionTest.java:testAES2");
    let data = |step: usize, name: &str| field(&steps[step][name]);
    let session = begun(&mut script, &steps).change_master_key(&zero(0x42)).unwrap();
    let key = zero(0x42);
    let mut session =
        session.authenticate(Opening::Aes, KeyNo::MASTER, &key, &rnd_a(&steps[6])).unwrap();
    assert_eq!(session.format_picc().unwrap().grade, Grade::Sealed);
    let aid = Aid::new([0xAA; 3]);
    let settings = KeySettings::from_byte(0x02);
    let slots = KeySlots::from_byte(0x8E).unwrap();
    assert_eq!(session.create_application(aid, settings, slots).unwrap().grade, Grade::Sealed);

    let session = session.select_application(aid).unwrap();
    let mut session =
        session.authenticate(Opening::Aes, KeyNo::MASTER, &key, &rnd_a(&steps[10])).unwrap();
    let answer = session.change_key(key_no(5), &zero(0x42), &CardKey::zero_aes()).unwrap();
    assert_eq!(answer.grade, Grade::Sealed);
    let no = FileNo::new(0x0F).unwrap();
    let settings = FileSettings::new(
        FileKind::Standard { size: FileSize::new(0x64).unwrap() },
        CommMode::Full,
        AccessRights::from_wire([0x54, 0x12]),
    );
    assert_eq!(session.create_file(no, settings).unwrap().grade, Grade::Sealed);
    let key_version = session.key_version(key_no(5)).unwrap();
    assert_eq!((key_version.value, key_version.grade), (KeyVersion(0x42), Grade::Sealed));

    let mut session =
        session.authenticate(Opening::Aes, key_no(5), &key, &rnd_a(&steps[14])).unwrap();
    assert_eq!(session.file_settings(no).unwrap().value.settings, settings);
    let file = File::declared(no, settings);
    for (step, offset) in [(16, 0x00), (18, 0x22)] {
        let mut transaction = session.transaction();
        let written = transaction.write(&file, offset, &data(step, "data")).unwrap();
        assert_eq!(written.grade, Grade::Sealed);
        assert_eq!(transaction.commit().unwrap().grade, Grade::Sealed);
        assert_eq!(session.file_settings(no).unwrap().value.settings, settings);
    }
    let part = session.read_data(&file, 0x0A, 0x32).unwrap();
    assert_eq!(hex(part.value.expose_secret()), hex(&data(20, "resp_data")));
    let whole = session.read_data(&file, 0, 0).unwrap();
    assert_eq!(hex(whole.value.expose_secret()), hex(&data(21, "resp_data")));
    assert_eq!([part.grade, whole.grade], [Grade::Enciphered; 2]);
    script.assert_used_up();
}

/// The first part of the same author's D40 session, which needs no key.
#[test]
fn des1_the_card_is_looked_at() {
    let (script, steps) = session("DESEncryptionTest.java:testDES1");
    let mut script = script.first(5);
    assert_eq!(text(&steps[3]["commands"][0]), "900A0000010000");
    let mut session = picc(&mut script).select_picc().unwrap();
    assert!(session.version().unwrap().value.uid.is_some());
    assert_eq!(session.key_version(KeyNo::MASTER).unwrap().value, KeyVersion(0));
    script.assert_used_up();
}

/// The APDUs of one published EV2 exchange, in one frame each.
fn exchange(entry: &Value, ins: &str) -> (String, String) {
    let body = text(&entry["expected"]["apdu_data"]);
    let reply = entry["inputs"]["response"].as_str().unwrap_or_default();
    (format!("90{ins}0000{:02X}{body}00", body.len() / 2), format!("{reply}9100"))
}

fn recorded(entry: &Value) -> Channel {
    let inputs = &entry["inputs"];
    let key = |name: &str| inputs[name].as_str().unwrap_or(KEY);
    let counter = inputs["cmd_ctr"].as_u64().unwrap().try_into().unwrap();
    let (enc, mac) = (key("ses_auth_enc_key"), key("ses_auth_mac_key"));
    Channel::Ev2(Ev2::recorded(enc, mac, text(&inputs["ti"]), counter))
}

fn ev2_entry(name: &str) -> Value {
    vectors("ev2", "name", name).remove(0)
}

/// A real NTAG 424 DNA card (crate ntag424): AuthenticateEV2First, then GetVersion, whose MAC is
/// over all three parts.
#[test]
fn an_ev2_session_begins_and_asks_for_the_version() {
    let auth = ev2_entry("hw-auth-first-085BC941");
    let (inputs, token) = (&auth["inputs"], text(&auth["expected"]["cmd2_data"]));
    let version = ev2_entry("hw-aes-getversion-mac");
    let reply = text(&version["inputs"]["response"]);
    let mac = text(&version["expected"]["apdu_data"]);
    let mut script = Script::new([
        (text(&inputs["cmd1_apdu"]).to_owned(), format!("{}91AF", text(&inputs["rsp1_enc_rndB"]))),
        (format!("90AF000020{token}00"), format!("{}9100", text(&inputs["rsp2"]))),
        (format!("9060000008{mac}00"), format!("{}91AF", part(reply, ..14))),
        ("90AF000000".to_owned(), format!("{}91AF", part(reply, 14..28))),
        ("90AF000000".to_owned(), format!("{}9100", part(reply, 28..))),
    ]);
    let rnd_a = array(text(&inputs["rndA"]));
    let mut session = picc(&mut script)
        .authenticate(Opening::Ev2First, KeyNo::MASTER, &CardKey::zero_aes(), &rnd_a)
        .unwrap();
    let answer = session.version().unwrap();
    assert_eq!((answer.value.hardware.major, answer.grade), (0x30, Grade::Sealed));
    script.assert_used_up();
}

/// AN12343, AN12196, NTAG 424 DNA: in a published proof no bit may be another. The first bytes are
/// those that leave the capabilities as they should be.
#[test]
fn an_ev2_session_does_not_begin_with_a_bent_proof() {
    for entry in vectors("ev2", "op", "authenticate_ev2_first") {
        let (inputs, token) = (&entry["inputs"], text(&entry["expected"]["cmd2_data"]));
        let no = key_no(number(&inputs["key_no"]));
        let key = CardKey::aes(&array(text(&inputs["key"])), KeyVersion(0));
        let challenge = format!("{}91AF", text(&inputs["rsp1_enc_rndB"]));
        for position in 0..32 {
            let mut proof = field(&inputs["rsp2"]);
            proof[position] ^= 0x01;
            let mut script = Script::new([
                (format!("9071000002{:02X}0000", u8::from(no)), challenge.clone()),
                (format!("90AF000020{token}00"), format!("{}9100", hex(&proof))),
            ]);
            let rnd_a = array(text(&inputs["rndA"]));
            let failed =
                picc(&mut script).authenticate(Opening::Ev2First, no, &key, &rnd_a).unwrap_err();
            let how = Misbehaviour::Nonce;
            let command = Ins::AuthenticateEv2First;
            assert_eq!(failed.error, Error::Misbehaved { command, how });
            script.assert_used_up();
        }
    }
}

/// The same card: AuthenticateEV2NonFirst goes on with key 3.
#[test]
fn an_ev2_session_goes_on_with_another_key() {
    let auth = ev2_entry("hw-auth-nonfirst-key3");
    let (inputs, expected) = (&auth["inputs"], &auth["expected"]);
    let mut script = Script::new([
        (text(&inputs["cmd1_apdu"]).to_owned(), format!("{}91AF", text(&inputs["rsp1_enc_rndB"]))),
        (
            format!("90AF000020{}00", text(&expected["cmd2_data"])),
            format!("{}9100", text(&expected["rsp2"])),
        ),
    ]);
    let session = secure::<App>(&mut script, 0, ev2());
    let rnd_a = array(text(&inputs["rndA"]));
    let session = session.authenticate_next(key_no(3), &CardKey::zero_aes(), &rnd_a).unwrap();
    assert_eq!(session.talk.key_no(), Some(key_no(3)));
    drop(session);
    script.assert_used_up();
}

/// AN12343 table 7, AN12196 table 28.
#[test]
fn the_real_uid_is_deciphered() {
    for name in ["an12343-t7-getcarduid", "an12196-t28-getcarduid"] {
        let entry = ev2_entry(name);
        let mut script = Script::new([exchange(&entry, "51")]);
        let uid = secure::<Picc>(&mut script, 0, recorded(&entry)).card_uid().unwrap();
        assert_eq!(hex(uid.value.expose()), text(&entry["expected"]["response_plain"]), "{name}");
        assert_eq!(uid.grade, Grade::Sealed);
        script.assert_used_up();
    }
}

/// Real NTAG 424 DNA cards (crate ntag424).
#[test]
fn key_versions_are_sealed() {
    for no in [0, 2, 3, 4] {
        let entry = ev2_entry(&format!("hw-aes-getkeyversion-{no}"));
        let mut script = Script::new([exchange(&entry, "64")]);
        let mut session = secure::<App>(&mut script, 0, recorded(&entry));
        let version = session.key_version(key_no(no)).unwrap();
        assert_eq!((version.value, version.grade), (KeyVersion(0), Grade::Sealed));
        script.assert_used_up();
    }
}

/// AN12343 tables 25 and 26: the cipher texts and the MACs of the replies are published, those of
/// the commands only for the instructions `8D` and `AD`; here they are computed step by step.
#[test]
fn an_ev2_file_is_written_and_read_enciphered() {
    let (write, read) =
        (ev2_entry("an12343-t25-writedata-full"), ev2_entry("an12343-t26-readdata-full"));
    let steps = [("3D", &write), ("BD", &read)].map(|(ins, entry)| {
        let inputs = &entry["inputs"];
        let published = text(&entry["expected"]["apdu_data"]);
        let body = part(published, ..published.len() - 16);
        let counter = [number(&inputs["cmd_ctr"]), 0];
        let ti = field(&inputs["ti"]);
        let mac = AesCmac::new(&array(text(&inputs["ses_auth_mac_key"]))).mac(&[
            &array::<1>(ins),
            &counter,
            &ti,
            &bytes(body),
        ]);
        let sent: Vec<u8> = mac.iter().skip(1).step_by(2).copied().collect();
        let length = body.len() / 2 + 8;
        let command = format!("90{ins}0000{length:02X}{body}{}00", hex(&sent));
        (command, format!("{}9100", text(&inputs["response"])))
    });
    let mut script = Script::new(steps);
    let size = FileSize::new(0x100).unwrap();
    let rights = AccessRights::from_wire([0x30, 0xEE]);
    let settings = FileSettings::new(FileKind::Standard { size }, CommMode::Full, rights);
    let file = File::declared(FileNo::new(0).unwrap(), settings);
    let mut session = secure::<App>(&mut script, 3, recorded(&write));
    let mut transaction = session.transaction();
    assert_eq!(transaction.write(&file, 0, &[0x22; 0x19]).unwrap().grade, Grade::Sealed);
    drop(transaction);
    let answer = session.read_data(&file, 0, 0x30).unwrap();
    assert_eq!(hex(answer.value.expose_secret()), text(&read["expected"]["response_plain"]));
    assert_eq!(answer.grade, Grade::Sealed);
    script.assert_used_up();
}

/// AN12343 tables 39 and 40, AN12196 tables 25 and 26.
#[test]
fn keys_are_changed_and_the_own_key_ends_the_session() {
    for entry in vectors("ev2", "op", "ev2_change_key") {
        let inputs = &entry["inputs"];
        let key = |name: &str, version| CardKey::aes(&array(text(&inputs[name])), version);
        let version = KeyVersion(number(&inputs["new_version"]));
        let (new, old) = (key("new_key", version), key("old_key", KeyVersion(0)));
        let no = number(&inputs["key_no"]);
        let mut script = Script::new([exchange(&entry, "C4")]);
        let mut session = secure::<App>(&mut script, 0, recorded(&entry));
        if inputs["changes_auth_key"] == true {
            assert!(session.change_own_key(&new).is_ok());
        } else {
            let answer = session.change_key(key_no(no), &new, &old).unwrap();
            assert_eq!(answer.grade, Grade::Sealed);
        }
        script.assert_used_up();
    }
}

/// A host library's key change: what it enciphers is what this host enciphers.
#[test]
fn another_key_is_changed_as_a_host_library_does() {
    for entry in vectors("ev2-more", "op", "change_key_plain") {
        let inputs = &entry["inputs"];
        let key = |name: &str, version| CardKey::aes(&array(text(&inputs[name])), version);
        let new = key("new_key", KeyVersion(number(&inputs["new_version"])));
        let no = key_no(number(&inputs["key_no"]));
        // The first command of a session: A55A, TI, the counter, zeros.
        let enc = Cipher::aes(&array(KEY));
        let mut plain = field(&entry["expected"]["plain"]);
        plain.push(0x80);
        plain.resize(plain.len().next_multiple_of(16), 0x00);
        let mut iv = enc.zero_iv();
        let mut label = hex::decode("A55A085BC94100000000000000000000").unwrap();
        enc.cbc_encrypt(&mut iv, &mut label).unwrap();
        enc.cbc_encrypt(&mut iv, &mut plain).unwrap();
        let body = [&[u8::from(no)], &plain[..]].concat();
        let header = [&[0xC4, 0x00, 0x00], &bytes("085BC941")[..]].concat();
        let mac = AesCmac::new(&array(OTHER)).mac(&[&header, &body]);
        let sent: Vec<u8> = mac.iter().skip(1).step_by(2).copied().collect();
        let apdu = format!("90C40000{:02X}{}{}00", body.len() + 8, hex(&body), hex(&sent));
        let mut script = Script::default();
        script.lose(&apdu);
        let channel = Channel::Ev2(Ev2::recorded(KEY, OTHER, "085BC941", 0));
        let mut session = secure::<App>(&mut script, 0, channel);
        let error = session.change_key(no, &new, &key("old_key", KeyVersion(0))).unwrap_err();
        assert_eq!(error, Error::Link(LinkError::CardRemoved));
        script.assert_used_up();
    }
}
