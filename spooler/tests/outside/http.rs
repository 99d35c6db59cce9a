// SPDX-License-Identifier: MIT OR Apache-2.0
//! A client of a few lines: what is sent is what stands here, and an answer that was torn off is none.

use std::collections::BTreeMap;
use std::io::{self, BufRead, BufReader, Read, Write};
use std::net::{Shutdown, TcpStream};
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex};
use std::thread::{self, JoinHandle};
use std::time::Duration;

use serde_json::Value;

/// An answer, with nothing missing.
#[derive(Debug, Clone)]
pub struct Answer {
    pub status: u16,
    pub head: String,
    pub body: String,
}

impl Answer {
    pub fn json(&self) -> Value {
        serde_json::from_str(&self.body)
            .unwrap_or_else(|_| panic!("{}: {}", self.status, self.body))
    }
}

pub fn connect(address: &str) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_secs(40)))?;
    Ok(stream)
}

/// What comes for these bytes until the other side ends; torn off where nothing more is to come.
pub fn raw(address: &str, bytes: &[u8], torn: bool) -> io::Result<String> {
    let mut stream = connect(address)?;
    // Whoever refuses what is sent may not read all of it.
    let _sent = stream.write_all(bytes);
    if torn {
        let _shut = stream.shutdown(Shutdown::Write);
    }
    let mut text = Vec::new();
    let read = stream.read_to_end(&mut text);
    if text.is_empty() {
        read?;
    }
    Ok(String::from_utf8_lossy(&text).into_owned())
}

/// Asks with these lines of a head besides.
pub fn with(address: &str, line: &str, head: &str, body: &str) -> io::Result<Answer> {
    let length = body.len();
    let text = format!("{line} HTTP/1.0\r\nContent-Length: {length}\r\n{head}\r\n{body}");
    let mut stream = connect(address)?;
    stream.write_all(text.as_bytes())?;
    let mut text = String::new();
    stream.read_to_string(&mut text)?;
    let torn = || io::Error::from(io::ErrorKind::UnexpectedEof);
    let (head, body) = text.split_once("\r\n\r\n").ok_or_else(torn)?;
    let status = head.split(' ').nth(1).and_then(|status| status.parse().ok()).ok_or_else(torn)?;
    let mut lines = head.lines().filter_map(|line| line.split_once(": "));
    let length = lines.find(|(name, _)| name.eq_ignore_ascii_case("content-length"));
    if length.is_some_and(|(_, length)| length.parse() != Ok(body.len())) {
        return Err(torn());
    }
    Ok(Answer { status, head: head.to_owned(), body: body.to_owned() })
}

pub fn ask(address: &str, token: &str, line: &str, body: &str) -> io::Result<Answer> {
    let head = format!("Authorization: Bearer {token}\r\nContent-Type: application/json\r\n");
    with(address, line, &head, body)
}

/// Where a service is now; none while it is killed.
pub type Address = Arc<Mutex<Option<String>>>;

/// Somebody who keeps every receipt and goes on behind the last one that they have, wherever the service is.
pub struct Listener {
    over: Arc<AtomicBool>,
    thread: JoinHandle<(BTreeMap<i64, Value>, usize)>,
}

impl Listener {
    pub fn start(address: Address, token: String) -> Self {
        let over = Arc::new(AtomicBool::new(false));
        let until = Arc::clone(&over);
        let thread = thread::spawn(move || {
            let (mut kept, mut streams) = (BTreeMap::new(), 0);
            while !until.load(Ordering::Relaxed) {
                let now = address.lock().unwrap().clone();
                let heard = now.map(|now| listen(&now, &token, &mut kept, &until));
                streams += usize::from(heard.is_some());
                thread::sleep(Duration::from_millis(10));
            }
            (kept, streams)
        });
        Self { over, thread }
    }

    /// Every line that came, by its number, and over how many streams.
    pub fn end(self) -> (BTreeMap<i64, Value>, usize) {
        self.over.store(true, Ordering::Relaxed);
        self.thread.join().unwrap()
    }
}

fn listen(
    address: &str,
    token: &str,
    kept: &mut BTreeMap<i64, Value>,
    until: &AtomicBool,
) -> io::Result<()> {
    let mut stream = TcpStream::connect(address)?;
    stream.set_read_timeout(Some(Duration::from_millis(100)))?;
    let last = kept.last_key_value().map_or(0, |(last, _)| *last);
    let line = format!(
        "GET /v1/receipts/events HTTP/1.0\r\nAuthorization: Bearer {token}\r\nLast-Event-ID: {last}\r\n\r\n"
    );
    stream.write_all(line.as_bytes())?;
    let mut lines = BufReader::new(stream);
    let mut line = String::new();
    while !until.load(Ordering::Relaxed) {
        match lines.read_line(&mut line) {
            Ok(0) => return Ok(()),
            // An event that a kill tore off has no end of its line.
            Ok(_) if line.ends_with('\n') => {}
            Ok(_) => return Ok(()),
            // What of a line is there already stays.
            Err(error) if error.kind() == io::ErrorKind::WouldBlock => continue,
            Err(error) => return Err(error),
        }
        if let Some(data) = line.strip_prefix("data: ")
            && let Ok(told) = serde_json::from_str::<Value>(data)
        {
            let sequence = told["sequence"].as_i64().unwrap();
            let last = kept.last_key_value().map_or(0, |(last, _)| *last);
            assert_eq!(sequence, last + 1, "a line came twice, or one is missing");
            kept.insert(sequence, told);
        }
        line.clear();
    }
    Ok(())
}
