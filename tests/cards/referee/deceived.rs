// SPDX-License-Identifier: MIT OR Apache-2.0
//! Deceits that once succeeded, each by itself.

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::{Encoded, Outcome};
use cardwright::iso14443::{RealUid, Uid as Shown};
use cardwright::transport::{InField, LinkError, ReplyBuf, Transport};
use cardwright::wire::Messaging;

use super::parts::handshake::BEGINNINGS;
use super::parts::judge::look;
use super::parts::man::{Answer, changes, raw};
use super::parts::trial::Trial;
use super::parts::tricks::{Ploy, Trick};
use super::parts::world::{
    Case, Combination, Life, OTHER_UID, UID, combinations, encoder, find, finished, whole_job,
};

/// A card behind somebody who does one thing to the conversation.
struct Behind<'c, F> {
    card: &'c mut SoftCard,
    shows: Option<Shown>,
    act: F,
}

impl<F: FnMut(&mut SoftCard, &[u8]) -> Answer> Transport for Behind<'_, F> {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        let answer = (self.act)(self.card, command)?;
        reply.clear();
        reply.try_extend_from_slice(&answer).map_err(|_| LinkError::AnswerTooLong)
    }

    fn uid_in_field(&mut self) -> Result<Option<Shown>, LinkError> {
        Ok(Some(self.shows.clone().unwrap_or_else(|| self.card.uid())))
    }

    fn is_software(&self) -> bool {
        true
    }
}

/// Does the case's task with a card, whose UID is shown as it is or as another.
fn present(
    case: &Case,
    card: &mut SoftCard,
    shows: Option<Shown>,
    act: impl FnMut(&mut SoftCard, &[u8]) -> Answer,
) -> Encoded {
    card.reset();
    let uid = shows.clone().unwrap_or_else(|| card.uid());
    let mut behind = Behind { card, shows, act };
    encoder(&case.job).encode(InField::new(uid, &mut behind), &case.record)
}

/// What is wrong with a card that is called done.
fn deceit(case: &Case, card: &SoftCard, outcome: &Outcome) -> Option<String> {
    let seen = look(card, &case.sheet, UID);
    let odd = seen.into_iter().find(|line| !case.wanted.contains(line));
    odd.filter(|_| finished(outcome))
}

/// A card of each kind of layout, in the messaging that it is given first.
const CARDS: [(&str, Model, Messaging); 4] = [
    ("door", Model::Ev1_4k, Messaging::Ev1),
    ("door", Model::Ev2_4k, Messaging::Ev2),
    ("door", Model::Ev3_4k, Messaging::Ev2),
    ("fixed", Model::Test, Messaging::Ev2),
];

const DOORS: [(Model, Messaging); 3] = [
    (Model::Ev1_4k, Messaging::Ev1),
    (Model::Ev2_4k, Messaging::Ev2),
    (Model::Ev3_4k, Messaging::Ev2),
];

/// Nothing but a bare 9100 answers the change of a session's own key. Presented again, the card is
/// made to show the versions that it should have.
#[test]
fn own_keys_whose_changes_never_reach_the_card_are_not_done() {
    // All own keys of a card, or those of its applications only.
    let profiles = [("door", false), ("door-mac", false), ("door-mac", true)];
    let doors = profiles.into_iter().flat_map(|of| DOORS.map(|door| (of, door)));
    for ((profile, spares_first), (model, messaging)) in doors {
        let mut first = spares_first;
        let case = find(profile, model, messaging, Life::Make);
        let mut card = case.start.clone();
        let mut key_no = 0;
        let encoded = present(case, &mut card, None, |card, command| {
            if BEGINNINGS.contains(&command[1]) {
                key_no = command[5];
            }
            let own = command[1] == 0xC4 && command[5] & 0x3F == key_no;
            let passes = !own || core::mem::take(&mut first);
            if passes { raw(card, command) } else { Ok(vec![0x91, 0x00]) }
        });
        assert_eq!(deceit(case, &card, &encoded.outcome), None, "{case}");
        let again = present(case, &mut card, None, |card, command| {
            let mut reply = raw(card, command)?;
            if command[1] == 0x64 && reply.len() == 3 {
                reply[0] = 0x01;
            }
            Ok(reply)
        });
        assert_eq!(deceit(case, &card, &again.outcome), None, "{case}");
    }
}

/// Whoever knows the key of the session puts his own key into any change of a key, with the same
/// version, and lets everything else pass.
#[test]
fn a_key_that_somebody_put_in_under_a_public_key_is_not_done() {
    for (profile, model, messaging) in CARDS {
        let case = find(profile, model, messaging, Life::Make);
        for at in 0..case.replies.len() {
            let ploy = Ploy { trick: Trick::OwnKey, at, lasting: false, turn: 0 };
            let trial = Trial { seed: 0, case, before: Vec::new(), ploys: vec![ploy] };
            assert_eq!(trial.play().deceit, None, "{trial}");
        }
    }
}

