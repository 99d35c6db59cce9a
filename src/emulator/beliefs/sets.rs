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
    // Key sets
    Belief {
        rule: "GetKeySettings tells the third settings byte where one was given, and before what describes the key sets: 3 or 7 bytes.",
        place: "emulator::command::key, settings; emulator::behaviour, Candidate::SixByteSettings",
        source: "two libraries disagree: 6 or 7 bytes",
        settle: "45 in an application created with 93 04 and with 93 01 11 03 10 01",
    },
    Belief {
        rule: "An application with keys of virtual cards is refused with 9D by EV2 too, a key that rolls above 7 and bits that nobody knows with 9E, as a third settings byte is by EV1.",
        place: "emulator::definition, check; emulator::key_sets::KeySets::new",
        source: "9D, and 9E for 0F: notes of a real EV3; the rest: belief",
        settle: "CA with 93 02, 93 08, 93 10 and a roll key of 08, on a DESFire EV2 and EV3",
    },
    Belief {
        rule: "Of the third settings byte bit 4 lets an EV3's application be deleted by its own master key where creating is not free.",
        place: "emulator::command::application, may_delete",
        source: "AN12752, which does not say what is without it",
        settle: "DA in such an application and in another, with PICC settings 0B",
    },
    Belief {
        rule: "Key sets are for applications created with several: else InitializeKeySet, ChangeKeyEV2, FinalizeKeySet and RollKeySet are refused with 9D, as at PICC level.",
        place: "emulator::command::key_set",
        source: "notes of a real EV3 say refused, not how",
        settle: "56, C6, 57 and 55 in an application of one set and at PICC level",
    },
    Belief {
        rule: "A number of a set that is none is refused with 9E by InitializeKeySet, FinalizeKeySet and RollKeySet, with 40 by ChangeKeyEV2 and GetKeyVersion, as is an empty set by all but RollKeySet.",
        place: "emulator::key_sets::KeySets",
        source: "9E for RollKeySet of the active set: notes of a real EV3; the rest: belief",
        settle: "each of them with sets 0, 1 and 5 of an application of three, two of them empty",
    },
    Belief {
        rule: "InitializeKeySet takes a key type that is no longer than the sets may be, and makes all keys zeros of version 0, whatever the set held and whether it was closed.",
        place: "emulator::key_sets::KeySets::prepare",
        source: "notes of a real EV3 for a type other than the application's; the rest: belief",
        settle: "56 01 01 in an application of 16-byte keys; C6 and 64 after 56, with another default key of the PICC",
    },
    Belief {
        rule: "After FinalizeKeySet a set takes neither ChangeKeyEV2 nor FinalizeKeySet: 9D.",
        place: "emulator::command::key_set; emulator::key_sets::KeySets::close",
        source: "stated without a status",
        settle: "C6 and 57 of a set that is closed",
    },
    Belief {
        rule: "ChangeKeyEV2 of a set that is not active needs the key that ChangeKey would, in an EV2 session: else AE, and 9D in an EV1 session.",
        place: "emulator::command::key_set, may_change",
        source: "the key: notes of a real EV3; the session: belief",
        settle: "C6 01 00 in an AES session of EV1, and with another key in one of EV2",
    },
    Belief {
        rule: "RollKeySet lets two sets change places: the one that was active has the number of the other, and may be rolled back to.",
        place: "emulator::key_sets::KeySets::roll",
        source: "nobody tells how sets are numbered after it",
        settle: "64 40 80 before and after 55 of three sets, then 55 again",
    },
    Belief {
        rule: "RollKeySet to a set that is empty, not closed or of another key type is refused with 9D.",
        place: "emulator::key_sets::KeySets::roll",
        source: "notes of a real EV3 say that it cannot be done",
        settle: "55 of each of them with the key that rolls",
    },
    Belief {
        rule: "GetKeyVersion of all sets tells 00 for an empty one.",
        place: "emulator::key_sets::KeySets::versions",
        source: "belief",
        settle: "64 40 80 in an application whose sets are empty",
    },
    Belief {
        rule: "Further key sets take the blocks of their keys at the length that keys may have, from the start.",
        place: "emulator::memory",
        source: "belief",
        settle: "6E before and after CA with 2, 3 and 16 sets of 16 and of 24 bytes",
    },
    Belief {
        rule: "GetCardUID of an EV3 takes an option, and tells the number of four bytes behind the UID where it is 01; other cards refuse it with 7E.",
        place: "emulator::command::picc, card_uid",
        source: "a library for EV3",
        settle: "51 with 00, 01 and 02 in an EV2 session of a DESFire EV2 and EV3",
    },
    // Delegated applications
    Belief {
        rule: "CreateDelegatedApplication answers its first frame to anybody; with the second come 9D outside of the PICC level, AE without key 10, 9E and DE as CreateApplication, then slot 9D, quota 0E and proof 1E.",
        place: "emulator::command::delegation, create; emulator::dispatch, Size::Twice",
        source: "the frames without a session: notes of a blank EV3; statuses and order: belief",
        settle: "C9 with each mistake alone and in pairs on a card with keys 10 to 12",
    },
    Belief {
        rule: "A slot takes an application where it has none and its version is later than the last, or FF.",
        place: "emulator::memory::Memory::check_slot",
        source: "stated for versions; FF and a slot that is in use: belief",
        settle: "C9 to a slot in use, and after DA with versions below, as and above the last, and FF",
    },
    Belief {
        rule: "A quota is taken from the card's free memory, the application and its files from the quota; deleting gives back to the slot, FormatPICC of the card takes slots away.",
        place: "emulator::memory::Memory",
        source: "belief; that files draw on the quota is stated",
        settle: "6E and 69 before and after C9, CD, DA and FC",
    },
    Belief {
        rule: "The version of a delegated application's first key stands behind the key, at the end where the card is told so.",
        place: "emulator::delegation::first_key; emulator::behaviour, Candidate::LateKeyVersion",
        source: "libraries disagree; the application on a real EV2 had version 00",
        settle: "C9 with a version other than 00, then 64 00 in the application",
    },
    Belief {
        rule: "GetDelegatedInfo is for anybody at PICC level; a slot that was never used is A0, one whose application is gone tells AID 000000.",
        place: "emulator::command::delegation, see",
        source: "A0: notes of a blank EV3; the rest: belief",
        settle: "69 of a slot before and after DA, with and without a session",
    },
    Belief {
        rule: "Keys 10 to 12 of an EV3 refuse an authentication with 9D until ChangeKey has written them, with the zeros they come with as the old key; their number goes with or without the bits of AES.",
        place: "emulator::keys::KeyRing; emulator::command::key, target",
        source: "9D: notes of a blank EV3; the writing: one program for EV2; the bits: belief",
        settle: "C4 10 and C4 90 in an AES session of the PICC master key of an EV3, then 71 10",
    },
    Belief {
        rule: "There are no other keys of the PICC: originality keys 01 to 04, NXP's 18 to 1A and those of virtual cards 20 to 23 are refused with 40.",
        place: "emulator::memory::Memory::new",
        source: "not so on real cards",
        settle: "nothing: a limit of the software card",
    },
    Belief {
        rule: "A delegated application is deleted with its issuer's proof in a session of key 10, as well as by whoever may delete another; FormatPICC in it is for its master key, takes its files off and keeps the session.",
        place: "emulator::command::application, may_delete; emulator::command::picc, may_format",
        source: "a short data sheet of EV3; EV2 and the session: belief",
        settle: "DA with and without a proof in a session of keys 0 and 10; FC in a delegated application and in another",
    },
    // Two applications
    Belief {
        rule: "SelectApplication takes one application: two at once, and their files in bit 7 of numbers, are refused with 7E and as numbers that do not exist.",
        place: "emulator::command::select",
        source: "short data sheets say that EV2 and EV3 can; how, no public source has tried",
        settle: "nothing: a limit of the software card",
    },
    Belief {
        rule: "EV2 and EV3 have no virtual cards: SELECT of an unknown name is 6A82, and option 00 refuses bit 3 with 9E.",
        place: "emulator::iso::select; emulator::command::picc",
        source: "a blank EV3 answers so; how a virtual card proves itself is not public",
        settle: "nothing: a limit of the software card",
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
