// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does as an EV2 or EV3 with transactions and proximity checks without a vector or
//! capture to hold it.

use crate::belief::Belief;

/// Of EV2 and EV3.
pub(super) const TRANSACTIONS: &[Belief] = &[
    // Transaction MAC files
    Belief {
        rule: "Transaction MAC files of EV2 and EV3 do as that of a DESFire Light: rights, statuses, what the MAC goes over, what ends a transaction, counted in 32 bits; backup files are covered as all others.",
        place: "emulator::transaction_mac; emulator::command::transaction_mac; emulator::dispatch::drops_pending",
        source: "data sheet of DESFire Light; one transaction of a real EV3, of WriteRecord and CommitReaderID",
        settle: "a transaction of each command on a DESFire EV2 and EV3, and its MAC",
    },
    Belief {
        rule: "A transaction MAC file takes 32 bytes, is one of the 32 files of its application, and has no ISO identifier where other files have one.",
        place: "emulator::memory::Memory::create_transaction_mac",
        source: "the published CE has no place for an identifier; memory and count are belief",
        settle: "6E before and after CE in an application whose files have identifiers, then 31 and 32 other files",
    },
    Belief {
        rule: "In an EV1 session the key of a transaction MAC file comes enciphered with a CRC32 over command, header and key, and CommitReaderID answers in clear with a MAC; in a D40 session CE is refused with AE.",
        place: "emulator::command::transaction_mac",
        source: "after other commands of those sessions",
        settle: "CE after AA and after 0A on a DESFire EV2",
    },
    Belief {
        rule: "SELECT by ISO of an application whose transactions are at their limit selects it and answers 6283; SelectApplication answers 00.",
        place: "emulator::iso::select",
        source: "stated for DESFire Light, which has no SelectApplication",
        settle: "5A and 00 A4 of an application at its limit",
    },
    Belief {
        rule: "The transaction MAC file is deleted with the application's master key alone, also where anybody may delete files.",
        place: "emulator::command::file, may_delete",
        source: "stated for DESFire Light, which has no such setting",
        settle: "DF without a session in an application of settings 0F",
    },
    // Transaction timer
    Belief {
        rule: "The second byte of an EV3's capabilities is its transaction timer in tenths of a second, 0 for none; it starts at each selection of an application, stops at the level of the card, and is looked at when a command comes.",
        place: "emulator::configuration::Configuration::transaction_timer; emulator::soft_card::SoftCard",
        source: "which byte, when it starts and that the card then is as without power is stated; its unit is not public",
        settle: "5C 05 with 01 and with 10 in that byte, then SelectApplication and GetVersion until nothing answers",
    },
    // Proximity checks
    Belief {
        rule: "A proximity check is proven with an AES key of zeros at every level, key 21 of the card, and the byte of the bit rate is part of the MAC.",
        place: "emulator::command::proximity, KEY; emulator::proximity::PREPARED",
        source: "two reports of real cards, against a third; readers disagree on the byte",
        settle: "F0, F2 and FD of a new DESFire EV3, with both MACs",
    },
    Belief {
        rule: "PreparePC is taken at every level and without a session, and ends one.",
        place: "emulator::command::proximity; emulator::behaviour, Candidate::ProximityInApplications",
        source: "one reader sends it so; another report tells 0B at the level of the card",
        settle: "F0 at both levels, with and without a session",
    },
    Belief {
        rule: "Between PreparePC and VerifyPC all else is refused with 0B, and ISO commands with 6985; VerifyPC ends that, right or wrong, and a wrong one, or one before any bytes, is refused with AE or 0B.",
        place: "emulator::dispatch::Chain::begin; emulator::command::proximity",
        source: "0B: a report of an EV3; of ISO commands and of a wrong MAC: belief",
        settle: "F0 then 60, 00 A4, FD with zeros, FD once more",
    },
    Belief {
        rule: "A round of ProximityCheck has one to eight bytes, all rounds eight; more is refused with 9E, a length that does not fit with 7E, and the check goes on.",
        place: "emulator::command::proximity, check",
        source: "readers send one to eight rounds; statuses are belief",
        settle: "F2 of nine bytes, and of seven and two",
    },
];
