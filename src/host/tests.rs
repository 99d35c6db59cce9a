// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whole sessions: recorded ones replayed, and cards that misbehave.

mod chaining;
mod desox;
mod faults;
mod further;
mod later;
mod light;
mod misuse;
mod published;
mod real_card;
mod replay;
mod short_end;
mod tags;
mod traces;
mod transactions;

use super::channel::{Channel, Ev1, Ev2};
use super::conversation::Conversation;
use super::session::{App, Authenticated, Level, Secure, Session};
use super::testing::Script;
use super::{File, Picc, Public};
use crate::transport::Transport;
use crate::wire::{
    Access, AccessRights, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo, KeyType,
    Opening,
};

/// Session keys and identifiers of no importance, none of them zero.
const KEY: &str = "40E7D271626FFBD49C530E3D304F5B17";
const OTHER: &str = "C2A1E47BD8100044FE6D00A74D7AB17C";

fn key_no(number: u8) -> KeyNo {
    KeyNo::new(number).unwrap()
}

/// A session of an AES key at any level, in the middle of a channel.
pub(super) fn secure<L: Level>(
    script: &mut Script,
    no: u8,
    channel: Channel,
) -> Session<'_, L, Secure> {
    resumed(script, no, channel)
}

/// The same over any transport.
fn resumed<L: Level>(
    transport: &mut dyn Transport,
    no: u8,
    channel: Channel,
) -> Session<'_, L, Secure> {
    let mut talk = at::<L>(transport);
    let (key_no, key_type, opening) = (key_no(no), KeyType::Aes, Opening::Aes);
    talk.secure = Some(Authenticated { channel, key_no, key_type, opening });
    Session::at(talk)
}

/// A level is selected.
fn at<L: Level>(transport: &mut dyn Transport) -> Box<Conversation<'_>> {
    let mut talk = Conversation::open(transport);
    talk.in_application = !L::IS_PICC;
    Box::new(talk)
}

pub(super) fn ev1() -> Channel {
    Channel::Ev1(Ev1::recorded(KEY, &[0xA7; 16]))
}

pub(super) fn ev2() -> Channel {
    Channel::Ev2(Ev2::recorded(KEY, OTHER, "085BC941", 0x0102))
}

/// An application without an authenticated key.
fn public(script: &mut Script) -> Session<'_, App, Public> {
    Session::at(at::<App>(script))
}

fn picc(script: &mut Script) -> Session<'_, Picc, Public> {
    Session::open(script)
}

/// File 5 of 512 bytes: key 1 reads, key 2 writes, or everybody does both.
fn file(backup: bool, free: bool, mode: CommMode) -> File {
    let size = FileSize::new(0x200).unwrap();
    let kind = if backup { FileKind::Backup { size } } else { FileKind::Standard { size } };
    let access = |number| if free { Access::Free } else { Access::Key(key_no(number)) };
    let (read, write) = (access(1), access(2));
    let rights = AccessRights { read, write, read_write: Access::Never, change: Access::Never };
    File::declared(FileNo::new(5).unwrap(), FileSettings::new(kind, mode, rights))
}
