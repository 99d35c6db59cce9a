// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bits or bytes from the command line, and what they say.

use std::slice;

use cardwright::credential::{Bits, Format, FormatError, Packing, Reading};

use crate::arguments;
use crate::drawing::count;
use crate::report::fixed;

/// What a text of bits or bytes may be. Where it has neither `0b` nor `0x` in front and consists of
/// 0 and 1 alone, it may be both.
pub(crate) struct Source(Vec<Meaning>);

enum Meaning {
    Bits(Box<Bits>),
    Bytes(Vec<u8>),
}

impl Source {
    pub(crate) fn new(text: &str) -> Result<Self, String> {
        let digits: String = text.split_whitespace().collect();
        let (bits, bytes) = match (digits.strip_prefix("0b"), hexadecimal(&digits)) {
            (Some(bits), _) if bits.bytes().all(|digit| matches!(digit, b'0' | b'1')) => {
                (Some(bits), None)
            }
            (_, Some(bytes)) => (None, Some(bytes)),
            _ => (Some(&*digits), Some(&*digits)),
        };
        let bits = bits.and_then(Bits::from_binary).map(|bits| Meaning::Bits(Box::new(bits)));
        let bytes = bytes.filter(|digits| !digits.is_empty());
        let bytes = bytes.and_then(|digits| hex::decode(digits).ok()).map(Meaning::Bytes);
        let meanings: Vec<_> = bits.into_iter().chain(bytes).collect();
        match meanings.is_empty() {
            true => Err(meaningless(&digits)),
            false => Ok(Self(meanings)),
        }
    }

    /// What the text says in a format, where just one of its meanings fits.
    pub(crate) fn reading<'a>(
        &self,
        format: &'a Format,
        packing: Packing,
    ) -> Result<Reading<'a>, String> {
        let mut readings = self.readings(slice::from_ref(format), packing);
        match (readings.pop(), readings.is_empty()) {
            (Some(reading), true) => Ok(reading),
            (Some(_), false) => {
                Err("these are bits or hexadecimal digits: write 0b or 0x before them".to_owned())
            }
            (None, _) => {
                let said = self.0.iter().filter_map(|meaning| meaning.fault(format, packing));
                let said = said.collect::<Vec<_>>().join("; read as hexadecimal digits, ");
                Err(said + &self.elsewhere(format, packing))
            }
        }
    }

    /// What the text says in every format that one of its meanings fits.
    pub(crate) fn readings<'a>(&self, formats: &'a [Format], packing: Packing) -> Vec<Reading<'a>> {
        let readings = self.0.iter().map(|meaning| match meaning {
            Meaning::Bits(bits) => Format::identify(formats, bits),
            Meaning::Bytes(bytes) => Format::identify_bytes(formats, bytes, packing),
        });
        let mut readings: Vec<_> = readings.flatten().collect();
        readings.dedup_by(|one, other| same(one, other));
        readings
    }

    /// [`Source::readings`], and where bits fill their bytes as they do unless told otherwise, those of
    /// other packings under which checks or fixed bits of a format hold. The same reading is listed
    /// once, with the first packing that gives it.
    pub(crate) fn identified<'a>(
        &self,
        formats: &'a [Format],
        packing: Packing,
    ) -> Vec<Packed<'a>> {
        let asked = arguments::packings().find(|(known, _)| *known == packing);
        let asked = asked.map_or_else(String::new, |(_, options)| options);
        let packed = |reading| Packed { options: asked.clone(), packing, reading };
        let mut found: Vec<_> = self.readings(formats, packing).into_iter().map(packed).collect();
        let others = arguments::packings()
            .filter(|(other, _)| packing == Packing::default() && *other != packing);
        for (packing, options) in others {
            for reading in self.readings(formats, packing) {
                let format = reading.format();
                let speaks = !format.checks().is_empty() || fixed(format) > 0;
                let known = found.iter().any(|known| same(&known.reading, &reading));
                if speaks && !known && reading.faults().is_empty() {
                    found.push(Packed { options: options.clone(), packing, reading });
                }
            }
        }
        found
    }

    /// Everything that does not hold, and how the bytes would have to be packed to hold.
    pub(crate) fn wrong(&self, reading: &Reading<'_>, packing: Packing) -> String {
        let faults = FormatError::Faults(reading.faults().to_vec());
        // Digits that may be both are bits where the length is that of the format.
        let read = self.0.len() > 1 && !self.0.iter().any(|meaning| meaning.is(reading.bits()));
        let read = if read { "read as hexadecimal digits, " } else { "" };
        format!("{read}{faults}{}", self.elsewhere(reading.format(), packing))
    }

    /// The packings under which bytes hold in a format, all of them: none is preferred.
    fn elsewhere(&self, format: &Format, packing: Packing) -> String {
        let hold = |other: Packing| {
            let mut readings = self.readings(slice::from_ref(format), other).into_iter();
            readings.any(|reading| reading.faults().is_empty())
        };
        let others = arguments::packings().filter(|(other, _)| *other != packing && hold(*other));
        let plain = |options: String| match options.is_empty() {
            true => "no packing option".to_owned(),
            false => options,
        };
        let others: Vec<_> = others.map(|(_, options)| plain(options)).collect();
        match others.is_empty() {
            true => String::new(),
            false => format!("; they hold with {}", others.join(", or with ")),
        }
    }

    /// What is said where no format fits.
    pub(crate) fn unknown(&self) -> String {
        let said = self.0.iter().map(|reading| match reading {
            Meaning::Bits(bits) => format!("no format has {}", count(bits.len(), "bit")),
            Meaning::Bytes(bytes) => {
                format!("no format fills {} in this way", count(bytes.len(), "byte"))
            }
        });
        said.collect::<Vec<_>>().join(", and ")
    }
}

