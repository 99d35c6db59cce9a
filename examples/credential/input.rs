// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands on the command line: formats and values.

use std::path::Path;

use cardwright::credential::{Bits, Format, FormatError};

use crate::read;

/// The formats of this crate, and those of a profile behind them.
pub(crate) fn formats(profile: Option<&Path>) -> Result<Vec<Format>, String> {
    let mut formats = Format::all().to_vec();
    if let Some(path) = profile {
        formats.extend_from_slice(read::profile(path)?.formats());
    }
    Ok(formats)
}

/// The format of this name.
pub(crate) fn format<'a>(formats: &'a [Format], name: &str) -> Result<&'a Format, String> {
    formats.iter().find(|format| format.is_called(name)).ok_or_else(|| {
        if name.contains('=') {
            return format!("{name:?} is no format: write its name before the values");
        }
        let wanted = name.to_lowercase();
        let alike = |known: &&str| strsim::jaro_winkler(&known.to_lowercase(), &wanted) > 0.85;
        let alike: Vec<_> = formats.iter().map(Format::name).filter(alike).collect();
        let meant = match alike.is_empty() {
            true => "list shows all".to_owned(),
            false => format!("did you mean {}? list shows all", alike.join(", ")),
        };
        format!("no format is called {name:?}: {meant}")
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
