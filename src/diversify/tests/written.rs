// SPDX-License-Identifier: MIT OR Apache-2.0
//! Schemes that a profile writes, and the words of inputs.

use proptest::prelude::*;

use super::*;
use crate::key::{IssuerKey, KeyError, Operation, Operations, Purpose};

/// A scheme of one message of these words.
fn written(
    words: &[&str],
    padding: Padding,
    length: Option<usize>,
    cipher: SchemeCipher,
) -> WrittenScheme {
    let parts = words.iter().map(|word| word.parse().unwrap()).collect();
    WrittenScheme { padding, length, cipher, ..WrittenScheme::new("site", vec![parts]) }
}

fn derived(scheme: WrittenScheme, master: &MasterKey, fields: Option<&FieldBytes>) -> String {
    let uid = RealUid::new([0x04, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80]);
    let subject = Subject { uid: Some(&uid), aid: Aid::new([1, 2, 3]), no: KeyNo::MASTER, fields };
    let recipe = Recipe::written(scheme.into());
    recipe.fits(master.key_type()).unwrap();
    let key = recipe.derive(master, &subject, KeyVersion(0)).unwrap();
    key.test_digits().unwrap().to_string()
}

/// Sagem's, written out, makes what the scheme of that name does: the same blocks, but for low bits.
#[test]
fn a_scheme_of_another_maker_is_written_out() {
    let words = ["hex:FF", "uid", "hex:00", "uid-inverted"];
    let scheme = written(&words, Padding::None, None, SchemeCipher::Ecb);
    let made_of = derived(scheme, &MasterKey::des(&MASTER), None);
    let known = made(Scheme::Sagem, &MasterKey::des(&MASTER), 0, "000000", 0);
    let cipher_bits =
        |key: &str| -> Vec<u8> { hex::decode(key).unwrap().iter().map(|byte| byte | 1).collect() };
    assert_eq!(cipher_bits(&made_of), cipher_bits(&known));
}

/// By OpenSSL, AES-128 under the key `00112233445566778899AABBCCDDEEFF`: the messages are padded by
/// hand, and CMACs are those of its `mac` command.
#[test]
fn paddings_and_ciphers_are_those_of_their_standards() {
    let master = MasterKey::aes(&MASTER);
    let uid = ["uid"];
    for (padding, length, cipher, expected) in [
        (Padding::Zeros, None, SchemeCipher::Ecb, ECB_ZEROS),
        (Padding::Bit, None, SchemeCipher::Cbc, CBC_BIT),
        (Padding::Pkcs7, None, SchemeCipher::Cbc, CBC_PKCS7),
        (Padding::None, None, SchemeCipher::Cmac, CMAC),
        (Padding::Cmac, None, SchemeCipher::Cmac, CMAC),
        (Padding::Pkcs7, None, SchemeCipher::Cmac, CMAC_PKCS7),
    ] {
        assert_eq!(derived(written(&uid, padding, length, cipher), &master, None), expected);
    }
    // The last block of two, chained.
    let mut last = written(&uid, Padding::Bit, Some(32), SchemeCipher::Cbc);
    last.cut = vec!["16..32".parse().unwrap()];
    assert_eq!(derived(last, &master, None), CBC_SECOND);
    let mut turned = written(&uid, Padding::Zeros, None, SchemeCipher::Ecb);
    turned.cut = vec!["8..16".parse().unwrap(), "0..8".parse().unwrap()];
    let (left, right) = ECB_ZEROS.split_at(16);
    assert_eq!(derived(turned, &master, None), format!("{right}{left}"));
}

const ECB_ZEROS: &str = "534A5F1F8F42ACAD24ACC9A7AB6E567E";
const CBC_BIT: &str = "01DCB66D4CFC6600E9747FC6373A8F58";
const CBC_PKCS7: &str = "3AEBBD36E2BED6ACC4097D15542D9FA2";
const CBC_SECOND: &str = "520393DE03C4F7F076B9E23727102794";
const CMAC: &str = "59702AB0896C30BE93ED938745AE4C9B";
const CMAC_PKCS7: &str = "044201206B1CF80FFC40AFBF3D321EF2";

