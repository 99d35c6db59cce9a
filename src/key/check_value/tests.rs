// SPDX-License-Identifier: MIT OR Apache-2.0
use proptest::prelude::*;

use super::*;
use crate::key::{MasterKey, Operations, Purpose};
use crate::wire::KeyVersion;

fn key(key_type: KeyType, digits: &str) -> MasterKey {
    let bytes = hex::decode(digits).unwrap();
    match key_type {
        KeyType::Aes => MasterKey::aes(&bytes.try_into().unwrap()),
        KeyType::Des => MasterKey::des(&bytes.try_into().unwrap()),
        KeyType::Tdes3 => MasterKey::tdes3(&bytes.try_into().unwrap()),
    }
}

/// Published keys: of zeros; FIPS 197, A.1 and SP 800-38B, D.1; FIPS 197, C.1; AN10922, 2.2.1 and
/// 2.3.1; SP 800-67's example; SP 800-38B, D.4 and D.5; AN10922, 2.4.1. Their check values were
/// computed by OpenSSL 3 (`openssl mac … CMAC`, `openssl enc -aes-128-ecb` and `-des-ede3-ecb`); those of
/// SP 800-38B by ECB are its own L, and that of AN10922, 2.2.1, its K0.
const PUBLISHED: [(KeyType, &str, &[&str]); 10] = [
    (KeyType::Aes, "00000000000000000000000000000000", &["cmac-aes:763CBC", "ecb-aes:66E94B"]),
    (KeyType::Aes, "2B7E151628AED2A6ABF7158809CF4F3C", &["cmac-aes:7AD386", "ecb-aes:7DF76B"]),
    (KeyType::Aes, "000102030405060708090A0B0C0D0E0F", &["cmac-aes:BE7ED6", "ecb-aes:C6A13B"]),
    (KeyType::Aes, "00112233445566778899AABBCCDDEEFF", &["cmac-aes:53E107", "ecb-aes:FDE4FB"]),
    (KeyType::Des, "00000000000000000000000000000000", &["ecb-tdes:8CA64D"]),
    (KeyType::Des, "00112233445566778899AABBCCDDEEFF", &["ecb-tdes:FB0975"]),
    (KeyType::Des, "4CF15134A2850DD58A3D10BA80570D38", &["ecb-tdes:C7679B"]),
    (KeyType::Tdes3, "0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123", &["ecb-tdes:4EBA73"]),
    (KeyType::Tdes3, "8AA83BF8CBDA10620BC1BF19FBB6CD58BC313D4A371CA8B5", &["ecb-tdes:C8CC74"]),
    (KeyType::Tdes3, "00112233445566778899AABBCCDDEEFF0102030405060708", &["ecb-tdes:51F6AC"]),
];

#[test]
fn published_keys_have_these_check_values() {
    for (key_type, digits, expected) in PUBLISHED {
        let key = key(key_type, digits);
        let usual = CheckValue::of(&key).unwrap();
        assert_eq!(usual.to_string(), expected[0]);
        let card = key.undiversified(KeyVersion(0x55));
        assert_eq!(card.check_value(), usual, "the version makes no difference");
        for text in expected {
            let stated: CheckValue = text.parse().unwrap();
            assert_eq!(CheckValue::of_as(&key, stated.method()), Ok(stated), "{digits}");
        }
        let methods = CheckMethod::ALL.into_iter().filter(|method| method.is_for(key_type));
        assert_eq!(methods.count(), expected.len());
    }
}

#[test]
fn keys_that_differ_in_low_bits_alone_have_the_same() {
    let [one, other] = ["00112233445566778899AABBCCDDEEFF", "01102332455467768898ABBACDDCEFFE"]
        .map(|digits| CheckValue::of(&key(KeyType::Des, digits)).unwrap());
    assert_eq!(one, other);
}

