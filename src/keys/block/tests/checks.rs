// SPDX-License-Identifier: MIT OR Apache-2.0
//! Check values that a block tells: right, wrong, and of ways that nobody here knows.

use super::*;

fn told(id: [u8; 2], data: &str) -> OptionalBlock {
    OptionalBlock { id, data: data.to_owned() }
}

/// A block whose MAC is right, which tells these check values.
fn telling(key: &KeyBlock, protection: &ProtectionKey, optional: &[OptionalBlock]) -> String {
    let content = Secret::new(key.content.expose_secret().clone());
    let mut block = KeyBlock { header: key.header.clone(), content, version: None };
    block.header.optional.extend_from_slice(optional);
    block.wrap(protection, &mut StdRng::seed_from_u64(1)).unwrap()
}

fn open(
    key: &KeyBlock,
    protection: &ProtectionKey,
    optional: &[OptionalBlock],
) -> Result<KeyBlock, BlockError> {
    KeyBlock::open(&telling(key, protection, optional), protection)
}

#[test]
fn the_check_values_of_a_published_block_are_right() {
    let [vector] = &of_kind("key-blocks", "key_block_checked")[..] else { panic!("one block") };
    let (protection, text) = given(vector);
    let block = KeyBlock::open(&text, &protection).unwrap();
    assert_eq!(*block.content.expose_secret(), bytes(vector["expected"].as_str().unwrap()));
    let told: Vec<_> = block.optional().iter().map(|one| (&one.id, one.data.as_str())).collect();
    let expected = [(b"KS", "FFFF00A0200001E00000"), (b"KC", "000169E3"), (b"KP", "00ECAD62")];
    assert_eq!(told, expected);
    // Others under the same MAC key: it is not the MAC that finds them.
    for (at, wrong) in [(1, BlockError::CheckValue), (2, BlockError::ProtectionCheckValue)] {
        let key = block.content.expose_secret().clone();
        let mut changed =
            KeyBlock { header: block.header.clone(), content: Secret::new(key), version: None };
        changed.header.optional[at].data.replace_range(7..8, "7");
        let text = changed.wrap(&protection, &mut StdRng::seed_from_u64(1)).unwrap();
        assert_eq!(KeyBlock::open(&text, &protection).err(), Some(wrong));
    }
}

#[test]
fn the_published_check_value_of_a_protection_key_is_right() {
    let [vector] = &of_kind("key-blocks", "key_block_check_value")[..] else { panic!("one value") };
    let key = bytes(vector["inputs"]["protection_key"].as_str().unwrap());
    let protection = ProtectionKey::aes(&key).unwrap();
    let value = vector["expected"].as_str().unwrap();
    let key = KeyBlock::of_issuer(&MasterKey::aes(&[0xA7; 16]));
    // All of it, and the beginning that others write.
    for digits in 2..=5 {
        let right = told(*b"KP", &format!("01{}", piece(value, 0, 2 * digits)));
        assert!(open(&key, &protection, &[right]).is_ok(), "{digits}");
    }
    let wrong = told(*b"KP", "01D77F007725");
    let error = open(&key, &protection, &[wrong]).unwrap_err();
    assert_eq!(error, BlockError::ProtectionCheckValue);
}

#[test]
fn a_block_whose_key_has_another_check_value_gives_no_key() {
    let under = ProtectionKey::aes(&[0x5A; 32]).unwrap();
    let aes = MasterKey::aes(&[0xA7; 16]);
    let [two, three] =
        [MasterKey::des(&bytes(TWO).try_into().unwrap()), MasterKey::tdes3(&[0xA7; 24])];
    for key in [&aes, &two, &three] {
        let check = CheckValue::of(key).unwrap().to_string();
        let (name, digits) = check.split_once(':').unwrap();
        let method = if name == "cmac-aes" { "01" } else { "00" };
        let block = KeyBlock::of_issuer(key);
        let opened = |data: &str| open(&block, &under, &[told(*b"KC", data)]);
        for right in [digits, &digits.to_lowercase(), piece(digits, 0, 4)] {
            let opened = opened(&format!("{method}{right}")).unwrap();
            assert_eq!(opened.issuer_key().unwrap().bytes(), key.bytes());
        }
        for wrong in ["000000", "0000", piece(digits, 2, 6)] {
            let error = opened(&format!("{method}{wrong}")).unwrap_err();
            assert_eq!(error, BlockError::CheckValue, "{name} {wrong}");
            let line = error.to_string();
            assert!(line.lines().count() == 1 && !line.contains(digits), "{line}");
        }
        for none in ["", "1", "1122334", "11", "xyzx", "112233445566"] {
            let error = opened(&format!("{method}{none}")).unwrap_err();
            assert_eq!(error, BlockError::NoCheckValue { of: "KC" }, "{name} {none}");
        }
        // Too short to say how it is made.
        assert_eq!(opened("0").unwrap_err(), BlockError::NoCheckValue { of: "KC" });
        // By a way that nobody here knows.
        for unknown in ["02112233", "ZZ", "FF0000"] {
            assert_eq!(opened(unknown).unwrap().optional(), [told(*b"KC", unknown)]);
        }
    }
    // ECB is no way for AES, and a key of HMAC has none.
    let aes = KeyBlock::of_issuer(&aes);
    assert!(open(&aes, &under, &[told(*b"KC", "00112233")]).is_ok());
    let hmac = KeyBlock::of_receipt_key(&[0xC7; 32]);
    assert!(open(&hmac, &under, &[told(*b"KC", "01112233")]).unwrap().receipt_key().is_ok());
}

/// Of triple DES by CMAC: computed by OpenSSL (Python's `cryptography`).
#[test]
fn a_triple_des_key_has_a_check_value_by_cmac_too() {
    let under = ProtectionKey::tdes(&bytes("AB2E09DB3EF0BA71E0CE6CD755C23A3B")).unwrap();
    let key = KeyBlock::of_issuer(&MasterKey::des(&bytes(TWO).try_into().unwrap()));
    let right = [told(*b"KC", "0155F84D54A3"), told(*b"KP", "014745FA5CB5")];
    assert!(open(&key, &under, &right).is_ok());
    let [of_key, of_protection] = right;
    let swapped = |id, of: &OptionalBlock| [told(id, &of.data)];
    let error = open(&key, &under, &swapped(*b"KC", &of_protection)).unwrap_err();
    assert_eq!(error, BlockError::CheckValue);
    let error = open(&key, &under, &swapped(*b"KP", &of_key)).unwrap_err();
    assert_eq!(error, BlockError::ProtectionCheckValue);
}

#[test]
fn a_block_under_another_key_does_not_tell_the_check_value_of_the_first() {
    let [first, second] = [[0x5A; 32], [0x5B; 32]].map(|key| ProtectionKey::aes(&key).unwrap());
    let aes = MasterKey::aes(&[0xA7; 16]);
    let digits = CheckValue::of(&aes).unwrap().to_string().replace("cmac-aes:", "01");
    let kept = [told(*b"KC", &digits), told(*b"LB", "a label")];
    let both = [&kept[..], &[told(*b"KP", "02AA")]].concat();
    let opened = open(&KeyBlock::of_issuer(&aes), &first, &both).unwrap();
    assert_eq!(opened.optional(), both);
    let text = opened.wrap(&second, &mut StdRng::seed_from_u64(2)).unwrap();
    assert_eq!(KeyBlock::open(&text, &second).unwrap().optional(), kept);
}
