// SPDX-License-Identifier: MIT OR Apache-2.0
//! Proximity checks against scripts: the exchange that was published with Proxmark3 (its MACs were computed outside
//! of this crate), and cards that misbehave.

use super::*;
use crate::host::channel::{Channel, Ev2};
use crate::host::session::{App, Picc};
use crate::host::testing::{Script, array, text, vectors};
use crate::host::tests::secure;
use crate::wire::KeyVersion;

const PREPARE: (&str, &str) = ("90F0000000", "01032000 9190");
const CHALLENGE: &str = "445906FD45C5E3B9";
const ANSWER: &str = "462B377241472932";
const PROOF: &str = "90FD0000085CF5C533A52ECB7D00";
const PROVEN: &str = "896618422F5F89DB 9190";

fn key() -> CardKey {
    CardKey::aes(&[0; 16], KeyVersion(0))
}

/// A clock that goes on by so much each time that it is asked.
fn clock(step: Duration) -> impl FnMut() -> Duration {
    let mut now = Duration::ZERO;
    move || {
        now += step;
        now
    }
}

/// What the script does after PreparePC with rounds of so many bytes.
fn rounds(bytes: usize) -> Vec<(String, String)> {
    let digits = 2 * bytes;
    let pieces = CHALLENGE.as_bytes().chunks(digits).zip(ANSWER.as_bytes().chunks(digits));
    pieces
        .map(|(sent, had)| {
            let [sent, had] = [sent, had].map(|piece| core::str::from_utf8(piece).unwrap());
            (format!("90F20000{:02X}{bytes:02X}{sent}00", bytes + 1), format!("{had}9190"))
        })
        .collect()
}

fn published() -> Script {
    let mut script = Script::new([PREPARE]);
    script.extend(rounds(1));
    script.extend([(PROOF, PROVEN)]);
    script
}

fn check(script: &mut Script, rounds: Rounds) -> Result<Proximity, Error> {
    let challenge = array(CHALLENGE);
    let checked = Session::open(script).proximity_check(
        &key(),
        &challenge,
        rounds,
        &mut clock(Duration::from_micros(700)),
    );
    checked.map(|checked| checked.proximity).map_err(Error::from)
}

/// Against the card of the log, byte for byte; what it prepares is the capture of a factory EV3.
#[test]
fn the_published_exchange_is_proven() {
    let [capture] = &vectors("ev2-more", "name", "hw-ev3-preparepc-plain")[..] else {
        panic!("one")
    };
    let [step] = &capture["inputs"]["steps"].as_array().unwrap()[..] else { panic!("one") };
    let prepared = format!("{}91{}", text(&step["recv"]), text(&step["sw"]));
    assert_eq!(prepared, PREPARE.1.replace(' ', ""));

    let mut script = published();
    let proximity = check(&mut script, Rounds::Eight).unwrap();
    script.assert_used_up();
    let told = &capture["expected"]["decoded"];
    assert_eq!([text(&told["pub_resp_time"]), text(&told["pps1"])], ["0320", "00"]);
    assert_eq!(proximity.response_time, Duration::from_micros(0x0320));
    assert_eq!(proximity.bit_rate, Some(0x00));
    assert_eq!(proximity.times[..], [Duration::from_micros(700); 8]);
    assert!(proximity.in_time());
    let late = Proximity { response_time: Duration::from_micros(699), ..proximity };
    assert!(!late.in_time());
    // One round is enough to be late.
    let mut once = Proximity { response_time: Duration::from_micros(700), ..late };
    assert!(once.in_time());
    once.times[3] = Duration::from_micros(701);
    assert!(!once.in_time());
}

/// Each round's bytes of the card stand before the host's, whatever its length: computed with the CMAC of
/// another library (Python `cryptography`).
#[test]
fn rounds_of_every_length_go_under_the_mac_as_they_were() {
    for (kind, bytes, proof, proven) in [
        (Rounds::One, 8, "ADE568A2AC047259", "BEB4465312AAD7CF"),
        (Rounds::Two, 4, "C94559EFA1307A11", "9D7E544C43151138"),
        (Rounds::Four, 2, "C6DC0D4A63DE675C", "79F707DCCE8FFF69"),
    ] {
        let mut script = Script::new([PREPARE]);
        script.extend(rounds(bytes));
        script.extend([(format!("90FD000008{proof}00"), format!("{proven}9190"))]);
        assert!(check(&mut script, kind).is_ok(), "{kind:?}");
        script.assert_used_up();
    }
}

/// A card that tells no bit rate, and answers with status `00`.
#[test]
fn without_a_bit_rate_the_mac_has_none() {
    let mut script = Script::new([("90F0000000", "00012C 9100")]);
    script.extend(rounds(8));
    script.extend([("90FD000008D82AA69D0E9DE02600", "7C536E10ABFC4D23 9100")]);
    let proximity = check(&mut script, Rounds::One).unwrap();
    assert_eq!((proximity.bit_rate, proximity.response_time), (None, Duration::from_micros(300)));
}

