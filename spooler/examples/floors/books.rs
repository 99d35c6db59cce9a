// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the page is told of orders, and the pictures of how a card is made.

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::picture::{memory_map, timeline};
use cardwright::{Encoder, Job, KeyFile, Profile, Records};
use cardwright_spooler::flow::{Card, CardState, Mark, Order, OrderId, OrderState};
use cardwright_spooler::rows::{Attempt, CardRow, OrderRow};
use cardwright_spooler::service::floor::Deed;
use cardwright_spooler::service::page::{Drawn, Known};

use crate::Whatever;

/// An order that the page shows and the books do not know.
pub(crate) const NOBODYS: OrderId = OrderId(99);

const CARD: Mark = Mark([0x4F; 32]);

/// An order that was tried twice; there is no order above a thousand.
pub(crate) fn known(order: i64, drawn: Option<Drawn>) -> Option<Known> {
    if !(1..=1000).contains(&order) {
        return None;
    }
    let id = OrderId(order);
    let attempt = |fence, outcome: &str, code: Option<&str>| Attempt {
        order: id,
        card: Some(CARD),
        station: "one".to_owned(),
        reader: Some("left".to_owned()),
        fence,
        outcome: outcome.to_owned(),
        code: code.map(str::to_owned),
        grade: Some("sealed".to_owned()),
        at: 1_780_300_800_000 + fence * 1000,
    };
    Some(Known {
        row: OrderRow {
            order: Order { state: OrderState::Poison, fence: 2, tries: 2, ..Order::new(id) },
            name: [1; 32],
            contents: [2; 32],
            number: Some([3; 32]),
            profile: [4; 32],
            place: String::new(),
            batch: Some("monday".to_owned()),
            sequence: 0,
            priority: 0,
            deadline: None,
            replaces: None,
            wants: Some(CARD),
            station: None,
            lease: None,
            put: 1_780_300_000_000,
            ended: None,
        },
        attempts: vec![
            attempt(1, "failed", Some("link-lost")),
            attempt(2, "refused", Some("wrong-card")),
        ],
        cards: vec![CardRow {
            card: Card { mark: CARD, order: id, state: CardState::Keyed, released: false },
            lot: None,
            since: 1_780_300_801_000,
        }],
        may: vec![Deed::Retry, Deed::Spoiled],
        drawn,
    })
}

/// The door card of the examples, as its plan has it on a blank card.
pub(crate) fn drawn() -> Result<Drawn, Whatever> {
    let profile = Profile::parse(include_str!("../../../examples/data/profiles/door.toml"))?;
    let keys = KeyFile::parse(include_str!("../../../examples/data/test-keys.toml"))?;
    let job = Job::new(profile, &keys)?;
    let records = include_bytes!("../../../examples/data/door-records.csv");
    let records = Records::csv(job.profile(), records)?;
    let record = records.entries.into_iter().flatten().next().ok_or("no record")?;
    let mut card =
        SoftCard::new(Model::Ev2_8k, RealUid::new([4, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, 0x40]), 1);
    let plan = Encoder::new(&job).plan(card.in_field(), &record).map_err(|_| "no plan")?;
    Ok(Drawn {
        profile: "door".to_owned(),
        pictures: [memory_map(&plan), timeline(&plan, None)]
            .map(|picture| (picture.title().to_owned(), picture.inline()))
            .into(),
    })
}
