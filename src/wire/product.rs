// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which product a card says that it is: by the hardware part of GetVersion, and where it tells no
//! version, by its historical bytes and by what it answered.
//!
//! What a card says of itself proves nothing; [`originality`](crate::originality) proves more.

use core::fmt;

use super::{DfName, Generation, ModuleVersion, Version};
use crate::iso7816::StatusWord;

/// A product that is met where DESFire cards are.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Product {
    /// The first MIFARE DESFire, MF3ICD40.
    D40,
    /// MIFARE DESFire EV1.
    Ev1,
    /// MIFARE DESFire EV2 up to 8K.
    Ev2,
    /// MIFARE DESFire EV2 of 16K and 32K.
    Ev2Xl,
    /// MIFARE DESFire EV3.
    Ev3,
    /// DESFire EV2 as a program on a microcontroller, beside a payment application.
    Ev2OnController,
    /// DESFire EV3 as a program on a microcontroller.
    Ev3OnController,
    /// DESFire EV2 as an applet of a phone or a watch.
    Ev2OnPhone,
    /// MIFARE DESFire Light.
    Light,
    /// MIFARE DUOX.
    Duox,
    /// NTAG 413 DNA.
    Ntag413Dna,
    /// NTAG 424 DNA.
    Ntag424Dna,
    /// NTAG 424 DNA `TagTamper`.
    Ntag424DnaTt,
    /// MIFARE Plus that tells no version: the first ones, S, X and SE.
    Plus,
    /// MIFARE Plus EV1.
    PlusEv1,
    /// MIFARE Plus EV2.
    PlusEv2,
    /// MIFARE Classic 1K, or what passes for it.
    Classic1k,
    /// MIFARE Classic 4K, or what passes for it.
    Classic4k,
    /// MIFARE Mini.
    Mini,
    /// MIFARE Ultralight, and NTAG 21x, which readers do not tell from it.
    Ultralight,
    /// MIFARE Ultralight C.
    UltralightC,
    /// Another storage card, which knows no APDU.
    Storage,
    /// A card of virtual cards: MIFARE Classic, Plus or DESFire behind a dual-interface chip.
    Virtual,
    /// A JCOP card: Java Card with NXP's operating system.
    Jcop,
    /// A card or phone that knows no GetVersion as long as no applet is selected: payment cards,
    /// Java Cards, phones, MIFARE Classic behind a dual-interface chip.
    Applets,
    /// The chip that this crate's tests made up. Nobody sells it.
    #[doc(hidden)]
    Test,
}

/// One product: its name, what tells it, and where that is published.
struct Row {
    product: Product,
    name: &'static str,
    signs: &'static [Sign],
    /// The generation that says what it is and can do, where it is one that is encoded.
    generation: Option<Generation>,
    /// Where the signs come from.
    source: &'static str,
}

