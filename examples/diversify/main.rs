// SPDX-License-Identifier: MIT OR Apache-2.0
//! Computes the key of one card from an issuer key, and explains how it comes about.

mod arguments;
mod explain;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/values.rs"]
mod values;

use std::error::Error;
use std::process::ExitCode;

use cardwright::diversify::Scheme;
use cardwright::wire::KeyType;
use clap::Parser;
use comfy_table::{ContentArrangement, Table, presets};
use zeroize::Zeroizing;

use arguments::Arguments;

fn main() -> ExitCode {
    match run(&Arguments::parse()) {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::ended(&*error, 2),
    }
}

fn run(arguments: &Arguments) -> Result<(), Box<dyn Error>> {
    let text = match (arguments.scheme, &arguments.keys) {
        (Some(scheme), Some(path)) => {
            let told = |error: &dyn Error| format!("{}: {error}", path.display());
            let file = key_file::read(path)?;
            let explained =
                explain::explain(scheme, arguments, &file).map_err(|error| told(&*error))?;
            if arguments.json {
                serde_json::to_string_pretty(&explained)? + "\n"
            } else {
                explained.to_string()
            }
        }
        _ => list(),
    };
    Ok(result::write(&Zeroizing::new(text), arguments.json)?)
}

fn list() -> String {
    let mut table = Table::new();
    table.load_style(presets::UTF8_BORDERS_ONLY);
    table.set_content_arrangement(ContentArrangement::Disabled);
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
