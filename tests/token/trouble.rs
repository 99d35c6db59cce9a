// SPDX-License-Identifier: MIT OR Apache-2.0
//! Wrong PINs, and tokens that are not there, full, slow, or go away.

use std::sync::Arc;
use std::thread;
use std::time::Duration;

use cardwright::key::{IssuerKey, KeyError, MasterKey};
use cardwright::keys::Store;
use cardwright::keys::token::{PinSource, TokenError, TokenStore};
use cardwright::wire::KeyVersion;
use cryptoki::object::KeyType;

use crate::bed::{Bed, alone};
use crate::filled::{PIN, Token};

const LONG: Duration = Duration::from_secs(20);
const KEY: [u8; 16] = [0xC3; 16];

fn one(token: &Token) {
    token.key("one", 1, KeyType::AES, &KEY);
}

fn code(opened: Result<Arc<TokenStore>, TokenError>) -> &'static str {
    opened.map(|_| panic!("it opens")).unwrap_err().code().name()
}

/// What the key makes of a block.
fn made(key: &dyn IssuerKey) -> Result<[u8; 16], KeyError> {
    let mut block = [0x5A; 16];
    key.ecb(&mut block).map(|()| block)
}

#[track_caller]
fn works(key: &dyn IssuerKey) {
    assert_eq!(made(key), made(&MasterKey::aes(&KEY)));
}

#[test]
fn after_one_wrong_pin_there_is_no_second_login() {
    alone("trouble::after_one_wrong_pin_there_is_no_second_login", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        assert_eq!(code(bed.open_with("", "9999", LONG)), "token-wrong-pin");
        for pin in ["9999", PIN] {
            assert_eq!(code(bed.open_with("", pin, LONG)), "token-refused-before");
        }
        assert_eq!(bed.logins(), 1);
    });
}

#[test]
fn a_token_that_says_so_is_not_logged_in_to() {
    alone("trouble::a_token_that_says_so_is_not_logged_in_to", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        // CKF_USER_PIN_FINAL_TRY, _LOCKED, _TO_BE_CHANGED.
        for (flag, told) in [
            (0x0002_0000, "token-final-try"),
            (0x0004_0000, "token-locked"),
            (0x0008_0000, "token-expired"),
        ] {
            bed.script("flags", &flag.to_string());
            assert_eq!(code(bed.open_with("", PIN, LONG)), told);
        }
        assert_eq!(bed.logins(), 0);
        bed.unscript("flags");
        works(&*bed.open().issuer("one", KeyVersion(1)).unwrap());
    });
}

#[test]
fn which_token_is_meant_has_to_be_said() {
    alone("trouble::which_token_is_meant_has_to_be_said", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        bed.token("t", one);
        assert_eq!(code(bed.open_with("token=x", PIN, LONG)), "token-none");
        let Err(TokenError::SeveralTokens { serials }) = bed.open_with("token=t", PIN, LONG) else {
            panic!("both are called t")
        };
        for serial in serials {
            let store = bed.open_with(&format!("serial={serial}"), PIN, LONG).unwrap();
            assert_eq!((store.serial(), store.label()), (&*serial, "t"));
        }
        let missing = "pkcs11:?module-path=/nowhere/m.so".parse().unwrap();
        let error = TokenStore::open(&missing, &PinSource::None).unwrap_err();
        assert_eq!(error.code().name(), "token-no-module");
        let source = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/token/shim.c");
        let text = format!("pkcs11:?module-path={source}").parse().unwrap();
        let error = TokenStore::open(&text, &PinSource::None).unwrap_err();
        assert_eq!(error.code().name(), "token-module");
        let uri = bed.uri("token=t;slot-id=987654321");
        let error = TokenStore::open(&uri, &PinSource::None).unwrap_err();
        assert_eq!(error.code().name(), "token-none");
    });
}

#[test]
fn the_pin_comes_from_a_file_that_its_owner_alone_reads_or_from_the_environment() {
    use std::fs::{Permissions, set_permissions, write};
    use std::os::unix::fs::PermissionsExt;
    let name =
        "trouble::the_pin_comes_from_a_file_that_its_owner_alone_reads_or_from_the_environment";
    alone(name, &[("THE_PIN", PIN)], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        let open = |source: PinSource| TokenStore::open(&bed.uri(""), &source).map(Arc::new);
        let file = bed.folder.join("pin");
        write(&file, format!("{PIN}\nanother line\n")).unwrap();
        set_permissions(&file, Permissions::from_mode(0o644)).unwrap();
        assert_eq!(code(open(PinSource::File(file.clone()))), "token-pin");
        set_permissions(&file, Permissions::from_mode(0o600)).unwrap();
        works(&*open(PinSource::File(file.clone())).unwrap().issuer("one", KeyVersion(1)).unwrap());
        for none in ["", "\n", &"1".repeat(300)] {
            write(&file, none).unwrap();
            assert_eq!(code(open(PinSource::File(file.clone()))), "token-pin");
        }
        assert!(open(PinSource::Environment("THE_PIN".to_owned())).is_ok());
        for none in [
            PinSource::None,
            PinSource::Environment("NO_PIN".to_owned()),
            PinSource::File(bed.folder.join("no pin")),
            PinSource::Ask(Box::new(|label| {
                assert_eq!(label, "t");
                None
            })),
        ] {
            assert_eq!(code(open(none)), "token-pin");
        }
        assert_eq!(bed.logins(), 2);
    });
}