/// What tells a product.
#[derive(Clone, Copy)]
enum Sign {
    /// Type and major version of NXP's hardware, as GetVersion tells them.
    Hardware(u8, u8),
    /// The same with a subtype.
    Subtype(u8, u8, u8),
    /// Vendor, type and major version of the hardware, where the vendor is not NXP.
    Maker(u8, u8, u8),
    /// The name of a storage card in the answer to reset that a reader makes up.
    Stored(u16),
    /// Any other name of a storage card.
    StoredOther,
    /// The upper half of the chip type in NXP's type identification coding, `C1 05`.
    Coded(u8),
    /// Historical bytes that hold these.
    Holds(&'static [u8]),
    /// A status of ISO/IEC 7816-4 for an answer to GetVersion.
    Iso7816,
}

use Sign::{Coded, Hardware, Holds, Iso7816, Maker, Stored, StoredOther, Subtype};

const SHEET: &str = "NXP's data sheets; versions of real cards in tests/vectors";
const PM3: &str = "Proxmark3, cmdhfmfdes.c, getCardType";
const PCSC: &str = "PC/SC part 3, supplement for storage cards";
const TIC: &str = "NXP AN10833; libnfc, target-subr.c (type identification coding)";

/// Every product that is known. The first row with a sign that is seen is the one, so what is told by
/// more stands before what is told by less.
#[rustfmt::skip]
static PRODUCTS: [Row; 26] = [
    row(Product::D40, "DESFire MF3ICD40", &[Hardware(0x01, 0x00)], Some(Generation::D40), PM3),
    row(Product::Ev1, "DESFire EV1", &[Hardware(0x01, 0x01)], Some(Generation::Ev1), SHEET),
    row(Product::Ev2, "DESFire EV2", &[Hardware(0x01, 0x12)], Some(Generation::Ev2), SHEET),
    row(Product::Ev2Xl, "DESFire EV2 XL", &[Hardware(0x01, 0x22)], Some(Generation::Ev2), PM3),
    row(Product::Ev3, "DESFire EV3", &[Hardware(0x01, 0x33)], Some(Generation::Ev3), SHEET),
    row(Product::Ev2OnController, "DESFire EV2 on a microcontroller", &[Hardware(0x81, 0x42)], Some(Generation::Ev2), PM3),
    row(Product::Ev3OnController, "DESFire EV3 on a microcontroller", &[Hardware(0x81, 0x43)], Some(Generation::Ev3), PM3),
    row(Product::Ev2OnPhone, "DESFire EV2 on a phone or watch", &[Hardware(0x91, 0x62)], Some(Generation::Ev2), PM3),
    row(Product::Light, "DESFire Light", &[Hardware(0x08, 0x30)], Some(Generation::Light), "NXP AN12343, table 4"),
    row(Product::Duox, "MIFARE DUOX", &[Hardware(0x01, 0xA0)], None, PM3),
    row(Product::Ntag413Dna, "NTAG 413 DNA", &[Hardware(0x04, 0x10)], None, PM3),
    row(Product::Ntag424DnaTt, "NTAG 424 DNA TagTamper", &[Subtype(0x04, 0x08, 0x30)], Some(Generation::Ntag424Tt), "NXP AN12196, table 13"),
    row(Product::Ntag424Dna, "NTAG 424 DNA", &[Subtype(0x04, 0x02, 0x30), Hardware(0x04, 0x30)], Some(Generation::Ntag424), "NXP NT4H2421Gx, GetVersion"),
    row(Product::PlusEv1, "MIFARE Plus EV1", &[Hardware(0x02, 0x11)], None, PM3),
    row(Product::PlusEv2, "MIFARE Plus EV2", &[Hardware(0x02, 0x22)], None, PM3),
    row(Product::Plus, "MIFARE Plus", &[Coded(0x20), Stored(0x36), Stored(0x37), Stored(0x38), Stored(0x39)], None, TIC),
    row(Product::Virtual, "virtual MIFARE cards on a dual-interface chip", &[Coded(0x00)], None, TIC),
    row(Product::Classic1k, "MIFARE Classic 1K", &[Stored(0x01)], None, PCSC),
    row(Product::Classic4k, "MIFARE Classic 4K", &[Stored(0x02)], None, PCSC),
    row(Product::Mini, "MIFARE Mini", &[Stored(0x26)], None, PCSC),
    row(Product::Ultralight, "MIFARE Ultralight or NTAG 21x", &[Stored(0x03)], None, PCSC),
    row(Product::UltralightC, "MIFARE Ultralight C", &[Stored(0x3A)], None, PCSC),
    row(Product::Storage, "storage card", &[StoredOther], None, PCSC),
    row(Product::Jcop, "JCOP (Java Card)", &[Holds(b"JCOP")], None, "historical bytes as JCOP cards have them"),
    row(Product::Applets, "card or phone whose applet is not selected", &[Iso7816], None, "ISO/IEC 7816-4, 5.6"),
    row(Product::Test, "made-up chip for tests", &[Maker(0xFF, 0x7E, 0x01)], Some(Generation::Test), "wire::chip, made up"),
];

const fn row(
    product: Product,
    name: &'static str,
    signs: &'static [Sign],
    generation: Option<Generation>,
    source: &'static str,
) -> Row {
    Row { product, name, signs, generation, source }
}

/// What is seen of a card.
#[derive(Clone, Copy)]
enum Sight<'a> {
    /// The hardware part of GetVersion.
    Hardware(ModuleVersion),
    /// The historical bytes.
    Historical(&'a [u8]),
    /// The answer to GetVersion.
    Answer(StatusWord),
}

impl Sign {
    fn is_in(self, sight: Sight<'_>) -> bool {
        match (self, sight) {
            (Hardware(kind, major), Sight::Hardware(seen)) => {
                seen.vendor == 0x04 && [kind, major] == [seen.kind, seen.major]
            }
            (Subtype(kind, subtype, major), Sight::Hardware(seen)) => {
                seen.vendor == 0x04
                    && [kind, subtype, major] == [seen.kind, seen.subtype, seen.major]
            }
            (Maker(vendor, kind, major), Sight::Hardware(seen)) => {
                [vendor, kind, major] == [seen.vendor, seen.kind, seen.major]
            }
            (Stored(name), Sight::Historical(bytes)) => stored(bytes) == Some(name),
            (StoredOther, Sight::Historical(bytes)) => stored(bytes).is_some(),
            (Coded(chip), Sight::Historical(&[0xC1, 0x05, found, ..])) => found & 0xF0 == chip,
            (Holds(part), Sight::Historical(bytes)) => {
                bytes.windows(part.len()).any(|window| window == part)
            }
            (Iso7816, Sight::Answer(status)) => status.sw1() & 0xF0 == 0x60,
            _ => false,
        }
    }
}

/// The name of a storage card, where the historical bytes are those of one.
fn stored(historical: &[u8]) -> Option<u16> {
    match historical {
        [0x80, 0x4F, 0x0C, 0xA0, 0x00, 0x00, 0x03, 0x06, _, high, low, ..] => {
            Some(u16::from_be_bytes([*high, *low]))
        }
        _ => None,
    }
}

impl Product {
    /// The product that a GetVersion tells of; `None` where no row has this hardware.
    #[must_use]
    pub fn of(version: &Version) -> Option<Self> {
        Self::seen(Sight::Hardware(version.hardware))
    }

