// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does as an EV2 or EV3 beyond an EV1 without a vector or capture to hold it.

use crate::belief::Belief;

/// Of EV2 and EV3.
pub(super) const SETS: &[Belief] = &[
    // Further sets of rights
    Belief {
        rule: "Further sets of rights are set by ChangeFileSettings alone: a creation with bit 7 is refused with 9E, as the bit is by EV1.",
        place: "emulator::command::file, create and change",
        source: "no public layout of a creation has room for them",
        settle: "CD 01 80 EEEE 100000 to a DESFire EV2 and EV3, with and without 01 FFFF behind it",
    },
    Belief {
        rule: "A number of further sets other than 1 to 7 is refused with 9E, a key that does not exist in one of them with 40.",
        place: "emulator::command::file, further",
        source: "belief; the key after the first set",
        settle: "5F 01 80 EEEE 00 and 01 FF5F in an application of three keys",
    },
    Belief {
        rule: "In a session of EV1 or D40 further sets of rights are refused with 7E, unless everybody may change the file.",
        place: "emulator::command::file, may_change",
        source: "belief; where the data of an enciphered command end is only known of EV2 messaging",
        settle: "5F with bit 7 and one set in an EV1 session",
    },
    // Records and values
    Belief {
        rule: "EV2 and EV3 know AD, 8D, AB, 8B and BA beside BD, 3D, BB, 3B and DB, in sessions of EV1 and D40 too, and what would not fit an APDU is refused with 7E.",
        place: "emulator::command::data, fits_apdu",
        source: "lists of commands; captures are of an NTAG 424 DNA",
        settle: "AD and 8D of a DESFire EV2 and EV3, in each kind of session, of 248 and 249 bytes",
    },
    Belief {
        rule: "UpdateRecord of an EV2 and EV3 does as a DESFire Light's: in place, at commit, one record a file, and not beside WriteRecord and ClearRecordFile; of linear files too.",
        place: "emulator::command::record; emulator::file::records::Records",
        source: "documents of DESFire Light; a short data sheet for linear files",
        settle: "DB of records 0 and 1, beside 3B and EB, of a linear and of a cyclic file",
    },
    // SetConfiguration
    Belief {
        rule: "SetConfiguration 04 of an EV2 and EV3 sends the low byte first, and 9E refuses a bit that has no meaning; what it closed stays closed.",
        place: "emulator::command::picc, configure; emulator::behaviour, Candidate::HighByteFirst",
        source: "the documents of DESFire Light and NTAG 424 DNA give the bits; two libraries differ in the order of the bytes",
        settle: "5C 04 with 01 00 and with 00 01, then 0A; then 5C 04 with 00 00, then 0A again",
    },
    Belief {
        rule: "0A where D40 is closed, 1A and AA where EV1 is closed, are refused with 9D before the key is looked at, GET CHALLENGE, EXTERNAL and INTERNAL AUTHENTICATE with 6985; a session that is open goes on.",
        place: "emulator::dispatch, challenge; emulator::iso, answer; emulator::behaviour, Candidate::ClosedUnknown",
        source: "the documents of DESFire Light say so of 71 and 77",
        settle: "5C 04 with 03 00 in a session of 1A, then 64 in it; then 0A, 1A, AA and 00 84",
    },
    Belief {
        rule: "An EV2 and EV3 may close the messaging that the key of the level needs, and is locked then.",
        place: "emulator::command::picc, configure",
        source: "documents say nothing of it",
        settle: "5C 04 with 03 00 where the PICC master key is a DES key",
    },
    Belief {
        rule: "Where chained writes are closed, 9D refuses the first frame of a WriteData of a standard file with MAC or enciphered, in each kind of session, and 8D in one APDU is taken.",
        place: "emulator::command::data, may_write; emulator::dispatch, advance",
        source: "the documents of DESFire Light and NTAG 424 DNA name the bit; the status is of their list for 9D",
        settle: "5C 04 with 04 00, then 3D of 120 bytes to a standard and to a backup file, plain, MACed and enciphered",
    },
    Belief {
        rule: "SetConfiguration 00 of an EV2 and EV3 writes bits 2 and 3 anew each time, of an EV3 bit 4 too, and what they ask for is not carried out; EV1 refuses them with 9E.",
        place: "emulator::command::picc, configure",
        source: "a short data sheet names the bits; one library writes them anew",
        settle: "5C 00 with 04, then a command without a proximity check; then 5C 00 with 00",
    },
    Belief {
        rule: "SetConfiguration 03 of an EV2 and EV3 takes any two bytes, 0C of an EV3 too; 05 takes ten bytes, and in an EV2 session nine without the first.",
        place: "emulator::command::picc, may_configure, capabilities",
        source: "libraries differ in the length of 05",
        settle: "5C 05 with nine and with ten bytes in sessions of AA and of 71",
    },
    Belief {
        rule: "SetConfiguration 05 of an EV2 refuses with 9E what only an EV3 has, VCTID and PDCap2.2; both refuse PDCap2.1 other than 00 and reserved bytes other than 00, and tell the last six in AuthenticateEV2First.",
        place: "emulator::command::picc, capabilities; emulator::card, Card::capabilities",
        source: "a short data sheet names the bytes; their order is that of one library",
        settle: "5C 05 with each byte other than 00, then 71",
    },
    Belief {
        rule: "SetConfiguration 06 of an EV2 and EV3 gives the card a name beside its own: sixteen bytes with the name at either end and zeros beside it, then its length; 9E where it is none, DE where an application has it, and no application may take it.",
        place: "emulator::configuration, Configuration::name_in; emulator::command::picc, configure; emulator::iso::select, by_name",
        source: "two libraries fill it up at different ends",
        settle: "5C 06 with a name filled up in front and behind, then SELECT by it and by D2760000850100",
    },
    Belief {
        rule: "RestoreTransfer is refused with 1C; where the card is told to have it, it makes the valid value of one value file the pending one of another.",
        place: "emulator::behaviour, Candidate::RestoreTransfer; emulator::command::value, transfer",
        source: "on no public list of commands of EV2 and EV3; one library sends it",
        settle: "B1 02 03 to a DESFire EV2 and EV3 with two value files",
    },
];
