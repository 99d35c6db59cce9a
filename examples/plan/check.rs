// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a profile, by itself and beside its former edition.

use std::error::Error;
use std::path::{Path, PathBuf};
use std::process::ExitCode;

use cardwright::encode::hints;
use cardwright::profile::Profile;
use cardwright::shown::Shown;
use serde::Serialize;

use crate::read;

/// Says what is wrong with a profile, a line each or as JSON.
pub(crate) fn profile(
    path: &Path,
    former: Option<&PathBuf>,
    json: bool,
) -> Result<ExitCode, Box<dyn Error>> {
    let before = former.map(|former| read::profile(former)).transpose()?;
    let mut found = Found::default();
    match Profile::parse(&read::text(path)?) {
        Err(error) => found.mistakes.push(read::at(path, &error)),
        Ok(profile) => {
            found.warnings = profile.warnings().iter().map(ToString::to_string).collect();
            found.trust.push(profile.trust().to_string());
            found.hints = hints(&profile).iter().map(ToString::to_string).collect();
            let changes = before.map(|before| profile.changes_from(&before)).unwrap_or_default();
            found.changes = changes.iter().map(ToString::to_string).collect();
        }
    }
    let text = match json {
        true => serde_json::to_string_pretty(&found)? + "\n",
        false => found.lines(path),
    };
    crate::result::write(&text, json)?;
    Ok(if found.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What was found in a profile.
#[derive(Default, Serialize)]
struct Found {
    /// It cannot be used.
    mistakes: Vec<String>,
    /// What finished cards of the former edition do not show or cannot take.
    changes: Vec<String>,
    /// What deserves a second look.
    warnings: Vec<String>,
    /// Which keys are trusted to the air or to a single card.
    trust: Vec<String>,
    /// What would take fewer exchanges.
    hints: Vec<String>,
}

impl Found {
    const fn is_well(&self) -> bool {
        self.mistakes.is_empty() && self.changes.is_empty()
    }

    fn lines(&self, path: &Path) -> String {
        let kinds = [
            ("mistake", &self.mistakes),
            ("warning", &self.warnings),
            ("trust", &self.trust),
            ("change", &self.changes),
            ("hint", &self.hints),
        ];
        let lines = kinds.iter().flat_map(|(kind, lines)| {
            lines.iter().map(move |line| format!("{kind}: {}\n", Shown(line)))
        });
        let mut text: String = lines.collect();
        if self.is_well() {
            text += &format!("{}: nothing is wrong with it\n", Shown(path.display()));
        }
        text
    }
}
