// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the host does on belief.

use crate::belief::Belief;

/// The rules of this pen that no published vector, capture or foreign program's bytes hold.
pub static BELIEFS: &[Belief] = &[
    // EV1 messaging.
    Belief {
        rule: "EV1: an enciphered read of the rest of a file has no 80 where data and checksum \
               fill the last block; both forms are accepted",
        place: "host::channel::ev1, Ev1::decipher",
        source: "belief",
        settle: "AA, then BD with length 0 from a file of 12 bytes and mode 03",
    },
    Belief {
        rule: "EV1: CommitTransaction and AbortTransaction go plain and are answered with a MAC",
        place: "host::command::transaction, COMMIT and ABORT",
        source: "libfreefare",
        settle: "AA, write to a backup file, C7; again with A7",
    },
    Belief {
        rule: "D40, EV1: Read_Sig is answered enciphered, with the checksum over data and 90 in EV1",
        place: "host::command::originality, ReadSig",
        source: "the reply of an NTAG 424 DNA in an EV2 session, whose MAC is over 90",
        settle: "an EV1 card with a signature: 0A, then 3C 00; AA, then 3C 00",
    },
    Belief {
        rule: "EV1: FreeMemory is answered with 3 bytes and a MAC",
        place: "host::command::picc, FreeMemory",
        source: "libfreefare",
        settle: "AA at PICC level, then 6E",
    },
    Belief {
        rule: "EV1: CreateBackupDataFile has the form of CreateStdDataFile",
        place: "host::command::file, BACKUP",
        source: "libfreefare",
        settle: "AA in an application, then CB and F5",
    },
    Belief {
        rule: "EV1: a session's access that only the free right allows goes plain, with a MAC in \
               the reply",
        place: "host::file, File::mode",
        source: "libfreefare",
        settle: "AA with key 1, BD from a file of mode 03 and rights E000",
    },
    Belief {
        rule: "where both the session's key and everybody may access a file, its own mode holds",
        place: "host::file, File::mode",
        source: "AN12343 for EV2; for EV1 libfreefare's code against its comments",
        settle: "AA with key 1, BD from a file of mode 03 whose read right is E and whose \
                 read-and-write right is 1",
    },
    Belief {
        rule: "a key is single DES where its halves are equal in every bit, versions included",
        place: "host::handshake::ev1, session_key",
        source: "liblogicalaccess",
        settle: "change a DES key to halves that differ in low bits only, then 1A and 45",
    },
    Belief {
        rule: "EV1: any error status ends the session, also one without a change",
        place: "host::conversation, Conversation::run",
        source: "libfreefare, liblogicalaccess",
        settle: "AA, 64 of a key that does not exist, then 45",
    },
    Belief {
        rule: "an error on a write to a backup file drops the whole transaction",
        place: "host::command::transaction, Transaction::write",
        source: "libfreefare's test suite for real cards",
        settle: "write to a backup file, write beyond its end, C7, read",
    },
    Belief {
        rule: "after a refused selection at PICC level the PICC level is selected",
        place: "host::command::select",
        source: "belief",
        settle: "5A of an AID that does not exist, then 6A",
    },
    Belief {
        rule: "a card never sends an AF frame without data, and an error status never has any",
        place: "host::frames, host::dialogue",
        source: "libfreefare; no recorded session has either",
        settle: "long reads in each mode, with lengths around 59 and 48",
    },
    // EV2 messaging.
    Belief {
        rule: "EV2: 45, 6A, 6E, 6F, CA, DA, CD, CB, DF, C7, A7 carry a MAC in both directions",
        place: "host::rule, Rule",
        source: "Proxmark3, liblogicalaccess",
        settle: "71, then each of them",
    },
    Belief {
        rule: "EV2: ChangeKeySettings enciphers its one byte and has no header",
        place: "host::command::key, ChangeKeySettings",
        source: "Proxmark3, liblogicalaccess",
        settle: "71 with the master key, then 54",
    },
    Belief {
        rule: "EV2: FormatPICC is answered with a MAC, and the session goes on",
        place: "host::command::picc, FormatPicc",
        source: "belief",
        settle: "71 with the PICC master key, then FC and 6A",
    },
    Belief {
        rule: "EV2: a new PICC master key goes with its type in bits 7 and 6 of the key number, \
               without a version where it is a DES key",
        place: "host::command::key, host::channel::ev2",
        source: "Proxmark3",
        settle: "71 with the PICC master key, then C4 to AES and C4 to DES",
    },
    Belief {
        rule: "EV2: ReadData BD and WriteData 3D are protected as AD and 8D are, once over all \
               frames, and count once",
        place: "host::command::data, ReadData and WriteData; host::frames",
        source: "Proxmark3; the published bytes are of AD and 8D",
        settle: "71, then 3D and BD of 100 bytes in mode 03",
    },
    Belief {
        rule: "EV2: plain accesses carry nothing in either direction, but count",
        place: "host::channel::ev2, Ev2::open",
        source: "AN12343 (no bytes)",
        settle: "71, BD from a plain file, then 64",
    },
    Belief {
        rule: "EV2: a command at counter FFFF would be refused, so it is not sent",
        place: "host::channel::ev2, Ev2::seal_as",
        source: "NT4H2421Gx data sheet (no bytes)",
        settle: "71, then 65,536 times 64",
    },
    Belief {
        rule: "EV2: the card echoes six zeros where the host told of no capabilities",
        place: "host::handshake::ev2, Ev2Handshake::prove",
        source: "AN12343 and captures, for cards of the NTAG 424 DNA family",
        settle: "71 on DESFire EV2 and EV3",
    },
    Belief {
        rule: "D40: the MAC of file data is the first half of the last block of a CBC over the data alone, zeros behind",
        place: "host::channel::d40, D40::mac",
        source: "libfreefare and liblogicalaccess; no published bytes",
        settle: "0A, then 3D and BD of a MACed file",
    },
    Belief {
        rule: "D40: file data are enciphered with CRC-16 and zeros; a read of the rest ends with 80 and zeros, or with nothing where it fills its block",
        place: "host::channel::d40, D40::seal and D40::receive",
        source: "libfreefare; published bytes are of 54 and C4 only",
        settle: "0A, then 3D and BD of 5, 6 and 0 bytes in mode 03",
    },
    Belief {
        rule: "D40: a refusal ends the session for the host, whatever the card does",
        place: "host::session, Session",
        source: "libfreefare's suite goes on after 9D",
        settle: "0A, a refused command, then one that needs the session",
    },
    Belief {
        rule: "D40: Credit, Debit, LimitedCredit, WriteRecord, ChangeFileSettings and SetConfiguration are protected as WriteData and ChangeKeySettings are",
        place: "host::command::value, CREDIT; host::command::record, WriteRecord; host::command::file, ChangeFileSettings; host::command::picc, SetConfiguration",
        source: "libfreefare; Proxmark3 sends no MAC with the first three",
        settle: "0A, then each of them on a MACed and an enciphered file",
    },
    Belief {
        rule: "EV1: ChangeFileSettings is enciphered under the key that has the change right, and in clear where everybody has it",
        place: "host::file, File::change_mode",
        source: "hosts agree; no published bytes",
        settle: "AA, then 5F with each kind of change right",
    },
    Belief {
        rule: "EV1: SetConfiguration is enciphered, its option in clear; the ATS ends with 80 and zeros behind the CRC",
        place: "host::command::picc",
        source: "libfreefare",
        settle: "AA, then 5C 00, 01 and 02",
    },
    Belief {
        rule: "EV1: Credit, Debit, LimitedCredit and WriteRecord carry the file's mode; ClearRecordFile is plain",
        place: "host::command::value, CREDIT and DEBIT and LIMITED_CREDIT; host::command::record, WriteRecord and ClearRecordFile",
        source: "hosts agree; no published bytes",
        settle: "AA, then each of them on files in each mode",
    },
    Belief {
        rule: "EV2: LimitedCredit, ReadRecords and WriteRecord carry the file's mode; GetValue, Credit, Debit, ChangeFileSettings and SetConfiguration go on a DESFire EV2 or EV3 as published for DESFire Light and NTAG 424 DNA",
        place: "host::command::value, LIMITED_CREDIT and GetValue; host::command::record, ReadRecords and WriteRecord; host::command::file, ChangeFileSettings; host::command::picc, SetConfiguration",
        source: "Proxmark3 and the data sheets; AN12343 tables 11, 35 to 37 and AN12196 table 27, which are of the other chips",
        settle: "71, then each of them",
    },
    Belief {
        rule: "A MACed value or record is read like MACed data; enciphered records are published for EV1 alone",
        place: "host::command::value, GetValue; host::command::record, ReadRecords",
        source: "as for ReadData",
        settle: "AA, then 6C and BB in mode 01",
    },
    Belief {
        rule: "GetDFNames has one application a frame, and what protects the reply is behind the last",
        place: "host::command::application",
        source: "libfreefare without a session; inference inside one",
        settle: "6D with two applications, with and without a session",
    },
    Belief {
        rule: "GetISOFileIDs and GetDFNames and the identifiers in CreateApplication and files go least significant byte first",
        place: "host::command::file, GetIsoFileIds; wire::iso, IsoFileId",
        source: "libfreefare; liblogicalaccess sends them the other way round",
        settle: "CA with E110, then 00 A4 with E110 and 10E1",
    },
    Belief {
        rule: "GetValue without a right is in clear where the file frees it",
        place: "host::file, File::value_mode",
        source: "belief",
        settle: "6C of an enciphered file with free GetValue, with another key",
    },
    Belief {
        rule: "ISO authentication: the session key is of the host's first and the card's second challenge, and INTERNAL AUTHENTICATE goes on from the host's cryptogram",
        place: "host::command::iso::authenticate, proven",
        source: "libfreefare; no published bytes",
        settle: "84, 82, 88, then 64",
    },
    Belief {
        rule: "After an ISO authentication native commands carry EV1 MACs",
        place: "host::command::iso::authenticate, proven",
        source: "belief",
        settle: "84, 82, 88, then 64",
    },
    Belief {
        rule: "READ RECORDS counts back from the newest record, 1, in linear files too; a short identifier is the file number",
        place: "host::command::iso, ReadRecord",
        source: "ISO/IEC 7816-4 for cyclic files; a Proxmark3 client; no published bytes",
        settle: "00 B2 with P1 of 00, 01 and 02",
    },
    Belief {
        rule: "GetFileCounters on a DESFire EV3 travels as on an NTAG 424 DNA; outside of an EV2 \
               session command and reply are plain",
        place: "host::command::file, GetFileCounters",
        source: "NXP NT4H2421Gx product data sheet; captures of an NTAG 424 DNA in EV2 messaging",
        settle: "an EV3 with secure dynamic messaging in a file: F6 in and out of a session",
    },
    // NTAG 424 DNA.
    Belief {
        rule: "LRP: a card that was never switched answers AuthenticateEV2First that asks for LRP with 16 \
               bytes and not 17",
        place: "host::handshake::lrp, LrpHandshake::answer",
        source: "NXP NT4H2421Gx data sheet; no published bytes",
        settle: "an NTAG 424 DNA in AES: 71 00 06 02 00 00 00 00 00",
    },
    Belief {
        rule: "LRP: the card echoes the capabilities that the host told, 02 and five zeros",
        place: "host::handshake::lrp, LrpHandshake::prove",
        source: "captures of an NTAG 424 DNA; whether it would echo others is not published",
        settle: "an NTAG 424 DNA in LRP: 71 with other bytes behind the first",
    },
    Belief {
        rule: "LRP: a session has 2^32 blocks, and the host sends nothing that would need one more",
        place: "host::channel::ev2::lrp, LrpSuite::count",
        source: "NT4H2421Gx data sheet (no bytes)",
        settle: "nothing: so many blocks take months",
    },
    Belief {
        rule: "SetConfiguration 04, 07, 0A and 0B of an NTAG 424 DNA: numbers go least significant byte \
               first, and all but the option is enciphered",
        place: "host::command::tag, ConfigureTag",
        source: "NXP NT4H2421Gx data sheet, the crate ntag424; published bytes are of 00 and 05",
        settle: "an NTAG 424 DNA: 71 with key 0, then each of them",
    },
    Belief {
        rule: "what ChangeFileSettings refuses of secure dynamic messaging with 9E is what SdmSettings refuses",
        place: "host::dynamic, SdmSettings::check",
        source: "NXP NT4H2421Gx data sheet (no bytes)",
        settle: "an NTAG 424 DNA: 5F with each of the settings of host::dynamic's tests",
    },
    Belief {
        rule: "GetTTStatus is plain without a session",
        place: "host::command::tag, GetTtStatus",
        source: "NXP NT4H2421Tx; published bytes are of a session in LRP",
        settle: "an NTAG 424 DNA TagTamper whose status anybody may ask: F7",
    },
    // DESFire Light, and transaction MACs.
    Belief {
        rule: "CreateTransactionMACFile carries the rights and the key option in clear and the key with its \
               version enciphered, and is answered with a MAC; in EV1 sessions it is enciphered as other commands",
        place: "host::command::transaction_mac, CreateTransactionMacFile",
        source: "MF2DL(H)x0 data sheet; published bytes are of the command in EV2 messaging, not of its answer",
        settle: "DESFire Light: 71 with key 0, DF 0F, then CE",
    },
    Belief {
        rule: "CommitReaderID without a session, and in EV1 sessions, goes in clear; only a session's answer has data",
        place: "host::command::transaction_mac, CommitReaderId",
        source: "MF2DL(H)x0 data sheet; published bytes are of EV2 messaging",
        settle: "a transaction MAC file whose reader everybody names: 8D of a free file, C8, C7 01, without a session",
    },
    Belief {
        rule: "EV2: CommitTransaction with option 01 carries a MAC, and its answer is counter, MAC of the \
               transaction and MAC of the session",
        place: "host::command::transaction_mac, CommitWithMac",
        source: "MF2DL(H)x0 data sheet; a real EV3 has answered counter and MAC without a session (ObsidianPay/libnxpsc)",
        settle: "71 with key 1, 8D, C8, C7 01",
    },
    Belief {
        rule: "ChangeFileSettings of a transaction MAC file has the limit behind the rights, four bytes, two in LRP, \
               and bit 4 of the option for what is done without a session",
        place: "host::command::transaction_mac, TransactionMacSettings",
        source: "MF2DL(H)x0 data sheet, liblogicalaccess; no published bytes",
        settle: "71 with key 0, 5F 0F with option 31 and a limit, then F5 0F",
    },
    Belief {
        rule: "UpdateRecord DB and BA have record, offset and length and carry the file's mode, by the read-and-write \
               right alone",
        place: "host::command::record, UpdateRecord",
        source: "MF2DL(H)x0 data sheet (no bytes); for DESFire EV2 and EV3 belief",
        settle: "71 with key 3, BA of record 0 in mode 03, C7, AB; the same on an EV2",
    },
    Belief {
        rule: "A DESFire EV2 or EV3 takes AD, 8D, AB, 8B and BA in an EV2 session, with as many bytes as an NTAG 424 \
               DNA; data that fit one frame go as 3D and BD",
        place: "host::file, File::on",
        source: "captures of an NTAG 424 DNA; public host libraries send AD and 8D to EV2 and EV3",
        settle: "71 with key 0 on an EV2 and an EV3, then 8D and AD of 240 and 248 bytes in mode 01, of 239 in mode 03",
    },
    Belief {
        rule: "A frame is as long as the ATS says, where the reader tells it, and 64 bytes where it does not; one of \
               more than 256 is not sent",
        place: "host::rule, in_frame; host::line, Line::frame",
        source: "ISO/IEC 14443-4, 5.2.3; that an EV2 takes 128 and an EV3 256 once they are told to is a secondary source's",
        settle: "SetConfiguration 02 with an ATS of 06 78 on an EV3, then 3D of 239 bytes in one frame",
    },
    Belief {
        rule: "One APDU carries as many bytes of records as of data: what is left of 255 and 256 by header, MAC and \
               padding",
        place: "host::command::record, ReadRecords and WriteRecord and UpdateRecord; host::file, File",
        source: "captures of data of an NTAG 424 DNA; records of a DESFire Light from the factory are shorter",
        settle: "DESFire EV2 with a record of 256 bytes: 8B and AB of 239 and 240 bytes in mode 03",
    },
    Belief {
        rule: "SetConfiguration 02, 03, 06 and 08 of a DESFire Light: names are padded behind with zeros, identifiers \
               go least significant byte first, all but the option is enciphered, and the answer has a MAC",
        place: "host::command::light, LightConfiguration and FileRename",
        source: "MF2DL(H)x0 data sheet; published bytes are of 05 and 09",
        settle: "a DESFire Light that may be spent: 71 with key 0, then each of them",
    },
    Belief {
        rule: "A server makes the keys of a transaction in LRP from both counters with the label last, and goes on in \
               plain AES",
        place: "host::transaction::keys, SessionKeys::derive",
        source: "MF2DL(H)x0 data sheet (no bytes)",
        settle: "a DESFire Light in LRP: 71 with key 1, 8B, C8, C7 01",
    },
    Belief {
        rule: "Reads, values, updated and cleared records go under the MAC of a transaction as the data sheet's table says",
        place: "host::transaction::operation, Operation::append",
        source: "MF2DL(H)x0 data sheet; the two published transactions have WriteRecord and CommitReaderID",
        settle: "71 with key 3, each of 8D, AD, AB, BA, EB, 6C, 0C, DC, 1C alone, C8, C7 01",
    },
    Belief {
        rule: "In LRP the two low bytes of a transaction's counter count what was committed, without gaps",
        place: "host::transaction::counter, TransactionCounter::committed",
        source: "MF2DL(H)x0 data sheet (no bytes)",
        settle: "a DESFire Light in LRP: 8B without a commit, select, 8B, C8, C7 01",
    },
    // DESFire EV2 and EV3.
    Belief {
        rule: "ChangeFileSettings has further rights behind the first, their number in front, and secure dynamic \
               messaging behind them; without bit 7 they go",
        place: "host::command::file, ChangeFileSettings",
        source: "liblogicalaccess and another host library for EV3; a real EV2 tells them so in GetFileSettings",
        settle: "71 with the change key, 5F with option C0, then F5; 5F with option 00, then F5",
    },
    Belief {
        rule: "A right in any set of a file is one; an access that only a free right of some set grants goes in clear",
        place: "host::file, File::mode",
        source: "NXP's short data sheets; the second half is inference",
        settle: "a file of mode 03 whose second set reads E: 71 with a key of neither, BD; 71 with the first's key, BD",
    },
    Belief {
        rule: "SetConfiguration 00 writes bits 2 to 6 anew, as they are told, and leaves bits 0 and 1 where they are 0",
        place: "host::command::configuration, CardSwitches",
        source: "ObsidianPay/libnxpsc writes them so, tried on no card; NXP AN12752 names the bits",
        settle: "71 with the PICC master key: 5C 00 20, 5C 00 00, activate",
    },
    Belief {
        rule: "SetConfiguration 03, 05, 06 and 0C of a DESFire: what each byte is; a name has zeros in front of it and \
               its length behind, an ATQA goes least significant byte first",
        place: "host::command::configuration, CardConfiguration and Capabilities and named",
        source: "liblogicalaccess, NXP AN12752; an SDK has one byte less in 05",
        settle: "an EV3 that may be spent: 71 with the PICC master key, then each of them",
    },
    Belief {
        rule: "SetConfiguration 04 has its bits in two bytes, least significant byte first, and nothing takes back what \
               was switched off",
        place: "host::command::configuration, LegacyOff and SetConfiguration::legacy_off",
        source: "NXP AN12752, ntag424; liblogicalaccess sends the bytes the other way round",
        settle: "an EV3 that may be spent, with an AES master key: 71, 5C 04 0100, 0A, 71, 5C 04 0000, 0A",
    },
    Belief {
        rule: "A proximity check goes in clear at any level and ends the session; its MACs are cut as those of messages, \
               over FD or 90, all that PreparePC said with the bit rate, and of each round the card's bytes and the host's",
        place: "host::command::proximity, VerifyPc",
        source: "liblogicalaccess, Proxmark3 with a real EV3 (its log ends before the MACs) and ObsidianPay/libnxpsc; \
                 libnci leaves the bit rate out, and the last did not reproduce the MAC of a real EV3",
        settle: "a new EV3: F0, F2 in eight rounds, FD with key 21 of zeros",
    },
    Belief {
        rule: "The response time of PreparePC counts microseconds, and bit 0 of its option says that the bit rate follows",
        place: "host::command::proximity, Prepared",
        source: "comments of NXP's reader library; ObsidianPay/libnxpsc of the bit; 0320 was seen on EV3",
        settle: "F0 at 106 and at 848 kbit/s, with the answers to F2 taken by a sniffer",
    },
    Belief {
        rule: "Keys 10 to 12 and 18 to 23 of the PICC tell their versions by 64 and their own number",
        place: "host::command::key, Session::picc_key_version",
        source: "NXP's short data sheets name the keys",
        settle: "EV3: 64 10, 64 18, 64 21 without a session and in one of 71",
    },
    Belief {
        rule: "Such a key is changed as another one of an application is: its number without the type of the new key, \
               new and old key mixed",
        place: "host::command::key, Session::change_picc_key",
        source: "nfcjlib changed 10 to 12 of a real EV2 so; which number it sent is not told",
        settle: "EV2 with an AES master key: 71, C4 10 and C4 90, 71 with key 10",
    },
    Belief {
        rule: "GetCardUID tells a UID of four or ten bytes behind 00 and its length, and the NUID behind either",
        place: "host::command::picc, GetAnyUid",
        source: "a host library for EV3 (no bytes)",
        settle: "a DESFire EV3 with a UID of ten bytes: 71, 51 and 51 01",
    },
    Belief {
        rule: "RestoreTransfer goes under the MAC of a transaction as its instruction and both file numbers",
        place: "host::transaction::operation, Operation::append",
        source: "the other commands of value files; the command is not public",
        settle: "an application with a transaction MAC file and two value files: B1, then C7 01",
    },
    Belief {
        rule: "Key sets are made, closed and rolled with their number and one byte more, MACed; a type of keys is 00, 01 \
               or 02",
        place: "host::command::key_set, InitializeKeySet and FinalizeKeySet and RollKeySet",
        source: "ObsidianPay/libnxpsc's notes on a real EV3 (no bytes), Proxmark3",
        settle: "CA with key sets, 71 with key 0, 56 01 02, 57 01 11, 55 01",
    },
    Belief {
        rule: "GetKeyVersion of all sets tells of a closed set the version that FinalizeKeySet gave it, and another once \
               it is made ready again",
        place: "host::command::key, GetKeySetVersions; encode::card::key_sets",
        source: "no public bytes",
        settle: "56 01 02, 64 40 80, 57 01 11, 64 40 80, 56 01 02, 64 40 80",
    },
    Belief {
        rule: "ChangeKeyEV2 of a set that is not active always mixes the old key in, has no version with DES keys, and \
               is answered with a MAC also where the number is the session's",
        place: "host::command::key_set, ChangeKeyOfSet",
        source: "ObsidianPay/libnxpsc's notes on a real EV3 (no bytes)",
        settle: "71 with key 0, 56 01 02, C6 01 00 and C6 01 01, 57, 55, 71 with the new key",
    },
    Belief {
        rule: "RollKeySet is answered with a bare 9100, nobody is authenticated then, and the application stays selected",
        place: "host::command::key_set, RollKeySet",
        source: "ObsidianPay/libnxpsc's notes on a real EV3; liblogicalaccess expects a MAC",
        settle: "55 of a closed set, then 64",
    },
    Belief {
        rule: "GetKeyVersion of a key in a set has bit 6 of the key's number and the set behind it",
        place: "host::command::key, GetKeyVersion",
        source: "liblogicalaccess",
        settle: "64 40 01 before and after 56 01 02",
    },
    Belief {
        rule: "CreateApplication has a third settings byte and four bytes on key sets in front of the ISO names",
        place: "host::command::application, CreateApplication::detailed",
        source: "liblogicalaccess, ObsidianPay/libnxpsc's notes on a real EV3 (no bytes)",
        settle: "CA with key sets, an identifier and a name; then 00 A4 with the name, and 45",
    },
    Belief {
        rule: "RestoreTransfer has target and source, and goes in the target's mode; it takes a right to the source's \
               value and the target's read-and-write right",
        place: "host::command::value, RestoreTransfer",
        source: "liblogicalaccess; whether a DESFire has the command is not public",
        settle: "EV2 and EV3 with two value files: 71, B1, C7, 6C",
    },
    Belief {
        rule: "GetCardUID with 01 is answered with the UID and four bytes behind it",
        place: "host::command::picc, GetCardUids",
        source: "a host library for EV3",
        settle: "EV3: 71, 51 01",
    },
    // Delegated applications.
    Belief {
        rule: "EncK has the version of the application's keys right behind an AES key",
        place: "host::delegated, DelegationKeys::permit",
        source: "Proxmark3; liblogicalaccess fills the key up to 24 bytes first",
        settle: "EV2: C9 with version 5A, then 5A and 64 00",
    },
    Belief {
        rule: "a delegated application takes other names with a MAC over length and name, old and new",
        place: "host::delegated, DelegationKeys::configuration_mac",
        source: "a host library's tests; liblogicalaccess has name and length the other way round",
        settle: "EV2: 71 with key 0 of a delegated application, then 5C 06",
    },
    Belief {
        rule: "both frames of CreateDelegatedApplication are one command with one MAC at the end, over parameters, \
               EncK and DAMMAC",
        place: "host::command::delegated, CreateDelegatedApplication",
        source: "Proxmark3, libnci",
        settle: "EV2: 71 with PICC key 10, then C9",
    },
    Belief {
        rule: "a delegated application is deleted with the owner's MAC behind the AID, both under the session's MAC",
        place: "host::command::delegated, DeleteDelegatedApplication",
        source: "NXP's short data sheet of the EV3 (no bytes); liblogicalaccess",
        settle: "EV2: 71 with PICC key 10, then DA of a delegated application",
    },
    Belief {
        rule: "GetDelegatedInfo is answered with version, quota, free blocks and AID, and with AID 000000 after a deletion",
        place: "host::command::delegated, GetDelegatedInfo",
        source: "Proxmark3, liblogicalaccess; the AID after a deletion is a belief",
        settle: "EV2: C9, 69, DA, 69",
    },
    Belief {
        rule: "An EV3 whose keys 10 to 12 were never written takes zeros for the old ones in ChangeKey, which enables them",
        place: "host::command::key, Session::change_picc_key",
        source: "belief: a blank EV3 answers 9D to 71 with key 10 (libnci), a blank EV2 has zeros (nfcjlib)",
        settle: "EV3: 71 with an AES PICC master key, C4 10 over zeros, then 71 with key 10",
    },
    // What is not ours.
    Belief {
        rule: "EV2: GetKeySettings of an application with key sets is answered with 6 or 7 bytes, the \
               last four on the sets",
        place: "host::command::key, GetKeyDetails",
        source: "liblogicalaccess reads 7, another host 6",
        settle: "CA with key sets, 5A, then 45",
    },
    Belief {
        rule: "EV2: GetKeyVersion with 40 80 is answered with a version for each key set",
        place: "host::command::key, GetKeySetVersions",
        source: "liblogicalaccess",
        settle: "CA with key sets, 5A, then 64 40 80",
    },
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_belief_says_what_where_why_and_how_to_settle_it() {
        for (at, belief) in BELIEFS.iter().enumerate() {
            let Belief { rule, place, source, settle } = belief;
            println!("{}. {rule}\n   {place}; {source}\n   settle: {settle}", at + 1);
            assert!(place.starts_with("host::"));
            assert!([rule, source, settle].iter().all(|text| !text.is_empty()));
            assert!(BELIEFS.iter().skip(at + 1).all(|other| other.rule != *rule), "twice: {rule}");
        }
    }
}
