// SPDX-License-Identifier: MIT OR Apache-2.0

use proptest::prelude::*;

use super::check::{Checked, Fault, check};
use super::*;

const KEY: [u8; 32] = [0x5A; 32];

/// The receipt of a record.
fn text(record: &str) -> String {
    format!(
        "{{\"record\":\"{record}\",\"job\":\"encode\",\"outcome\":\"done\",\"wrote\":\"yes\",\
         \"profile\":{{\"name\":\"door\",\"sha256\":\"00\"}},\"keys\":[],\"settings\":[],\
         \"files\":[],\"started\":\"2026-11-28T05:00:00.000Z\",\
         \"finished\":\"2026-11-28T05:00:01.000Z\",\"exchanges\":26,\"sent\":1,\"received\":2}}"
    )
}

/// Lines of a file that begins here, one for each record.
fn lines(records: &[&str]) -> Vec<String> {
    behind(Link::BEFORE_THE_FIRST, records)
}

fn behind(last: Link, records: &[&str]) -> Vec<String> {
    let mut chain = Chain::behind(&ReceiptKey::new(&KEY), last).unwrap();
    let seal = |record: &&str| {
        let sealed = chain.seal(&serde_json::from_str(&text(record)).unwrap()).unwrap();
        chain.accept(&sealed);
        sealed.text().to_owned()
    };
    records.iter().map(seal).collect()
}

fn checked(lines: &[&str]) -> Checked {
    check(lines.concat().as_bytes(), &ReceiptKey::new(&KEY)).unwrap()
}

#[track_caller]
fn found(lines: &[&str], faults: &[Fault]) {
    assert_eq!(checked(lines).faults(), faults);
}

/// MACs that Python's `hmac` makes of what the documentation of this module says.
#[test]
fn another_program_makes_the_same_macs() {
    let receipt = text("r1");
    let receipt = receipt.strip_suffix('}').unwrap();
    let (zeros, first, second) = (
        "00".repeat(32),
        "6d3eec8618cd7f521526f11ceb71326d45aecc483414f0eaead049ea6d12f1d0",
        "5a5be1635e62544bf59bd92295383c4357bcde70508d568ca8ac6a0ee8712336",
    );
    let line = |sequence: u8, previous: &str, mac: &str| {
        format!(
            "{receipt},\"sequence\":{sequence},\"previous\":\"{previous}\",\"mac\":\"{mac}\"}}\n"
        )
    };
    let checked = checked(&[&line(1, &zeros, first), &line(2, first, second)]);
    assert_eq!((checked.faults(), checked.receipts()), (&[][..], 2));
    assert_eq!(hex::encode(checked.last().mac), second);
}

#[test]
fn a_receipt_that_was_not_kept_leaves_no_hole() {
    let mut chain = Chain::new(&ReceiptKey::new(&KEY)).unwrap();
    let receipt = serde_json::from_str(&text("a")).unwrap();
    let lost = chain.seal(&receipt).unwrap();
    let again = chain.seal(&receipt).unwrap();
    assert_eq!(lost, again);
    chain.accept(&again);
    assert_eq!(chain.last().sequence, 1);
    assert_eq!(chain.seal(&receipt).unwrap().link().sequence, 2);
}

