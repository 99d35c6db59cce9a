// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bit formats on the command line.

use std::process::Command;

use cardwright::credential::Format;
use serde_json::Value;

use super::place::{DOOR, Place, Ran, another_program, row};

/// Runs the example `credential`.
fn credential(arguments: &[&str]) -> Ran {
    let mut command = Command::new(another_program("credential"));
    Ran::of(&Place::new().at(&mut command).args(arguments).output().unwrap())
}

fn worked(arguments: &[&str]) -> String {
    let ran = credential(arguments);
    assert_eq!((ran.code, ran.err.as_str()), (Some(0), ""), "{arguments:?}");
    ran.out
}

fn json(arguments: &[&str]) -> Value {
    serde_json::from_str(&worked(&[arguments, &["--json"]].concat())).unwrap()
}

#[test]
fn every_format_of_the_list_is_encoded_decoded_and_drawn() {
    let table = worked(&["list"]);
    let listed = json(&["list"]);
    let listed = listed.as_array().unwrap();
    assert_eq!(listed.len(), Format::all().len());
    for format in listed {
        let name = format["format"].as_str().unwrap();
        let bits = row(&table, &format!("{name} "));
        assert!(bits.starts_with(&format["bits"].to_string()), "{name}: {bits}");
        let fields = format["fields"].as_array().unwrap();
        let mut arguments = vec!["encode".to_owned(), name.to_owned()];
        for (at, field) in fields.iter().enumerate() {
            let (field, max) = (field["name"].as_str().unwrap(), field["max"].as_u64().unwrap());
            assert!(table.contains(&format!("{field}: ")), "{field}");
            arguments.push(format!("{field}={}", if at == 0 { max } else { max / 3 }));
        }
        let arguments: Vec<_> = arguments.iter().map(String::as_str).collect();
        let encoded = json(&arguments);
        for from in ["bits", "hex"] {
            let prefix = if from == "bits" { "0b" } else { "0x" };
            let source = format!("{prefix}{}", encoded[from].as_str().unwrap());
            assert_eq!(json(&["decode", name, &source]), encoded, "{name} {from}");
            let mut could_be = encoded.clone();
            could_be["options"] = "".into();
            let listed = json(&["identify", &source]);
            assert!(listed.as_array().unwrap().contains(&could_be), "{name} {from}");
        }
        let drawn = worked(&arguments);
        let of = |title: &str| {
            let lines = drawn.lines().filter_map(|line| line.strip_prefix(title));
            lines.map(str::trim).collect::<String>()
        };
        assert_eq!(of("bits "), encoded["bits"].as_str().unwrap(), "{drawn}");
        let layout = of("layout ");
        assert_eq!(format["bits"], layout.len(), "{drawn}");
        let free = format["unassigned"].as_array().unwrap().len();
        assert_eq!(layout.matches('-').count(), free, "{drawn}");
        let letters = layout.matches(|c: char| c.is_ascii_uppercase()).count();
        let width: u64 = fields.iter().map(|field| field["width"].as_u64().unwrap()).sum();
        assert_eq!(letters, usize::try_from(width).unwrap(), "{drawn}");
    }
}

/// The whole of a format's drawing but the bits.
#[test]
fn a_format_is_drawn_without_bits_too() {
    let drawn = worked(&["list", "wiegand-26"]);
    assert_eq!(row(&drawn, "format"), "h10301 (HID H10301, Wiegand 26)");
    let drawing = "
bit     0         1         2
        01234567890123456789012345
layout  eFFFFFFFFNNNNNNNNNNNNNNNNo
even 0  Exxxxxxxxxxxx.............
odd 25  .............xxxxxxxxxxxxO

F facility: 8 bits, 0 to 255, in 1-8
N number: 16 bits, 0 to 65535, in 9-24
";
    assert!(drawn.ends_with(drawing), "{drawn}");
    assert_eq!(json(&["list", "wiegand-26"]), json(&["list"])[0]);
}

/// Digits that may be bits or hexadecimal are read as what the format fits; where several formats
/// may be meant, all are listed.
#[test]
fn nothing_is_guessed_from_digits_that_may_be_bits_or_hexadecimal() {
    let bits = "10000000000000000000000000000001";
    assert_eq!(json(&["decode", "binary-32", bits])["hex"], "80000001");
    assert_eq!(json(&["decode", "binary-32", "10000001"])["hex"], "10000001");
    assert_eq!(json(&["decode", "binary-32", "1000 0001"])["hex"], "10000001");
    let digits = "1".repeat(64);
    let names = |listed: &Value| {
        let listed = listed.as_array().unwrap().iter();
        listed.map(|one| (one["format"].clone(), one["hex"].clone())).collect::<Vec<_>>()
    };
    let both = names(&json(&["identify", &digits]));
    assert_eq!(both, [("binary-64".into(), "F".repeat(16).into())]);
    // As bits 56 of them, as hexadecimal 28 bytes, which no format has.
    let digits = "01".repeat(28);
    let hex = format!("0x{digits}");
    assert_eq!(names(&json(&["identify", &digits])).len(), 3);
    let ran = credential(&["identify", &hex]);
    assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""));
}

