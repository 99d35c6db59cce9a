// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key of several people: each types a component, and nobody sees the key.

use std::io::Write as _;
use std::path::Path;
use std::time::SystemTime;

use cardwright::key::CheckValue;
use cardwright::keys::{KeyFile, Store as _};
use zeroize::Zeroizing;

use crate::arguments::Ceremony;
use crate::component::{self, Component};
use crate::kept::{self, Kept};
use crate::key_file::asked;
use crate::sealing::Seal;
use crate::{made, private, result};

/// Where the key goes.
enum Into<'p> {
    Old(Kept<'p>),
    New { text: Zeroizing<String>, seal: Option<Seal> },
}

/// Holds a ceremony.
pub(crate) fn hold(asked: &Ceremony) -> Result<(), String> {
    if !(2..=5).contains(&asked.custodian.len()) {
        return Err("a key has two to five components: name as many with --custodian".into());
    }
    kept::must_be_free(&asked.transcript)?;
    let into = into(asked)?;
    let mut components: Vec<Component> = Vec::with_capacity(asked.custodian.len());
    for custodian in &asked.custodian {
        clear_screen();
        let of = (components.len() + 1, asked.custodian.len());
        components.push(component::ask(&asked.key, custodian, of, &components)?);
    }
    clear_screen();
    let key = component::together(&components)?;
    let whole = asked.key.key(&key).ok_or("the components are of another length")?;
    let check = CheckValue::of(&whole).map_err(|error| error.to_string())?;
    let entry = asked.key.entry(&key);
    let transcript = transcript(asked, &components, check);
    // Whoever has no transcript has no key.
    write(&asked.transcript, &transcript)?;
    if let Err(error) = put(asked, &into, &entry) {
        let _ = std::fs::remove_file(&asked.transcript);
        return Err(error);
    }
    result::write(&transcript, false)
}

/// Sees to it that the key can be put there, before anybody types.
fn into(asked: &Ceremony) -> Result<Into<'_>, String> {
    let Some(purpose) = asked.purpose else {
        let kept = Kept::open(&asked.file, &asked.to, &asked.secret)?;
        let told = |error: &dyn std::fmt::Display| format!("{}: {error}", asked.file.display());
        let keys = KeyFile::parse(&kept.text).map_err(|error| told(&error))?;
        if keys.issuer(&asked.key.name, asked.key.version).is_ok() {
            let (name, version) = (&asked.key.name, asked.key.version.0);
            return Err(told(&format!(
                "key {name} (version {version}) is there: name another version"
            )));
        }
        return Ok(Into::Old(kept));
    };
    kept::must_be_free(&asked.file)?;
    let seal = asked.to.is_said().then(|| Seal::asked_for(&asked.to, &asked.secret)).transpose()?;
    Ok(Into::New { text: made::head(purpose, asked.tenant.as_deref(), 1)?, seal })
}

fn put(asked: &Ceremony, into: &Into<'_>, entry: &str) -> Result<(), String> {
    let before = match into {
        Into::Old(kept) => &kept.text,
        Into::New { text, .. } => text,
    };
    let mut text = Zeroizing::new(String::with_capacity(before.len() + entry.len() + 1));
    text.push_str(before);
    if !before.ends_with('\n') {
        text.push('\n');
    }
    text.push_str(entry);
    match into {
        Into::Old(kept) => kept.replace(&text),
        Into::New { seal, .. } => kept::make(&asked.file, &text, seal.as_ref()),
    }
}

/// What was done, for the file and for signatures; it holds no secret.
fn transcript(asked: &Ceremony, components: &[Component], whole: CheckValue) -> String {
    let key = &asked.key;
    let mut text = format!(
        "ceremony of a key\ntime: {}\nfile: {}\nkey: {}\ntype: {}\nversion: {}\ncheck value: {whole}\n",
        humantime::format_rfc3339_seconds(SystemTime::now()),
        one_line(&asked.file.display()),
        one_line(&key.name),
        key.type_word(),
        key.version.0,
    );
    for (number, (custodian, component)) in (1..).zip(asked.custodian.iter().zip(components)) {
        let custodian = one_line(custodian);
        text += &format!(
            "component {number}: {custodian}, check value {}\n  signature:\n",
            component.check
        );
    }
    text
}

fn one_line(text: &dyn std::fmt::Display) -> String {
    cardwright::shown::Shown(text).to_string()
}

fn write(path: &Path, transcript: &str) -> Result<(), String> {
    let told = |error: std::io::Error| format!("{}: {error}; no key is kept", path.display());
    let mut file = private::create_new(path).map_err(told)?;
    let written = file.write_all(transcript.as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = written.and_then(|()| private::sync_directory_of(path)) {
        let _ = std::fs::remove_file(path);
        return Err(told(error));
    }
    Ok(())
}

/// Takes away what the custodian before was told.
fn clear_screen() {
    if asked::is_terminal() {
        let _ = console::Term::stderr().clear_screen();
    }
}
