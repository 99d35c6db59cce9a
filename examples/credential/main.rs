// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encodes, decodes and draws access control bit formats.

mod arguments;
mod drawing;
mod report;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use cardwright::credential::{Bits, Format, Packing};
use clap::Parser;

use arguments::{Arguments, Source, Task};

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            // Where standard error is closed, the exit status has to do.
            let _ = writeln!(io::stderr(), "error: {error}");
            ExitCode::from(2)
        }
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let json = arguments.json;
    let text = match &arguments.task {
        Task::List => report::list(json)?,
        Task::Encode { format, values, packing } => {
            let format = arguments::format(format)?;
            let values = values.iter().map(|value| arguments::value(value));
            let values = values.collect::<Result<Vec<_>, _>>()?;
            let bits = format.encode(&values)?;
            report::one(&format.decode(&bits)?, &bits, packing.packing(), json)?
        }
        Task::Decode { format, source, packing } => {
            let format = arguments::format(format)?;
            let bits = bits(format, &arguments::source(source)?, packing.packing())?;
            report::one(&format.decode(&bits)?, &bits, packing.packing(), json)?
        }
        Task::Identify { source, packing } => {
            identify(&arguments::source(source)?, packing.packing(), json)?
        }
    };
    let mut out = io::stdout();
    let shown = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|error| format!("the result cannot be written: {error}").into())
}

fn bits(format: &Format, source: &Source, packing: Packing) -> Result<Bits, Box<dyn Error>> {
    Ok(match source {
        Source::Bits(bits) => Bits::clone(bits),
        Source::Bytes(bytes) => Bits::unpack(bytes, format.bit_length(), packing)?,
    })
}

fn identify(source: &Source, packing: Packing, json: bool) -> Result<String, Box<dyn Error>> {
    let mut readings = Vec::new();
    for format in Format::all() {
        if let Ok(bits) = bits(format, source, packing)
            && let Ok(reading) = format.read(&bits)
        {
            readings.push((reading, bits));
        }
    }
    if readings.is_empty() {
        return Err(match source {
            Source::Bits(bits) => format!("no format has {} bits", bits.len()),
            Source::Bytes(bytes) => {
                format!("no format fills these {} bytes in this way", bytes.len())
            }
        }
        .into());
    }
    report::many(&readings, packing, json)
}
