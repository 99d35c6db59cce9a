// SPDX-License-Identifier: MIT OR Apache-2.0
//! What profiles take on other people's word.

use crate::belief::Belief;

/// Rules of the MIFARE application directory that were read in texts about NXP AN10787.
pub static BELIEFS: &[Belief] = &[
    Belief {
        rule: "the directory of a DESFire card is version 3: AID FFFFFF, file 0 a value file whose \
               value 3 anyone may get, files 1 and 2 standard files that anyone may read, no other \
               files; the PICC level lists applications to anyone",
        place: "profile::check::mad",
        source: "two texts that quote AN10787, 3.10, and a program that makes such cards",
        settle: "AN10787 itself, or a card of an issuer that follows it: its files 0 to 2",
    },
    Belief {
        rule: "function cluster 00 numbers no application on a DESFire card",
        place: "profile::check::mad",
        source: "a text that quotes AN10787 gives its codes to sectors of MIFARE Classic",
        settle: "AN10787 itself",
    },
    Belief {
        rule: "a DESFire EV3 takes the settings of secure dynamic messaging in a session of EV2 messaging; no \
               profile asks for them in one of EV1's",
        place: "profile::check",
        source: "NXP AN12752 and public host libraries show EV2 sessions only",
        settle: "ChangeFileSettings with such settings in an EV1 session with a real EV3",
    },
    Belief {
        rule: "a DESFire EV3 counts on where a file with secure dynamic messaging is written again in a session, \
               and takes its settings without the tamper status",
        place: "profile::check::sdm",
        source: "NXP AN12752; what real NTAG 424 DNA do",
        settle: "an update of a real EV3, and its next reading",
    },
    Belief {
        rule: "a DESFire EV3 takes a limit of its transactions as a DESFire Light does; whether an EV2 takes one, no \
               public paper says, and no profile for it asks for one",
        place: "profile::check::transaction_mac",
        source: "MF2DL(H)x0 data sheet; public host libraries of EV3",
        settle: "ChangeFileSettings with bit 5 of the option and four bytes with a real EV2 and EV3",
    },
    Belief {
        rule: "a transaction MAC file takes a block of 32 bytes",
        place: "profile::memory, Reading::counter",
        source: "the smallest file takes as much",
        settle: "FreeMemory before and after CreateTransactionMACFile of a real EV2 and EV3",
    },
    Belief {
        rule: "ISO 7816-4 commands read and write no file of an application with a transaction MAC file on EV2 and EV3",
        place: "profile::check::transaction_mac",
        source: "status 6985 of a DESFire Light",
        settle: "READ BINARY of a free file beside such a file on a real EV2 and EV3",
    },
];
