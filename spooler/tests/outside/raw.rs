// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whatever may come out of a socket: an answer of one line or a closed door, and the service goes on as it was.

use std::io::{Read, Write};
use std::net::TcpStream;
use std::thread;
use std::time::{Duration, Instant};

use crate::http::{self, connect};
use crate::site::{Running, Site, scaled};

/// A request to put this body.
fn put(token: &str, body: &[u8]) -> Vec<u8> {
    let head = format!(
        "POST /v1/orders HTTP/1.1\r\nHost: here\r\nConnection: close\r\nAuthorization: Bearer {token}\r\n\
         Content-Type: application/json\r\nContent-Length: {}\r\n\r\n",
        body.len()
    );
    [head.as_bytes(), body].concat()
}

/// An order with this in the place of one of its entries.
fn order(of: &str, other: &str) -> Vec<u8> {
    let text = r#"{"reference":"a","profile":"door","priority":1,"record":{"id":"r","facility":42,"number":7,"issue":1,"valid_until":20281231,"site":"North"}}"#;
    assert!(text.contains(of), "{of}");
    text.replace(of, other).into_bytes()
}

/// Bodies that are no order, each with what it gets.
fn bodies() -> Vec<(&'static str, Vec<u8>, u16)> {
    let deep = |open: &str, close: &str| {
        [open.repeat(100_000), close.repeat(100_000)].concat().into_bytes()
    };
    let huge = "9".repeat(400);
    vec![
        ("no UTF-8", b"{\"reference\":\"\xFF\xFE\"}".to_vec(), 400),
        ("lists in lists", deep("[", "]"), 422),
        ("lists without end", "[".repeat(100_000).into_bytes(), 400),
        ("a deep record", order(r#""North""#, &"[".repeat(50_000)), 400),
        (
            "a deep record with its ends",
            order(r#""North""#, &String::from_utf8(deep("[", "]")).unwrap()),
            422,
        ),
        ("a key twice", order(r#""priority":1"#, r#""priority":1,"priority":2"#), 422),
        ("a field twice", order(r#""issue":1"#, r#""issue":1,"issue":2"#), 422),
        ("a negative number", order(r#""number":7"#, r#""number":-7"#), 422),
        ("a number without end", order(r#""number":7"#, &format!(r#""number":{huge}"#)), 422),
        ("a number past all", order(r#""number":7"#, r#""number":1e999"#), 422),
        ("a priority past all", order(r#""priority":1"#, r#""priority":99999999999"#), 422),
        ("a lone surrogate", order(r#""North""#, r#""\ud800""#), 422),
        ("a zero in a text", order(r#""reference":"a""#, r#""reference":"a\u0000b""#), 422),
        (
            "a long reference",
            order(r#""reference":"a""#, &format!(r#""reference":"{}""#, "a".repeat(5000))),
            422,
        ),
    ]
}

/// An answer of the service's own: one line of JSON with code and words.
fn is_one_line(text: &str) -> bool {
    let Some((_, body)) = text.split_once("\r\n\r\n") else { return false };
    let line: Result<serde_json::Value, _> = serde_json::from_str(body.trim());
    body.trim().lines().count() == 1
        && line.is_ok_and(|line| line["code"].is_string() && line["words"].is_string())
}

fn is_well(running: &Running) {
    let begun = Instant::now();
    assert_eq!(http::ask(&running.address, "", "GET /health/live", "").unwrap().status, 200);
    assert!(begun.elapsed() < Duration::from_secs(10), "it hangs");
}

#[test]
fn whatever_comes_as_an_order_gets_one_line() {
    let site = Site::new("outside-raw", 0, "");
    let running = site.start();
    for (what, body, status) in bodies() {
        let said = http::raw(&running.address, &put(&running.token, &body), false).unwrap();
        assert!(said.starts_with(&format!("HTTP/1.1 {status} ")), "{what}: {said}");
        assert!(is_one_line(&said), "{what}: {said}");
    }
    assert_eq!(running.count("waiting"), 0, "something of it was taken");
    is_well(&running);
    assert!(!std::fs::read_to_string(site.log()).unwrap().contains("panicked"));
}

#[test]
fn whatever_is_no_request_is_refused_and_nothing_more() {
    let site = Site::new("outside-bytes", 0, "");
    let running = site.start();
    let get = |path: &str| {
        format!("GET {path} HTTP/1.1\r\nHost: here\r\nConnection: close\r\n").into_bytes()
    };
    let bearer = format!("Authorization: Bearer {}\r\n\r\n", running.token).into_bytes();
    let mine = |path: &str| [get(path), bearer.clone()].concat();
    let with =
        |head: &str| [get("/health/live"), head.as_bytes().to_vec(), b"\r\n\r\n".to_vec()].concat();
    let many: String = (0..5000).map(|number| format!("X-{number}: y\r\n")).collect();
    let torn = put(&running.token, &order("North", "South"));
    let torn = torn[..torn.len() - 20].to_vec();
    for (what, bytes, statuses) in [
        ("a head without end", with(&format!("X: {}", "y".repeat(2_000_000))), &[431][..]),
        ("heads without end", with(&many), &[431]),
        ("a negative length", with("Content-Length: -1"), &[400]),
        ("two lengths", with("Content-Length: 1\r\nContent-Length: 2"), &[400]),
        (
            "a chunk past all",
            with("Transfer-Encoding: chunked\r\n\r\nFFFFFFFFFFFFFFFFFF\r\n"),
            &[200, 400],
        ),
        ("no HTTP", b"\x16\x03\x01\x02\x00\x01\x00\x01\xFC".to_vec(), &[400]),
        ("another version", b"GET / HTTP/9.9\r\n\r\n".to_vec(), &[400]),
        (
            "a token of no letters",
            [get("/v1/floor"), b"Authorization: Bearer \xFF\xFE\r\n\r\n".to_vec()].concat(),
            &[401],
        ),
        (
            "another scheme",
            [get("/v1/floor"), b"Authorization: Basic QTpC\r\n\r\n".to_vec()].concat(),
            &[401],
        ),
        ("up and out", mine("/../../../../etc/passwd"), &[404]),
        ("up and out, hidden", mine("/%2e%2e/%2e%2e/etc/passwd"), &[404]),
        ("up and out of orders", mine("/v1/orders/..%2f..%2fetc%2fpasswd"), &[404]),
        ("an order below zero", mine("/v1/orders/-1"), &[404]),
        ("an order past all", mine("/v1/orders/99999999999999999999"), &[404]),
        ("lines past all", mine("/v1/receipts?after=99999999999999999999"), &[400]),
        ("lines below zero", mine("/v1/receipts?after=-9223372036854775808&most=-1"), &[200]),
        ("no UTF-8 in a query", mine("/v1/orders?state=%FF%FE"), &[400]),
        ("a torn body", torn, &[400]),
    ] {
        let said =
            http::raw(&running.address, &bytes, what.ends_with("torn body")).unwrap_or_default();
        let status = said.split(' ').nth(1).and_then(|status| status.parse().ok());
        // A door may be closed without a word where no request has come.
        assert!(
            status.map_or(said.is_empty(), |status: u16| statuses.contains(&status)),
            "{what}: {said}"
        );
        assert!(!said.contains("root:"), "{what}");
    }
    let two = [get("/health/live"), b"\r\n".to_vec()].concat();
    let first = String::from_utf8(two.clone()).unwrap().replace("Connection: close\r\n", "");
    let said = http::raw(&running.address, &[first.into_bytes(), two].concat(), false).unwrap();
    assert_eq!(said.matches("HTTP/1.1 200 ").count(), 2, "two requests in one piece: {said}");
    assert_eq!(running.count("waiting"), 0, "something of it was taken");
    is_well(&running);
    assert!(!std::fs::read_to_string(site.log()).unwrap().contains("panicked"));
}

/// `CLIENTS=8000` for as many as a system allows.
#[test]
fn clients_that_come_and_go_and_say_nothing_leave_nothing() {
    let site = Site::new("outside-clients", 0, "");
    let running = site.start();
    is_well(&running);
    let (before, open) = (running.memory(), running.open());
    let line = format!(
        "GET /v1/receipts/events HTTP/1.1\r\nHost: here\r\nAuthorization: Bearer {}\r\n\r\n",
        running.token
    );
    let clients = scaled("CLIENTS", 300);
    let mut held: Vec<TcpStream> = Vec::new();
    for number in 0..clients {
        let mut stream = connect(&running.address).unwrap();
        match number % 3 {
            // Somebody listens,
            0 => {
                stream.write_all(line.as_bytes()).unwrap();
                let mut some = [0; 12];
                stream.read_exact(&mut some).unwrap();
                assert_eq!(&some, b"HTTP/1.1 200");
            }
            // says half of what they want,
            1 => stream.write_all(b"GET /v1/fl").unwrap(),
            // or nothing.
            _ => {}
        }
        held.push(stream);
    }
    is_well(&running);
    let most = running.memory();
    drop(held);
    let until = Instant::now() + Duration::from_secs(30);
    while running.open() > open + 5 {
        assert!(Instant::now() < until, "{} are still open", running.open());
        thread::sleep(Duration::from_millis(100));
    }
    is_well(&running);
    let each = most.saturating_sub(before) / u64::try_from(clients).unwrap();
    println!(
        "{clients} clients: {before} kB before, {most} kB with them, {} kB after",
        running.memory()
    );
    assert!(each < 128, "{each} kB for each client");
    assert!(!std::fs::read_to_string(site.log()).unwrap().contains("panicked"));
}

#[test]
fn who_says_half_a_request_is_not_waited_for_and_room_comes_back() {
    let site = Site::new("outside-room", 0, "");
    let file = site.folder.join("service.toml");
    let text = std::fs::read_to_string(&file).unwrap();
    std::fs::write(&file, text.replace("connections = 100000", "connections = 3")).unwrap();
    let running = site.start();
    let mut held: Vec<TcpStream> = Vec::new();
    for bytes in [&b"GET /v1/fl"[..], b"", b"GET /health/live HTTP/1.1\r\nHost:"] {
        let mut stream = connect(&running.address).unwrap();
        stream.write_all(bytes).unwrap();
        held.push(stream);
    }
    thread::sleep(Duration::from_millis(300));
    let mut waits = connect(&running.address).unwrap();
    let line = b"GET /health/live HTTP/1.1\r\nHost: here\r\nConnection: close\r\n\r\n";
    waits.write_all(line).unwrap();
    waits.set_read_timeout(Some(Duration::from_secs(1))).unwrap();
    let mut said = [0; 12];
    assert!(waits.read_exact(&mut said).is_err(), "there was no room");
    // Half a minute, then their places are free.
    waits.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
    waits.read_exact(&mut said).unwrap();
    assert_eq!(&said, b"HTTP/1.1 200");
    for mut stream in held {
        stream.set_read_timeout(Some(Duration::from_secs(60))).unwrap();
        let (mut rest, sent) = (Vec::new(), Instant::now());
        let over = stream.read_to_end(&mut rest).is_ok();
        assert!(over && sent.elapsed() < Duration::from_secs(20), "it is still held");
    }
}
