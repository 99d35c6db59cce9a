// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which reader is meant, and which of a device's slots takes cards, by names alone: a slot that is
//! empty tells nothing else.
//!
//! Names are made by drivers. pcsc-lite gives maker, product and, in brackets, the USB interface, then
//! `NN NN` for device and slot; Windows and macOS give what the driver says and a number. The names in
//! the tests are reported ones: of issue trackers (acsccid 4 and 10, apdu4j 15) and of programs that
//! list readers for their users.

use core::fmt;

use std::collections::BTreeMap;

use super::error::ReaderError;

/// What a slot of a reader is for, as far as its name tells.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "field, contacts, module, or no word of it")]
pub enum SlotKind {
    /// Contactless cards.
    Contactless,
    /// The name does not tell.
    Untold,
    /// Cards with contacts.
    Contact,
    /// A security module (SAM) that stays in the device.
    Sam,
}

/// Slots whose words say nothing, or the wrong thing: what their names have in them, how they end,
/// and what they are.
const EXCEPTIONS: [(&str, &str, SlotKind); 8] = [
    // HID's driver for Linux numbers the slots; on Windows the second is called `5x21-CL`.
    ("CARDMAN 5X21", " 00", SlotKind::Contact),
    ("CARDMAN 5X21", " 01", SlotKind::Contactless),
    // ACS' driver for Linux: contacts, field, module (acsccid 4).
    ("ACR1281 1S DUAL READER", " 00", SlotKind::Contact),
    ("ACR1281 1S DUAL READER", " 01", SlotKind::Contactless),
    ("ACR1281 1S DUAL READER", " 02", SlotKind::Sam),
    // ACS' driver for macOS: field, module (acsccid 10); a number follows where there are two devices.
    ("1S CL READER(1)", "", SlotKind::Contactless),
    ("1S CL READER(2)", "", SlotKind::Sam),
    // The device has both (apdu4j 15), and where the interface is not named its slots cannot be told.
    ("CL + SAM READER", "", SlotKind::Untold),
];

impl SlotKind {
    /// What the name of a slot tells.
    #[must_use]
    pub fn of(name: &str) -> Self {
        let name = name.to_uppercase();
        if let Some(own) = Self::of_interface(&name) {
            return own;
        }
        let exception = exception(&name);
        exception.unwrap_or_else(|| Self::by_words(&name))
    }

    /// What a part of a name asks for. How it ends is no number of a slot, so only its words count,
    /// unless they are known to speak of all slots of a device.
    fn of_part(part: &str) -> Self {
        let part = part.to_uppercase();
        if let Some(own) = Self::of_interface(&part) {
            return own;
        }
        match exception(&part) {
            Some(Self::Untold) => Self::Untold,
            Some(Self::Contactless | Self::Contact | Self::Sam) | None => Self::by_words(&part),
        }
    }

    fn of_interface(name: &str) -> Option<Self> {
        // The device's name may speak of all its slots; that of the interface is the slot's own.
        let interface = name.split_once('[').and_then(|(_, rest)| rest.split_once(']'));
        let own = interface.map(|(interface, _)| Self::by_words(interface));
        own.filter(|own| *own != Self::Untold)
    }

    fn by_words(name: &str) -> Self {
        let words = || name.split(|letter: char| !letter.is_ascii_alphanumeric());
        let counts = |rest: &str| rest.chars().all(|letter| letter.is_ascii_digit());
        // `SAM`, `SAM1`; a device with `3SAM` has them beside this slot.
        let sam = |word: &str| word.strip_prefix("SAM").is_some_and(counts);
        // `CL`, `5422CL`.
        let cl = |word: &str| word.strip_suffix("CL").is_some_and(counts);
        let field = |word: &str| {
            cl(word) || ["PICC", "CONTACTLESS", "NFC", "RFID", "PROXIMITY"].contains(&word)
        };
        let contact = |word: &str| ["ICC", "CONTACT", "CONTACTED", "UICC", "SIM"].contains(&word);
        if words().any(sam) {
            Self::Sam
        } else if words().any(field) {
            Self::Contactless
        } else if words().any(contact) {
            Self::Contact
        } else {
            Self::Untold
        }
    }

