// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bits that were computed elsewhere: by hand or by a script that knows the layouts as the field
//! notes have them, and by other people.

/// A format, values, and the bits in the parts of the layout.
pub(super) type Vector = (&'static str, &'static [(&'static str, u64)], &'static str);

/// For each format, with the ones that each parity counts. The first ones were done on paper:
/// facility 17 is 00010001, number 4660 is 0001001000110100. Bits 1 to 12, 000100010001, hold
/// three ones: bit 0 is 1 to make them even. Bits 13 to 24, 001000110100, hold four: bit 25 is 1 to
/// make them odd. With facility 255 and number 1 there are eight and one: both are 0.
#[rustfmt::skip]
pub(super) const COMPUTED: &[Vector] = &[
    ("h10301", &[("facility", 17), ("number", 4660)], "1 00010001 0001001000110100 1"),
    ("h10301", &[("facility", 255), ("number", 1)], "0 11111111 0000000000000001 0"),
    ("h10301", &[("facility", 255), ("number", 65535)], "0 11111111 1111111111111111 1"),
    ("h10301", &[("facility", 0), ("number", 0)], "0 00000000 0000000000000000 1"),
    // even 0: 8 ones, so 0. odd 25: 7 ones, so 0.
    ("h10301", &[("facility", 186), ("number", 55145)], "0 10111010 1101011101101001 0"),
    // even 0: 8 ones, so 0. odd 25: 8 ones, so 1.
    ("indala-26", &[("facility", 2997), ("number", 3445)], "0 101110110101 110101110101 1"),
    ("indala-27", &[("facility", 5996), ("number", 13785)], "1011101101100 11010111011001"),
    ("indala-asc-27", &[("facility", 5996), ("number", 13785)], "111001101100010111111001101"),
    ("tecom-27", &[("facility", 1498), ("number", 55145)], "110101101010100110001111111"),
    ("indala-29", &[("facility", 5996), ("number", 55145)], "1011101101100 1101011101101001"),
    // even 0: 8 ones, so 0. odd 29: 10 ones, so 1.
    ("ats-30", &[("facility", 2997), ("number", 55145)], "0 101110110101 1101011101101001 1"),
    ("adt-31", &[("facility", 10), ("number", 7058769)], "0 1010 11010111011010101010001 000"),
    ("wiegand-32", &[("facility", 2997), ("number", 55145)], "0000 101110110101 1101011101101001"),
    // even 0: 10 ones, so 0. odd 31: 9 ones, so 0.
    ("kastle-32", &[("issue", 22), ("facility", 214), ("number", 40502)], "0 1 10110 11010110 1001111000110110 0"),
    ("kantech-32", &[("facility", 186), ("number", 55145)], "0000000 10111010 1101011101101001 0"),
    ("binary-32", &[("number", 3144134276)], "10111011011001111010111010000100"),
    // even 0: 10 ones, so 0. odd 32: 8 ones, so 1.
    ("d10202", &[("facility", 92), ("number", 14117539)], "0 1011100 110101110110101010100011 1"),
    // even 0: 11 ones, so 1. odd 33: 7 ones, so 0.
    ("wiegand-34", &[("number", 3144134276)], "1 10111011011001111010111010000100 0"),
    // even 0: 10 ones, so 0. odd 33: 10 ones, so 1.
    ("h10306", &[("facility", 47974), ("number", 55145)], "0 1011101101100110 1101011101101001 1"),
    // even 0: 11 ones, so 1. odd 33: 8 ones, so 1.
    ("bqt-34", &[("facility", 186), ("number", 14117539)], "1 10111010 110101110110101010100011 1"),
    // even 1: 16 ones, so 0. odd 34: 13 ones, so 0. odd 0: 20 ones, so 1.
    ("corporate-1000-35", &[("company", 2997), ("number", 882345)], "1 0 101110110101 11010111011010101001 0"),
    // even 0: 11 ones, so 1. odd 35: 9 ones, so 0.
    ("c15001", &[("oem", 748), ("facility", 214), ("number", 40502)], "1 1011101100 11010110 1001111000110110 0"),
    // odd 0: 11 ones, so 0. odd 35: 11 ones, so 0.
    ("s12906", &[("facility", 186), ("issue", 2), ("number", 10368889)], "0 10111010 10 100111100011011101111001 0"),
    // odd 0: 15 ones, so 0. even 35: 18 ones, so 0.
    ("siemens-36", &[("facility", 191901), ("number", 55145)], "0 101110110110011101 1101011101101001 0"),
    // even 32: 1 ones, so 1. odd 33: 2 ones, so 1. even 34: 3 ones, so 1. even 35: 3 ones, so 1.
    ("h10320", &[("number", 73205080)], "01110011001000000101000010000000 1 1 1 1"),
    // even 0: 12 ones, so 0. odd 36: 8 ones, so 1.
    ("h10302", &[("number", 25153074217)], "0 10111011011001111010111010000101001 1"),
    // even 0: 12 ones, so 0. odd 36: 10 ones, so 1.
    ("h10304", &[("facility", 47974), ("number", 441172)], "0 1011101101100110 1101011101101010100 1"),
    // odd 0: 10 ones, so 1. even 35: 11 ones, so 1. odd 36: 23 ones, so 0.
    ("wiegand-37-right-2", &[("facility", 47974), ("number", 220585)], "1 1011101101100110 110101110110101001 1 0"),
    // even 0: 12 ones, so 0. odd 36: 8 ones, so 1.
    ("s10401", &[("facility", 46), ("number", 451761294)], "0 101110 11010111011010101010010001110 1"),
    // even 0: 12 ones, so 0. odd 37: 9 ones, so 0.
    ("bqt-38", &[("number", 383804), ("issue", 12), ("facility", 5062)], "0 1011101101100111100 1100 1001111000110 0"),
    // even 0: 10 ones, so 0. odd 37: 12 ones, so 1.
    ("iscs-38", &[("oem", 10), ("facility", 860), ("number", 2592221)], "0 1010 1101011100 1001111000110111011101 1"),
    // even 0: 12 ones, so 0. odd 38: 11 ones, so 0.
    ("pyramid-39", &[("facility", 95950), ("number", 882345)], "0 10111011011001110 11010111011010101001 0"),
    // xor FB ^ B5 ^ D7 ^ 69 = F0.
    ("p10001", &[("facility", 2997), ("number", 55145)], "1111 101110110101 1101011101101001 11110000"),
    // xor FB ^ B5 ^ D7 ^ 69 = F0.
    ("barium-ferrite-40", &[("facility", 2997), ("number", 55145)], "1111 101110110101 1101011101101001 11110000"),
    // even 38: 24 ones, so 0.
    ("getronik-40", &[("number", 47974), ("field", 13785)], "00101110 1011101101100110 11010111011001 0 1"),
    ("casi-rusco-40", &[("number", 201224593741)], "0 10111011011001111010111010000101001101 0"),
    // even 0: 6 ones, so 0. even 39: 15 ones, so 1.
    ("verkada-40", &[("facility", 748), ("number", 225880646)], "0 1011101100 1101011101101010101001000110 1"),
    // odd 39: 12 ones, so 1.
    ("bundy-40", &[("oem", 92), ("facility", 3445), ("number", 324027)], "1011100 110101110101 1001111000110111011 0 1"),
    // even 0: 26 ones, so 0. odd 45: 26 ones, so 1.
    ("h800002", &[("facility", 11993), ("number", 903522589)], "0 10111011011001 110101110110101010100100011101 1"),
    // even 1: 19 ones, so 1. odd 47: 19 ones, so 0. odd 0: 28 ones, so 1.
    ("corporate-1000-48", &[("company", 3070442), ("number", 7058769)], "1 1 1011101101100111101010 11010111011010101010001 0"),
    // even 0: 18 ones, so 0. odd 55: 12 ones, so 1.
    ("avigilon-56", &[("facility", 767610), ("number", 14456361440)], "0 10111011011001111010 1101011101101010101001000111100000 1"),
    ("inner-range-56", &[("facility", 12281773), ("number", 3614090359)], "101110110110011110101101 11010111011010101010010001110111"),
    ("binary-56", &[("number", 52749819901972328)], "10111011011001111010111010000101001110010000111101101000"),
    ("binary-64", &[("number", 13503953894904915968)], "1011101101100111101011101000010100111001000011110110100000000000"),
    // xor F0 ^ 09 ^ 12 ^ 34 = DF, so E0.
    ("barium-ferrite-40", &[("facility", 9), ("number", 4660)], "1111 000000001001 0001001000110100 11100000"),
    // S7001F1234F567890F2F3F2468013579411125E: 7 is 0111, so 1110 sent least significant first,
    // and 0 to make three ones odd. The columns have so many ones that the last one is 0011.
    (
        "fasc-n",
        &[
            ("agency", 7001), ("system", 1234), ("credential", 567_890), ("series", 2),
            ("issue", 3), ("person", 2_468_013_579), ("category", 4), ("organization", 1112),
            ("association", 5),
        ],
        "11010 11100 00001 00001 10000 10110 10000 01000 11001 00100 \
         10110 10101 01101 11100 00010 10011 00001 10110 01000 10110 \
         11001 10110 01000 00100 01101 00010 00001 10000 11001 10101 \
         11100 10011 00100 10000 10000 10000 01000 10101 11111 00111",
    ),
];

/// What other people have published, with where.
#[rustfmt::skip]
pub(super) const PUBLISHED: &[Vector] = &[
    // accessgrid.com, "Examples of every access control bit format".
    ("h10301", &[("facility", 42), ("number", 69)], "10010101000000000010001010"),
    ("indala-26", &[("facility", 42), ("number", 69)], "10000001010100000010001010"),
    // Manual of the CIVINTEC CN56 readers, 6.4.2 and 6.4.5: D41B81 and 89D41B81 between parities.
    ("h10301", &[("facility", 0xD4), ("number", 0x1B81)], "1 11010100 00011011 10000001 0"),
    ("wiegand-34", &[("number", 0x89D4_1B81)], "1 10001001 11010100 00011011 10000001 1"),
    // A card read, 0584A2B940: flipperdevices/flipperzero-firmware, issue 1029.
    ("h10302", &[("number", 11_850_046_624)], "0010110000100101000101011100101000000"),
    ("h10304", &[("facility", 22602), ("number", 89248)], "0010110000100101000101011100101000000"),
    // What a reader sent for an iCLASS card, 4A72010B3: jkramarz/TheTick, pull request 20.
    ("corporate-1000-35", &[("company", 1337), ("number", 2137)],
     "10010100111001000000001000010110011"),
    // 803039006072: RfidResearchGroup/proxmark3, issue 1791, which names other numbers.
    ("corporate-1000-48", &[("company", 12345), ("number", 12345)],
     "100000000011000000111001000000000110000001110010"),
    // A40007102: RfidResearchGroup/proxmark3, issue 2710.
    ("s12906", &[("facility", 72), ("issue", 0), ("number", 14465)],
     "101001000000000000000111000100000010"),
    // The FASC-N of YubiKeys, S9999F9999F999999F0F1F0000000000300001E after figure 7 of PACS TIG
    // 2.2: D4E739DA739CED39CE739D836858210842108421C84210C3EB.
    (
        "fasc-n",
        &[
            ("agency", 9999), ("system", 9999), ("credential", 999_999), ("series", 0),
            ("issue", 1), ("person", 0), ("category", 3), ("organization", 0),
            ("association", 1),
        ],
        "11010100111001110011100111011010011100111001110011 \
         10110100111001110011100111001110011101100000110110 \
         10000101100000100001000010000100001000010000100001 \
         00001000011100100001000010000100001100001111101011",
    ),
];
