// SPDX-License-Identifier: MIT OR Apache-2.0
//! The models, what tells them apart, and the count of what went over the air.

use core::fmt;
use core::str::FromStr;

use crate::wire::{FileType, Generation, ModuleVersion};

/// A generation and a size.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(missing_docs, reason = "the names say generation and size")]
#[non_exhaustive]
pub enum Model {
    D40_4k,
    Ev1_256,
    Ev1_2k,
    Ev1_4k,
    Ev1_8k,
    Ev2_2k,
    Ev2_4k,
    Ev2_8k,
    Ev2_16k,
    Ev2_32k,
    Ev3_2k,
    Ev3_4k,
    Ev3_8k,
    Ev3_16k,
}

impl Model {
    /// All of them.
    pub const ALL: [Self; 14] = [
        Self::D40_4k,
        Self::Ev1_256,
        Self::Ev1_2k,
        Self::Ev1_4k,
        Self::Ev1_8k,
        Self::Ev2_2k,
        Self::Ev2_4k,
        Self::Ev2_8k,
        Self::Ev2_16k,
        Self::Ev2_32k,
        Self::Ev3_2k,
        Self::Ev3_4k,
        Self::Ev3_8k,
        Self::Ev3_16k,
    ];

    /// The chip generation.
    #[must_use]
    pub const fn generation(self) -> Generation {
        match self {
            Self::D40_4k => Generation::D40,
            Self::Ev1_256 | Self::Ev1_2k | Self::Ev1_4k | Self::Ev1_8k => Generation::Ev1,
            Self::Ev2_2k | Self::Ev2_4k | Self::Ev2_8k | Self::Ev2_16k | Self::Ev2_32k => {
                Generation::Ev2
            }
            Self::Ev3_2k | Self::Ev3_4k | Self::Ev3_8k | Self::Ev3_16k => Generation::Ev3,
        }
    }

    /// How many bytes FreeMemory reports on a blank card: AN12752, and measured on EV1 of 2K, 4K and
    /// 8K, EV2 of 2K, EV3 of 4K and 8K. The smallest has what its size code says (belief).
    pub(super) const fn memory(self) -> u32 {
        let later = matches!(self.generation(), Generation::Ev2 | Generation::Ev3);
        match self.size() {
            Size::B256 => 256,
            Size::K2 if later => 2560,
            Size::K2 => 2304,
            Size::K4 if matches!(self, Self::D40_4k) => 4096,
            Size::K4 if later => 5120,
            Size::K4 => 4864,
            Size::K8 if later => 8192,
            Size::K8 => 7936,
            Size::K16 => 16_384,
            Size::K32 => 32_768,
        }
    }

    /// How many files an application holds at most.
    pub(super) const fn files(self) -> usize {
        match self.generation() {
            Generation::D40 => 16,
            Generation::Ev1 | Generation::Ev2 | Generation::Ev3 => 32,
        }
    }

    /// The highest number that a file may have (belief for D40: 7 where writes wait for a commit).
    pub(super) const fn highest_file(self, file: FileType) -> u8 {
        match (self.generation(), file) {
            (Generation::D40, FileType::Standard) => 15,
            (Generation::D40, _) => 7,
            (Generation::Ev1 | Generation::Ev2 | Generation::Ev3, _) => 31,
        }
    }

    /// The hardware part of GetVersion.
    pub(super) const fn hardware(self) -> ModuleVersion {
        let (major, minor) = match self.generation() {
            Generation::D40 => (0x00, 0x02),
            Generation::Ev1 => (0x01, 0x00),
            Generation::Ev2 if matches!(self.size(), Size::K16 | Size::K32) => (0x22, 0x00),
            Generation::Ev2 => (0x12, 0x00),
            Generation::Ev3 => (0x33, 0x00),
        };
        self.module(major, minor)
    }

    /// The software part of GetVersion.
    pub(super) const fn software(self) -> ModuleVersion {
        let (major, minor) = match self.generation() {
            Generation::D40 => (0x00, 0x06),
            Generation::Ev1 => (0x01, 0x04),
            Generation::Ev2 => (0x02, 0x01),
            Generation::Ev3 => (0x03, 0x00),
        };
        self.module(major, minor)
    }

