// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands on the command line: formats, values, bits.

use std::error::Error;
use std::path::Path;
use std::slice;

use cardwright::credential::{Bits, Format, FormatError, Packing, Reading};
use cardwright::profile::Profile;

use crate::arguments;
use crate::say::say;

/// The formats of this crate, and those of a profile behind them.
pub(crate) fn formats(profile: Option<&Path>) -> Result<Vec<Format>, Box<dyn Error>> {
    let mut formats = Format::all().to_vec();
    if let Some(path) = profile {
        let at = |error: &dyn Error| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| at(&error))?;
        let profile = Profile::parse(&text).map_err(|error| at(&error))?;
        for warning in profile.warnings() {
            say(&format!("warning: {}: {warning}", path.display()));
        }
        formats.extend_from_slice(profile.formats());
    }
    Ok(formats)
}

/// The format of this name.
pub(crate) fn format<'a>(formats: &'a [Format], name: &str) -> Result<&'a Format, String> {
    formats.iter().find(|format| format.is_called(name)).ok_or_else(|| {
        let names: Vec<_> = formats.iter().map(Format::name).collect();
        format!("no format is called {name:?}: formats are {}", names.join(", "))
    })
}

/// The bits of a format for the values that were given.
pub(crate) fn encoded(format: &Format, values: &[String]) -> Result<Bits, String> {
    let values = values.iter().map(|value| self::value(value));
    let values = values.collect::<Result<Vec<_>, _>>()?;
    format.encode(&values).map_err(|error| {
        // The library names no values, since they are a cardholder's. These were typed here.
        if let FormatError::TooLarge { field, .. } = &error
            && let Some((name, value)) = values.iter().find(|(name, _)| name == field)
        {
            return format!("{name}={value}: {error}");
        }
        error.to_string()
    })
}

/// A field's name and value.
fn value(text: &str) -> Result<(&str, u64), String> {
    let Some((name, number)) = text.split_once('=') else {
        return Err(format!("{text:?} is no field=value, such as number=4660"));
    };
    let (digits, radix) = match number.strip_prefix("0x").or_else(|| number.strip_prefix("0X")) {
        Some(digits) => (digits, 16),
        None => (number, 10),
    };
    let parsed = digits.chars().all(|digit| digit.is_digit(radix));
    let parsed = parsed.then(|| u64::from_str_radix(digits, radix).ok()).flatten();
    let parsed = parsed.ok_or_else(|| {
        format!("{text}: write a whole number from 0, or hexadecimal after 0x, in 64 bits")
    })?;
    Ok((name, parsed))
}

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
        let (bits, bytes) = match (digits.strip_prefix("0b"), digits.strip_prefix("0x")) {
            (Some(bits), _) if bits.bytes().all(|digit| matches!(digit, b'0' | b'1')) => {
                (Some(bits), None)
            }
            (_, Some(bytes)) => (None, Some(bytes)),
            _ => (Some(&*digits), Some(&*digits)),
        };
        let bits = bits.and_then(Bits::from_binary).map(|bits| Meaning::Bits(Box::new(bits)));
        let bytes = bytes.filter(|digits| !digits.is_empty());
        let bytes = bytes.and_then(|digits| hex::decode(digits).ok()).map(Meaning::Bytes);
        let readings: Vec<_> = bits.into_iter().chain(bytes).collect();
        if readings.is_empty() {
            return Err(
                "write 1 to 256 bits as 0 and 1, or bytes as pairs of hexadecimal digits; \
                        0b or 0x before them says which"
                    .to_owned(),
            );
        }
        Ok(Self(readings))
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
        let mut readings: Vec<Reading<'a>> = Vec::new();
        for meaning in &self.0 {
            let fitting = match meaning {
                Meaning::Bits(bits) => Format::identify(formats, bits),
                Meaning::Bytes(bytes) => Format::identify_bytes(formats, bytes, packing),
            };
            readings.extend(fitting);
        }
        readings
            .dedup_by(|one, other| one.bits() == other.bits() && one.format() == other.format());
        readings
    }

    /// Everything that does not hold, and how the bytes would have to be packed to hold.
    pub(crate) fn wrong(&self, reading: &Reading<'_>, packing: Packing) -> String {
        let faults = FormatError::Faults(reading.faults().to_vec());
        faults.to_string() + &self.elsewhere(reading.format(), packing)
    }

    /// The packings under which bytes hold in a format, all of them: none is preferred.
    fn elsewhere(&self, format: &Format, packing: Packing) -> String {
        let hold = |other: Packing| {
            let mut readings = self.readings(slice::from_ref(format), other).into_iter();
            readings.any(|reading| reading.faults().is_empty())
        };
        let others = arguments::packings().filter(|(other, _)| *other != packing && hold(*other));
        let others: Vec<_> = others.map(|(_, words)| words).collect();
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

impl Meaning {
    /// Why a format cannot have it.
    fn fault(&self, format: &Format, packing: Packing) -> Option<String> {
        let fault = match self {
            Self::Bits(bits) => format.read(bits).map(drop),
            Self::Bytes(bytes) => Bits::unpack(bytes, format.bit_length(), packing).map(drop),
        };
        fault.err().map(|error| error.to_string())
    }
}

fn count(number: usize, unit: &str) -> String {
    let several = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{several}")
}
