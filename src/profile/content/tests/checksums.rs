// SPDX-License-Identifier: MIT OR Apache-2.0
//! What checksums cover, and in which order.

use super::*;

/// By hand: the first sum is 01, the second 01 ^ 01 ^ 0F = 0F, the third 0F ^ 0F = 00 over the
/// second and what stands before it.
#[test]
fn a_checksum_covers_those_before_it_as_they_are_written() {
    let parts = "{ constant = \"hex:01\", name = \"a\" }, \
                 { checksum = \"xor\", over = [\"a\"], name = \"first\" }, \
                 { constant = \"hex:0F\", name = \"b\" }, \
                 { checksum = \"xor\", over = [\"a..b\"], name = \"second\" }, \
                 { checksum = \"xor\", over = [\"b..second\"] }, \
                 { uint = \"n\", bytes = 3, order = \"big\" }";
    let bytes = content(NUMBER, parts, "{\"n\": 0}");
    assert_eq!(bytes, "01 01 0F 0F 00 000000".replace(' ', ""));
}

/// The catalogue's 29B1 is over 123456789, whose end stands in front here.
#[test]
fn a_crc_takes_its_parts_as_they_are_named() {
    let parts = "{ constant = \"ascii:6789\", name = \"end\" }, \
                 { digits = \"n\", count = 5, form = \"ascii\", name = \"n\" }, \
                 { checksum = \"CRC-16/IBM-3740\", over = [\"n\", \"end\"], order = \"big\" }";
    let bytes = content(NUMBER, parts, "{\"n\": 12345}");
    assert_eq!(bytes, "36373839 3132333435 29B1".replace(' ', ""));
}

/// By hand: 01 ^ 02 = 03 stands last, and the first is over it: 03 ^ FF = FC.
#[test]
fn a_checksum_covers_one_that_stands_behind_it() {
    let parts = "{ checksum = \"xor\", over = [\"sum\", \"c\"] }, \
                 { constant = \"hex:FF\", name = \"c\" }, \
                 { constant = \"hex:0102\", name = \"d\" }, \
                 { checksum = \"xor\", over = [\"d\"], name = \"sum\" }, \
                 { uint = \"n\", bytes = 3, order = \"big\" }";
    assert_eq!(content(NUMBER, parts, "{\"n\": 0}"), "FC FF 0102 03 000000".replace(' ', ""));
}