#[test]
fn what_is_wrong_is_told_apart() {
    let file = lines(&["a", "b", "c", "d", "e"]);
    let [a, b, c, d, e] = [0, 1, 2, 3, 4].map(|line| file[line].as_str());
    found(&[a, b, c, d, e], &[]);
    found(&[], &[]);
    found(&[a, c, d, e], &[Fault::Missing { line: 2, first: 2, last: 2 }]);
    found(&[c, d, e], &[Fault::Missing { line: 1, first: 1, last: 2 }]);
    found(&[a, e], &[Fault::Missing { line: 2, first: 2, last: 4 }]);
    found(&[a, b, b, c], &[Fault::Doubled { line: 3, of: 2 }]);
    found(&[a, b, c, a], &[Fault::Doubled { line: 4, of: 1 }]);
    found(&[a, c, b, d], &[Fault::Moved { line: 3, sequence: 2 }]);
    let missing = Fault::Missing { line: 2, first: 2, last: 3 };
    found(
        &[a, d, c, b],
        &[Fault::Moved { line: 3, sequence: 3 }, Fault::Moved { line: 4, sequence: 2 }],
    );
    found(&[a, d, e, "my notes\n"], &[missing, Fault::NoReceipt { line: 4 }]);
    found(&[a, "\n", b], &[Fault::NoReceipt { line: 2 }]);
    let plain = format!("{}\n", text("x"));
    found(&[a, &plain, b], &[Fault::Unchained { line: 2 }]);
    // The copied line with another record, which made a run skip that one.
    let copied = b.replace("\"record\":\"b\"", "\"record\":\"z\"");
    found(&[a, b, &copied, c], &[Fault::Changed { line: 3 }]);
    found(&[a, &copied, c], &[Fault::Changed { line: 2 }]);
    found(
        &[a, &copied, d],
        &[Fault::Changed { line: 2 }, Fault::Missing { line: 3, first: 3, last: 3 }],
    );
    let renumbered = plain.replace('}', ",\"sequence\":2}");
    found(&[a, &renumbered.replace(",\"sequence\":2},", "},"), b], &[Fault::Changed { line: 2 }]);
}

#[test]
fn genuine_lines_of_other_files_and_of_copies_are_foreign() {
    let (here, there) = (lines(&["a", "b", "c"]), lines(&["x", "y", "z"]));
    found(
        &[&here[0], &there[1], &here[2]],
        &[Fault::Foreign { line: 2 }, Fault::Foreign { line: 3 }],
    );
    let link = checked(&[&here[0]]).last();
    let other = behind(link, &["n"]);
    found(&[&here[0], &here[1], &other[0], &here[2]], &[Fault::Foreign { line: 3 }]);
    let checked = check(here.concat().as_bytes(), &ReceiptKey::new(&[0x5B; 32])).unwrap();
    let changed = [1, 2, 3].map(|line| Fault::Changed { line });
    assert_eq!((checked.faults(), checked.receipts()), (&changed[..], 0), "another key");
}

#[test]
fn no_byte_changes_unnoticed() {
    let file = lines(&["a", "b", "c"]).concat().into_bytes();
    for at in 0..file.len() {
        for flip in [0x01, 0x20] {
            let mut file = file.clone();
            file[at] ^= flip;
            assert_ne!(
                check(&file, &ReceiptKey::new(&KEY)).unwrap().faults(),
                [],
                "byte {at} ^ {flip:02X}"
            );
        }
    }
}

#[test]
fn a_power_cut_leaves_the_lines_before_it() {
    let file = lines(&["a", "b", "c"]).concat().into_bytes();
    let whole = lines(&["a", "b"]).concat().len();
    for at in whole..file.len() {
        for zeros in [0, 1, 4096] {
            let mut left = file[..at].to_vec();
            left.resize(at + zeros, 0);
            let checked = check(&left, &ReceiptKey::new(&KEY)).unwrap();
            let ends = at + 1 == file.len();
            let cut = [Fault::Cut { line: 3 }];
            let nothing = at == whole && zeros == 0;
            let faults = if ends || nothing { &[][..] } else { &cut };
            assert_eq!(checked.faults(), faults, "cut at {at}, {zeros} zeros");
            assert_eq!(checked.receipts(), if ends { 3 } else { 2 });
            assert_eq!(checked.whole_bytes(), if ends { at } else { whole });
            assert_eq!(checked.is_unended(), ends);
        }
    }
}

#[test]
fn only_the_beginning_of_a_receipt_is_a_cut_line() {
    let line = &lines(&["a"])[0];
    for text in [
        "id,facility,number",
        "{\"id\":\"a\"",
        "{\"record\":5",
        "{\"record\":\"a\",\"name\":\"Eve\",\"photo\":\"",
        "{\"record\":\"a\",\"photo\":1,\"outco",
        "{\"record\":\"a\",\"outcome\":\"well\",\"wrote\"",
        "{\"record\":\"a\",\"job\":\"clerk\"",
        "{\"record\":\"a\"}",
        "{\"record\":\"a\"},{",
        "{ \"record\":\"a",
        "{\"record\":\"a\",,",
        "\0\0\0x",
    ] {
        found(&[text], &[Fault::NoReceipt { line: 1 }]);
        found(&[line, text], &[Fault::NoReceipt { line: 2 }]);
    }
    found(&["\0\0\0"], &[Fault::Cut { line: 1 }]);
    found(&[&"\0".repeat(2 << 20)], &[Fault::NoReceipt { line: 1 }]);
    let cut: String = line.chars().take(40).collect();
    found(&[line, &format!("{cut}\0x")], &[Fault::NoReceipt { line: 2 }]);
}

