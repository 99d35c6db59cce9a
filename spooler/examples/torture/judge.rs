// SPDX-License-Identifier: MIT OR Apache-2.0
//! Opens every card there ever was, and counts. Knows the cards, the profile's keys and what came out of the
//! outbox; neither books nor stations.

mod count;
mod open;

use std::collections::BTreeMap;
use std::path::Path;

use cardwright::emulator::{Model, SoftCard};
use cardwright::encode::Outcome;
use cardwright::iso14443::RealUid;
use cardwright::{Encoder, Job};
use clap::ValueEnum;

use crate::shared::{CARDS, Failure, ORDERS, RECEIPTS, columns, keys, profile, records};
pub(crate) use open::{Opener, Sight};

use count::{Count, Made, Told};

/// What is spoiled, to see that it is found.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum Spoil {
    /// The first order gets another card.
    Doubled,
    /// All receipts of the first order go.
    LostReceipt,
    /// The first order's card goes.
    LostCard,
}

impl Spoil {
    pub(crate) const ALL: [Self; 3] = [Self::Doubled, Self::LostReceipt, Self::LostCard];

    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Doubled => "doubled",
            Self::LostReceipt => "lost-receipt",
            Self::LostCard => "lost-card",
        }
    }
}

/// Whether every order has one card and every card its receipt. Where something is spoiled first: whether
/// just that is found.
pub(crate) fn judge(folder: &Path, spoil: Option<Spoil>) -> Result<bool, Failure> {
    let orders = columns(&folder.join(ORDERS))?;
    let orders: BTreeMap<String, String> =
        orders.into_iter().map(|(number, name)| (name, number)).collect();
    let opener = Opener::new()?;
    let mut made = cards(folder, &opener)?;
    let mut told = Told::read(columns(&folder.join(RECEIPTS))?)?;
    let first = || orders.iter().next().ok_or("no orders");
    match spoil {
        None => {}
        Some(Spoil::Doubled) => {
            let (_, number) = first()?;
            made.push(another(number, &opener, orders.len())?);
        }
        Some(Spoil::LostReceipt) => told.forget(first()?.0),
        Some(Spoil::LostCard) => {
            let number: u32 = first()?.1.parse()?;
            made.retain(
                |made| !matches!(made.sight, Sight::Opens { number: of, .. } if of == number),
            );
        }
    }
    let count = Count::of(&orders, &made, &told);
    print(&count);
    Ok(count.is_right())
}

#[expect(clippy::print_stdout, reason = "what it is for")]
fn print(count: &Count) {
    print!("{count}");
}

/// All cards, opened.
fn cards(folder: &Path, opener: &Opener) -> Result<Vec<Made>, Failure> {
    let file = std::fs::read(folder.join(CARDS))?;
    let (mut rest, mut made) = (&*file, Vec::new());
    while let Some(([flags, length @ ..], behind)) = rest.split_first_chunk::<5>() {
        let length = usize::try_from(u32::from_be_bytes(*length))?;
        let (saved, behind) = behind.split_at_checked(length).ok_or("the cards are cut off")?;
        rest = behind;
        let mut card = SoftCard::restore(saved, 1)?;
        let (mark, sight) = opener.open(&mut card)?;
        made.push(Made { mark, sight, spoiled: flags & 1 != 0, swapped_in: flags & 2 != 0 });
    }
    Ok(made)
}

/// Another card with the credential of this order, as somebody makes it who asks no books.
fn another(number: &str, opener: &Opener, orders: usize) -> Result<Made, Failure> {
    let profile = profile()?;
    let records = records(&profile, u32::try_from(orders)?)?;
    let mut records = records.entries.into_iter().flatten();
    let record = records.find(|record| record.id() == format!("r{number}"));
    let record = record.ok_or("no such record")?;
    let mut card = SoftCard::new(Model::Ev2_8k, RealUid::new([0x04, 0xFF, 0, 0, 0, 0, 1]), 1);
    let job = Job::new(profile, &keys()?)?;
    let encoded = Encoder::new(&job).encode(card.in_field(), &record);
    if encoded.outcome != Outcome::Done {
        return Err("the other card was not made".into());
    }
    card.reset();
    let (mark, sight) = opener.open(&mut card)?;
    Ok(Made { mark, sight, spoiled: false, swapped_in: false })
}
