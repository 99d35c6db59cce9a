// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the software card does in LRP and in secure dynamic messaging without a vector or capture to hold it.

use crate::belief::Belief;

/// Of LRP and secure dynamic messaging.
pub(super) const TAGS: &[Belief] = &[
    // LRP
    Belief {
        rule: "A tag that is in LRP mode answers SetConfiguration 05 with 02 once more with a MAC, and 05 with 00 changes nothing of its mode.",
        place: "emulator::command::tag::configure",
        source: "belief; of the switch itself AN12343, table 18",
        settle: "5C 05 twice to a tag that may stay in LRP for good",
    },
    Belief {
        rule: "SetConfiguration 05 of a tag with other bytes than those of PDCap2.1, 2.5 and 2.6, or PDCap2.1 other than 00 and 02, is refused with 9E.",
        place: "emulator::command::tag::configure",
        source: "belief; the layout is published",
        settle: "5C 05 01 and nine bytes 00 in a session of key 0",
    },
    Belief {
        rule: "A tag tells bytes 5 to 10 of SetConfiguration 05 as its capabilities in AuthenticateEV2First.",
        place: "emulator::configuration::Configuration::capabilities",
        source: "published for the first of them; for the last two the names say so",
        settle: "5C 05 with two bytes at the end, then 71",
    },
    Belief {
        rule: "Where the number of enciphered blocks would reach FFFFFFFF in a session in LRP, the command is refused with 1E.",
        place: "emulator::channel::ev2::lrp::LrpKeys::count",
        source: "that the session is lost is stated; the status is belief",
        settle: "nothing that a day of reading could settle",
    },
    Belief {
        rule: "In LRP the random bytes in front of PICC data, and those in it, stay for all reads of one run.",
        place: "emulator::mirror::run",
        source: "stated for the bytes that fill PICC data",
        settle: "two reads of the NDEF file of a tag in LRP, one right after the other",
    },
    // Frames
    Belief {
        rule: "DESFire Light and NTAG 424 DNA take a native frame for an APDU: with fewer than four bytes 6700, else 6E00; it ends a session.",
        place: "emulator::card::Card::takes_native_frames; emulator::behaviour, Candidate::NativeTag",
        source: "that they take APDUs only is stated; the answer is belief",
        settle: "60 in a block of its own to an NTAG 424 DNA",
    },
    // Secure dynamic messaging
    Belief {
        rule: "The UID and a counter that is counted and not shown (offset FFFFFF, or no right to show) are part of the keys of a reading.",
        place: "emulator::mirror::Read::named",
        source: "belief; all published readings show what they count",
        settle: "a MAC of a tag with the offset FFFFFF",
    },
    Belief {
        rule: "A read that is refused for its right or its range does not count, and any other command ends a run, also one that fails or selects the same file.",
        place: "emulator::mirror::image; emulator::sdm::Runs",
        source: "that other commands end it is stated; the rest is belief",
        settle: "00 B0 behind the end of the file between two reads",
    },
    Belief {
        rule: "ChangeFileSettings that keeps secure dynamic messaging on begins the counter anew.",
        place: "emulator::command::file::change",
        source: "stated for switching it on; for keeping it on: belief",
        settle: "5F with the same settings after a read, then F6",
    },
    Belief {
        rule: "Settings of secure dynamic messaging that are too short or too long are refused with 7E, all others with 9E, on another file of a tag with 9D.",
        place: "emulator::command::dynamic::settings",
        source: "9D and 9E: NT4H2421Gx; 7E: belief",
        settle: "5F with a block that lacks its last offset",
    },
    Belief {
        rule: "An EV3 tells a file that was made for secure dynamic messaging without bit 6 as long as that is off.",
        place: "emulator::file::File::told",
        source: "belief; a capture of one that is on",
        settle: "CD with option 40, then F5",
    },
    Belief {
        rule: "An EV3 refuses secure dynamic messaging with 9D on a file that was not made for it, and with 9E under keys that are not AES.",
        place: "emulator::command::dynamic::settings",
        source: "that it is not possible is stated; the statuses are belief",
        settle: "5F with bit 6 for a file of option 00, and in an application of DES keys",
    },
    Belief {
        rule: "Any session on an EV3 reads a file with secure dynamic messaging as it stands.",
        place: "emulator::mirror::image",
        source: "stated for NTAG 424 DNA",
        settle: "BD of such a file after 0A, 1A and 71",
    },
    Belief {
        rule: "ChangeFileSettings in a D40 or EV1 session of an EV3 has no room for secure dynamic messaging: 7E.",
        place: "emulator::command::file::may_change",
        source: "belief",
        settle: "5F with bit 6 after AA on an EV3",
    },
    Belief {
        rule: "In an EV2 session a command that should end in a MAC and is no header, whole blocks and eight bytes long is refused with 7E.",
        place: "emulator::channel::ev2::Ev2::open_marked",
        source: "7E of a real EV3 for another command without its MAC",
        settle: "5F in clear in a session of a tag",
    },
    Belief {
        rule: "An ISO command between the frames of a native one is refused with 6985 by a tag, which forgets the frames, ends a session, and is carried out by other cards.",
        place: "emulator::dispatch::Chain::answer_iso",
        source: "6985: NT4H2421Gx; carried out: one capture of an EV3; what becomes of frames and session is belief",
        settle: "60, 00 A4, AF to a tag with a session",
    },
];
