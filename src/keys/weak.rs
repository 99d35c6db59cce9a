// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys that are no secret, or less of one than they look.
//!
//! Values are compared in constant time. Which of many keys are equal is asked of marks of them,
//! made under the receipt key, so that neither the order of comparisons nor their time says
//! anything of a value, and twice as many keys take twice as long.

use core::fmt;

use zeroize::{Zeroize, Zeroizing};

use crate::key::{IssuerKey, MasterKey};
use crate::secret::ct_eq;
use crate::wire::KeyType;

use super::{NameKey, Position};

/// Why a key is no secret, or less of one than it looks.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Weak {
    /// All zero, as the keys of new cards and applications are.
    Zero,
    /// One byte or group of bytes, again and again.
    Repeated,
    /// Halves of a 2K3DES key, or two neighbouring thirds of a 3K3DES key, that are equal: what
    /// is left of it is single DES, since deciphering undoes enciphering under the same key.
    SingleDes,
    /// First and last third of a 3K3DES key that are equal: what is left of it is 2K3DES.
    TwoKeys,
    /// Another key of the file has the same value.
    Equal {
        /// Where that one's value stands.
        first: Position,
    },
}

impl Weak {
    pub(super) const fn problem(self) -> &'static str {
        match self {
            Self::Zero => "this key is zero, which everybody tries first",
            Self::Repeated => "this key is one pattern again and again",
            Self::SingleDes => "parts of this key are equal, which makes it single DES",
            Self::TwoKeys => "the first and the last part of this key are equal",
            Self::Equal { .. } => "an earlier key of this file has the same value",
        }
    }
}

/// A key of a test file that a live one may not have. It holds no text of the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct KeyWarning {
    position: Position,
    weak: Weak,
}

impl KeyWarning {
    /// Where the key's value stands.
    #[must_use]
    pub const fn position(&self) -> Position {
        self.position
    }

    /// What is wrong with it.
    #[must_use]
    pub const fn weak(&self) -> Weak {
        self.weak
    }
}

impl fmt::Display for KeyWarning {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: ", self.position)?;
        match self.weak {
            Weak::Equal { first } => {
                write!(f, "this key has the value of the one on line {}", first.line())?;
            }
            Weak::Zero | Weak::Repeated | Weak::SingleDes | Weak::TwoKeys => {
                f.write_str(self.weak.problem())?;
            }
        }
        f.write_str("; a live key file may not have it")
    }
}

/// What is wrong with the keys of a file, in its order, at most once for each.
pub(super) fn weak(
    (at, receipt): (Position, &[u8; 32]),
    keys: &[(Position, &MasterKey)],
) -> Vec<KeyWarning> {
    let own = pattern(receipt).map(|weak| KeyWarning { position: at, weak });
    let firsts = firsts(&NameKey::new(receipt), keys);
    let keys = keys.iter().zip(firsts).filter_map(|((position, key), first)| {
        let weak = alone(key).or_else(|| Some(Weak::Equal { first: first? }))?;
        Some(KeyWarning { position: *position, weak })
    });
    own.into_iter().chain(keys).collect()
}

/// Whether everybody would try a key, whatever it makes.
pub(super) fn is_guessable(key: &MasterKey) -> bool {
    match alone(key) {
        Some(Weak::Zero | Weak::Repeated) => true,
        Some(Weak::SingleDes | Weak::TwoKeys | Weak::Equal { .. }) | None => false,
    }
}

/// What is wrong with a key whatever others there are.
fn alone(key: &MasterKey) -> Option<Weak> {
    let bytes = effective(key);
    let parts: Vec<&[u8]> = bytes.chunks(DES_BLOCK).collect();
    let of_des = match (key.key_type(), parts.as_slice()) {
        (KeyType::Des, [a, b]) if ct_eq(a, b) => Some(Weak::SingleDes),
        (KeyType::Tdes3, [a, b, c]) if ct_eq(a, b) | ct_eq(b, c) => Some(Weak::SingleDes),
        (KeyType::Tdes3, [a, _, c]) if ct_eq(a, c) => Some(Weak::TwoKeys),
        _ => None,
    };
    match pattern(&bytes) {
        // The same thing, under the name that fits better.
        Some(Weak::Repeated) if of_des.is_some() && !repeats(parts.first()?) => of_des,
        pattern => pattern.or(of_des),
    }
}

