// SPDX-License-Identifier: MIT OR Apache-2.0
//! Frames: what is sent is cut at 54 bytes, what comes is joined, and neither goes on for ever.

use super::*;
use crate::host::testing::{bytes, hex};
use crate::host::{Error, Misbehaviour};
use crate::wire::{Ins, Status};

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