    /// Whether contactless cards may come to it.
    #[must_use]
    pub const fn takes_cards(self) -> bool {
        matches!(self, Self::Contactless | Self::Untold)
    }
}

fn exception(name: &str) -> Option<SlotKind> {
    let fits =
        |(part, end, _): &&(&str, &str, SlotKind)| name.contains(part) && name.ends_with(end);
    EXCEPTIONS.iter().find(fits).map(|(_, _, kind)| *kind)
}

impl fmt::Display for SlotKind {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Contactless => "a slot for contactless cards",
            Self::Untold => "a reader whose name does not tell its kind",
            Self::Contact => "a slot for cards with contacts",
            Self::Sam => "a SAM slot",
        })
    }
}

/// The names of all readers, for whoever looks up many.
#[derive(Debug)]
pub struct Names<'n> {
    all: &'n [String],
    places: BTreeMap<&'n str, usize>,
}

impl<'n> Names<'n> {
    /// Of two readers with one name the first counts.
    #[must_use]
    pub fn of(all: &'n [String]) -> Self {
        let mut places = BTreeMap::new();
        for (place, name) in all.iter().enumerate() {
            places.entry(name.as_str()).or_insert(place);
        }
        Self { all, places }
    }

    /// The place of the reader that [`one_named`] means. Whole names are found without a look at
    /// the others.
    ///
    /// # Errors
    /// As [`one_named`].
    pub fn place(&self, asked: &str) -> Result<usize, ReaderError> {
        let place = |name: &str| self.places.get(name).copied();
        match place(asked) {
            Some(exact) => Ok(exact),
            None => one_named(asked, self.all).map(|name| place(name).unwrap_or_default()),
        }
    }
}

