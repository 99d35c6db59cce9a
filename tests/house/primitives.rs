// SPDX-License-Identifier: MIT OR Apache-2.0
//! The primitives, held by published vectors: `tests/vectors/`, and the NIST examples written
//! here. Every kind is counted, so that a vector that no longer runs is noticed.

use cardwright::crypto::crc::{crc16, crc32};
use cardwright::crypto::{AesCmac, Block, ChainedCmac, Cipher};
use cardwright::diversify::{InputPart, Padding, Recipe, Scheme, Subject, WrittenScheme};
use cardwright::iso14443::RealUid;
use cardwright::key::{CardKey, IssuerKey, MasterKey};
use cardwright::wire::{Aid, KeyNo, KeyType, KeyVersion};
use serde_json::Value;

use crate::vectors::of_kind;

const EV1: &str = "ev1";
const EV2: &str = "ev2";

#[test]
fn crc16_and_crc32_give_the_published_bytes() {
    let sums16 = of_kind(EV1, "crc16");
    for vector in &sums16 {
        assert_eq!(crc16(&[&bytes(&vector["inputs"]["data"])]), *bytes(&vector["expected"]));
    }
    let sums32 = of_kind(EV1, "crc32");
    for vector in &sums32 {
        assert_eq!(crc32(&[&bytes(&vector["inputs"]["data"])]), *bytes(&vector["expected"]));
    }
    assert_eq!((sums16.len(), sums32.len()), (5, 5));
}

#[test]
fn cmac_from_zero_gives_the_published_macs() {
    let vectors = of_kind(EV1, "cmac");
    for vector in &vectors {
        let inputs = &vector["inputs"];
        let cmac = ChainedCmac::new(cipher(text(&inputs["alg"]), &bytes(&inputs["key"])));
        let message = bytes(&inputs["msg"]);
        let expected = bytes(&vector["expected"]);
        assert_eq!(bytes(&inputs["iv"]), cmac.cipher().zero_iv().as_slice());
        assert_eq!(chained(&cmac, &[], &message), expected, "{}", vector["name"]);
        for cut in 0..=message.len() {
            let (head, tail) = message.split_at(cut);
            let mut iv = cmac.cipher().zero_iv();
            cmac.mac(&mut iv, &[head, tail]);
            assert_eq!(iv.as_slice(), expected, "{} cut at {cut}", vector["name"]);
        }
    }
    assert_eq!(vectors.len(), 13);
}

/// RFC 4493, 4, and the two one-block diversifications, which are nothing but CMAC.
#[test]
fn both_aes_cmacs_give_the_published_macs() {
    let rfc4493 = of_kind(EV2, "aes_cmac");
    for vector in &rfc4493 {
        let inputs = &vector["inputs"];
        both_macs(
            &bytes(&inputs["key"]),
            &bytes(&inputs["message"]),
            &bytes(&vector["expected"]["cmac"]),
        );
    }
    let variants = of_kind(EV1, "an10922_variant");
    for vector in &variants {
        let inputs = &vector["inputs"];
        both_macs(
            &bytes(&inputs["master_key"]),
            &bytes(&inputs["msg"]),
            &bytes(&vector["expected"]),
        );
    }
    assert_eq!((rfc4493.len(), variants.len()), (4, 2));
}

#[test]
fn subkeys_are_the_published_ones() {
    let vectors = of_kind(EV1, "cmac_subkeys");
    for vector in &vectors {
        let inputs = &vector["inputs"];
        let alg = inputs["alg"].as_str().unwrap_or("AES");
        let cmac = ChainedCmac::new(cipher(alg, &bytes(&inputs["key"])));
        assert_eq!(cmac.k1().as_slice(), bytes(&vector["expected"][0]));
        assert_eq!(cmac.k2().as_slice(), bytes(&vector["expected"][1]));
    }
    assert_eq!(vectors.len(), 3);
}

