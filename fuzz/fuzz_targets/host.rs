// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever a card replies, the host does not panic, and no card authenticates without the key.
#![no_main]

use std::collections::VecDeque;

use cardwright::host::{File, Level, Picc, Public, Session};
use cardwright::key::CardKey;
use cardwright::transport::{LinkError, ReplyBuf, Transport};
use cardwright::wire::{Access, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, KeyNo, KeyVersion, Opening};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, Vec<Vec<u8>>)| {
    let (which, replies) = input;
    let mut script = Script(replies.into());
    let session = Session::open(&mut script);
    match which % 4 {
        0 => read_the_picc(session),
        1 => read_an_application(session),
        2 => authenticate(session),
        _ => {
            if let Ok(session) = session.select_application(Aid::new([0xF4, 0x81, 0x20])) {
                authenticate(session);
            }
        }
    }
});

fn read_the_picc(mut session: Session<'_, Picc, Public>) {
    let _ = session.version();
    let _ = session.key_version(KeyNo::MASTER);
    let _ = session.key_settings();
    let _ = session.application_ids();
    let _ = session.free_memory();
}

fn read_an_application(session: Session<'_, Picc, Public>) {
    let Ok(mut session) = session.select_application(Aid::new([0xF4, 0x81, 0x20])) else { return };
    let _ = session.key_settings();
    let _ = session.file_ids();
    let Some(no) = FileNo::new(1) else { return };
    let _ = session.file_settings(no);
    let Some(size) = FileSize::new(100) else { return };
    let rights = AccessRights {
        read: Access::Free,
        write: Access::Free,
        read_write: Access::Free,
        change: Access::Never,
    };
    let settings = FileSettings::new(FileKind::Backup { size }, CommMode::Plain, rights);
    let file = File::declared(no, settings);
    if let Ok(read) = session.read_data(&file, 3, 90) {
        assert_eq!(read.value.expose_secret().len(), 90);
    }
    let mut transaction = session.transaction();
    let _ = transaction.write(&file, 0, &[0xA5; 100]);
    let _ = transaction.commit();
}

fn authenticate<L: Level>(session: Session<'_, L, Public>) {
    let aes = CardKey::aes(&[0x5A; 16], KeyVersion(1));
    let rnd_a = [0xC3; 16];
    let mut left = Some(session);
    for (opening, key) in
        [(Opening::Ev2First, &aes), (Opening::Aes, &aes), (Opening::Iso, &CardKey::factory())]
    {
        let Some(session) = left else { return };
        left = match session.authenticate(opening, KeyNo::MASTER, key, &rnd_a) {
            Ok(_) => panic!("a card without the key was believed"),
            Err(failed) => failed.session,
        };
    }
}

/// Replies as they come, then silence.
struct Script(VecDeque<Vec<u8>>);

impl Transport for Script {
    fn exchange(&mut self, _: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let next = self.0.pop_front().ok_or(LinkError::CardRemoved)?;
        if next.len() < 2 {
            return Err(LinkError::NoStatusWord);
        }
        reply.clear();
        reply.try_extend_from_slice(&next).map_err(|_| LinkError::AnswerTooLong)
    }
}
