// SPDX-License-Identifier: MIT OR Apache-2.0
//! The formats. Layouts are facts that public sources agree on (the Proxmark3 client's table,
//! liblogicalaccess, HID's published guides, TIG SCEPACS 2.2 section 6.2 for FASC-N); where they do
//! not, the title says what was chosen.

use super::Format;
use super::layout::{Constant, FormatField, Parity, Span};

/// Every format that this crate knows.
pub const FORMATS: &[Format] = &[
    H10301,
    INDALA_26,
    INDALA_27,
    INDALA_29,
    ATS_30,
    ADT_31,
    WIE_32,
    KASTLE_32,
    KANTECH_32,
    D10202,
    WIEGAND_34,
    H10306,
    BQT_34,
    CORPORATE_35,
    C15001,
    S12906,
    DATACLOCK_36,
    H10302,
    H10304,
    RIGHT_PARITY_37,
    HONEYWELL_40,
    GETRONIK_40,
    VERKADA_40,
    CORPORATE_48,
    BINARY_32,
    BINARY_56,
    BINARY_64,
    FASC_N,
];

const H10301: Format = Format {
    name: "h10301",
    title: "HID H10301, the open 26-bit Wiegand format",
    bits: 26,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 8, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 9, last: 24, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 12, step: 1 }] },
        Parity { bit: 25, odd: true, over: &[Span { first: 13, last: 24, step: 1 }] },
    ],
};

const INDALA_26: Format = Format {
    name: "indala26",
    title: "Indala 26",
    bits: 26,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 12, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 13, last: 24, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 12, step: 1 }] },
        Parity { bit: 25, odd: true, over: &[Span { first: 13, last: 24, step: 1 }] },
    ],
};

const INDALA_27: Format = Format {
    name: "indala27",
    title: "Indala 27, without parity",
    bits: 27,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 0, last: 12, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 13, last: 26, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[],
};

const INDALA_29: Format = Format {
    name: "indala29",
    title: "Indala 29, without parity",
    bits: 29,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 0, last: 12, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 13, last: 28, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[],
};

const ATS_30: Format = Format {
    name: "ats30",
    title: "ATS Wiegand 30",
    bits: 30,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 12, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 13, last: 28, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 12, step: 1 }] },
        Parity { bit: 29, odd: true, over: &[Span { first: 13, last: 28, step: 1 }] },
    ],
};

const ADT_31: Format = Format {
    name: "adt31",
    title: "ADT 31; bits 0 and 28 to 30 are said to be unused and are 0",
    bits: 31,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 4, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 5, last: 27, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[],
};

const WIE_32: Format = Format {
    name: "wie32",
    title: "Wiegand 32 of EM tags, without parity; bits 0 to 3 are 0",
    bits: 32,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 4, last: 15, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 16, last: 31, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[],
};

const KASTLE_32: Format = Format {
    name: "kastle32",
    title: "Kastle 32",
    bits: 32,
    fields: &[
        FormatField { name: "issue", bits: &[Span { first: 2, last: 6, step: 1 }], decimal: false },
        FormatField {
            name: "facility",
            bits: &[Span { first: 7, last: 14, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 15, last: 30, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[Constant { span: Span { first: 1, last: 1, step: 1 }, value: 0x1 }],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 16, step: 1 }] },
        Parity { bit: 31, odd: true, over: &[Span { first: 14, last: 30, step: 1 }] },
    ],
};

const KANTECH_32: Format = Format {
    name: "kantech32",
    title: "Kantech KFS 32; bits 0 to 6 and 31 are 0",
    bits: 32,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 7, last: 14, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 15, last: 30, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[],
};

const D10202: Format = Format {
    name: "d10202",
    title: "HID D10202",
    bits: 33,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 7, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 8, last: 31, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 16, step: 1 }] },
        Parity { bit: 32, odd: true, over: &[Span { first: 16, last: 31, step: 1 }] },
    ],
};

const WIEGAND_34: Format = Format {
    name: "wiegand34",
    title: "Wiegand 34 without a facility code",
    bits: 34,
    fields: &[FormatField {
        name: "number",
        bits: &[Span { first: 1, last: 32, step: 1 }],
        decimal: false,
    }],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 16, step: 1 }] },
        Parity { bit: 33, odd: true, over: &[Span { first: 17, last: 32, step: 1 }] },
    ],
};

