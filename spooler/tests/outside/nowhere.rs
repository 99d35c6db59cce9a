// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is personal or secret goes in from outside and is looked for everywhere: in answers, on the page, in the
//! figures, on standard error with everything logged, and in each file that the service leaves.

use std::fs;
use std::path::Path;

use serde_json::json;

use crate::http;
use crate::site::{Running, Site, order};

/// Whether bytes hold a text, in any case, or in hexadecimal digits.
fn holds(bytes: &[u8], text: &str) -> bool {
    let low = bytes.to_ascii_lowercase();
    let text = text.to_ascii_lowercase();
    let found = |part: &[u8]| low.windows(part.len()).any(|window| window == part);
    found(text.as_bytes()) || found(hex::encode(&text).as_bytes())
}

/// Each file below a folder, but for those that somebody gave the service and the cards themselves.
fn left(folder: &Path) -> Vec<(String, Vec<u8>)> {
    let mut files = Vec::new();
    for entry in fs::read_dir(folder).unwrap().map(Result::unwrap) {
        let name = entry.file_name().into_string().unwrap();
        if entry.path().is_file() && name != "tenant.key" {
            files.push((name, fs::read(entry.path()).unwrap()));
        }
    }
    files
}

/// What is asked of machines.
const ASKED: [&str; 11] = [
    "/v1/orders/1",
    "/v1/orders?state=done",
    "/v1/orders?state=zqx-site",
    "/v1/zqx-site",
    "/v1/floor",
    "/v1/receipts?after=0",
    "/v1/audit",
    "/metrics",
    "/health",
    "/v1/lots/lot",
    "/zqx-site?a=zqx-site",
];

/// What people see, with a wrong token first.
fn pages(running: &Running, token: &str) -> String {
    let form = "Content-Type: application/x-www-form-urlencoded\r\n";
    let enter = |token: &str| {
        http::with(&running.address, "POST /login", form, &format!("token={token}")).unwrap()
    };
    let mut told = enter("zqx-site").body;
    let login = enter(token);
    let cookie = login.head.lines().find_map(|line| line.strip_prefix("set-cookie: ")).unwrap();
    let cookie = format!("Cookie: {}\r\n", cookie.split(';').next().unwrap());
    for path in ["/", "/order/1", "/login", "/zqx-site"] {
        told += &http::with(&running.address, &format!("GET {path}"), &cookie, "").unwrap().body;
    }
    told
}

#[test]
fn what_is_personal_is_in_no_answer_no_log_and_no_file() {
    let site = Site::new("outside-nowhere", 2, "exchange_ms = 1, mishaps = true");
    let running = site.start_as("service", &["--log", "trace", "--log-json"]);
    let key = fs::read_to_string(site.folder.join("tenant.key")).unwrap();
    let keys = include_str!("../../../examples/data/test-keys.toml");
    let keys = keys.split('"').filter(|text| text.len() == 32);
    let mut canaries: Vec<String> =
        ["zqx-site", "zqx-reference", "zqx-id", "zqx-control", "zqx-number"]
            .into_iter()
            .chain([key.trim(), &site.token])
            .chain(keys)
            .map(str::to_owned)
            .collect();
    canaries.push(site.token.trim_start_matches("cw_").to_owned());
    let mut put = order(7);
    put["reference"] = json!("zqx-reference");
    put["record"]["id"] = json!("zqx-id");
    put["record"]["site"] = json!("zqx-site");
    put["number"] = json!({"site": "zqx-site", "number": "zqx-number"});
    put["control"] = json!("zqx-control");
    let mut told = running.ask("POST /v1/orders", &put.to_string()).body;
    running.until("it is done", |running| running.count("done") == 1);
    let mut wrong = put.clone();
    wrong["record"]["facility"] = json!("zqx-site");
    for body in [wrong.to_string(), put.to_string().replace('}', ""), "\"zqx-site\"".to_owned()] {
        told += &running.ask("POST /v1/orders", &body).body;
        told += &running.ask("POST /v1/find", &body).body;
        told += &running.ask("POST /v1/receipts/delivered", &body).body;
    }
    told += &running.ask("POST /v1/find", r#"{"reference":"zqx-reference"}"#).body;
    for path in ASKED {
        told += &running.ask(&format!("GET {path}"), "").body;
    }
    told += &pages(&running, &site.token);
    assert!(told.contains("What was tried") && told.contains("cardwright_orders"), "{told}");
    // The one who may see it does.
    assert!(running.ask("GET /v1/blocked", "").status == 200);
    let lost = running.ask("POST /v1/orders/1/lost", r#"{"reason":"holder-lost-it"}"#);
    assert_eq!(lost.status, 200, "{}", lost.body);
    assert!(running.ask("GET /v1/blocked", "").body.contains("zqx-control"));
    running.kill();
    let files = left(&site.folder);
    let names: Vec<_> = files.iter().map(|(name, _)| name.as_str()).collect();
    assert!(names.contains(&"log") && names.contains(&"orders.db"), "{names:?}");
    assert!(
        files.iter().all(|(name, bytes)| name != "log" || bytes.len() > 1000),
        "nothing was logged"
    );
    for canary in &canaries {
        assert!(!holds(told.as_bytes(), canary), "an answer has {canary}");
        for (name, bytes) in &files {
            assert!(!holds(bytes, canary), "{name} has {canary}");
        }
    }
}
