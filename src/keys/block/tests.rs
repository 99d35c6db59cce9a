// SPDX-License-Identifier: MIT OR Apache-2.0
//! Published key blocks, ours on their way there and back, and everything that is none.

mod checks;

use proptest::prelude::*;
use rand::SeedableRng;
use rand::rngs::StdRng;
use serde_json::Value;

use super::*;
use crate::key::{CheckValue, IssuerKey, MasterKey};
use crate::keys::{KeyFile, ReceiptKey, Store};
use crate::vectors::of_kind;
use crate::wire::{KeyType, KeyVersion};

fn bytes(text: &str) -> Vec<u8> {
    hex::decode(text).unwrap()
}

/// The protection key of a vector, and its block.
fn given(vector: &Value) -> (ProtectionKey, String) {
    let text = |name: &str| vector["inputs"][name].as_str().unwrap().to_owned();
    let (key, block) = (bytes(&text("protection_key")), text("block"));
    let key = match block.starts_with('B') {
        true => ProtectionKey::tdes(&key),
        // Of E's, which no AES key minds.
        false => ProtectionKey::aes(&key),
    };
    (key.unwrap(), block)
}

fn piece(text: &str, from: usize, to: usize) -> &str {
    text.get(from..to).unwrap()
}

fn published() -> Vec<Value> {
    of_kind("key-blocks", "key_block")
}

#[test]
fn published_blocks_open_to_the_published_keys() {
    let (mut of_b, mut of_d) = (0, 0);
    for vector in published() {
        let (protection, text) = given(&vector);
        let block = KeyBlock::open(&text, &protection).unwrap_or_else(|error| panic!("{error}"));
        let key = bytes(vector["expected"].as_str().unwrap());
        assert_eq!(*block.content.expose_secret(), key, "{}", vector["name"]);
        assert_eq!(block.usage().to_string(), piece(&text, 5, 7));
        match block.version().unwrap() {
            BlockVersion::B => of_b += 1,
            BlockVersion::D => of_d += 1,
        }
        let set = block.optional().first().map(|one| (one.id, one.data.as_str()));
        let counted = text.contains("KS18").then_some((*b"KS", "00604B120F9292800000"));
        assert_eq!(set, counted);
        // Blanks around it are none of it.
        assert!(KeyBlock::open(&format!(" {text}\r\n"), &protection).is_ok());
    }
    assert_eq!((of_b, of_d), (7, 5));
}

/// No block under AES-192 is published: computed by OpenSSL (Python's `cryptography`), with the key of AN10922
/// under that of FIPS 197, A.2.
#[test]
fn a_block_under_aes_192_opens() {
    let protection = bytes("8E73B0F7DA0E6452C810F32B809079E562F8EAD2522C6B7B");
    let protection = ProtectionKey::aes(&protection).unwrap();
    let text = "D0112B3AX00E00001FEBB1E061DA1C04A7A7BF6B36D21887BCD96FC4409541611884FC3A545CEC94E483D98810\
                F65C5611AE7F3FC5709B22";
    let key = KeyBlock::open(text, &protection).unwrap().issuer_key().unwrap();
    // The check value of that key.
    assert_eq!(CheckValue::of(&key).unwrap().to_string(), "cmac-aes:53E107");
}

#[test]
fn published_blocks_that_hold_no_whole_key_are_refused() {
    // Their protection keys are of one byte, again and again, which leaves single DES of triple DES.
    let mut kept = 0;
    for vector in of_kind("key-blocks", "key_block_refused") {
        let key = bytes(vector["inputs"]["protection_key"].as_str().unwrap());
        let text = vector["inputs"]["block"].as_str().unwrap();
        if text.starts_with('B') {
            assert!(matches!(ProtectionKey::tdes(&key), Err(BlockError::NoProtectionKey)));
            kept += 1;
            continue;
        }
        let protection = ProtectionKey::aes(&key).unwrap();
        let error = KeyBlock::open(text, &protection).unwrap_err();
        assert_eq!(error, BlockError::Content, "{}", vector["name"]);
    }
    assert_eq!(kept, 2);
}

/// What was sent in the place of each character: others of the header, other digits behind it.
#[test]
fn no_character_of_a_block_can_be_changed() {
    for vector in published() {
        let (protection, text) = given(&vector);
        for at in 0..text.len() {
            for other in *b"0F4Xn" {
                let mut changed = text.clone().into_bytes();
                if changed[at].eq_ignore_ascii_case(&other) {
                    continue;
                }
                changed[at] = other;
                let changed = String::from_utf8(changed).unwrap();
                let error = KeyBlock::open(&changed, &protection).err();
                assert!(error.is_some(), "{at}: {changed}");
            }
        }
    }
}

