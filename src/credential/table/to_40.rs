// SPDX-License-Identifier: MIT OR Apache-2.0
//! 37 to 40 bits.

use super::super::layout::{CheckLayout, Layout, constant, even, number, odd};
use super::super::rule::Rule;

pub(super) const ROWS: &[Layout<'static>] = &[
    Layout {
        name: "h10302",
        aliases: &["wiegand-37"],
        title: "HID H10302, Wiegand 37",
        note: "",
        bits: 37,
        fields: &[number("number", "1-35")],
        constants: &[],
        checks: &[even("0", "1-18"), odd("36", "18-35")],
    },
    Layout {
        name: "h10304",
        aliases: &["wiegand-37-facility"],
        title: "HID H10304, Wiegand 37 with facility",
        note: "",
        bits: 37,
        fields: &[number("facility", "1-16"), number("number", "17-35")],
        constants: &[],
        checks: &[even("0", "1-18"), odd("36", "18-35")],
    },
    Layout {
        name: "hgen37",
        aliases: &[],
        title: "HID generic 37",
        note: "The Proxmark3 client takes numbers up to 524287 alone; the 32 bits are its own, and \
               the ChameleonUltra's. The second bit of each four is in no parity.",
        bits: 37,
        fields: &[number("number", "4-35")],
        constants: &[constant("36", 1)],
        checks: &[even("0", "4-32/4"), odd("2", "6-34/4"), even("3", "7-35/4")],
    },
    Layout {
        name: "wiegand-37-right-2",
        aliases: &[],
        title: "Wiegand 37 with two parities on the right",
        note: "",
        bits: 37,
        fields: &[number("facility", "1-16"), number("number", "17-34")],
        constants: &[],
        checks: &[odd("0", "1-16"), even("35", "17-34"), odd("36", "0-35")],
    },
    Layout {
        name: "s10401",
        aliases: &[],
        title: "AMAG S10401, PointGuard MDI",
        note: "After 42 badges of one system, the maker's range for the facility, 0 to 63, \
               and ten cards ordered with facility 42. The Proxmark3 client (MDI37) and other \
               lists have the facility in bits 3 to 6, which cannot hold 42, and the even \
               parity over 1 to 18, which 29 of the badges fail.",
        bits: 37,
        fields: &[number("facility", "1-6"), number("number", "7-35")],
        constants: &[],
        checks: &[even("0", "1-17"), odd("36", "18-35")],
    },
    Layout {
        name: "bqt-38",
        aliases: &[],
        title: "BQT 38",
        note: "The Proxmark3 client takes one bit less into each field than it reads out.",
        bits: 38,
        fields: &[number("number", "1-19"), number("issue", "20-23"), number("facility", "24-36")],
        constants: &[],
        checks: &[even("0", "1-18"), odd("37", "19-36")],
    },
    Layout {
        name: "iscs-38",
        aliases: &[],
        title: "ISCS 38",
        note: "The Proxmark3 client takes numbers of 24 bits into the 22, and oem up to 7 \
               into the four.",
        bits: 38,
        fields: &[number("oem", "1-4"), number("facility", "5-14"), number("number", "15-36")],
        constants: &[],
        checks: &[even("0", "1-18"), odd("37", "19-36")],
    },
    Layout {
        name: "pyramid-39",
        aliases: &[],
        title: "Pyramid 39",
        note: "The Proxmark3 client takes facilities of 16 bits into the 17.",
        bits: 39,
        fields: &[number("facility", "1-17"), number("number", "18-37")],
        constants: &[],
        checks: &[even("0", "1-18"), odd("38", "19-37")],
    },
    Layout {
        name: "p10001",
        aliases: &["honeywell-40"],
        title: "HID P10001, Honeywell 40",
        note: "",
        bits: 40,
        fields: &[number("facility", "4-15"), number("number", "16-31")],
        constants: &[constant("0-3", 0b1111)],
        checks: &[CheckLayout { rule: Rule::Xor, bits: "32-39", over: "0-31" }],
    },
    Layout {
        name: "barium-ferrite-40",
        aliases: &[],
        title: "Barium ferrite PCSC",
        note: "",
        bits: 40,
        fields: &[number("facility", "4-15"), number("number", "16-31")],
        constants: &[constant("0-3", 0b1111)],
        checks: &[CheckLayout { rule: Rule::XorNotF, bits: "32-39", over: "0-31" }],
    },
    Layout {
        name: "getronik-40",
        aliases: &[],
        title: "Getronik 40",
        note: "liblogicalaccess computes bit 38 over bits 0 to 37 and 39, and when it reads \
               compares it with a whole byte.",
        bits: 40,
        fields: &[number("number", "8-23"), number("field", "24-37")],
        constants: &[constant("0-7", 0x2E), constant("39", 1)],
        checks: &[even("38", "0-37,39")],
    },
    Layout {
        name: "casi-rusco-40",
        aliases: &[],
        title: "Casi-Rusco 40",
        note: "A panel's manual (NX-1710E) calls bit 0 a parity and does not say over what. \
               Telaeris has from Lenel (formats 4001 and 4002) that bit 0 is even for a \
               facility in 1 to 19 and bit 39 odd for a number in 20 to 38; no reading shows \
               it, so both are written as 0. EM4100 cards (C10106) hold the 38 bits elsewhere, \
               in 2 to 39 behind two zeros. The Proxmark3 client takes numbers of 40 bits into \
               the 38.",
        bits: 40,
        fields: &[number("number", "1-38")],
        constants: &[],
        checks: &[],
    },
    Layout {
        name: "verkada-40",
        aliases: &[],
        title: "Verkada 40",
        note: "XceedID RS2 has the same fields, with bit 0 even over more bits than these and \
               bit 39 odd.",
        bits: 40,
        fields: &[number("facility", "1-10"), number("number", "11-38")],
        constants: &[],
        checks: &[even("0", "1-10"), even("39", "11-38")],
    },
    Layout {
        name: "bundy-40",
        aliases: &[],
        title: "Bundy TimeClock 40",
        note: "What bit 38 is is not published. The Proxmark3 client at first counted 39 \
               bits, and takes numbers of 20 bits into the 19.",
        bits: 40,
        fields: &[number("oem", "0-6"), number("facility", "7-18"), number("number", "19-37")],
        constants: &[],
        checks: &[odd("39", "19-37")],
    },
];
