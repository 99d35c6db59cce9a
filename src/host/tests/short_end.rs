// SPDX-License-Identifier: MIT OR Apache-2.0
//! Enciphered contents whose last byte is the low byte of the checksum of those before it. Who looks
//! for the checksum from the short end takes such a content for one that is a byte shorter, 1 in
//! 256 in D40 messaging. The bytes were computed with OpenSSL and Python, not with this crate.

use super::*;
use crate::crypto::Cipher;
use crate::host::Grade;
use crate::host::channel::D40;
use crate::host::testing::{array, bytes, hex};

/// `door 17: ` and the low byte of its CRC-16, whose own CRC-16 is `F200`.
const D40_CONTENT: &str = "646F6F722031373A2005";

/// A file of 10 bytes that key 1 reads and key 2 writes, enciphered.
fn ten() -> File {
    let kind = FileKind::Standard { size: FileSize::new(10).unwrap() };
    let settings = FileSettings { kind, ..*file(false, false, CommMode::Full).settings() };
    File::declared(FileNo::new(5).unwrap(), settings)
}

fn d40() -> Channel {
    Channel::D40(D40::new(Cipher::des(&array("13579BDF02468ACE"))))
}

/// Reads 10 bytes, or to the end of the file, in the middle of a session.
fn read(channel: Channel, command: &str, reply: &str, length: u32) -> String {
    let mut script = Script::new([(command, format!("{reply}9100"))]);
    let file = ten();
    let answer = secure::<App>(&mut script, 1, channel).read_data(&file, 0, length).unwrap();
    assert_eq!(answer.grade, Grade::Enciphered);
    script.assert_used_up();
    hex(answer.value.expose_secret())
}

fn write(channel: Channel, command: &str, reply: &str, content: &str) -> Grade {
    let mut script = Script::new([(command, format!("{reply}9100"))]);
    let file = ten();
    let mut session = secure::<App>(&mut script, 2, channel);
    let grade = session.transaction().write(&file, 0, &bytes(content)).unwrap().grade;
    script.assert_used_up();
    grade
}

#[test]
fn d40_contents_are_read_whole() {
    let (ten, rest) = ("90BD000007050000000A000000", "90BD0000070500000000000000");
    for (command, length, reply) in [
        (ten, 10, "A82E416C05F10A7758D588D8E84F1A92"),
        // With 80 behind the checksum.
        (rest, 0, "A82E416C05F10A77D239F3B7C5E76B3C"),
    ] {
        assert_eq!(read(d40(), command, reply, length), D40_CONTENT);
    }
}

#[test]
fn d40_contents_are_written_whole() {
    let command = "90 3D 00 00 17 05 000000 0A0000 D95C439FBC2A4FA85BA292AE19C4AD3E 00";
    assert_eq!(write(d40(), command, "", D40_CONTENT), Grade::Said);
}

/// The checksum of a reply is over the status too, with which the last byte goes or without.
#[test]
fn ev1_contents_are_read_whole() {
    let (ten, rest) = ("90BD000007050000000A000000", "90BD0000070500000000000000");
    for (command, length, reply, content) in [
        (ten, 10, "D435F83ED23BCC4C8A9589EE57C26B0F", "646F6F722031373A204C"),
        (rest, 0, "F4D731BCF843E7340DA90CD14CA084AE", "646F6F722031373A204C"),
        (ten, 10, "413A33AF072B0488A0AB9001252FFCF7", "646F6F722031373A201F"),
    ] {
        assert_eq!(read(ev1(), command, reply, length), content);
    }
}

/// That of a command is over instruction and header too.
#[test]
fn ev1_contents_are_written_whole() {
    let command = "90 3D 00 00 17 05 000000 0A0000 F62CB0DB58306774D6A3A3D3C5F5B393 00";
    assert_eq!(write(ev1(), command, "E5CFE4C11BF14943", "646F6F722031373A20BD"), Grade::Sealed);
}
