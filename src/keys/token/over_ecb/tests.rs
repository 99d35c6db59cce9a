// SPDX-License-Identifier: MIT OR Apache-2.0
use super::*;
use crate::diversify::{InputPart, Recipe, Scheme, Subject};
use crate::key::{CardKey, IssuerKey, MasterKey, Operation, Operations, Purpose};
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion};

fn bytes(digits: &str) -> Vec<u8> {
    hex::decode(digits.replace(' ', "")).unwrap()
}

/// One that is asked for single blocks only, as through a server that passes nothing else.
#[derive(Debug)]
struct Blocks(MasterKey);

impl IssuerKey for Blocks {
    fn key_type(&self) -> KeyType {
        self.0.key_type()
    }

    fn purpose(&self) -> Purpose {
        self.0.purpose()
    }

    fn can(&self) -> Operations {
        Operations::ALL.without(Operation::Itself)
    }

    fn cmac(&self, message: &[u8], mac: &mut [u8]) -> Result<(), KeyError> {
        cmac(message, mac, |block| self.0.ecb(block))
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        cbc(iv, data, |block| self.0.ecb(block))
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        self.0.ecb(data)
    }
}

fn mac(key: &MasterKey, message: &[u8]) -> String {
    let size = if key.key_type() == KeyType::Aes { 16 } else { 8 };
    let mut mac = vec![0; size];
    cmac(message, &mut mac, |block| key.ecb(block)).unwrap();
    hex::encode(mac)
}

/// Bytes of a triple DES key whose three parts differ.
const TENS: [u8; 24] = [
    0, 10, 20, 30, 40, 50, 60, 70, 80, 90, 100, 110, 120, 130, 140, 150, 160, 170, 180, 190, 200,
    210, 220, 230,
];

const PLAIN: &str = "6bc1bee22e409f96e93d7e117393172aae2d8a571e03ac9c9eb76fac45af8e51\
                     30c81c46a35ce411e5fbc1191a0a52eff69f2445df4f9b17ad2b417be66c3710";

/// RFC 4493, section 4: examples 1 to 4.
#[test]
fn the_published_macs_of_aes() {
    let key = MasterKey::aes(&bytes("2b7e151628aed2a6abf7158809cf4f3c").try_into().unwrap());
    for (length, expected) in [
        (0, "bb1d6929e95937287fa37d129b756746"),
        (16, "070a16b46b4d4144f79bdd9dd04a287c"),
        (40, "dfa66747de9ae63030ca32611497c827"),
        (64, "51f0bebf7e3b9d92fc49741779363cfe"),
    ] {
        assert_eq!(mac(&key, &bytes(PLAIN)[..length]), expected, "{length}");
    }
}

/// NIST SP 800-38B, D.4 (three keys) and D.5 (two keys), with their examples of 0, 8, 20 and 32 bytes.
#[test]
fn the_published_macs_of_triple_des() {
    let three = "8aa83bf8cbda1062 0bc1bf19fbb6cd58 bc313d4a371ca8b5";
    let three = MasterKey::tdes3(&bytes(three).try_into().unwrap());
    let two = MasterKey::des(&bytes("4cf15134a2850dd5 8a3d10ba80570d38").try_into().unwrap());
    for (key, length, expected) in [
        (&three, 0, "b7a688e122ffaf95"),
        (&three, 8, "8e8f293136283797"),
        (&three, 20, "743ddbe0ce2dc2ed"),
        (&three, 32, "33e6b1092400eae5"),
        (&two, 0, "bd2ebf9a3ba00361"),
        (&two, 8, "4ff2ab813c53ce83"),
        (&two, 20, "62dd1b471902bd4e"),
        (&two, 32, "31b1e431dabc4eb8"),
    ] {
        assert_eq!(mac(key, &bytes(PLAIN)[..length]), expected, "{length}");
    }
}

/// NIST SP 800-38A, F.2.1.
#[test]
fn the_published_chain_of_aes() {
    let key = MasterKey::aes(&bytes("2b7e151628aed2a6abf7158809cf4f3c").try_into().unwrap());
    let mut data = bytes(PLAIN)[..32].to_vec();
    cbc(&bytes("000102030405060708090a0b0c0d0e0f"), &mut data, |block| key.ecb(block)).unwrap();
    let expected = "7649abac8119b246cee98e9b12e9197d5086cb9b507219ee95db113a917678b2";
    assert_eq!(hex::encode(data), expected);
    let mut half = [0; 24];
    assert_eq!(cbc(&[0; 16], &mut half, |block| key.ecb(block)), Err(KeyError::NoBlocks));
}

/// Every length that AN10922 takes, by single blocks and by a key that knows more.
#[test]
fn keys_are_made_of_single_blocks_as_of_more() {
    let derived = |issuer: &dyn IssuerKey, scheme, length: usize| -> CardKey {
        let input = vec![InputPart::Constant(vec![0x5A; length])];
        let recipe = Recipe::new(scheme, input).unwrap();
        let (aid, no) = (Aid::PICC, KeyNo::MASTER);
        let subject = Subject { uid: None, aid, no, fields: None };
        recipe.derive(issuer, &subject, KeyVersion(1)).unwrap()
    };
    for scheme in [Scheme::An10922, Scheme::An10922OneBlock, Scheme::An10922ForceK2] {
        for (key, most) in [
            (MasterKey::aes(&[0x37; 16]), 31),
            (MasterKey::des(&TENS[..16].try_into().unwrap()), 15),
            (MasterKey::tdes3(&TENS), 15),
        ] {
            for length in 1..=most {
                let made = derived(&Blocks(key.clone()), scheme, length);
                assert!(made.same_key(&derived(&key, scheme, length)), "{scheme} {length}");
            }
        }
    }
}