/// The chaining values of EV1 sessions: each command starts from the MAC of the answer before, so
/// most initial values are not zero. What the card sent is the first half of the answer's MAC.
#[test]
fn cmac_from_a_chaining_value_follows_recorded_ev1_sessions() {
    let (mut exchanges, mut from_nonzero) = (0, 0);
    let mut follow = |cmac: &ChainedCmac, step: &Value, command: &[u8], answer: &[u8]| {
        let (data, sent) = answer.split_at(answer.len() - 8);
        let start = bytes(&step["iv_before"]);
        let asked = chained(cmac, &start, command);
        assert_eq!(asked, bytes(&step["tx_cmac"]));
        let answered = chained(cmac, &asked, &[data, &[0x00]].concat());
        assert_eq!(answered[..8], *sent);
        exchanges += 1;
        from_nonzero += usize::from(start.iter().any(|&byte| byte != 0));
    };
    let has_macs = |step: &&Value| step["tx_cmac"].is_string() && step["rx_cmac"].is_string();
    for vector in of_kind(EV1, "ev1_command") {
        let Some(steps) = vector["steps"].as_array() else { continue };
        let cmac = ChainedCmac::new(session_cipher(&vector));
        for step in steps.iter().filter(has_macs) {
            let frames = step["responses"].as_array().unwrap().iter().map(bytes);
            let answer: Vec<u8> = frames.flat_map(|frame| frame[1..].to_vec()).collect();
            follow(&cmac, step, &bytes(&step["commands"][0]), &answer);
        }
    }
    for vector in of_kind(EV1, "session_trace_iso_wrapped") {
        let mut session = None;
        for step in vector["steps"].as_array().unwrap() {
            if step["op"] == "AuthenticateAES" {
                session = Some(ChainedCmac::new(cipher("AES", &bytes(&step["session_key"]))));
            }
            if step["op"] == "AuthenticateISO" {
                session = Some(ChainedCmac::new(cipher("3TDEA", &bytes(&step["session_key"]))));
            }
            if has_macs(&step) {
                let cmac = session.as_ref().expect("an authentication before");
                follow(cmac, step, &bytes(&step["cmd_joined"]), &bytes(&step["resp_joined"]));
            }
        }
    }
    assert_eq!((exchanges, from_nonzero), (30, 20));
}

#[test]
fn blocks_and_cbc_give_the_published_bytes() {
    let blocks = of_kind(EV1, "cipher_block");
    for vector in &blocks {
        let inputs = &vector["inputs"];
        let cipher = cipher("AES", &bytes(&inputs["key"]));
        let mut block = block(&cipher, &bytes(&inputs["block"]));
        cipher.encrypt_block(&mut block);
        assert_eq!(block.as_slice(), bytes(&vector["expected"]));
        cipher.decrypt_block(&mut block);
        assert_eq!(block.as_slice(), bytes(&inputs["block"]));
    }
    let chains = of_kind(EV1, "cipher_cbc");
    for vector in &chains {
        let inputs = &vector["inputs"];
        let cipher = cipher("AES", &bytes(&inputs["key"]));
        both_ways(
            &cipher,
            &bytes(&inputs["iv"]),
            &bytes(&inputs["data"]),
            &bytes(&vector["expected"]),
        );
    }
    assert_eq!((blocks.len(), chains.len()), (1, 1));
}

/// NIST SP 800-38A, F.2.1 and F.2.2.
#[test]
fn aes128_cbc_is_that_of_nist() {
    both_ways(
        &cipher("AES", &unhex("2B7E151628AED2A6ABF7158809CF4F3C")),
        &unhex("000102030405060708090A0B0C0D0E0F"),
        &unhex(
            "6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51\
             30C81C46A35CE411E5FBC1191A0A52EFF69F2445DF4F9B17AD2B417BE66C3710",
        ),
        &unhex(
            "7649ABAC8119B246CEE98E9B12E9197D5086CB9B507219EE95DB113A917678B2\
             73BED6B8E3C1743B7116E69E222295163FF1CAA1681FAC09120ECA307586E1A7",
        ),
    );
}