    /// The product that the historical bytes tell of, from an answer to select
    /// ([`Ats::historical`](crate::iso14443::Ats::historical)) or an answer to reset. DESFire cards of
    /// every generation have the same, which tell nothing.
    #[must_use]
    pub fn of_historical(bytes: &[u8]) -> Option<Self> {
        Self::seen(Sight::Historical(bytes))
    }

    /// The product by the status that it answered GetVersion with: one of ISO/IEC 7816-4 (`6D00`,
    /// `6E00`, `6A82`) is no native card's.
    #[must_use]
    pub fn of_answer(status: StatusWord) -> Option<Self> {
        Self::seen(Sight::Answer(status))
    }

    /// The product that has an application of this name from the factory: for a card that tells no
    /// version, or one of hardware that no row has, and that took SELECT with the name. `None` for a
    /// name that is of no fixed layout, which anybody may have given.
    #[must_use]
    pub fn of_name(name: &DfName) -> Option<Self> {
        let has = |row: &&Row| {
            let layout = row.generation.map(|one| one.silicon().layout);
            let own = layout.into_iter().flat_map(|layout| layout.fixed());
            let own = own.filter(|application| !application.named_by_others);
            own.map(|application| application.df_name).any(|known| known == name.as_bytes())
        };
        PRODUCTS.iter().find(has).map(|row| row.product)
    }

    fn seen(sight: Sight<'_>) -> Option<Self> {
        let told = |row: &&Row| row.signs.iter().any(|sign| sign.is_in(sight));
        PRODUCTS.iter().find(told).map(|row| row.product)
    }

    /// The generation whose row says what it is and can do; `None` for a product of another kind, which
    /// is not encoded.
    #[must_use]
    pub fn generation(self) -> Option<Generation> {
        self.row().and_then(|row| row.generation)
    }

    /// The hardware part of GetVersion of a new chip with this size code, where the product is one that
    /// is encoded.
    #[cfg(feature = "emulator")]
    pub(crate) fn factory_hardware(self, storage: u8) -> Option<ModuleVersion> {
        let row = self.row()?;
        let minor = row.generation?.silicon().factory.hardware_minor;
        let module = |vendor, kind, subtype, major| {
            Some(ModuleVersion { vendor, kind, subtype, major, minor, storage, protocol: 0x05 })
        };
        row.signs.iter().find_map(|sign| match *sign {
            Hardware(kind, major) => module(0x04, kind, 0x01, major),
            Subtype(kind, subtype, major) => module(0x04, kind, subtype, major),
            Maker(vendor, kind, major) => module(vendor, kind, 0x01, major),
            Stored(_) | StoredOther | Coded(_) | Holds(_) | Iso7816 => None,
        })
    }

    /// Its name, as `DESFire EV2`.
    #[must_use]
    pub fn name(self) -> &'static str {
        self.row().map_or("unknown", |row| row.name)
    }

