// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging on the card, against what real chips have shown.

use super::support::{bytes, card, run, send, status, switched, text};
use crate::crypto::Cipher;
use crate::emulator::keys::StoredKey;
use crate::emulator::lrp::Lrp;
use crate::emulator::{Model, SealWire, SoftCard};
use crate::iso14443::RealUid;
use crate::vectors::of_kind;
use crate::wire::{Access, KeyNo, KeyType, Sdm, SdmCounter, SdmFile, SdmMeta};

const NAME: [u8; 12] = [0x00, 0xA4, 0x04, 0x0C, 0x07, 0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x01];

fn key(number: u8) -> KeyNo {
    KeyNo::new(number).unwrap()
}

/// A tag with this UID, its application entered.
fn entered(model: Model, uid: [u8; 7]) -> SoftCard {
    let mut card = SoftCard::new(model, RealUid::new(uid), 5);
    assert_eq!(send(&mut card, &NAME), [0x90, 0x00]);
    card
}

/// Gives the NDEF file this text, and settings as somebody with the key may.
fn settled(card: &mut SoftCard, text: &[u8], sdm: Sdm, reads: u32) {
    let file = card.card.application_mut().unwrap().file_mut(2).unwrap();
    file.data_mut().unwrap().write(0, text);
    (file.settings.sdm, file.reads) = (Some(sdm), reads);
}

fn read(card: &mut SoftCard, length: u8) -> Vec<u8> {
    let (data, status) = run(card, 0xAD, &[2, 0, 0, 0, length, 0, 0]);
    assert_eq!(status, 0x00);
    data
}

/// Every published message: what stood before the tag wrote is put there, and the same comes out.
#[test]
fn a_tag_writes_what_real_chips_wrote() {
    for vector in of_kind("ev2-more", "sdm_aes") {
        writes(&vector, false);
    }
    for vector in of_kind("ev2", "sdm_lrp").into_iter().chain(of_kind("ev2-more", "sdm_lrp")) {
        writes(&vector, true);
    }
}

fn writes(vector: &serde_json::Value, lrp: bool) {
    let (inputs, expected) = (&vector["inputs"], &vector["expected"]);
    let name = text(&vector["name"]);
    let meta_key: [u8; 16] = bytes(&inputs["sdm_meta_read_key"]);
    let file_key: [u8; 16] = bytes(&inputs["sdm_file_read_key"]);
    let sent = |name: &str| inputs[name].as_str().unwrap_or_default();
    let told = if inputs["uid"].is_null() { &expected["uid"] } else { &inputs["uid"] };
    let uid = (!told.is_null()).then(|| bytes::<7>(told));
    let number = inputs["sdm_read_ctr"].as_u64().or(expected["sdm_read_ctr"].as_u64());
    let number = number.map(|number| u32::try_from(number).unwrap());

    // What is shown of UID and counter, then what the MAC goes over, then the MAC, where it is published. The
    // MAC may go over all of it.
    let (picc, enciphered) = (sent("picc_enc_data"), sent("sdm_enc_file_data"));
    let published = expected["sdmmac"].as_str();
    // Without the MAC nothing is told of what it would go over.
    let signed = if published.is_some() { sent("mac_input_ascii") } else { enciphered };
    let front = match (picc, uid, number) {
        ("", uid, number) => {
            let uid = uid.map(hex::encode_upper).unwrap_or_default();
            uid + &number.map(|number| format!("{number:06X}")).unwrap_or_default()
        }
        (data, ..) if signed.contains(data) => String::new(),
        (data, ..) => data.to_owned(),
    };
    let whole = format!("{front}{signed}{}", published.unwrap_or_default());
    let place = |part: &str| u32::try_from(whole.find(part).unwrap()).unwrap();
    let from = u32::try_from(front.len()).unwrap();
    let mac = from + u32::try_from(signed.len()).unwrap();
    let mut clear = vec![b'0'; whole.len()];
    clear[front.len()..front.len() + signed.len()].copy_from_slice(signed.as_bytes());
    let hidden = (!enciphered.is_empty()).then(|| {
        let data = hex::decode(text(&expected["file_data"])).unwrap();
        let at = whole.find(enciphered).unwrap();
        clear[at..at + data.len()].copy_from_slice(&data);
        (place(enciphered), u32::try_from(enciphered.len()).unwrap())
    });
    let mut card = entered(Model::Ntag424, uid.unwrap_or([7; 7]));
    if lrp {
        switched(&mut card);
    }
    let meta = if picc.is_empty() {
        let behind = if uid.is_some() { 14 } else { 0 };
        let counter = number.map(|_| SdmCounter::At(behind));
        SdmMeta::Clear { uid: uid.map(|_| 0), counter }
    } else {
        let shown = 1 + uid.map_or(0, |_| 7) + number.map_or(0, |_| 3);
        repeats(&mut card, &hex::decode(picc).unwrap(), &meta_key, shown);
        let (uid, counter) = (uid.is_some(), number.is_some());
        SdmMeta::Enciphered { key: key(3), uid, counter, at: place(picc) }
    };
    for (number, value) in [(3, &meta_key), (4, &file_key)] {
        let stored = StoredKey::new(KeyType::Aes, value, 0).unwrap();
        card.card.keys_mut().store(number, stored);
    }
    let file = SdmFile { key: key(4), from, mac, enciphered: hidden };
    let sdm = Sdm { meta, file: Some(file), tamper: None, limit: None, counter: Access::Never };
    settled(&mut card, &clear, sdm, number.unwrap_or(1) - 1);
    let length = u8::try_from(whole.len()).unwrap();
    let shown = String::from_utf8(read(&mut card, length)).unwrap();
    assert_eq!(shown, whole, "{name}");
}

