// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does as a DESFire Light without a vector or capture to hold it.

use crate::belief::Belief;

/// Of a DESFire Light alone.
pub(super) const LIGHT: &[Belief] = &[
    // DESFire Light
    Belief {
        rule: "A DESFire Light carries contents by ISO chaining only: AD, 8D, AB, 8B and BA; BD, 3D, BB, 3B and DB are refused with 1C.",
        place: "emulator::model, Light; wire::chip, LIGHT",
        source: "every published example; an NTAG 424 DNA refuses 3D",
        settle: "BD and 3D of a DESFire Light",
    },
    Belief {
        rule: "The software of a DESFire Light is 00.02, and its file 01 tells room for four records, all of which can be read.",
        place: "emulator::behaviour, Candidate::SpareRecord; wire::chip, LIGHT",
        source: "AN12343, table 4, where a report shows 01.02; the data sheet says four, notes of a card say five",
        settle: "60 and F5 01 of a new DESFire Light, then five records",
    },
    Belief {
        rule: "SELECT of a DESFire Light's application with P2 00 tells what file 1F holds, where anybody may read that.",
        place: "emulator::iso::select; emulator::behaviour, Candidate::SilentSelect",
        source: "the table of files, against AN12343, table 9, which prints no data",
        settle: "00 A4 00 00 02 DF 01 00 of a new DESFire Light",
    },
    Belief {
        rule: "On a DESFire Light the short identifier 1F is refused with 6A86, and 00 without a selected file with 6985.",
        place: "emulator::iso::data",
        source: "the first is said to be reserved, its status is not; the second after the status of no file",
        settle: "00 B0 9F 00 and 00 B0 80 00 after SELECT of the application",
    },
    Belief {
        rule: "In a session READ and UPDATE BINARY of a DESFire Light are refused with 6982, whether there is a transaction MAC file or not.",
        place: "emulator::iso::data",
        source: "both statuses are stated, their order is not",
        settle: "00 B0 84 00 in a session of a new DESFire Light",
    },
    Belief {
        rule: "CommitTransaction checks its option, then whether there is anything to commit, then whether there is a MAC to tell, then the reader: 9E, 0C, 9E, 9D.",
        place: "emulator::transaction",
        source: "each status is stated, their order is not",
        settle: "C7 01 and C7 02 with nothing done, and with a value changed and no reader",
    },
    Belief {
        rule: "Any error, of any command and in no session too, ends a transaction of a DESFire Light, and with it what CommitReaderID said.",
        place: "emulator::dispatch::drops_pending",
        source: "the data sheet says any failed command; the reader follows from it",
        settle: "8D, then 64 05, then C7; CommitReaderID twice, then once",
    },
    Belief {
        rule: "In no session CommitReaderID answers nothing, and the reader is not remembered.",
        place: "emulator::transaction_mac::TransactionMac::read_by",
        source: "stated; no published bytes",
        settle: "C8 where everybody may, C7, then C8 in a session",
    },
    Belief {
        rule: "The transaction MAC goes over reads, values and records as over writes, each command and its data filled up with zeros; published transactions hold WriteRecord and CommitReaderID.",
        place: "emulator::card::Card::cover",
        source: "data sheet; the two transactions that are public have no other command",
        settle: "a transaction of each command, and its MAC",
    },
    Belief {
        rule: "CreateTransactionMACFile is refused with 9D where there is one before the session is looked at; with a limit, another key type and a right to write with 9E.",
        place: "emulator::command::transaction_mac",
        source: "statuses are stated, their order and the limit are belief",
        settle: "CE of a new DESFire Light without a session; CE with option 20",
    },
    Belief {
        rule: "GetFileIDs lists the transaction MAC file first, also one that was made later.",
        place: "emulator::command::file",
        source: "AN12343, table 12, for a new card",
        settle: "CE after DF, then 6F",
    },
    Belief {
        rule: "ChangeFileSettings of the transaction MAC file that sets a limit or leaves out what is done without a session aborts, even where both were so before.",
        place: "emulator::command::transaction_mac::change",
        source: "stated for enabling them",
        settle: "8D, the same 5F twice, then C7",
    },
    Belief {
        rule: "In LRP the keys of a transaction are CMAC-LRP under the key of its file, label last, over 0001 0080, both counts of 16 bits and the UID; its MAC and the reader before are made with AES.",
        place: "emulator::transaction_mac::TransactionMac::derived",
        source: "data sheet; no published bytes, those of the test were computed outside of this crate",
        settle: "a transaction of a DESFire Light in LRP whose key is known",
    },
    Belief {
        rule: "In LRP the limit of transactions has two bytes, in GetFileSettings too; a file of 16 bits that are used up, or begun 65535 times without a commit, is at its limit.",
        place: "emulator::transaction_mac::TransactionMac::is_exhausted",
        source: "stated for ChangeFileSettings and for what was begun; GetFileSettings after it",
        settle: "5F with option 20 and two bytes, then F5, of a DESFire Light in LRP",
    },
    Belief {
        rule: "In LRP a transaction is begun, and counted as such for good, by the first command that it goes over, CommitReaderID included.",
        place: "emulator::transaction_mac::TransactionMac::begin",
        source: "that it is counted when keys are derived is stated; when they are is belief",
        settle: "C8, A7, C8, C7 01 of a DESFire Light in LRP: bytes 2 and 3 of the file",
    },
    Belief {
        rule: "UpdateRecord may change the same record again; ClearRecordFile after it or after WriteRecord takes its place.",
        place: "emulator::file::records, Records",
        source: "belief; what else is refused is stated",
        settle: "BA twice, BA then EB, and C7 after each",
    },
    Belief {
        rule: "SetConfiguration of a DESFire Light checks values before what was done once; a name is refused with DE where it is that of the card, an identifier where a file has it.",
        place: "emulator::command::light",
        source: "DE and 9D are stated, not for what and in which order",
        settle: "5C 06 twice, with D2760000850100, and with EF04",
    },
    Belief {
        rule: "SetConfiguration 08 of a DESFire Light numbers the transaction MAC file too, and two files may change places; 1F is looked up by its number.",
        place: "emulator::command::light; emulator::iso::select",
        source: "belief",
        settle: "5C 08 of file 0F, of 00 and 04 at once, and of 1F before a SELECT",
    },
];