/// Calls from this many threads at once.
fn many(store: &Arc<TokenStore>, threads: usize) {
    let key = store.issuer("one", KeyVersion(1)).unwrap();
    thread::scope(|scope| {
        for _ in 0..threads {
            scope.spawn(|| (0..20).for_each(|_| works(&*key)));
        }
    });
}

#[test]
fn readers_share_what_sessions_there_are() {
    alone("trouble::readers_share_what_sessions_there_are", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        for most in ["1", "3", "100"] {
            bed.script("sessions", most);
            many(&bed.open(), 8);
        }
        bed.script("sessions", "0");
        assert_eq!(code(bed.open_with("", PIN, LONG)), "token-sessions");
    });
}

#[test]
fn a_slow_token_does_not_hold_its_caller() {
    alone("trouble::a_slow_token_does_not_hold_its_caller", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        let store = bed.open_with("", PIN, Duration::from_millis(700)).unwrap();
        let key = store.issuer("one", KeyVersion(1)).unwrap();
        bed.script("slow", "1500");
        assert_eq!(made(&*key), Err(KeyError::TimedOut));
        bed.unscript("slow");
        works(&*key);
        assert_eq!(bed.logins(), 1);
    });
}

/// Whoever gives up leaves no call behind in the module, in which the process would end.
#[test]
fn a_token_that_is_slow_from_the_first_is_told_as_slow() {
    alone("trouble::a_token_that_is_slow_from_the_first_is_told_as_slow", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        for (what, logins) in [("slow-to-tell", 0), ("slow-to-log-in", 1)] {
            bed.script(what, "400");
            assert_eq!(code(bed.open_with("", PIN, Duration::from_millis(150))), "token-slow");
            assert_eq!(bed.logins(), logins, "{what}");
            bed.unscript(what);
        }
        let key = bed.open().issuer("one", KeyVersion(1)).unwrap();
        works(&*key);
        drop(key);
        bed.script("slow-to-tell", "400");
        assert_eq!(code(bed.open_with("", PIN, Duration::from_millis(150))), "token-slow");
    });
}

/// A token that is away, and comes back after so long.
fn away(bed: &Bed, back: Duration, while_away: impl FnOnce()) {
    bed.script("gone", "1");
    thread::scope(|scope| {
        scope.spawn(|| {
            thread::sleep(back);
            bed.unscript("gone");
        });
        while_away();
    });
}

#[test]
fn a_token_that_comes_back_is_logged_in_to_again() {
    alone("trouble::a_token_that_comes_back_is_logged_in_to_again", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        let store = bed.open();
        let key = store.issuer("one", KeyVersion(1)).unwrap();
        works(&*key);
        for time in 0..3 {
            away(&bed, Duration::from_millis(300), || many(&store, 4));
            assert_eq!(bed.logins(), 2 + time);
        }
    });
}

#[test]
fn a_token_that_stays_away_is_told_as_away() {
    alone("trouble::a_token_that_stays_away_is_told_as_away", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        let store = bed.open_with("", PIN, Duration::from_secs(1)).unwrap();
        let key = store.issuer("one", KeyVersion(1)).unwrap();
        bed.script("gone", "1");
        assert_eq!(made(&*key), Err(KeyError::Away));
        assert_eq!(store.issuer("other", KeyVersion(1)).map(drop), Err(KeyError::Away));
        bed.unscript("gone");
        works(&*key);
        let before = bed.logins();
        // What says of itself that it is locked by now is not tried again.
        bed.script("flags", "262144");
        bed.script("gone", "1");
        assert_eq!(made(&*key), Err(KeyError::Away));
        bed.unscript("gone");
        assert_eq!(made(&*key), Err(KeyError::Refused));
        assert_eq!(bed.logins(), before);
    });
}

/// A token is logged in to by the process: a second login would be none.
#[test]
fn a_token_that_is_open_is_opened_again_with_its_own_pin_alone() {
    alone("trouble::a_token_that_is_open_is_opened_again_with_its_own_pin_alone", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", one);
        let first = bed.open();
        for pin in ["9999", "24680", "246", "2469", "9999"] {
            let error = bed.open_with("", pin, LONG).map(drop).unwrap_err();
            assert!(matches!(error, TokenError::OtherPin), "{error:?}");
            assert_eq!(error.code().name(), "token-wrong-pin");
            let line = error.to_string();
            assert!(line.contains("was not asked") && line.lines().count() == 1, "{line}");
        }
        // The token knows nothing of it, and nothing is locked.
        assert_eq!(bed.logins(), 1);
        let second = bed.open();
        for store in [&first, &second] {
            works(&*store.issuer("one", KeyVersion(1)).unwrap());
        }
        // The first is closed: the second has it open still, and knows its PIN.
        drop(first);
        assert_eq!(code(bed.open_with("", "9999", LONG)), "token-wrong-pin");
        assert_eq!(bed.logins(), 2);
        let key = second.issuer("one", KeyVersion(1)).unwrap();
        away(&bed, Duration::from_millis(300), || works(&*key));
        assert_eq!(code(bed.open_with("", "9999", LONG)), "token-wrong-pin");
        // Open nowhere, the token judges itself, once.
        drop((key, second));
        assert!(matches!(bed.open_with("", "9999", LONG), Err(TokenError::WrongPin)));
        assert_eq!(code(bed.open_with("", PIN, LONG)), "token-refused-before");
    });
}
