// SPDX-License-Identifier: MIT OR Apache-2.0
//! Layouts that no card, manual or second program holds.

use crate::belief::Belief;

/// Bit formats that rest on the word of one program, or of programs that may have copied it.
pub static BELIEFS: &[Belief] = &[
    Belief {
        rule: "the layouts of verkada-40, bundy-40, h800002, avigilon-56 and hgen37",
        place: "credential::table::to_40; credential::table::long",
        source: "the Proxmark3 client, for hgen37 the ChameleonUltra's firmware, too; no bits of a card \
                 are published",
        settle: "a card with its number printed on it, or what the maker encodes for one",
    },
    Belief {
        rule: "the layouts of h10320, wiegand-37-right-2, barium-ferrite-40 and getronik-40, bit for \
               bit",
        place: "credential::table::to_36; credential::table::to_40",
        source: "liblogicalaccess, which also made the published bits; for h10320 the Proxmark3 \
                 client, too",
        settle: "a card with its number printed on it, or what the maker encodes for one",
    },
    Belief {
        rule: "the layouts of indala-26, indala-27, indala-asc-27, tecom-27, indala-29, ats-30, \
               adt-31, d10202, h10306, bqt-34, siemens-36, bqt-38, iscs-38, pyramid-39, p10001, \
               corporate-1000-48 and inner-range-56",
        place: "credential::table::to_32; credential::table::to_36; credential::table::to_40; \
                credential::table::long",
        source: "two programs each that agree, with published bits of one of them; none is of a card, \
                 and they may have copied from each other",
        settle: "a card with its number printed on it, or what the maker encodes for one",
    },
    Belief {
        rule: "the parities of c15001 and kastle-32, and the constant of kastle-32; the fields of \
               both, of wiegand-32, of kantech-32 and of casi-rusco-40 agree with published bits",
        place: "credential::table::to_32; credential::table::to_36; credential::table::to_40",
        source: "the Proxmark3 client",
        settle: "a card with its number printed on it, or what the maker encodes for one",
    },
    Belief {
        rule: "bits that nobody has published anything about are 0 on cards: in adt-31, wiegand-32, \
               kantech-32, hgen37, casi-rusco-40 and bundy-40",
        place: "credential::error, Unassigned",
        source: "belief; cards of adt-31 and of casi-rusco-40 with some of them set are reported",
        settle: "several cards of one site, and whether these bits differ between them",
    },
];
