// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pages and pictures that programs write: whole files that need nothing else, and none over a file that is
//! something else.

use std::process::Command;

use super::place::{KEYS, Place, Ran, another_program, made_up};

fn run(place: &Place, program: &str, arguments: &str) -> Ran {
    let mut command = Command::new(another_program(program));
    Ran::of(&place.at(&mut command).args(arguments.split_whitespace()).output().unwrap())
}

fn beginning(text: &str) -> String {
    text.chars().take(8).collect()
}

/// A page that needs nothing else: how many pictures it has.
#[track_caller]
fn pictures(html: &str) -> usize {
    assert!(html.starts_with("<!DOCTYPE html>\n") && html.ends_with("</html>\n"), "{html}");
    assert!(html.contains("default-src 'none'") && html.contains("@media print"));
    assert!(html.contains("prefers-color-scheme:dark"));
    for word in ["<script", " src=", " href=", "url(", "@import", "@font-face", "onload"] {
        assert!(!html.contains(word), "{word}");
    }
    let elsewhere = html.replace("http://www.w3.org/2000/svg", "");
    assert!(!elsewhere.contains("://"), "nothing is loaded, not even named");
    let pictures = html.split("<svg ").skip(1);
    let parsed = pictures.map(|svg| {
        let svg = format!("<svg {}</svg>", svg.split("</svg>").next().unwrap());
        let document = roxmltree::Document::parse(&svg).unwrap();
        assert_eq!(document.root_element().attribute("role"), Some("img"));
    });
    parsed.count()
}

#[test]
fn a_plan_is_a_page_beside_its_tables() {
    let place = Place::new();
    let tables = run(&place, "plan", "").out;
    let ran = run(&place, "plan", "--html plan.html");
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), tables.as_str()), "{ran:?}");
    let html = place.read("plan.html");
    assert_eq!(pictures(&html), 3);
    assert!(html.contains("<h2>Rights and keys of door</h2>"));
    #[cfg(unix)]
    assert_eq!(place.mode("plan.html") & 0o777, 0o600);
    let piped = run(&place, "plan", "--html -");
    assert_eq!((piped.code, piped.out.as_str()), (Some(0), html.as_str()));
    // A page is written over a page.
    assert_eq!(run(&place, "plan", "--card ev1-8k --html plan.html").code, Some(0));
    assert_ne!(place.read("plan.html"), html);
    assert!(!place.exists("plan.html.new"));
}

#[test]
fn a_plan_that_is_refused_is_a_page_that_says_so() {
    let place = Place::new();
    let ran = run(&place, "plan", "--card d40-4k --html plan.html");
    assert_eq!(ran.code, Some(1), "{ran:?}");
    let told = ran.err.strip_prefix("refused: ").unwrap().trim();
    let html = place.read("plan.html");
    assert!(html.contains(&format!("would be refused, and is as it was: {told}.")), "{html}");
    assert_eq!(pictures(&html), 1, "its rights are known all the same");
}

#[test]
fn a_page_goes_over_nothing_but_a_page_and_says_where_it_cannot_go() {
    let place = Place::new();
    place.write("r.csv", made_up(2));
    assert_eq!(place.run("--records r.csv --receipts out.jsonl").code, Some(0));
    let receipts = place.read("out.jsonl");
    for (program, arguments) in [
        ("plan", "--html out.jsonl"),
        ("receipts", "verify out.jsonl --html out.jsonl"),
        ("credential", "list h10301 --svg out.jsonl"),
    ] {
        let ran = run(&place, program, arguments);
        ran.did_not_start(
            "out.jsonl: this file is there and is no page or picture; name another one, or take it away",
        );
        assert_eq!(place.read("out.jsonl"), receipts, "{program}");
    }
    for (path, why) in [("nowhere/plan.html", "nowhere/plan.html.new: "), (".", ".: ")] {
        let ran = run(&place, "plan", &format!("--html {path}"));
        assert_eq!(ran.code, Some(2), "{ran:?}");
        assert!(ran.err.starts_with(&format!("error: {why}")), "{}", ran.err);
        assert!(ran.err.contains("the page is not "), "{}", ran.err);
        assert_eq!(ran.out, "");
    }
    let ran = run(&place, "plan", "--html - --json");
    ran.did_not_start("the page and the JSON cannot both go to standard output: name a file");
    for arguments in ["--html x.html --check p.toml", "--html x.html --reader-sheet"] {
        assert_eq!(run(&place, "plan", arguments).code, Some(2), "{arguments}");
    }
    assert!(!place.exists("x.html"));
}

