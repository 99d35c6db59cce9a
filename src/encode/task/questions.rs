// SPDX-License-Identifier: MIT OR Apache-2.0
//! The questions of the engine, answered out of the row.

use crate::encode::task::Task;
use crate::encode::task::row::{
    Contents, Difference, Ends, FinishedFile, ForGood, ForRecord, Listed, Looks, Missing, Proof,
    Room, Takes,
};

impl Task {
    /// Whether it takes a record: what it does depends on what the card is to hold. The others take
    /// [`Record::none`](crate::profile::Record::none) as well as any.
    #[must_use]
    pub const fn needs_record(self) -> bool {
        !matches!(self.row().record, ForRecord::Without | ForRecord::Read)
    }

    /// Whether it reads which record the card holds, and nothing else.
    pub(crate) const fn reads_record(self) -> bool {
        matches!(self.row().record, ForRecord::Read)
    }

    /// Whether a card that is done has a row in the [lists](crate::profile::Export) of the profile: a
    /// record is on it, and it is known which.
    #[must_use]
    pub const fn makes_rows(self) -> bool {
        !matches!(self.row().record, ForRecord::Without)
    }

    /// Whether nothing has to be proven.
    pub(crate) const fn proves_nothing(self) -> bool {
        matches!(self.row().proof, Proof::Nothing)
    }

    /// Whether it brings the record's contents onto the card.
    #[must_use]
    pub const fn brings_contents(self) -> bool {
        matches!(self.row().record, ForRecord::Given)
    }

    /// Whether it brings the profile's keys onto cards that are to have them.
    pub(crate) const fn brings_keys(self) -> bool {
        !self.only_tells() && !self.makes_blank()
    }

    /// Whether it makes cards of new ones; the others are for cards that were finished before.
    #[must_use]
    pub const fn makes_cards(self) -> bool {
        matches!(self.row().takes, Takes::New)
    }

    /// Whether it takes everything off the card.
    #[must_use]
    pub const fn makes_blank(self) -> bool {
        matches!(self.row().ends, Ends::Blank)
    }

    /// Whether a card that was never finished is refused.
    pub(crate) const fn takes_only_finished(self) -> bool {
        matches!(self.row().takes, Takes::Finished)
    }

    /// Whether nothing is changed, and a card that is not what it is to be is refused.
    pub(crate) const fn only_tells(self) -> bool {
        matches!(self.row().difference, Difference::Told)
    }

    /// Whether it finds out which record is on the card.
    pub(crate) const fn finds_record(self) -> bool {
        matches!(self.row().record, ForRecord::Found)
    }

    /// Whether the record's contents are compared with the card's.
    pub(crate) const fn compares_contents(self) -> bool {
        matches!(self.row().contents, Contents::Compared(_))
    }

    /// Whether a file of a finished card that holds something else, or is another one, is made to hold
    /// what it should.
    pub(crate) const fn renews_files(self) -> bool {
        matches!(self.row().contents, Contents::Compared(FinishedFile::Renewed))
    }

    /// Whether a finished card that lacks a file is refused.
    pub(crate) const fn refuses_missing_files(self) -> bool {
        matches!(self.row().contents, Contents::Compared(FinishedFile::Refused))
    }

    /// Whether a card that lacks an application was never finished.
    pub(crate) const fn refuses_missing_applications(self) -> bool {
        matches!(self.row().missing, Missing::Refused)
    }

    /// Whether a finished card is likely to be done, so that it is asked no more than shows that.
    pub(crate) const fn expects_done(self) -> bool {
        matches!(self.row().looks, Looks::Least)
    }

    /// Whether everything is looked at, also what a finished level's own key stands for.
    pub(crate) const fn looks_at_everything(self) -> bool {
        matches!(self.row().looks, Looks::Everything)
    }

    /// Whether every key has to be proven, whatever the profile says.
    pub(crate) const fn proves_every_key(self) -> bool {
        matches!(self.row().proof, Proof::EveryKey | Proof::EveryOpenKey)
    }

    /// Whether an application that is closed by its own key needs no more proof.
    pub(crate) const fn leaves_closed(self) -> bool {
        matches!(self.row().proof, Proof::EveryOpenKey)
    }

    /// Whether what no command takes back is switched on.
    pub(crate) const fn switches_on_for_good(self) -> bool {
        matches!(self.row().for_good, ForGood::SwitchedOn)
    }

    /// Whether transaction MAC files are made, or made anew.
    pub(crate) const fn makes_counters(self) -> bool {
        self.brings_keys()
    }

    /// Whether the card is to have what no command takes back, be it switched on or looked for.
    pub(crate) const fn wants_for_good(self) -> bool {
        !matches!(self.row().for_good, ForGood::Left)
    }

    /// Whether a card needs room for more, which has its own PICC master key if it was finished.
    pub(crate) const fn needs_room(self, finished: bool) -> bool {
        match self.row().room {
            Room::UnlessFinished => !finished,
            Room::Always => true,
            Room::Never => false,
        }
    }

    /// Whether a card is asked for its free memory whatever else is known of it.
    pub(crate) const fn asks_for_room(self) -> bool {
        matches!(self.row().room, Room::Always)
    }

    /// Whether a card is in hand for its record from the first change on.
    pub(crate) const fn takes_in_hand(self) -> bool {
        matches!(self.row().listed, Listed::InHand)
    }

    /// Whether a card is its record's once it is done.
    pub(crate) const fn enters_done(self) -> bool {
        matches!(self.row().listed, Listed::InHand | Listed::Done)
    }

    /// Whether a card is nobody's once it is done.
    pub(crate) const fn strikes_out(self) -> bool {
        matches!(self.row().listed, Listed::StruckOut)
    }
}