#[test]
fn a_scheme_that_makes_no_key_says_why() {
    let fault = |words: &[&str], padding, length, cipher| {
        written(words, padding, length, cipher).fits(KeyType::Aes).unwrap_err()
    };
    let (ecb, cbc, cmac) = (SchemeCipher::Ecb, SchemeCipher::Cbc, SchemeCipher::Cmac);
    let (length, block) = (7, 16);
    for (padding, padded, cipher, expected) in [
        (Padding::None, None, ecb, SchemeFault::NotWhole { length, block }),
        (Padding::Cmac, None, cbc, SchemeFault::Padding),
        (Padding::Bit, Some(24), cbc, SchemeFault::Length { length, padded: 24, block }),
        (Padding::None, Some(16), cmac, SchemeFault::Length { length, padded: 16, block }),
        (Padding::Bit, Some(144), ecb, SchemeFault::TooLong(144)),
        (Padding::Bit, Some(32), ecb, SchemeFault::Makes { makes: 32, takes: 16 }),
    ] {
        assert_eq!(fault(&["uid"], padding, padded, cipher), expected, "{padding:?}");
    }
    // Method 2 adds a block where there is none to spare, zeros do not.
    let whole = ["uid", "uid", "hex:0102"];
    assert_eq!(fault(&whole, Padding::Bit, None, ecb), SchemeFault::Makes { makes: 32, takes: 16 });
    assert_eq!(written(&whole, Padding::Zeros, None, ecb).fits(KeyType::Aes), Ok(()));
    let mut behind = written(&whole, Padding::None, None, ecb);
    behind.cut = vec!["1..17".parse().unwrap()];
    assert_eq!(behind.fits(KeyType::Aes), Err(SchemeFault::Cut { output: 16, to: 17 }));
    assert_eq!(written(&[], Padding::Bit, None, ecb).fits(KeyType::Aes), Err(SchemeFault::Nothing));
}

/// An issuer key that never leaves its token may do one of these alone.
#[test]
fn a_scheme_asks_for_what_its_cipher_takes() {
    let none = Operations::NONE;
    let lacks = |padding, length, cipher, can| {
        let scheme = written(&["uid"], padding, length, cipher);
        Recipe::written(scheme.into()).lacks(KeyType::Aes, can)
    };
    let cmac = none.with(Operation::Cmac);
    assert_eq!(lacks(Padding::Zeros, None, SchemeCipher::Ecb, cmac), Some(Operation::Ecb));
    assert_eq!(lacks(Padding::Zeros, None, SchemeCipher::Cbc, cmac), Some(Operation::Cbc));
    assert_eq!(lacks(Padding::None, None, SchemeCipher::Cmac, cmac), None);
    assert_eq!(lacks(Padding::None, None, SchemeCipher::Cmac, none), Some(Operation::Cmac));
    assert_eq!(lacks(Padding::Bit, None, SchemeCipher::Cmac, none.with(Operation::Cbc)), None);
    // Drawn out to two blocks it is no CMAC that such a key makes.
    assert_eq!(lacks(Padding::Cmac, Some(32), SchemeCipher::Cmac, cmac), Some(Operation::Cbc));
}

#[test]
fn words_of_an_input_read_back_and_others_are_refused() {
    for word in ["uid", "aid", "aid-wire", "key-no", "hex:4143", "uid-reversed", "uid[0..4]"]
        .into_iter()
        .chain(["uid-reversed[3..7]", "uid-inverted[6..7]"])
    {
        assert_eq!(word.parse::<InputPart>().unwrap().to_string(), word);
    }
    assert_eq!("ascii:AC".parse::<InputPart>().unwrap().to_string(), "hex:4143");
    for word in ["", "uid[4..4]", "uid[4..3]", "uid[0..8]", "uid[0..4", "uid[..4]", "uid[+0..4]"]
        .into_iter()
        .chain(["aid-reversed", "hex:", "hex:4", "ascii:é", "field:number", "UID", "uid[0..4]x"])
    {
        assert_eq!(word.parse::<InputPart>(), Err(InputError), "{word}");
    }
}

/// The UID is `04782E21801D80`.
#[test]
fn pieces_are_taken_after_turning() {
    let uid = RealUid::new([0x04, 0x78, 0x2E, 0x21, 0x80, 0x1D, 0x80]);
    let fields = FieldBytes::default().with("card", vec![0x01, 0x02, 0x03].into());
    let subject =
        Subject { uid: Some(&uid), aid: Aid::PICC, no: KeyNo::MASTER, fields: Some(&fields) };
    let input = |parts: Vec<InputPart>, subject: &Subject<'_>| {
        Recipe::new(Scheme::An10922, parts).unwrap().input(subject)
    };
    let word = |word: &str| vec![word.parse::<InputPart>().unwrap()];
    for (text, bytes) in [
        ("uid[0..4]", "04782e21"),
        ("uid-reversed", "801d80212e7804"),
        ("uid-reversed[0..4]", "801d8021"),
        ("uid-inverted[5..7]", "e27f"),
    ] {
        assert_eq!(hex::encode(&*input(word(text), &subject).unwrap()), bytes);
    }
    let piece = Piece::new(1, 3).unwrap();
    let field = |turn| vec![InputPart::Field { name: "card".to_owned(), turn, piece }];
    for (turn, bytes) in [(Turn::Written, "0203"), (Turn::Reversed, "0201")] {
        assert_eq!(hex::encode(&*input(field(turn), &subject).unwrap()), bytes);
    }
    let nobodys = Subject { fields: None, ..subject };
    assert_eq!(input(field(Turn::Written), &nobodys), Err(DeriveError::NoRecord));
    let recipe = Recipe::new(Scheme::An10922, field(Turn::Written)).unwrap();
    assert!(recipe.needs_record() && !recipe.needs_uid() && !recipe.names_card());
    for (text, names) in [("uid", true), ("uid-reversed", true), ("uid[1..7]", false)] {
        let recipe = Recipe::new(Scheme::An10922, word(text)).unwrap();
        assert_eq!((recipe.needs_uid(), recipe.names_card()), (true, names), "{text}");
    }
    assert_eq!(format!("{fields:?}"), "FieldBytes[\"card\"]");
}