const DES_BLOCK: usize = 8;

fn pattern(bytes: &[u8]) -> Option<Weak> {
    match ct_eq(bytes, &vec![0; bytes.len()]) {
        true => Some(Weak::Zero),
        false => repeats(bytes).then_some(Weak::Repeated),
    }
}

/// Whether some group of bytes stands there again and again and is all there is.
fn repeats(bytes: &[u8]) -> bool {
    let lengths = (1..bytes.len()).filter(|length| bytes.len().is_multiple_of(*length));
    let moved = |length| {
        let head = bytes.get(..bytes.len().saturating_sub(length));
        head.zip(bytes.get(length..)).is_some_and(|(a, b)| ct_eq(a, b))
    };
    lengths.map(moved).fold(false, |any, one| any | one)
}

/// The bytes of a key without those bits that its cipher ignores.
fn effective(key: &MasterKey) -> Zeroizing<Vec<u8>> {
    let ignored = match key.key_type() {
        KeyType::Aes => 0,
        KeyType::Des | KeyType::Tdes3 => 1,
    };
    let mut bytes = Zeroizing::new(key.bytes().to_vec());
    bytes.iter_mut().for_each(|byte| *byte &= !ignored);
    bytes
}

/// The mark of a key, and which key it is of. Marks of equal keys are equal, which is as much of a key
/// as is to be known, and no more than the program may keep: they are wiped.
#[derive(Clone, Copy, Default, PartialEq, Eq, PartialOrd, Ord, Zeroize)]
struct Mark {
    bytes: [u8; 32],
    key: usize,
}

/// For each key the place of the first one before it with its value, of whatever type, or else of the
/// same effect.
fn firsts(marks: &NameKey, keys: &[(Position, &MasterKey)]) -> Vec<Option<Position>> {
    let written = earlier(keys, |key| marks.hmac("key as written", key.bytes()));
    let effect = earlier(keys, |key| marks.hmac("key in effect", &effective(key)));
    written.into_iter().zip(effect).map(|(written, effect)| written.or(effect)).collect()
}

