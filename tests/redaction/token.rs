// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in a token: neither they nor its PIN show, whether it is there, refuses, or goes away. Of the tests of
//! tokens.

use std::fs::{Permissions, set_permissions, write};
use std::os::unix::fs::PermissionsExt as _;
use std::panic::{AssertUnwindSafe, catch_unwind};
use std::sync::Arc;
use std::time::Duration;

use cardwright::emulator::Model;
use cardwright::encode::{Job, Outcome, OutcomeName};
use cardwright::key::{CheckValue, KeyError};
use cardwright::keys::Store;
use cardwright::keys::token::{PinSource, TokenError, TokenStore};
use cardwright::profile::Profile;
use cardwright::wire::KeyVersion;

use super::canary::Canaries;
use super::log::Log;
use super::observed::observed;
use super::world::{self, AID, OTHER_UID, PROFILE, READ, UID, card, key_file, records};
use crate::bed::{Bed, overheard};
use crate::common::reader::diversified;
use crate::filled::Token;

const PIN: &str = "kumquat 59 vermicelli";
const WRONG: &str = "rutabaga 71 macaroons";

/// Everything of the world's, and the PINs.
fn canaries() -> Canaries {
    let mut canaries = world::canaries();
    for pin in [PIN, WRONG] {
        canaries.text("a PIN", pin);
        for half in [pin.split_at(11).0, pin.split_at(9).1] {
            canaries.text("half of a PIN", half);
        }
    }
    for uid in [UID, OTHER_UID] {
        let input = [&uid[..], &AID].concat();
        canaries.bytes("a card's key for reading", &diversified(READ, &input));
    }
    canaries
}

/// The profile, with no key that would have to leave the token.
fn job(store: &TokenStore) -> Job {
    let old = "read = { ref = \"read\", version = 3 }";
    let new = "read = { ref = \"read\", version = 3, \
               diversify = { scheme = \"an10922\", input = [\"uid\", \"aid\"] } }";
    let text = PROFILE.replacen(old, new, 1);
    assert_ne!(text, PROFILE);
    Job::new(Profile::parse(&text).unwrap(), store).unwrap()
}

fn filled(label: &str) {
    Token::with_pin(label, PIN).keys_of(&key_file());
}

/// What every thread logs, to the end of the process.
fn logged() -> Log {
    let log = Log::default();
    tracing::subscriber::set_global_default(log.clone()).unwrap();
    log
}

/// What is the matter, with nothing in it; and told once more by a panic, whose words the other process looks at.
#[track_caller]
fn told<T>(canaries: &Canaries, result: Result<T, TokenError>) -> TokenError {
    let error = result.map(drop).unwrap_err();
    canaries.absent_from_error("why a token is not opened", &error);
    assert!(catch_unwind(AssertUnwindSafe(|| panic!("{error:?}: {error}"))).is_err());
    error
}

fn opened(bed: &Bed, source: &PinSource) -> Result<Arc<TokenStore>, TokenError> {
    TokenStore::open_within(&bed.uri("token=first"), source, Duration::from_secs(2)).map(Arc::new)
}

