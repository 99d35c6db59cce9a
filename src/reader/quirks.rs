// SPDX-License-Identifier: MIT OR Apache-2.0
//! In what readers differ: one table, by their names.

/// What is known of a kind of reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Quirks {
    /// What the names of such readers have in them.
    pub name: &'static str,
    /// Whether it is worth asking for the ATS by `FF CA 01 00 00`. A reader that knows the command
    /// not at all answers with a status; one that gets lost over it belongs into the table.
    pub asked_for_ats: bool,
    /// The longest command that it passes on, in bytes, and the longest answer with its status word. Contents go
    /// in pieces that it passes.
    pub longest_command: usize,
    /// Whether programs lie on it instead of cards, so that keys marked live are refused.
    pub is_software: bool,
}

/// What a reader does that is not in the table: short APDUs, 5 bytes of header and length, 255 of
/// data and Le (ISO/IEC 7816-3, 12.1.3), and the pseudo-APDUs of PC/SC part 3, 3.2.2.1.3.
pub const USUAL: Quirks = Quirks {
    name: "",
    asked_for_ats: true,
    longest_command: crate::transport::LONGEST,
    is_software: false,
};

/// The readers that differ.
pub const TABLE: [Quirks; 1] = [
    // The driver vpcd of the vsmartcard project: its names are those of its configuration file.
    Quirks { name: "Virtual PCD", is_software: true, ..USUAL },
];

impl Quirks {
    /// What is known of the reader of this name.
    #[must_use]
    pub fn of(reader: &str) -> Self {
        TABLE.into_iter().find(|quirks| reader.contains(quirks.name)).unwrap_or(USUAL)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_reader_is_known_by_a_part_of_its_name() {
        assert!(Quirks::of("Virtual PCD 00 01").is_software);
        assert_eq!(Quirks::of("ACS ACR1252 00 00"), USUAL);
        assert!(TABLE.iter().all(|quirks| !quirks.name.is_empty()));
    }
}
