// SPDX-License-Identifier: MIT OR Apache-2.0
//! What stands on the page. What comes of it in a browser is tested in `tests/browser/`.

mod answers;
mod floors;

use std::collections::BTreeSet;

use super::super::floor::{Deed, Doing, End, Floor, Reader, Seen, Tray, Wanted};
use super::document::{Part, page, parts};
use super::sight::{Sight, Tone};
use super::watch::Shown;
use super::{Visit, ends, part_of, reader};
use crate::flow::OrderState;

fn visit(may_operate: bool) -> Visit {
    Visit { by: "desk-1".to_owned(), may_operate, proof: "5a5a".to_owned() }
}

fn left(doing: Doing) -> Reader {
    Reader { name: "left".to_owned(), since: 1_780_300_800_000, doing }
}

fn off(into: Tray) -> Doing {
    Doing::TakeOff { into, order: Some(17), code: None, words: String::new() }
}

fn end(number: i64, order: i64, may: &[Deed]) -> End {
    End {
        number,
        at: 1_780_300_800_000,
        reader: "left".to_owned(),
        order,
        outcome: "failed".to_owned(),
        code: Some("link-lost".to_owned()),
        words: "The card left the field.".to_owned(),
        grade: "sealed".to_owned(),
        seen: Seen::new(OrderState::Poison, 7),
        may: may.to_vec(),
    }
}

#[test]
fn every_state_has_one_instruction() {
    let encoding =
        |step, of| Doing::Encoding { order: 17, step, of, words: "create it".to_owned() };
    let trouble =
        Doing::Trouble { code: "reader-failed".to_owned(), words: "No power.".to_owned() };
    let same = Doing::WaitsForSame { order: 17, card: "04…C2".to_owned() };
    let all = [
        (Doing::Idle, Tone::Rest, "Nothing to do"),
        (Doing::WaitsForBlank { order: 17 }, Tone::Act, "Put a blank card on"),
        (same, Tone::Act, "Put the same card back: 04…C2"),
        (encoding(3, 9), Tone::Rest, "Wait"),
        (off(Tray::Good), Tone::Good, "Into the good tray"),
        (off(Tray::Reject), Tone::Bad, "Into the reject tray"),
        (off(Tray::Aside), Tone::Care, "Keep this card aside"),
        (off(Tray::BackOn), Tone::Act, "Put this card on again"),
        (trouble, Tone::Trouble, "This reader is in trouble"),
        (Doing::Hung, Tone::Trouble, "This reader does not answer"),
        (Doing::Gone, Tone::Trouble, "This reader is not there"),
        (Doing::Paused, Tone::Rest, "Paused: put no card on"),
    ];
    for (doing, tone, told) in all {
        let sight = Sight::of(&doing);
        assert_eq!((sight.tone, sight.told.as_str()), (tone, told));
        let html = reader::reader(&left(doing), &visit(true)).into_string();
        // Trouble is said at once, everything else when there is time.
        let (calm, alarm) = if tone == Tone::Trouble { ("", told) } else { (told, "") };
        let polite = format!("aria-live=\"polite\" aria-atomic=\"true\">{calm}</span>");
        let assertive = format!("aria-live=\"assertive\" aria-atomic=\"true\">{alarm}</span>");
        assert!(html.contains(&polite) && html.contains(&assertive), "{html}");
    }
    let step = Sight::of(&encoding(3, 9));
    assert_eq!((step.goes.as_str(), step.step), (": step 3 of 9", Some((3, 9))));
    // Before the first step nothing is promised.
    let begun = Sight::of(&encoding(0, 0));
    assert_eq!((begun.goes.as_str(), begun.step), ("", None));
}

#[test]
fn no_two_tones_look_alike_without_colours() {
    let tones = [Tone::Act, Tone::Rest, Tone::Good, Tone::Bad, Tone::Care, Tone::Trouble];
    let signs: BTreeSet<_> = tones.iter().map(|tone| tone.sign().into_string()).collect();
    let classes: BTreeSet<_> = tones.iter().map(|tone| tone.class()).collect();
    assert_eq!((signs.len(), classes.len()), (tones.len(), tones.len()));
}

#[test]
fn what_others_named_is_text_and_nothing_else() {
    let name = "<script>alert(1)</script>\"'&\r\n";
    let mut hostile = end(1, 17, &[]);
    hostile.reader = name.to_owned();
    hostile.words = name.to_owned();
    hostile.code = Some(name.to_owned());
    let trouble = Doing::Trouble { code: name.to_owned(), words: name.to_owned() };
    let floor = Floor {
        station: name.to_owned(),
        halted: Some(name.to_owned()),
        readers: vec![Reader { name: name.to_owned(), ..left(trouble) }],
        ends: vec![hostile],
        ..Floor::default()
    };
    let html = page(&floor, &[], &visit(true), Some(name)).into_string();
    assert!(!html.contains("<script>") && html.matches("&lt;script&gt;").count() > 8, "{html}");
    // Every attribute ends where it is meant to.
    assert!(!html.contains("=\"<") && !html.contains("\"'"), "{html}");
    let id = part_of(name);
    assert!(id.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"-_".contains(&byte)), "{id}");
    assert_ne!(part_of("a b"), part_of("a_20b"));
}

#[test]
fn an_order_is_acted_upon_in_its_newest_row_alone_as_it_was_seen() {
    let rows = [end(2, 17, &[Deed::Retry]), end(1, 17, &[Deed::Retry])];
    let html = ends::ends(&rows, &visit(true)).into_string();
    assert_eq!(html.matches("value=\"retry\"").count(), 1, "{html}");
    for field in ["name=\"state\" value=\"poison\"", "name=\"fence\" value=\"7\"", "value=\"5a5a\""]
    {
        assert_eq!(html.matches(field).count(), 1, "{field}: {html}");
    }
    // A card that is asked for is acted upon where its order ended, if it did.
    let seen = Seen::new(OrderState::Waiting, 3);
    let wanted = |order| Wanted { order, card: "04…9F".to_owned(), seen, may: vec![Deed::Lost] };
    let mut floor = Floor { ends: vec![end(2, 17, &[Deed::Lost])], ..Floor::default() };
    floor.line.wanted = vec![wanted(17), wanted(40)];
    let html = page(&floor, &[], &visit(true), None).into_string();
    assert_eq!(html.matches("id=\"deed-17-lost\"").count(), 1, "{html}");
    assert_eq!(html.matches("id=\"deed-40-lost\"").count(), 1, "{html}");
}

#[test]
fn whoever_only_looks_finds_nothing_to_press_but_the_way_out() {
    let floor = Floor {
        readers: vec![left(Doing::Idle)],
        ends: vec![end(1, 17, &Deed::ALL)],
        ..Floor::default()
    };
    let html = page(&floor, &[], &visit(false), None).into_string();
    assert_eq!(html.matches("<button").count(), 1, "{html}");
    assert!(html.contains("Sign out") && !html.contains("<details"), "{html}");
    let html = page(&floor, &[], &visit(true), None).into_string();
    // Pause, sign out, take away, and each deed.
    assert_eq!(html.matches("<button").count(), 3 + Deed::ALL.len(), "{html}");
}
