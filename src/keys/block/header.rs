// SPDX-License-Identifier: MIT OR Apache-2.0
//! The header of a key block: what the key is for.

mod write;

use core::fmt;

use super::error::BlockError;

/// How the header, the key and the protection key hang together.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "a further version must break every match")]
pub enum BlockVersion {
    /// `B`: under a triple DES key, by derivation.
    B,
    /// `D`: under an AES key, by derivation.
    D,
}

impl BlockVersion {
    /// Bytes of the cipher's block, and of the MAC.
    pub(super) const fn block(self) -> usize {
        match self {
            Self::B => 8,
            Self::D => 16,
        }
    }

    pub(super) const fn mac(self) -> usize {
        self.block()
    }

    pub(super) const fn cipher(self) -> &'static str {
        match self {
            Self::B => "triple DES",
            Self::D => "AES",
        }
    }
}

impl fmt::Display for BlockVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::B => "B",
            Self::D => "D",
        })
    }
}

/// What a key is for: two characters, as in `B3`.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct Usage(pub(super) [u8; 2]);

impl Usage {
    /// A key from which others are derived, by another way than DUKPT.
    pub const DERIVATION: Self = Self(*b"B3");
    /// A key of HMAC.
    pub const HMAC: Self = Self(*b"M7");

    /// One that a house gives a meaning of its own.
    pub(super) const fn is_of_house(self) -> bool {
        matches!(self.0, [b'1'..=b'9', b'0'..=b'9'])
    }

    /// What it is, in words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match &self.0 {
            b"B0" => "a base derivation key of DUKPT",
            b"B1" => "an initial key of DUKPT",
            b"B3" => "a key derivation key",
            b"M7" => "a key of HMAC",
            [b'C', _] => "a card verification key",
            [b'D', _] => "a data encryption key",
            [b'E', _] => "an EMV issuer master key",
            [b'I', _] => "an initial value",
            [b'K', _] => "a key that wraps keys",
            [b'M', _] => "a MAC key",
            [b'P', _] => "a PIN encryption key",
            [b'S', _] => "a signature key",
            [b'V', _] => "a PIN verification key",
            [b'0'..=b'9', _] => "a key of a house's own purpose",
            _ => "a key of a purpose that is not known here",
        }
    }
}

impl fmt::Display for Usage {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}{}", char::from(self.0[0]), char::from(self.0[1]))
    }
}

/// Whether a key may be exported again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_enums, reason = "the three that there are")]
pub enum Exportability {
    /// `E`: under a key that is trusted.
    Trusted,
    /// `N`: not at all.
    Not,
    /// `S`: under other keys too.
    Sensitive,
}

/// An optional block: two characters, and what stands behind them.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct OptionalBlock {
    /// What it is.
    pub id: [u8; 2],
    /// Its data, printable ASCII.
    pub data: String,
}

#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Header {
    pub(super) usage: Usage,
    pub(super) algorithm: u8,
    pub(super) mode: u8,
    pub(super) key_version: [u8; 2],
    pub(super) exportability: Exportability,
    pub(super) optional: Vec<OptionalBlock>,
}

/// The one that fills the others up to whole blocks.
const FILLING: [u8; 2] = *b"PB";

impl Header {
    /// Reads a header, and where it ends in a text that is as long as it says.
    pub(super) fn read(text: &[u8]) -> Result<(Self, usize), BlockError> {
        let mut reader = Reader { text, at: 0 };
        let letter = u8::is_ascii_uppercase;
        let [_version] = reader.array("a block begins with the letter of its version", letter)?;
        let digits = reader.number(4, 10, "its length is four digits")?;
        if digits != text.len() {
            return Err(BlockError::Length { stated: digits, found: text.len() });
        }
        let alphanumeric = u8::is_ascii_alphanumeric;
        let usage = Usage(reader.array("the usage is two letters or digits", alphanumeric)?);
        let [algorithm] = reader.array("the algorithm is a letter", alphanumeric)?;
        let [mode] = reader.array("the mode of use is a letter", alphanumeric)?;
        let key_version =
            reader.array("the key's version is two letters or digits", alphanumeric)?;
        let [exportability] =
            reader.array("exportability is E, N or S", |byte| b"ENS".contains(byte))?;
        let exportability = match exportability {
            b'E' => Exportability::Trusted,
            b'S' => Exportability::Sensitive,
            _ => Exportability::Not,
        };
        let count = reader.number(2, 10, "the number of optional blocks is two digits")?;
        let [_, _] = reader.array("two letters or digits are reserved", alphanumeric)?;
        let optional: Result<Vec<_>, _> = (0..count).map(|_| reader.optional()).collect();
        let mut optional = optional?;
        optional.retain(|block| block.id != FILLING);
        let header = Self { usage, algorithm, mode, key_version, exportability, optional };
        Ok((header, reader.at))
    }

