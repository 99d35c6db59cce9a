// SPDX-License-Identifier: MIT OR Apache-2.0
//! From when until when a token says that its keys are put on cards.

use cardwright::Profile;
use cardwright::encode::{Job, JobError, Task};
use cardwright::key::{KeyError, Life};
use cardwright::keys::Store;
use cardwright::profile::Day;
use cardwright::wire::KeyVersion;
use cryptoki::object::KeyType;

use crate::bed::{Bed, alone};
use crate::common::door;
use crate::filled::Token;

fn day(text: &str) -> Day {
    text.parse().unwrap()
}

/// What the token says from now on.
fn says(bed: &Bed, first: &[u8], last: &[u8]) {
    std::fs::write(bed.folder.join("first"), first).unwrap();
    std::fs::write(bed.folder.join("last"), last).unwrap();
    bed.script("days", "1");
}

/// Of a store that asks anew.
fn life(bed: &Bed) -> Result<Life, KeyError> {
    bed.open().issuer("one", KeyVersion(1)).map(|key| key.life())
}

#[test]
fn the_days_that_a_token_tells_are_those_of_its_key() {
    alone("days::the_days_that_a_token_tells_are_those_of_its_key", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", |token| token.key("one", 1, KeyType::AES, &[0xC3; 16]));
        let (first, last) = (day("2031-02-28"), day("2035-12-01"));
        for (told, expected) in [
            ([b"20310228", b"20351201"], Life::ALWAYS.from(first).until(last)),
            ([b"20310228", b"00000000"], Life::ALWAYS.from(first)),
            ([b"\0\0\0\0\0\0\0\0", b"20351201"], Life::ALWAYS.until(last)),
            ([b"20320229", b"20320229"], {
                Life::ALWAYS.from(day("2032-02-29")).until(day("2032-02-29"))
            }),
            ([b"00000000", b"\0\0\0\0\0\0\0\0"], Life::ALWAYS),
        ] {
            says(&bed, told[0], told[1]);
            assert_eq!(life(&bed), Ok(expected), "{told:?}");
        }
        says(&bed, b"", b"20351201");
        assert_eq!(life(&bed), Ok(Life::ALWAYS.until(last)));
        says(&bed, b"", b"");
        assert_eq!(life(&bed), Ok(Life::ALWAYS));
    });
}

/// It is used on no day.
#[test]
fn a_date_that_is_none_is_told() {
    alone("days::a_date_that_is_none_is_told", &[], |bed| {
        let bed = bed.scripted();
        bed.token("t", |token| token.key("one", 1, KeyType::AES, &[0xC3; 16]));
        for wrong in [
            &b"20310229"[..],
            b"20311301",
            b"20310100",
            b"20310001",
            b"2031ab01",
            b"2031+1+1",
            b"203101 1",
            b"2031    ",
            b"        ",
            b"\xFF\xFF\xFF\xFF\xFF\xFF\xFF\xFF",
            b"2031010",
            b"2",
        ] {
            for (first, last) in [(wrong, &b""[..]), (b"20310101", wrong)] {
                says(&bed, first, last);
                assert_eq!(life(&bed), Err(KeyError::NoDays), "{}", wrong.escape_ascii());
            }
        }
    });
}

#[test]
fn a_job_is_refused_before_the_first_day_and_after_the_last() {
    alone("days::a_job_is_refused_before_the_first_day_and_after_the_last", &[], |bed| {
        let bed = bed.scripted();
        bed.token("door", Token::demonstration);
        says(&bed, b"20310228", b"20351201");
        let store = bed.open();
        let profile = Profile::parse(&door(&[])).unwrap();
        let made = |today: &str, task| {
            let making = Job::making(profile.clone(), &*store).on(day(today));
            making.with_task(task).make().map(drop)
        };
        for today in ["2031-02-28", "2033-07-01", "2035-12-01"] {
            assert!(made(today, Task::Encode).is_ok(), "{today}");
        }
        for (today, expected, told) in [
            ("2031-02-27", KeyError::NotYet(day("2031-02-28")), "2031-02-28"),
            ("2035-12-02", KeyError::Over(day("2035-12-01")), "2035-12-01"),
        ] {
            let refused = made(today, Task::Encode).unwrap_err();
            let JobError::Key { error, .. } = &refused else { panic!("{refused:?}") };
            assert_eq!(*error, expected);
            let line = refused.to_string();
            assert!(line.contains(told) && line.lines().count() == 1, "{line}");
            // What is on cards is still verified.
            assert!(made(today, Task::Verify).is_ok());
        }
    });
}