/// For each key the place of the first one before it that has the same mark.
fn earlier(
    keys: &[(Position, &MasterKey)],
    mark: impl Fn(&MasterKey) -> [u8; 32],
) -> Vec<Option<Position>> {
    // Filled in place and sorted in place: no copy stays behind.
    let mut marks = Zeroizing::new(vec![Mark::default(); keys.len()]);
    for (at, (slot, (_, key))) in marks.iter_mut().zip(keys).enumerate() {
        *slot = Mark { bytes: mark(key), key: at };
    }
    marks.sort_unstable();
    let mut first = vec![None; keys.len()];
    for alike in marks.chunk_by(|a, b| a.bytes == b.bytes) {
        let Some((head, others)) = alike.split_first() else { continue };
        let position = keys.get(head.key).map(|(position, _)| *position);
        for other in others {
            if let Some(slot) = first.get_mut(other.key) {
                *slot = position;
            }
        }
    }
    first
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::keys::{KeyFile, Purpose};

    const RECEIPT: &str = "c0ffee00112233445566778899aabbccddeeff00112233445566778899aabbcc";
    const GOOD: &str = "a1b2c3d4e5f60718293a4b5c6d7e8f90";

    /// A file of test keys, each on a line of its own from line 3 on.
    fn file(receipt: &str, keys: &[(&str, &str)]) -> String {
        let keys = (1..).zip(keys).map(|(version, (kind, value))| {
            format!(
                "{{name = \"k\", type = \"{kind}\", version = {version}, value = \"{value}\"}},\n"
            )
        });
        let keys: String = keys.collect();
        format!("use = \"test\"\nreceipt = \"{receipt}\"\nkey = [\n{keys}]\n")
    }

    /// Read as test keys and as live ones: lines and what is wrong there.
    fn found(text: &str) -> Vec<(usize, Weak)> {
        let read = KeyFile::parse(text).unwrap_or_else(|error| panic!("{error}"));
        let found: Vec<_> =
            read.warnings().iter().map(|w| (w.position().line(), w.weak())).collect();
        let live = KeyFile::parse(&text.replace("\"test\"", "\"live\""));
        match (found.first(), live) {
            (None, Ok(live)) => assert_eq!(live.purpose(), Purpose::Live),
            (Some((line, weak)), Err(error)) => {
                assert_eq!(error.position().line(), *line);
                assert!(error.to_string().contains(weak.problem()), "{error}");
                for text in [error.to_string(), format!("{error:?} {read:?}")] {
                    assert!(!text.to_lowercase().contains("a1b2c3d4"), "{text}");
                }
            }
            (found, live) => panic!("warned of {found:?}, and when live: {live:?}"),
        }
        found
    }

    #[test]
    fn good_keys_are_neither_warned_of_nor_refused() {
        let two = "a1b2c3d4e5f60718293a4b5c6d7e8f91";
        let three = "0123456789abcdeffedcba98765432101032547698badcfe";
        assert_eq!(
            found(&file(RECEIPT, &[("aes128", GOOD), ("aes128", two), ("3k3des", three)])),
            []
        );
        for demonstration in [
            include_str!("../../examples/data/test-keys.toml"),
            include_str!("../../tests/profiles/keys.toml"),
        ] {
            assert_eq!(found(demonstration), []);
        }
    }

    #[test]
    fn a_key_that_is_no_secret_is_found_by_what_is_left_of_it() {
        let (half, other) = ("a1b2c3d4e5f60718", "293a4b5c6d7e8f90");
        let parity = "a0b3c2d5e4f70619";
        for (kind, value, weak) in [
            ("aes128", "00".repeat(16), Weak::Zero),
            ("2k3des", "01".repeat(16), Weak::Zero),
            ("3k3des", "0001".repeat(12), Weak::Zero),
            ("aes128", "01".repeat(16), Weak::Repeated),
            ("aes128", "c3".repeat(16), Weak::Repeated),
            ("aes128", "a1b2c3d4".repeat(4), Weak::Repeated),
            ("aes128", half.repeat(2), Weak::Repeated),
            ("3k3des", "a1b2c3".repeat(8), Weak::Repeated),
            ("2k3des", "c3".repeat(16), Weak::Repeated),
            ("2k3des", half.repeat(2), Weak::SingleDes),
            ("2k3des", [half, parity].concat(), Weak::SingleDes),
            ("3k3des", half.repeat(3), Weak::SingleDes),
            ("3k3des", [half, parity, other].concat(), Weak::SingleDes),
            ("3k3des", [other, half, half].concat(), Weak::SingleDes),
            ("3k3des", [half, other, parity].concat(), Weak::TwoKeys),
        ] {
            assert_eq!(found(&file(RECEIPT, &[(kind, &value)])), [(4, weak)], "{kind} {value}");
        }
    }

    #[test]
    fn a_value_that_stands_twice_is_found_with_the_first_ones_line() {
        let upper = GOOD.to_uppercase();
        let parity = "a0b3c2d5e4f70619283b4a5d6c7f8e91";
        let (aes, des) = (("aes128", GOOD), ("2k3des", GOOD));
        let again = |text: &str| match found(text).as_slice() {
            [(line, Weak::Equal { first })] => Some((first.line(), *line)),
            [] => None,
            found => panic!("{found:?}"),
        };
        assert_eq!(again(&file(RECEIPT, &[aes, ("aes128", &upper)])), Some((4, 5)));
        assert_eq!(again(&file(RECEIPT, &[aes, des])), Some((4, 5)));
        assert_eq!(again(&file(RECEIPT, &[des, ("2k3des", parity)])), Some((4, 5)));
        // To AES every bit counts.
        assert_eq!(again(&file(RECEIPT, &[aes, ("aes128", parity)])), None);
        let read = KeyFile::parse(&file(RECEIPT, &[aes, aes])).unwrap();
        let said: Vec<_> = read.warnings().iter().map(ToString::to_string).collect();
        let wanted = "this key has the value of the one on line 4; a live key file may not have it";
        assert!(matches!(&said[..], [one] if one.starts_with("line 5, ") && one.ends_with(wanted)));
    }

    #[test]
    fn a_receipt_key_is_looked_at_too() {
        let key = [("aes128", GOOD)];
        assert_eq!(found(&file(&"00".repeat(32), &key)), [(2, Weak::Zero)]);
        assert_eq!(found(&file(&"a1b2c3d4e5f60718".repeat(4), &key)), [(2, Weak::Repeated)]);
    }
}
