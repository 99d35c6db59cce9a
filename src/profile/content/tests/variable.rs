// SPDX-License-Identifier: MIT OR Apache-2.0
//! Parts that are as long as their values, what counts them, and NDEF messages.

use super::*;

const NAME: &str = "t = { type = \"text\", min_length = 2, max_length = 5 }";
const BLOB: &str = "h = { type = \"hex\", min_length = 2, max_length = 4 }";

/// The bytes at the least, at the greatest, and what is said one beyond.
fn lengths(fields: &str, parts: &str, records: [&str; 4]) -> [String; 4] {
    let profile = profile(fields, "", 64, parts);
    records.map(|record| rendered(&profile, record))
}

/// By hand: one byte that counts, the letters, a byte `FF`, and zeros for letters that are not there.
#[test]
fn a_text_takes_as_many_bytes_as_it_has() {
    let parts = "{ length = [\"t\"], bytes = 1 }, \
                 { text = \"t\", bytes = 5, length = \"variable\", name = \"t\" }, \
                 { constant = \"hex:FF\" }";
    let records =
        ["{\"t\": \"ab\"}", "{\"t\": \"abcde\"}", "{\"t\": \"a\"}", "{\"t\": \"abcdef\"}"];
    let [least, most, short, long] = lengths(NAME, parts, records);
    assert_eq!(least, "02 6162 FF 000000".replace(' ', ""));
    assert_eq!(most, "05 6162636465 FF".replace(' ', ""));
    assert!(short.contains("field \"t\"") && long.contains("field \"t\""), "{short} {long}");
}

#[test]
fn bytes_take_as_many_as_they_are() {
    let parts = "{ length = [\"h\"], bytes = 2, order = \"little\", add = 1 }, \
                 { hex = \"h\", length = \"variable\", name = \"h\" }, { constant = \"hex:FF\" }";
    let records = [
        "{\"h\": \"A1B2\"}",
        "{\"h\": \"A1B2C3D4\"}",
        "{\"h\": \"A1\"}",
        "{\"h\": \"A1B2C3D4E5\"}",
    ];
    let [least, most, short, long] = lengths(BLOB, parts, records);
    assert_eq!(least, "0300 A1B2 FF 0000".replace(' ', ""));
    assert_eq!(most, "0500 A1B2C3D4 FF".replace(' ', ""));
    for said in [short, long] {
        assert!(said.contains("4 to 8 hexadecimal digits, two for each byte"), "{said}");
    }
}

/// 3 bytes, most significant first, count from far away; what they count goes over both parts.
#[test]
fn a_length_counts_all_that_it_names() {
    let parts = "{ length = [\"a..b\"], bytes = 3, order = \"big\" }, \
                 { constant = \"hex:EEEE\", name = \"a\" }, \
                 { hex = \"h\", length = \"variable\", name = \"b\" }";
    let profile = profile(BLOB, "", 64, parts);
    assert_eq!(rendered(&profile, "{\"h\": \"A1B2C3\"}"), "000005 EEEE A1B2C3 00".replace(' ', ""));
}

/// 5F20 02 and two letters are five bytes; 126 bytes more make 131, whose length takes two.
#[test]
fn a_tlv_counts_what_is_there_and_so_does_the_one_around_it() {
    let inner =
        "{ tlv = \"5F20\", parts = [{ text = \"t\", bytes = 200, length = \"variable\" }] }";
    let field = "t = { type = \"text\", max_length = 200 }";
    let profile = profile(field, "", 300, &format!("{{ tlv = \"E1\", parts = [{inner}] }}"));
    let short = rendered(&profile, "{\"t\": \"ab\"}");
    assert_eq!(short.trim_end_matches('0'), "E1055F20026162");
    for (letters, header) in [(124, "E17F5F207C"), (125, "E181805F207D"), (128, "E181845F208180")] {
        let long = rendered(&profile, &format!("{{\"t\": \"{}\"}}", "a".repeat(letters)));
        assert!(long.starts_with(&format!("{header}6161")), "{long}");
    }
    let greatest = rendered(&profile, &format!("{{\"t\": \"{}\"}}", "a".repeat(200)));
    assert!(greatest.starts_with("E181CC5F2081C861") && greatest.ends_with("61"), "{greatest}");
}