/// FIPS 81, tables B1 and C1: "Now is the time for all ".
#[test]
fn des_is_that_of_fips_81() {
    let cipher = cipher("DES", &unhex("0123456789ABCDEF"));
    let plain = b"Now is the time for all ";
    let ecb = unhex("3FA40E8A984D48156A271787AB8883F9893D51EC4B563B53");
    for (plain, expected) in plain.chunks(8).zip(ecb.chunks(8)) {
        both_ways(&cipher, &[0; 8], plain, expected);
    }
    let cbc = unhex("E5C7CDDE872BF27C43E934008C389C0F683788499A7C05F6");
    both_ways(&cipher, &unhex("1234567890ABCDEF"), plain, &cbc);
}

/// NIST SP 800-67, Appendix B: three different keys, "The qufck brown fox jump".
#[test]
fn triple_des_with_three_keys_is_that_of_nist() {
    let key = unhex("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123");
    let cipher = cipher("3TDEA", &key);
    let expected = unhex("A826FD8CE53B855FCCE21C8112256FE668D5C05DD9B6B900");
    for (plain, expected) in b"The qufck brown fox jump".chunks(8).zip(expected.chunks(8)) {
        both_ways(&cipher, &[0; 8], plain, expected);
    }
}

/// NIST SP 800-38B (2005), D.4 and D.5: the block of zeros, the subkeys and four MACs each.
#[test]
fn triple_des_cmac_is_that_of_nist() {
    let message = unhex("6BC1BEE22E409F96E93D7E117393172AAE2D8A571E03AC9C9EB76FAC45AF8E51");
    for (alg, key, zero_block, k1, k2, macs) in [
        (
            "3TDEA",
            "8AA83BF8CBDA10620BC1BF19FBB6CD58BC313D4A371CA8B5",
            "C8CC74E98A7329A2",
            "9198E9D314E6535F",
            "2331D3A629CCA6A5",
            ["B7A688E122FFAF95", "8E8F293136283797", "743DDBE0CE2DC2ED", "33E6B1092400EAE5"],
        ),
        (
            "2TDEA",
            "4CF15134A2850DD58A3D10BA80570D38",
            "C7679B9F6B8D7D7A",
            "8ECF373ED71AFAEF",
            "1D9E6E7DAE35F5C5",
            ["BD2EBF9A3BA00361", "4FF2AB813C53CE83", "62DD1B471902BD4E", "31B1E431DABC4EB8"],
        ),
    ] {
        let cmac = ChainedCmac::new(cipher(alg, &unhex(key)));
        both_ways(cmac.cipher(), &[0; 8], &[0; 8], &unhex(zero_block));
        assert_eq!(cmac.k1().as_slice(), unhex(k1));
        assert_eq!(cmac.k2().as_slice(), unhex(k2));
        for (length, mac) in [0, 8, 20, 32].into_iter().zip(macs) {
            assert_eq!(chained(&cmac, &[], &message[..length]), unhex(mac), "{alg} {length}");
        }
    }
}

