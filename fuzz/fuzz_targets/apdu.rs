// SPDX-License-Identifier: MIT OR Apache-2.0
//! A command APDU that decodes is written back as the same bytes; a response keeps its data.
#![no_main]

use cardwright::iso7816::{Command, CommandBuf, Response};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|bytes: &[u8]| {
    if let Ok(command) = Command::decode(bytes) {
        let mut out = CommandBuf::new();
        assert!(command.encode(&mut out));
        assert_eq!(out.as_slice(), bytes);
    }
    match Response::decode(bytes) {
        Ok(Response { data, status, .. }) => {
            assert_eq!([data, &status.0.to_be_bytes()].concat(), bytes);
        }
        Err(_) => assert!(bytes.len() < 2),
    }
});
