// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two pens against each other: what the host says over real sessions, and what the software
//! card makes of it.
#![cfg(feature = "emulator")]
#![expect(clippy::unwrap_used, reason = "a helper of a test fails loudly")]

mod pairs {
    mod act;
    mod agreement;
    mod contents;
    mod keys;
    mod lost;
    mod model;
    mod support;
    mod talk;
    mod tampering;
    mod transactions;
}
