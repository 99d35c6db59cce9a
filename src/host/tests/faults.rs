// SPDX-License-Identifier: MIT OR Apache-2.0
//! Cards that misbehave: each kind of bad reply has its error and blows the fuse.

use proptest::prelude::*;

use super::*;
use crate::bytes::DecodeErrorKind;
use crate::host::testing::{bytes, hex};
use crate::host::{Error, Grade, Misbehaviour};
use crate::iso7816::{Command, StatusWord};
use crate::key::CardKey;
use crate::transport::{LinkError, ReplyBuf, Transport};
use crate::wire::{Aid, Ins, KeySettings, KeySlots, KeyVersion, Opening, Status};

/// A card that gives the same replies to whatever comes, in turn, and counts.
struct Parrot {
    replies: Vec<Vec<u8>>,
    asked: usize,
}

impl Parrot {
    fn new(reply: &str) -> Self {
        Self { replies: vec![bytes(reply)], asked: 0 }
    }
}

impl Transport for Parrot {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        assert!(Command::decode(command).is_ok());
        reply.clear();
        reply.extend(self.replies[self.asked % self.replies.len()].iter().copied());
        self.asked += 1;
        Ok(())
    }
}

fn session<L: Level>(card: &mut Parrot, channel: Channel) -> Session<'_, L, Secure> {
    resumed(card, 1, channel)
}

fn misbehaved(how: Misbehaviour) -> Error {
    Error::Misbehaved { command: Ins::GetKeyVersion, how }
}

/// What a sealed question for a key version meets, and whether anything is asked after it.
fn key_version(channel: Channel, reply: &str) -> Error {
    let mut card = Parrot::new(reply);
    let mut session = session::<App>(&mut card, channel);
    let error = session.key_version(key_no(3)).unwrap_err();
    assert_eq!(session.version().unwrap_err(), Error::SessionLost);
    assert!(matches!(session.select_picc(), Err(failed) if failed.error == Error::SessionLost));
    let asked = card.asked;
    assert!(
        asked == 1 || matches!(error, Error::Misbehaved { how: Misbehaviour::Endless { .. }, .. })
    );
    error
}

#[test]
fn a_bad_reply_has_its_error_and_ends_a_sealed_session() {
    for channel in [ev1, ev2] {
        for (reply, how) in [
            ("9000", Misbehaviour::StatusWord(StatusWord(0x9000))),
            ("6E00", Misbehaviour::StatusWord(StatusWord(0x6E00))),
            ("9100", Misbehaviour::Length { found: 0 }),
            ("42 1122334455 66 9100", Misbehaviour::Length { found: 7 }),
            ("42 1122334455667788 9100", Misbehaviour::Mac),
            ("42 1122334455667788 99 9100", Misbehaviour::Mac),
            ("42 91AE", Misbehaviour::Length { found: 1 }),
            ("91AF", Misbehaviour::Chain(Status::AdditionalFrame)),
            ("1122334455667788 91AF", Misbehaviour::Endless { limit: 25 }),
        ] {
            assert_eq!(key_version(channel(), reply), misbehaved(how), "{reply}");
        }
        let refused =
            Error::Refused { command: Ins::GetKeyVersion, status: Status::AuthenticationError };
        assert_eq!(key_version(channel(), "91AE"), refused);
    }
}

/// A recorded reply of `RFDoorLock` (a DES session after `CA CCBBAA 0F 01`) and one of the crate
/// ntag424, with each bit turned.
#[test]
fn a_recorded_reply_passes_and_with_any_bit_turned_does_not() {
    let iv = bytes("3B68D72A3BE0D20C");
    let ev1 = || Channel::Ev1(Ev1::recorded("849B36C54FD1B759849B36C54FD1B759", &iv));
    let (enc, mac) = ("0ABAAD43EA1AE8B5CF1B4AA5B5DA8201", "19022C1BE2F825936F7E1E5DB068F430");
    let ev2 = || Channel::Ev2(Ev2::recorded(enc, mac, "085BC941", 2));
    let aid = "AABBCC".parse().unwrap();
    let slots = KeySlots::from_byte(0x01).unwrap();
    let created = |reply: &str| {
        let mut card = Parrot::new(reply);
        let mut session = session::<Picc>(&mut card, ev1());
        session.create_application(aid, KeySettings::FACTORY, slots).is_ok()
    };
    let asked = |reply: &str| {
        let mut card = Parrot::new(reply);
        session::<App>(&mut card, ev2()).key_version(key_no(0)).is_ok()
    };
    only_as_recorded("F11AC0738EF83878", created);
    only_as_recorded("00148F7591612FD688", asked);
}

fn only_as_recorded(reply: &str, passes: impl Fn(&str) -> bool) {
    assert!(passes(&format!("{reply}9100")));
    let recorded = bytes(reply);
    for bit in 0..recorded.len() * 8 {
        let mut turned = recorded.clone();
        turned[bit / 8] ^= 1 << (bit % 8);
        assert!(!passes(&format!("{}9100", hex(&turned))), "{reply}, bit {bit}");
    }
}