/// 12345 in decimal digits, least significant first, and an odd parity in front: 0001 0010 0011 0100
/// 0101 has seven ones.
#[test]
fn a_profile_brings_its_own_formats() {
    let own = r#"
[[format]]
name = "canteen-21"
bits = 21
fields = [{ name = "badge", bits = "20-1", coding = "bcd" }]
checks = [{ rule = "odd", bits = "0", over = "1-20" }]
"#;
    let place = Place::new();
    place.write("own.toml", format!("{DOOR}{own}"));
    let run = |arguments: &str| {
        let mut command = Command::new(another_program("credential"));
        let arguments = arguments.split_whitespace().chain(["--profile", "own.toml"]);
        Ran::of(&place.at(&mut command).args(arguments).output().unwrap())
    };
    let ran = run("encode canteen-21 badge=12345");
    assert_eq!(row(&ran.out, "bits"), "010100010110001001000", "{}", ran.err);
    let ran = run("decode canteen-21 --align right 0A2C48");
    assert_eq!(row(&ran.out, "badge"), "12345", "{}", ran.err);
    assert!(
        row(&run("identify 010100010110001001000").out, "canteen-21").ends_with("yes, 1 check")
    );
    assert!(row(&run("list").out, "canteen-21 ").starts_with("21"));
    let ran = run("encode canteen-21 badge=100000");
    let said = "error: badge=100000: badge must be 0 to 99999 (5 decimal digits)\n";
    assert_eq!((ran.code, ran.err.as_str()), (Some(2), said));
    place.write("own.toml", format!("{DOOR}{}", own.replace("20-1", "21-2")));
    let ran = run("list");
    assert!(ran.err.contains("own.toml: line 75, column 36: bit 21 is beyond"), "{}", ran.err);
    assert_eq!(credential(&["list", "--profile", "gone.toml"]).code, Some(2));
}

/// Bits 1 to 16 are 1 10101 00010001 00 with six ones, so bit 0 is 0; bits 14 to 30 are 1
/// 0001001000110100 with six, so bit 31 is 1.
#[test]
fn the_drawing_shows_which_bit_is_what_and_what_parities_cover() {
    let drawn = worked(&["encode", "kastle-32", "issue=21", "facility=17", "number=4660"]);
    let drawing = "\
bit     0         1         2         3
        01234567890123456789012345678901
layout  e1IIIIIFFFFFFFFNNNNNNNNNNNNNNNNo
bits    01101010001000100010010001101001
even 0  Exxxxxxxxxxxxxxxx...............
odd 31  ..............xxxxxxxxxxxxxxxxxO

I issue: 5 bits, 0 to 31, in 2-6
F facility: 8 bits, 0 to 255, in 7-14
N number: 16 bits, 0 to 65535, in 15-30
";
    assert!(drawn.ends_with(drawing), "{drawn}");
    assert_eq!(row(&drawn, "number"), "4660");
    assert_eq!(row(&drawn, "hex"), "6A222469");
}

#[test]
fn bytes_are_packed_as_asked() {
    for (options, hex) in [
        ("", "88891A40"),
        ("--align right", "02222469"),
        ("--align right --sentinel leading", "06222469"),
        ("--bit-order reversed", "96244440"),
        ("--align left --sentinel none --bit-order forward", "88891A40"),
    ] {
        let options: Vec<_> = options.split_whitespace().collect();
        let encode = ["encode", "h10301", "facility=0x11", "number=4660"];
        assert_eq!(json(&[&encode[..], &options].concat())["hex"], hex);
        let decoded = json(&[&["decode", "h10301", hex][..], &options].concat());
        assert_eq!(decoded["fields"]["number"], 4660, "{options:?}");
    }
}

/// Bit 0 of what was encoded is 1.
#[test]
fn json_has_the_faults_of_bits_that_do_not_hold() {
    let ran = credential(&["decode", "h10301", "0x08891A40", "--json"]);
    let reading: Value = serde_json::from_str(&ran.out).unwrap();
    assert_eq!(reading["faults"], serde_json::json!(["even parity 0 over 1-12 is wrong"]));
    assert_eq!((reading["fields"]["number"].as_u64(), ran.code), (Some(4660), Some(2)));
    assert_eq!(ran.err, "error: even parity 0 over 1-12 is wrong\n");
}

