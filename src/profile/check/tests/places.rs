// SPDX-License-Identifier: MIT OR Apache-2.0
//! Mistakes in checksums, TLVs, offsets and names.

use super::parts::{refused_parts, text};
use super::*;

#[test]
fn checksums() {
    refused_parts(&[
        (
            "{ checksum = \"crc16\", over = [\"code\"] }",
            "\"crc16\" is no checksum: write \"xor\", \"luhn\" or a name of the CRC catalogue, \
             such",
        ),
        (
            "{ checksum = \"CRC-16/ARC\", over = [\"code\"] }",
            "several bytes need an order: write order = \"big\"",
        ),
        (
            "{ checksum = \"xor\", over = [\"code\"], order = \"big\" }",
            "a part of this kind has no entry \"order\": write one of \"checksum\", \"over\"",
        ),
        ("{ checksum = \"xor\" }", "over is missing: write over = [ … ] with names of parts, or"),
        ("{ checksum = \"xor\", over = [] }", "over is empty: write over = [ … ] with names"),
        ("{ checksum = \"xor\", over = [1] }", "over holds something else: write over = [ … ]"),
        (
            "{ checksum = \"xor\", over = [\"cod\"] }",
            "no part is named \"cod\": write \"code\", or one of \"day\", \"sum\"",
        ),
        (
            "{ checksum = \"xor\", over = [\"day..code\"] }",
            "\"code\" stands before \"day\": write \"code..day\"",
        ),
        (
            "{ checksum = \"xor\", over = [\"mine\"], name = \"mine\" }",
            "the checksum would cover itself: name the parts before it and those behind it",
        ),
        (
            "{ tlv = \"9E\", parts = [{ checksum = \"xor\", over = [\"t\"] }], name = \"t\" }",
            "the checksum would cover itself: name the parts",
        ),
        (
            "{ checksum = \"xor\", over = [\"x\"], name = \"y\" }, { checksum = \"xor\", over = \
             [\"y\"], name = \"x\" }",
            "the checksum would cover itself by way of others: let one of them cover the other",
        ),
    ]);
}

#[test]
fn check_digits() {
    let said = "luhn is over digits of one form: name parts of kind digits, with the same form";
    refused_parts(&[
        ("{ checksum = \"luhn\", over = [\"code\", \"day\"] }", said),
        (
            "{ digits = \"code\", count = 6, form = \"ascii\", name = \"c\" }, \
             { checksum = \"luhn\", over = [\"code\", \"c\"] }",
            said,
        ),
        (
            "{ digits = \"code\", count = 6, form = \"bcd-left\", name = \"left\" }, \
             { checksum = \"luhn\", over = [\"code\", \"left\"] }",
            said,
        ),
        (
            "{ tlv = \"12\", parts = [{ digits = \"code\", count = 6 }], name = \"t\" }, \
             { checksum = \"luhn\", over = [\"t\"] }",
            said,
        ),
        ("{ constant = \"hex:12\", name = \"c\" }, { checksum = \"luhn\", over = [\"c\"] }", said),
        (
            "{ constant = \"hex:1A\", name = \"c\" }, { checksum = \"luhn\", over = [\"c\", \
             \"code\"] }",
            said,
        ),
    ]);
    assert!(Profile::parse(&text("{ checksum = \"xor\", over = [\"sum\"] }")).is_ok());
}

#[test]
fn tlvs_offsets_and_names() {
    refused_parts(&[
        ("{ tlv = \"5\", parts = [] }", "\"5\" is no tag: write one tag in hexadecimal, such as"),
        ("{ tlv = \"1F\", parts = [] }", "\"1F\" is no tag: write"),
        ("{ tlv = \"5A24\", parts = [] }", "\"5A24\" is no tag: write"),
        ("{ tlv = \"5FA4\", parts = [] }", "\"5FA4\" is no tag: write"),
        ("{ tlv = \"DF81828301\", parts = [] }", "\"DF81828301\" is no tag: write"),
        (
            "{ tlv = \"FF\", length = \"byte\", parts = [] }",
            "\"FF\" is no tag: write one byte in hexadecimal, \"01\" to \"FE\"",
        ),
        (
            "{ tlv = \"5A\", length = \"der\", parts = [] }",
            "\"der\" is no length: write one of \"ber\"",
        ),
        ("{ tlv = \"5A\" }", "parts is missing: write parts = [ … ], empty for no value"),
        ("{ tlv = \"5A\", parts = \"00\" }", "parts is a list: write parts = [ … ], empty for no"),
        ("{ tlv = \"5A\", parts = [\"code\"] }", "parts holds something else: write parts = [ … ]"),
        (
            "{ tlv = \"5A\", length = \"byte\", parts = [{ pad = \"00\", bytes = 255 }] }",
            "255 bytes in a tlv whose length says 254 at most: write length = \"ber\", or shorter",
        ),
        (
            "{ tlv = \"5A\", parts = [{ pad = \"00\" }] }",
            "no room that a pad could fill up: write bytes = … with how many it takes",
        ),
        (
            "{ tlv = \"5A\", parts = [{ constant = \"hex:00\", at = 70 }] }",
            "an offset inside of a tlv: write at = … for the whole tlv",
        ),
        (
            "{ constant = \"hex:00\", at = 98 }",
            "an offset behind a pad that fills up the file: write bytes = … in the pad, or take it",
        ),
        (
            "{ constant = \"hex:00\", at = -1 }",
            "at is out of range: write at = … with an offset from",
        ),
        (
            "{ constant = \"hex:00\", name = \"\" }",
            "\"\" is no name: write another name, of letters",
        ),
        ("{ constant = \"hex:00\", name = \"a..b\" }", "\"a..b\" is no name: write another name"),
        ("{ constant = \"hex:00\", name = \"day\" }", "two parts are named \"day\": write another"),
        (
            "{ pad = \"00\", bytes = 0 }",
            "bytes is out of range: write bytes = … with a number from",
        ),
    ]);
    let text = text("").replacen("{ pad = \"00\" },", "{ pad = \"00\", bytes = 3, at = 11 },", 1);
    let said = Profile::parse(&text).unwrap_err().to_string();
    let wanted = "line 38, column 35: the parts before reach to offset 12: write at = 12 or more";
    assert_eq!(said, wanted);
    assert!(Profile::parse(&text.replacen("at = 11", "at = 12", 1)).is_ok());
    let far = text.replacen("at = 11", "at = 80", 1);
    let said = Profile::parse(&far).unwrap_err().to_string();
    assert!(
        said.contains("the content takes 111 bytes, and size is 99: write size = 111"),
        "{said}"
    );
}
