// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::credential::{Align, Packing};
use clap::builder::{PossibleValuesParser, TypedValueParser};
use clap::{ArgAction, Args, Parser, Subcommand};

/// Encode, decode and draw access control bit formats.
///
/// Exit status: 0 done; 2 usage, values or bits are wrong.
#[derive(Debug, Parser)]
#[command(name = "credential", version)]
pub(crate) struct Arguments {
    #[command(subcommand)]
    pub(crate) task: Task,
    /// Card profile, TOML, whose own formats are known too
    #[arg(long, global = true, value_name = "FILE")]
    pub(crate) profile: Option<PathBuf>,
    /// Write JSON
    #[arg(long, global = true)]
    pub(crate) json: bool,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Task {
    /// List the formats: bits, fields with their widths and largest values, checks; or draw one
    List {
        /// Name of the format that is drawn
        #[arg(value_name = "FORMAT")]
        format: Option<String>,
        /// Draw the format as a picture instead, SVG; "-" is standard output
        #[arg(long, value_name = "FILE|-", requires = "format", conflicts_with = "json")]
        svg: Option<PathBuf>,
    },
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
        /// Text of 0 and 1, or bytes in hexadecimal; 0b or 0x in front says which
        #[arg(value_name = "BITS|HEX", required = true)]
        source: Vec<String>,
        #[command(flatten)]
        packing: PackingArguments,
    },
    /// List what bits could be: every format of the length, and whether it holds
    Identify {
        /// Text of 0 and 1, or bytes in hexadecimal; 0b or 0x in front says which
        #[arg(value_name = "BITS|HEX", required = true)]
        source: Vec<String>,
        #[command(flatten)]
        packing: PackingArguments,
    },
}

/// How bits fill their bytes, in the words of profiles.
#[derive(Debug, Args)]
pub(crate) struct PackingArguments {
    /// Where the bits stand in their bytes
    #[arg(long, value_name = "END", default_value = "left",
        value_parser = words(["left", "right"], [Align::Left, Align::Right]))]
    align: Align,
    /// Whether a 1 stands before the first bit
    #[arg(long, value_name = "WHERE", default_value = "none", action = ArgAction::Set,
        value_parser = words(["none", "leading"], [false, true]))]
    sentinel: bool,
    /// Whether the last bit comes first
    #[arg(long, value_name = "ORDER", default_value = "forward", action = ArgAction::Set,
        value_parser = words(["forward", "reversed"], [false, true]))]
    bit_order: bool,
}

/// Takes one of two words for one of two values.
fn words<T: Copy + Send + Sync + 'static>(
    words: [&'static str; 2],
    [first, second]: [T; 2],
) -> impl TypedValueParser<Value = T> {
    PossibleValuesParser::new(words).map(move |word| if word == words[0] { first } else { second })
}

/// Every packing, with the options that ask for it; none for the first.
pub(crate) fn packings() -> impl Iterator<Item = (Packing, String)> {
    (0..8_u8).map(|number| {
        let mut packing = Packing::default();
        let mut options = Vec::new();
        if number & 1 != 0 {
            packing.align = Align::Right;
            options.push("--align right");
        }
        if number & 2 != 0 {
            packing.sentinel = true;
            options.push("--sentinel leading");
        }
        if number & 4 != 0 {
            packing.reversed = true;
            options.push("--bit-order reversed");
        }
        (packing, options.join(" "))
    })
}

impl PackingArguments {
    pub(crate) fn packing(&self) -> Packing {
        let mut packing = Packing::default();
        packing.align = self.align;
        packing.sentinel = self.sentinel;
        packing.reversed = self.bit_order;
        packing
    }
}
