// SPDX-License-Identifier: MIT OR Apache-2.0
//! The two checksums of DESFire. On the wire both go least significant byte first.

use crc::{CRC_16_ISO_IEC_14443_3_A, CRC_32_JAMCRC, Crc, Table};

static CRC32: Crc<u32, Table<16>> = Crc::<u32, Table<16>>::new(&CRC_32_JAMCRC);
static CRC16: Crc<u16> = Crc::<u16>::new(&CRC_16_ISO_IEC_14443_3_A);

/// CRC-32 without the final inversion (JAMCRC), over the parts as one message, in wire order.
#[must_use]
pub fn crc32(parts: &[&[u8]]) -> [u8; 4] {
    let mut digest = CRC32.digest();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().to_le_bytes()
}

/// CRC_A of ISO/IEC 14443-3 over the parts as one message, in wire order.
#[must_use]
pub fn crc16(parts: &[&[u8]]) -> [u8; 2] {
    let mut digest = CRC16.digest();
    for part in parts {
        digest.update(part);
    }
    digest.finalize().to_le_bytes()
}
