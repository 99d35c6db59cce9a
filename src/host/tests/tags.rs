// SPDX-License-Identifier: MIT OR Apache-2.0
//! NTAG 424 DNA as captures and the vendor's notes have it: whole sessions byte for byte.

use serde_json::Value;

use super::*;
use crate::host::Grade;
use crate::host::testing::{array, field, hex, number, text, vectors};
use crate::key::CardKey;
use crate::wire::{DfName, KeyVersion};

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