#[test]
fn an_end_that_is_missing_shows_to_who_knows_the_number() {
    let file = lines(&["a", "b"]);
    let checked = |number| checked(&[&file[0], &file[1]]).reaching(number);
    assert_eq!(checked(2).faults(), []);
    assert_eq!(checked(4).faults(), [Fault::Missing { line: 3, first: 3, last: 4 }]);
    assert_eq!(checked(3).faults()[0].to_string(), "before line 3, receipt 3 is missing");
}

/// What somebody, or a disk, does to the lines of a file.
#[derive(Debug, Clone)]
enum Edit {
    Drop(usize),
    Copy(usize, usize),
    Swap(usize, usize),
    Flip(usize, usize),
    Cut(usize),
    Zeros(usize),
}

fn edit() -> impl Strategy<Value = Edit> {
    prop_oneof![
        any::<usize>().prop_map(Edit::Drop),
        any::<(usize, usize)>().prop_map(|(from, to)| Edit::Copy(from, to)),
        any::<(usize, usize)>().prop_map(|(one, other)| Edit::Swap(one, other)),
        any::<(usize, usize)>().prop_map(|(line, byte)| Edit::Flip(line, byte)),
        any::<usize>().prop_map(Edit::Cut),
        (0_usize..20).prop_map(Edit::Zeros),
    ]
}

fn edited(mut lines: Vec<Vec<u8>>, edit: &Edit) -> Vec<Vec<u8>> {
    let count = lines.len();
    if count == 0 {
        return lines;
    }
    match *edit {
        Edit::Drop(line) => drop(lines.remove(line % count)),
        Edit::Copy(from, to) => lines.insert(to % count, lines[from % count].clone()),
        Edit::Swap(one, other) => lines.swap(one % count, other % count),
        Edit::Flip(line, byte) => {
            let line = &mut lines[line % count];
            let length = line.len().max(1);
            if let Some(byte) = line.get_mut(byte % length) {
                *byte ^= 1;
            }
        }
        Edit::Cut(byte) => {
            let last = &mut lines[count - 1];
            last.truncate(byte % (last.len() + 1));
        }
        Edit::Zeros(number) => {
            let last = &mut lines[count - 1];
            last.resize(last.len() + number, 0);
        }
    }
    lines
}

proptest! {
    /// A file is intact where it is what it once was, and nowhere else; and what a run makes of one
    /// that it goes on with is.
    #[test]
    fn a_file_is_intact_only_where_it_was_like_that_once(
        edits in proptest::collection::vec(edit(), 0..4),
    ) {
        let file = lines(&["a", "b", "c", "d"]);
        let start = file.iter().map(|line| line.as_bytes().to_vec()).collect();
        let left = edits.iter().fold(start, edited).concat();
        let whole = file.concat().into_bytes();
        let once = |bytes: &[u8]| {
            let ends = bytes.is_empty() || bytes.ends_with(b"\n");
            ends && whole.starts_with(bytes)
        };
        let key = ReceiptKey::new(&KEY);
        let checked = check(&left, &key).unwrap();
        let mut kept = left[..checked.whole_bytes()].to_vec();
        if checked.is_unended() {
            kept.push(b'\n');
        }
        if checked.faults().is_empty() {
            prop_assert!(once(&kept));
            // All that may be behind it is the zeros of a line whose end is missing.
            prop_assert!(left[checked.whole_bytes()..].iter().all(|byte| *byte == 0));
        } else {
            prop_assert!(!once(&left));
        }
        if checked.faults().iter().all(|fault| matches!(fault, Fault::Cut { .. })) {
            prop_assert!(once(&kept));
            prop_assert!(check(&kept, &key).unwrap().faults().is_empty());
        }
    }
}