/// A field of bytes, from one on.
fn bytes_to(most: usize) -> String {
    format!("h = {{ type = \"hex\", min_length = 1, max_length = {most} }}")
}

/// What stands in front of so many bytes.
fn before(profile: &Profile, bytes: usize) -> String {
    let all = rendered(profile, &format!("{{\"h\": \"{}\"}}", "A5".repeat(bytes)));
    let (before, _) = all.split_once(&"A5".repeat(bytes)).unwrap();
    before.to_owned()
}

/// With one byte, and the most that fits; and one more than fits is told before there is a card.
#[test]
fn a_length_goes_up_to_the_greatest_number_of_its_bytes() {
    let parts = |bytes, add, order| {
        format!(
            "{{ length = [\"h\"], bytes = {bytes}, add = {add}, order = \"{order}\" }}, {{ hex = \"h\", \
             length = \"variable\", name = \"h\" }}"
        )
    };
    for (bytes, add, order, most, least, greatest) in [
        (1, 0, "big", 255, "01", "FF"),
        (2, 65_279, "big", 256, "FF00", "FFFF"),
        (2, 65_279, "little", 256, "00FF", "FFFF"),
        (2, 0, "little", 256, "0100", "0001"),
        (3, 65_536, "big", 256, "010001", "010100"),
        (3, 65_536, "little", 256, "010001", "000101"),
    ] {
        let parts = parts(bytes, add, order);
        let counted = profile(&bytes_to(most), "", 300, &parts);
        let told = [before(&counted, 1), before(&counted, most)];
        assert_eq!(told, [least, greatest], "{parts}");
    }
    for (bytes, add, most, told) in [
        (1, 0, 256, "256 bytes are counted, and the length says 255 at most"),
        (2, 65_280, 256, "256 bytes are counted, and the length says 65535 at most"),
        (3, 65_537, 256, "add is out of range"),
    ] {
        let text = written(&bytes_to(most), "", 300, &parts(bytes, add, "big"));
        let error = Profile::parse(&text).unwrap_err().to_string();
        assert!(error.contains(told), "{error}");
    }
}

/// ISO/IEC 8825-1, 8.1.3: one byte up to 127, two up to 255, three behind that; ISO/IEC 7816-4: one byte up
/// to 254.
#[test]
fn a_tlv_takes_more_bytes_for_its_length_from_128_and_from_256_on() {
    let parts = |form| {
        format!(
            "{{ tlv = \"5A\", length = {form:?}, parts = [{{ hex = \"h\", length = \"variable\" }}] }}"
        )
    };
    let ber = profile(&bytes_to(300), "", 310, &parts("ber"));
    for (bytes, header) in [
        (1, "5A01"),
        (127, "5A7F"),
        (128, "5A8180"),
        (255, "5A81FF"),
        (256, "5A820100"),
        (300, "5A82012C"),
    ] {
        assert_eq!(before(&ber, bytes), header);
    }
    let byte = profile(&bytes_to(254), "", 310, &parts("byte"));
    assert_eq!([before(&byte, 1), before(&byte, 254)], ["5A01", "5AFE"]);
    let text = written(&bytes_to(255), "", 310, &parts("byte"));
    let error = Profile::parse(&text).unwrap_err().to_string();
    assert!(error.contains("255 bytes in a tlv whose length says 254 at most"), "{error}");
}

/// A short record has one byte for its length and flag SR; which it is comes from the most that it may hold.
#[test]
fn a_record_of_a_message_is_short_up_to_255_bytes() {
    for (most, letters, header) in [
        (254, 0, "0005 D1 01 01 55 00"),
        (254, 254, "0103 D1 01 FF 55 00"),
        (255, 0, "0008 C1 01 00000001 55 00"),
        (255, 255, "0107 C1 01 00000100 55 00"),
    ] {
        let field = format!("t = {{ type = \"text\", max_length = {most} }}");
        let parts = format!(
            "{{ ndef = [{{ uri = [\"\", {{ text = \"t\", bytes = {most}, length = \"variable\" }}] }}] }}"
        );
        let profile = profile(&field, "", 300, &parts);
        let bytes = rendered(&profile, &format!("{{\"t\": \"{}\"}}", "a".repeat(letters)));
        let expected = header.replace(' ', "") + &"61".repeat(letters);
        assert_eq!(bytes.trim_end_matches('0'), expected.trim_end_matches('0'), "{most}");
        let long = rendered(&profile, &format!("{{\"t\": \"{}\"}}", "a".repeat(most + 1)));
        assert!(long.contains("field \"t\""), "{long}");
    }
}