const H10306: Format = Format {
    name: "h10306",
    title: "HID H10306, N10002, Wiegand 34 with a facility code",
    bits: 34,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 16, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 17, last: 32, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 16, step: 1 }] },
        Parity { bit: 33, odd: true, over: &[Span { first: 17, last: 32, step: 1 }] },
    ],
};

const BQT_34: Format = Format {
    name: "bqt34",
    title: "BQT 34",
    bits: 34,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 8, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 9, last: 32, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 16, step: 1 }] },
        Parity { bit: 33, odd: true, over: &[Span { first: 17, last: 32, step: 1 }] },
    ],
};

const CORPORATE_35: Format = Format {
    name: "c1k35",
    title: "HID Corporate 1000, 35 bits; bit 1 is computed first, then 34, then 0",
    bits: 35,
    fields: &[
        FormatField {
            name: "company",
            bits: &[Span { first: 2, last: 13, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 14, last: 33, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity {
            bit: 1,
            odd: false,
            over: &[Span { first: 2, last: 32, step: 3 }, Span { first: 3, last: 33, step: 3 }],
        },
        Parity {
            bit: 34,
            odd: true,
            over: &[Span { first: 1, last: 31, step: 3 }, Span { first: 2, last: 32, step: 3 }],
        },
        Parity { bit: 0, odd: true, over: &[Span { first: 1, last: 34, step: 1 }] },
    ],
};

const C15001: Format = Format {
    name: "c15001",
    title: "KeyScan C15001",
    bits: 36,
    fields: &[
        FormatField { name: "oem", bits: &[Span { first: 1, last: 10, step: 1 }], decimal: false },
        FormatField {
            name: "facility",
            bits: &[Span { first: 11, last: 18, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 19, last: 34, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 17, step: 1 }] },
        Parity { bit: 35, odd: true, over: &[Span { first: 18, last: 34, step: 1 }] },
    ],
};

const S12906: Format = Format {
    name: "s12906",
    title: "Simplex S12906",
    bits: 36,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 8, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "issue",
            bits: &[Span { first: 9, last: 10, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 11, last: 34, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: true, over: &[Span { first: 1, last: 17, step: 1 }] },
        Parity { bit: 35, odd: true, over: &[Span { first: 17, last: 34, step: 1 }] },
    ],
};

const DATACLOCK_36: Format = Format {
    name: "dataclock36",
    title: "DataClock; bit 35 is taken to be even as bits 32 and 34 are",
    bits: 36,
    fields: &[FormatField {
        name: "number",
        bits: &[Span { first: 0, last: 31, step: 1 }],
        decimal: false,
    }],
    constants: &[],
    parities: &[
        Parity { bit: 32, odd: false, over: &[Span { first: 0, last: 28, step: 4 }] },
        Parity { bit: 33, odd: true, over: &[Span { first: 1, last: 29, step: 4 }] },
        Parity { bit: 34, odd: false, over: &[Span { first: 2, last: 30, step: 4 }] },
        Parity { bit: 35, odd: false, over: &[Span { first: 3, last: 31, step: 4 }] },
    ],
};

const H10302: Format = Format {
    name: "h10302",
    title: "HID H10302, 37 bits without a facility code",
    bits: 37,
    fields: &[FormatField {
        name: "number",
        bits: &[Span { first: 1, last: 35, step: 1 }],
        decimal: false,
    }],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 18, step: 1 }] },
        Parity { bit: 36, odd: true, over: &[Span { first: 18, last: 35, step: 1 }] },
    ],
};

const H10304: Format = Format {
    name: "h10304",
    title: "HID H10304, 37 bits with a facility code",
    bits: 37,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 16, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 17, last: 35, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 18, step: 1 }] },
        Parity { bit: 36, odd: true, over: &[Span { first: 18, last: 35, step: 1 }] },
    ],
};

