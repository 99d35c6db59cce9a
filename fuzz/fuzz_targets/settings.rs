// SPDX-License-Identifier: MIT OR Apache-2.0
//! File settings as a reply, as a creation and as an access rights word: what decodes is written
//! back as the same bytes, and reads back as the same value.
#![no_main]

use cardwright::wire::{AccessRights, FileReport, FileType, NewFile};
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: (u8, bool, &[u8])| {
    let (file, iso, bytes) = input;
    if let Ok(report) = FileReport::decode(bytes) {
        let written = report.encode();
        assert_eq!(written.as_slice(), as_canonical(bytes, 1));
        assert_eq!(FileReport::decode(&written), Ok(report));
    }
    if let Some(file) = FileType::from_byte(file % 5)
        && let Ok(new) = NewFile::decode(file, iso, bytes)
    {
        let mode = if new.iso_id.is_some() { 2 } else { 0 };
        let written = new.encode();
        assert_eq!(written.as_slice(), as_canonical(bytes, mode));
        assert_eq!(NewFile::decode(file, iso, &written), Ok(new));
        assert_eq!(new.ins(), file.ins());
    }
    if let Ok(wire) = <[u8; 2]>::try_from(bytes) {
        assert_eq!(AccessRights::from_wire(wire).to_wire(), wire);
    }
});

/// The bytes with the second way to write plain communication (02, with secure dynamic messaging 42, with further
/// rights 82, with both C2) replaced by the first.
fn as_canonical(bytes: &[u8], mode: usize) -> Vec<u8> {
    let mut bytes = bytes.to_vec();
    if matches!(bytes[mode], 0x02 | 0x42 | 0x82 | 0xC2) {
        bytes[mode] &= !0x02;
    }
    bytes
}
