// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is believed of the keys that sign chips.

use crate::belief::Belief;

/// What no published signature holds.
pub static BELIEFS: &[Belief] = &[Belief {
    rule: "the key of NTAG 413 DNA signs DESFire EV1 too, that of NTAG 424 DNA DESFire EV2 and Light, \
           and that of DESFire EV2 NTAG 424 DNA",
    place: "originality::keys, KEYS",
    source: "Proxmark3, originality.c; each key has published signatures, of the product first named",
    settle: "60 and 3C 00 of an EV1, an EV2, a Light and an NTAG 424 DNA of several years",
}];
