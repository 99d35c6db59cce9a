// SPDX-License-Identifier: MIT OR Apache-2.0
//! The communication examples of `RFDoorLock` with a real EV1 card, command by command through
//! the public interface. They were sent without a wrapping, which changes no protected byte.

use serde_json::Value;

use super::*;
use crate::host::Grade;
use crate::host::testing::{array, field, hex, part, text, vectors};
use crate::key::CardKey;
use crate::wire::{Aid, KeySettings, KeySlots, KeyVersion};

/// The wrapped form of a recorded exchange, the commands cut as this host cuts them.
fn script(step: &Value) -> Script {
    let frames = |name: &str| step[name].as_array().unwrap().iter().map(field);
    let commands: Vec<_> = frames("commands").collect();
    let replies =
        frames("responses").map(|reply| format!("{}91{}", hex(&reply[1..]), hex(&reply[..1])));
    let mut script = Script::default();
    for (command, reply) in commands.iter().zip(replies) {
        let mut ins = command[0];
        let mut rest = &command[1..];
        while rest.len() > 54 {
            script.extend([(format!("90{ins:02X}000036{}00", hex(&rest[..54])), "91AF")]);
            (ins, rest) = (0xAF, &rest[54..]);
        }
        let length = if rest.is_empty() { String::new() } else { format!("{:02X}", rest.len()) };
        script.extend([(format!("90{ins:02X}0000{length}{}00", hex(rest)), reply)]);
    }
    script
}

/// Calls `command` in the middle of the recorded session, in the level that it takes.
fn each<L: Level>(
    name: &str,
    key_no: u8,
    mut command: impl FnMut(&Value, &Value, Session<'_, L, Secure>),
) {
    let mut steps = 0;
    for entry in vectors("ev1", "kind", "ev1_command") {
        if !text(&entry["name"]).starts_with(name) || entry["cipher"] == "DES192" {
            continue;
        }
        for step in entry["steps"].as_array().into_iter().flatten() {
            let mut script = script(step);
            let channel = Ev1::recorded(text(&entry["session_key"]), &field(&step["iv_before"]));
            let mut session = secure::<L>(&mut script, key_no, Channel::Ev1(channel));
            if entry["cipher"] != "AES128" {
                session.talk.secure.as_mut().unwrap().key_type = KeyType::Des;
            }
            command(&entry, step, session);
            script.assert_used_up();
            steps += 1;
        }
    }
    assert!(steps > 0, "no step of {name}");
}

/// The number behind `label` in the name of an example.
fn named<'e>(entry: &'e Value, label: &str) -> &'e str {
    let (_, rest) = text(&entry["name"]).split_once(label).unwrap();
    rest.trim().split([',', ')']).next().unwrap()
}

fn aid(text: &str) -> Aid {
    part(text, 2..).parse().unwrap()
}

#[test]
fn the_card_tells_its_version_and_its_applications() {
    each::<Picc>("GetCardVersion(", 0, |_, _, mut session| {
        let answer = session.version().unwrap();
        assert_eq!(answer.value.chip().unwrap().to_string(), "ev1-8k");
        assert_eq!((answer.value.produced, answer.grade), ([0x49, 0x13], Grade::Sealed));
    });
    each::<Picc>("GetApplicationIDs(", 0, |_, step, mut session| {
        let answer = session.application_ids().unwrap();
        let reply = field(&step["responses"][0]);
        let listed: Vec<u8> = answer.value.iter().flat_map(|aid| aid.to_wire()).collect();
        assert_eq!(hex(&listed), hex(&reply[1..reply.len() - 8]));
        assert!(answer.value.contains(&"00AE16".parse().unwrap()));
    });
}

#[test]
fn applications_are_created_and_deleted_and_the_card_is_formatted() {
    each::<Picc>("CreateApplication(", 0, |entry, _, mut session| {
        let key_type = match named(entry, "Type=") {
            "AES" => KeyType::Aes,
            "3K3DES" => KeyType::Tdes3,
            _ => KeyType::Des,
        };
        let count = named(entry, "KeyCount=").parse().unwrap();
        let slots = KeySlots { count, key_type, iso_file_ids: false };
        let aid = aid(named(entry, "App="));
        let answer = session.create_application(aid, KeySettings::FACTORY, slots).unwrap();
        assert_eq!(answer.grade, Grade::Sealed);
    });
    each::<Picc>("DeleteApplication(", 0, |entry, _, mut session| {
        let aid = aid(named(entry, "DeleteApplication("));
        assert_eq!(session.delete_application(aid).unwrap().grade, Grade::Sealed);
    });
    each::<Picc>("FormatCard(", 0, |_, _, mut session| {
        assert_eq!(session.format_picc().unwrap().grade, Grade::Sealed);
    });
}

