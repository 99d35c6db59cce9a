// SPDX-License-Identifier: MIT OR Apache-2.0
//! Encodes, decodes and draws access control bit formats.

mod arguments;
mod drawing;
mod input;
#[path = "../shared/page.rs"]
mod page;
#[path = "../shared/private.rs"]
mod private;
#[path = "../shared/read.rs"]
mod read;
mod report;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
mod source;
#[path = "../shared/table.rs"]
mod table;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::process::ExitCode;

use cardwright::picture::layout;
use clap::Parser;

use arguments::{Arguments, Task};
use source::Source;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::ended(&*error, 2),
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let formats = input::formats(arguments.profile.as_deref())?;
    let json = arguments.json;
    let text = match &arguments.task {
        Task::List { format: None, .. } => report::list(&formats, json)?,
        Task::List { format: Some(name), svg: Some(path) } => {
            let picture = layout(input::format(&formats, name)?);
            page::may_be_asked_for(Some(path), json)?;
            return Ok(page::write(path, &picture.svg())?);
        }
        Task::List { format: Some(name), svg: None } => {
            report::layout(input::format(&formats, name)?, json)?
        }
        Task::Encode { format, values, packing } => {
            let format = input::format(&formats, format)?;
            let bits = input::encoded(format, values)?;
            report::one(&format.decode(&bits)?, packing.packing(), json)?
        }
        Task::Decode { format, source, packing } => {
            let (source, packing) = (Source::new(&source.concat())?, packing.packing());
            let reading = source.reading(input::format(&formats, format)?, packing)?;
            if !reading.faults().is_empty() {
                if json {
                    result::write(&report::one(&reading, packing, json)?, json)?;
                }
                return Err(source.wrong(&reading, packing).into());
            }
            report::one(&reading, packing, json)?
        }
        Task::Identify { source, packing } => {
            let (source, packing) = (Source::new(&source.concat())?, packing.packing());
            let found = source.identified(&formats, packing);
            if found.is_empty() {
                return Err(source.unknown().into());
            }
            report::many(&found, json)?
        }
    };
    Ok(result::write(&text, json)?)
}
