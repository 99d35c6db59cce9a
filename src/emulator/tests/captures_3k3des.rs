// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recorded sessions under three-key triple DES, played from the card's side.

use super::support::{add_application, card, run, send, set_key, wrap};
use crate::emulator::{Model, SoftCard};
use crate::wire::{Aid, FileReport, KeyType, NewFile};

/// A session: the key it authenticates with, the card's nonce, native commands and replies.
struct Recorded {
    number: u8,
    key: &'static str,
    rnd_b: &'static str,
    frames: &'static [(&'static str, &'static str)],
}

/// Sessions 8, 10, 11 and 12 of "Desfire EV1 Communication Examples" (sotechcllc/RFDoorLock).
const SESSIONS: [Recorded; 4] = [
    Recorded {
        number: 0,
        key: "000000000000000000000000000000000000000000000000",
        rnd_b: "316E6D76A449F925BA304FB2653656A2",
        frames: &[
            ("1A00", "AFBC1C570BC948156187132364E4DCE176"),
            (
                "AFDDDC9A77597F03A40C7FAA362F45A8EADBE46A115D98198CBF36A6E51B39D87C",
                "007244D935ED9A1306CD8C841A7C1DE39A",
            ),
            ("C400F4F865F318CB9DE80B2B165145021F4F3AFEF1244FEA42FC997726FDE750741D", "00"),
        ],
    },
    Recorded {
        number: 0,
        key: "101820293038404850586068707880889098A0A8B0B8C0C8",
        rnd_b: "5814D2513D9EC06668C0CC1B59237AFD",
        frames: &[
            ("1A00", "AFEDFAC076F7F75F3FA930D8365A7C9206"),
            (
                "AFB4F5266DBF4BF93970BC386E94F4FA59884E94F9F113B1BFB5A54E5A1BA08892",
                "0065F4F5DADE89E12E2405FCE14D5CD798",
            ),
            ("6400", "0010AD4A52B1E31CC741"),
        ],
    },
    Recorded {
        number: 0,
        key: "000000000000000000000000000000000000000000000000",
        rnd_b: "E59426666D9009A7158EDE04436BDA5E",
        frames: &[
            ("1A00", "AF8F3154AFA86DA533EABE28859E5D5742"),
            (
                "AF1DD98B71B9006198B8B80043FF296386775ED2C2DBC877BBD952FD06F5F87361",
                "00AECD4704210BCAAFE1533D483FBEF3F8",
            ),
            (
                "C4010170A4721342A8C4C5C4DB5BA1F1AEDFE9CEF73BB46BAC44B8C11498CA17D945",
                "00DC85C9A5A753B17A",
            ),
            (
                "C401E3E2DD9F1E2C8DB578652F78C30C533EADE1E663625E0F74DD13D4F9B9B3E43C",
                "00FA142DEBA3080191",
            ),
        ],
    },
    Recorded {
        number: 1,
        key: "101820293038404850586068707880889098A0A8B0B8C0C8",
        rnd_b: "41C40C7F0E89710D08A394E304D115E8",
        frames: &[
            ("1A01", "AF660B0E97E23B9C0F93FD82D0F069C298"),
            (
                "AF46D182F6B3C5C458EC1EC8BD43F0CA898CC9CD77F9BBC87F4E60617C1FF94266",
                "008018B80E2246BD1C1C05A067CD8E6E17",
            ),
        ],
    },
];

/// `TripleKeyTripleDESEncryptionTest.test3K3DES3` of skjolber/desfire-tools-for-android: wrapped
/// commands and replies of a real 4K EV1 card.
const TRACE: [(&str, &str); 6] = [
    ("905A000003BBBBBB00", "9100"),
    ("901A0000010500", "86DB6E91EAFAA56284DE5EB37DF70F9B91AF"),
    (
        "90AF00002005F2AE9B7249EFFA84DE5EB37DF70F9B538C2E6410E4397D2C17ADE1A7F38CF800",
        "7A4C24FCA3AEA1C82C17ADE1A7F38CF89100",
    ),
    ("90F50000010500", "010354124000008028D1D3B0A937FB9100"),
    (
        "90BD0000070500000000000000",
        "B1AF8DB943D52BB9EC2AC8DD7988E2698DB7D8019716750EDB44A838C84118F412C7A462BFD21EF1E686E0271AF2AAFD57CEE8922A9AB73691AF",
    ),
    ("90AF000000", "C4C9E430F7AAAB006122AA122CB229CC9100"),
];

fn bytes(hex: &str) -> Vec<u8> {
    hex::decode(hex).unwrap()
}

fn with_keys(count: u8, aid: [u8; 3]) -> SoftCard {
    let mut card = card(Model::Ev1_4k);
    add_application(&mut card, Aid::new(aid), 0x0F, KeyType::Tdes3, count);
    card
}

#[test]
fn recorded_sessions_are_answered_byte_for_byte() {
    for session in SESSIONS {
        let mut card = with_keys(2, [0x00, 0xDE, 0x24]);
        set_key(&mut card, session.number, KeyType::Tdes3, &bytes(session.key), 0);
        card.queue_random(&bytes(session.rnd_b));
        for (command, reply) in session.frames {
            let (command, reply) = (bytes(command), bytes(reply));
            let (data, status) = run(&mut card, command[0], &command[1..]);
            assert_eq!([&[status][..], &data].concat(), reply, "{command:02X?}");
        }
    }
}

/// A backup file that is read to its end, in two frames of whole eight-byte blocks.
#[test]
fn a_recorded_read_is_answered_byte_for_byte() {
    let mut card = with_keys(6, [0xBB; 3]);
    set_key(&mut card, 5, KeyType::Tdes3, &[&[0x00, 0x01].repeat(4)[..], &[0; 16]].concat(), 0);
    let settings =
        FileReport::decode(&[0x01, 0x03, 0x54, 0x12, 0x40, 0x00, 0x00]).unwrap().settings;
    card.card.memory.create_file(0, 0x05, &NewFile::new(settings)).unwrap();
    let application = card.card.application_mut().unwrap();
    application.file_mut(0x05).unwrap().data_mut().unwrap().write(0, b"00");
    application.commit(false).unwrap();
    card.queue_random(&bytes("B534CC5FA70463BD8329C00A98B34A98"));
    for (command, reply) in TRACE {
        assert_eq!(send(&mut card, &bytes(command)), bytes(reply), "{command}");
    }
    assert_eq!(send(&mut card, &wrap(0xAF, &[])), [0x91, 0x1C]);
}