/// Whoever turns the lowest bit of a byte of a DES key gives it another version, by which no card is known
/// again, and it opens all the same.
#[test]
fn a_key_whose_version_somebody_turned_under_a_public_key_is_not_done() {
    let case = find("fleet", Model::Ev3_8k, Messaging::Ev1, Life::Make);
    for at in 0..case.replies.len() {
        let ploy = Ploy { trick: Trick::Reseal, at, lasting: false, turn: 0x919C_52A3 };
        let trial = Trial { seed: 0, case, before: Vec::new(), ploys: vec![ploy] };
        assert_eq!(trial.play().deceit, None, "{trial}");
    }
}

/// Torn before it had a key 0 of its own, a card with a fixed layout is brought back in sessions of zeros:
/// whatever somebody keeps from it, changes on its way or puts in there, it is not called blank, nor is it
/// when it comes again and nobody is there.
#[test]
fn what_never_reached_a_card_with_zero_keys_is_not_blank() {
    let mut played = 0;
    for (profile, model) in [("fixed", Model::Test), ("badge", Model::Ntag424)] {
        let of = combinations().iter().filter(|one| one.is(profile, model));
        let cases: Vec<_> = of.flat_map(Combination::cases).collect();
        for case in cases.iter().filter(|case| case.life == Life::RecycleTorn && case.is_open()) {
            for at in 0..case.replies.len() {
                for trick in [Trick::SealedSwallow, Trick::OwnKey, Trick::Reseal] {
                    let ploy = Ploy { trick, at, lasting: false, turn: 0 };
                    let never = Ploy { at: usize::MAX, ..ploy };
                    for (before, now) in [(Vec::new(), ploy), (vec![ploy], never)] {
                        let trial = Trial { seed: 0, case, before, ploys: vec![now] };
                        assert_eq!(trial.play().deceit, None, "{trial}");
                        played += 1;
                    }
                }
            }
        }
    }
    assert!(played > 200, "{played}");
}

/// In D40 messaging no reply of a changing command carries anything: one after the other is
/// swallowed, or reaches the card with any bit turned; nor is one done that nobody looks at.
#[test]
fn a_change_in_d40_messaging_that_never_reached_the_card_is_not_done() {
    let models = [Model::D40_4k, Model::Ev1_4k];
    let bits = [("legacy", 240), ("legacy-mac", 16), ("legacy-key", 16)];
    for (model, (profile, bits)) in models.into_iter().flat_map(|model| bits.map(|of| (model, of)))
    {
        let case = find(profile, model, Messaging::D40, Life::Make);
        for at in 0..case.replies.len() {
            for bit in core::iter::once(None).chain((8..bits).map(Some)) {
                let mut card = case.start.clone();
                let mut count = 0;
                let encoded = present(case, &mut card, None, |card, command| {
                    count += 1;
                    if count != at + 1 || !changes(command[1]) {
                        return raw(card, command);
                    }
                    let Some(bit) = bit else { return Ok(vec![0x91, 0x00]) };
                    let mut command = command.to_vec();
                    if let Some(byte) = command.get_mut(bit / 8) {
                        *byte ^= 1 << (bit % 8);
                    }
                    raw(card, &command)
                });
                let deceit = deceit(case, &card, &encoded.outcome);
                assert_eq!(deceit, None, "{case}, exchange {at}, bit {bit:?}");
            }
        }
    }
}

/// A blank card of the same UID takes the first one's place at any exchange, and with that all that
/// comes after it and that no MAC ties to what came before.
#[test]
fn a_card_that_is_swapped_for_a_blank_one_of_its_uid_is_not_done() {
    let turn = (0..64).find(|&turn| Ploy { turn, ..SWAP }.pick(0, 3) == 2).unwrap();
    let legacy = [Model::D40_4k, Model::Ev1_4k].map(|model| ("legacy", model, Messaging::D40));
    let first = CARDS.into_iter().chain(legacy);
    let first =
        first.map(|(profile, model, messaging)| find(profile, model, messaging, Life::Make));
    let last = combinations()
        .iter()
        .flat_map(Combination::cases)
        .filter(|case| case.sheet.is_keyed_last() && matches!(case.life, Life::Make | Life::Mend));
    let mut keyed_last = 0;
    for case in first.chain(last) {
        keyed_last += usize::from(case.sheet.is_keyed_last());
        for at in 1..case.replies.len() {
            let ploys = vec![Ploy { at, turn, ..SWAP }];
            let trial = Trial { seed: 0, case, before: Vec::new(), ploys };
            assert_eq!(trial.play().deceit, None, "{trial}");
        }
    }
    assert!(keyed_last >= 4, "{keyed_last}");
}

