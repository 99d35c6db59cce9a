// SPDX-License-Identifier: MIT OR Apache-2.0
//! Numbers with a sign, with something added, and dates and UIDs as numbers.

use super::*;

const FIELDS: &str = r#"n = { type = "int", min = -1000, max = 60000 }
u = { type = "uint", max = 457681 }
t = { type = "datetime", from = "1980-01-01", to = "2059-12-31" }"#;

const RECORD: &str = r#"{"n": -50, "u": 286571, "t": "2015-10-05T09:06:07"}"#;

/// The part behind those that use every field.
fn made(part: &str) -> (String, Vec<String>) {
    let every = "{ int = \"n\", bytes = 4, order = \"big\" }, { uint = \"u\", bytes = 3, order = \
                 \"big\" }, { date = \"t\", form = \"bcd:yyyymmdd\" }";
    let profile = profile(FIELDS, "", 64, &format!("{every}, {part}"));
    let all = rendered(&profile, RECORD);
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let told = content.read(&hex::decode(&all).unwrap());
    let told = told.iter().skip(3).map(|told| told.value.expose_secret().clone()).collect();
    (all.strip_prefix("FFFFFFCE045F6B20151005").unwrap().to_owned(), told)
}

fn held(cases: &[(&str, &str, &str)]) {
    for (part, bytes, told) in cases {
        assert_eq!(made(part), ((*bytes).to_owned(), vec![(*told).to_owned()]), "{part}");
    }
}

#[test]
fn numbers_with_a_sign_are_twos_complement() {
    held(&[
        ("{ int = \"n\", bytes = 3, order = \"little\" }", "CEFFFF", "-50"),
        ("{ int = \"n\", bytes = 8, order = \"big\" }", "FFFFFFFFFFFFFFCE", "-50"),
        // 21 bits and three that are left: 1 1111 1111 1111 1100 1110 000.
        ("{ pack = [{ int = \"n\", width = 21 }] }", "FFFE70", "-50"),
        ("{ int = \"u\", bytes = 4, order = \"big\", add = -286572 }", "FFFFFFFF", "286571"),
    ]);
}

#[test]
fn what_is_added_is_taken_off_again() {
    held(&[
        // 286571 + 66606 = 353177.
        ("{ uint = \"u\", bytes = 3, order = \"big\", add = 66606 }", "056399", "286571"),
        ("{ uint = \"n\", bytes = 3, order = \"big\", add = 1000 }", "0003B6", "-50"),
        ("{ digits = \"u\", count = 6, add = 66606 }", "353177", "286571"),
        ("{ pack = [{ uint = \"u\", width = 24, add = 66606 }] }", "056399", "286571"),
    ]);
    let (bits, told) =
        made("{ bits = \"h10301\", facility = 1, number = { uint = \"n\", add = 1000 } }");
    // H10301: even parity, 8 and 16 bits, a parity bit: 1 00000001 0000001110110110 0.
    assert_eq!((bits.as_str(), told), ("8081DB00", vec!["1".to_owned(), "-50".to_owned()]));
}

#[test]
fn dates_and_times_are_numbers() {
    held(&[
        // 13,061 days and 32,767 seconds.
        (
            "{ date = \"t\", form = \"days:1980-01-01\", bytes = 2, order = \"big\" }",
            "3305",
            "13061 days after 1980-01-01",
        ),
        (
            "{ date = \"t\", form = \"seconds:1980-01-01\", bytes = 4, order = \"big\" }",
            "4343977F",
            "2015-10-05T09:06:07",
        ),
        (
            "{ date = \"t\", form = \"years:1900-01-01\", bytes = 1 }",
            "73",
            "115 years after 1900-01-01",
        ),
        ("{ date = \"t\", form = \"bcd:yymmddHHMMSS\" }", "151005090607", "2015-10-05T09:06:07"),
        ("{ date = \"t\", form = \"ascii:HH:MM\" }", "30393A3036", "09:06"),
        (
            "{ pack = [{ days = \"t\", since = \"1980-01-01\", width = 15 }] }",
            "660A",
            "13061 days after 1980-01-01",
        ),
    ]);
}

#[test]
fn a_uid_has_several_forms() {
    // 04DEADBEEFFEED, and of the last four BEEFFEED and EDFEEFBE, 3203399405 and 3992907710.
    held(&[
        (
            "{ uid = \"written\", form = \"hex\" }",
            &hex::encode_upper("04DEADBEEFFEED"),
            "04DEADBEEFFEED",
        ),
        (
            "{ uid = \"reversed\", form = \"small-hex\", last = 2 }",
            &hex::encode_upper("edfe"),
            "edfe",
        ),
        ("{ uid = \"written\", last = 4 }", "BEEFFEED", "BEEFFEED"),
        ("{ uid = \"reversed\", last = 4 }", "EDFEEFBE", "BEEFFEED"),
        (
            "{ uid = \"written\", last = 4, form = \"decimal\" }",
            &hex::encode_upper("3203399405"),
            "3203399405",
        ),
        (
            "{ uid = \"reversed\", last = 4, form = \"decimal\" }",
            &hex::encode_upper("3992907710"),
            "3992907710",
        ),
        (
            "{ uid = \"written\", form = \"decimal\" }",
            &hex::encode_upper("01370737720950509"),
            "01370737720950509",
        ),
    ]);
}

#[test]
fn uuids_are_texts_too() {
    let field = "u = { type = \"uuid\" }";
    let record = "{\"u\": \"D88B02C1-894E-1038-A711-001999465982\"}";
    for (form, text) in [
        ("text", "d88b02c1-894e-1038-a711-001999465982"),
        ("digits", "d88b02c1894e1038a711001999465982"),
        ("urn", "urn:uuid:d88b02c1-894e-1038-a711-001999465982"),
    ] {
        let part = format!("{{ uuid = \"u\", form = \"{form}\" }}");
        assert_eq!(content(field, &part, record), hex::encode_upper(text));
    }
}

#[test]
fn numbers_beyond_their_limits_are_refused() {
    let profile = profile(
        FIELDS,
        "",
        64,
        "{ int = \"n\", bytes = 4, order = \"big\" }, { uint = \"u\", \
        bytes = 3, order = \"big\" }, { date = \"t\", form = \"bcd:yyyymmdd\" }",
    );
    for (old, new, wanted) in [
        ("-50", "-1001", "smaller than the smallest"),
        ("-50", "\"-1001\"", "smaller than the smallest"),
        ("-50", "60001", "larger than the largest"),
        ("-50", "\"- 50\"", "a space"),
        ("-50", "\"+50\"", "a sign"),
        ("286571", "-1", "a sign"),
        ("2015-10-05T09:06:07", "2015-10-05T24:00:00", "no date with a time"),
        ("2015-10-05T09:06:07", "2015-10-05", "no date with a time"),
        ("2015-10-05T09:06:07", "1979-12-31 23:59:59", "before the first"),
    ] {
        let said = rendered(&profile, &RECORD.replace(old, new));
        assert!(said.contains(wanted), "{new}: {said}");
    }
    for (old, new) in
        [("-50", "-1000"), ("-50", "60000"), ("-50", "\"-1000\""), ("T09", " 09"), (":07", "")]
    {
        assert!(hex::decode(rendered(&profile, &RECORD.replace(old, new))).is_ok(), "{new}");
    }
}