/// A reading of bytes, and the options that ask for its packing.
pub(crate) struct Packed<'a> {
    pub(crate) options: String,
    pub(crate) packing: Packing,
    pub(crate) reading: Reading<'a>,
}

fn same(one: &Reading<'_>, other: &Reading<'_>) -> bool {
    one.bits() == other.bits() && one.format() == other.format()
}

/// What stands behind `0x`.
fn hexadecimal(digits: &str) -> Option<&str> {
    digits.strip_prefix("0x").or_else(|| digits.strip_prefix("0X"))
}

/// Why digits are neither bits nor bytes.
fn meaningless(digits: &str) -> String {
    let instead = "write 1 to 256 bits as 0 and 1, or bytes as pairs of hexadecimal digits; 0b or 0x \
                   before them says which";
    let bits = digits.strip_prefix("0b").filter(|bits| Bits::from_binary(bits).is_none());
    let digits = bits.or_else(|| hexadecimal(digits)).unwrap_or(digits);
    let problem = match digits.chars().find(|digit| !digit.is_ascii_hexdigit()) {
        Some(digit) => format!("{digit:?} is no digit"),
        None if digits.is_empty() => "no digits".to_owned(),
        None if digits.len() % 2 == 1 => "an odd number of hexadecimal digits".to_owned(),
        None => "too many digits".to_owned(),
    };
    format!("{problem}: {instead}")
}

impl Meaning {
    fn is(&self, bits: &Bits) -> bool {
        match self {
            Self::Bits(own) => **own == *bits,
            Self::Bytes(_) => false,
        }
    }

    /// Why a format cannot have it.
    fn fault(&self, format: &Format, packing: Packing) -> Option<String> {
        let fault = match self {
            Self::Bits(bits) => format.read(bits).map(drop),
            Self::Bytes(bytes) => Bits::unpack(bytes, format.bit_length(), packing).map(drop),
        };
        fault.err().map(|error| error.to_string())
    }
}