/// AN10922, 2.2.1 to 2.4.1, AN10957's short input, and proxmark3's and libfreefare's words for
/// them; AES-192 and AES-256 are for no key of a card here, and left out by their length.
#[test]
fn an10922_makes_the_published_card_keys() {
    let mut ran = 0;
    for vector in of_kind(EV1, "an10922").iter().chain(&of_kind(EV2, "an10922_aes128")) {
        let inputs = &vector["inputs"];
        let key = inputs.get("master_key").unwrap_or(&inputs["key"]);
        let expected = vector["expected"].get("diversified").unwrap_or(&vector["expected"]);
        let (master, expected) = (bytes(key), bytes(expected));
        let master = match (master.len(), expected.len()) {
            (16, _) if vector["name"].as_str().unwrap().contains("2TDEA") => {
                MasterKey::des(&array(&master))
            }
            (16, 16) => MasterKey::aes(&array(&master)),
            (24, 24) => MasterKey::tdes3(&array(&master)),
            _ => continue,
        };
        let version = KeyVersion(inputs["key_version"].as_str().map_or(0, |text| unhex(text)[0]));
        // A version is written into keys of DES; the vectors without one have the plain result.
        let written = master.key_type() == KeyType::Aes || inputs["key_version"].is_string();
        let input = bytes(&inputs["div_input"]);
        // Each input starts with a UID; in the longer ones an AID follows.
        let (uid, rest) = input.split_first_chunk::<7>().unwrap();
        let mut parts = vec![InputPart::Uid];
        let mut aid = Aid::PICC;
        if let Some((written, constant)) = rest.split_first_chunk::<3>() {
            aid = Aid::new(*written);
            parts.extend([InputPart::Aid, InputPart::Constant(constant.to_vec())]);
        }
        let uid = RealUid::new(*uid);
        let subject = Subject { uid: Some(&uid), aid, no: KeyNo::MASTER, fields: None };
        let as_constant = vec![InputPart::Constant(input.clone())];
        let by_hand = an10922_written_out(master.key_type(), &parts);
        let known = [parts, as_constant].map(|parts| Recipe::new(Scheme::An10922, parts).unwrap());
        for recipe in known.into_iter().chain([by_hand]) {
            let key = recipe.derive(&master, &subject, version).unwrap();
            let found = unhex(&key.test_digits().unwrap());
            if written {
                assert_eq!(found, expected, "{}", vector["name"]);
            } else {
                let cipher_bits = |key: &[u8]| key.iter().map(|byte| byte | 1).collect::<Vec<_>>();
                assert_eq!(cipher_bits(&found), cipher_bits(&expected));
            }
            assert_eq!((key.key_type(), key.version()), (master.key_type(), version));
        }
        ran += 1;
    }
    assert_eq!(ran, 7);
}

/// The same as a profile would write it: a message for each block of the key, all of two blocks.
fn an10922_written_out(key: KeyType, parts: &[InputPart]) -> Recipe {
    let (constants, block): (&[u8], _) = match key {
        KeyType::Aes => (&[0x01], 16),
        KeyType::Des => (&[0x21, 0x22], 8),
        KeyType::Tdes3 => (&[0x31, 0x32, 0x33], 8),
    };
    let message = |constant: &u8| {
        let constant = InputPart::Constant(vec![*constant]);
        [constant].into_iter().chain(parts.iter().cloned()).collect()
    };
    let mut scheme = WrittenScheme::new("by hand", constants.iter().map(message).collect());
    (scheme.padding, scheme.length) = (Padding::Cmac, Some(2 * block));
    Recipe::written(scheme.into())
}

/// libfreefare's issue 91 and python-desfire: keys that were made with one block.
#[test]
fn the_variant_of_one_block_makes_the_published_card_keys() {
    let vectors = of_kind(EV1, "an10922_variant");
    assert_eq!(vectors.len(), 2);
    for vector in vectors {
        let message = bytes(&vector["inputs"]["msg"]);
        let master = MasterKey::aes(&array(&bytes(&vector["inputs"]["master_key"])));
        let parts = vec![InputPart::Constant(message[1..].to_vec())];
        let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
        let derive = |scheme| {
            let recipe = Recipe::new(scheme, parts.clone()).unwrap();
            let key = recipe.derive(&master, &subject, KeyVersion(1)).unwrap();
            unhex(&key.test_digits().unwrap())
        };
        assert_eq!(derive(Scheme::An10922OneBlock), bytes(&vector["expected"]));
        assert_ne!(derive(Scheme::An10922), bytes(&vector["expected"]));
    }
}

