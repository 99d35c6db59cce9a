// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bits that were computed elsewhere: by hand, by a script that was written from the same sources and
//! not from the table, and by other people.

use super::super::Format;
use super::bits;

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
    // The first bits of each four: 5 ones, so 1. The third: 6, so 1 to be odd. The fourth: 3, so 1.
    ("hgen37", &[("number", 3144134276)], "1011 10111011011001111010111010000100 1"),
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
    // PACS TIG SCEPACS, page 32, as Yubico/yubikey-manager, tests/test_piv.py has it.
    (
        "fasc-n",
        &[
            ("agency", 32), ("system", 1), ("credential", 92446), ("series", 0), ("issue", 1),
            ("person", 1_112_223_333), ("category", 1), ("organization", 1223),
            ("association", 2),
        ],
        // D0439458 210C2C19 A0846D83 685A1082 108CE739 84108CA3 FC
        "11010000010000111001010001011000 00100001000011000010110000011001 \
         10100000100001000110110110000011 01101000010110100001000010000010 \
         00010000100011001110011100111001 10000100000100001000110010100011 11111100",
    ),
    // Cards with these numbers on them: DarkFlippers/unleashed-firmware, issue 1158. 01A9FFFFFF60
    // is the 44 bits of HID Prox and four zeros. The 44 are seven zeros and the 37 bits: a 1, then
    // A9FFFFFF6.
    ("s10401", &[("facility", 42), ("number", 268_435_451)],
     "1101010011111111111111111111111110110"),
    // 01A9FFFFFFF0, 00AA00000010 and 00AA00000080, of the same pack.
    ("s10401", &[("facility", 42), ("number", 268_435_455)],
     "1101010011111111111111111111111111111"),
    ("s10401", &[("facility", 42), ("number", 268_435_456)],
     "0101010100000000000000000000000000001"),
    ("s10401", &[("facility", 42), ("number", 268_435_460)],
     "0101010100000000000000000000000001000"),
    // Cards with 4090 0007473 and 1439 0183464 on them, whose last 32 bits a reader gave as
    // FF403A63 and B3E59951: proxmark.eu forum, post 22136, which adds the three before them.
    ("corporate-1000-35", &[("company", 4090), ("number", 7473)],
     "011 11111111010000000011101001100011"),
    ("corporate-1000-35", &[("company", 1439), ("number", 183_464)],
     "000 10110011111001011001100101010001"),
    // accessgrid.com, on the page named above.
    ("indala-27", &[("facility", 42), ("number", 69)], "000000010101000000001000101"),
    // en4rab/Hidogeddon, WiegandSend.ino: what its reader is tested with. No cards.
    ("indala-26", &[("facility", 247), ("number", 3200)], "10000111101111100100000000"),
    ("indala-27", &[("facility", 454), ("number", 8785)], "000011100011010001001010001"),
    ("indala-asc-27", &[("facility", 3601), ("number", 8642)], "000011100011010001001010001"),
    ("tecom-27", &[("facility", 88), ("number", 9863)], "000011100011010001001010001"),
    ("indala-29", &[("facility", 2087), ("number", 18665)], "01000001001110100100011101001"),
    ("ats-30", &[("facility", 3645), ("number", 29321)], "011100011110101110010100010010"),
    ("adt-31", &[("facility", 12), ("number", 588_893)], "0110000010001111110001011101000"),
    ("d10202", &[("facility", 45), ("number", 7_539_517)], "101011010111001100001011001111011"),
    ("h10306", &[("facility", 38243), ("number", 43862)], "0100101010110001110101011010101100"),
    ("bqt-34", &[("facility", 149), ("number", 6_531_926)], "0100101010110001110101011010101100"),
    ("corporate-1000-35", &[("company", 800), ("number", 1_014_912)],
     "01001100100000111101111100100000001"),
    ("s12906", &[("facility", 93), ("issue", 1), ("number", 4_674_877)],
     "001011101010100011101010101001111010"),
    ("siemens-36", &[("facility", 95559), ("number", 21821)],
     "001011101010100011101010101001111010"),
    ("h10302", &[("number", 18_019_744_896)], "1100001100100000111101111100100000001"),
    ("h10304", &[("facility", 34369), ("number", 490_624)],
     "1100001100100000111101111100100000001"),
    ("bqt-38", &[("number", 452_334), ("issue", 2), ("facility", 5595)],
     "11101110011011101110001010101110110111"),
    // It names no oem: bits 1 to 4, 1101, are 13.
    ("iscs-38", &[("oem", 13), ("facility", 823), ("number", 1_856_987)],
     "11101110011011101110001010101110110111"),
    ("pyramid-39", &[("facility", 46631), ("number", 951_753)],
     "001011011000100111111010000101110010010"),
    ("corporate-1000-48", &[("company", 260), ("number", 75458)],
     "110000000000000100000100000000100100110110000100"),
    ("inner-range-56", &[("facility", 649_731), ("number", 1_379_852)],
     "00001001111010100000001100000000000101010000111000001100"),
    // liblogicalaccess, test_format.cpp: 002C9312C0 and F37F45CA03.
    ("h10306", &[("facility", 89), ("number", 9765)], "0000000000101100100100110001001011"),
    ("p10001", &[("facility", 895), ("number", 17866)],
     "11110011 01111111 01000101 11001010 00000011"),
    // By liblogicalaccess itself, a source of these layouts: 00974641D0, F09CB55188,
    // 2E1627589F and 802AA4C030, filled up with zeros.
    ("h10320", &[("number", 974_641)], "00000000 10010111 01000110 01000001 1101"),
    ("barium-ferrite-40", &[("facility", 156), ("number", 46417)],
     "11110000 10011100 10110101 01010001 10001000"),
    ("getronik-40", &[("number", 5671), ("field", 5671)],
     "00101110 00010110 00100111 01011000 10011111"),
    ("wiegand-37-right-2", &[("facility", 85), ("number", 75265)],
     "10000000 00101010 10100100 11000000 00110"),
];