#[test]
fn a_method_for_another_type_is_told() {
    for method in CheckMethod::ALL {
        for key_type in [KeyType::Aes, KeyType::Des, KeyType::Tdes3] {
            let key = key(key_type, &"5A".repeat(if key_type == KeyType::Tdes3 { 24 } else { 16 }));
            let found = CheckValue::of_as(&key, method);
            match method.is_for(key_type) {
                true => assert_eq!(found.unwrap().method(), method),
                false => assert_eq!(found, Err(CheckError::OtherType { method, key_type })),
            }
        }
    }
    let error = CheckError::OtherType { method: CheckMethod::EcbTdes, key_type: KeyType::Aes };
    let told = error.to_string();
    assert!(told.contains("ecb-tdes") && told.ends_with("ask for cmac-aes:…"), "{told}");
}

/// A key that says it can do less.
#[derive(Debug)]
struct Lacking(MasterKey, Operations);

impl IssuerKey for Lacking {
    fn key_type(&self) -> KeyType {
        self.0.key_type()
    }

    fn purpose(&self) -> Purpose {
        self.0.purpose()
    }

    fn can(&self) -> Operations {
        self.1
    }

    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError> {
        assert!(self.1.has(Operation::Cmac), "it said so");
        self.0.cmac(message, mac)
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        assert!(self.1.has(Operation::Cbc), "it said so");
        self.0.cbc(iv, data)
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        assert!(self.1.has(Operation::Ecb), "it said so");
        self.0.ecb(data)
    }
}

#[test]
fn a_key_without_cmac_has_the_same_check_value_by_ecb_or_cbc() {
    let only = |operation| Operations::NONE.with(operation);
    for (key_type, digits, expected) in PUBLISHED {
        for text in expected {
            let stated: CheckValue = text.parse().unwrap();
            let of = |can| CheckValue::of_as(&Lacking(key(key_type, digits), can), stated.method());
            assert_eq!(of(only(Operation::Ecb)), Ok(stated));
            assert_eq!(of(only(Operation::Cbc)), Ok(stated));
            let cmac = stated.method() == CheckMethod::CmacAes;
            let needed = if cmac { Operation::Cmac } else { Operation::Ecb };
            let cannot = Err(CheckError::Key(KeyError::Cannot(needed)));
            assert_eq!(of(Operations::NONE), cannot);
            let by_cmac = if cmac { Ok(stated) } else { cannot };
            assert_eq!(of(only(Operation::Cmac)), by_cmac, "{text}");
        }
    }
}

#[test]
fn a_text_that_is_none_is_told_what_it_lacks_and_never_quoted() {
    for (text, error) in [
        ("763CBC", CheckTextError::NoMethod),
        ("", CheckTextError::NoMethod),
        ("cmac_aes:763CBC", CheckTextError::Method(Some("cmac-aes"))),
        ("sha-256:763CBC", CheckTextError::Method(None)),
        (":763CBC", CheckTextError::Method(None)),
        ("cmac-aes:763CB", CheckTextError::Digits),
        ("cmac-aes:763CBCDE", CheckTextError::Digits),
        ("cmac-aes:76 3CB", CheckTextError::Digits),
        ("cmac-aes:", CheckTextError::Digits),
        ("ecb-aes:00112233445566778899AABBCCDDEEFF", CheckTextError::Digits),
    ] {
        assert_eq!(text.parse::<CheckValue>(), Err(error), "{text}");
        let told = error.to_string();
        assert!(told.contains("cmac-aes") && !told.contains("001122"), "{told}");
    }
    let any: CheckValue = "ECB-TDES:8ca64D".parse().unwrap();
    assert_eq!(any.to_string(), "ecb-tdes:8CA64D");
}

proptest! {
    #[test]
    fn what_is_written_is_read_back_in_any_case(method in 0..3_usize, value in any::<[u8; 3]>()) {
        let value = CheckValue { method: CheckMethod::ALL[method], value };
        let text = value.to_string();
        prop_assert_eq!(text.parse(), Ok(value));
        prop_assert_eq!(text.to_lowercase().parse(), Ok(value));
        prop_assert_eq!(text.to_uppercase().parse(), Ok(value));
    }

    #[test]
    fn any_text_is_one_or_is_told(text in "(cmac-aes|ecb-aes|ecb-tdes)?:?\\PC{0,12}") {
        if let Ok(value) = text.parse::<CheckValue>() {
            prop_assert!(value.to_string().eq_ignore_ascii_case(&text));
        }
    }
}
