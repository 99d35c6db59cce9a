// SPDX-License-Identifier: MIT OR Apache-2.0
//! The example `bridge`: a station in an async program.

use std::process::Command;

use cardwright::Receipt;

use crate::command_line::place::another_program;

/// Five orders end, each told as it comes, and the program by itself.
#[test]
fn an_async_program_awaits_its_receipts() {
    let output = Command::new(another_program("bridge")).output().unwrap();
    assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
    let said = String::from_utf8(output.stdout).unwrap();
    let lines: Vec<&str> = said.lines().collect();
    let (last, receipts) = lines.split_last().unwrap();
    assert_eq!(*last, "5 orders finished");
    let mut records: Vec<String> = receipts
        .iter()
        .map(|line| {
            let receipt: Receipt = serde_json::from_str(line).unwrap();
            assert_eq!((receipt.outcome.name(), receipt.reader.as_deref()), ("done", Some("tray")));
            receipt.record
        })
        .collect();
    records.dedup();
    assert_eq!(records.len(), 5, "{said}");
}
