// SPDX-License-Identifier: MIT OR Apache-2.0
//! The rows of the catalogue, and their other names.

use crc::Algorithm;

use super::Catalogued;

/// The parameters of a row.
pub(super) enum Width {
    Bits8(Algorithm<u8>),
    Bits16(Algorithm<u16>),
    Bits32(Algorithm<u32>),
}

use Width::{Bits8, Bits16, Bits32};

const fn bits8(name: &'static str, algorithm: Algorithm<u8>) -> Catalogued {
    Catalogued { name, width: Bits8(algorithm) }
}

const fn bits16(name: &'static str, algorithm: Algorithm<u16>) -> Catalogued {
    Catalogued { name, width: Bits16(algorithm) }
}

const fn bits32(name: &'static str, algorithm: Algorithm<u32>) -> Catalogued {
    Catalogued { name, width: Bits32(algorithm) }
}

/// Some of the catalogue's other names. Those that people use for several algorithms, as `CRC-16` and
/// `CRC-CCITT`, are left out.
pub(super) static ALIASES: [(&str, &str); 47] = [
    ("CRC-8/AES", "CRC-8/TECH-3250"),
    ("CRC-8/EBU", "CRC-8/TECH-3250"),
    ("CRC-8/ITU", "CRC-8/I-432-1"),
    ("CRC-8/MAXIM", "CRC-8/MAXIM-DOW"),
    ("DOW-CRC", "CRC-8/MAXIM-DOW"),
    ("ARC", "CRC-16/ARC"),
    ("CRC-16/LHA", "CRC-16/ARC"),
    ("CRC-16/AUG-CCITT", "CRC-16/SPI-FUJITSU"),
    ("CRC-16/BUYPASS", "CRC-16/UMTS"),
    ("CRC-16/VERIFONE", "CRC-16/UMTS"),
    ("CRC-16/AUTOSAR", "CRC-16/IBM-3740"),
    ("CRC-16/CCITT-FALSE", "CRC-16/IBM-3740"),
    ("CRC-16/CCITT-TRUE", "CRC-16/KERMIT"),
    ("CRC-16/V-41-LSB", "CRC-16/KERMIT"),
    ("KERMIT", "CRC-16/KERMIT"),
    ("CRC-16/DARC", "CRC-16/GENIBUS"),
    ("CRC-16/EPC", "CRC-16/GENIBUS"),
    ("CRC-16/EPC-C1G2", "CRC-16/GENIBUS"),
    ("CRC-16/I-CODE", "CRC-16/GENIBUS"),
    ("CRC-16/ACORN", "CRC-16/XMODEM"),
    ("CRC-16/LTE", "CRC-16/XMODEM"),
    ("CRC-16/V-41-MSB", "CRC-16/XMODEM"),
    ("XMODEM", "CRC-16/XMODEM"),
    ("ZMODEM", "CRC-16/XMODEM"),
    ("CRC-16/ISO-HDLC", "CRC-16/IBM-SDLC"),
    ("CRC-16/ISO-IEC-14443-3-B", "CRC-16/IBM-SDLC"),
    ("CRC-16/X-25", "CRC-16/IBM-SDLC"),
    ("CRC-B", "CRC-16/IBM-SDLC"),
    ("X-25", "CRC-16/IBM-SDLC"),
    ("CRC-A", "CRC-16/ISO-IEC-14443-3-A"),
    ("CRC-16/MAXIM", "CRC-16/MAXIM-DOW"),
    ("MODBUS", "CRC-16/MODBUS"),
    ("CRC-16/IEC-61158-2", "CRC-16/PROFIBUS"),
    ("CRC-32", "CRC-32/ISO-HDLC"),
    ("CRC-32/ADCCP", "CRC-32/ISO-HDLC"),
    ("CRC-32/V-42", "CRC-32/ISO-HDLC"),
    ("CRC-32/XZ", "CRC-32/ISO-HDLC"),
    ("PKZIP", "CRC-32/ISO-HDLC"),
    ("CRC-32/CASTAGNOLI", "CRC-32/ISCSI"),
    ("CRC-32C", "CRC-32/ISCSI"),
    ("CRC-32/AAL5", "CRC-32/BZIP2"),
    ("CRC-32/POSIX", "CRC-32/CKSUM"),
    ("CKSUM", "CRC-32/CKSUM"),
    ("CRC-32Q", "CRC-32/AIXM"),
    ("CRC-32D", "CRC-32/BASE91-D"),
    ("JAMCRC", "CRC-32/JAMCRC"),
    ("XFER", "CRC-32/XFER"),
];

