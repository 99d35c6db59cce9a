// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does without a vector or capture to hold it.

mod light;
mod sets;
mod tags;
mod transactions;

use crate::belief::Belief;

/// The rules that rest on belief, by the part of the card that follows them.
pub static BELIEFS: &[Belief] =
    &joined::<
        {
            CARDS.len()
                + tags::TAGS.len()
                + light::LIGHT.len()
                + sets::SETS.len()
                + transactions::TRANSACTIONS.len()
        },
    >(&[CARDS, tags::TAGS, light::LIGHT, sets::SETS, transactions::TRANSACTIONS]);

/// Tables one behind the other, of so many rows in sum.
#[expect(clippy::indexing_slicing, reason = "at compile time")]
const fn joined<const ROWS: usize>(mut tables: &[&[Belief]]) -> [Belief; ROWS] {
    let mut all = [CARDS[0]; ROWS];
    let mut row = 0;
    while let Some((table, others)) = tables.split_first() {
        let mut rest: &[Belief] = table;
        while let Some((belief, behind)) = rest.split_first() {
            all[row] = *belief;
            row += 1;
            rest = behind;
        }
        tables = others;
    }
    all
}

/// Of all cards.
const CARDS: &[Belief] = &[
    // Frames
    Belief {
        rule: "A class other than 90 is refused with 6E00, class 00 with 6D00.",
        place: "emulator::frames::Frame::unwrap",
        source: "references conflict",
        settle: "80 60 00 00 00 and 00 B0 00 00 00 to a fresh card",
    },
    Belief {
        rule: "P1 or P2 other than 00 is refused with 6A86.",
        place: "emulator::frames::Frame::unwrap",
        source: "references conflict: 6A86 or 917E",
        settle: "90 60 01 00 00",
    },
    Belief {
        rule: "A missing Le is refused with 6700, an Lc that does not fit with 7E.",
        place: "emulator::dispatch::misfit",
        source: "6700: references conflict; 7E: one report of an EV1 behind a reader that may have helped",
        settle: "90 64 00 00 02 00 00, and 90 60 00 00 without Le",
    },
    Belief {
        rule: "The value of Le does not matter.",
        place: "emulator::frames::Frame::unwrap",
        source: "belief",
        settle: "90 60 00 00 07",
    },
    Belief {
        rule: "A refused wrapping ends the session and the chain like any other error.",
        place: "emulator::dispatch::Chain::answer",
        source: "belief",
        settle: "90 60 01 00 00 in a session, then GetKeyVersion",
    },
    Belief {
        rule: "A frame longer than the ATS told at the activation is refused with 7E: where that is 64 bytes, one of more than 60 bytes of APDU.",
        place: "emulator::behaviour::CommandFrame",
        source: "60 bytes follow from the frame size; two software cards of others take 59 parameters",
        settle: "WriteData with an Lc of 55 and of 59; SetConfiguration 02 with an ATS of 06 78, then an Lc of 118 and of 246",
    },
    Belief {
        rule: "In DES and D40 sessions a reply that does not fit a frame is cut after 56 bytes, in clear too, and EV2 cards cut as EV1 cards do.",
        place: "emulator::frames::Cut",
        source: "a software card of others; captures of AES sessions of EV1 and EV3",
        settle: "ReadData of 59, 60 and 120 bytes of a plain file in a DES and a D40 session, and on an EV2",
    },
    Belief {
        rule: "GetISOFileIDs of an EV3 is cut after 54 bytes.",
        place: "emulator::frames::Cut",
        source: "a software card of others",
        settle: "GetISOFileIDs with 27, 28 and 29 files, with and without a session",
    },
    Belief {
        rule: "GetApplicationIDs is cut after 57 bytes, the MAC wherever it falls.",
        place: "emulator::frames::Cut",
        source: "19 identifiers to a frame are stated; the place of the MAC is belief",
        settle: "GetApplicationIDs with 18, 19 and 20 applications in a session",
    },
    Belief {
        rule: "In EV2 messaging a reply with its MAC is one frame where it fits, and is cut after 48 bytes where it does not.",
        place: "emulator::frames::Cut",
        source: "as EV1 messaging under AES, of which there are captures",
        settle: "ReadData of 47, 48 and 100 bytes of an enciphered file in an EV2 session",
    },
    Belief {
        rule: "AdditionalFrame without a chain is refused with 1C.",
        place: "emulator::behaviour::StrayFrame",
        source: "references conflict: 1C or CA",
        settle: "90 AF 00 00 00 to a fresh card",
    },
    Belief {
        rule: "In sessions, and on EV1 and EV2, a command that interrupts a chain is not executed, answers CA, ends the session.",
        place: "emulator::behaviour::Interruption",
        source: "a real EV3 without a session; EV1 cards might run the command",
        settle: "GetVersion, then GetKeyVersion before its second frame, on an EV1 and in a session",
    },
    Belief {
        rule: "Checks come in this order: known, length, interrupted chain, level, existence, \
               rights, protection, values, memory.",
        place: "emulator::dispatch",
        source: "a suggestion of the references",
        settle: "pairs of mistakes in one command",
    },
    Belief {
        rule: "The header of WriteData must be whole in the first frame.",
        place: "emulator::rule::Size::Chained",
        source: "belief",
        settle: "WriteData with three bytes in the first frame",
    },
    Belief {
        rule: "An empty continuation of a command is taken, and more is asked for.",
        place: "emulator::dispatch::Chain::advance",
        source: "belief",
        settle: "WriteData of 60 bytes with an empty AdditionalFrame between",
    },
    Belief {
        rule: "AdditionalFrame with data, while a reply is to go on, is refused with 7E.",
        place: "emulator::dispatch::Chain::go_on",
        source: "belief",
        settle: "GetVersion, then 90 AF 00 00 01 00 00",
    },
    // Authentication
    Belief {
        rule: "A key of another type than the authentication is refused with AE.",
        place: "emulator::handshake::Handshake::open",
        source: "stated by implementations",
        settle: "AA and 71 on a blank card, 1A in an AES application",
    },
    Belief {
        rule: "A key is single DES when its halves are equal in all 64 bits.",
        place: "emulator::behaviour::HalfCompare",
        source: "implementations compare so; whether a card does is unproven",
        settle: "1A with halves that differ in version bits only, then GetKeyVersion's CMAC",
    },
    Belief {
        rule: "AuthenticateEV2First that asks a card that is not in LRP mode for LRP goes on in AES.",
        place: "emulator::handshake::Way::of",
        source: "stated for DESFire Light and NTAG 424 DNA, whose answer nobody has shown; for EV2 and EV3: belief",
        settle: "71 00 01 02 to each of them",
    },
    Belief {
        rule: "AuthenticateEV2NonFirst outside of an EV2 session is refused with 9D.",
        place: "emulator::handshake::Handshake::open",
        source: "stated for NTAG 424 DNA",
        settle: "77 00 to a fresh card and in an EV1 session",
    },
    Belief {
        rule: "The card's own EV2 capabilities are six zeros.",
        place: "emulator::handshake::Handshake::prove",
        source: "published for DESFire Light and NTAG 424 DNA only",
        settle: "71 on EV2 and EV3, decipher the second reply",
    },
    Belief {
        rule: "An authentication drops what is pending on D40 and EV1 cards; EV2 and EV3 keep it, unless it fails.",
        place: "emulator::behaviour::Reauthentication",
        source: "documents of DESFire Light; for other cards: belief",
        settle: "WriteData to a backup file, 71 or 77 with another key, CommitTransaction",
    },
    Belief {
        rule: "Failed authentications with keys of applications are counted and delayed on an EV3 as on a DESFire Light, blocked after 1000, of EXTERNAL AUTHENTICATE with 6982; on other DESFire cards and with keys of the card they are not.",
        place: "emulator::card::Card::try_key; emulator::behaviour, Candidate::UncountedFailures",
        source: "stated for DESFire Light and NTAG 424 DNA; that an EV3 counts is said, its limits and delays are not public",
        settle: "thousands of wrong proofs, on a card that may be lost",
    },
    Belief {
        rule: "A tag counts an authentication as failed when it answers the first half, and takes it back with the proof.",
        place: "emulator::failures::Failures::begin",
        source: "the moment is in a drawing of NT4H2421Gx only",
        settle: "71 without a second half as often as the limit says, then 71",
    },
    Belief {
        rule: "A tag puts an authentication off as often as ten times for every 50 failures in a row, and then takes it.",
        place: "emulator::failures::delays",
        source: "that it does so from 50 on is stated, how long is not",
        settle: "50 wrong proofs, then 71 until it is answered",
    },
    Belief {
        rule: "A tag checks the key of an authentication before it says that the key is blocked or has to wait.",
        place: "emulator::dispatch::Chain::challenge",
        source: "belief; documents give no order",
        settle: "71 05 00 of a tag whose key 0 is blocked",
    },
    Belief {
        rule: "A tag refuses a limit of 0 failures, and an option other than 00 and 01, with 9E.",
        place: "emulator::command::tag::configure",
        source: "belief",
        settle: "5C 0A 01 00 00 0A 00 in a session of key 0",
    },
    Belief {
        rule: "A tag refuses an authentication with 9D while its application is not selected.",
        place: "emulator::dispatch::Chain::challenge",
        source: "stated that nothing of the application is reached; the status is belief",
        settle: "71 00 00 to a tag right after its activation",
    },
    // EV1 messaging
    Belief {
        rule: "Any error ends an EV1 session.",
        place: "emulator::dispatch::Chain::fail",
        source: "stated; several hosts rely on it",
        settle: "GetKeyVersion of a missing key in a session, then GetKeyVersion",
    },
    Belief {
        rule: "A read to the end is marked with 80 even where data and CRC fill whole blocks.",
        place: "emulator::channel::ev1::Ev1::seal",
        source: "ISO/IEC 9797-1 method 2; no trace has this length",
        settle: "ReadData of length 0 of an enciphered file of 12 bytes with AES",
    },
    Belief {
        rule: "Where the key and everybody have the right, the file's mode applies.",
        place: "emulator::behaviour::BothRights",
        source: "references conflict for EV1; stated for EV2",
        settle: "ReadData of an enciphered file with R=1 and RW=E after key 1",
    },
    Belief {
        rule: "Mode byte 02 is plain, and reads back as 00.",
        place: "emulator::behaviour::Candidate",
        source: "general knowledge; two software cards of others read back 02",
        settle: "CreateStdDataFile with mode 02, then GetFileSettings",
    },
    // EV2 messaging
    Belief {
        rule: "Management commands are MACed, ChangeKeySettings enciphered without a header.",
        place: "emulator::rules",
        source: "a table from implementations; published bytes are of other products",
        settle: "each of them in an EV2 session of a DESFire EV2 and EV3",
    },
    Belief {
        rule: "EV2 data that fit their MAC and padding but have another length are refused with 7E.",
        place: "emulator::channel::ev2::Ev2::open",
        source: "a client that was tried on real cards; a missing MAC is 7E on a real EV3",
        settle: "5F with five bytes in an EV2 session",
    },
    Belief {
        rule: "At counter FFFF every command is refused with 1E and the session is lost.",
        place: "emulator::channel::ev2::Ev2::open",
        source: "stated for NTAG 424 DNA",
        settle: "65535 GetKeyVersion in one session, and one more",
    },
    Belief {
        rule: "FormatPICC keeps an EV2 session and its reply has a MAC.",
        place: "emulator::behaviour::Behaviour::format_ends_ev2_session; emulator::behaviour, Candidate",
        source: "uncertain; a card that was written from the references answers barely",
        settle: "FC in an EV2 session",
    },
    Belief {
        rule: "A file that is free to all travels plain in an EV2 session, and is counted.",
        place: "emulator::file::weigh",
        source: "stated; no byte trace",
        settle: "ReadData of a free file, then GetKeyVersion, in an EV2 session",
    },
    // Levels and applications
    Belief {
        rule: "A command at the wrong level is refused with 9D.",
        place: "emulator::dispatch::check_level",
        source: "belief",
        settle: "6F and CD at PICC level, 6A, CA and FC in an application",
    },
    Belief {
        rule: "Selecting an unknown application ends the session and keeps the selection.",
        place: "emulator::command::select::may_select",
        source: "the session: inference; the selection: belief",
        settle: "5A of an unknown AID in a session, then GetKeySettings",
    },
    Belief {
        rule: "CreateApplication of AID 000000 is refused with DE.",
        place: "emulator::command::application::create",
        source: "references conflict; two software cards of others: 9E",
        settle: "CA 000000 0F 81",
    },
    Belief {
        rule: "More than 14 keys and an unknown key type are refused with 9E.",
        place: "emulator::command::application::create",
        source: "general knowledge",
        settle: "CA with 8F and with C1",
    },
    Belief {
        rule: "An application without keys is possible on EV1, refused with 9E after it.",
        place: "emulator::command::application::create",
        source: "stated for EV1; EV2 states 1 to 14",
        settle: "CA with 80 on each generation",
    },
    Belief {
        rule: "From inside, an application is deleted with its own master key if creating is free, \
               else AE.",
        place: "emulator::command::application::may_delete",
        source: "stated; no byte trace",
        settle: "DA in the application, with PICC settings 0F and 0B",
    },
    Belief {
        rule: "After deleting from inside the reply is bare and the PICC level selected.",
        place: "emulator::command::application::delete",
        source: "stated; no byte trace",
        settle: "DA in the application, then GetApplicationIDs",
    },
    Belief {
        rule: "Applications and files are listed in the order of their creation.",
        place: "emulator::memory::Memory",
        source: "a capture lists files 0F 05 04 00; the rule behind it is unknown",
        settle: "create, delete and create again, then list",
    },
    // Keys
    Belief {
        rule: "Type bits in ChangeKey are refused with 9E inside an application and where both \
               are set.",
        place: "emulator::command::key::target",
        source: "belief",
        settle: "C4 81 in an AES application, C4 C0 at PICC level",
    },
    Belief {
        rule: "Change-key right 1 to D: that key and the master key need the master key.",
        place: "emulator::keys::KeyRing::changer",
        source: "a forum post of the manufacturer",
        settle: "settings 2F, ChangeKey of keys 0, 2 and 3 from keys 0 and 2",
    },
    Belief {
        rule: "Change-key right E: each key changes itself, in the form of the own key.",
        place: "emulator::keys::KeyRing::changer",
        source: "stated; no byte trace",
        settle: "settings EF, ChangeKey of key 3 from key 3 and from key 0",
    },
    Belief {
        rule: "A frozen setting or key is refused with 9D, a missing one with 40, before the session is looked at.",
        place: "emulator::command::key",
        source: "inference; two software cards of others refuse with AE without a session",
        settle: "54 with settings 07 and no session; C4 05 and no session",
    },
    Belief {
        rule: "ChangeKeySettings at PICC level refuses the reserved upper bits with 9E.",
        place: "emulator::command::key::change_settings",
        source: "belief",
        settle: "54 with 1F at PICC level",
    },
    // Files and transactions
    Belief {
        rule: "A right of a key that the application has not is refused with 40.",
        place: "emulator::command::file::create",
        source: "a suggestion of the references; two software cards of others take it",
        settle: "CD with right 5 in an application of 3 keys",
    },
    Belief {
        rule: "A file number above 1F, an unknown mode and a size of 0 are refused with 9E.",
        place: "emulator::command::file::create",
        source: "general knowledge; the size might be BE",
        settle: "CD with each of them",
    },
    Belief {
        rule: "A write of length 0 is refused with 9E, one outside the file with BE, both at the first frame and before the MAC is checked.",
        place: "emulator::command::data::may_write",
        source: "the statuses stated, but two software cards of others take length 0; the moment belief",
        settle: "3D beyond the end with a wrong MAC, in two frames; 3D of length 0",
    },
    Belief {
        rule: "Contents are written after the whole command has been verified.",
        place: "emulator::dispatch::carry_out",
        source: "belief",
        settle: "3D in two frames with a wrong CRC, then ReadData",
    },
    Belief {
        rule: "A write to a standard file that loses its power leaves the first of its pages of 32 \
               bytes new and the others old; any other change is all or nothing.",
        place: "emulator::power",
        source: "belief, after the blocks in which memory is accounted; commits: stated",
        settle: "3D of 128 bytes, field off 1 to 10 ms after its last frame, then ReadData",
    },
    Belief {
        rule: "A read of a backup file sees the committed contents while a write is pending.",
        place: "emulator::file::File::contents",
        source: "stated for value files",
        settle: "WriteData to a backup file, ReadData, CommitTransaction",
    },
    Belief {
        rule: "Commit and abort need no right, and 0C ends the session.",
        place: "emulator::command::transaction::commit",
        source: "general knowledge; 0C itself: documents of DESFire Light",
        settle: "C7 and A7 in a session with nothing written",
    },
    Belief {
        rule: "Outside of a session and of an authentication only an error of a data command drops \
               what is pending.",
        place: "emulator::dispatch::drops_pending",
        source: "observed for data commands; of ReadRecords of no record a software card of others says otherwise",
        settle: "free backup file: WriteData, GetKeyVersion of a missing key, CommitTransaction",
    },
    Belief {
        rule: "GetFileCounters is known from EV3 on, and travels with a MAC and an enciphered reply.",
        place: "emulator::command::file",
        source: "a table from implementations; published bytes are of an NTAG 424 DNA",
        settle: "F6 of a file with a counter in an EV2 session of a DESFire EV2 and EV3",
    },
    Belief {
        rule: "GetFileCounters of a file without secure dynamic messaging is refused with 9D once its \
               MAC is checked, with or without a session.",
        place: "emulator::command::file::counters",
        source: "9D: captures of an NTAG 424 DNA; the order is belief",
        settle: "F6 of such a file without a session, and in an EV2 session with a wrong MAC",
    },
    // Memory and identity
    Belief {
        rule: "An application takes three to eleven blocks of 32 bytes by its keys and two for ISO \
               names, a backup file twice its size, a record file two blocks more than its records.",
        place: "emulator::memory",
        source: "fits three measurements of EV2 and one of EV1; of EV3 there is one that cannot be \
                 recomputed",
        settle: "FreeMemory after each of a row of creations, per generation; a record file of 8 x 4",
    },
    Belief {
        rule: "A blank EV1 of 256 bytes has as many free.",
        place: "emulator::model::Model::memory",
        source: "belief; its size code says so",
        settle: "FreeMemory of a blank one",
    },
    Belief {
        rule: "A 33rd file is refused with CE.",
        place: "emulator::memory::Memory::create_file",
        source: "belief",
        settle: "33 files of one byte in one application",
    },
    Belief {
        rule: "FreeMemory works at any level, MACed in EV1 and EV2 sessions.",
        place: "emulator::rules",
        source: "a real EV3 in a D40 session at the PICC level; the rest stated",
        settle: "6E without and with sessions, with the directory closed",
    },
    Belief {
        rule: "CreateBackupDataFile, CommitTransaction and AbortTransaction travel like \
               CreateStdDataFile.",
        place: "emulator::rules",
        source: "belief",
        settle: "CB, C7 and A7 in an EV1 and an EV2 session",
    },
    Belief {
        rule: "With random UIDs GetVersion shows zeros, in sessions too.",
        place: "emulator::card::Card::version_uid",
        source: "general knowledge, and only without a session",
        settle: "60 with and without a session on such a card",
    },
    Belief {
        rule: "EV2 of 16K and 32K show hardware 22.00 and the software of smaller ones.",
        place: "emulator::model::Model",
        source: "a published version of one",
        settle: "GetVersion of each",
    },
    Belief {
        rule: "Write times are estimates; times without writing are of one EV1 card.",
        place: "emulator::clock",
        source: "a public trace, and estimates",
        settle: "record the times of a whole encoding on each generation",
    },
    Belief {
        rule: "An error leaves a D40 session open.",
        place: "emulator::channel::d40::D40::outlives",
        source: "libfreefare's suite goes on after 9D; other statuses are belief",
        settle: "9D, AE and 1E in a D40 session, then a command that needs it",
    },
    Belief {
        rule: "In a D40 session only data that are written or set are protected, and a reply only where it has file data or the UID.",
        place: "emulator::channel::d40, command and reply_mode",
        source: "hosts agree; ChangeKeySettings, ChangeKey, and on a real EV3 four questions are in traces",
        settle: "each command with its reply in a D40 session",
    },
    Belief {
        rule: "The MAC of D40 covers the data alone, padded with zeros, and is the first half of the last block.",
        place: "emulator::channel::d40::D40::mac",
        source: "libfreefare as a host of this card, but for MACs over whole blocks; no published bytes",
        settle: "WriteData and ReadData of a MACed file in a D40 session",
    },
    Belief {
        rule: "D40 data are enciphered with their CRC-16 and zeros, or 80 and zeros where all was asked for.",
        place: "emulator::channel::d40::D40::seal",
        source: "libfreefare as a host of this card, for reads of a given length; bytes exist for ChangeKeySettings and ChangeKey only",
        settle: "ReadData of 6, 0 and 8 bytes of an enciphered file",
    },
    Belief {
        rule: "Credit, Debit and LimitedCredit travel as WriteData does, in D40 too.",
        place: "emulator::rules",
        source: "libfreefare as a host of this card; Proxmark3 sends no MAC; AN12343, tables 36 and 37, \
                 hold the first two in EV2 on an enciphered file",
        settle: "Credit on a MACed value file in each kind of session",
    },
    Belief {
        rule: "ChangeFileSettings is enciphered, and in clear where everybody has the change right.",
        place: "emulator::command::file",
        source: "libfreefare as a host of this card, under a key; AN12343, table 11, holds that in EV2; \
                 no published bytes for EV1",
        settle: "5F with a key and with a free right",
    },
    Belief {
        rule: "GetISOFileIDs and GetDFNames travel as GetFileIDs does; GetDFNames has one application a frame, its MAC in the last.",
        place: "emulator::rules; emulator::command::application",
        source: "stated; no byte trace",
        settle: "61 and 6D with and without a session",
    },
    Belief {
        rule: "SetConfiguration is enciphered with the option in clear, and its CRC covers option and data.",
        place: "emulator::command::picc",
        source: "libfreefare's suite sees 1E otherwise; AN12196, table 27, holds the encipherment in EV2; \
                 no published bytes for EV1",
        settle: "each option in an EV1 session",
    },
    Belief {
        rule: "A switch of SetConfiguration stays on; the random UID shows from the next activation.",
        place: "emulator::command::picc",
        source: "stated for the first, belief for the second",
        settle: "option 00 with 02, GetVersion, then a reset",
    },
    Belief {
        rule: "An EV3 shows a fixed number of four bytes for its UID where option 00 says so, and a random UID \
               comes first; bits 5 and 6 are written anew each time, and GetVersion shows its UID.",
        place: "emulator::configuration, UidForm; emulator::card::Card",
        source: "the bits: MF2DL(H)x0 and a short data sheet; the rest is belief",
        settle: "option 00 with 20, 40, 62 on an EV3 that may be lost, each with a reset and GetVersion",
    },
    Belief {
        rule: "A random UID of a D40 card, and of an EV1 card, begins with 80; a UID of ten bytes is told as 00 0A \
               and itself.",
        place: "emulator::card::Card; emulator::command::picc, card_uid",
        source: "EV1: forum posts and a reader's log; D40 and ten bytes: a library, no card known",
        settle: "nothing but such a card",
    },
    Belief {
        rule: "The ATS of SetConfiguration ends with 80 and zeros behind its CRC.",
        place: "emulator::channel, Channel",
        source: "libfreefare",
        settle: "option 02 with an ATS of 6 bytes",
    },
    Belief {
        rule: "The default key fills all slots of new applications, cut to their type.",
        place: "emulator::configuration",
        source: "libfreefare's suite; the cut is belief",
        settle: "option 01, then applications of each type",
    },
    Belief {
        rule: "Unknown options of SetConfiguration are refused with 9E before the key is looked at.",
        place: "emulator::command::picc",
        source: "belief",
        settle: "5C 07 without a session",
    },
    Belief {
        rule: "Reserved ISO identifiers are refused with 9E, one that exists and a name that exists with DE.",
        place: "emulator::command::application",
        source: "stated; the reserved ones are general knowledge",
        settle: "CA with 3F00 and with the identifier of another application",
    },
    Belief {
        rule: "GetISOFileIDs lists files in the order of their creation, and none in an application without identifiers.",
        place: "emulator::command::file",
        source: "belief; a software card of others refuses the latter with F0",
        settle: "61 after files 5, 4 and 0; 61 in an application without identifiers",
    },
    Belief {
        rule: "A file has an ISO identifier where the application's files have them, and no value file has one.",
        place: "emulator::command::file",
        source: "stated; 7E is belief",
        settle: "CD of 7 and 9 parameters in both kinds of application",
    },
    Belief {
        rule: "CreateValueFile, CreateLinearRecordFile and CreateCyclicRecordFile travel like CreateStdDataFile.",
        place: "emulator::rules",
        source: "belief",
        settle: "CC, C1 and C0 in a session",
    },
    Belief {
        rule: "A value outside its limits, limits the wrong way round and a cyclic file of one record are refused with 9E; equal limits are taken.",
        place: "emulator::command::file",
        source: "9E or BE: general knowledge; equal limits: a software card of others refuses them",
        settle: "CC and C0 with such values",
    },
    Belief {
        rule: "DeleteFile of no file is refused with F0 whoever asks.",
        place: "emulator::command::file::may_delete",
        source: "belief; two software cards of others look for the right first: AE",
        settle: "DF 07 without a session where creating is not free",
    },
    Belief {
        rule: "LimitedCredit works once in a transaction, up to the debits of the last transaction that had one.",
        place: "emulator::file::value::Value",
        source: "libfreefare's suite; once is general knowledge",
        settle: "1C twice, and after two transactions",
    },
    Belief {
        rule: "A negative amount is refused with 9E, a value beyond its limits with BE.",
        place: "emulator::command::value",
        source: "general knowledge",
        settle: "0C with 80000000, and beyond the limit",
    },
    Belief {
        rule: "Limits hold against the pending value.",
        place: "emulator::file::value::Value",
        source: "belief",
        settle: "Credit, then Debit, each alone out of bounds",
    },
    Belief {
        rule: "GetValue of a file with free GetValue is in clear for a session without another right.",
        place: "emulator::command::value",
        source: "belief",
        settle: "6C with another key and without one",
    },
    Belief {
        rule: "A full linear file refuses with BE.",
        place: "emulator::file::records::Records",
        source: "libfreefare's suite",
        settle: "3B into a full file",
    },
    Belief {
        rule: "WriteRecord after ClearRecordFile is refused with 9D; reads see the old records until the commit.",
        place: "emulator::file::records::Records",
        source: "libfreefare's suite, documents of DESFire Light",
        settle: "EB, 3B, BB, C7",
    },
    Belief {
        rule: "ReadRecords of more records than there are is refused with BE.",
        place: "emulator::file::records::Records",
        source: "libfreefare's suite for an empty file",
        settle: "BB with a count too large",
    },
    Belief {
        rule: "WriteRecord and ClearRecordFile travel as WriteData and DeleteFile do.",
        place: "emulator::rules",
        source: "libfreefare as a host of this card; no published bytes",
        settle: "3B and EB in each kind of session",
    },
    Belief {
        rule: "A D40 card has 4096 bytes, 16 files to an application, and files that wait for a commit up to number 7.",
        place: "emulator::model::Model",
        source: "general knowledge",
        settle: "create files on a D40 card until it refuses",
    },
    Belief {
        rule: "A value file takes 32 bytes.",
        place: "emulator::memory",
        source: "inference",
        settle: "6E before and after CC",
    },
    Belief {
        rule: "The first command since the activation decides between native and wrapped frames; the other kind then gets 1C or 6E00.",
        place: "emulator::frames::Framing",
        source: "reader manuals; the answers are belief",
        settle: "6400 after a wrapped command, and the other way round",
    },
    Belief {
        rule: "Without a session a frame has up to 59 data bytes, wrapped or native, 58 of an EV3; a native command up to 59 parameters.",
        place: "emulator::frames, room; emulator::frames::Frame",
        source: "a software card of others; the command: captures of an EV3",
        settle: "BD of 60 bytes without a session on each generation",
    },
    Belief {
        rule: "SELECT by identifier prefers a file of the selected application, and P1 01 and 02 leave the other kind out.",
        place: "emulator::iso::select",
        source: "stated without order",
        settle: "an application and a file of the same identifier",
    },
    Belief {
        rule: "A short identifier is the number of the file; 0 is the selected file where there is one.",
        place: "emulator::iso::data",
        source: "general knowledge",
        settle: "00 B0 81 00 04 and 00 B0 80 00 04",
    },
    Belief {
        rule: "The MAC of ISO reads is that of a native reply; the command does not move the chaining value.",
        place: "emulator::iso::data",
        source: "a client that was tried on real cards; the chaining value: belief",
        settle: "00 B0 of a file in a session, then a native command",
    },
    Belief {
        rule: "ISO commands neither read nor write enciphered data, and write no MACed data: 6982.",
        place: "emulator::iso::data",
        source: "stated for enciphered data; belief for writes",
        settle: "00 B0 and 00 D6 of files in each mode",
    },
    Belief {
        rule: "UPDATE BINARY of a backup file and APPEND RECORD wait for CommitTransaction.",
        place: "emulator::iso::data",
        source: "general knowledge",
        settle: "00 E2, then a reset and 00 B2",
    },
    Belief {
        rule: "READ RECORDS of record 0 is of the newest, as of record 1; all records are those from there to the oldest.",
        place: "emulator::iso::data",
        source: "a client that was tried on real cards counts from 1; the rest: ISO 7816-4",
        settle: "00 B2 with P1 of 00, 01 and 02",
    },
    Belief {
        rule: "Commands about contents are refused with 6A86 while the card itself is selected.",
        place: "emulator::iso::data",
        source: "READ BINARY of a real EV1; the others: belief",
        settle: "00 D6, 00 B2 and 00 E2 before any application is selected",
    },
    Belief {
        rule: "EXTERNAL and INTERNAL AUTHENTICATE open an EV1 session with the reader's first and the card's second challenge.",
        place: "emulator::iso::authenticate",
        source: "hosts agree; no byte trace",
        settle: "the three commands, then GetKeyVersion",
    },
    Belief {
        rule: "A refused ISO command ends the session and drops what is pending.",
        place: "emulator::iso",
        source: "belief",
        settle: "00 B0 with a wrong offset in a session",
    },
    // Originality
    Belief {
        rule: "EV2 and EV3 cards know ReadSig at any level, EV1 and D40 cards, and a card without a signature, refuse it with 1C.",
        place: "emulator::command::originality",
        source: "1C of an EV1 is measured; captures of an EV3 at the PICC level and of an NTAG 424 DNA in its application; without a signature: belief",
        settle: "3C 00 of an EV1 and an EV2, at the PICC level and in an application",
    },
    Belief {
        rule: "In D40 and EV1 sessions ReadSig travels as GetCardUID does, 90 in the checksum of EV1.",
        place: "emulator::command::originality",
        source: "belief; in EV2 a capture of an NTAG 424 DNA holds it",
        settle: "3C 00 after 0A, 1A and AA",
    },
    Belief {
        rule: "ReadSig of a wrong length or address, and without its MAC, is refused with 0C, of a wrong MAC with 0B.",
        place: "emulator::command::originality, READ_SIG",
        source: "documents of DESFire Light; for other cards, and for the missing MAC: belief",
        settle: "3C, 3C 01 and 3C 00 00; in an EV2 session 3C 00 without a MAC and with a bent one",
    },
    Belief {
        rule: "ReadSig outside of a session is refused with 0B where the UID is random, and answered in any session.",
        place: "emulator::command::originality",
        source: "documents of DESFire Light; for other cards: belief",
        settle: "3C 00 of a card with a random UID, without a session and after AA and 71",
    },
];