#[test]
fn a_lost_link_ends_a_session_with_and_without_a_key() {
    let mut script = Script::default();
    script.lose("9060000000");
    let mut session = public(&mut script);
    assert_eq!(session.version().unwrap_err(), Error::Link(LinkError::CardRemoved));
    assert_eq!(session.version().unwrap_err(), Error::SessionLost);
    script.assert_used_up();
}

#[test]
fn a_refusal_without_a_key_leaves_the_session() {
    let mut script = Script::new([("906F000000", "91AE"), ("906F000000", "050100 9100")]);
    let mut session = public(&mut script);
    let refused = Error::Refused { command: Ins::GetFileIds, status: Status::AuthenticationError };
    assert_eq!(session.file_ids().unwrap_err(), refused);
    let ids = session.file_ids().unwrap();
    assert_eq!((ids.value.len(), ids.grade), (3, Grade::Said));
    script.assert_used_up();
}

#[test]
fn illegal_values_end_even_a_session_without_a_key() {
    let mut script = Script::new([("906F000000", "0520 9100")]);
    let mut session = public(&mut script);
    let error = session.file_ids().unwrap_err();
    let Error::Misbehaved { how: Misbehaviour::Value(value), .. } = error else {
        panic!("{error}")
    };
    assert_eq!((value.at, value.kind), (1, DecodeErrorKind::Invalid { found: 0x20 }));
    assert_eq!(session.file_ids().unwrap_err(), Error::SessionLost);
    script.assert_used_up();
}

#[test]
fn selecting_brings_the_session_back_only_where_the_level_is_known() {
    let aid = Aid::new([0xF4, 0x81, 0x20]);
    let mut script = Script::new([("905A000003 2081F4 00", "91A0"), ("906A000000", "9100")]);
    let failed = picc(&mut script).select_application(aid).unwrap_err();
    assert!(failed.session.unwrap().application_ids().unwrap().value.is_empty());
    script.assert_used_up();

    let mut script = Script::new([("905A000003 2081F4 00", "91A0")]);
    assert!(public(&mut script).select_application(aid).unwrap_err().session.is_none());
    let mut script = Script::new([("905A000003 2081F4 00", "00 9100")]);
    let failed = picc(&mut script).select_application(aid).unwrap_err();
    assert_eq!(failed.error.to_string(), "SelectApplication: a reply of 1 bytes does not fit");
    assert!(failed.session.is_none());
}

#[test]
fn a_refused_authentication_gives_the_session_back_and_a_wrong_one_does_not() {
    let key = CardKey::zero_aes();
    let rnd_a = [0x11; 16];
    for (opening, command, first) in [
        (Opening::Iso, Ins::AuthenticateIso, "901A000001 02 00"),
        (Opening::Aes, Ins::AuthenticateAes, "90AA000001 02 00"),
        (Opening::Ev2First, Ins::AuthenticateEv2First, "9071000002 0200 00"),
    ] {
        let factory = CardKey::factory();
        let key = if opening == Opening::Iso { &factory } else { &key };
        let mut script = Script::new([(first, "91AE"), ("906F000000", "9100")]);
        let session = public(&mut script);
        let failed = session.authenticate(opening, key_no(2), key, &rnd_a).unwrap_err();
        let refused = Error::Refused { command, status: Status::AuthenticationError };
        assert_eq!(failed.error, refused);
        assert!(failed.session.unwrap().file_ids().is_ok());
        script.assert_used_up();

        for (reply, how) in [
            ("9100", Misbehaviour::Chain(Status::Ok)),
            ("11223344 91AF", Misbehaviour::Length { found: 4 }),
            ("9000", Misbehaviour::StatusWord(StatusWord(0x9000))),
        ] {
            let mut script = Script::new([(first, reply)]);
            let failed =
                public(&mut script).authenticate(opening, key_no(2), key, &rnd_a).unwrap_err();
            assert_eq!(failed.error, Error::Misbehaved { command, how });
            assert!(failed.session.is_none());
        }
    }
}

#[test]
fn the_bare_reply_to_a_change_of_the_own_key_has_no_data() {
    for (reply, level_known) in [("11 9100", false), ("911E", true), ("91AF", false)] {
        let mut card = Parrot::new(reply);
        let new = CardKey::aes(&[0x42; 16], KeyVersion(1));
        let failed = session::<App>(&mut card, ev1()).change_own_key(&new).unwrap_err();
        assert_eq!(failed.session.is_some(), level_known, "{reply}");
    }
}