    /// The version of a block, whose header is written so.
    pub(super) fn version(&self, written: &[u8]) -> Result<BlockVersion, BlockError> {
        let version = match written.first() {
            Some(b'B') => BlockVersion::B,
            Some(b'D') => BlockVersion::D,
            _ => return Err(BlockError::Version),
        };
        match written.len().is_multiple_of(version.block()) {
            true => Ok(version),
            false => Err(BlockError::NoBlocks),
        }
    }

    /// The first optional block of this kind.
    pub(super) fn find(&self, id: [u8; 2]) -> Option<&OptionalBlock> {
        self.optional.iter().find(|block| block.id == id)
    }
}

/// A text that is gone through once.
struct Reader<'t> {
    text: &'t [u8],
    at: usize,
}

impl<'t> Reader<'t> {
    fn take(&mut self, count: usize) -> Result<&'t [u8], BlockError> {
        let end = self.at.checked_add(count).ok_or(BlockError::Short)?;
        let taken = self.text.get(self.at..end).ok_or(BlockError::Short)?;
        self.at = end;
        Ok(taken)
    }

    /// So many characters, all of which are so.
    fn array<const N: usize>(
        &mut self,
        what: &'static str,
        is: impl Fn(&u8) -> bool,
    ) -> Result<[u8; N], BlockError> {
        let at = self.at;
        let taken: [u8; N] = self.take(N)?.try_into().map_err(|_| BlockError::Short)?;
        match taken.iter().position(|byte| !is(byte)) {
            Some(wrong) => Err(BlockError::Form { at: at.saturating_add(wrong), what }),
            None => Ok(taken),
        }
    }

    fn number(
        &mut self,
        digits: usize,
        radix: u32,
        what: &'static str,
    ) -> Result<usize, BlockError> {
        let at = self.at;
        let mut number = 0_usize;
        for byte in self.take(digits)? {
            let digit = char::from(*byte).to_digit(radix).ok_or(BlockError::Form { at, what })?;
            let [radix, digit] = [radix, digit].map(|of| usize::try_from(of).unwrap_or(usize::MAX));
            number = number.saturating_mul(radix).saturating_add(digit);
        }
        Ok(number)
    }

    /// An optional block: its length counts all of it, and where that is 0 a longer one follows.
    fn optional(&mut self) -> Result<OptionalBlock, BlockError> {
        let began = self.at;
        let what = "the name of an optional block is two letters or digits";
        let id = self.array(what, u8::is_ascii_alphanumeric)?;
        let what = "the length of an optional block is hexadecimal and counts all of it";
        let mut length = self.number(2, 16, what)?;
        if length == 0 {
            let digits = self.number(2, 16, what)?.saturating_mul(2);
            length = self.number(digits, 16, what)?;
        }
        let wrong = BlockError::Form { at: began, what };
        let length = length.checked_sub(self.at.saturating_sub(began)).ok_or(wrong)?;
        let at = self.at;
        let data = self.take(length)?;
        let printable = data.iter().all(|byte| matches!(byte, 0x20..=0x7E));
        let data = str::from_utf8(data).ok().filter(|_| printable);
        let what = "an optional block is of printable characters";
        Ok(OptionalBlock { id, data: data.ok_or(BlockError::Form { at, what })?.to_owned() })
    }
}
