// SPDX-License-Identifier: MIT OR Apache-2.0
//! Every published signature verifies under the key that it was published with, and nothing else
//! does.

use p224::ecdsa::signature::hazmat::PrehashSigner;
use p224::ecdsa::{Signature, SigningKey};
use serde_json::Value;

use super::*;
use crate::iso14443::RealUid;
use crate::vectors::of_kind;

/// A published signature: of which product, over which UID, under which key.
struct Published {
    name: String,
    product: Product,
    point: [u8; 57],
    uid: [u8; 7],
    signature: [u8; 56],
    valid: bool,
}

impl Published {
    fn of(vector: &Value) -> Self {
        let inputs = &vector["inputs"];
        let product = match inputs["product"].as_str().unwrap() {
            "DESFire Light" => Product::Light,
            "DESFire EV1 / NTAG413" => Product::Ntag413Dna,
            "DESFire EV2" => Product::Ev2,
            "DESFire EV2 XL" => Product::Ev2Xl,
            "DESFire EV3" => Product::Ev3,
            "NTAG 424 DNA" => Product::Ntag424Dna,
            other => panic!("{other}"),
        };
        Self {
            name: vector["name"].as_str().unwrap().to_owned(),
            product,
            point: bytes(&inputs["public_key"]),
            uid: bytes(&inputs["uid"]),
            signature: bytes(&inputs["signature"]),
            valid: vector["expected"]["valid"].as_bool().unwrap(),
        }
    }

    fn check(&self) -> Result<Option<&'static Key>, NotGenuine> {
        check(&RealUid::new(self.uid), &self.signature, Some(self.product), Trust::Maker)
    }
}

fn bytes<const N: usize>(value: &Value) -> [u8; N] {
    hex::decode(value.as_str().unwrap()).unwrap().try_into().unwrap()
}

/// Those of both files.
fn published() -> Vec<Published> {
    let files = ["ev2", "ev2-more"].map(|file| of_kind(file, "originality_signature"));
    let all: Vec<_> = files.iter().flatten().map(Published::of).collect();
    assert_eq!(all.len(), 19, "as many as the files hold");
    all
}

/// Those that verify, one a key.
fn one_a_key() -> Vec<Published> {
    let mut all = published();
    all.retain(|one| one.valid);
    all.sort_by_key(|one| one.point);
    all.dedup_by_key(|one| one.point);
    assert_eq!(all.len(), KEYS.len(), "each key has a signature");
    all
}

#[test]
fn each_verifies_under_the_key_that_it_was_published_with() {
    for one in published() {
        match one.check() {
            Ok(key) if one.valid => assert_eq!(key.unwrap().point, one.point, "{}", one.name),
            answer => {
                assert!(!one.valid, "{}: {answer:?}", one.name);
                assert_eq!(answer, Err(NotGenuine::UnknownKey), "{}", one.name);
            }
        }
    }
}

#[test]
fn a_bit_of_the_signature_or_of_the_uid_is_enough() {
    for mut one in one_a_key() {
        for bit in [0, 7, 100, 223, 224, 300, 440, 447] {
            one.signature[bit / 8] ^= 0x80 >> (bit % 8);
            let answer = one.check().unwrap_err();
            // Past the order of the curve it is no signature at all.
            assert!(matches!(answer, NotGenuine::UnknownKey | NotGenuine::Malformed), "{answer}");
            one.signature[bit / 8] ^= 0x80 >> (bit % 8);
        }
        for bit in [0, 8, 31, 55] {
            one.uid[bit / 8] ^= 0x80 >> (bit % 8);
            assert_eq!(one.check(), Err(NotGenuine::UnknownKey), "{}, bit {bit}", one.name);
            one.uid[bit / 8] ^= 0x80 >> (bit % 8);
        }
        assert!(one.check().is_ok(), "{}", one.name);
    }
}

/// The UID stands on the right of the number that is signed: as text, or turned round, it is another.
#[test]
fn the_uid_of_another_order_does_not_verify() {
    for mut one in one_a_key() {
        one.uid.reverse();
        assert_eq!(one.check(), Err(NotGenuine::UnknownKey), "{}", one.name);
    }
}

#[test]
fn what_is_no_signature_is_told_apart() {
    let mut one = one_a_key().remove(0);
    let whole = one.signature;
    for (at, filled) in
        [(0..56, 0x00), (0..28, 0x00), (28..56, 0x00), (0..28, 0xFF), (28..56, 0xFF)]
    {
        one.signature = whole;
        one.signature[at].fill(filled);
        assert_eq!(one.check(), Err(NotGenuine::Malformed));
    }
}

#[test]
fn the_key_of_another_product_is_refused_by_name() {
    for mut one in one_a_key() {
        let signs = KEYS.iter().find(|key| key.point == one.point).unwrap();
        for product in [
            Product::Ev1,
            Product::Ev2,
            Product::Ev2Xl,
            Product::Ev3,
            Product::Light,
            Product::Ntag413Dna,
            Product::Ntag424Dna,
            Product::Ntag424DnaTt,
        ] {
            one.product = product;
            match one.check() {
                Ok(_) => assert!(signs.products.contains(&product), "{}: {product}", one.name),
                Err(NotGenuine::OtherProduct { key, product: Some(told) }) => {
                    assert!(!signs.products.contains(&product), "{}: {product}", one.name);
                    assert_eq!((key, told), (signs, product));
                }
                answer => panic!("{}: {product}: {answer:?}", one.name),
            }
        }
        let unknown = check(&RealUid::new(one.uid), &one.signature, None, Trust::Maker);
        assert_eq!(unknown, Err(NotGenuine::OtherProduct { key: signs, product: None }));
    }
    let ev3 = &KEYS[4];
    let error = NotGenuine::OtherProduct { key: ev3, product: Some(Product::Ev2) };
    assert_eq!(
        error.to_string(),
        "does not verify: signed with NXP's key of DESFire EV3, and the chip says that it is a \
         DESFire EV2"
    );
}

#[test]
fn the_test_key_is_taken_only_where_it_is_allowed_and_makes_nothing_genuine() {
    let uid = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
    let mut padded = [0; 28];
    padded[21..].copy_from_slice(&uid);
    let key = SigningKey::from_bytes(&test_key::SCALAR.into()).unwrap();
    let signature: Signature = key.sign_prehash(&padded).unwrap();
    let signature: [u8; 56] = signature.to_bytes().into();
    let check = |uid, trust| check(&RealUid::new(uid), &signature, Some(Product::Ev2), trust);
    assert_eq!(check(uid, Trust::default()), Err(NotGenuine::TestKey));
    assert_eq!(check(uid, Trust::TestKeyToo), Ok(None));
    let mut other = uid;
    other[6] ^= 0x01;
    assert_eq!(check(other, Trust::TestKeyToo), Err(NotGenuine::UnknownKey));
    assert!(KEYS.iter().all(|key| key.point != test_key::PUBLIC));
}

/// The UID is the integer that is signed: a digest of it is not.
#[test]
fn a_hash_of_the_uid_is_not_what_is_signed() {
    use sha2::Digest;
    let uid = [0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40];
    let key = SigningKey::from_bytes(&test_key::SCALAR.into()).unwrap();
    let hashed = sha2::Sha224::digest(uid);
    let signature: Signature = key.sign_prehash(&hashed).unwrap();
    let signature: [u8; 56] = signature.to_bytes().into();
    let answer = check(&RealUid::new(uid), &signature, Some(Product::Ev2), Trust::TestKeyToo);
    assert_eq!(answer, Err(NotGenuine::UnknownKey));
}
