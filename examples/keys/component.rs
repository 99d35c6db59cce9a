// SPDX-License-Identifier: MIT OR Apache-2.0
//! Components of keys, as their custodians type them.

use cardwright::key::{CheckValue, MasterKey};
use cardwright::secret::ct_eq;
use zeroize::Zeroizing;

use crate::entry::Named;
use crate::key_file::asked;
use crate::say::say;

/// What one custodian holds.
pub(crate) struct Component {
    bytes: Zeroizing<Vec<u8>>,
    pub(crate) check: CheckValue,
}

/// Asks a custodian until what was typed is a component. `of`: which it is, of how many.
pub(crate) fn ask(
    key: &Named,
    custodian: &str,
    of: (usize, usize),
    earlier: &[Component],
) -> Result<Component, String> {
    let (number, all) = of;
    loop {
        match typed(key, &format!("component {number} of {all}, {custodian}"), earlier)? {
            Ok(component) => {
                let check = component.check;
                say(&format!("component {number} of {all}, {custodian}: check value {check}"));
                if asked::is_terminal() {
                    asked::line("Enter, when it is noted")?;
                }
                return Ok(component);
            }
            Err(why) => say(&format!("{why}: once more")),
        }
    }
}

/// What somebody types, or in words why it is no component; an error where nobody types any more.
fn typed(
    key: &Named,
    whose: &str,
    earlier: &[Component],
) -> Result<Result<Component, String>, String> {
    let digits = 2 * key.length();
    let line = asked::line(&format!("{whose}, {digits} hexadecimal digits"))?;
    let Some(bytes) = bytes(&line).filter(|bytes| bytes.len() == key.length()) else {
        return Ok(Err(format!(
            "a component of a key of type {} has {digits} hexadecimal digits",
            key.type_word()
        )));
    };
    if bytes.iter().fold(0, |any, byte| any | byte) == 0 {
        return Ok(Err("this component is all zero, and adds nothing".into()));
    }
    if earlier.iter().any(|other| ct_eq(&other.bytes, &bytes)) {
        return Ok(Err("an earlier component is the same, and nothing is left of the two".into()));
    }
    let alone = key.key(&bytes).ok_or("this is no key")?;
    let check = CheckValue::of(&alone).map_err(|error| error.to_string())?;
    let again = asked::line(&format!("{whose}, again, or its check value"))?;
    let same = match self::bytes(&again).filter(|again| again.len() == bytes.len()) {
        Some(again) => ct_eq(&again, &bytes),
        None => is_check_value(again.trim(), &alone, check),
    };
    match same {
        true => Ok(Ok(Component { bytes, check })),
        false => Ok(Err(format!("this is neither the same nor its check value, which is {check}"))),
    }
}

/// Whether this is a check value of the key, by the method that stands with it, or by the usual one.
fn is_check_value(text: &str, key: &MasterKey, check: CheckValue) -> bool {
    if let Ok(stated) = text.parse::<CheckValue>() {
        return CheckValue::of_as(key, stated.method()).is_ok_and(|own| own == stated);
    }
    let whole = check.to_string();
    whole.split_once(':').is_some_and(|(_, value)| text.eq_ignore_ascii_case(value))
}

/// The bytes of digits, which may stand in groups.
pub(crate) fn bytes(line: &str) -> Option<Zeroizing<Vec<u8>>> {
    let mut digits = Zeroizing::new(String::with_capacity(line.len()));
    digits.extend(line.chars().filter(|sign| !sign.is_whitespace()));
    let mut bytes = Zeroizing::new(vec![0; digits.len() / 2]);
    hex::decode_to_slice(digits.as_str(), &mut bytes).ok()?;
    Some(bytes)
}

/// The key: all components, one over the other.
pub(crate) fn together(components: &[Component]) -> Result<Zeroizing<Vec<u8>>, String> {
    let length = components.iter().map(|one| one.bytes.len()).max().unwrap_or_default();
    let mut key = Zeroizing::new(vec![0; length]);
    for component in components {
        for (slot, byte) in key.iter_mut().zip(component.bytes.iter()) {
            *slot ^= byte;
        }
    }
    if key.iter().fold(0, |any, byte| any | byte) == 0 {
        return Err("together the components are zero, which is no key: nothing is kept".into());
    }
    Ok(key)
}
