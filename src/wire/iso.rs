// SPDX-License-Identifier: MIT OR Apache-2.0
//! The names that applications and files have for ISO/IEC 7816-4 commands.

use core::fmt;
use core::str::FromStr;

use arrayvec::ArrayVec;

use crate::bytes::{Cursor, DecodeError};

use super::Aid;

/// A two-byte file identifier (ISO/IEC 7816-4, 7.4.1), written most significant byte first, as
/// ISO commands send it; native commands send the least significant byte first (libfreefare;
/// liblogicalaccess sends it the other way round).
#[derive(Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct IsoFileId(u16);

impl IsoFileId {
    /// The master file, which every card has.
    pub const MASTER_FILE: u16 = 0x3F00;

    /// `None` for what ISO/IEC 7816-4 reserves: `0000`, `3F00`, `3FFF` and `FFFF`.
    #[must_use]
    pub const fn new(id: u16) -> Option<Self> {
        match id {
            0x0000 | Self::MASTER_FILE | 0x3FFF | 0xFFFF => None,
            id => Some(Self(id)),
        }
    }

    /// The identifier as a number.
    #[must_use]
    pub const fn get(self) -> u16 {
        self.0
    }

    /// The bytes as native commands send them, least significant first.
    #[must_use]
    pub const fn to_wire(self) -> [u8; 2] {
        self.0.to_le_bytes()
    }

    /// From the bytes as native commands send them. `None` for a reserved identifier.
    #[must_use]
    pub const fn from_wire(wire: [u8; 2]) -> Option<Self> {
        Self::new(u16::from_le_bytes(wire))
    }
}

impl fmt::Display for IsoFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{:04X}", self.0)
    }
}

impl fmt::Debug for IsoFileId {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "IsoFileId({self})")
    }
}

impl FromStr for IsoFileId {
    type Err = IsoNameError;

    fn from_str(text: &str) -> Result<Self, IsoNameError> {
        let mut bytes = [0; 2];
        hex::decode_to_slice(text, &mut bytes).map_err(|_| IsoNameError::FileId)?;
        Self::new(u16::from_be_bytes(bytes)).ok_or(IsoNameError::FileId)
    }
}

/// The name of a dedicated file (ISO/IEC 7816-4, 7.4.1): 1 to 16 bytes, in the order in which they
/// are sent.
#[derive(Clone, PartialEq, Eq, Hash, PartialOrd, Ord)]
pub struct DfName(ArrayVec<u8, 16>);

impl DfName {
    /// # Errors
    /// [`IsoNameError::DfName`] for no byte and for more than 16.
    pub fn new(bytes: &[u8]) -> Result<Self, IsoNameError> {
        let name = ArrayVec::try_from(bytes).map_err(|_| IsoNameError::DfName)?;
        if name.is_empty() { Err(IsoNameError::DfName) } else { Ok(Self(name)) }
    }

    /// The bytes of the name.
    #[must_use]
    pub fn as_bytes(&self) -> &[u8] {
        &self.0
    }
}

impl fmt::Display for DfName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&hex::encode_upper(&self.0))
    }
}

impl fmt::Debug for DfName {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "DfName({self})")
    }
}

impl FromStr for DfName {
    type Err = IsoNameError;

    fn from_str(text: &str) -> Result<Self, IsoNameError> {
        let bytes = hex::decode(text).map_err(|_| IsoNameError::DfName)?;
        Self::new(&bytes)
    }
}

/// The ISO names of an application: an identifier, and as a rule a name.
#[derive(Debug, Clone, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the command")]
pub struct IsoDf {
    /// The file identifier, unique on the card.
    pub id: IsoFileId,
    /// The name, unique on the card.
    pub name: Option<DfName>,
}

/// One frame of the reply of GetDFNames: AID (3, least significant byte first), file identifier
/// (2, least significant byte first), name (0 to 16) (libfreefare's sources; belief for an
/// application without a name).
#[derive(Debug, Clone, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the fields of the reply")]
pub struct DfEntry {
    /// The application.
    pub aid: Aid,
    /// Its ISO names.
    pub iso: IsoDf,
}

impl DfEntry {
    /// Reads one frame.
    ///
    /// # Errors
    /// [`DecodeError`] for a reserved identifier, a name of more than 16 bytes, and a frame of less
    /// than 5.
    pub fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("DF name", bytes);
        let aid = Aid::from_wire(cursor.array()?);
        let wire = cursor.array()?;
        let [_, high] = wire;
        let id = IsoFileId::from_wire(wire).ok_or_else(|| cursor.invalid(high))?;
        let name = match cursor.remaining().min(16) {
            0 => None,
            length => DfName::new(cursor.take(length)?).ok(),
        };
        cursor.finish()?;
        Ok(Self { aid, iso: IsoDf { id, name } })
    }

    /// Writes one frame.
    #[must_use]
    pub fn encode(&self) -> ArrayVec<u8, 21> {
        let name = self.iso.name.as_ref().map_or(&[][..], DfName::as_bytes);
        let fixed = self.aid.to_wire().into_iter().chain(self.iso.id.to_wire());
        fixed.chain(name.iter().copied()).collect()
    }
}

/// A name that ISO/IEC 7816-4 does not allow.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum IsoNameError {
    /// Of a file identifier.
    #[error(
        "an ISO file identifier is four hexadecimal digits, and none of 0000, 3F00, 3FFF, FFFF"
    )]
    FileId,
    /// Of a DF name.
    #[error("a DF name has 1 to 16 bytes, two hexadecimal digits each")]
    DfName,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn identifiers_are_written_high_byte_first_and_sent_low_byte_first() {
        let id: IsoFileId = "E110".parse().unwrap();
        assert_eq!((id.get(), id.to_wire(), id.to_string()), (0xE110, [0x10, 0xE1], "E110".into()));
        assert_eq!(IsoFileId::from_wire([0x10, 0xE1]), Some(id));
        for reserved in ["0000", "3F00", "3FFF", "FFFF", "E1", "E1101", "XY10"] {
            assert_eq!(reserved.parse::<IsoFileId>(), Err(IsoNameError::FileId), "{reserved}");
        }
    }

    #[test]
    fn a_frame_of_names_is_read_back_whole() {
        let frame = hex::decode("0102F410E1D2760000850101").unwrap();
        let entry = DfEntry::decode(&frame).unwrap();
        assert_eq!(entry.aid, Aid::new([0xF4, 0x02, 0x01]));
        assert_eq!(entry.iso.name, Some("D2760000850101".parse().unwrap()));
        assert_eq!(entry.encode().as_slice(), frame);
        assert_eq!(DfEntry::decode(&frame[..5]).unwrap().iso.name, None);
        assert!(DfEntry::decode(&frame[..4]).is_err());
        assert!(DfEntry::decode(&[&frame[..5], &[0xA0; 17]].concat()).is_err());
        assert!(DfEntry::decode(&hex::decode("0102F4003F").unwrap()).is_err());
        assert_eq!(entry.iso.name.unwrap().to_string(), "D2760000850101");
        assert!(DfName::new(&[]).is_err() && DfName::new(&[1; 17]).is_err());
    }
}
