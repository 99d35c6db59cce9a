// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key of several people: each types a component, and nobody sees the key.

use std::time::SystemTime;

use cardwright::key::CheckValue;

use crate::arguments::Ceremony;
use crate::component::{self, Component};
use crate::kept;
use crate::key_file::asked;
use crate::result;
use crate::target::Target;

/// Holds a ceremony.
pub(crate) fn hold(asked: &Ceremony) -> Result<(), String> {
    if !(2..=5).contains(&asked.custodian.len()) {
        return Err("a key has two to five components: name as many with --custodian".into());
    }
    kept::must_be_free(&asked.transcript)?;
    let key = asked.key.reference();
    let target = Target::of(&asked.file, &key, &asked.new, &asked.to, &asked.secret)?;
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
    kept::write_new(&asked.transcript, transcript.as_bytes(), "no key is kept")?;
    if let Err(error) = target.put(&entry) {
        let _ = std::fs::remove_file(&asked.transcript);
        return Err(error);
    }
    result::write(&transcript, false)
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

/// Takes away what the custodian before was told.
fn clear_screen() {
    if asked::is_terminal() {
        let _ = console::Term::stderr().clear_screen();
    }
}