pub(super) static CATALOGUE: [Catalogued; 63] = [
    bits8("CRC-8/AUTOSAR", crc::CRC_8_AUTOSAR),
    bits8("CRC-8/BLUETOOTH", crc::CRC_8_BLUETOOTH),
    bits8("CRC-8/CDMA2000", crc::CRC_8_CDMA2000),
    bits8("CRC-8/DARC", crc::CRC_8_DARC),
    bits8("CRC-8/DVB-S2", crc::CRC_8_DVB_S2),
    bits8("CRC-8/GSM-A", crc::CRC_8_GSM_A),
    bits8("CRC-8/GSM-B", crc::CRC_8_GSM_B),
    bits8("CRC-8/HITAG", crc::CRC_8_HITAG),
    bits8("CRC-8/I-432-1", crc::CRC_8_I_432_1),
    bits8("CRC-8/I-CODE", crc::CRC_8_I_CODE),
    bits8("CRC-8/LTE", crc::CRC_8_LTE),
    bits8("CRC-8/MAXIM-DOW", crc::CRC_8_MAXIM_DOW),
    bits8("CRC-8/MIFARE-MAD", crc::CRC_8_MIFARE_MAD),
    bits8("CRC-8/NRSC-5", crc::CRC_8_NRSC_5),
    bits8("CRC-8/OPENSAFETY", crc::CRC_8_OPENSAFETY),
    bits8("CRC-8/ROHC", crc::CRC_8_ROHC),
    bits8("CRC-8/SAE-J1850", crc::CRC_8_SAE_J1850),
    bits8("CRC-8/SMBUS", crc::CRC_8_SMBUS),
    bits8("CRC-8/TECH-3250", crc::CRC_8_TECH_3250),
    bits8("CRC-8/WCDMA", crc::CRC_8_WCDMA),
    bits16("CRC-16/ARC", crc::CRC_16_ARC),
    bits16("CRC-16/CDMA2000", crc::CRC_16_CDMA2000),
    bits16("CRC-16/CMS", crc::CRC_16_CMS),
    bits16("CRC-16/DDS-110", crc::CRC_16_DDS_110),
    bits16("CRC-16/DECT-R", crc::CRC_16_DECT_R),
    bits16("CRC-16/DECT-X", crc::CRC_16_DECT_X),
    bits16("CRC-16/DNP", crc::CRC_16_DNP),
    bits16("CRC-16/EN-13757", crc::CRC_16_EN_13757),
    bits16("CRC-16/GENIBUS", crc::CRC_16_GENIBUS),
    bits16("CRC-16/GSM", crc::CRC_16_GSM),
    bits16("CRC-16/IBM-3740", crc::CRC_16_IBM_3740),
    bits16("CRC-16/IBM-SDLC", crc::CRC_16_IBM_SDLC),
    bits16("CRC-16/ISO-IEC-14443-3-A", crc::CRC_16_ISO_IEC_14443_3_A),
    bits16("CRC-16/KERMIT", crc::CRC_16_KERMIT),
    bits16("CRC-16/LJ1200", crc::CRC_16_LJ1200),
    bits16("CRC-16/M17", crc::CRC_16_M17),
    bits16("CRC-16/MAXIM-DOW", crc::CRC_16_MAXIM_DOW),
    bits16("CRC-16/MCRF4XX", crc::CRC_16_MCRF4XX),
    bits16("CRC-16/MODBUS", crc::CRC_16_MODBUS),
    bits16("CRC-16/NRSC-5", crc::CRC_16_NRSC_5),
    bits16("CRC-16/OPENSAFETY-A", crc::CRC_16_OPENSAFETY_A),
    bits16("CRC-16/OPENSAFETY-B", crc::CRC_16_OPENSAFETY_B),
    bits16("CRC-16/PROFIBUS", crc::CRC_16_PROFIBUS),
    bits16("CRC-16/RIELLO", crc::CRC_16_RIELLO),
    bits16("CRC-16/SPI-FUJITSU", crc::CRC_16_SPI_FUJITSU),
    bits16("CRC-16/T10-DIF", crc::CRC_16_T10_DIF),
    bits16("CRC-16/TELEDISK", crc::CRC_16_TELEDISK),
    bits16("CRC-16/TMS37157", crc::CRC_16_TMS37157),
    bits16("CRC-16/UMTS", crc::CRC_16_UMTS),
    bits16("CRC-16/USB", crc::CRC_16_USB),
    bits16("CRC-16/XMODEM", crc::CRC_16_XMODEM),
    bits32("CRC-32/AIXM", crc::CRC_32_AIXM),
    bits32("CRC-32/AUTOSAR", crc::CRC_32_AUTOSAR),
    bits32("CRC-32/BASE91-D", crc::CRC_32_BASE91_D),
    bits32("CRC-32/BZIP2", crc::CRC_32_BZIP2),
    bits32("CRC-32/CD-ROM-EDC", crc::CRC_32_CD_ROM_EDC),
    bits32("CRC-32/CKSUM", crc::CRC_32_CKSUM),
    bits32("CRC-32/ISCSI", crc::CRC_32_ISCSI),
    bits32("CRC-32/ISO-HDLC", crc::CRC_32_ISO_HDLC),
    bits32("CRC-32/JAMCRC", crc::CRC_32_JAMCRC),
    bits32("CRC-32/MEF", crc::CRC_32_MEF),
    bits32("CRC-32/MPEG-2", crc::CRC_32_MPEG_2),
    bits32("CRC-32/XFER", crc::CRC_32_XFER),
];
