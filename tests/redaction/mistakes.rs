// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in files, with a secret at the very place of the mistake.

use cardwright::encode::{Ledger, batch_mark};
use cardwright::keys::KeyFile;
use cardwright::keys::token::TokenUri;
use cardwright::profile::{Profile, Records};

use super::world::{
    ACCOUNT, BADGE, BORN, HOLDER, NUMBER, PICC, PROFILE, TOKEN, canaries, csv, job, key_file,
};

#[test]
fn a_mistake_in_a_key_file_quotes_nothing() {
    let canaries = canaries();
    let key = hex::encode_upper(PICC);
    let good = key_file();
    let value = format!("value = \"{key}\"");
    for (old, new) in [
        (value.as_str(), format!("value = {key}")),
        (value.as_str(), format!("value = \"{key}")),
        (value.as_str(), format!("value = \"{key}00\"")),
        (value.as_str(), format!("value = \"{}\"", key.split_at(30).0)),
        (value.as_str(), format!("value = \"x{}\"", key.split_at(1).1)),
        (value.as_str(), format!("value = [\"{key}\"]")),
        (value.as_str(), format!("value = {{ {key} = \"{key}\" }}")),
        (value.as_str(), format!("{value}\n{value}")),
        (value.as_str(), format!("{value}\n{key} = 1")),
        (value.as_str(), format!("value : {key}")),
        (value.as_str(), key.clone()),
        ("\"aes128\"", format!("\"{key}\"")),
        ("use = \"test\"", format!("use = \"{key}\"")),
        ("use = \"test\"", format!("{key} = \"test\"")),
        ("version = 1", format!("version = \"{key}\"")),
        ("[[key]]", format!("[[{key}]]")),
        ("[[key]]", format!("[[key]] {key}")),
        ("receipt = ", format!("receipt = \"{key}\" # ")),
    ] {
        let text = good.replacen(old, &new, 1);
        assert_ne!(text, good, "{old} is not in the key file");
        let error = KeyFile::parse(&text).unwrap_err();
        canaries.absent_from_error(&format!("the error for {new}"), &error);
    }
}

#[test]
fn a_mistake_in_a_csv_record_quotes_nothing() {
    let (canaries, job) = (canaries(), job());
    let number = NUMBER.to_string();
    let token = hex::encode(TOKEN);
    let uid = "04A75C93E1B86D";
    let good = csv();
    for (old, new) in [
        (number.as_str(), format!("{number}0")),
        (number.as_str(), format!("-{number}")),
        (number.as_str(), HOLDER.to_owned()),
        (HOLDER, format!("{HOLDER} and {HOLDER}")),
        (HOLDER, format!("\"{HOLDER}")),
        (HOLDER, format!("\"{HOLDER}\"x")),
        (HOLDER, format!("{HOLDER},{HOLDER}")),
        (HOLDER, format!("{HOLDER}\u{1}")),
        (HOLDER, format!("{HOLDER}ß")),
        (token.as_str(), token.split_at(14).0.to_owned()),
        (token.as_str(), format!("{token}{token}")),
        (token.as_str(), HOLDER.to_owned()),
        (uid, format!("{uid}{token}")),
        (uid, HOLDER.to_owned()),
        // The other record's.
        (number.as_str(), super::world::OTHER_NUMBER.to_string()),
        (uid, "0439F26BD41E87".to_owned()),
        (BORN, "1987-06-31".to_owned()),
        (BORN, format!("{BORN} ")),
        (BORN, BORN.replace("19", "18")),
        (ACCOUNT, ACCOUNT.replacen('-', "", 1)),
        (ACCOUNT, format!("{{{ACCOUNT}")),
        (ACCOUNT, ACCOUNT.replacen('e', "g", 1)),
        (BADGE, format!("{BADGE}0")),
        (BADGE, BADGE.split_at(36).0.to_owned()),
        (BADGE, BADGE.replacen("11", "1l", 1)),
        // The header.
        ("number", HOLDER.to_owned()),
        ("number", number.clone()),
        ("holder", "holder,holder".to_owned()),
        ("uid,number,holder,token,born,account,badge\n", String::new()),
    ] {
        let text = good.replacen(old, &new, 1);
        assert_ne!(text, good, "{old} is not in the records");
        let what = format!("the error for {new}");
        match Records::csv(job.profile(), text.as_bytes()) {
            Err(error) => canaries.absent_from_error(&what, &error),
            Ok(records) => {
                canaries.absent_from_debug("the records", &records);
                let errors: Vec<_> =
                    records.entries.iter().filter_map(|e| e.as_ref().err()).collect();
                assert!(!errors.is_empty(), "{new} is no mistake");
                for error in errors {
                    canaries.absent_from_error(&what, error);
                    canaries.absent_from_error(&what, error.reason());
                }
            }
        }
    }
    let latin: Vec<u8> = good.bytes().map(|byte| if byte == b'Q' { 0xE9 } else { byte }).collect();
    let records = Records::csv(job.profile(), &latin).unwrap();
    canaries.absent_from_error("a line in Latin-1", records.entries[0].as_ref().unwrap_err());
}

