// SPDX-License-Identifier: MIT OR Apache-2.0
//! Frames: what is sent is cut at 54 bytes, what comes is joined, and neither goes on for ever.

use super::*;
use crate::host::command::data::ReadData;
use crate::host::command::record::ReadRecords;
use crate::host::command::{Command, Extent};
use crate::host::testing::{bytes, hex};
use crate::host::{Error, Misbehaviour};
use crate::secret::Secret;
use crate::wire::{Ins, RecordCount, RecordLayout, Status};

/// The commands of a free write of `length` bytes `5A`, and replies that let it pass.
fn write_of(length: usize) -> Vec<(String, &'static str)> {
    let header = hex(&[5, 0, 0, 0]) + &hex(&u32::try_from(length).unwrap().to_le_bytes()[..3]);
    let body = bytes(&(header + &"5A".repeat(length)));
    let count = body.chunks(54).count();
    let frame = |(at, frame): (usize, &[u8])| {
        let ins = if at == 0 { "3D" } else { "AF" };
        let reply = if at + 1 == count { "9100" } else { "91AF" };
        (format!("90{ins}0000{:02X}{}00", frame.len(), hex(frame)), reply)
    };
    body.chunks(54).enumerate().map(frame).collect()
}

#[test]
fn writes_are_cut_after_54_parameter_bytes() {
    for (length, frames) in [(1, 1), (46, 1), (47, 1), (48, 2), (101, 2), (102, 3), (0x200, 10)] {
        let steps = write_of(length);
        assert_eq!(steps.len(), frames, "{length}");
        let mut script = Script::new(steps);
        let mut session = public(&mut script);
        let free = file(false, true, CommMode::Plain);
        let mut transaction = session.transaction();
        assert!(transaction.write(&free, 0, &vec![0x5A; length]).is_ok());
        drop(transaction);
        drop(session);
        script.assert_used_up();
    }
}

#[test]
fn a_card_that_ends_or_talks_between_the_frames_of_a_write_is_not_believed() {
    for (reply, how) in
        [("9100", Misbehaviour::Chain(Status::Ok)), ("11 91AF", Misbehaviour::Length { found: 1 })]
    {
        let (command, _) = write_of(60).remove(0);
        let mut script = Script::new([(command, reply)]);
        let mut session = public(&mut script);
        let free = file(false, true, CommMode::Plain);
        let error = session.transaction().write(&free, 0, &[0x5A; 60]).unwrap_err();
        assert_eq!(error, Error::Misbehaved { command: Ins::WriteData, how });
        assert_eq!(session.file_ids(), Err(Error::SessionLost));
        script.assert_used_up();
    }
}

#[test]
fn reads_are_joined_and_have_exactly_the_length_that_was_asked() {
    let read = ("90BD000007 05 010000 3C0000 00", format!("{}91AF", "11".repeat(58)));
    let more = |reply: &str| ("90AF000000", format!("{reply}9100"));
    let mut script = Script::new([read.clone(), more("2233")]);
    let free = file(true, true, CommMode::Full);
    let data = public(&mut script).read_data(&free, 1, 60).unwrap();
    assert_eq!(hex(data.value.expose_secret()), "11".repeat(58) + "2233");
    script.assert_used_up();

    for (last, found) in [("22", 59), ("223344", 61)] {
        let mut script = Script::new([read.clone(), more(last)]);
        let error = public(&mut script).read_data(&free, 1, 60).unwrap_err();
        let how = Misbehaviour::Length { found };
        assert_eq!(error, Error::Misbehaved { command: Ins::ReadData, how });
    }
    let mut script = Script::new([read, more(&"33".repeat(58))]);
    let error = public(&mut script).read_data(&free, 1, 60).unwrap_err();
    let how = Misbehaviour::Endless { limit: 84 };
    assert_eq!(error, Error::Misbehaved { command: Ins::ReadData, how });
}

/// Runs a read whose reply comes in these frames, and tells the bytes and the room that was made.
fn read_in<C: Command<Output = Secret<Vec<u8>>>>(read: &C, frames: &[usize]) -> (Vec<u8>, usize) {
    let ins: u8 = read.rule().ins.into();
    let first = format!("90{ins:02X}000007{}00", hex(read.header()));
    let frame = |(at, length): (usize, &usize)| {
        let command = if at == 0 { first.clone() } else { "90AF000000".to_owned() };
        let more = if at + 1 == frames.len() { "9100" } else { "91AF" };
        (command, format!("{:02X}", at + 1).repeat(*length) + more)
    };
    let mut script = Script::new(frames.iter().enumerate().map(frame));
    let mut talk = at::<App>(&mut script);
    let answer = talk.run(read).unwrap();
    let room = talk.line.reply().0.capacity();
    (answer.value.expose_secret().clone(), room)
}

/// Sizes are the card's word, and the largest come to 256 terabytes: room is made for what comes.
#[test]
fn what_a_card_tells_of_its_files_makes_no_room() {
    let kind = |kind| {
        let rights = *file(false, true, CommMode::Plain).settings();
        File::declared(FileNo::new(5).unwrap(), FileSettings { kind, ..rights })
    };
    let size = FileSize::new(0x00FF_FFFF).unwrap();
    let max = RecordCount::new(0x00FF_FFFF).unwrap();
    let data = ReadData::new(&kind(FileKind::Standard { size }), 0, 0, None).unwrap();
    assert_eq!(data.extent(), Extent::Rest(0x00FF_FFFF));
    let layout = RecordLayout { size, max };
    let (linear, cyclic) = (FileKind::LinearRecord(layout), FileKind::CyclicRecord(layout));
    for (file, count) in [(linear, 0), (cyclic, 0), (linear, 0x00FF_FFFF)] {
        let records = ReadRecords::new(&kind(file), 0, count, None).unwrap();
        assert_eq!(records.extent().most(), 0x00FF_FFFF);
        let header = hex(records.header());
        let mut script = Script::new([(format!("90BB000007{header}00"), "A59100")]);
        let mut talk = at::<App>(&mut script);
        let how = Misbehaviour::Length { found: 1 };
        let error = Error::Misbehaved { command: Ins::ReadRecords, how };
        assert_eq!(talk.run(&records).map(|_| ()), Err(error));
        assert!(talk.line.reply().0.capacity() < 0x1000);
    }
    // One byte records, as many as the card likes to send; and a file of 512 bytes.
    let layout = RecordLayout { size: FileSize::new(1).unwrap(), max };
    let records = ReadRecords::new(&kind(FileKind::LinearRecord(layout)), 0, 0, None).unwrap();
    let (found, room) = read_in(&records, &[58; 40]);
    assert_eq!(found, (1..=40).flat_map(|frame| [frame; 58]).collect::<Vec<u8>>());
    assert!((40 * 58..0x2000).contains(&room), "{room}");
    let known = ReadData::new(&file(false, true, CommMode::Plain), 0, 0, None).unwrap();
    let (found, _) = read_in(&known, &[58, 58, 58, 58, 58, 58, 58, 58, 48]);
    assert_eq!(found.len(), 0x200);
}
