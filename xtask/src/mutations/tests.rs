// SPDX-License-Identifier: MIT OR Apache-2.0
//! That every row applies to the sources as they are, and what edits find.

use super::fast_set::{Outcome, red};
use super::row::{self, Row};
use super::sources::{Source, Sources};
use super::{Wish, sample, verdict};

/// Whoever moves code learns here, without a run, which bugs no longer find their place.
#[test]
fn every_row_applies() {
    let sources = Sources::read(crate::root()).unwrap();
    let rows = row::read(&crate::root().join(super::ROWS)).unwrap();
    let wrong: Vec<String> = rows.iter().filter_map(|row| sources.mutated(row).err()).collect();
    assert_eq!(wrong, [""; 0]);
    assert!(rows.len() > 200, "{} rows", rows.len());
}

/// Whoever reads a name finds on the page of the rows what it is about.
#[test]
fn every_kind_of_row_is_told() {
    let page = std::fs::read_to_string(crate::root().join(super::ROWS).join("README.md")).unwrap();
    let told: Vec<&str> = page.split('`').skip(1).step_by(2).collect();
    let rows = row::read(&crate::root().join(super::ROWS)).unwrap();
    let tells = |name: &str| told.iter().any(|kind| kind.ends_with('-') && name.starts_with(kind));
    let untold: Vec<String> =
        rows.into_iter().map(|row| row.name).filter(|name| !tells(name)).collect();
    assert_eq!(untold, [""; 0]);
}

/// A row with these edits, as TOML.
fn row(edits: &str) -> Row {
    let text = format!("[[mutation]]\nname = \"bug\"\nsays = \"A bug.\"\nedits = [{edits}]\n");
    row::parse(&text).unwrap().remove(0)
}

/// What the row makes of a file of that text, `src/room/file.rs`.
fn mutated(text: &str, edits: &str) -> Result<String, String> {
    let source = Source::new("src/room/file.rs".to_owned(), text.to_owned());
    let sources = Sources(vec![source]);
    let mut files = sources.mutated(&row(edits))?;
    assert_eq!(files.len(), 1);
    Ok(files.remove(0).text)
}

#[test]
fn layout_is_of_no_account() {
    let edit = "{ in = 'src/room', find = 'f(a, &b).g()', put = 'x' }";
    for text in [
        "{ f(a, &b).g() }",
        "{ f(\n    a,\n    &b,\n)\n.g() }",
        "{ f(a, // why\n &b /* what */).g() }",
        "{ f ( a , & b ) . g ( ) }",
    ] {
        assert_eq!(mutated(text, edit).unwrap(), "{ x }", "{text}");
    }
    assert_eq!(
        mutated("f(a, b)", "{ in = 'src/room', find = \"f(\\n  a,\\n  b,\\n)\", put = 'x' }"),
        Ok("x".to_owned())
    );
}

#[test]
fn words_are_whole_and_literals_are_not_looked_into() {
    for (text, find) in [
        ("older", "old"),
        ("let text = \"old\";", "old"),
        ("r#\"an \" old\"# b'o'", "old"),
        ("'\\'' \"\\\" old\" 'old", "old"),
        ("// old\n/* old */", "old"),
        ("#[cfg(test)]\nmod tests { old }", "old"),
        ("f(a,)", "f(a"),
    ] {
        let found = mutated(text, &format!("{{ in = 'src/room', find = '{find}', put = '' }}"));
        assert_eq!(found.is_ok(), find == "f(a", "{text}");
    }
    assert_eq!(
        mutated("'\"' old '\"'", "{ in = 'src/room', find = 'old', put = 'new' }").unwrap(),
        "'\"' new '\"'"
    );
}

#[test]
fn an_item_narrows_the_room() {
    let text = "impl<'k> From<A> for Ev1<'k> { fn seal(a: [u8; 4]) { x } fn open() { x } }
        impl Ev2 { fn seal() { x } const X: [u8; 2] = x; }";
    for (item, put) in [
        ("impl Ev2, fn seal", "impl Ev2 { fn seal() { y }"),
        ("impl Ev1, fn seal", "{ fn seal(a: [u8; 4]) { y }"),
        ("fn open", "fn open() { y }"),
        ("const X", "= y;"),
    ] {
        let edit = format!("{{ in = 'src/room', item = '{item}', find = 'x', put = 'y' }}");
        let new = mutated(text, &edit).unwrap();
        assert!(new.contains(put) && new.matches('y').count() == 1, "{item}: {new}");
    }
    let both = "{ in = 'src/room', item = 'fn seal', find = 'x', put = 'y', times = 2 }";
    assert_eq!(mutated(text, both).unwrap().matches('y').count(), 2);
}

