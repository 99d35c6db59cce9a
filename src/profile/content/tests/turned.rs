// SPDX-License-Identifier: MIT OR Apache-2.0
//! Tables, inverses and reverses of items and of named parts.

use super::*;

/// A table that adds three to each byte, and an item of two bytes.
fn items() -> String {
    let table: Vec<_> = (0..=u8::MAX).map(|byte| byte.wrapping_add(3)).collect();
    format!(
        "[[table]]\nname = \"plus\"\nbytes = \"hex:{}\"\n[[item]]\nname = \"i\"\ncontent = [{{ uint = \
         \"n\", bytes = 2, order = \"big\" }}]\n",
        hex::encode(table)
    )
}

const FIELD: &str = "n = { type = \"uint\", max = 65535 }";

#[test]
fn items_are_turned_step_by_step() {
    for (turned, bytes) in [
        ("\"plus\"", "0201"),
        ("\"inverse\"", "0001"),
        ("\"reversed\"", "FEFF"),
        ("\"plus\", \"inverse\"", "FDFE"),
        ("\"inverse\", \"plus\", \"reversed\"", "0403"),
    ] {
        let part = format!("{{ item = \"i\", turned = [{turned}] }}");
        let profile = profile(FIELD, &items(), 2, &part);
        let made = rendered(&profile, "{\"n\": 65534}");
        assert_eq!(made, bytes, "{turned}");
        let content = profile.applications()[0].files[0].content.as_ref().unwrap();
        let told = content.read(&hex::decode(made).unwrap());
        let told: Vec<_> =
            told.iter().map(|told| (&*told.name, told.value.expose_secret())).collect();
        assert_eq!(told, [("n", &"65534".to_owned())], "{turned}");
    }
}

#[test]
fn copies_are_of_parts_before_them() {
    let part = "{ uint = \"n\", bytes = 2, order = \"big\", name = \"a\" }, { constant = \"hex:0102\", name \
                = \"b\" }, { copy = [\"b\", \"a\"], turned = [\"plus\"] }, { copy = [\"a..b\"], turned = \
                [\"inverse\"], name = \"c\" }, { checksum = \"xor\", over = [\"c\"] }";
    let items = items() + "[[item]]\nname = \"j\"\ncontent = [{ item = \"i\" }]\n";
    let profile = profile(FIELD, &items, 32, &format!("{part}, {{ item = \"j\" }}"));
    let made = rendered(&profile, "{\"n\": 4660}");
    assert_eq!(made, "12340102040515 37EDCBFEFD 25 1234".replace(' ', ""));
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let bytes = hex::decode(made).unwrap();
    assert_eq!(content.read(&bytes).iter().filter(|told| told.name.contains("other")).count(), 0);
    let mut wrong = bytes;
    wrong[5] ^= 1;
    assert_eq!(content.read(&wrong).iter().filter(|told| told.name.contains("other")).count(), 1);
}