#[test]
fn an_offset_and_a_pad_begin_where_the_value_ends() {
    let parts = "{ text = \"t\", bytes = 5, length = \"variable\" }, { pad = \"EE\" }, \
                 { constant = \"hex:FF\" }";
    let short = profile(NAME, "", 8, parts);
    assert_eq!(rendered(&short, "{\"t\": \"ab\"}"), "6162 EEEEEEEEEE FF".replace(' ', ""));
    let parts =
        "{ text = \"t\", bytes = 5, length = \"variable\" }, { constant = \"hex:FF\", at = 6 }";
    let offset = profile(NAME, "", 8, parts);
    assert_eq!(rendered(&offset, "{\"t\": \"ab\"}"), "6162 00000000 FF".replace(' ', ""));
    assert_eq!(rendered(&offset, "{\"t\": \"abcde\"}"), "6162636465 00 FF".replace(' ', ""));
}

#[test]
fn texts_of_several_fields_stand_in_one() {
    let fields = "a = { type = \"text\", max_length = 4 }\nb = { type = \"text\", max_length = 4 }";
    let parts = "{ text = [\"a\", \"b\"], with = \", \", bytes = 12, fill = \"20\" }";
    let bytes = content(fields, parts, "{\"a\": \"Lee\", \"b\": \"Ann\"}");
    assert_eq!(bytes, hex::encode_upper("Lee, Ann    "));
}

/// The message that NXP AN12196 (NTAG 424 DNA features and hints) writes for its example of mirrors.
#[test]
fn a_uri_is_abbreviated_and_counted() {
    let behind = format!("choose.url.com/ntag424?e={}&c={}", "0".repeat(32), "0".repeat(16));
    let uri = format!("https://{behind}");
    let parts = format!("{{ ndef = [{{ uri = {uri:?} }}] }}, {{ hex = \"h\" }}");
    let field = "h = { type = \"hex\", length = 1 }";
    let bytes = rendered(&profile(field, "", 100, &parts), "{\"h\": \"99\"}");
    let behind = hex::encode_upper(behind);
    assert_eq!(bytes, format!("0051D1014D5504{behind}99"));
}

/// Two records, the second of which is longer than a short one: MB, ME, SR and the lengths by hand.
#[test]
fn texts_and_parts_stand_in_a_message() {
    let fields = "t = { type = \"text\", max_length = 300 }";
    let parts = "{ ndef = [{ text = \"Hi\", lang = \"en\" }, { uri = [\"urn:nfc:x\", \
                 { text = \"t\", bytes = 300, length = \"variable\" }, \"/\"] }] }";
    let profile = profile(fields, "", 400, parts);
    let bytes = rendered(&profile, "{\"t\": \"ab\"}");
    assert!(
        bytes.starts_with(
            "0015 910105 54 02656E4869 410100000005 55 23786162 2F 00".replace(' ', "").as_str()
        ),
        "{bytes}"
    );
}

/// What is no more than a length tells of a personal value is kept from the public too.
#[test]
fn a_length_says_something_of_the_value() {
    let parts = "{ length = [\"t\"], bytes = 1 }, { constant = \"hex:FF\" }, \
                 { text = \"t\", bytes = 5, length = \"variable\", name = \"t\" }";
    let profile = profile(NAME, "", 64, parts);
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    assert_eq!((content.sources(0..1).len(), content.sources(1..2).len()), (1, 0));
    let fixed = parts.replace(", length = \"variable\"", "");
    let profile = super::profile(NAME, "", 64, &fixed);
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    assert_eq!(content.sources(0..1).len(), 0);
}