#[test]
fn cards_made_with_keys_in_a_token_show_nothing() {
    let name = "redaction::token::cards_made_with_keys_in_a_token_show_nothing";
    let canaries = canaries();
    let made = |bed: Bed| {
        let (bed, log) = (bed.scripted(), logged());
        filled("first");
        let store = bed.open_with("token=first", PIN, Duration::from_secs(2)).unwrap();
        canaries.absent_from_debug("a URI", &bed.uri("token=first"));
        shown(&canaries, &store);
        let job = job(&store);
        canaries.absent_from_debug("a job", &job);
        canaries.absent_from_debug("how its keys work", &job.ways());
        let (mut card, records) = (card(Model::Ev2_8k), records(&job));
        for (record, outcome) in
            [(0, OutcomeName::Done), (0, OutcomeName::AlreadyDone), (1, OutcomeName::Refused)]
        {
            card.reset();
            let uid = card.uid();
            let encoded = observed(&canaries, &job, uid, &mut card, &records[record]);
            assert_eq!(encoded.receipt.outcome, outcome, "{:?}", encoded.outcome);
        }
        bed.script("gone", "1");
        card.reset();
        let uid = card.uid();
        let encoded = observed(&canaries, &job, uid, &mut card, &records[0]);
        assert!(matches!(encoded.outcome, Outcome::Failed(_)), "{:?}", encoded.outcome);
        let error = store.issuer("nothing", KeyVersion(1)).map(drop).unwrap_err();
        assert_eq!(error, KeyError::Away);
        canaries.absent_from_error("a token that is away", &error);
        bed.unscript("gone");
        let error = store.issuer("nothing", KeyVersion(1)).map(drop).unwrap_err();
        canaries.absent_from_error("a key that is not there", &error);
        let error = Job::new(world::profile(), &*store).map(drop).unwrap_err();
        canaries.absent_from_error("a key that would have to leave the token", &error);
        let (store, whole) = (AssertUnwindSafe(&store), AssertUnwindSafe(&job));
        assert!(catch_unwind(move || panic!("{:?} {:?} {error:?}", *store, *whole)).is_err());
        let log = log.0.lock().unwrap().clone();
        assert!(log.contains("the token went away") && log.contains("the token is back"), "{log}");
        canaries.absent_from("a log", &log);
    };
    overheard(name, &[], made, |said| {
        assert!(said.contains("TokenStore"), "{said}");
        canaries.absent_from("what the process says", said);
    });
}

/// The store, and what it hands out.
fn shown(canaries: &Canaries, store: &Arc<TokenStore>) {
    canaries.absent_from_debug("a store", store);
    let names = store.names();
    assert_eq!(names.len(), 6);
    for (name, version) in names {
        let key = store.issuer(&name, version).unwrap();
        canaries.absent_from_debug("a key", &key);
        canaries.absent_from_debug("its check value", &CheckValue::of(&*key).unwrap());
        canaries.absent_from_debug("itself", &key.itself().map(drop));
    }
    canaries.absent_from_debug("a receipt key", &store.receipt_key().unwrap());
}

#[test]
fn a_pin_that_is_not_taken_is_not_quoted() {
    let name = "redaction::token::a_pin_that_is_not_taken_is_not_quoted";
    let canaries = canaries();
    let refused = |bed: Bed| {
        let (bed, log) = (bed.scripted(), logged());
        filled("first");
        let file = bed.folder.join("pin");
        write(&file, PIN).unwrap();
        set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        told(&canaries, opened(&bed, &PinSource::File(file.clone())));
        set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        for none in [PIN.repeat(20), format!("{PIN}\t{PIN}"), format!("\n{PIN}")] {
            write(&file, &none).unwrap();
            told(&canaries, opened(&bed, &PinSource::File(file.clone())));
        }
        write(&file, [PIN.as_bytes(), &[0xFF]].concat()).unwrap();
        told(&canaries, opened(&bed, &PinSource::File(file.clone())));
        told(&canaries, opened(&bed, &PinSource::Environment("LONG_PIN".to_owned())));
        let asked = |pin: &str| {
            let pin = pin.to_owned();
            PinSource::Ask(Box::new(move |_| Some(pin.clone().into())))
        };
        told(&canaries, opened(&bed, &asked(&format!("{PIN}\n"))));
        for source in [PinSource::File(file), asked(PIN)] {
            canaries.absent_from_debug("where a PIN comes from", &source);
        }
        let error = told(&canaries, opened(&bed, &asked(WRONG)));
        assert!(matches!(error, TokenError::WrongPin), "{error:?}");
        let error = told(&canaries, opened(&bed, &asked(PIN)));
        assert!(matches!(error, TokenError::RefusedBefore), "{error:?}");
        canaries.absent_from("a log", &log.0.lock().unwrap().clone());
    };
    overheard(name, &[("LONG_PIN", &PIN.repeat(20))], refused, |said| {
        assert!(said.contains("the token refused the PIN"), "{said}");
        canaries.absent_from("what the process says", said);
    });
}
