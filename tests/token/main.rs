// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in a token: `SoftHSM2` of Debian, behind modules that follow a script, are watched, or are a server.
//!
//! `cargo test --features pkcs11 --test token`, with `softhsm2`, `opensc`, `p11-kit` and a C compiler there.
#![expect(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod bed;
#[path = "../common/mod.rs"]
mod common;
mod days;
mod filled;
mod keys;
#[path = "../redaction"]
mod redaction {
    #![allow(dead_code, reason = "what a token has nothing to do with is there too")]

    mod canary;
    mod log;
    mod observed;
    mod token;
    mod world;
}
mod trouble;
#[path = "../vectors/loader.rs"]
mod vectors;
mod watched;
