// SPDX-License-Identifier: MIT OR Apache-2.0
//! 33 to 36 bits.

use super::super::layout::{Layout, digits, even, number, odd};

pub(super) const ROWS: &[Layout<'static>] = &[
    Layout {
        name: "d10202",
        aliases: &[],
        title: "HID D10202",
        note: "",
        bits: 33,
        fields: &[number("facility", "1-7"), number("number", "8-31")],
        constants: &[],
        checks: &[even("0", "1-16"), odd("32", "16-31")],
    },
    Layout {
        name: "wiegand-34",
        aliases: &[],
        title: "Wiegand 34 without facility",
        note: "",
        bits: 34,
        fields: &[number("number", "1-32")],
        constants: &[],
        checks: &[even("0", "1-16"), odd("33", "17-32")],
    },
    Layout {
        name: "h10306",
        aliases: &["wiegand-34-facility"],
        title: "HID H10306, Wiegand 34",
        note: "Some lists give Honeywell N10002 the same layout, others a facility of 8 bits, 9 \
               to 16, and no parities. A card of facility 193 and number 45193 that the \
               Proxmark3 client took for N10002 has bit 0 clear, which the even parity here \
               sets. So N10002 is no name of this format.",
        bits: 34,
        fields: &[number("facility", "1-16"), number("number", "17-32")],
        constants: &[],
        checks: &[even("0", "1-16"), odd("33", "17-32")],
    },
    Layout {
        name: "bqt-34",
        aliases: &[],
        title: "BQT 34",
        note: "",
        bits: 34,
        fields: &[number("facility", "1-8"), number("number", "9-32")],
        constants: &[],
        checks: &[even("0", "1-16"), odd("33", "17-32")],
    },
    Layout {
        name: "corporate-1000-35",
        aliases: &[],
        title: "HID Corporate 1000, 35 bits",
        note: "",
        bits: 35,
        fields: &[number("company", "2-13"), number("number", "14-33")],
        constants: &[],
        checks: &[even("1", "2-32/3,3-33/3"), odd("34", "1-31/3,2-32/3"), odd("0", "1-34")],
    },
    Layout {
        name: "c15001",
        aliases: &[],
        title: "KeyScan C15001",
        note: "The Proxmark3 client writes 900 where no oem is given; here it has to be \
               given.",
        bits: 36,
        fields: &[number("oem", "1-10"), number("facility", "11-18"), number("number", "19-34")],
        constants: &[],
        checks: &[even("0", "1-17"), odd("35", "18-34")],
    },
    Layout {
        name: "s12906",
        aliases: &[],
        title: "HID Simplex S12906",
        note: "",
        bits: 36,
        fields: &[number("facility", "1-8"), number("issue", "9-10"), number("number", "11-34")],
        constants: &[],
        checks: &[odd("0", "1-17"), odd("35", "17-34")],
    },
    Layout {
        name: "siemens-36",
        aliases: &[],
        title: "HID Siemens 36",
        note: "The Proxmark3 client reports A40007102 as valid, whose bit 35 is not what its \
               list of bits makes it.",
        bits: 36,
        fields: &[number("facility", "1-18"), number("number", "19-34")],
        constants: &[],
        checks: &[odd("0", "1-34/3,3-33/3"), even("35", "1-34/3,2-32/3")],
    },
    Layout {
        name: "h10320",
        aliases: &["data-clock"],
        title: "HID H10320, Clock and Data",
        note: "Eight decimal digits, the first one most significant. liblogicalaccess (Data \
               Clock) and earlier editions of the Proxmark3 client agree on 36 bits; later \
               ones count 37, the last one 0. The client's lists for bits 34 and 35 have 28 \
               and 29 in place of 26 and 27, so that an error in the seventh digit passes.",
        bits: 36,
        fields: &[digits("number", "0-31")],
        constants: &[],
        checks: &[
            even("32", "0-28/4"),
            odd("33", "1-29/4"),
            even("34", "2-30/4"),
            even("35", "3-31/4"),
        ],
    },
];
