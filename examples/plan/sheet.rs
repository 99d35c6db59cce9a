// SPDX-License-Identifier: MIT OR Apache-2.0
//! The sheet for whoever sets up readers.

use std::error::Error;
use std::process::ExitCode;

use cardwright::encode::Job;
use cardwright::iso14443::RealUid;
use cardwright::keys::Store;
use cardwright::profile::{Profile, Record};
use cardwright::sheet::{Form, Sheet};

use crate::arguments::Arguments;
use crate::{INVENTED, files, read, result};

/// Writes it. No card is looked at, so keys may be live ones.
pub(crate) fn write(arguments: &Arguments) -> Result<ExitCode, Box<dyn Error>> {
    let named = &arguments.files;
    let profile = files::profile(named.profile.as_ref())?;
    // The keys and records of the demonstration are those of its profile alone.
    let is_demonstration = named.profile.is_none();
    let keys =
        (is_demonstration || named.keys.is_some()).then(|| files::keys(named)).transpose()?;
    if let Some((keys, name)) = &keys {
        // Readers read cards longer than their keys are put on new ones.
        let job = Job::making(profile.clone(), &**keys).to_read().make();
        job.map_err(|error| read::at(name, &error))?;
    }
    let record = (is_demonstration || named.records.is_some())
        .then(|| first_record(arguments, &profile))
        .transpose()?;
    let stated = arguments.uid.clone().or_else(|| record.as_ref()?.uid().cloned());
    let uid = stated.unwrap_or(RealUid::new(INVENTED));
    let store = keys.as_ref().map(|(keys, _)| -> &dyn Store { &**keys });
    let sheet = Sheet::new(&profile, store, &uid, record.as_ref())?;
    result::write(&sheet.to_form(arguments.form)?, arguments.form != Form::Text)?;
    Ok(ExitCode::SUCCESS)
}

/// The first record, which the example is of.
fn first_record(arguments: &Arguments, profile: &Profile) -> Result<Record, Box<dyn Error>> {
    let path = arguments.files.record_file();
    let entries =
        files::records(&arguments.files, &files::record_bytes(path.as_ref())?, profile)?.entries;
    match entries.into_iter().next() {
        Some(record) => Ok(record.map_err(|error| match &path {
            Some(path) => read::at(path, &error),
            None => error.to_string(),
        })?),
        None => Err("there is no record: name some with --records".into()),
    }
}