/// The chip's next random bytes are those that stand in these PICC data behind what they show.
fn repeats(card: &mut SoftCard, picc: &[u8], key: &[u8; 16], shown: usize) {
    let (count, block) = picc.split_at(picc.len() - 16);
    card.card.queue_random(count);
    let mut data: [u8; 16] = block.try_into().unwrap();
    if count.is_empty() {
        let cipher = Cipher::aes(key);
        cipher.cbc_decrypt(&mut cipher.zero_iv(), &mut data).unwrap();
    } else {
        Lrp::new(key, 0).decrypt(&mut count.to_vec(), &mut data).unwrap();
    }
    card.card.queue_random(&data[shown..]);
}

/// Settings of a real tag, with all keys zero (hw-aes-getfilesettings-2-sdm).
fn plain() -> Sdm {
    let meta = SdmMeta::Enciphered { key: key(0), uid: true, counter: true, at: 4 };
    let file = SdmFile { key: key(0), from: 0, mac: 39, enciphered: None };
    Sdm { meta, file: Some(file), tamper: None, limit: None, counter: Access::Free }
}

fn count(card: &mut SoftCard) -> u8 {
    let (data, status) = run(card, 0xF6, &[2]);
    assert_eq!((data.len(), status), (5, 0x00));
    data[0]
}

/// NT4H2421Gx: reads of one file in one way, with nothing in between, are one.
#[test]
fn a_run_of_reads_counts_once() {
    let mut card = entered(Model::Ntag424, [4, 1, 2, 3, 4, 5, 6]);
    settled(&mut card, &[b'0'; 64], plain(), 0);
    let first = read(&mut card, 55);
    assert_eq!(read(&mut card, 55), first);
    assert_eq!(read(&mut card, 20), first[..20]);
    assert_eq!(count(&mut card), 1);
    // Another command ended it.
    assert_ne!(read(&mut card, 55), first);
    assert_eq!(count(&mut card), 2);
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0xE1, 0x04]), [0x90, 0x00]);
    let iso = [0x00, 0xB0, 0x00, 0x00, 0x37];
    let read_iso = send(&mut card, &iso);
    assert_eq!(send(&mut card, &iso), read_iso);
    // The other way of reading is another run.
    assert_ne!(read(&mut card, 55), read_iso[..55]);
    assert_eq!(count(&mut card), 4);
    card.reset();
    assert_eq!(send(&mut card, &NAME), [0x90, 0x00]);
    let _read = read(&mut card, 55);
    assert_eq!(count(&mut card), 5);
}