#[test]
fn a_block_that_is_cut_or_longer_or_under_another_key_is_refused() {
    for vector in published() {
        let (protection, text) = given(&vector);
        for end in 0..text.len() {
            assert!(KeyBlock::open(piece(&text, 0, end), &protection).is_err(), "{end}");
        }
        let longer = KeyBlock::open(&format!("{text}00"), &protection).unwrap_err();
        let (stated, found) = (text.len(), text.len() + 2);
        assert_eq!(longer, BlockError::Length { stated, found });
        // One that is shorter and says so.
        let cut = text.len() - 32;
        let cut = format!("{}{cut:04}{}", piece(&text, 0, 1), piece(&text, 5, cut));
        assert!(KeyBlock::open(&cut, &protection).is_err());
        let mut other = bytes(vector["inputs"]["protection_key"].as_str().unwrap());
        other[0] ^= 0x40;
        let (same, not) = match text.starts_with('B') {
            true => (ProtectionKey::tdes(&other), ProtectionKey::aes(&other[..16])),
            false => (ProtectionKey::aes(&other), ProtectionKey::tdes(&bytes(TWO))),
        };
        let error = KeyBlock::open(&text, &same.unwrap()).unwrap_err();
        assert_eq!(error, BlockError::Mac);
        let error = KeyBlock::open(&text, &not.unwrap()).unwrap_err();
        assert!(matches!(error, BlockError::OtherProtection { .. }), "{error}");
    }
}

const TWO: &str = "00112233445566778899AABBCCDDEEFF";

#[test]
fn other_versions_are_told() {
    let protection = ProtectionKey::tdes(&bytes("89E88CF7931444F334BD7547FC3F380C")).unwrap();
    // TR 31, A.7.2.1, of version A.
    let text = "A0072P0TE00E0000F5161ED902807AF26F1D62263644BD24192FDB3193C730301CEE8701";
    assert_eq!(KeyBlock::open(text, &protection).unwrap_err(), BlockError::Version);
    for (text, error) in [
        ("", BlockError::Short),
        ("D01", BlockError::Short),
        ("D01x2", BlockError::Form { at: 1, what: "its length is four digits" }),
        ("D0016B3AX00E0000", BlockError::OtherProtection { version: BlockVersion::D }),
        ("B0016B3AX00E0000", BlockError::Short),
        ("B0024B3AX00E0000XX000000", BlockError::NoDigits { at: 16 }),
        ("B0034B3AX00E00000000000000000000XX", BlockError::NoDigits { at: 16 }),
        ("B0022B3AX00E0100LB0612", BlockError::NoBlocks),
        ("B0020B3AX00E0100LB02", BlockError::Form { at: 16, what: OPTIONAL }),
    ] {
        assert_eq!(KeyBlock::open(text, &protection).unwrap_err(), error, "{text}");
    }
}

const OPTIONAL: &str = "the length of an optional block is hexadecimal and counts all of it";

/// Our own block with another header.
fn with(change: impl FnOnce(&mut Header)) -> KeyBlock {
    let mut block = KeyBlock::of_issuer(&MasterKey::aes(&[0xA7; 16]));
    change(&mut block.header);
    let protection = ProtectionKey::aes(&[0x5A; 16]).unwrap();
    let text = block.wrap(&protection, &mut StdRng::seed_from_u64(1)).unwrap();
    KeyBlock::open(&text, &protection).unwrap()
}

#[test]
fn a_block_of_another_purpose_gives_no_key() {
    for usage in ["B0", "C0", "D0", "E0", "I0", "K0", "M6", "P0", "S0", "V0", "Z9", "00", "09"] {
        let usage = Usage(usage.as_bytes().try_into().unwrap());
        let block = with(|header| header.usage = usage);
        let error = block.issuer_key().unwrap_err();
        let told = error.to_string();
        assert!(
            told.starts_with("a key block of another purpose: ") && told.contains(usage.words())
        );
        assert!(matches!(error, BlockError::Purpose { usage: of, .. } if of == usage));
        assert!(matches!(block.receipt_key(), Err(BlockError::Purpose { .. })));
        assert!(block.entry("picc", KeyVersion(1)).is_err() && block.receipt_entry().is_err());
    }
    for usage in ["B3", "10", "99"] {
        let usage = Usage(usage.as_bytes().try_into().unwrap());
        assert!(with(|header| header.usage = usage).issuer_key().is_ok(), "{usage}");
    }
    for (mode, taken) in [(b'X', true), (b'N', true), (b'D', false), (b'V', false), (b'E', false)] {
        assert_eq!(with(|header| header.mode = mode).issuer_key().is_ok(), taken, "{mode}");
    }
    for algorithm in [b'D', b'E', b'H', b'R'] {
        let error = with(|header| header.algorithm = algorithm).issuer_key().unwrap_err();
        assert!(matches!(error, BlockError::KeyType { bits: 128, .. }), "{error}");
    }
    let component = with(|header| header.key_version = *b"c2").issuer_key().unwrap_err();
    assert_eq!(component, BlockError::Component);
    assert!(with(|header| header.key_version = *b"C2").issuer_key().is_ok());
}

