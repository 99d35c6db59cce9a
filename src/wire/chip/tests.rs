// SPDX-License-Identifier: MIT OR Apache-2.0
//! What every row must be, whatever it says.

use super::*;
use crate::wire::{FileSize, Opening};

fn rows() -> impl Iterator<Item = &'static Silicon> {
    Generation::ALL.into_iter().chain([Generation::Test]).map(Generation::silicon)
}

#[test]
fn a_row_is_found_by_its_generation_and_has_a_name_of_its_own() {
    for row in rows() {
        assert!(core::ptr::eq(row.generation.silicon(), row), "{}", row.name);
        assert_eq!(rows().filter(|other| other.name == row.name).count(), 1, "{}", row.name);
    }
}

#[test]
fn messaging_is_what_some_command_opens() {
    for row in rows() {
        let levels = row.picc.iter().flat_map(|picc| picc.messaging).chain(row.messaging);
        let spoken: Vec<Messaging> = levels.copied().collect();
        for messaging in [Messaging::D40, Messaging::Ev1, Messaging::Ev2] {
            let mut openings = Opening::ALL.into_iter().filter(|one| one.messaging() == messaging);
            let opens = openings.any(|one| row.has(one.ins()));
            assert_eq!(opens, spoken.contains(&messaging), "{} {messaging}", row.name);
        }
        assert_eq!(row.has(Ins::AdditionalFrame), !spoken.is_empty(), "{}", row.name);
    }
}

#[test]
fn a_fixed_layout_is_entered_by_name_and_has_no_command_that_makes_another() {
    let makers = [Ins::CreateApplication, Ins::DeleteApplication, Ins::FormatPicc];
    for row in rows() {
        // Of a fixed layout only the transaction MAC file comes and goes.
        let mac = row.layout.fixed().iter().any(|own| own.transaction_mac.is_some());
        let makes = mac || row.layout.is_free() && row.speaks(Messaging::Ev2);
        assert_eq!(row.has(Ins::CreateTransactionMacFile), makes, "{}", row.name);
        assert_eq!(row.has(Ins::DeleteFile), row.layout.is_free() || mac, "{}", row.name);
        for ins in makers {
            assert_eq!(row.has(ins), row.layout.is_free(), "{} {ins}", row.name);
        }
        assert_eq!(row.has(Ins::SelectApplication), row.enter == Enter::Native, "{}", row.name);
        for application in row.layout.fixed() {
            assert!(row.enter == Enter::Native || application.name().is_some(), "{}", row.name);
            assert!(row.key_types.contains(&application.key_type), "{}", row.name);
            assert!(application.key_numbers().count() == usize::from(application.keys));
            for file in application.files {
                let alike = application.files.iter().filter(|other| other.number == file.number);
                assert_eq!(alike.count(), 1, "{} file {}", row.name, file.number);
            }
        }
    }
}

#[test]
fn sizes_are_told_apart_and_a_fixed_one_is_what_its_files_have() {
    for row in rows() {
        for size in row.sizes {
            assert_eq!(row.size(size.storage), Some(*size), "{}", row.name);
        }
        let files = row.layout.fixed().iter().flat_map(|application| application.files);
        let bytes: u32 =
            files.filter_map(|file| file.settings.kind.size()).map(FileSize::bytes).sum();
        if !row.layout.is_free() {
            assert!(row.sizes.iter().all(|size| size.memory == bytes), "{}", row.name);
        }
    }
}

/// The first generation that has each command is as it was before there were rows: a set that lost one
/// or found one shows here.
#[test]
fn generations_differ_by_these_commands() {
    let counts = rows().map(|row| row.commands.iter().count());
    assert_eq!(counts.collect::<Vec<_>>(), [32, 39, 59, 60, 28, 14, 15, 13]);
    for (ins, has) in [
        (Ins::FreeMemory, [false, true, true, true, false, false, false, false]),
        (Ins::ReadSig, [false, false, true, true, true, true, true, false]),
        (Ins::GetFileCounters, [false, false, false, true, false, true, true, false]),
        (Ins::GetVersion, [true; 8]),
        (Ins::Unknown(0xEE), [false; 8]),
    ] {
        assert_eq!(rows().map(|row| row.has(ins)).collect::<Vec<_>>(), has, "{ins}");
    }
}

#[test]
fn a_session_is_begun_with_what_the_chip_speaks() {
    let usual = rows().map(Silicon::usual_messaging).collect::<Vec<_>>();
    let (d40, ev1, ev2) = (Messaging::D40, Messaging::Ev1, Messaging::Ev2);
    assert_eq!(usual, [d40, ev1, ev1, ev1, ev2, ev2, ev2, ev2]);
    assert!(rows().all(|row| row.speaks_everywhere(row.usual_messaging())));
}

#[test]
fn a_level_that_is_not_there_speaks_nothing() {
    let test = Generation::Test.silicon();
    assert!(test.speaks(Messaging::Ev2) && !test.speaks_at_picc(Messaging::Ev2));
    assert!(test.speaks_everywhere(Messaging::Ev2));
    let d40 = Generation::D40.silicon();
    assert!(d40.speaks_everywhere(Messaging::D40) && !d40.speaks_everywhere(Messaging::Ev1));
}
