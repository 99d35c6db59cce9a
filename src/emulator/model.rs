// SPDX-License-Identifier: MIT OR Apache-2.0
//! The models, what tells them apart, and the count of what went over the air.

use core::fmt;
use core::str::FromStr;

use crate::alike::{nearest, write};
use crate::wire::{Chip, Factory, Generation, ModuleVersion, Product, Silicon};

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
    Light,
    Ntag424,
    Ntag424Tt,
    /// The chip that this crate's tests made up.
    #[doc(hidden)]
    Test,
}

impl Model {
    /// All that anybody sells.
    pub const ALL: [Self; 17] = [
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
        Self::Light,
        Self::Ntag424,
        Self::Ntag424Tt,
    ];

    /// Which product it is, and which chip: the one place where a model has to be told.
    const fn row(self) -> (Product, Chip) {
        match self {
            Self::D40_4k => (Product::D40, Chip::new(Generation::D40, K4)),
            Self::Ev1_256 => (Product::Ev1, Chip::new(Generation::Ev1, B256)),
            Self::Ev1_2k => (Product::Ev1, Chip::new(Generation::Ev1, K2)),
            Self::Ev1_4k => (Product::Ev1, Chip::new(Generation::Ev1, K4)),
            Self::Ev1_8k => (Product::Ev1, Chip::new(Generation::Ev1, K8)),
            Self::Ev2_2k => (Product::Ev2, Chip::new(Generation::Ev2, K2)),
            Self::Ev2_4k => (Product::Ev2, Chip::new(Generation::Ev2, K4)),
            Self::Ev2_8k => (Product::Ev2, Chip::new(Generation::Ev2, K8)),
            Self::Ev2_16k => (Product::Ev2Xl, Chip::new(Generation::Ev2, K16)),
            Self::Ev2_32k => (Product::Ev2Xl, Chip::new(Generation::Ev2, K32)),
            Self::Ev3_2k => (Product::Ev3, Chip::new(Generation::Ev3, K2)),
            Self::Ev3_4k => (Product::Ev3, Chip::new(Generation::Ev3, K4)),
            Self::Ev3_8k => (Product::Ev3, Chip::new(Generation::Ev3, K8)),
            Self::Ev3_16k => (Product::Ev3, Chip::new(Generation::Ev3, K16)),
            Self::Light => (Product::Light, Chip::new(Generation::Light, B512_128)),
            Self::Ntag424 => (Product::Ntag424Dna, Chip::new(Generation::Ntag424, B256_128)),
            Self::Ntag424Tt => (Product::Ntag424DnaTt, Chip::new(Generation::Ntag424Tt, B256_128)),
            Self::Test => (Product::Test, Chip::new(Generation::Test, B128)),
        }
    }

    /// The chip: generation and size.
    #[must_use]
    pub const fn chip(self) -> Chip {
        self.row().1
    }

    /// The chip generation.
    #[must_use]
    pub const fn generation(self) -> Generation {
        self.chip().generation()
    }

    /// What it is and can do.
    pub(super) const fn silicon(self) -> &'static Silicon {
        self.chip().silicon()
    }

    /// How many bytes FreeMemory reports on a blank card.
    pub(super) fn memory(self) -> u32 {
        self.chip().blank_memory().unwrap_or_default()
    }

    /// The hardware part of GetVersion; `None` for a chip that names itself nothing.
    pub(super) fn hardware(self) -> Option<ModuleVersion> {
        let (product, chip) = self.row();
        product.factory_hardware(chip.storage())
    }

    /// The software part of GetVersion.
    pub(super) fn software(self) -> Option<ModuleVersion> {
        let Factory { software: [major, minor], software_subtype, .. } = self.silicon().factory;
        let hardware = self.hardware()?;
        let subtype = software_subtype.unwrap_or(hardware.subtype);
        Some(ModuleVersion { subtype, major, minor, ..hardware })
    }
}

impl fmt::Display for Model {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.chip().fmt(f)
    }
}

impl FromStr for Model {
    type Err = ModelError;

    fn from_str(text: &str) -> Result<Self, ModelError> {
        let mut all = Self::ALL.into_iter().chain([Self::Test]);
        all.find(|model| model.to_string() == text).ok_or_else(|| {
            let names = Self::ALL.map(|model| model.to_string());
            let near = nearest(text, names.iter().map(String::as_str));
            ModelError(Self::ALL.into_iter().find(|model| Some(&*model.to_string()) == near))
        })
    }
}

/// A text that names no model.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error(
    "{}a card model is ev1, ev2 or ev3 and 2k, 4k or 8k, such as ev2-8k, or d40-4k, ev1-256, \
     ev2-16k, ev2-32k, ev3-16k, light, ntag424 or ntag424tt",
    write(self.0)
)]
#[non_exhaustive]
pub struct ModelError(Option<Model>);

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

/// Size codes.
const B128: u8 = 0x0E;
/// Between 256 and 512 bytes.
const B256_128: u8 = 0x11;
/// Between 512 bytes and 1 Kbyte.
const B512_128: u8 = 0x13;
const B256: u8 = 0x10;
const K2: u8 = 0x16;
const K4: u8 = 0x18;
const K8: u8 = 0x1A;
const K16: u8 = 0x1C;
const K32: u8 = 0x1E;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::Version;

    #[test]
    fn every_model_has_a_name_that_reads_back() {
        for model in Model::ALL.into_iter().chain([Model::Test]) {
            assert_eq!(model.to_string().parse(), Ok(model));
        }
        assert_eq!(Model::Ev2_8k.to_string(), "ev2-8k");
        assert_eq!("mifare".parse::<Model>(), Err(ModelError(None)));
        assert_eq!("EV2-8K".parse::<Model>(), Err(ModelError(Some(Model::Ev2_8k))));
    }

    /// The host reads the size from the version: both pens call a card the same.
    #[test]
    fn a_model_is_called_what_its_version_says() {
        for model in Model::ALL.into_iter().chain([Model::Test]) {
            let [hardware, software] = [model.hardware(), model.software()].map(Option::unwrap);
            let bytes = [&hardware.to_wire()[..], &software.to_wire(), &[0x04; 14]].concat();
            let chip = Version::decode(&bytes).unwrap().chip().unwrap();
            assert_eq!(chip.to_string(), model.to_string());
        }
    }

    /// The first two frames of GetVersion on public captures of an EV1 8K and an EV1 4K card.
    #[test]
    fn version_bytes_are_those_of_captured_cards() {
        assert_eq!(
            Model::Ev1_8k.hardware().unwrap().to_wire(),
            [0x04, 0x01, 0x01, 0x01, 0x00, 0x1A, 0x05]
        );
        assert_eq!(
            Model::Ev1_8k.software().unwrap().to_wire(),
            [0x04, 0x01, 0x01, 0x01, 0x04, 0x1A, 0x05]
        );
        assert_eq!(
            Model::Ev1_4k.hardware().unwrap().to_wire(),
            [0x04, 0x01, 0x01, 0x01, 0x00, 0x18, 0x05]
        );
        assert_eq!(
            Model::Ev1_4k.software().unwrap().to_wire(),
            [0x04, 0x01, 0x01, 0x01, 0x04, 0x18, 0x05]
        );
    }
}