/// A short key is filled up to the longest of its kind.
#[test]
fn a_block_does_not_tell_how_long_its_key_is() {
    let mut random = StdRng::seed_from_u64(1);
    let aes = ProtectionKey::aes(&[0x5A; 32]).unwrap();
    let three =
        ProtectionKey::tdes(&bytes("0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123")).unwrap();
    let mut begins = |key: &MasterKey, protection: &ProtectionKey| {
        let text = KeyBlock::of_issuer(key).wrap(protection, &mut random).unwrap();
        piece(&text, 0, 16).to_owned()
    };
    assert_eq!(begins(&MasterKey::aes(&[0xA7; 16]), &aes), "D0144B3AX00E0000");
    for protected in [&three, &aes] {
        let [two, three] = [
            begins(&MasterKey::des(&bytes(TWO).try_into().unwrap()), protected),
            begins(&MasterKey::tdes3(&[0xA7; 24]), protected),
        ];
        assert_eq!(two, three);
    }
    assert_eq!(begins(&MasterKey::des(&[0xA7; 16]), &three), "B0096B3TX00E0000");
}

#[test]
fn a_receipt_key_goes_there_and_back() {
    let protection = ProtectionKey::aes(&[0x5A; 32]).unwrap();
    let block = KeyBlock::of_receipt_key(&[0xC7; 32]);
    let wrapped = |block: &KeyBlock| block.wrap(&protection, &mut StdRng::seed_from_u64(1));
    let opened = KeyBlock::open(&wrapped(&block).unwrap(), &protection).unwrap();
    let expected = ReceiptKey::new(&[0xC7; 32]).hmac("card", b"x");
    assert_eq!(opened.receipt_key().unwrap().hmac("card", b"x"), expected);
    assert!(matches!(opened.issuer_key(), Err(BlockError::Purpose { .. })));
    let entry = opened.receipt_entry().unwrap();
    assert_eq!(*entry, format!("receipt = \"{}\"\n", "C7".repeat(32)));
    let mut other = KeyBlock::of_receipt_key(&[0xC7; 32]);
    other.header.optional[0].data = "10".to_owned();
    assert_eq!(other.receipt_key().unwrap_err(), BlockError::OtherDigest);
    other.header.mode = b'V';
    assert!(matches!(other.receipt_key(), Err(BlockError::Mode { mode: 'V', .. })));
    let error = KeyBlock { content: Secret::new(vec![0xC7; 20]), ..block }.receipt_key();
    assert!(matches!(error, Err(BlockError::KeyType { bits: 160, .. })));
}

#[test]
fn a_key_goes_out_of_one_key_file_into_another() {
    let text =
        |entry: &str| format!("use = \"test\"\nreceipt = \"{}\"\n{entry}", "C1D2".repeat(16));
    let entry = "[[key]]\nname = 'pi\"cc'\ntype = \"3k3des\"\nversion = 7\n\
                 value = \"0123456789ABCDEF23456789ABCDEF01456789ABCDEF0123\"\n";
    let file = KeyFile::parse(&text(entry)).unwrap();
    let protection =
        ProtectionKey::tdes(&bytes("89E88CF7931444F334BD7547FC3F380C23456789ABCDEF01"));
    let protection = protection.unwrap();
    let block = file.key_block("pi\"cc", KeyVersion(7)).unwrap();
    let wrapped = block.wrap(&protection, &mut StdRng::seed_from_u64(1)).unwrap();
    let opened = KeyBlock::open(&wrapped, &protection).unwrap();
    assert_eq!(*opened.entry("pi\"cc", KeyVersion(7)).unwrap(), *entry);
    assert!(file.key_block("pi\"cc", KeyVersion(8)).is_err());
    let found = file.issuer("pi\"cc", KeyVersion(7)).unwrap();
    let opened = opened.issuer_key().unwrap();
    assert_eq!(opened.key_type(), KeyType::Tdes3);
    assert_eq!(CheckValue::of(&opened), CheckValue::of(&*found));
}

