// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bit formats on the command line.

use std::process::Command;

use cardwright::credential::Format;
use serde_json::Value;

use super::place::{Place, Ran, another_program, row};

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
            let could_be = json(&["identify", &source]);
            assert!(could_be.as_array().unwrap().contains(&encoded), "{name} {from}");
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
        ("--right", "02222469"),
        ("--right --sentinel", "06222469"),
        ("--reversed", "96244440"),
    ] {
        let options: Vec<_> = options.split_whitespace().collect();
        let encode = ["encode", "h10301", "facility=0x11", "number=4660"];
        assert_eq!(json(&[&encode[..], &options].concat())["hex"], hex);
        let decoded = json(&[&["decode", "h10301", hex][..], &options].concat());
        assert_eq!(decoded["fields"]["number"], 4660, "{options:?}");
    }
}

#[test]
fn identify_tells_what_speaks_for_each_format() {
    let table = worked(&["identify", "00 10110000100101000101011100101000000"]);
    for (format, holds) in [("h10302", "yes, 2 checks"), ("h10304", "yes, 2 checks")] {
        assert!(row(&table, format).ends_with(holds), "{table}");
    }
    assert!(row(&table, "wiegand-37-right-2").contains("parity 0 over 1-16 is wrong"), "{table}");
    let readings = json(&["identify", "88891A40"]);
    let names: Vec<_> = readings.as_array().unwrap().iter().map(|one| &one["format"]).collect();
    assert_eq!(names.len(), 12, "{names:?}");
    assert_eq!((names[0], &readings[0]["faults"]), (&"h10301".into(), &Value::Array(vec![])));
}

#[test]
fn bad_input_is_told_in_one_line() {
    for (arguments, message) in [
        ("encode h103 number=1", "no format is called \"h103\": formats are h10301, "),
        ("encode h10301 facility=1", "number is missing"),
        ("encode h10301 facility=1 number=65536", "number must be 0 to 65535 (16 bits)"),
        ("encode h10320 number=100000000", "number must be 0 to 99999999 (8 decimal digits)"),
        ("encode h10301 facility=1 facility=1", "facility is given twice"),
        ("encode h10301 fc=1", "the format has no field \"fc\": its fields are facility, number"),
        ("encode h10301 facility", "\"facility\" is no field=value, such as number=4660"),
        ("encode h10301 facility=-1", "facility is a whole number from 0, or hexadecimal"),
        ("encode h10301 number=18446744073709551616", "number is a whole number from 0"),
        ("decode h10301 2", "write 1 to 256 bits as 0 and 1, or bytes as pairs of hexadecimal"),
        ("decode h10301 0b", "write 1 to 256 bits"),
        ("decode h10301 0x1", "write 1 to 256 bits"),
        ("decode h10301 101", "the format has 26 bits, these are 3"),
        ("decode h10301 8889", "the format takes 4 bytes, these are 2"),
        ("decode h10301 88891A41", "a spare bit is set"),
        ("decode h10301 88891A40 --right", "a spare bit is set"),
        ("decode h10301 88891A40 --sentinel --reversed", "the sentinel bit is not set"),
        ("decode h10301 08891A40", "even parity 0 over 1-12 is wrong"),
        ("decode p10001 0x0000000000", "the constant 1111 is not in bits 0-3"),
        ("identify 1", "no format has 1 bits"),
        ("identify 00000000000000000000AA", "no format fills these 11 bytes in this way"),
    ] {
        let ran = credential(&arguments.split_whitespace().collect::<Vec<_>>());
        assert_eq!((ran.code, ran.out.as_str()), (Some(2), ""), "{arguments}: {}", ran.err);
        assert!(ran.err.starts_with(&format!("error: {message}")), "{arguments}: {}", ran.err);
        assert_eq!(ran.err.lines().count(), 1, "{arguments}: {}", ran.err);
    }
    for arguments in [&[][..], &["decode", "h10301"], &["draw"]] {
        assert_eq!(credential(arguments).code, Some(2), "{arguments:?}");
    }
}
