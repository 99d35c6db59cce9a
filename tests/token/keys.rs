// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is made with keys in a token is what is made with keys in memory, by every way.

use cardwright::Profile;
use cardwright::diversify::{InputPart, Recipe, Scheme, Subject};
use cardwright::emulator::Model;
use cardwright::encode::{Job, JobWarning, OneWay, Outcome};
use cardwright::key::{CardKey, IssuerKey, KeyError, Life, LowBits, MasterKey, Operation};
use cardwright::keys::{KeyFile, Purpose, Store};
use cardwright::wire::{Aid, KeyNo, KeyType, KeyVersion};
use cryptoki::object::{Attribute, KeyType as TokenType};
use cryptoki::types::Date;
use serde_json::Value;

use crate::bed::{Bed, alone};
use crate::common::{self, KEYS, card, door, door_records};
use crate::filled::Token;
use crate::vectors;

/// A published vector of AN10922: label, master key, input, and what comes out, with which low bits.
struct Vector {
    label: String,
    kind: TokenType,
    master: Vec<u8>,
    input: Vec<u8>,
    version: KeyVersion,
    low_bits: LowBits,
    expected: String,
}

/// All but those of AES-192 and AES-256, which no card has.
fn published() -> Vec<Vector> {
    let of = |(number, vector): (usize, Value)| {
        let inputs = &vector["inputs"];
        let bytes = |name: &str| hex::decode(inputs[name].as_str().unwrap_or_default()).unwrap();
        let master = bytes("master_key");
        let constant = inputs["const"].as_str().unwrap_or_default();
        let aes = constant.is_empty() && vector["op"] == "an10922_aes128";
        let kind = match (master.len(), constant.get(..1)) {
            (16, Some("0")) => TokenType::AES,
            (16, _) if aes => TokenType::AES,
            (16, _) => TokenType::DES2,
            (24, None | Some("3")) => TokenType::DES3,
            _ => return None,
        };
        let written = bytes("key_version").first().copied();
        Some(Vector {
            label: format!("vector {number}"),
            kind,
            master,
            input: bytes("div_input"),
            version: KeyVersion(written.unwrap_or(1)),
            low_bits: if written.is_some() { LowBits::Inverted } else { LowBits::Kept },
            expected: vector["expected"].as_str()?.to_owned(),
        })
    };
    let all = vectors::of_kind("ev1", "an10922").into_iter();
    all.chain(vectors::of_kind("ev2", "an10922_aes128")).enumerate().filter_map(of).collect()
}

fn derived(issuer: &dyn IssuerKey, input: &[u8], version: KeyVersion, form: LowBits) -> CardKey {
    let recipe = Recipe::new(Scheme::An10922, vec![InputPart::Constant(input.to_vec())]).unwrap();
    let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
    recipe.with_low_bits(form).derive(issuer, &subject, version).unwrap()
}

fn ways(key: &dyn IssuerKey) -> String {
    key.ways().iter().map(ToString::to_string).collect::<Vec<_>>().join(", ")
}

/// Every published vector, and every length of input against a key in memory.
fn vectors_come_out(bed: &Bed, expected: [&str; 2]) {
    let vectors = published();
    bed.token("vectors", |token| {
        for vector in &vectors {
            token.key(&vector.label, vector.version.0, vector.kind, &vector.master);
        }
    });
    let store = bed.open();
    let mut types = Vec::new();
    for vector in &vectors {
        let key = store.issuer(&vector.label, vector.version).unwrap();
        let made = derived(&*key, &vector.input, vector.version, vector.low_bits);
        assert_eq!(*made.test_digits().unwrap(), vector.expected, "{}", vector.label);
        let (memory, most) = match key.key_type() {
            KeyType::Aes => (MasterKey::aes(vector.master[..].try_into().unwrap()), 31),
            KeyType::Des => (MasterKey::des(vector.master[..].try_into().unwrap()), 15),
            KeyType::Tdes3 => (MasterKey::tdes3(vector.master[..].try_into().unwrap()), 15),
        };
        for length in 1..=most {
            let input = vec![0x5A; length];
            let [one, other] = [&*key, &memory as &dyn IssuerKey]
                .map(|key| derived(key, &input, vector.version, vector.low_bits));
            assert!(one.same_key(&other), "{} {length}", vector.label);
        }
        let way = expected[usize::from(key.key_type() != KeyType::Aes)];
        assert_eq!(ways(&*key), way, "{}", vector.label);
        let error = key.itself().map(drop).unwrap_err();
        assert_eq!(error, KeyError::Cannot(Operation::Itself));
        types.push(key.key_type());
    }
    for one in [KeyType::Aes, KeyType::Des, KeyType::Tdes3] {
        assert!(types.contains(&one), "{one}");
    }
}

#[test]
fn the_published_keys_are_made_by_the_mechanisms_of_the_token() {
    alone("keys::the_published_keys_are_made_by_the_mechanisms_of_the_token", &[], |bed| {
        let aes = "CMAC by CKM_AES_CMAC, CBC by CKM_AES_CBC, ECB by CKM_AES_ECB";
        let des = "CMAC by CKM_DES3_ECB, CBC by CKM_DES3_CBC, ECB by CKM_DES3_ECB";
        vectors_come_out(&bed, [aes, des]);
    });
}