#[test]
fn a_des_key_carries_the_published_version() {
    let vectors = of_kind(EV1, "des_key_version");
    for vector in &vectors {
        let key = bytes(&vector["inputs"]["key"]);
        // A single DES key is stored twice.
        let key = if key.len() == 8 { key.repeat(2) } else { key };
        let version = match <[u8; 24]>::try_from(key.as_slice()) {
            Ok(key) => CardKey::tdes3(&key).version(),
            Err(_) => CardKey::des(&array(&key)).version(),
        };
        assert_eq!([version.0], *bytes(&vector["expected"]));
    }
    assert_eq!(vectors.len(), 6);
}

/// Nothing is changed where the data are no whole number of blocks.
#[test]
fn cbc_refuses_what_is_not_whole_blocks() {
    for (cipher, block) in [(Cipher::aes(&[7; 16]), 16), (Cipher::des(&[7; 8]), 8)] {
        for length in [1, block - 1, block + 1] {
            let mut data = vec![0xA5; length];
            let mut iv = cipher.zero_iv();
            let error = cipher.cbc_encrypt(&mut iv, &mut data).unwrap_err();
            let message =
                format!("{length} bytes are no whole number of {block}-byte cipher blocks");
            assert_eq!(error.to_string(), message);
            assert_eq!(cipher.cbc_decrypt(&mut iv, &mut data), Err(error));
            assert_eq!((data, iv.as_slice()), (vec![0xA5; length], &vec![0; block][..]));
        }
    }
}

fn both_macs(key: &[u8], message: &[u8], expected: &[u8]) {
    assert_eq!(AesCmac::new(&array(key)).mac(&[message]), expected);
    assert_eq!(chained(&ChainedCmac::new(cipher("AES", key)), &[], message), expected);
}

/// The MAC of `message` chained from `iv`, from zero where there is none.
fn chained(cmac: &ChainedCmac, iv: &[u8], message: &[u8]) -> Vec<u8> {
    let mut iv = block(cmac.cipher(), iv);
    cmac.mac(&mut iv, &[message]);
    iv.as_slice().to_vec()
}

/// CBC there and back; the chaining value ends as the last ciphertext block both times.
fn both_ways(cipher: &Cipher, iv: &[u8], plain: &[u8], ciphertext: &[u8]) {
    let last = &ciphertext[ciphertext.len() - cipher.block_size()..];
    let mut data = plain.to_vec();
    let mut chain = block(cipher, iv);
    cipher.cbc_encrypt(&mut chain, &mut data).unwrap();
    assert_eq!((data.as_slice(), chain.as_slice()), (ciphertext, last));
    let mut chain = block(cipher, iv);
    cipher.cbc_decrypt(&mut chain, &mut data).unwrap();
    assert_eq!((data.as_slice(), chain.as_slice()), (plain, last));
}

fn block(cipher: &Cipher, bytes: &[u8]) -> Block {
    let mut block = cipher.zero_iv();
    block.xor(bytes);
    block
}

fn session_cipher(vector: &Value) -> Cipher {
    let key = bytes(&vector["session_key"]);
    match text(&vector["cipher"]) {
        "AES128" => cipher("AES", &key),
        "DES128" if key[..8] == key[8..] => cipher("DES", &key[..8]),
        "DES128" => cipher("2TDEA", &key),
        "DES192" => cipher("3TDEA", &key),
        other => panic!("unknown cipher {other}"),
    }
}

fn cipher(alg: &str, key: &[u8]) -> Cipher {
    match alg {
        "AES" => Cipher::aes(&array(key)),
        "DES" => Cipher::des(&array(key)),
        "2TDEA" => Cipher::tdes2(&array(key)),
        "3TDEA" => Cipher::tdes3(&array(key)),
        other => panic!("unknown cipher {other}"),
    }
}

fn bytes(value: &Value) -> Vec<u8> {
    unhex(text(value))
}

fn text(value: &Value) -> &str {
    value.as_str().expect("a string")
}

fn unhex(digits: &str) -> Vec<u8> {
    hex::decode(digits).unwrap()
}

fn array<const N: usize>(bytes: &[u8]) -> [u8; N] {
    bytes.try_into().expect("the length of the key")
}