/// The reader whose name is `asked`, or else the only one that has it in its name, whatever the
/// case of its letters.
///
/// Of the slots of one device the contactless one is taken, or the one whose name tells nothing. A
/// SAM slot and one for contacts are taken where `asked` is the whole name, or names that kind.
///
/// # Errors
/// [`ReaderError::NoReader`], [`ReaderError::NotFound`], [`ReaderError::NotForCards`] and
/// [`ReaderError::Ambiguous`], with what there is.
pub fn one_named<'n>(asked: &str, names: &'n [String]) -> Result<&'n str, ReaderError> {
    if names.is_empty() {
        return Err(ReaderError::NoReader);
    }
    if let Some(exact) = names.iter().find(|name| *name == asked) {
        return Ok(exact);
    }
    let part = asked.to_lowercase();
    let fits: Vec<_> = names.iter().filter(|name| name.to_lowercase().contains(&part)).collect();
    let of = |kind: SlotKind| {
        let mut fits = fits.clone();
        fits.retain(|name| SlotKind::of(name) == kind);
        fits
    };
    let wanted = match SlotKind::of_part(asked) {
        SlotKind::Untold => [SlotKind::Contactless, SlotKind::Untold],
        named @ (SlotKind::Contactless | SlotKind::Contact | SlotKind::Sam) => {
            [named, SlotKind::Untold]
        }
    };
    let best = wanted.map(of).into_iter().find(|fits| !fits.is_empty()).unwrap_or_default();
    let asked = asked.to_owned();
    match best.as_slice() {
        [one] => Ok(one),
        [] if fits.is_empty() => Err(ReaderError::NotFound { asked, found: names.to_vec() }),
        [] => Err(ReaderError::NotForCards { asked, found: fits.into_iter().cloned().collect() }),
        _ => Err(ReaderError::Ambiguous { asked, found: best.into_iter().cloned().collect() }),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const REPORTED: [(&str, SlotKind); 33] = [
        ("ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00", SlotKind::Contactless),
        ("ACS ACR1252 Dual Reader [ACR1252 Dual Reader SAM] 01 00", SlotKind::Sam),
        ("ACS ACR1252 1S CL Reader PICC 0", SlotKind::Contactless),
        ("ACS ACR1252 1S CL Reader SAM 0", SlotKind::Sam),
        ("ACS ACR1252 1S CL Reader(1)", SlotKind::Contactless),
        ("ACS ACR1252 1S CL Reader(2) 01", SlotKind::Sam),
        ("ACS ACR1281 1S Dual Reader ICC 0", SlotKind::Contact),
        ("ACS ACR1281 1S Dual Reader PICC 0", SlotKind::Contactless),
        ("ACS ACR1281 1S Dual Reader SAM 0", SlotKind::Sam),
        ("ACS ACR1281 1S Dual Reader 00 00", SlotKind::Contact),
        ("ACS ACR1281 1S Dual Reader 01 01", SlotKind::Contactless),
        ("ACS ACR1281 1S Dual Reader 00 02", SlotKind::Sam),
        ("ACS ACR122U PICC Interface 00 00", SlotKind::Contactless),
        ("ACS ACR33U-A1 3SAM ICC Reader 00 00", SlotKind::Contact),
        ("OMNIKEY CardMan 5x21 0", SlotKind::Untold),
        ("OMNIKEY CardMan 5x21-CL 0", SlotKind::Contactless),
        ("OMNIKEY CardMan 5x21 00 00", SlotKind::Contact),
        ("OMNIKEY CardMan 5x21 00 01", SlotKind::Contactless),
        ("HID Global OMNIKEY 5022 Smart Card Reader 0", SlotKind::Untold),
        ("HID Global OMNIKEY 5422 Smartcard Reader 0", SlotKind::Untold),
        ("HID Global OMNIKEY 5422CL Smartcard Reader 0", SlotKind::Contactless),
        (
            "HID Global OMNIKEY 5422 Smartcard Reader [OMNIKEY 5422CL Smartcard Reader] \
             (IM0O2C00NF10456904) 00 00",
            SlotKind::Contactless,
        ),
        ("Identiv uTrust 4701 F CL Reader 1", SlotKind::Contactless),
        ("Identiv uTrust 4701 F Dual Interface Reader", SlotKind::Untold),
        ("Identive CLOUD 4700 F Contact Reader 0", SlotKind::Contact),
        (
            "Identive CLOUD 4500 F Dual Interface Reader [CLOUD4700 F Contactless Reader] \
             (53201441201079) 01 00",
            SlotKind::Contactless,
        ),
        (
            "Identiv uTRust 4710 F CL + SAM Reader [CLOUD 4710 F Contactless Reader] \
             (53241322200854) 03 00",
            SlotKind::Contactless,
        ),
        ("Identiv uTRust 4710 F CL + SAM Reader 0", SlotKind::Untold),
        ("Cherry TC 12xx-CL 0", SlotKind::Contactless),
        ("SpringCard CrazyWriter Contactless 0", SlotKind::Contactless),
        ("Feitian R502 [R502 SAM1 Reader] 02 00", SlotKind::Sam),
        ("Microsoft UICC ISO Reader 77ae2fa9 0", SlotKind::Contact),
        ("Virtual PCD A 00 01", SlotKind::Untold),
    ];

    #[test]
    fn the_names_of_slots_tell_what_they_are_for() {
        for (name, kind) in REPORTED {
            assert_eq!(SlotKind::of(name), kind, "{name}");
        }
    }

    fn chosen(asked: &str, names: &[&str]) -> Result<String, ReaderError> {
        let names: Vec<String> = names.iter().map(|name| (*name).to_owned()).collect();
        one_named(asked, &names).map(str::to_owned)
    }

    /// Each device as a driver shows it, asked for by its model: the slot for cards is taken.
    #[test]
    fn of_a_devices_slots_the_one_for_cards_is_taken() {
        for (asked, slots, taken) in [
            (
                "ACR1252",
                &[
                    "ACS ACR1252 Dual Reader [ACR1252 Dual Reader SAM] 01 00",
                    "ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00",
                ][..],
                1,
            ),
            (
                "cl reader",
                &["ACS ACR1252 1S CL Reader SAM 0", "ACS ACR1252 1S CL Reader PICC 0"],
                1,
            ),
            ("acr1252", &["ACS ACR1252 1S CL Reader(1)", "ACS ACR1252 1S CL Reader(2)"], 0),
            (
                "ACR1281",
                &[
                    "ACS ACR1281 1S Dual Reader 00 00",
                    "ACS ACR1281 1S Dual Reader 00 01",
                    "ACS ACR1281 1S Dual Reader 00 02",
                ],
                1,
            ),
            (
                "ACS ACR1281 1S Dual Reader 00",
                &["ACS ACR1281 1S Dual Reader 00 00", "ACS ACR1281 1S Dual Reader 00 01"],
                1,
            ),
            (
                "4710 F CL + SAM Reader",
                &["Identiv uTRust 4710 F CL + SAM Reader [CLOUD 4710 F Contactless Reader] 03 00"],
                0,
            ),
            ("5x21", &["OMNIKEY CardMan 5x21 0", "OMNIKEY CardMan 5x21-CL 0"], 1),
            (
                "OMNIKEY",
                &[
                    "HID Global OMNIKEY 5422 Smartcard Reader 0",
                    "HID Global OMNIKEY 5422CL Smartcard Reader 0",
                ],
                1,
            ),
            ("identive", &["Identive CLOUD 4700 F Contact Reader 0", "Identive SCL 0"], 1),
        ] {
            assert_eq!(chosen(asked, slots).as_deref(), Ok(slots[taken]), "{asked}");
        }
    }

    #[test]
    fn what_is_no_slot_for_cards_is_taken_where_it_is_named() {
        let sam = "ACS ACR1252 Dual Reader [ACR1252 Dual Reader SAM] 01 00";
        let picc = "ACS ACR1252 Dual Reader [ACR1252 Dual Reader PICC] 00 00";
        assert_eq!(chosen(sam, &[picc, sam]).as_deref(), Ok(sam));
        assert_eq!(chosen("1252 dual reader sam", &[picc, sam]).as_deref(), Ok(sam));
        let said = chosen("ACR1252", &[sam]).unwrap_err().to_string();
        let wanted = format!(
            "\"ACR1252\" fits {sam:?} (a SAM slot): not taken for cards unless its whole name is given"
        );
        assert_eq!(said, wanted);
        let contact = "Identive CLOUD 4700 F Contact Reader 0";
        assert!(chosen("CLOUD", &[contact]).is_err());
        assert_eq!(chosen("contact", &[contact]).as_deref(), Ok(contact));
    }

    /// Two devices of one kind are still two.
    #[test]
    fn several_slots_for_cards_are_told() {
        let two = ["ACS ACR1252 1S CL Reader PICC 0", "ACS ACR1252 1S CL Reader PICC 1"];
        let all = [two[0], "ACS ACR1252 1S CL Reader SAM 0", two[1]];
        let found = two.map(str::to_owned).to_vec();
        let asked = "ACR1252".to_owned();
        assert_eq!(chosen("ACR1252", &all), Err(ReaderError::Ambiguous { asked, found }));
    }

    #[test]
    fn a_part_is_enough_where_it_fits_one() {
        let names =
            ["Virtual PCD A 00 00", "Virtual PCD A 00 01", "ACS ACR1252 00 00"].map(str::to_owned);
        assert_eq!(one_named("acr1252", &names), Ok("ACS ACR1252 00 00"));
        assert_eq!(one_named("Virtual PCD A 00 01", &names), Ok("Virtual PCD A 00 01"));
        let said = one_named("pcd", &names).unwrap_err().to_string();
        assert_eq!(
            said,
            "\"pcd\" fits \"Virtual PCD A 00 00\", \"Virtual PCD A 00 01\"; write more of the name"
        );
        let said = one_named("omnikey", &names).unwrap_err().to_string();
        assert!(said.starts_with("no reader is called \"omnikey\"; there is \"Virtual"), "{said}");
        assert_eq!(one_named("any", &[]), Err(ReaderError::NoReader));
    }

    #[test]
    fn an_exact_name_wins_over_a_longer_one() {
        let names = ["Reader 01".to_owned(), "Reader 0".to_owned()];
        assert_eq!(one_named("Reader 0", &names), Ok("Reader 0"));
    }

    #[test]
    fn many_are_looked_up_as_each_would_be() {
        let all = ["Reader 01", "Reader 0", "Other", "Reader 01"].map(str::to_owned);
        let names = Names::of(&all);
        for asked in ["Reader 0", "Reader 01", "other", "reader", "none"] {
            let one =
                one_named(asked, &all).map(|name| all.iter().position(|n| n == name).unwrap());
            assert_eq!(names.place(asked), one, "{asked}");
        }
        assert_eq!(Names::of(&[]).place("any"), Err(ReaderError::NoReader));
    }
}
