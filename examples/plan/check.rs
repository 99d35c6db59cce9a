// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is wrong with a profile, by itself and beside its former edition.

use std::error::Error;
use std::path::Path;
use std::process::ExitCode;

use cardwright::encode::{Job, PermissionError, advice, delegated_application, hints};
use cardwright::profile::Profile;
use cardwright::shown::Shown;

use crate::arguments::Arguments;
use crate::files::{self, Files};
use crate::found::{Found, Mistake};
use crate::permission;
use crate::read;

/// Says what is wrong with a profile, a line each or as JSON.
pub(crate) fn profile(arguments: &Arguments, path: &Path) -> Result<ExitCode, Box<dyn Error>> {
    let before = arguments.former.as_ref().map(|former| read::profile(former)).transpose()?;
    let json = arguments.json;
    let file = path.display().to_string();
    let mut found = Found::default();
    match Profile::parse(&read::text(path)?) {
        Err(error) => found.mistakes.push(Mistake::found(&file, &error, read::at(path, &error))),
        Ok(profile) => {
            let warnings = profile.warnings().iter();
            found.warnings = warnings.map(|warning| Mistake::warning(&file, warning)).collect();
            found.trust.push(profile.trust().to_string());
            found.hints = hints(&profile).iter().map(ToString::to_string).collect();
            found.advice = advice(&profile).iter().map(ToString::to_string).collect();
            let changes = before.map(|before| profile.changes_from(&before)).unwrap_or_default();
            let changes = changes.iter().map(|change| Mistake::of(change.code(), change));
            found.changes = changes.collect();
            for path in &arguments.permission {
                with_permission(&profile, path, &mut found)?;
            }
            if arguments.files.keys.is_some() {
                with_keys(profile, &arguments.files, &file, &mut found)?;
            }
        }
    }
    let text = match json {
        true => serde_json::to_string_pretty(&found)? + "\n",
        false => found.lines(path),
    };
    crate::result::write(&text, json)?;
    Ok(if found.is_well() { ExitCode::SUCCESS } else { ExitCode::FAILURE })
}

/// What is wrong with a profile and its keys together.
fn with_keys(
    profile: Profile,
    files: &Files,
    file: &str,
    found: &mut Found,
) -> Result<(), Box<dyn Error>> {
    let (store, name) = files::keys(files)?;
    match Job::new(profile, &*store) {
        Ok(job) => found.warnings.extend(
            job.warnings()
                .iter()
                .map(|warning| Mistake::of(warning.code(), warning).at(file, warning.line())),
        ),
        Err(error) => {
            let told = read::at(name, &error);
            found.mistakes.push(Mistake { told, ..Mistake::of(error.code(), &error) });
        }
    }
    Ok(())
}

/// What is wrong with a profile and a permission of the cards' owner together.
fn with_permission(
    profile: &Profile,
    path: &Path,
    found: &mut Found,
) -> Result<(), Box<dyn Error>> {
    let (permitted, today) = (permission::read(path)?, permission::today()?);
    let fits = delegated_application(profile).ok_or(PermissionError::NotDelegated);
    if let Err(error) = fits.and_then(|wanted| permitted.fits(&wanted, today)) {
        let told = read::at(path, &error);
        found.mistakes.push(Mistake { told, ..Mistake::of(error.code(), &error) });
    }
    Ok(())
}

impl Found {
    const fn is_well(&self) -> bool {
        self.mistakes.is_empty() && self.changes.is_empty()
    }

    fn lines(&self, path: &Path) -> String {
        let told = |list: &[Mistake]| list.iter().map(|one| one.told.clone()).collect();
        let kinds: [(&str, Vec<String>); 6] = [
            ("mistake", told(&self.mistakes)),
            ("warning", told(&self.warnings)),
            ("trust", self.trust.clone()),
            ("change", told(&self.changes)),
            ("hint", self.hints.clone()),
            ("advice", self.advice.clone()),
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