#[test]
fn a_wrong_proof_of_the_card_is_refused_in_every_bit() {
    for bit in 0..64 {
        let mut proof: [u8; 8] = array("896618422F5F89DB");
        proof[bit / 8] ^= 1 << (bit % 8);
        let mut script = Script::new([PREPARE]);
        script.extend(rounds(1));
        script.extend([(PROOF, format!("{}9190", hex::encode(proof)))]);
        let error = check(&mut script, Rounds::Eight).unwrap_err();
        let how = Misbehaviour::Mac;
        assert_eq!(error, Error::Misbehaved { command: Ins::VerifyPc, how });
    }
    // The host's own MAC sent back is none.
    let mut script = Script::new([PREPARE]);
    script.extend(rounds(1));
    script.extend([(PROOF, "5CF5C533A52ECB7D9190")]);
    assert!(check(&mut script, Rounds::Eight).is_err());
}

/// Whatever does not have its length, and nothing is sent after it.
#[test]
fn replies_of_wrong_lengths_end_it() {
    for told in ["9190", "0103209190", "00032000 9190", "0103200000 9190", "01 9190"] {
        let mut script = Script::new([("90F0000000", told)]);
        let error = check(&mut script, Rounds::Eight).unwrap_err();
        assert!(matches!(error, Error::Misbehaved { command: Ins::PreparePc, .. }), "{told}");
    }
    for had in ["9190", "46 2B 9190", "9100"] {
        let mut script = Script::new([PREPARE, ("90F20000020144 00", had)]);
        let error = check(&mut script, Rounds::Eight).unwrap_err();
        assert!(matches!(error, Error::Misbehaved { command: Ins::ProximityCheck, .. }), "{had}");
    }
    for proof in ["9190", "896618422F5F89 9190", "896618422F5F89DB00 9190"] {
        let mut script = Script::new([PREPARE]);
        script.extend(rounds(1));
        script.extend([(PROOF, proof)]);
        let error = check(&mut script, Rounds::Eight).unwrap_err();
        assert!(matches!(error, Error::Misbehaved { command: Ins::VerifyPc, .. }), "{proof}");
    }
}

/// Refused before it and after it, the card can be spoken to; refused in between, it is left in a check.
#[test]
fn refusals_say_why_and_what_is_left() {
    let free = ("906E000000", "001F00 9100");
    let mut script = Script::new([("90F0000000", "910B"), free]);
    let failed = Session::open(&mut script)
        .proximity_check(&key(), &[7; 8], Rounds::One, &mut clock(Duration::ZERO))
        .unwrap_err();
    assert!(failed.to_string().ends_with("(inside of an application only?)"), "{failed}");
    assert!(failed.session.unwrap().free_memory().is_ok());

    for status in ["91AE", "910B", "910C"] {
        let mut script = Script::new([PREPARE]);
        script.extend(rounds(1));
        script.extend([(PROOF, status), free]);
        let checked = Session::open(&mut script).proximity_check(
            &key(),
            &array(CHALLENGE),
            Rounds::Eight,
            &mut clock(Duration::ZERO),
        );
        let failed = checked.unwrap_err();
        assert!(failed.to_string().ends_with("(another key?)"), "{failed}");
        assert!(failed.session.unwrap().free_memory().is_ok());
    }

    let mut script = Script::new([PREPARE, ("90F20000020144 00", "917E")]);
    let checked = Session::open(&mut script).proximity_check(
        &key(),
        &array(CHALLENGE),
        Rounds::Eight,
        &mut clock(Duration::ZERO),
    );
    assert!(checked.unwrap_err().session.is_none());
}

/// Of a key that is none, nothing is sent; of a session that was open, nothing is left.
#[test]
fn a_check_ends_the_session_of_a_key() {
    let checked = |script: &mut Script, key: &CardKey| {
        let [enc, mac] = ["11", "22"].map(|byte| byte.repeat(16));
        let channel = Ev2::recorded(&enc, &mac, "33445566", 1);
        let session = secure::<App>(script, 0, Channel::Ev2(channel));
        let challenge = array(CHALLENGE);
        let mut clock = clock(Duration::ZERO);
        let checked = session.proximity_check(key, &challenge, Rounds::Eight, &mut clock);
        checked.map(drop).map_err(Error::from)
    };
    let mut script = published();
    assert_eq!(checked(&mut script, &key()), Ok(()));
    script.assert_used_up();
    let mut none = Script::default();
    let wrong = checked(&mut none, &CardKey::factory());
    assert_eq!(wrong, Err(Misuse::KeyType.into()));
    let mut public = Script::default();
    let wrong = Session::<Picc, _>::open(&mut public).proximity_check(
        &CardKey::factory(),
        &[7; 8],
        Rounds::One,
        &mut clock(Duration::ZERO),
    );
    assert!(wrong.unwrap_err().session.is_some());
}
