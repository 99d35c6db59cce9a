// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands on the command line: formats, values, bits.

use std::error::Error;
use std::path::Path;

use cardwright::credential::{Bits, Format, FormatError, Packing};
use cardwright::profile::Profile;

/// The formats of this crate, and those of a profile behind them.
pub(crate) fn formats(profile: Option<&Path>) -> Result<Vec<Format>, Box<dyn Error>> {
    let mut formats = Format::all().to_vec();
    if let Some(path) = profile {
        let at = |error: &dyn Error| format!("{}: {error}", path.display());
        let text = std::fs::read_to_string(path).map_err(|error| at(&error))?;
        let profile = Profile::parse(&text).map_err(|error| at(&error))?;
        formats.extend_from_slice(profile.formats());
    }
    Ok(formats)
}

/// The format of this name.
pub(crate) fn format<'a>(formats: &'a [Format], name: &str) -> Result<&'a Format, String> {
    let known =
        |format: &&Format| format.name() == name || format.aliases().iter().any(|a| a == name);
    formats.iter().find(known).ok_or_else(|| {
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
    let parsed = match number.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => number.parse(),
    };
    let parsed = parsed.map_err(|_| {
        format!("{text}: write a whole number from 0, or hexadecimal after 0x, in 64 bits")
    })?;
    Ok((name, parsed))
}

/// What a text of bits or bytes may be. Where it has neither `0b` nor `0x` in front and consists of
/// 0 and 1 alone, it may be both.
pub(crate) struct Source(Vec<Reading>);

enum Reading {
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
        let bits = bits.and_then(Bits::from_binary).map(|bits| Reading::Bits(Box::new(bits)));
        let bytes = bytes.filter(|digits| !digits.is_empty());
        let bytes = bytes.and_then(|digits| hex::decode(digits).ok()).map(Reading::Bytes);
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

    /// The bits of a format, where just one reading of the text fits it.
    pub(crate) fn bits(&self, format: &Format, packing: Packing) -> Result<Bits, String> {
        let (fit, others) = self.fitting(format, packing);
        match &fit[..] {
            [bits] => Ok(bits.clone()),
            [] => {
                let said: Vec<_> = others.iter().map(ToString::to_string).collect();
                Err(said.join("; read as hexadecimal digits, "))
            }
            _ => Err("these are bits or hexadecimal digits: write 0b or 0x before them".to_owned()),
        }
    }

    /// The readings that have the length of a format, and what is said of the others.
    pub(crate) fn fitting(
        &self,
        format: &Format,
        packing: Packing,
    ) -> (Vec<Bits>, Vec<FormatError>) {
        let length = format.bit_length();
        let (mut fit, mut others) = (Vec::new(), Vec::new());
        for reading in &self.0 {
            let bits = match reading {
                Reading::Bits(bits) if bits.len() == length => Ok(Bits::clone(bits)),
                Reading::Bits(bits) => Err(FormatError::Bits { needed: length, found: bits.len() }),
                Reading::Bytes(bytes) => Bits::unpack(bytes, length, packing),
            };
            match bits {
                Ok(bits) => fit.push(bits),
                Err(error) => others.push(error),
            }
        }
        fit.dedup();
        (fit, others)
    }

    /// What is said where no format fits.
    pub(crate) fn unknown(&self) -> String {
        let said = self.0.iter().map(|reading| match reading {
            Reading::Bits(bits) => format!("no format has {}", count(bits.len(), "bit")),
            Reading::Bytes(bytes) => {
                format!("no format fills {} in this way", count(bytes.len(), "byte"))
            }
        });
        said.collect::<Vec<_>>().join(", and ")
    }
}

fn count(number: usize, unit: &str) -> String {
    let several = if number == 1 { "" } else { "s" };
    format!("{number} {unit}{several}")
}