#[test]
fn identify_tells_what_speaks_for_each_format() {
    let table = worked(&["identify", "00 10110000100101000101011100101000000"]);
    for (format, holds) in [("h10302", "yes, 2 checks"), ("h10304", "yes, 2 checks")] {
        assert!(row(&table, format).ends_with(holds), "{table}");
    }
    let packed = worked(&["identify", "06222469"]);
    assert!(row(&packed, "h10301").ends_with("--align right --sentinel leading"), "{packed}");
    let asked = worked(&["identify", "06222469", "--align", "right"]);
    assert!(!asked.contains("h10301"), "{asked}");
    assert!(row(&table, "wiegand-37-right-2").contains("parity 0 over 1-16 is wrong"), "{table}");
    let readings = json(&["identify", "88891A40"]);
    let names: Vec<_> = readings.as_array().unwrap().iter().map(|one| &one["format"]).collect();
    // Twelve whose bits fill four bytes from the left, and three that would hold in other ways.
    assert_eq!(names.len(), 15, "{names:?}");
    let options = |at: usize| readings[at]["options"].as_str().unwrap();
    assert_eq!((options(11), options(13)), ("", "--bit-order reversed"));
    let asked = json(&["identify", "02222469", "--align", "right"]);
    assert_eq!(asked[0]["options"], "--align right");
    assert_eq!((names[0], &readings[0]["faults"]), (&"h10301".into(), &Value::Array(vec![])));
}

/// What is asked for, and what is said.
const MISTAKES: &[(&str, &str)] = &[
    ("encode h103 number=1", "no format is called \"h103\": did you mean h10301, "),
    ("encode h10301 facility=1", "number is missing"),
    ("encode h10301 facility=1 number=65536", "number=65536: number must be 0 to 65535 (16 bits)"),
    (
        "encode h10320 number=100000000",
        "number=100000000: number must be 0 to 99999999 (8 decimal digits)",
    ),
    ("encode h10301 facility=1 facility=1", "facility is given twice"),
    ("encode h10301 fc=1", "the format has no field \"fc\": its fields are facility, number"),
    ("encode h10301 facility", "\"facility\" is no field=value, such as number=4660"),
    ("encode h10301 facility=-1", "facility=-1: write a whole number from 0, or hexadecimal"),
    ("encode h10301 number=18446744073709551616", "number=18446744073709551616: write a whole"),
    ("encode zzz number=1", "no format is called \"zzz\": list shows all"),
    ("encode facility=1 number=1", "\"facility=1\" is no format: write its name before the"),
    ("decode h10301 2", "an odd number of hexadecimal digits: write 1 to 256 bits as 0 and 1, or"),
    ("decode h10301 0b", "no digits: write 1 to 256 bits"),
    ("decode h10301 0x1", "an odd number of hexadecimal digits: write"),
    ("decode h10301 88:89:1A:40", "':' is no digit: write 1 to 256 bits"),
    ("decode h10301 0x", "no digits: write 1 to 256 bits"),
    ("decode h10301 10001000", "read as hexadecimal digits, even parity 0 over 1-12 is wrong"),
    ("decode h10301 101", "the format has 26 bits, these are 3"),
    ("decode h10301 8889", "the format takes 4 bytes, these are 2"),
    ("decode h10301 88891A41", "bit 31 of the bytes is set, which is spare"),
    (
        "decode h10301 88891A40 --align right",
        "bit 0 of the bytes is set, which is spare; they hold with no packing option",
    ),
    (
        "decode h10302 0x0584A2B940",
        "odd parity 36 over 18-35 is wrong; they hold with --align right",
    ),
    (
        "decode h10301 C4448D20",
        "bit 26 of the bytes is set, which is spare; they hold with --sentinel leading",
    ),
    (
        "decode h10301 88891A40 --sentinel leading --bit-order reversed",
        "the sentinel bit is not set",
    ),
    ("decode h10301 08891A40", "even parity 0 over 1-12 is wrong"),
    ("decode p10001 0x0000000000", "constant 1111 in 0-3 is wrong"),
    (
        "decode h10301 10001001",
        "the format has 26 bits, these are 8; read as hexadecimal digits, bit 31 of the bytes is",
    ),
    ("decode h10301 0b10001000", "the format has 26 bits, these are 8"),
    ("decode h10301 0b12", "the format takes 4 bytes, these are 2"),
    ("list h103", "no format is called \"h103\": did you mean h10301, "),
    ("identify 1", "no format has 1 bit"),
    ("identify 10", "no format has 2 bits, and no format fills 1 byte in this way"),
    ("identify 00000000000000000000AA", "no format fills 11 bytes in this way"),
];

#[test]
fn bad_input_is_told_in_one_line() {
    for (arguments, message) in MISTAKES {
        let ran = credential(&arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error: {message}")), "{arguments}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{arguments}: {}", ran.err);
    }
    for arguments in
        [&[][..], &["decode", "h10301"], &["draw"], &["encode", "h10301", "--align", "top"]]
    {
        assert_eq!(credential(arguments).code, Some(2), "{arguments:?}");
    }
}