#[test]
fn edits_can_change_places_and_not_overlap() {
    let swap =
        "{ in = 'src/room', find = 'a', put = 'b' }, { in = 'src/room', find = 'b', put = 'a' }";
    assert_eq!(mutated("(a, b)", swap).unwrap(), "(b, a)");
    let overlap =
        "{ in = 'src/room', find = 'a, b', put = '' }, { in = 'src/room', find = 'b', put = '' }";
    assert_eq!(
        mutated("(a, b)", overlap),
        Err("bug: edits overlap in src/room/file.rs".to_owned())
    );
}

#[test]
fn what_does_not_apply_says_why() {
    for (edit, message) in [
        (
            "find = 'a', put = ''",
            "edit 1 of 1: found 2 times instead of 1 in src/room: a\n    src/room/file.rs:1\n    \
             src/room/file.rs:2",
        ),
        ("find = 'c', put = '', times = 3", "found 0 times instead of 3 in src/room: c"),
        ("item = 'fn f', find = 'a', put = ''", "no `fn f` in src/room"),
        ("item = 'f', find = 'a', put = ''", "`f` is no keyword and name"),
        ("find = ' // why', put = ''", "finds nothing in particular"),
        ("find = 'b', put = 'b'", "bug: changes nothing"),
    ] {
        let error = mutated("a\na b", &format!("{{ in = 'src/room', {edit} }}")).unwrap_err();
        assert!(error.contains(message), "{error}");
    }
    let nowhere = mutated("a", "{ in = 'src/roo', find = 'a', put = '' }").unwrap_err();
    assert!(nowhere.contains("there is no src/roo"), "{nowhere}");
}

#[test]
fn a_table_that_is_none_is_refused() {
    for (text, why) in [
        ("[[mutation]]\nname = 'bug'\nsays = ''\nedits = []", "bug: no edits"),
        ("[[mutation]]\nname = 'bug'\nsays = ''\nedit = []", "unknown field"),
        (
            "[[mutation]]\nname = 'bug'\nsays = ''\nedits = [{ in = '', find = '', put = '', times = 0 }]",
            "no times",
        ),
        (
            "[[mutation]]\nname = 'bug'\nsays = ''\nnotice = ['reader']\nedits = []",
            "unknown variant",
        ),
    ] {
        let error = row::parse(text).unwrap_err();
        assert!(error.contains(why), "{error}");
    }
}

#[test]
fn everybody_must_notice_who_has_to() {
    let mut row = row("{ in = 'src', find = 'a', put = 'b' }");
    let red = |tests: &[&str]| Outcome::Red(tests.iter().map(|&test| test.to_owned()).collect());
    assert!(verdict(&row, &red(&["host::a"])).is_ok_and(|noticed| noticed.is_some()));
    assert!(verdict(&row, &red(&[])).is_ok_and(|noticed| noticed.is_some()), "it did not end");
    assert_eq!(verdict(&row, &Outcome::Green), Ok(None), "another part may notice");
    assert!(verdict(&row, &Outcome::Broken(String::new())).is_err());
    row.notice = vec![row::Pen::Host, row::Pen::Card];
    assert!(verdict(&row, &red(&["emulator::b", "host::a"])).is_ok());
    assert_eq!(
        verdict(&row, &red(&["host::a"])),
        Err("no test under emulator:: noticed".to_owned())
    );
    row.compiles = false;
    assert!(verdict(&row, &Outcome::Broken(String::new())).is_ok());
    assert_eq!(verdict(&row, &red(&["host::a"])), Err("compiles".to_owned()));
}

#[test]
fn a_log_has_its_red_tests_once() {
    let log = "test b::c ... FAILED\ntest a ... ok\ntest a::b ... FAILED\ntest b::c ... FAILED\n";
    assert_eq!(red(log), ["a::b", "b::c"]);
}

#[test]
fn a_sample_is_the_commits_own() {
    let rows = row::read(&crate::root().join(super::ROWS)).unwrap();
    let names = |head| sample(&rows, 4, head).into_iter().map(|row| &row.name).collect::<Vec<_>>();
    assert_eq!(names("1"), names("1"));
    assert_ne!(names("1"), names("2"));
}

#[test]
fn what_is_asked_for() {
    assert!(matches!(Wish::parse(&["--sample", "4"]), Some(Wish::Sample(4))));
    assert!(matches!(Wish::parse(&["a", "b"]), Some(Wish::Named(names)) if names == ["a", "b"]));
    for none in [&["--sample"][..], &["--sample", "x"], &["--all"], &["a", "--check"]] {
        assert!(Wish::parse(none).is_none());
    }
}
