// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in lists for others, each with its place and remedy; and what is only warned of.

use super::*;

/// The base ends with line 35; what follows begins on the next one.
fn with(export: &str) -> String {
    format!("{BASE}{export}")
}

fn columns(columns: &str) -> String {
    with(&format!("[export]\ncolumns = [\n{columns}\n]\n"))
}

#[track_caller]
fn refused(text: &str, wanted: &str) {
    all_refused([(text.to_owned(), wanted)]);
}

/// Each of them, with all that is said otherwise.
#[track_caller]
fn all_refused(cases: impl IntoIterator<Item = (String, impl AsRef<str>)>) {
    let wrong = cases.into_iter().filter_map(|(text, wanted)| {
        let said = match Profile::parse(&text) {
            Ok(_) => "it passes".to_owned(),
            Err(error) => format!("{} {error}", error.code()),
        };
        let wanted = wanted.as_ref();
        (!said.starts_with(wanted)).then(|| format!("{said}, and not {wanted}"))
    });
    let wrong: Vec<_> = wrong.collect();
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn the_style_of_a_list() {
    let good = "columns = [{ column = \"n\", field = \"number\" }]\n";
    let cases = [
        (
            "form = \"xml\"",
            "profile-unknown-name line 37, column 8: \"xml\" is no form: write one of",
        ),
        (
            "encoding = \"utf8\"",
            "profile-unknown-name line 37, column 12: \"utf8\" is no encoding: write \"utf-8\", or one of",
        ),
        (
            "form = \"json\"\nseparator = \";\"",
            "profile-out-of-place line 38, column 13: separator is of CSV: JSON is always UTF-8",
        ),
        ("separator = \"::\"", "profile-form line 37, column 13: a separator is one character"),
        (
            "separator = \":\"",
            "profile-unknown-name line 37, column 13: a separator that is not known",
        ),
        ("quotes = \"never\"", "profile-unknown-name line 37, column 10: \"never\" is no quotes"),
        ("line_end = \"cr\"", "profile-unknown-name line 37, column 12: \"cr\" is no line_end"),
        ("formulas = \"ok\"", "profile-unknown-name line 37, column 12: \"ok\" is no formulas"),
        (
            "encoding = \"latin-1\"\nbyte_order_mark = true",
            "profile-conflict line 38, column 19: this encoding has no byte order mark",
        ),
        (
            "encoding = \"utf-16\"\nbyte_order_mark = false",
            "profile-conflict line 38, column 19: utf-16 is told by its mark",
        ),
        ("name = \"a b\"", "profile-no-name line 37, column 8: no name of a list"),
        ("seperator = \";\"", "profile-unknown-entry line 37, column 1: "),
        ("header = \"yes\"", "profile-type line 37, column 10: "),
    ];
    let text = |entry: &str| with(&format!("[export]\n{entry}\n{good}"));
    all_refused(cases.map(|(entry, wanted)| (text(entry), wanted)));
    refused(&with("[export]\nform = \"csv\"\n"), "profile-missing line 36, column 1: ");
    refused(
        &with("[exprot]\n"),
        "profile-unknown-table line 36, column 1: no table is called \"exprot\": write [export]",
    );
}

#[test]
fn what_a_column_comes_from() {
    let cases = [
        ("{ field = \"number\" }", "profile-missing line 38, column 1: a column without a name"),
        ("{ column = \"\", field = \"number\" }", "profile-no-name line 38, column 12: "),
        (
            "{ column = \"n\" }",
            "profile-missing line 38, column 1: a column that comes from nothing",
        ),
        (
            "{ column = \"n\", field = \"number\", constant = \"x\" }",
            "profile-conflict line 38, column 1: a column comes from one place",
        ),
        (
            "{ column = \"n\", field = \"numbr\" }",
            "profile-unknown-name line 38, column 25: no field is called \"numbr\": write \"number\", or one of",
        ),
        (
            "{ column = \"n\", field = \"name\", width = 3 }",
            "profile-type line 38, column 41: only numbers",
        ),
        (
            "{ column = \"n\", field = \"number\", width = 65 }",
            "profile-range line 38, column 43: width is",
        ),
        (
            "{ column = \"n\", field = \"number\", as = \"hex\" }",
            "profile-out-of-place line 38, column 40: as says how bytes are told",
        ),
        (
            "{ column = \"n\", key_version = \"reed\" }",
            "profile-unknown-name line 38, column 31: no slot holds a key \"reed\": write \"read\"",
        ),
        (
            "{ column = \"n\", card = \"uid\" }",
            "profile-unknown-name line 38, column 24: \"uid\" is no card",
        ),
        (
            "{ column = \"n\", card = \"chip\" }",
            "profile-conflict line 38, column 24: only the first card of a stock is asked for its chip: write \
             identify = \"every\"",
        ),
    ];
    all_refused(cases.map(|(column, wanted)| (columns(column), wanted)));
}

#[test]
fn what_a_column_says_besides() {
    let cases = [
        ("{ column = \"n\", record = \"line\" }", "profile-unknown-name line 38, column 26: "),
        (
            "{ column = \"n\", with = \"-\", constant = \"\" }",
            "profile-out-of-place line 38, column 24: nothing",
        ),
        (
            "{ column = \"n\", join = [{ constant = \"x\" }] }",
            "profile-empty line 38, column 24: nothing to join",
        ),
        (
            "{ column = \"n\", join = [{ column = \"m\", constant = \"x\" }, { constant = \"y\" }] }",
            "profile-out-of-place line 38, column 36: a piece of a column has neither a name",
        ),
        (
            "{ column = \"n\", constant = \"=1\" }",
            "profile-conflict line 38, column 1: each value would begin",
        ),
        (
            "{ column = \"n\", constant = \"a\\n\" }",
            "profile-form line 38, column 28: a control character",
        ),
        (
            "{ column = \"n\", field = \"number\" }, { column = \"n\", field = \"name\" }",
            "profile-repeated line 38, column 48: two columns are called \"n\"",
        ),
        ("", "profile-empty line 37, column 11: a list without columns"),
    ];
    all_refused(cases.map(|(column, wanted)| (columns(column), wanted)));
}

/// As in contents, by the same reading.
#[test]
fn the_parts_of_a_column() {
    let cases = [
        (
            "parts = [{ digits = \"nummer\", count = 9 }]",
            "profile-unknown-name line 38, column 37: no field",
        ),
        (
            "parts = [{ colour = \"red\" }]",
            "profile-unknown-name line 38, column 26: \"colour\" is no kind",
        ),
        ("parts = []", "profile-empty line 38, column 25: an empty content"),
        ("parts = [{ pad = \"00\" }]", "profile-no-room line 38, column 26: no room"),
        (
            "parts = [{ uid = \"written\" }], as = \"hax\"",
            "profile-unknown-name line 38, column 53: \"hax\" is no as",
        ),
        (
            "parts = [{ uid = \"written\" }], last = 8",
            "profile-range line 38, column 55: last is out of range",
        ),
        (
            "parts = [{ uid = \"written\" }], as = \"hex\", trim = true",
            "profile-out-of-place line 38, column 67: trim has no meaning where bytes are told as \"hex\"",
        ),
        (
            "parts = [{ uid = \"written\" }], between = \":\"",
            "profile-out-of-place line 38, column 58: between has no meaning where bytes are told as \"text\"",
        ),
        (
            "parts = [{ text = \"name\", bytes = 17 }], as = \"decimal\"",
            "profile-no-room line 38, column 25: 17 bytes are no number",
        ),
        (
            "parts = [{ random = 4 }]",
            "profile-order line 38, column 26: random filling in an item or a list",
        ),
        (
            "parts = [{ hook = \"h\", bytes = 4 }]",
            "profile-order line 38, column 26: a hook in an item or a list",
        ),
    ];
    let text = |rest: &str| columns(&format!("{{ column = \"n\", {rest} }}"));
    all_refused(cases.map(|(rest, wanted)| (text(rest), wanted)));
}

/// A list is written without keys: zeros would stand there for what takes them, however deep.
#[test]
fn nothing_of_a_column_takes_a_key() {
    let mac = "{ mac = \"aes-cmac\", over = [\"x\"], key = \"read\" }";
    let number = "{ uint = \"number\", bytes = 2, order = \"big\", name = \"x\" }";
    let item =
        |name: &str, parts: &str| format!("[[item]]\nname = \"{name}\"\ncontent = [{parts}]\n");
    let sealed = item("sealed", &format!("{number}, {mac}"));
    let outer = item("outer", "{ pad = \"00\", bytes = 1 }, { item = \"sealed\" }");
    let plain = item("plain", "{ uint = \"number\", bytes = 2, order = \"big\" }");
    for parts in [
        format!("{number}, {mac}"),
        "{ cipher = \"aes-cbc\", item = \"plain\", key = \"read\" }".to_owned(),
        "{ item = \"sealed\" }".to_owned(),
        "{ item = \"outer\", bytes = 2 }".to_owned(),
    ] {
        let text = format!(
            "{BASE}{sealed}{outer}{plain}[export]\ncolumns = [{{ column = \"n\", parts = [{parts}], as = \"hex\" }}]\n"
        );
        refused(&text, "profile-out-of-place line 46, column 36: what takes a key of the card");
    }
    let digest = format!("{{ digest = \"sha-256\", over = [\"x\"] }}, {number}");
    let text = columns(&format!("{{ column = \"n\", parts = [{digest}], as = \"hex\" }}"));
    Profile::parse(&text).unwrap();
}

#[test]
fn several_lists_have_names() {
    let list = |name: &str| {
        format!("[[export]]\n{name}\ncolumns = [{{ column = \"n\", field = \"number\" }}]\n")
    };
    let two = |one: &str, other: &str| with(&format!("{}{}", list(one), list(other)));
    refused(
        &two("name = \"a\"", ""),
        "profile-missing line 39, column 1: several lists need names",
    );
    refused(&two("name = \"a\"", "name = \"a\""), "profile-repeated line 40, column 8: two lists");
    let profile = Profile::parse(&two("name = \"a\"", "name = \"b\"")).unwrap();
    assert_eq!(profile.exports().len(), 2);
    assert_eq!(profile.export(Some("b")).unwrap().name(), Some("b"));
    assert!(profile.export(None).is_none() && profile.export(Some("c")).is_none());
    assert!(Profile::parse(&with(&list(""))).unwrap().export(None).is_some());
}

#[test]
fn a_list_is_warned_of_where_it_names_people_or_hides_nothing() {
    let warnings = |text: &str| {
        let profile = Profile::parse(text).unwrap_or_else(|error| panic!("{error}"));
        profile.warnings().iter().map(ToString::to_string).collect::<Vec<_>>()
    };
    let personal = "the personal field \"name\" is written to the list";
    assert_eq!(
        warnings(&columns(
            "{ column = \"n\", field = \"number\" }, { column = \"m\", field = \"name\" }"
        ))[1..],
        [format!("line 36, column 1: {personal}")]
    );
    let alike = warnings(&columns("{ column = \"f\", field = \"facility\" }"));
    assert!(alike[1].contains("rows that are alike are written once"), "{alike:?}");
    let uid = "{ column = \"u\", parts = [{ uid = \"written\" }], as = \"hex\" }";
    let hidden =
        columns(uid).replace("master_key = \"picc\"", "master_key = \"picc\"\nrandom_uid = true");
    let hidden = warnings(&hidden);
    assert!(hidden[2].ends_with("the list tells the UID, which the card hides"), "{hidden:?}");
}

/// A field may be there for a list alone, and a list is on no card.
#[test]
fn a_list_is_a_use_of_a_field_and_no_part_of_the_card() {
    let mail = BASE.replacen(
        "[keys]\n",
        "mail = { type = \"text\", max_length = 40, class = \"personal\" }\n[keys]\n",
        1,
    );
    refused(&mail, "profile-unused line 14, column 1: nothing uses the field \"mail\"");
    let list = "[export]\ncolumns = [{ column = \"m\", field = \"mail\" }, { column = \"n\", field = \"number\" }]\n";
    let profile = Profile::parse(&format!("{mail}{list}")).unwrap();
    let warned: Vec<_> = profile.warnings().iter().map(ToString::to_string).collect();
    assert!(
        warned.iter().all(|one| !one.contains("\"mail\" is written to the card")),
        "{warned:?}"
    );
    let meaning = |text: &str| Profile::parse(text).unwrap().meaning();
    let other = columns("{ column = \"n\", field = \"number\" }");
    assert_eq!(meaning(&other), meaning(BASE));
}