#[test]
fn a_mistake_in_a_json_record_quotes_nothing() {
    let (canaries, job) = (canaries(), job());
    let token = hex::encode(TOKEN);
    let record = |number: &str, holder: &str, more: &str| {
        format!(
            "{{\"number\":{number},\"holder\":{holder},\"token\":\"{token}\",\"born\":\
                 \"{BORN}\",\"account\":\"{ACCOUNT}\",\"badge\":\"{BADGE}\"{more}}}\n"
        )
    };
    let (number, holder) = (NUMBER.to_string(), format!("\"{HOLDER}\""));
    assert!(
        Records::json_lines(job.profile(), record(&number, &holder, "").as_bytes())
            .unwrap()
            .entries[0]
            .is_ok()
    );
    for line in [
        record(&format!("{number}0"), &holder, ""),
        record(&format!("{number}.5"), &holder, ""),
        record(&format!("[{number}]"), &holder, ""),
        record(&holder, &holder, ""),
        record(&number, HOLDER, ""),
        record(&number, &number, ""),
        record(&number, &format!("{{{holder}:{holder}}}"), ""),
        record(&number, &holder, &format!(",\"holder\":{holder}")),
        record(&number, &holder, &format!(",{number}")),
        record(&number, &holder, &format!(",\"uid\":\"{token}\"")),
        record(&number, &holder, &format!(",\"id\":[{holder}]")),
        record(&number, &holder, "").replace(BORN, "1987-06-31"),
        record(&number, &holder, "").replace(&format!("\"{BORN}\""), "19870623"),
        record(&number, &holder, "").replace(ACCOUNT, BORN),
        record(&number, &holder, "").replace(BADGE, &format!("{BADGE}1")),
        record(&number, &holder, "").replace(&format!("\"{BADGE}\""), BADGE),
        record(&number, &holder, "").replace('}', ""),
        record(&number, &holder, "").replace("\"holder\"", "\"holder"),
        format!("[{number},{holder}]"),
        holder.clone(),
        number.clone(),
    ] {
        let records = Records::json_lines(job.profile(), line.as_bytes()).unwrap();
        let error = records.entries[0].as_ref().expect_err(&line);
        canaries.absent_from_error(&format!("the error for {line}"), error);
    }
}

/// A profile holds no secret, but one may be written there by mistake: a key where its name
/// belongs, a value where its type does, another file altogether.
#[test]
fn a_mistake_in_a_profile_quotes_no_secret() {
    let canaries = canaries();
    let key = hex::encode_upper(PICC);
    for (old, new) in [
        (
            "picc = { ref = \"picc\", version = 1",
            format!("picc = {{ value = \"{key}\", version = 1"),
        ),
        (
            "picc = { ref = \"picc\", version = 1",
            format!("picc = {{ ref = \"picc\", version = \"{key}\""),
        ),
        ("picc = [\"factory\"]", format!("picc = [{{ key = \"{key}\" }}]")),
        ("picc = [\"factory\"]", format!("picc = [{key}]")),
        ("verify = \"every-key\"", format!("verify = {key}")),
        ("size = 28", format!("size = {key}")),
        ("max = 9999999999", format!("max = \"{key}\"")),
        ("size = 28", format!("size = \"{key}\"")),
        ("max_length = 20", format!("max_length = \"{HOLDER}\"")),
    ] {
        let text = PROFILE.replacen(old, &new, 1);
        assert_ne!(text, PROFILE, "{old} is not in the profile");
        let error = Profile::parse(&text).expect_err(&new);
        canaries.absent_from_error(&format!("the error for {new}"), &error);
    }
    for file in [key_file(), csv()] {
        canaries.absent_from_error("another file", &Profile::parse(&file).unwrap_err());
    }
    let error = KeyFile::parse(&PROFILE.replace("door", HOLDER)).unwrap_err();
    canaries.absent_from_error("a profile in the key file's place", &error);
}

#[test]
fn a_file_that_holds_no_receipts_is_not_quoted() {
    let (canaries, job) = (canaries(), job());
    let mark = batch_mark(&job, csv().as_bytes()).unwrap();
    for text in [csv(), key_file(), format!("{{\"record\":\"{HOLDER}\"}}\n"), format!("{NUMBER}\n")]
    {
        let error = Ledger::read(text.as_bytes(), &job, Some(&mark)).unwrap_err();
        canaries.absent_from_error("no receipts", &error);
    }
}

#[test]
fn a_mistake_in_the_uri_of_a_token_quotes_no_pin() {
    let pin = "kumquat-59-vermicelli";
    let mut canaries = canaries();
    canaries.text("the PIN", pin);
    let good = "pkcs11:token=site?module-name=softhsm2&x-use=test";
    assert!(good.parse::<TokenUri>().is_ok());
    for text in [
        format!("{good}&pin-value={pin}"),
        format!("pkcs11:token=site;pin-value={pin}?module-name=softhsm2"),
        format!("{good}&pin-source=|echo {pin}"),
        format!("{good}&pin-source={pin}"),
        format!("{good}&pin-source={pin}%0"),
        format!("{good}&x-use={pin}"),
        format!("pkcs11:slot-id={pin}?module-name=softhsm2"),
        format!("pkcs11:token=site?module-name={pin}!"),
        format!("pkcs11:token={pin}{pin}?module-name=softhsm2"),
        format!("pkcs11:token=site?module-path={pin}"),
        format!("pkcs12:pin-value={pin}"),
        pin.to_owned(),
    ] {
        let error = text.parse::<TokenUri>().expect_err(&text);
        canaries.absent_from_error(&format!("the error for {text}"), &error);
        canaries.absent_from_error(&format!("the error for {text}"), error.problem());
    }
}
