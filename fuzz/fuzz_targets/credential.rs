// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes in every bit format and packing: what holds is written back as the same bytes. Layouts of
//! any text: what is a format encodes zeros, and decodes them again.
#![no_main]

use cardwright::credential::{
    Align, CheckLayout, Coding, ConstantLayout, FieldLayout, Format, Layout, Packing, Rule,
};
use libfuzzer_sys::fuzz_target;

const RULES: [&str; 9] = [
    "even",
    "odd",
    "xor",
    "xor-not-f",
    "sum",
    "luhn",
    "CRC-8/SMBUS",
    "CRC-16/MODBUS",
    "CRC-32/ISO-HDLC",
];

fuzz_target!(|input: (u8, u8, u64, &str, &str, &str, &str, &[u8])| {
    let (packed, bits, value, field, constant, check, over, bytes) = input;
    let mut packing = Packing::default();
    packing.align = if packed & 1 == 0 { Align::Left } else { Align::Right };
    packing.sentinel = packed & 2 != 0;
    packing.reversed = packed & 4 != 0;
    for reading in Format::identify_bytes(Format::all(), bytes, packing) {
        if reading.faults().is_empty() {
            let values: Vec<u64> = reading.values().filter_map(|(_, value)| value).collect();
            let again = reading.format().encode_values(&values).unwrap();
            assert_eq!(again.pack(packing).expose_secret().as_slice(), bytes);
        }
    }
    let coding = if packed & 8 == 0 { Coding::Binary } else { Coding::Bcd };
    let rule = RULES[usize::from(packed >> 4) % RULES.len()];
    let rule = Rule::by_name(rule).unwrap();
    let layout = Layout {
        name: "fuzzed",
        aliases: &[],
        title: "",
        note: "",
        bits: bits.into(),
        fields: &[FieldLayout { name: "field", coding, bits: field }],
        constants: &[ConstantLayout { bits: constant, value }],
        checks: &[CheckLayout { rule, bits: check, over }],
    };
    if let Ok(format) = Format::new(&layout) {
        let most = format.fields()[0].max();
        for value in [0, most / 3, most] {
            let bits = format.encode(&[("field", value)]).unwrap();
            assert_eq!(format.decode(&bits).unwrap().value("field"), Some(value));
        }
    }
});
