// SPDX-License-Identifier: MIT OR Apache-2.0
//! Computes the key of one card from an issuer key, and explains how it comes about.

mod arguments;
mod explain;
#[path = "../shared/issuer.rs"]
mod issuer;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/table.rs"]
mod table;
#[path = "../shared/values.rs"]
mod values;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::io::{self, IsTerminal, Write};
use std::process::ExitCode;

use cardwright::diversify::Scheme;
use cardwright::key::ShowError;
use cardwright::secret::Growing;
use cardwright::wire::KeyType;
use clap::Parser;

use arguments::Arguments;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::ended(&*error, 2),
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let (Some(scheme), Some(path)) = (arguments.scheme, &arguments.keys) else {
        return Ok(result::write(&list(), false)?);
    };
    let told = |error: &dyn Error| format!("{}: {error}", path.display());
    if arguments.show && !io::stdout().is_terminal() {
        return Err(format!("--show: {}", ShowError::NoTerminal).into());
    }
    let file = key_file::open(path, &arguments.secret)?;
    let (key, explained) =
        explain::explain(scheme, arguments, &*file).map_err(|error| told(&*error))?;
    let mut text = Growing::default();
    if arguments.json {
        serde_json::to_writer_pretty(&mut text, &explained)?;
        text.write_all(b"\n")?;
    } else {
        write!(text, "{explained}")?;
    }
    result::write(str::from_utf8(text.expose_secret())?, arguments.json)?;
    if arguments.show {
        key.show(&mut io::stdout()).map_err(|error| format!("--show: {error}"))?;
    }
    Ok(())
}

fn list() -> String {
    let mut table = table::bare();
    table.set_header(["scheme", "keys and bytes of input", "source", "held by"]);
    for scheme in Scheme::ALL {
        let keys: Vec<String> = scheme.key_types().iter().map(|&key| taken(scheme, key)).collect();
        table.add_row([scheme.name(), &keys.join(", "), scheme.source(), explain::held_by(scheme)]);
    }
    format!("{table}\n")
}

fn taken(scheme: Scheme, key: KeyType) -> String {
    match scheme.input(key) {
        Some(range) => format!("{key} {} to {}", range.start(), range.end()),
        None => format!("{key}, its own"),
    }
}
