// SPDX-License-Identifier: MIT OR Apache-2.0
//! Eight times as many keys take about eight times the work. Bytes that are gone through to find
//! lines and columns are counted; times are not.

use core::fmt::Write;

use super::BASE;
use crate::keys::{KeyFile, work};
use crate::profile::Profile;

/// With so many keys that no slot holds, each of which is warned of.
fn profile(count: usize) -> String {
    let mut keys = String::from("[keys]\n");
    for number in 0..count {
        writeln!(keys, "u{number:05} = {{ ref = \"k\", version = 1 }}").unwrap();
    }
    BASE.replacen("[keys]\n", &keys, 1)
}

/// With so many keys, on a line each or all on one.
fn key_file(count: usize, between: &str) -> String {
    let mut text = format!("use = \"test\"\nreceipt = \"{}\"\nkey = [", "5A".repeat(32));
    for number in 0..count {
        let name = format!("name = \"k{number}\", type = \"aes128\", version = 1");
        write!(text, "{{ {name}, value = \"{number:032x}\" }},{between}").unwrap();
    }
    text + "]\n"
}

fn grows_evenly(work: impl Fn(usize) -> usize) {
    let (few, many) = (work(100), work(800));
    assert!(few > 100, "nothing was counted");
    assert!(many <= few * 10, "{few} for 100, {many} for 800");
}

#[test]
fn lines_of_a_profile_are_found_in_one_pass() {
    grows_evenly(|count| {
        let text = profile(count);
        work::of(|| {
            let read = Profile::parse(&text).unwrap();
            assert!(read.warnings().len() >= count && read.keys().len() > count);
        })
    });
}

#[test]
fn lines_and_columns_of_a_key_file_are_found_in_one_pass() {
    for between in ["\n", " "] {
        grows_evenly(|count| {
            let text = key_file(count, between);
            work::of(|| assert_eq!(KeyFile::parse(&text).unwrap().names().count(), count))
        });
    }
}