#[test]
fn a_key_goes_under_no_weaker_one_and_not_out_of_a_block_that_keeps_it() {
    let mut random = StdRng::seed_from_u64(1);
    let two = ProtectionKey::tdes(&bytes(TWO)).unwrap();
    let small = ProtectionKey::aes(&[0x5A; 16]).unwrap();
    let aes = KeyBlock::of_issuer(&MasterKey::aes(&[0xA7; 16]));
    assert_eq!(aes.wrap(&two, &mut random), Err(BlockError::Weaker));
    let three = KeyBlock::of_issuer(&MasterKey::tdes3(&[0xA7; 24]));
    assert_eq!(three.wrap(&two, &mut random), Err(BlockError::Weaker));
    assert!(three.wrap(&small, &mut random).is_ok());
    let receipt = KeyBlock::of_receipt_key(&[0xC7; 32]);
    assert_eq!(receipt.wrap(&small, &mut random), Err(BlockError::Weaker));
    let kept = aes.exportable(Exportability::Not).wrap(&small, &mut random).unwrap();
    let opened = KeyBlock::open(&kept, &small).unwrap();
    assert_eq!(opened.exportability(), Exportability::Not);
    let again = opened.exportable(Exportability::Sensitive).wrap(&small, &mut random);
    assert_eq!(again, Err(BlockError::NotExportable));
    for label in ["", "ü", "a\nb", &"x".repeat(65)] {
        let label = KeyBlock::of_issuer(&MasterKey::aes(&[0xA7; 16])).labelled(label);
        assert_eq!(label.err(), Some(BlockError::Label));
    }
    for wrong in [15, 17, 0, 8] {
        let error = ProtectionKey::aes(&vec![0x5A; wrong]).err();
        assert_eq!(error, Some(BlockError::NoProtectionKey));
        assert_eq!(ProtectionKey::tdes(&vec![0x5A; wrong]).err(), error);
    }
    assert!(ProtectionKey::tdes(&[0x5A; 24]).is_err(), "it is single DES");
}

#[test]
fn nothing_shows_a_key() {
    let key = MasterKey::aes(&[0xA7; 16]);
    let shown = format!("{:?} {:?}", KeyBlock::of_issuer(&key), ProtectionKey::aes(&[0x5A; 16]));
    assert!(!shown.to_lowercase().contains("a7a7") && !shown.contains("167"), "{shown}");
    assert!(!shown.to_lowercase().contains("5a5a") && !shown.contains("90,"), "{shown}");
}

proptest! {
    #[test]
    fn what_is_wrapped_opens_to_the_same_key_and_never_twice_to_the_same_text(
        kind in 0..3_usize,
        size in 0..3_usize,
        key in any::<[u8; 24]>(),
        protection in any::<[u8; 32]>(),
        label in proptest::option::of("[ -~]{1,64}"),
        seed in any::<u64>(),
    ) {
        let two = key[..16].try_into().unwrap();
        let key = match kind {
            0 => MasterKey::aes(&two),
            1 => MasterKey::des(&two),
            _ => MasterKey::tdes3(&key),
        };
        let triple = ProtectionKey::tdes(&protection[..24]);
        let protection = match (kind, triple) {
            (1 | 2, Ok(triple)) if size == 0 => triple,
            _ => ProtectionKey::aes(&protection[..[16, 24, 32][size]]).unwrap(),
        };
        let block = KeyBlock::of_issuer(&key);
        let block = match &label {
            Some(label) => block.labelled(label).unwrap(),
            None => block,
        };
        let mut random = StdRng::seed_from_u64(seed);
        let [one, other] = [(); 2].map(|()| block.wrap(&protection, &mut random).unwrap());
        prop_assert_ne!(&one, &other);
        for text in [one, other] {
            let opened = KeyBlock::open(&text, &protection).unwrap();
            prop_assert_eq!(opened.label(), label.as_deref());
            let found = opened.issuer_key().unwrap();
            prop_assert_eq!(found.bytes(), key.bytes());
            prop_assert_eq!(found.key_type(), key.key_type());
        }
    }

    #[test]
    fn any_text_is_refused_in_one_line(text in "[BD][0-9]{4}[A-Z0-9]{6}[ENS]0[0-3]00.{0,80}") {
        let protection = ProtectionKey::aes(&[0x5A; 16]).unwrap();
        let error = KeyBlock::open(&text, &protection).unwrap_err().to_string();
        prop_assert!(error.lines().count() == 1 && !error.is_empty());
        // Lengths that fit, so that more of it is read.
        let (version, rest) = (piece(&text, 0, 1), piece(&text, 5, text.len()));
        let text = format!("{version}{:04}{rest}", text.trim_ascii().len());
        prop_assert!(KeyBlock::open(&text, &protection).is_err());
    }
}
