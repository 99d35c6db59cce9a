// SPDX-License-Identifier: MIT OR Apache-2.0
//! The schemes that no published vector holds.

use crate::belief::Belief;

/// Schemes that rest on one program's word.
pub static BELIEFS: &[Belief] = &[
    Belief {
        rule: "AN10922 with forced K2 masks the last block with K2 where it is full, too",
        place: "diversify::an10922",
        source: "liblogicalaccess",
        settle: "a card of a site that uses the switch, with an input of 31 bytes",
    },
    Belief {
        rule: "SAM AV1 enciphers key number and UID: for 2K3DES in two chained blocks, each XORed \
               with a half of the key; for AES twice side by side, XORed with the key",
        place: "diversify::sam_av1",
        source: "liblogicalaccess",
        settle: "a key made by a SAM AV1",
    },
    Belief {
        rule: "Sagem enciphers FF and UID, and 00 and the UID's complement, block by block",
        place: "diversify::sagem",
        source: "liblogicalaccess",
        settle: "a card of such a system and its master key",
    },
    Belief {
        rule: "Omnitech is Sagem with the version in the low bits of the first half and zeros in \
               those of the second",
        place: "diversify::sagem",
        source: "liblogicalaccess",
        settle: "GetKeyVersion of a card of such a system",
    },
    Belief {
        rule: "unless a key says otherwise its version goes into the low bits of bytes 0 to 7 and, \
               inverted, of bytes 8 to 15 of a 2K3DES key",
        place: "diversify::scheme, low_bits",
        source: "libfreefare; liblogicalaccess, a Python and a C++ implementation of AN10922 write \
                 the first half alone, and NXP's note was not seen",
        settle: "a 2K3DES key of a SAM AV2 with a version, written to a card; or AN10922, 2.3.1, with \
                 its version",
    },
    Belief {
        rule: "Gallagher is AN10922 over UID, key number and AID as sent; key 1 and the PICC level \
               go without the UID, application 1F81F4 never does",
        place: "diversify::recipe, Recipe",
        source: "Proxmark3; a third party tells of a slight deviation from AN10922",
        settle: "a card of such a system and its site key",
    },
];