    /// Where it is published what tells it.
    #[must_use]
    pub fn source(self) -> &'static str {
        self.row().map_or("", |row| row.source)
    }

    fn row(self) -> Option<&'static Row> {
        PRODUCTS.iter().find(|row| row.product == self)
    }
}

impl fmt::Display for Product {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    /// Hardware versions of real chips and of AN12343 and AN12196, as `tests/vectors` has them, and of
    /// cards in public reports; major versions of EV2 XL, NTAG 413 DNA, Plus and of what runs on other
    /// chips as Proxmark3 tells them apart.
    #[test]
    fn the_hardware_version_tells_the_product() {
        for (hardware, product) in [
            ("04010100021805", Some(Product::D40)),
            ("04010101001A05", Some(Product::Ev1)),
            ("04010212001A05", Some(Product::Ev2)),
            ("04010122001C05", Some(Product::Ev2Xl)),
            ("04010133001A05", Some(Product::Ev3)),
            ("04810142001A05", Some(Product::Ev2OnController)),
            ("04810043011A05", Some(Product::Ev3OnController)),
            ("04910062011805", Some(Product::Ev2OnPhone)),
            ("04080130001305", Some(Product::Light)),
            ("040101A0001625", Some(Product::Duox)),
            ("04040210000F05", Some(Product::Ntag413Dna)),
            ("04040830001105", Some(Product::Ntag424DnaTt)),
            ("04040230001105", Some(Product::Ntag424Dna)),
            ("04020111001605", Some(Product::PlusEv1)),
            ("04020122001605", Some(Product::PlusEv2)),
            ("FF7E0101000E05", Some(Product::Test)),
            ("05010133001A05", None),
            ("04010144001A05", None),
        ] {
            let bytes = [hex::decode(hardware).unwrap(), vec![0x00; 21]].concat();
            assert_eq!(Product::of(&Version::decode(&bytes).unwrap()), product, "{hardware}");
        }
    }

    /// Answers to reset of PC/SC part 3, supplement for storage cards; historical bytes of MIFARE
    /// Plus X and S in Proxmark3; a DESFire card's and a JCOP card's.
    #[test]
    fn historical_bytes_and_answers_tell_what_has_no_version() {
        for (historical, product) in [
            ("804F0CA000000306030001000000", Some(Product::Classic1k)),
            ("804F0CA000000306030002000000", Some(Product::Classic4k)),
            ("804F0CA000000306030003000000", Some(Product::Ultralight)),
            ("804F0CA00000030603003A000000", Some(Product::UltralightC)),
            ("804F0CA000000306030026000000", Some(Product::Mini)),
            ("804F0CA000000306030037000000", Some(Product::Plus)),
            ("804F0CA0000003060BFF88000000", Some(Product::Storage)),
            ("C1052F2F01BCD6", Some(Product::Plus)),
            ("C105002F01BCD6", Some(Product::Virtual)),
            ("4A434F5076323431", Some(Product::Jcop)),
            ("80", None),
            ("8073C82110", None),
            ("", None),
        ] {
            let bytes = hex::decode(historical).unwrap();
            assert_eq!(Product::of_historical(&bytes), product, "{historical}");
        }
        for (status, product) in
            [(0x6D00, Some(Product::Applets)), (0x6A82, Some(Product::Applets)), (0x911C, None)]
        {
            assert_eq!(Product::of_answer(StatusWord(status)), product);
        }
    }

    #[test]
    fn a_fixed_application_tells_a_card_that_says_nothing() {
        let name = |bytes: &[u8]| DfName::new(bytes).unwrap();
        assert_eq!(Product::of_name(&name(b"cardwright test")), Some(Product::Test));
        assert_eq!(Product::of_name(&name(b"cardwright")), None);
        // That of NDEF, which any card may have.
        assert_eq!(Product::of_name(&name(b"\xD2\x76\x00\x00\x85\x01\x01")), None);
    }

    #[test]
    fn every_row_is_a_product_of_its_own_and_its_signs_lead_to_it() {
        for (at, row) in PRODUCTS.iter().enumerate() {
            let alike = |other: &&Row| other.product == row.product || other.name == row.name;
            assert_eq!(PRODUCTS.iter().filter(alike).count(), 1, "row {at}: {}", row.name);
            assert!(!row.signs.is_empty() && !row.product.source().is_empty(), "{}", row.name);
            assert_eq!(row.product.name(), row.name);
        }
    }
}
