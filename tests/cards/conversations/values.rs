// SPDX-License-Identifier: MIT OR Apache-2.0
//! The values in a script's comments: keys, nonces, the UID.

use std::collections::VecDeque;

/// `# name HEX` lines, in the order of the script.
pub(crate) struct Values(VecDeque<(String, Vec<u8>)>);

/// A comment with one of these names gives a value; any other is prose.
const NAMES: [&str; 9] =
    ["uid", "batch", "key", "rnd-a", "rnd-b", "ti", "old-key", "new-key", "data"];

const ANOTHER_PRODUCT: &str = "# (answer of another product)";

impl Values {
    pub(crate) fn read(text: &str) -> Self {
        let value = |line: &str| {
            let (name, value) = line.strip_prefix("# ")?.split_once(' ')?;
            NAMES.contains(&name).then_some(())?;
            Some((name.to_owned(), hex::decode(value).ok()?))
        };
        Self(text.lines().filter_map(value).collect())
    }

    /// The next value of that name.
    pub(crate) fn next<const N: usize>(&mut self, name: &str) -> [u8; N] {
        let value = self.next_bytes(name);
        let length = value.len();
        value.try_into().unwrap_or_else(|_| panic!("{name} has {length} bytes, not {N}"))
    }

    /// The next value of that name, of any length.
    pub(crate) fn next_bytes(&mut self, name: &str) -> Vec<u8> {
        let at = self.0.iter().position(|(found, _)| found == name);
        let at = at.unwrap_or_else(|| panic!("the script gives no further {name}"));
        self.0.remove(at).unwrap().1
    }

    /// The next `rnd-a`, with zeros behind the eight bytes of a DES challenge.
    pub(crate) fn rnd_a(&mut self) -> [u8; 16] {
        let mut padded = [0; 16];
        let value = self.next_bytes("rnd-a");
        padded[..value.len()].copy_from_slice(&value);
        padded
    }

    /// The first value of that name, where there is one.
    pub(crate) fn find<const N: usize>(&self, name: &str) -> Option<[u8; N]> {
        let (_, value) = self.0.iter().find(|(found, _)| found == name)?;
        Some(value.as_slice().try_into().unwrap())
    }

    /// What the card draws, in order: RndB, and TI where a session begins.
    pub(crate) fn nonces(&self) -> Vec<u8> {
        let drawn = self.0.iter().filter(|(name, _)| name == "rnd-b" || name == "ti");
        drawn.flat_map(|(_, value)| value.clone()).collect()
    }

    /// The script with one bit of the first value of that name changed.
    pub(crate) fn bend(text: &str, name: &str) -> String {
        let mut value = Self::read(text).next_bytes(name);
        let old = format!("# {name} {}", hex::encode_upper(&value));
        value[0] ^= 0x01;
        assert!(text.contains(&old), "{old}");
        text.replacen(&old, &format!("# {name} {}", hex::encode_upper(&value)), 1)
    }

    /// Whether the step in that line stands under [`ANOTHER_PRODUCT`].
    pub(crate) fn are_of_another_product(text: &str, line: usize) -> bool {
        let before: Vec<_> = text.lines().take(line).collect();
        before.iter().rev().take_while(|line| !line.is_empty()).any(|line| *line == ANOTHER_PRODUCT)
    }
}