/// Published with bits that the format does not write or allow: only the fields can be compared.
#[rustfmt::skip]
const PUBLISHED_FIELDS: &[Vector] = &[
    // en4rab/Hidogeddon, WiegandSend.ino: no cards, and bit 0 is set, which wiegand-32 and
    // kantech-32 do not use, and bit 1 not, which kastle-32 has as a constant.
    ("wiegand-32", &[("facility", 2468), ("number", 4321)], "10001001101001000001000011100001"),
    ("kantech-32", &[("facility", 210), ("number", 2160)], "10001001101001000001000011100001"),
    ("kastle-32", &[("issue", 4), ("facility", 210), ("number", 2160)],
     "10001001101001000001000011100001"),
    // The same program, with bits 0 and 39 set.
    ("casi-rusco-40", &[("number", 29_935_572_352)], "1000110111110000100110010010101100000001"),
    // By the Proxmark3 client itself, which finds the parities wrong: Proxmark/proxmark3,
    // issue 978. 3D81024C30 is a 1 that marks fewer than 37 bits, a 1 before the first bit, and
    // the 36 bits, D81024C30.
    ("c15001", &[("oem", 704), ("facility", 129), ("number", 9752)],
     "110110000001000000100100110000110000"),
];

#[test]
fn fields_are_those_published_where_other_bits_are_not() {
    for &(name, values, text) in PUBLISHED_FIELDS {
        let read = bits(text);
        let readings = Format::identify(Format::all(), &read);
        let reading = readings.iter().find(|reading| reading.format().name() == name).unwrap();
        assert!(!reading.faults().is_empty(), "{name} belongs with the others");
        for &(field, value) in values {
            assert_eq!(reading.value(field), Some(value), "{name} {field}");
        }
    }
}
