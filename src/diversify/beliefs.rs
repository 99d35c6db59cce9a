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
        rule: "Gallagher is AN10922 over UID, key number and AID as sent; key 1 and the PICC level \
               go without the UID, application 1F81F4 never does",
        place: "diversify::recipe, Recipe",
        source: "Proxmark3; a third party tells of a slight deviation from AN10922",
        settle: "a card of such a system and its site key",
    },
];
