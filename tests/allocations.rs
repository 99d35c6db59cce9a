// SPDX-License-Identifier: MIT OR Apache-2.0
//! How often a whole card allocates: the demonstration card, host and software card and receipt
//! together, from the factory state to its proof. A count that changes is changed here, on purpose.
//! And that values which must not show never grow a buffer, which would leave a copy of them behind.
#![cfg(feature = "emulator")]
#![expect(
    clippy::unwrap_used,
    clippy::panic,
    clippy::indexing_slicing,
    reason = "a helper of a test fails loudly"
)]

mod common;

use allocation_counter::measure;
use cardwright::credential::Format;
use cardwright::emulator::Model;
use cardwright::encode::Outcome;
use cardwright::iso14443::RealUid;
use cardwright::profile::{Profile, Records};
use cardwright::transport::InField;
use cardwright::wire::Messaging;

use common::{card, door, door_records, encoder, job};

/// A buffer that grows counts once more. Keys and ciphers are behind pointers, in host and software card,
/// so that no copy of them stays where they were moved from; a receipt has its marks, and each file the list
/// of the commands that it takes; which applications count their transactions is one list more. The card's mark
/// is had before anything else and copied to whatever tells it, and the keys whose days are looked at are a list.
const ALLOCATIONS: [(Messaging, u64); 2] = [(Messaging::Ev1, 206), (Messaging::Ev2, 222)];

#[test]
fn a_whole_card_allocates_as_often_as_before() {
    for (messaging, allocations) in ALLOCATIONS {
        let job = job(&door(&[])).with_messaging(messaging).unwrap();
        let records = door_records(&job);
        // The first card fills what is kept from card to card.
        for number in 0..3 {
            let mut card = card(Model::Ev2_8k, number);
            let mut outcome = None;
            let counted = measure(|| {
                let mut encoder = encoder(&job);
                let presented = InField::new(card.uid(), &mut card);
                outcome = Some(encoder.encode(presented, &records[0]).outcome);
            });
            assert_eq!(outcome, Some(Outcome::Done));
            assert_eq!(counted.count_total, allocations, "{messaging}");
        }
    }
}

/// The nine values of a FASC-N in the order of its fields, once.
#[test]
fn the_values_of_a_format_stand_in_one_buffer() {
    let format = Format::by_name("fasc-n").unwrap();
    let values: Vec<_> = format.fields().iter().map(|field| (field.name(), field.max())).collect();
    assert_eq!(values.len(), 9);
    let mut bits = None;
    let counted = measure(|| bits = Some(format.encode(&values)));
    assert!(matches!(bits, Some(Ok(_))));
    assert_eq!(counted.count_total, 1);
}

/// The 48 bytes of the content, two numbers of eight for the format and its four bytes, and the text,
/// which has thirteen bytes in UTF-8 and room for two each; and the lengths and places of the parts, which
/// are its own for each record: together 226.
#[test]
fn what_is_put_together_stands_in_seven_buffers() {
    let text = door(&[
        (
            "[fields]",
            "[fields]\nname = { type = \"text\", max_length = 12, class = \"technical\" }",
        ),
        ("size = ", "size = 48"),
        ("content = [", "content = [{ text = \"name\", bytes = 12, charset = \"latin-1\" },"),
    ]);
    let profile = Profile::parse(&text).unwrap();
    let header = "facility,number,issue,valid_until,site,name\n";
    let row = "17,4660,1,20301231,0,Zoë Mustermn\n";
    let records = Records::csv(&profile, format!("{header}{row}").as_bytes()).unwrap();
    let record = records.entries[0].as_ref().unwrap();
    let content = profile.applications()[0].files[0].content.as_ref().unwrap();
    let uid = RealUid::new([4, 1, 2, 3, 4, 5, 6]);
    let mut rendered = None;
    let counted = measure(|| rendered = Some(content.render(record, &uid)));
    assert!(matches!(rendered, Some(Ok(_))));
    assert_eq!((counted.count_total, counted.bytes_total), (7, 226));
}

/// What is kept of each mistake and each record has its limits. Of 100 MB, as a file of orders may have at
/// most about, a fourth, as the limit of what is kept besides does not shrink with it.
#[test]
fn a_broken_file_takes_at_most_four_times_its_size_with_itself() {
    const SIZE: usize = 25_000_000;
    let profile = Profile::parse(include_str!("../examples/data/profiles/door.toml")).unwrap();
    let fields = profile.fields().iter().map(|field| field.name.as_str());
    let wide = fields.map(|_| "x".repeat(30)).collect::<Vec<_>>().join(",") + "\n";
    let names = profile.fields().iter().map(|field| field.name.clone()).collect::<Vec<_>>();
    let named = names.join(",") + "\n";
    for (what, header, line) in [
        ("every value is wrong", named.as_str(), wide.as_str()),
        ("a column too many", named.as_str(), &format!("{},{wide}", "x".repeat(70))),
        ("a quote that is never closed", named.as_str(), &format!("\"{}", "x,".repeat(50))),
        ("nothing but quotes", named.as_str(), &format!("{}\n", "\"".repeat(99))),
        ("nothing but separators", named.as_str(), &format!("x{}\n", ",".repeat(98))),
    ] {
        let file = format!("{header}{}", line.repeat(SIZE / line.len()));
        let mut mistakes = None;
        let counted = measure(|| {
            let records = Records::csv(&profile, file.as_bytes());
            mistakes = Some(records.map_or(1, |records| records.mistakes().count()));
        });
        let most = 3 * u64::try_from(file.len()).unwrap();
        assert!(mistakes.is_some_and(|mistakes| mistakes > 0), "{what}: {mistakes:?}");
        assert!(counted.bytes_max <= most, "{what}: {} of {most}", counted.bytes_max);
    }
}