#[test]
fn errors_and_sessions_show_no_contents() {
    let mut card = Parrot::new("C0FFEE 1122334455667788 9100");
    let mut session = session::<App>(&mut card, ev2());
    let error = session.read_data(&file(false, false, CommMode::Mac), 0, 3).unwrap_err();
    let shown = format!("{session:?} {error:?} {error}");
    assert_eq!(
        shown,
        "Session { level: \"application\", .. } Misbehaved { command: ReadData, how: Mac } \
         ReadData: the MAC of the reply is wrong"
    );
}

proptest! {
    /// Whatever a card says: no panic, and no success where a MAC or checksum protects. A forged
    /// MAC of 8 bytes would be luck of 2 to the power of -64, a checksum of 2 to the power of -32.
    #[test]
    fn arbitrary_replies_never_pass(
        replies in prop::collection::vec(prop::collection::vec(any::<u8>(), 0..80), 1..4),
        ends in prop::collection::vec(prop_oneof![Just(0x00_u8), Just(0xAF), any::<u8>()], 1..4),
        second in any::<bool>(),
        which in 0..6,
    ) {
        let with_status = |(at, mut reply): (usize, Vec<u8>)| {
            reply.extend([0x91, ends[at % ends.len()]]);
            reply
        };
        let replies: Vec<_> = replies.into_iter().enumerate().map(with_status).collect();
        let shown: Vec<_> = replies.iter().map(|reply| hex(reply)).collect();
        let mut card = Parrot { replies, asked: 0 };
        let channel = if second { ev2() } else { ev1() };
        let full = file(false, false, CommMode::Full);
        let failed = match which {
            0 => session::<App>(&mut card, channel).key_version(key_no(3)).is_err(),
            1 => session::<Picc>(&mut card, channel).card_uid().is_err(),
            2 => session::<App>(&mut card, channel).read_data(&full, 0, 0).is_err(),
            3 => session::<App>(&mut card, channel).read_data(&full, 3, 50).is_err(),
            4 => session::<Picc>(&mut card, channel).application_ids().is_err(),
            _ => {
                let mut session = Session::<Picc, Public>::open(&mut card);
                drop(session.version());
                drop(session.application_ids());
                let key = CardKey::zero_aes();
                session.authenticate(Opening::Ev2First, key_no(0), &key, &[7; 16]).is_err()
            }
        };
        prop_assert!(failed, "{:?}", shown);
    }
}

/// Asks everything that may be asked without an authentication of a card that never ends its
/// answers, and tells how often each question was sent and what came of it.
fn endless(reply: &str) -> Vec<(usize, Error)> {
    fn ask<L: Level>(
        reply: &str,
        ask: impl FnOnce(&mut Session<'_, L, Public>) -> Option<Error>,
    ) -> (usize, Error) {
        let mut card = Parrot::new(reply);
        let error = ask(&mut Session::at(at::<L>(&mut card))).unwrap();
        (card.asked, error)
    }
    let key = CardKey::zero(KeyType::Aes);
    let mut asked = vec![
        ask::<Picc>(reply, |picc| picc.version().err()),
        ask::<Picc>(reply, |picc| picc.application_ids().err()),
        ask::<Picc>(reply, |picc| picc.df_names().err()),
        ask::<Picc>(reply, |picc| picc.free_memory().err()),
        ask::<App>(reply, |app| app.file_ids().err()),
        ask::<App>(reply, |app| app.iso_file_ids().err()),
        ask::<App>(reply, |app| app.file_settings(FileNo::new(5).unwrap()).err()),
        ask::<App>(reply, |app| app.key_settings().err()),
        ask::<App>(reply, |app| app.key_version(key_no(0)).err()),
        ask::<App>(reply, |app| app.read_data(&file(false, true, CommMode::Plain), 0, 32).err()),
    ];
    for opening in [Opening::Aes, Opening::Ev2First] {
        let mut card = Parrot::new(reply);
        let opened = Session::<App, Public>::at(at::<App>(&mut card)).authenticate(
            opening,
            key_no(0),
            &key,
            &[7; 16],
        );
        let error = opened.map(drop).map_err(|failed| failed.error).unwrap_err();
        asked.push((card.asked, error));
    }
    asked
}

#[test]
fn a_card_that_goes_on_for_ever_is_left_at_the_end_of_any_reply() {
    for reply in ["42 91AF", "91AF", "1122334455667788 91AF"] {
        for (asked, error) in endless(reply) {
            let of = |ins| matches!(error, Error::Misbehaved { command, .. } if command == ins);
            let lists =
                [(Ins::GetDfNames, 1026), (Ins::GetApplicationIds, 621), (Ins::GetIsoFileIds, 20)];
            let most = lists.into_iter().find(|(ins, _)| of(*ins)).map_or(32, |(_, most)| most);
            assert!(asked <= most, "{asked} exchanges: {error}");
        }
    }
    // One byte a frame, which the bytes alone would allow 53 times.
    let how = Misbehaviour::Frames { limit: 12 };
    let version = Error::Misbehaved { command: Ins::GetVersion, how };
    assert_eq!(endless("42 91AF").first(), Some(&(12, version)));
}
