// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program as somebody outside of it meets it: over sockets, by signals, killed, and by what it leaves in its
//! folder. Nothing of its code is called.

#![cfg(all(feature = "service", feature = "sqlite", unix))]
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "what a test is prepared with, and figures"
)]
#![expect(clippy::indexing_slicing, reason = "what is not there is no answer")]
#![allow(unreachable_pub, reason = "as what tests share")]

mod common;

#[path = "outside/http.rs"]
mod http;
#[path = "outside/site.rs"]
mod site;

#[path = "outside/ends.rs"]
mod ends;
#[path = "outside/killed.rs"]
mod killed;
#[path = "outside/many.rs"]
mod many;
#[path = "outside/nowhere.rs"]
mod nowhere;
#[path = "outside/raw.rs"]
mod raw;
#[cfg(feature = "pkcs11")]
#[path = "outside/token.rs"]
mod token;
