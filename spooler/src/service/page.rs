// SPDX-License-Identifier: MIT OR Apache-2.0
//! The operator's page: one screen for the person at the machine. `docs/operator.md` tells what is on it.
//!
//! The server renders it whole from a [`Floor`](super::floor::Floor), and sends the parts that changed since:
//! each is an element with an id, which the page's script puts in the place of the one that stands there.
//! Without the script every form works, and the page is loaded again. Whatever it needs comes from here, and
//! nothing in it is script or style by itself: `default-src 'self'` is enough for it.

mod answer;
mod deeds;
mod desk;
mod document;
mod door;
mod ends;
mod figures;
mod login;
mod order;
mod reader;
mod routes;
mod sight;
mod station;
#[cfg(test)]
mod tests;
mod watch;

pub use self::desk::{Desk, Drawn, Known, Visit};
pub use self::routes::{assets, router, routes};
use self::station::Station;

use core::time::Duration;
use std::time::SystemTime;

use maud::{Markup, html};

/// What each answer of the page says to a browser: it loads nothing from elsewhere, stands in no frame, is
/// what it says it is, and is kept nowhere.
pub const HEADERS: [(&str, &str); 4] = [
    (
        "content-security-policy",
        "default-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    ),
    ("x-content-type-options", "nosniff"),
    ("referrer-policy", "no-referrer"),
    ("cache-control", "no-store"),
];

fn code(code: &str) -> Markup {
    html! { code { (code) } }
}

/// A time of the day. The page's script shows it as the clock on the wall does.
fn clock(milliseconds: i64) -> Markup {
    let stamp = stamp(milliseconds);
    let clock = stamp.get(11..19).unwrap_or(&stamp).to_owned();
    html! { time datetime=(stamp) { (clock) " UTC" } }
}

/// A time with its day.
fn day(milliseconds: i64) -> Markup {
    let stamp = stamp(milliseconds);
    let shown = stamp.replace('T', " ").replace('Z', " UTC");
    html! { time datetime=(stamp) data-day { (shown) } }
}

/// A time as RFC 3339 writes it.
fn stamp(milliseconds: i64) -> String {
    let since = Duration::from_millis(u64::try_from(milliseconds).unwrap_or_default());
    let moment = SystemTime::UNIX_EPOCH.checked_add(since).unwrap_or(SystemTime::UNIX_EPOCH);
    humantime::format_rfc3339_seconds(moment).to_string()
}

/// The id of a reader's part: names of readers are whatever their drivers say.
fn part_of(reader: &str) -> String {
    reader.bytes().fold(String::from("reader-"), |mut id, byte| {
        if byte.is_ascii_alphanumeric() {
            id.push(char::from(byte));
        } else {
            id.push('_');
            id.push_str(&hex::encode([byte]));
        }
        id
    })
}
