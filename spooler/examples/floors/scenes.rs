// SPDX-License-Identifier: MIT OR Apache-2.0
//! The floors: each state of a reader once, and what else a station can be.

use cardwright_spooler::flow::OrderState;
use cardwright_spooler::service::floor::{
    Deed, Doing, End, Floor, Hour, Line, Lot, Reader, Seen, Tray, Wanted,
};

/// 2026-06-01 08:00:00 UTC.
const MORNING: i64 = 1_780_300_800_000;

/// Their names.
pub(crate) const NAMES: [&str; 20] = [
    "idle",
    "blank",
    "same",
    "encoding",
    "encoding-later",
    "encoding-begun",
    "good",
    "reject",
    "aside",
    "back-on",
    "trouble",
    "hung",
    "gone",
    "paused",
    "halted",
    "draining",
    "nothing",
    "another",
    "full",
    "full-later",
];

/// The floor of this name.
pub(crate) fn floor(name: &str) -> Option<Floor> {
    let plain = plain();
    Some(match name {
        "halted" => Floor {
            halted: Some("The database is full: make room on its disk.".to_owned()),
            ..plain
        },
        "draining" => Floor { draining: true, ..plain },
        "nothing" => Floor { station: "one".to_owned(), ..Floor::default() },
        // One order more has ended, and a reader was plugged in.
        "another" => {
            let mut ends = vec![end(21, 21, "left", OrderState::Done, &[])];
            ends.extend(plain.ends);
            let mut readers = plain.readers;
            readers.push(Reader { name: "third".to_owned(), since: MORNING, doing: Doing::Idle });
            Floor { ends, readers, ..plain }
        }
        "full" => full(plain),
        // Somebody else did something about the first order meanwhile.
        "full-later" => {
            let mut later = full(plain);
            if let Some(end) = later.ends.first_mut() {
                end.seen.fence += 1;
            }
            later
        }
        state => Floor { readers: readers(doing(state)?), paused: state == "paused", ..plain },
    })
}

fn doing(name: &str) -> Option<Doing> {
    let off = |into, code: Option<&str>, words: &str| Doing::TakeOff {
        into,
        order: Some(17),
        code: code.map(str::to_owned),
        words: words.to_owned(),
    };
    let encoding =
        |step, of, words: &str| Doing::Encoding { order: 17, step, of, words: words.to_owned() };
    Some(match name {
        "idle" => Doing::Idle,
        "blank" => Doing::WaitsForBlank { order: 17 },
        "same" => Doing::WaitsForSame { order: 17, card: "04…C2".to_owned() },
        "encoding" => encoding(3, 9, "create the application F48120"),
        "encoding-later" => encoding(7, 9, "write files 0, 1 of F48120 and commit"),
        "encoding-begun" => encoding(0, 0, ""),
        "good" => off(Tray::Good, None, ""),
        "reject" => off(
            Tray::Reject,
            Some("unknown-keys"),
            "None of the keys at hand opens it: it is somebody else's card.",
        ),
        "aside" => off(
            Tray::Aside,
            Some("link-lost"),
            "The card left the field too early, and may bear keys.",
        ),
        "back-on" => off(Tray::BackOn, Some("link-lost"), "The card left the field too early."),
        "trouble" => Doing::Trouble {
            code: "reader-failed".to_owned(),
            words: "The reader's driver says: no power. Plug the reader in again.".to_owned(),
        },
        "hung" => Doing::Hung,
        "gone" => Doing::Gone,
        "paused" => Doing::Paused,
        _ => return None,
    })
}

/// One reader in that state, and one whose driver gave it an odd name.
fn readers(doing: Doing) -> Vec<Reader> {
    vec![
        Reader { name: "left".to_owned(), since: MORNING, doing },
        Reader { name: "<b>ACS & \"Co\"</b> 01 00".to_owned(), since: MORNING, doing: Doing::Idle },
    ]
}

fn plain() -> Floor {
    let seen = Seen::new(OrderState::Waiting, 2);
    let wanted =
        Wanted {
            order: 40, card: "04…9F".to_owned(), seen, may: vec![Deed::Spoiled, Deed::Lost]
        };
    Floor {
        station: "one".to_owned(),
        readers: readers(Doing::Idle),
        ends: vec![
            end(3, 17, "left", OrderState::Poison, &[Deed::Retry, Deed::Cancel]),
            end(2, 16, "left", OrderState::Done, &[]),
            end(1, 17, "left", OrderState::Poison, &[Deed::Retry, Deed::Cancel]),
        ],
        hour: Hour { done: 212, written: 0, refused: 3, failed: 2, unknown: 1, mean: 2840 },
        line: Line { waiting: 1240, at_station: 4, encoded: 0, poison: 1, wanted: vec![wanted] },
        stock: vec![Lot {
            name: "2026-05".to_owned(),
            rows: vec![
                ("issued", 500),
                ("good", 212),
                ("spoiled", 3),
                ("samples", 1),
                ("given back", 0),
                ("in hand", 283),
                ("not accounted", 1),
            ],
            sum: "issued 500 = good 212 + spoiled 3 + samples 1 + returned 0 + in hand 283; not \
                  accounted: 1"
                .to_owned(),
        }],
        ..Floor::default()
    }
}

fn end(number: i64, order: i64, reader: &str, state: OrderState, may: &[Deed]) -> End {
    let well = state == OrderState::Done;
    End {
        number,
        at: MORNING + number * 61_000,
        reader: reader.to_owned(),
        order,
        outcome: if well { "done" } else { "failed" }.to_owned(),
        code: (!well).then(|| "link-lost".to_owned()),
        words: if well { "" } else { "The card left the field." }.to_owned(),
        grade: if well { "used" } else { "sealed" }.to_owned(),
        seen: Seen::new(state, 2),
        may: may.to_vec(),
    }
}

/// A busy day: four readers, twenty ends, everything that can be done.
fn full(plain: Floor) -> Floor {
    let states = ["blank", "encoding", "good", "trouble"];
    let readers = states.iter().zip(["A", "B", "C", "D"]).filter_map(|(state, name)| {
        Some(Reader { name: format!("tray {name}"), since: MORNING, doing: doing(state)? })
    });
    let mut ends = vec![
        end(60, 60, "tray A", OrderState::Waiting, &[Deed::Spoiled, Deed::Lost, Deed::Destroyed]),
        end(
            59,
            59,
            "tray B",
            OrderState::Waiting,
            &[Deed::AnotherCard, Deed::Returned, Deed::Cancel],
        ),
        end(58, 58, "tray C", OrderState::Encoded, &[Deed::Release, Deed::Spoiled]),
        end(57, 57, "tray D", OrderState::Poison, &[Deed::Retry, Deed::Cancel]),
        end(56, 99, "tray D", OrderState::Poison, &[Deed::Retry]),
    ];
    ends.extend((41..56).rev().map(|number| end(number, number, "tray A", OrderState::Done, &[])));
    Floor { readers: readers.collect(), ends, ..plain }
}
