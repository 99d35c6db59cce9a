// SPDX-License-Identifier: MIT OR Apache-2.0
//! The command line.

use std::path::{Path, PathBuf};

use cardwright::emulator::Model;
use cardwright::encode::{OneWay, Origin, Standing, Task};
use cardwright::wire::Messaging;
use clap::Parser;

use crate::files::Files;

/// Encode a batch of cards on software cards or on readers, and prove each one; or verify, rekey,
/// update or recycle finished ones; or enrol cards that are only read.
///
/// Exit status: 0 every record is done; 1 a record was refused, failed or is written and not proven,
/// or the batch was stopped;
/// 2 the job cannot start or go on (usage, profile, keys, records, receipts, read-outs, or the
/// service, a reader or no card in time); 130 a second Ctrl-C or kill ended the run at once, and what
/// became of the cards in hand is unknown: present them again. The first one finishes them.
#[derive(Debug, Parser)]
#[command(name = "encode", version)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) files: Files,
    /// What to do with each card: encode it; verify that it is what the profile says, and tell which
    /// of the records is on it; rekey it to the profile's key versions; update its contents;
    /// recycle it to blank; or enrol it: read which record is on it, for --export, and change nothing.
    /// All but encode take finished cards, from --state or --reader
    #[arg(long, value_name = "encode|verify|rekey|recycle|update|enrol", default_value_t)]
    pub(crate) job: Task,
    /// Touch no card: list every mistake of the file of records, with line, column, kind and what to do,
    /// and how many there are of each kind. Exit status 0 where there is none, 1 where there are any
    #[arg(long)]
    pub(crate) check: bool,
    /// Allow what the profile names and no command can take back: random-uid, no-format, frozen-key,
    /// frozen-settings, lrp, legacy-off, chained-writes-off, answers, value-limits, seal, transaction-limit,
    /// counter-anew, names; several with commas
    #[arg(long, value_name = "OPTION", value_delimiter = ',')]
    pub(crate) allow: Vec<OneWay>,
    /// A permission of the owner of the cards, from `delegate permit` or `delegate delete`, for a profile whose
    /// application is delegated; a secret, which nobody but its owner may read; several times
    #[arg(long, value_name = "FILE")]
    pub(crate) permission: Vec<PathBuf>,
    /// With --job recycle and --reader: yes, what is on these cards may go
    #[arg(long)]
    pub(crate) yes: bool,
    /// Kind of software card: d40-4k, ev1-2k, ev1-4k, ev1-8k, ev2-2k, … ev3-16k, light, ntag424, ntag424tt; with --state, what
    /// a file that is there should hold [default: ev2-8k, with such a file any]
    #[arg(long, value_name = "MODEL")]
    pub(crate) card: Option<Model>,
    /// Encode the cards on this PC/SC reader, by its name or a part that no other slot for contactless
    /// cards has; several times for several readers at once
    #[arg(long, value_name = "NAME", conflicts_with_all = ["card", "state", "seed"])]
    pub(crate) reader: Vec<String>,
    /// With --reader: stop after one card
    #[arg(long, requires = "reader")]
    pub(crate) once: bool,
    /// With --reader: give up where no card comes in this time, which runs only while every reader
    /// waits for one [default: wait without end]
    #[arg(long, value_name = "SECONDS", requires = "reader")]
    pub(crate) wait: Option<u64>,
    /// "written": count cards as done that are written and not proven, where the profile asks for less
    /// proof than that takes: exit status 0, outcome written all the same. "again": take a card "again" whose UID is
    /// that of one which the receipts show as done for another record: one that was destroyed, say.
    /// "changed": make a card for a record that the receipts show as done with other contents, or
    /// perhaps; "profile": and for one that is done under another profile, or another edition of it.
    /// "other": make another card for a record that an earlier run began and ended before its receipt was
    /// kept, where the card that it was begun on is destroyed. Several with commas
    #[arg(long, value_name = "written|again|changed|profile|other", value_delimiter = ',')]
    accept: Vec<Accept>,
    /// Append receipts to this file, one JSON object a line, and skip the records it shows as
    /// done; its lines are a chain, and one that is broken is not gone on with; "-" writes them to
    /// standard output and the table to standard error [default: none are kept, nothing is skipped]
    #[arg(long, value_name = "FILE|-")]
    receipts: Option<PathBuf>,
    /// Append record and UID of each encoded card to this file, one JSON object a line; nobody but
    /// its owner may read or write it
    #[arg(long, value_name = "FILE")]
    pub(crate) readout: Option<PathBuf>,
    /// Add a row of each card that is done to the list of the profile's [export], in this file, which nobody
    /// but its owner may read or write; NAME=FILE, several times, where the profile has several lists.
    /// A row that is there is not written again
    #[arg(long, value_name = "[NAME=]FILE")]
    pub(crate) export: Vec<String>,
    /// Name the order in receipts by this reference, which says nothing of anybody
    #[arg(long, value_name = "REFERENCE")]
    order: Option<String>,
    /// Name this station in receipts
    #[arg(long, value_name = "NAME")]
    station: Option<String>,
    /// Encode one record onto the software card of this file, which is made where there is none, and
    /// keep its state there; for tests only, as the file holds the card's keys
    #[arg(long, value_name = "FILE")]
    pub(crate) state: Option<PathBuf>,
    /// Encode at most this many records; those that are skipped do not count
    #[arg(long, value_name = "N")]
    pub(crate) limit: Option<usize>,
    /// Make UIDs and all random numbers from this seed, so that a run can be repeated
    #[arg(long, value_name = "N")]
    pub(crate) seed: Option<u64>,
    /// Use only this messaging of those that the profile names
    #[arg(long, value_name = "d40|ev1|ev2")]
    pub(crate) messaging: Option<Messaging>,
}

/// What counts as done besides.
#[derive(Debug, Clone, Copy, PartialEq, Eq, clap::ValueEnum)]
pub(crate) enum Accept {
    Written,
    Again,
    Changed,
    Profile,
    Other,
}

impl Arguments {
    pub(crate) fn accepts_written(&self) -> bool {
        self.accept.contains(&Accept::Written)
    }

    pub(crate) fn accepts_again(&self) -> bool {
        self.accept.contains(&Accept::Again)
    }

    pub(crate) fn accepts_other(&self) -> bool {
        self.accept.contains(&Accept::Other)
    }

    /// For whom and where cards are made; readers tell their own names.
    pub(crate) fn origin(&self) -> Origin {
        Origin { order: self.order.clone(), station: self.station.clone(), reader: None }
    }

    /// Whether a record that stands like this is made all the same.
    pub(crate) fn accepts(&self, standing: &Standing) -> bool {
        let word = if matches!(standing, Standing::OtherProfile { .. }) {
            Accept::Profile
        } else {
            Accept::Changed
        };
        self.accept.contains(&word)
    }

    pub(crate) fn receipts_on_stdout(&self) -> bool {
        self.receipts.as_deref() == Some(Path::new("-"))
    }

    pub(crate) fn receipts_file(&self) -> Option<&Path> {
        self.receipts.as_deref().filter(|path| *path != Path::new("-"))
    }
}