#[test]
fn the_published_keys_are_made_block_by_block() {
    alone("keys::the_published_keys_are_made_block_by_block", &[], |bed| {
        let bed = bed.scripted();
        bed.script("ecb", "1");
        let aes = "CMAC by CKM_AES_ECB, CBC by CKM_AES_ECB, ECB by CKM_AES_ECB";
        let des = "CMAC by CKM_DES3_ECB, CBC by CKM_DES3_ECB, ECB by CKM_DES3_ECB";
        vectors_come_out(&bed, [aes, des]);
    });
}

#[test]
fn a_card_is_the_one_that_the_key_file_makes() {
    alone("keys::a_card_is_the_one_that_the_key_file_makes", &[], |bed| {
        let bed = bed.scripted();
        bed.token("door", Token::demonstration);
        let store = bed.open();
        assert_eq!((store.purpose(), store.tenant()), (Purpose::Test, Some("door")));
        let profile = Profile::parse(&door(&[])).unwrap();
        let file = Job::new(profile.clone(), &KeyFile::parse(KEYS).unwrap()).unwrap();
        let token = Job::new(profile, &*store).unwrap();
        let sorted = |mut names: Vec<(String, KeyVersion)>| {
            names.sort();
            names
        };
        assert_eq!(store.names(), sorted(Store::names(&KeyFile::parse(KEYS).unwrap())));
        assert_eq!((file.ways().len(), token.warnings()), (0, file.warnings()));
        assert!(token.ways().len() > 3, "{:?}", token.ways());
        let made = |job: Job| {
            let (job, mut card) = (job.allowing(&OneWay::ALL), card(Model::Ev2_8k, 1));
            let made = common::present(&job, &mut card, &door_records(&job)[0]);
            assert_eq!(made.outcome, Outcome::Done);
            (card.save(), made.receipt.card, made.receipt.contents)
        };
        assert_eq!(made(file), made(token));
        assert_eq!(bed.logins(), 1);
    });
}

#[test]
fn what_is_wrong_with_a_key_is_told() {
    alone("keys::what_is_wrong_with_a_key_is_told", &[], |bed| {
        bed.token("odd", |token| {
            token.key("twice", 1, TokenType::AES, &[0x11; 16]);
            token.key("twice", 1, TokenType::AES, &[0x12; 16]);
            token.key("twice", 2, TokenType::AES, &[0x13; 16]);
            token.key("long", 1, TokenType::AES, &[0x14; 32]);
            token.key("generic", 1, TokenType::GENERIC_SECRET, &[0x15; 16]);
            token.put("no-mac", Some(1), TokenType::AES, &[0x16; 16], &[Attribute::Sign(false)]);
            let mac = [Attribute::Encrypt(false)];
            token.put("mac", Some(1), TokenType::AES, &[0x17; 16], &mac);
            let none = [Attribute::Sign(false), Attribute::Encrypt(false)];
            token.put("none", Some(1), TokenType::AES, &[0x18; 16], &none);
            let date = |year: &[u8; 4]| Date::new(*year, *b"02", *b"28");
            let life = [Attribute::StartDate(date(b"2031")), Attribute::EndDate(date(b"2035"))];
            token.put("later", Some(1), TokenType::AES, &[0x1A; 16], &life);
            token.put("receipt", None, TokenType::AES, &[0x19; 16], &[]);
        });
        let store = bed.open();
        let error = |name: &str| store.issuer(name, KeyVersion(1)).map(drop).unwrap_err();
        for (name, why) in [
            ("nothing", KeyError::NotThere),
            ("twice", KeyError::Several),
            ("long", KeyError::WrongType),
            ("generic", KeyError::WrongType),
            // SoftHSM2 keeps the dates of a private key and fails at telling them: it is used on no day.
            ("later", KeyError::NoDays),
        ] {
            assert_eq!(error(name), why, "{name}");
        }
        assert!(store.issuer("twice", KeyVersion(2)).is_ok());
        assert_eq!(store.receipt_key().map(drop), Err(KeyError::WrongType));
        let can = |name: &str| ways(&*store.issuer(name, KeyVersion(1)).unwrap());
        assert_eq!(can("no-mac"), "CMAC by CKM_AES_ECB, CBC by CKM_AES_CBC, ECB by CKM_AES_ECB");
        let life = |name: &str| store.issuer(name, KeyVersion(1)).unwrap().life();
        assert_eq!(life("mac"), Life::ALWAYS);
        assert_eq!((&*can("mac"), &*can("none")), ("CMAC by CKM_AES_CMAC", ""));
    });
}

#[test]
fn a_key_that_can_be_read_is_warned_of() {
    alone("keys::a_key_that_can_be_read_is_warned_of", &[], |bed| {
        bed.token("open", |token| {
            token.demonstration();
            let open = [Attribute::Sensitive(false), Attribute::Extractable(true)];
            token.put("open", Some(1), TokenType::AES, &[0x33; 16], &open);
        });
        let store = bed.open();
        let profile = door(&[]).replace("ref = \"app1\"", "ref = \"open\"");
        let job = Job::new(Profile::parse(&profile).unwrap(), &*store).unwrap();
        let told = job.warnings();
        let [warning @ JobWarning::Readable { key, .. }] = &told[..] else { panic!("{told:?}") };
        assert_eq!(*key, ("open".to_owned(), KeyVersion(1)));
        assert!(warning.to_string().contains("can be read out of its token"), "{warning}");
    });
}