#[test]
fn settings_and_versions_of_keys_are_read_and_changed() {
    each::<App>("GetKeySettings(", 0, |_, step, mut session| {
        let (settings, slots) = session.key_settings().unwrap().value;
        let reply = field(&step["responses"][0]);
        assert_eq!([settings.to_byte(), slots.to_byte()], reply[1..3]);
    });
    each::<App>("ChangeKeySettings(0x0D)", 0, |_, _, mut session| {
        let settings = KeySettings { free_list: false, ..KeySettings::FACTORY };
        assert_eq!(session.change_key_settings(settings).unwrap().grade, Grade::Sealed);
    });
    each::<App>("GetKeyVersion(", 0, |_, step, mut session| {
        let answer = session.key_version(KeyNo::MASTER).unwrap();
        assert_eq!(answer.value, KeyVersion(field(&step["responses"][0])[1]));
    });
}

#[test]
fn keys_of_des_and_aes_applications_are_changed() {
    let key = |entry: &Value, step: &Value, name: &str| {
        let bytes = array(text(&step[name]));
        match step["key_version"].as_str() {
            Some(version) if entry["cipher"] == "AES128" => {
                CardKey::aes(&bytes, KeyVersion(array::<1>(version)[0]))
            }
            _ => CardKey::des(&bytes),
        }
    };
    each::<App>("ChangeKey(KeyNo= 0)", 0, |entry, step, session| {
        assert!(session.change_own_key(&key(entry, step, "new_key")).is_ok());
    });
    each::<App>("ChangeKey(KeyNo= 1)", 0, |entry, step, mut session| {
        let (new, old) = (key(entry, step, "new_key"), key(entry, step, "cur_key"));
        assert_eq!(session.change_key(key_no(1), &new, &old).unwrap().grade, Grade::Sealed);
    });
}

#[test]
fn a_plain_file_is_created_written_read_and_deleted() {
    let no = FileNo::new(5).unwrap();
    let settings = |step: &Value| {
        let command = field(&step["commands"][0]);
        let rights = AccessRights::from_wire([command[3], command[4]]);
        let kind = FileKind::Standard { size: FileSize::new(80).unwrap() };
        FileSettings::new(kind, CommMode::Plain, rights)
    };
    let mut file = None;
    each::<App>("CreateStdDataFile(", 0, |_, step, mut session| {
        let settings = settings(step);
        assert_eq!(session.create_file(no, settings).unwrap().grade, Grade::Sealed);
        file = Some(File::declared(no, settings));
    });
    let file = file.unwrap();
    each::<App>("GetFileSettings(", 0, |_, _, mut session| {
        assert_eq!(session.file_settings(no).unwrap().value.settings, *file.settings());
    });
    let offset = |command: &[u8]| u32::from(command[2]);
    each::<App>("WriteFileData(", 0, |_, step, mut session| {
        let command = field(&step["commands"][0]);
        let mut transaction = session.transaction();
        let answer = transaction.write(&file, offset(&command), &command[8..]).unwrap();
        assert_eq!(answer.grade, Grade::Sealed);
    });
    each::<App>("ReadFileData(", 0, |_, step, mut session| {
        let command = field(&step["commands"][0]);
        let length = u32::from(command[5]);
        let answer = session.read_data(&file, offset(&command), length).unwrap();
        let reply = field(&step["responses"][0]);
        assert_eq!(hex(answer.value.expose_secret()), hex(&reply[1..reply.len() - 8]));
        assert_eq!(answer.grade, Grade::Sealed);
    });
    each::<App>("DeleteFile(", 0, |_, _, mut session| {
        assert_eq!(session.delete_file(no).unwrap().grade, Grade::Sealed);
    });
}