#[test]
fn a_card_that_was_seen_is_a_page_without_what_is_in_it() {
    let place = Place::new();
    place.write("door.toml", super::place::DOOR);
    place.write("keys.toml", KEYS);
    let options = "--limit 1 --seed 7 --card ev2-8k --state card.json --readout uids.jsonl";
    assert_eq!(place.run(options).code, Some(0));
    let arguments = "--state card.json --profile door.toml --keys keys.toml";
    let ran = run(&place, "inspect", &format!("{arguments} --html seen.html --json"));
    assert_eq!(ran.code, Some(0), "{ran:?}");
    let seen: serde_json::Value = serde_json::from_str(&ran.out).unwrap();
    let html = place.read("seen.html");
    assert_eq!(
        (pictures(&html), html.matches("<h2>").count()),
        (4, 3),
        "the exchanges in two parts"
    );
    let told = html.to_uppercase();
    let uid = seen["uid"].as_str().unwrap().to_uppercase();
    assert!(uid.len() >= 14 && !told.contains(&uid), "{uid}");
    for file in seen["applications"]["is"][0]["files"]["is"].as_array().unwrap() {
        let hex = file["contents"]["is"]["data"]["hex"].as_str().unwrap();
        assert!(hex.len() > 16 && !told.contains(&beginning(hex)), "{hex}");
    }
    assert!(html.contains("application F48120") && html.contains("ReadData"));
    let ran = run(&place, "inspect", &format!("{arguments} --html -"));
    assert_eq!((ran.code, pictures(&ran.out)), (Some(0), 4));
}

#[test]
fn a_bit_format_is_a_picture() {
    let place = Place::new();
    let ran = run(&place, "credential", "list h10301 --svg format.svg");
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), ""), "{ran:?}");
    let svg = place.read("format.svg");
    assert!(svg.contains("A facility: 8 bits, 0 to 255, in 1-8"), "{svg}");
    assert_eq!(run(&place, "credential", "list h10301 --svg -").out, svg);
    roxmltree::Document::parse(&svg).unwrap();
    for arguments in ["list --svg x.svg", "list h10301 --svg x.svg --json", "list no --svg x.svg"] {
        assert_eq!(run(&place, "credential", arguments).code, Some(2), "{arguments}");
    }
    assert!(!place.exists("x.svg"));
}

#[test]
fn a_report_tells_the_receipts_and_whether_they_hold() {
    let place = Place::new();
    place.write("r.csv", made_up(4).replace("r00001,", "r00001,9"));
    assert_eq!(place.run("--records r.csv --receipts out.jsonl").code, Some(1));
    let lines = run(&place, "receipts", "verify out.jsonl").out;
    let ran = run(&place, "receipts", "verify out.jsonl --html report.html");
    assert_eq!((ran.code, ran.out.as_str()), (Some(0), lines.as_str()), "{ran:?}");
    let html = place.read("report.html");
    pictures(&html);
    let receipts = place.lines("out.jsonl");
    assert_eq!(receipts.len(), 4);
    for receipt in &receipts {
        let record = receipt["record"].as_str().unwrap();
        assert!(!html.contains(record), "{record}");
        if let Some(mark) = receipt["card"].as_str() {
            assert!(html.contains(&format!(">{}</td>", beginning(mark))));
        }
    }
    let refused = receipts.iter().find(|receipt| receipt["outcome"] == "refused").unwrap();
    let code = refused["code"].as_str().unwrap();
    assert!(html.contains(&format!("<td>refused</td><td>{code}</td>")), "{code}");
    assert!(html.contains("The file is as it was written: 4 receipts"));
    let piped = run(&place, "receipts", "verify out.jsonl --html -");
    assert_eq!((piped.code, piped.out), (Some(0), html));
    // One line is gone.
    let text = place.read("out.jsonl");
    let rest: String = text.split_inclusive('\n').skip(1).collect();
    place.write("out.jsonl", rest);
    let ran = run(&place, "receipts", "verify out.jsonl --html report.html");
    assert_eq!(ran.code, Some(1));
    let html = place.read("report.html");
    assert!(
        html.contains("is not as it was written") && html.contains("What is wrong with the file")
    );
}