    const fn module(self, major: u8, minor: u8) -> ModuleVersion {
        let storage = match self.size() {
            Size::B256 => 0x10,
            Size::K2 => 0x16,
            Size::K4 => 0x18,
            Size::K8 => 0x1A,
            Size::K16 => 0x1C,
            Size::K32 => 0x1E,
        };
        ModuleVersion {
            vendor: 0x04,
            kind: 0x01,
            subtype: 0x01,
            major,
            minor,
            storage,
            protocol: 0x05,
        }
    }

    const fn size(self) -> Size {
        match self {
            Self::Ev1_256 => Size::B256,
            Self::Ev1_2k | Self::Ev2_2k | Self::Ev3_2k => Size::K2,
            Self::D40_4k | Self::Ev1_4k | Self::Ev2_4k | Self::Ev3_4k => Size::K4,
            Self::Ev1_8k | Self::Ev2_8k | Self::Ev3_8k => Size::K8,
            Self::Ev2_16k | Self::Ev3_16k => Size::K16,
            Self::Ev2_32k => Size::K32,
        }
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let size = match self.size() {
            Size::B256 => "256",
            Size::K2 => "2k",
            Size::K4 => "4k",
            Size::K8 => "8k",
            Size::K16 => "16k",
            Size::K32 => "32k",
        };
        write!(f, "{}-{size}", self.generation())
    }
}

impl FromStr for Model {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        Self::ALL.into_iter().find(|model| model.to_string() == text).ok_or(ModelError)
    }
}

/// A text that names no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "a card model is ev1, ev2 or ev3 and 2k, 4k or 8k, such as ev2-8k, or d40-4k, ev1-256, \
     ev2-16k, ev2-32k or ev3-16k"
)]
#[non_exhaustive]
pub struct ModelError;

/// What went over the air, in exchanges and bytes of APDUs.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub struct Tally {
    /// Commands answered.
    pub exchanges: u64,
    /// Bytes that the card received.
    pub received: u64,
    /// Bytes that the card sent.
    pub sent: u64,
}

impl Tally {
    pub(super) const fn count(&mut self, received: usize, sent: usize) {
        self.exchanges = self.exchanges.saturating_add(1);
        self.received = self.received.saturating_add(received as u64);
        self.sent = self.sent.saturating_add(sent as u64);
    }
}

#[derive(Clone, Copy)]
enum Size {
    B256,
    K2,
    K4,
    K8,
    K16,
    K32,
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Version;

    #[test]
    fn every_model_has_a_name_that_reads_back() {
        for model in Model::ALL {
            assert_eq!(model.to_string().parse(), Ok(model));
        }
        assert_eq!(Model::Ev2_8k.to_string(), "ev2-8k");
        assert_eq!("ev4-8k".parse::<Model>(), Err(ModelError));
    }

    /// The host reads the size from the version: both pens call a card the same.
    #[test]
    fn a_model_is_called_what_its_version_says() {
        for model in Model::ALL {
            let [hardware, software] = [model.hardware(), model.software()];
            let bytes = [&hardware.to_wire()[..], &software.to_wire(), &[0x04; 14]].concat();
            let chip = Version::decode(&bytes).unwrap().chip().unwrap();
            assert_eq!(chip.to_string(), model.to_string());
        }
    }

    /// The first two frames of GetVersion on public captures of an EV1 8K and an EV1 4K card.
    #[test]
    fn version_bytes_are_those_of_captured_cards() {
        assert_eq!(Model::Ev1_8k.hardware().to_wire(), [0x04, 0x01, 0x01, 0x01, 0x00, 0x1A, 0x05]);
        assert_eq!(Model::Ev1_8k.software().to_wire(), [0x04, 0x01, 0x01, 0x01, 0x04, 0x1A, 0x05]);
        assert_eq!(Model::Ev1_4k.hardware().to_wire(), [0x04, 0x01, 0x01, 0x01, 0x00, 0x18, 0x05]);
        assert_eq!(Model::Ev1_4k.software().to_wire(), [0x04, 0x01, 0x01, 0x01, 0x04, 0x18, 0x05]);
    }
}
