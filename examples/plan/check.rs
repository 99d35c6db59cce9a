// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a profile, by itself and beside its former edition.

use std::error::Error;
use std::fs;
use std::io::{self, Write};
use std::path::PathBuf;
use std::process::ExitCode;

use cardwright::profile::Profile;

use crate::files::at;

/// Says what is wrong with a profile, a line each.
pub(crate) fn profile(
    path: &PathBuf,
    former: Option<&PathBuf>,
) -> Result<ExitCode, Box<dyn Error>> {
    let mut lines = Vec::new();
    let read = |path: &PathBuf| fs::read_to_string(path).map_err(|error| at(path, &error));
    let mut mistakes = 0;
    match Profile::parse(&read(path)?) {
        Err(error) => {
            mistakes += 1;
            lines.push(format!("mistake: {}", at(path, &error)));
        }
        Ok(profile) => {
            lines.extend(profile.warnings().iter().map(|warning| format!("warning: {warning}")));
            if let Some(former) = former {
                let before = Profile::parse(&read(former)?).map_err(|error| at(former, &error))?;
                let changes = profile.changes_from(&before);
                mistakes += changes.len();
                lines.extend(changes.iter().map(|change| format!("change: {change}")));
            }
        }
    }
    if mistakes == 0 {
        lines.push(format!("{}: nothing is wrong with it", path.display()));
    }
    let text = lines.join("\n") + "\n";
    io::stdout().write_all(text.as_bytes())?;
    Ok(if mistakes == 0 { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}
