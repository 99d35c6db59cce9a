// SPDX-License-Identifier: MIT OR Apache-2.0
//! A key pair that is no secret: software cards sign their UIDs with it, and a check takes it only
//! where its caller asks for it.
//!
//! Whoever has read this file can sign any UID, so a signature under this key says that the card is
//! software and nothing else.

/// The private scalar, most significant byte first: an ASCII text, so that nobody takes it for one
/// that somebody keeps.
pub const SCALAR: [u8; 28] = *b"cardwright: test signatures.";

/// The public key that belongs to [`SCALAR`], as a point without compression: `04`, X, Y (SEC 1,
/// 2.3.3).
pub const PUBLIC: [u8; 57] = [
    0x04, // X
    0xC1, 0xB5, 0x4F, 0x63, 0xB7, 0xD5, 0xFC, 0x3C, 0xEA, 0xBA, 0xC6, 0x11, 0x70, 0xF4, 0xDE, 0x77,
    0xE5, 0x89, 0x99, 0x77, 0x0E, 0x62, 0xC7, 0x0E, 0x7F, 0x65, 0xC2, 0xE3, // Y
    0xEF, 0x2C, 0x76, 0x05, 0xDB, 0xA4, 0x50, 0x2C, 0xD4, 0x73, 0x8F, 0x75, 0x2C, 0xA1, 0xA9, 0xD1,
    0xB4, 0x85, 0x8F, 0xE7, 0x95, 0x0B, 0xA6, 0x13, 0x48, 0x62, 0xF1, 0x66,
];

#[cfg(test)]
mod tests {
    use p224::ecdsa::SigningKey;

    use super::*;

    #[test]
    fn the_two_halves_belong_together() {
        let key = SigningKey::from_bytes(&SCALAR.into()).unwrap();
        assert_eq!(key.verifying_key().to_sec1_point(false).as_bytes(), PUBLIC);
    }
}
