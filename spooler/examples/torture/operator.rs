// SPDX-License-Identifier: MIT OR Apache-2.0
//! Who puts the cards on readers: mostly the right one.

use std::fs::File;
use std::io::{self, Write};
use std::path::Path;

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::RealUid;
use cardwright::keys::ReceiptKey;

use crate::shared::{CARDS, Chance, Failure, RECEIPTS, keys};

const MODELS: [Model; 3] = [Model::Ev1_8k, Model::Ev2_8k, Model::Ev3_4k];

/// A card, wherever it lies.
struct Kept {
    mark: String,
    /// `None` while it is on a reader.
    card: Option<SoftCard>,
    /// As it came from its factory.
    blank: bool,
    spoiled: bool,
    /// It came under what was meant for another card.
    swapped_in: bool,
}

/// What goes wrong with a card on a reader.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Mishap {
    /// It is pulled before it has the command.
    Pulled,
    /// It is pulled before its answer is there.
    PulledAfter,
    /// Another card lies there from now on.
    Swapped,
    /// It loses the field for a moment, and the reader tells.
    Reset,
}

/// A card on a reader.
pub(crate) struct Lying {
    /// Which.
    number: usize,
    pub(crate) card: SoftCard,
    swapped_in: bool,
    /// What goes wrong, and at which exchange.
    pub(crate) mishap: Option<(u64, Mishap)>,
}

/// All cards, and where what comes out of the outbox is kept.
pub(crate) struct Operator {
    chance: Chance,
    marks: ReceiptKey,
    cards: Vec<Kept>,
    receipts: File,
}

impl Operator {
    pub(crate) fn new(folder: &Path, seed: u64) -> Result<Self, Failure> {
        let receipts = File::create(folder.join(RECEIPTS))?;
        let marks = keys()?.receipt_key().clone();
        Ok(Self { chance: Chance::new(seed), marks, cards: Vec::new(), receipts })
    }

    /// The card that comes on a reader next, where the order asks for that one.
    pub(crate) fn put_on(&mut self, wanted: &str) -> Option<Lying> {
        let chance = self.chance.of(100);
        let wanted_one = |kept: &Kept| kept.mark == wanted;
        let touched = |kept: &Kept| !kept.blank;
        let number = match (wanted.is_empty(), chance) {
            // Where it lies on another reader, its order waits.
            (false, 0..85) => self.one_of(wanted_one)?,
            (false, 85..93) | (true, 0..15) => self.one_of(touched).or_else(|| self.blank())?,
            (false | true, _) => self.blank()?,
        };
        let mishap = self.mishap();
        let mut card = self.cards.get_mut(number)?.card.take()?;
        card.reset();
        Some(Lying { number, card, swapped_in: false, mishap })
    }

    /// One that lies nowhere.
    fn one_of(&mut self, which: impl Fn(&Kept) -> bool) -> Option<usize> {
        let cards = self.cards.iter().enumerate();
        let free = cards.filter(|(_, kept)| kept.card.is_some() && !kept.spoiled && which(kept));
        let free: Vec<_> = free.map(|(number, _)| number).collect();
        self.chance.pick(&free)
    }

    /// One that was on a reader and is blank still, or a new one.
    fn blank(&mut self) -> Option<usize> {
        if self.chance.percent(50)
            && let Some(number) = self.one_of(|kept| kept.blank)
        {
            return Some(number);
        }
        let number = self.cards.len();
        let [.., a, b, c, d] = (number as u64).to_be_bytes();
        let uid = RealUid::new([0x04, 0xDE, 0x5F, a, b, c, d]);
        let mark = self.marks.hmac("card", uid.expose()).ok()?;
        let card = SoftCard::new(self.chance.pick(&MODELS)?, uid, self.chance.next());
        let (mark, card) = (hex::encode(mark), Some(card));
        self.cards.push(Kept { mark, card, blank: true, spoiled: false, swapped_in: false });
        Some(number)
    }

    fn mishap(&mut self) -> Option<(u64, Mishap)> {
        let mishap = match self.chance.of(100) {
            0..6 => Mishap::Pulled,
            6..12 => Mishap::PulledAfter,
            12..17 => Mishap::Swapped,
            17..20 => Mishap::Reset,
            _ => return None,
        };
        Some((self.chance.of(70), mishap))
    }

    /// A card that comes in place of another one, while somebody talks to that.
    pub(crate) fn swap(&mut self) -> Option<Lying> {
        self.put_on("").map(|lying| Lying { swapped_in: true, ..lying })
    }

    /// Takes a card off.
    pub(crate) fn take_off(&mut self, lying: Lying, changed: bool) {
        let Some(kept) = self.cards.get_mut(lying.number) else { return };
        kept.blank &= !changed;
        kept.swapped_in |= lying.swapped_in;
        kept.card = Some(lying.card);
    }

    /// The card with this mark as text; `None` while it is on a reader.
    pub(crate) fn look(&self, mark: &str) -> Option<Vec<u8>> {
        let kept = self.cards.iter().find(|kept| kept.mark == mark)?;
        kept.card.as_ref().map(|card| card.save().to_vec())
    }

    /// Somebody said that it is of no use.
    pub(crate) fn spoil(&mut self, mark: &str) {
        for kept in self.cards.iter_mut().filter(|kept| kept.mark == mark) {
            kept.spoiled = true;
        }
    }

    /// Keeps a line for good.
    pub(crate) fn keep_line(&mut self, line: &[u8]) -> io::Result<()> {
        self.receipts.write_all(&[line, b"\n"].concat())
    }

    /// Writes all cards down. False while one is on a reader.
    pub(crate) fn write_down(&self, folder: &Path) -> Result<bool, Failure> {
        let mut file = Vec::new();
        for kept in &self.cards {
            let Some(card) = &kept.card else { return Ok(false) };
            let saved = card.save();
            file.push(u8::from(kept.spoiled) | u8::from(kept.swapped_in) << 1);
            file.extend(u32::try_from(saved.len())?.to_be_bytes());
            file.extend_from_slice(&saved);
        }
        std::fs::write(folder.join(CARDS), file)?;
        Ok(true)
    }
}
