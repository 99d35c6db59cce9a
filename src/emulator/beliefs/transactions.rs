// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does as an EV2 or EV3 with transaction MAC files without a vector or
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
];