#[test]
fn a_counter_at_its_limit_is_silence() {
    let mut card = entered(Model::Ntag424, [4, 1, 2, 3, 4, 5, 6]);
    settled(&mut card, &[b'0'; 64], Sdm { limit: Some(2), ..plain() }, 1);
    let _read = read(&mut card, 55);
    assert_eq!(count(&mut card), 2);
    let asked = [2, 0, 0, 0, 55, 0, 0];
    assert_eq!(status(&mut card, 0xAD, &asked), 0x9D);
    assert_eq!(send(&mut card, &[0x00, 0xA4, 0x02, 0x0C, 0x02, 0xE1, 0x04]), [0x90, 0x00]);
    assert_eq!(send(&mut card, &[0x00, 0xB0, 0x00, 0x00, 0x37]), [0x69, 0x82]);
    settled(&mut card, &[b'0'; 64], plain(), 0x00FF_FFFF);
    assert_eq!(status(&mut card, 0xAD, &asked), 0x1E);
}

/// NT4H2421Tx, GetTTStatus: not looked at, whole, broken, and broken for ever.
#[test]
fn a_seal_stays_open_once_it_was() {
    let mut card = entered(Model::Ntag424Tt, [4, 1, 2, 3, 4, 5, 6]);
    let seal = |card: &mut SoftCard| {
        card.reset();
        assert_eq!(send(card, &NAME), [0x90, 0x00]);
        run(card, 0xF7, &[])
    };
    assert_eq!(seal(&mut card), (b"II".to_vec(), 0x00));
    card.card.memory.configuration.seal.enabled = true;
    assert_eq!(seal(&mut card), (b"CC".to_vec(), 0x00));
    card.set_wire(SealWire::Open);
    assert_eq!(seal(&mut card), (b"OO".to_vec(), 0x00));
    let mut back = SoftCard::restore(&card.save(), 1).unwrap();
    assert_eq!(seal(&mut back), (b"OC".to_vec(), 0x00));
    let sdm = Sdm { tamper: Some(60), ..plain() };
    settled(&mut back, &[b'0'; 64], sdm, 0);
    assert_eq!(read(&mut back, 62)[60..], *b"OC");
}

/// Captures of a real NTAG 424 DNA: the capability file, and sizes in one piece.
#[test]
fn a_tag_comes_as_the_factory_leaves_it() {
    let mut tag = entered(Model::Ntag424, [4, 1, 2, 3, 4, 5, 6]);
    let (capabilities, _) = run(&mut tag, 0xAD, &[1, 0, 0, 0, 0, 0, 0]);
    let real = "001720010000FF0406E104010000000506E10500808283000000000000000000";
    assert_eq!(hex::encode_upper(capabilities), real);
    for (file, settings) in [(1, "000000E0200000"), (2, "0000E0EE000100"), (3, "00033023800000")] {
        let (told, _) = run(&mut tag, 0xF5, &[file]);
        assert_eq!(hex::encode_upper(told), settings, "{file}");
    }
    let (whole, _) = run(&mut tag, 0xAD, &[2, 0, 0, 0, 0, 0, 0]);
    assert_eq!(whole, [0; 256]);
    assert_eq!(status(&mut tag, 0xBD, &[2, 0, 0, 0, 0, 0, 0]), 0x1C);
    assert_eq!(status(&mut tag, 0xF7, &[]), 0x1C);
    assert_eq!(status(&mut tag, 0x5C, &[0x00, 0x02]), 0xAE);
    let mut fresh = card(Model::Ntag424);
    assert_eq!(status(&mut fresh, 0xF5, &[2]), 0x9D);
    // It fails to select something else, and stays where it is.
    assert_eq!(send(&mut tag, &[0x00, 0xA4, 0x00, 0x0C, 0x02, 0xE2, 0x00]), [0x6A, 0x82]);
    assert_eq!(run(&mut tag, 0xF5, &[2]).1, 0x00);
}
