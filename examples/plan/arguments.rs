// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::PathBuf;

use cardwright::emulator::Model;
use cardwright::encode::{OneWay, Task};
use cardwright::iso14443::RealUid;
use cardwright::sheet::Form;
use cardwright::wire::Messaging;
use clap::Parser;

use crate::files::Files;
use crate::uid;

/// Show what a job would do with a card, step by step, with exchanges, bytes, card memory and time,
/// without doing it; or say what is wrong with a profile, or what a reader has to be told of its cards.
///
/// Exit status: 0 it would be done, or the profile is well; 1 the card would be refused, or the
/// profile has a mistake or a change that cards do not show; 2 usage, profile, keys, records, state
/// or reader are wrong.
#[derive(Debug, Parser)]
#[command(name = "plan", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) files: Files,
    /// Kind of software card: d40-4k, ev1-2k, ev1-4k, ev1-8k, ev2-2k, … ev3-16k, light, ntag424, ntag424tt; with --state, what
    /// the file should hold [default: ev2-8k, with --state any]
    #[arg(long, value_name = "MODEL")]
    pub(crate) card: Option<Model>,
    /// The software card of this state file instead of a blank one
    #[arg(long, value_name = "FILE", conflicts_with = "reader")]
    pub(crate) state: Option<PathBuf>,
    /// The card on this PC/SC reader instead, by the reader's name or a part that no other has
    #[arg(long, value_name = "NAME", conflicts_with = "card")]
    pub(crate) reader: Option<String>,
    /// With --reader: how long to wait for a card
    #[arg(long, value_name = "SECONDS", default_value_t = 30)]
    pub(crate) wait: u64,
    /// What would be done with the card
    #[arg(long, value_name = "encode|verify|rekey|recycle|update", default_value_t)]
    pub(crate) job: Task,
    /// Allow what no command can take back: random-uid, no-format, frozen-key, frozen-settings, lrp,
    /// legacy-off, chained-writes-off, answers, value-limits, seal, transaction-limit, counter-anew, names
    #[arg(long, value_name = "OPTION", value_delimiter = ',')]
    pub(crate) allow: Vec<OneWay>,
    /// A permission of the owner of the cards, for a profile whose application is delegated; several times. With
    /// --check: whether it is for this profile, and not expired
    #[arg(long, value_name = "FILE")]
    pub(crate) permission: Vec<PathBuf>,
    /// Use only this messaging of those that the profile names
    #[arg(long, value_name = "d40|ev1|ev2")]
    pub(crate) messaging: Option<Messaging>,
    /// Write JSON instead of tables
    #[arg(long)]
    pub(crate) json: bool,
    /// Write the plan as a page too: the card's memory, the steps and their times, the rights and keys as
    /// pictures. "-" is standard output, in place of the tables
    #[arg(long, value_name = "FILE|-", conflicts_with_all = ["check", "reader_sheet"])]
    pub(crate) html: Option<PathBuf>,
    /// Only say what is wrong with this profile; with --keys, with it and these keys together
    #[arg(long, value_name = "FILE", conflicts_with_all = ["profile", "records", "card", "state", "reader"])]
    pub(crate) check: Option<PathBuf>,
    /// With --check: the edition before, whose finished cards are still about
    #[arg(long, value_name = "FILE", requires = "check")]
    pub(crate) former: Option<PathBuf>,
    /// Write the sheet for whoever sets up readers: where everything stands that a reader reads, its keys by
    /// their check values, and an example; no key. With --profile, check values need --keys and the example
    /// of contents needs --records, whose first record stands in the sheet: take invented ones
    #[arg(long, conflicts_with_all = ["check", "card", "state", "reader", "json"])]
    pub(crate) reader_sheet: bool,
    /// With --reader-sheet: how it is written
    #[arg(
        long,
        value_name = "text|json|baltech|kentix",
        default_value_t,
        requires = "reader_sheet"
    )]
    pub(crate) form: Form,
    /// With --reader-sheet: the UID of the example, 14 hexadecimal digits [default: that of the record, or
    /// an invented one]
    #[arg(long, value_name = "HEX", value_parser = uid::uid, requires = "reader_sheet")]
    pub(crate) uid: Option<RealUid>,
}