/// An issuer key that can do less, as one in a token.
#[derive(Debug)]
struct Only(MasterKey, Operations);

impl Only {
    fn may(&self, operation: Operation) -> Result<(), KeyError> {
        if self.1.has(operation) { Ok(()) } else { Err(KeyError::Cannot(operation)) }
    }
}

impl IssuerKey for Only {
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
        self.may(Operation::Cmac)?;
        self.0.cmac(message, mac)
    }

    fn cbc(&self, iv: &[u8], data: &mut [u8]) -> Result<(), KeyError> {
        self.may(Operation::Cbc)?;
        self.0.cbc(iv, data)
    }

    fn ecb(&self, data: &mut [u8]) -> Result<(), KeyError> {
        self.may(Operation::Ecb)?;
        self.0.ecb(data)
    }
}

fn any_master() -> impl Strategy<Value = MasterKey> {
    prop_oneof![
        Just(MasterKey::aes(&MASTER)),
        Just(MasterKey::des(&MASTER)),
        Just(MasterKey::tdes3(&[0x5A; 24])),
    ]
}

proptest! {
    /// Whatever the input's length, and whatever is left of an issuer key's operations.
    #[test]
    fn an10922_written_out_makes_what_the_scheme_does(
        master in any_master(),
        input in prop::collection::vec(any::<u8>(), 1..32),
        operation in prop::sample::select(vec![Operation::Cmac, Operation::Cbc]),
    ) {
        let (constants, block): (&[u8], _) = match master.key_type() {
            KeyType::Aes => (&[0x01], 16),
            KeyType::Des => (&[0x21, 0x22], 8),
            KeyType::Tdes3 => (&[0x31, 0x32, 0x33], 8),
        };
        prop_assume!(input.len() < 2 * block);
        let parts = vec![InputPart::Constant(input)];
        let message = |constant: &u8| {
            [vec![InputPart::Constant(vec![*constant])], parts.clone()].concat()
        };
        let mut scheme = WrittenScheme::new("site", constants.iter().map(message).collect());
        (scheme.padding, scheme.length) = (Padding::Cmac, Some(2 * block));
        let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
        let known = Recipe::new(Scheme::An10922, parts).unwrap();
        let expected = known.derive(&master, &subject, KeyVersion(1)).unwrap();
        let by_hand = Recipe::written(scheme.into());
        let made = by_hand.derive(&master, &subject, KeyVersion(1)).unwrap();
        prop_assert!(made.same_key(&expected));
        let only = Only(master.clone(), Operations::NONE.with(operation));
        prop_assert_eq!(
            by_hand.lacks(master.key_type(), only.can()),
            known.lacks(master.key_type(), only.can())
        );
        if by_hand.lacks(master.key_type(), only.can()).is_none() {
            let made = by_hand.derive(&only, &subject, KeyVersion(1)).unwrap();
            prop_assert!(made.same_key(&expected));
        }
    }

    /// What is said to fit is made, and by a key that can do no more than is asked for.
    #[test]
    fn what_fits_is_made(
        master in any_master(),
        lengths in prop::collection::vec(0_usize..40, 1..4),
        padding in prop::sample::select(Padding::ALL.to_vec()),
        length in prop::option::of(1_usize..50),
        cipher in prop::sample::select(SchemeCipher::ALL.to_vec()),
        cut in prop::collection::vec((0_usize..40, 1_usize..40), 0..3),
        operation in prop::sample::select(Operation::ALL.to_vec()),
    ) {
        let message = |length: &usize| vec![InputPart::Constant(vec![0xA5; *length])];
        let mut scheme = WrittenScheme::new("site", lengths.iter().map(message).collect());
        (scheme.padding, scheme.length, scheme.cipher) = (padding, length, cipher);
        scheme.cut = cut.iter().filter_map(|(from, to)| Piece::new(*from, *to)).collect();
        let subject = Subject { uid: None, aid: Aid::PICC, no: KeyNo::MASTER, fields: None };
        let fits = scheme.fits(master.key_type());
        let recipe = Recipe::written(scheme.into());
        let made = recipe.derive(&master, &subject, KeyVersion(0)).map(drop);
        prop_assert_eq!(made, fits.map_err(DeriveError::from));
        if fits.is_ok() {
            let only = Only(master.clone(), Operations::NONE.with(operation));
            let made = recipe.derive(&only, &subject, KeyVersion(0));
            prop_assert_eq!(made.is_ok(), recipe.lacks(master.key_type(), only.can()).is_none());
        }
    }
}
