// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use cardwright::credential::{Align, Bits, Format, Packing};
use clap::{Args, Parser, Subcommand};

/// Encode, decode and draw access control bit formats.
///
/// Exit status: 0 done; 2 usage, values or bits are wrong.
#[derive(Debug, Parser)]
#[command(name = "credential", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
    /// Write JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// List the formats: bits, fields with their widths and largest values, checks
    List,
    /// Put values into a format
    Encode {
        /// Name of the format, as list has it
        #[arg(value_name = "FORMAT")]
        format: String,
        /// One for each field of the format
        #[arg(value_name = "FIELD=VALUE")]
        values: Vec<String>,
        #[command(flatten)]
        packing: PackingArguments,
    },
    /// Take values out of bits; whatever does not hold is told
    Decode {
        /// Name of the format, as list has it
        #[arg(value_name = "FORMAT")]
        format: String,
        /// Text of 0 and 1, or bytes in hexadecimal
        #[arg(value_name = "BITS|HEX")]
        source: String,
        #[command(flatten)]
        packing: PackingArguments,
    },
    /// List what bits could be: every format of the length, and whether it holds
    Identify {
        /// Text of 0 and 1, or bytes in hexadecimal
        #[arg(value_name = "BITS|HEX")]
        source: String,
        #[command(flatten)]
        packing: PackingArguments,
    },
}

/// How bits fill their bytes. Without these, they start in the first bit of the first byte.
#[derive(Debug, Args)]
pub(crate) struct PackingArguments {
    /// The bytes end with the last bit
    #[arg(long)]
    right: bool,
    /// A 1 stands before the first bit
    #[arg(long)]
    sentinel: bool,
    /// The bytes have the last bit first
    #[arg(long)]
    reversed: bool,
}

impl PackingArguments {
    pub(crate) fn packing(&self) -> Packing {
        let mut packing = Packing::default();
        packing.align = if self.right { Align::Right } else { Align::Left };
        packing.sentinel = self.sentinel;
        packing.reversed = self.reversed;
        packing
    }
}

/// What is to be decoded.
pub(crate) enum Source {
    Bits(Box<Bits>),
    Bytes(Vec<u8>),
}

/// The format of this name.
pub(crate) fn format(name: &str) -> Result<&'static Format, String> {
    Format::by_name(name).ok_or_else(|| {
        let names: Vec<_> = Format::all().iter().map(Format::name).collect();
        format!("no format is called {name:?}: formats are {}", names.join(", "))
    })
}

/// A field's name and value.
pub(crate) fn value(text: &str) -> Result<(&str, u64), String> {
    let Some((name, number)) = text.split_once('=') else {
        return Err(format!("{text:?} is no field=value, such as number=4660"));
    };
    let number = match number.strip_prefix("0x") {
        Some(digits) => u64::from_str_radix(digits, 16),
        None => number.parse(),
    };
    let number = number.map_err(|_| {
        format!("{name} is a whole number from 0, or hexadecimal after 0x, in 64 bits")
    })?;
    Ok((name, number))
}

/// `0b` and `0x` say which; without them a text of 0, 1 and spaces alone is bits.
pub(crate) fn source(text: &str) -> Result<Source, String> {
    let digits = text.replace(' ', "");
    let (binary, hexadecimal) = match (text.strip_prefix("0b"), text.strip_prefix("0x")) {
        (Some(bits), _) => (Some(bits), None),
        (_, Some(_)) => (None, digits.strip_prefix("0x")),
        _ if text.chars().all(|c| matches!(c, '0' | '1' | ' ')) => (Some(text), None),
        _ => (None, Some(&*digits)),
    };
    let bits = binary.and_then(Bits::from_binary).map(|bits| Source::Bits(Box::new(bits)));
    let bytes = hexadecimal.and_then(|digits| hex::decode(digits).ok()).map(Source::Bytes);
    bits.or(bytes).ok_or_else(|| {
        "write 1 to 256 bits as 0 and 1, or bytes as pairs of hexadecimal digits; 0b or 0x before \
         them says which"
            .to_owned()
    })
}