const RIGHT_PARITY_37: Format = Format {
    name: "w37rp2",
    title: "37 bits with two parity bits on the right; bit 36 covers the others",
    bits: 37,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 16, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 17, last: 34, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: true, over: &[Span { first: 1, last: 16, step: 1 }] },
        Parity { bit: 35, odd: false, over: &[Span { first: 17, last: 34, step: 1 }] },
        Parity { bit: 36, odd: true, over: &[Span { first: 0, last: 35, step: 1 }] },
    ],
};

const HONEYWELL_40: Format = Format {
    name: "p10001",
    title: "Honeywell 40, P10001; the last byte is the XOR of the four before, as eight parities",
    bits: 40,
    fields: &[
        FormatField {
            name: "prefix",
            bits: &[Span { first: 0, last: 3, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "facility",
            bits: &[Span { first: 4, last: 15, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 16, last: 31, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 32, odd: false, over: &[Span { first: 0, last: 24, step: 8 }] },
        Parity { bit: 33, odd: false, over: &[Span { first: 1, last: 25, step: 8 }] },
        Parity { bit: 34, odd: false, over: &[Span { first: 2, last: 26, step: 8 }] },
        Parity { bit: 35, odd: false, over: &[Span { first: 3, last: 27, step: 8 }] },
        Parity { bit: 36, odd: false, over: &[Span { first: 4, last: 28, step: 8 }] },
        Parity { bit: 37, odd: false, over: &[Span { first: 5, last: 29, step: 8 }] },
        Parity { bit: 38, odd: false, over: &[Span { first: 6, last: 30, step: 8 }] },
        Parity { bit: 39, odd: false, over: &[Span { first: 7, last: 31, step: 8 }] },
    ],
};

const GETRONIK_40: Format = Format {
    name: "getronik40",
    title: "Getronik 40; bit 38 makes bits 0 to 37 even against bit 39",
    bits: 40,
    fields: &[
        FormatField {
            name: "number",
            bits: &[Span { first: 8, last: 23, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "field",
            bits: &[Span { first: 24, last: 37, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[
        Constant { span: Span { first: 0, last: 7, step: 1 }, value: 0x2E },
        Constant { span: Span { first: 39, last: 39, step: 1 }, value: 0x1 },
    ],
    parities: &[Parity {
        bit: 38,
        odd: false,
        over: &[Span { first: 0, last: 37, step: 1 }, Span { first: 39, last: 39, step: 1 }],
    }],
};

const VERKADA_40: Format = Format {
    name: "verkada40",
    title: "Verkada 40",
    bits: 40,
    fields: &[
        FormatField {
            name: "facility",
            bits: &[Span { first: 1, last: 10, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 11, last: 38, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity { bit: 0, odd: false, over: &[Span { first: 1, last: 10, step: 1 }] },
        Parity { bit: 39, odd: false, over: &[Span { first: 11, last: 38, step: 1 }] },
    ],
};

const CORPORATE_48: Format = Format {
    name: "c1k48",
    title: "HID Corporate 1000, 48 bits; bit 1 is computed first, then 47, then 0",
    bits: 48,
    fields: &[
        FormatField {
            name: "company",
            bits: &[Span { first: 2, last: 23, step: 1 }],
            decimal: false,
        },
        FormatField {
            name: "number",
            bits: &[Span { first: 24, last: 46, step: 1 }],
            decimal: false,
        },
    ],
    constants: &[],
    parities: &[
        Parity {
            bit: 1,
            odd: false,
            over: &[Span { first: 3, last: 45, step: 3 }, Span { first: 4, last: 46, step: 3 }],
        },
        Parity {
            bit: 47,
            odd: true,
            over: &[Span { first: 2, last: 44, step: 3 }, Span { first: 3, last: 45, step: 3 }],
        },
        Parity { bit: 0, odd: true, over: &[Span { first: 1, last: 47, step: 1 }] },
    ],
};

const BINARY_32: Format = Format {
    name: "binary32",
    title: "A number of 32 bits",
    bits: 32,
    fields: &[FormatField {
        name: "number",
        bits: &[Span { first: 0, last: 31, step: 1 }],
        decimal: false,
    }],
    constants: &[],
    parities: &[],
};

const BINARY_56: Format = Format {
    name: "binary56",
    title: "A number of 56 bits, a UID of seven bytes",
    bits: 56,
    fields: &[FormatField {
        name: "number",
        bits: &[Span { first: 0, last: 55, step: 1 }],
        decimal: false,
    }],
    constants: &[],
    parities: &[],
};

const BINARY_64: Format = Format {
    name: "binary64",
    title: "A number of 64 bits",
    bits: 64,
    fields: &[FormatField {
        name: "number",
        bits: &[Span { first: 0, last: 63, step: 1 }],
        decimal: false,
    }],
    constants: &[],
    parities: &[],
};

const FASC_N: Format = Format {
    name: "fascn",
    title: "FASC-N of TIG SCEPACS 2.2: 40 characters of five bits, least significant first, each with odd parity",
    bits: 200,
    fields: &[
        FormatField {
            name: "agency",
            bits: &[
                Span { first: 8, last: 5, step: 1 },
                Span { first: 13, last: 10, step: 1 },
                Span { first: 18, last: 15, step: 1 },
                Span { first: 23, last: 20, step: 1 },
            ],
            decimal: true,
        },
        FormatField {
            name: "system",
            bits: &[
                Span { first: 33, last: 30, step: 1 },
                Span { first: 38, last: 35, step: 1 },
                Span { first: 43, last: 40, step: 1 },
                Span { first: 48, last: 45, step: 1 },
            ],
            decimal: true,
        },
        FormatField {
            name: "credential",
            bits: &[
                Span { first: 58, last: 55, step: 1 },
                Span { first: 63, last: 60, step: 1 },
                Span { first: 68, last: 65, step: 1 },
                Span { first: 73, last: 70, step: 1 },
                Span { first: 78, last: 75, step: 1 },
                Span { first: 83, last: 80, step: 1 },
            ],
            decimal: true,
        },
        FormatField {
            name: "series",
            bits: &[Span { first: 93, last: 90, step: 1 }],
            decimal: true,
        },
        FormatField {
            name: "issue",
            bits: &[Span { first: 103, last: 100, step: 1 }],
            decimal: true,
        },
        FormatField {
            name: "person",
            bits: &[
                Span { first: 113, last: 110, step: 1 },
                Span { first: 118, last: 115, step: 1 },
                Span { first: 123, last: 120, step: 1 },
                Span { first: 128, last: 125, step: 1 },
                Span { first: 133, last: 130, step: 1 },
                Span { first: 138, last: 135, step: 1 },
                Span { first: 143, last: 140, step: 1 },
                Span { first: 148, last: 145, step: 1 },
                Span { first: 153, last: 150, step: 1 },
                Span { first: 158, last: 155, step: 1 },
            ],
            decimal: true,
        },
        FormatField {
            name: "category",
            bits: &[Span { first: 163, last: 160, step: 1 }],
            decimal: true,
        },
        FormatField {
            name: "organization",
            bits: &[
                Span { first: 168, last: 165, step: 1 },
                Span { first: 173, last: 170, step: 1 },
                Span { first: 178, last: 175, step: 1 },
                Span { first: 183, last: 180, step: 1 },
            ],
            decimal: true,
        },
        FormatField {
            name: "association",
            bits: &[Span { first: 188, last: 185, step: 1 }],
            decimal: true,
        },
    ],
    constants: &[
        Constant { span: Span { first: 0, last: 3, step: 1 }, value: 0xD },
        Constant { span: Span { first: 25, last: 28, step: 1 }, value: 0xB },
        Constant { span: Span { first: 50, last: 53, step: 1 }, value: 0xB },
        Constant { span: Span { first: 85, last: 88, step: 1 }, value: 0xB },
        Constant { span: Span { first: 95, last: 98, step: 1 }, value: 0xB },
        Constant { span: Span { first: 105, last: 108, step: 1 }, value: 0xB },
        Constant { span: Span { first: 190, last: 193, step: 1 }, value: 0xF },
    ],
    parities: &[
        Parity { bit: 4, odd: true, over: &[Span { first: 0, last: 3, step: 1 }] },
        Parity { bit: 9, odd: true, over: &[Span { first: 5, last: 8, step: 1 }] },
        Parity { bit: 14, odd: true, over: &[Span { first: 10, last: 13, step: 1 }] },
        Parity { bit: 19, odd: true, over: &[Span { first: 15, last: 18, step: 1 }] },
        Parity { bit: 24, odd: true, over: &[Span { first: 20, last: 23, step: 1 }] },
        Parity { bit: 29, odd: true, over: &[Span { first: 25, last: 28, step: 1 }] },
        Parity { bit: 34, odd: true, over: &[Span { first: 30, last: 33, step: 1 }] },
        Parity { bit: 39, odd: true, over: &[Span { first: 35, last: 38, step: 1 }] },
        Parity { bit: 44, odd: true, over: &[Span { first: 40, last: 43, step: 1 }] },
        Parity { bit: 49, odd: true, over: &[Span { first: 45, last: 48, step: 1 }] },
        Parity { bit: 54, odd: true, over: &[Span { first: 50, last: 53, step: 1 }] },
        Parity { bit: 59, odd: true, over: &[Span { first: 55, last: 58, step: 1 }] },
        Parity { bit: 64, odd: true, over: &[Span { first: 60, last: 63, step: 1 }] },
        Parity { bit: 69, odd: true, over: &[Span { first: 65, last: 68, step: 1 }] },
        Parity { bit: 74, odd: true, over: &[Span { first: 70, last: 73, step: 1 }] },
        Parity { bit: 79, odd: true, over: &[Span { first: 75, last: 78, step: 1 }] },
        Parity { bit: 84, odd: true, over: &[Span { first: 80, last: 83, step: 1 }] },
        Parity { bit: 89, odd: true, over: &[Span { first: 85, last: 88, step: 1 }] },
        Parity { bit: 94, odd: true, over: &[Span { first: 90, last: 93, step: 1 }] },
        Parity { bit: 99, odd: true, over: &[Span { first: 95, last: 98, step: 1 }] },
        Parity { bit: 104, odd: true, over: &[Span { first: 100, last: 103, step: 1 }] },
        Parity { bit: 109, odd: true, over: &[Span { first: 105, last: 108, step: 1 }] },
        Parity { bit: 114, odd: true, over: &[Span { first: 110, last: 113, step: 1 }] },
        Parity { bit: 119, odd: true, over: &[Span { first: 115, last: 118, step: 1 }] },
        Parity { bit: 124, odd: true, over: &[Span { first: 120, last: 123, step: 1 }] },
        Parity { bit: 129, odd: true, over: &[Span { first: 125, last: 128, step: 1 }] },
        Parity { bit: 134, odd: true, over: &[Span { first: 130, last: 133, step: 1 }] },
        Parity { bit: 139, odd: true, over: &[Span { first: 135, last: 138, step: 1 }] },
        Parity { bit: 144, odd: true, over: &[Span { first: 140, last: 143, step: 1 }] },
        Parity { bit: 149, odd: true, over: &[Span { first: 145, last: 148, step: 1 }] },
        Parity { bit: 154, odd: true, over: &[Span { first: 150, last: 153, step: 1 }] },
        Parity { bit: 159, odd: true, over: &[Span { first: 155, last: 158, step: 1 }] },
        Parity { bit: 164, odd: true, over: &[Span { first: 160, last: 163, step: 1 }] },
        Parity { bit: 169, odd: true, over: &[Span { first: 165, last: 168, step: 1 }] },
        Parity { bit: 174, odd: true, over: &[Span { first: 170, last: 173, step: 1 }] },
        Parity { bit: 179, odd: true, over: &[Span { first: 175, last: 178, step: 1 }] },
        Parity { bit: 184, odd: true, over: &[Span { first: 180, last: 183, step: 1 }] },
        Parity { bit: 189, odd: true, over: &[Span { first: 185, last: 188, step: 1 }] },
        Parity { bit: 194, odd: true, over: &[Span { first: 190, last: 193, step: 1 }] },
        Parity { bit: 195, odd: false, over: &[Span { first: 0, last: 190, step: 5 }] },
        Parity { bit: 196, odd: false, over: &[Span { first: 1, last: 191, step: 5 }] },
        Parity { bit: 197, odd: false, over: &[Span { first: 2, last: 192, step: 5 }] },
        Parity { bit: 198, odd: false, over: &[Span { first: 3, last: 193, step: 5 }] },
        Parity { bit: 199, odd: true, over: &[Span { first: 195, last: 198, step: 1 }] },
    ],
};
