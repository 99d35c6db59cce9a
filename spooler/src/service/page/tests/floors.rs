// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is sent of floors that change.

use super::*;

fn floor() -> Floor {
    let right = Reader { name: "right".to_owned(), ..left(Doing::Idle) };
    Floor { readers: vec![left(Doing::Idle), right], ..Floor::default() }
}

fn ids(parts: &[Part]) -> Vec<&str> {
    parts.iter().map(|part| part.id.as_str()).collect()
}

#[test]
fn each_part_is_one_element_of_its_id() {
    let whole = page(&floor(), &[], &visit(true), None).into_string();
    for part in parts(&floor(), &visit(true)) {
        let id = format!(" id=\"{}\"", part.id);
        let opening = part.html.split('>').next().unwrap_or_default();
        assert!(opening.contains(&id), "{opening}");
        assert_eq!(whole.matches(&id).count(), 1, "{}", part.id);
        // The page and what is sent later are the same.
        assert!(whole.contains(&part.html), "{}", part.id);
    }
}

#[test]
fn no_two_elements_have_one_id() {
    let ends = vec![end(2, 17, &Deed::ALL), end(1, 16, &Deed::ALL), end(3, 17, &Deed::ALL)];
    let html = page(&Floor { ends, ..floor() }, &[], &visit(true), None).into_string();
    let ids: Vec<&str> =
        html.split(" id=\"").skip(1).filter_map(|rest| rest.split('"').next()).collect();
    let once: BTreeSet<_> = ids.iter().collect();
    assert!(once.contains(&"do-17-retry") && once.contains(&"deed-16-lost"), "{ids:?}");
    assert_eq!(ids.len(), once.len(), "{ids:?}");
}

#[test]
fn nothing_is_sent_twice() {
    let (mut shown, visit) = (Shown::default(), visit(true));
    let mut floor = floor();
    let first = shown.catch_up(&floor, &visit);
    assert_eq!(ids(&first), ["readers", "top", "halt", "ends", "hour", "line", "stock"]);
    assert_eq!(shown.catch_up(&floor, &visit), []);
    floor.readers[1].doing = Doing::WaitsForBlank { order: 3 };
    assert_eq!(ids(&shown.catch_up(&floor, &visit)), ["reader-right"]);
    floor.hour.done = 1;
    floor.paused = true;
    assert_eq!(ids(&shown.catch_up(&floor, &visit)), ["top", "hour"]);
}

#[test]
fn readers_that_come_and_go_are_sent_with_their_places() {
    let (mut shown, visit) = (Shown::default(), visit(true));
    let mut floor = floor();
    shown.catch_up(&floor, &visit);
    floor.readers.remove(0);
    let changed = shown.catch_up(&floor, &visit);
    assert_eq!(ids(&changed), ["readers"]);
    assert!(!changed[0].html.contains("reader-left"), "{}", changed[0].html);
    // What was sent within is not sent again.
    assert_eq!(shown.catch_up(&floor, &visit), []);
}