/// A finished card takes the place of another that hides its UID too, before anything is changed: what
/// was put together for the first one does not come onto it.
#[test]
fn a_card_that_hides_its_uid_and_is_swapped_for_another_is_not_done() {
    let turn = (0..64).find(|&turn| Ploy { turn, ..SWAP }.pick(0, 3) == 1).unwrap();
    for (model, messaging) in DOORS {
        let case = find("directory", model, messaging, Life::Update);
        for at in 1..case.replies.len() {
            let ploys = vec![Ploy { at, turn, ..SWAP }];
            let trial = Trial { seed: 0, case, before: Vec::new(), ploys };
            assert_eq!(trial.play().deceit, None, "{trial}");
        }
    }
}

const SWAP: Ploy = Ploy { trick: Trick::Swap, at: 0, lasting: false, turn: 0 };

/// An EV3 card that is made to say that it is an EV1 card is not encoded in the messaging of one.
#[test]
fn a_card_that_claims_another_generation_is_not_done_in_the_messaging_of_that() {
    let case = find("door", Model::Ev3_4k, Messaging::Ev2, Life::Make);
    // The profile's own list of messagings, EV2 first.
    let job = whole_job("door");
    let mut card = case.start.clone();
    let mut frame = 0;
    let uid = card.uid();
    let act = |card: &mut SoftCard, command: &[u8]| {
        frame = match command[1] {
            0x60 => 1,
            0xAF => frame + 1,
            _ => 9,
        };
        let mut reply = raw(card, command)?;
        // The last of its frames in a session ends with a MAC, which nobody can make.
        if matches!(frame, 1 | 2) && reply.len() == 9 {
            let versions = if frame == 1 { [0x01, 0x00] } else { [0x01, 0x04] };
            reply[3..5].copy_from_slice(&versions);
        }
        Ok(reply)
    };
    let mut behind = Behind { card: &mut card, shows: None, act };
    let encoded = encoder(&job).encode(InField::new(uid, &mut behind), &case.record);
    assert!(!finished(&encoded.outcome), "{:?} {:?}", encoded.outcome, encoded.receipt.messaging);
}

/// Whoever refuses one EV2 session in the card's place, or all of them, gets what EV1 messaging
/// proves, and a receipt that tells it; whoever does so once EV2 was spoken gets nothing.
#[test]
fn a_card_that_refuses_ev2_is_done_in_another_messaging_only_if_the_receipt_says_so() {
    let mut told = 0;
    for life in [Life::Make, Life::Mend, Life::Again, Life::Rekey, Life::Update, Life::Verify] {
        let case = find("door", Model::Ev3_4k, Messaging::Ev2, life);
        for (at, lasting) in (0..case.replies.len()).flat_map(|at| [(at, false), (at, true)]) {
            let ploys = vec![Ploy { trick: Trick::NoEv2, at, lasting, turn: 0 }];
            let trial = Trial { seed: 0, case, before: Vec::new(), ploys };
            let end = trial.play();
            assert_eq!(end.deceit, None, "{trial}");
            let refused = end.encoded.receipt.messaging_refused.is_some();
            told += usize::from(refused && finished(&end.encoded.outcome));
        }
    }
    assert!(told >= 12, "{told} cards done in another messaging");
}

/// Whoever can make up all that is said under the factory's key has the PICC key, or key 0 where there
/// is none above it, made for the UID that he shows. Only the card itself, in a session of that key, names the one that it has.
#[test]
fn a_card_that_bears_the_key_of_another_uid_is_not_done() {
    for (profile, model, messaging) in CARDS {
        let case = find(profile, model, messaging, Life::Make);
        let mut card = case.start.clone();
        let shows = Some(Shown::Real(RealUid::new(UID)));
        let mut keyed = false;
        let encoded = present(case, &mut card, shows, |card, command| {
            // The key that the card is known by.
            if command[1] == 0xC4 && command[5] & 0x3F == 0 && !keyed {
                keyed = true;
                let reply = raw(card, command);
                let mut state: serde_json::Value = serde_json::from_slice(&card.save()).unwrap();
                state["uid"] = hex::encode_upper(OTHER_UID).into();
                *card = SoftCard::restore(state.to_string().as_bytes(), 1).unwrap();
                return reply;
            }
            raw(card, command)
        });
        assert!(keyed && !finished(&encoded.outcome), "{case}: {:?}", encoded.outcome);
        assert!(encoded.receipt.keyed, "{case}");
    }
}

/// A reader or a relay that shows another UID gets no keys that are made of that one onto a card.
#[test]
fn a_card_that_is_shown_with_another_uid_is_not_done() {
    for (profile, model, messaging) in CARDS {
        let case = find(profile, model, messaging, Life::Make);
        let mut card = case.start.clone();
        let mut frame = 0;
        let shows = Some(Shown::Real(RealUid::new(OTHER_UID)));
        let encoded = present(case, &mut card, shows, |card, command| {
            frame = match command[1] {
                0x60 => 1,
                0xAF => frame + 1,
                _ => 9,
            };
            let mut reply = raw(card, command)?;
            if frame == 3 && reply.len() == 16 {
                reply[..7].copy_from_slice(&OTHER_UID);
            }
            Ok(reply)
        });
        assert!(!finished(&encoded.outcome), "{case}: {:?}", encoded.outcome);
    }
}
