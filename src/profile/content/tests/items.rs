// SPDX-License-Identifier: MIT OR Apache-2.0
//! Pieces of items, in files and in other items.

use super::*;

/// An item is cut where files take it, and its checksum is over the item.
#[test]
fn pieces_of_items_stand_where_the_file_puts_them() {
    let items = "[[item]]\nname = \"badge\"\ncontent = [{ uint = \"n\", bytes = 3, order = \
                 \"big\", name = \"n\" }, \
                 { checksum = \"xor\", over = [\"n\"] }]\n\
                 [[item]]\nname = \"mark\"\ncontent = [{ constant = \"ascii:MARK\" }]\n";
    let parts = "{ item = \"badge\", from = 2 }, { item = \"badge\", bytes = 2, at = 4 }, \
                 { item = \"mark\", from = 1, bytes = 2 }, { item = \"mark\" }, { item = \
                 \"badge\" }";
    // 258 is 000102 and 00 ^ 01 ^ 02 = 03.
    let bytes = rendered(&profile(NUMBER, items, 32, parts), "{\"n\": 258}");
    assert_eq!(bytes, "0203 0000 0001 4152 4D41524B 00010203".replace(' ', ""));
}

/// By hand: 258 is 000102, and its item has 00 ^ 01 ^ 02 = 03 behind it. The other one takes the
/// middle, and AA ^ 01 ^ 02 = A9.
#[test]
fn an_item_takes_pieces_of_those_before_it() {
    let items = "[[item]]\nname = \"number\"\ncontent = [{ uint = \"n\", bytes = 3, order = \
                 \"big\", name = \"n\" }, { checksum = \"xor\", over = [\"n\"] }]\n\
                 [[item]]\nname = \"badge\"\ncontent = [{ constant = \"hex:AA\", name = \"mark\" }, \
                 { item = \"number\", from = 1, bytes = 2, name = \"n\" }, \
                 { checksum = \"xor\", over = [\"mark..n\"] }, { item = \"number\", at = 6 }]\n";
    let parts = "{ item = \"badge\" }, { tlv = \"5A\", parts = [{ item = \"badge\", from = 2, bytes = 2 }] }, \
                 { item = \"number\", from = 3 }";
    let bytes = rendered(&profile(NUMBER, items, 32, parts), "{\"n\": 258}");
    assert_eq!(bytes, "AA0102A9 0000 00010203 5A02 02A9 03".replace(' ', ""));
}
