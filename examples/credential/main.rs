// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encodes, decodes and draws access control bit formats.

mod arguments;
mod drawing;
mod input;
mod report;

use std::error::Error;
use std::io::{self, Write};
use std::process::ExitCode;

use clap::Parser;

use arguments::{Arguments, Task};
use input::Source;

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
    let formats = input::formats(arguments.profile.as_deref())?;
    let json = arguments.json;
    let text = match &arguments.task {
        Task::List { format: None } => report::list(&formats, json)?,
        Task::List { format: Some(name) } => report::layout(input::format(&formats, name)?, json)?,
        Task::Encode { format, values, packing } => {
            let format = input::format(&formats, format)?;
            let bits = input::encoded(format, values)?;
            report::one(&format.decode(&bits)?, &bits, packing.packing(), json)?
        }
        Task::Decode { format, source, packing } => {
            let format = input::format(&formats, format)?;
            let bits = Source::new(&source.concat())?.bits(format, packing.packing())?;
            report::one(&format.decode(&bits)?, &bits, packing.packing(), json)?
        }
        Task::Identify { source, packing } => {
            let (source, packing) = (Source::new(&source.concat())?, packing.packing());
            let mut readings = Vec::new();
            for format in &formats {
                for bits in source.fitting(format, packing).0 {
                    readings.push((format.read(&bits)?, bits));
                }
            }
            if readings.is_empty() {
                return Err(source.unknown().into());
            }
            report::many(&readings, packing, json)?
        }
    };
    let mut out = io::stdout();
    let shown = out.write_all(text.as_bytes()).and_then(|()| out.flush());
    shown.map_err(|error| format!("the result cannot be written: {error}").into())
}
