// SPDX-License-Identifier: MIT OR Apache-2.0
//! What comes out: receipts and read-outs, each line on the disk before the next card.

use std::error::Error;
use std::io::{self, IsTerminal, Write};

use cardwright::encode::{Chain, Encoded, Job, Ledger, Outcome, Refusal, SealedReceipt};
use cardwright::shown::ShownJson;

use crate::arguments::Arguments;
use crate::intents::Intents;
use crate::lines::{Lines, lost};
use crate::lists::Lists;
use crate::read::at;
use crate::readout::Readouts;
use crate::say::say;

/// Where receipts and read-outs go.
pub(crate) struct Output {
    receipts: Option<Receipts>,
    readout: Option<Readouts>,
    pub(crate) lists: Lists,
    /// Which cards were begun, where receipts are kept and each record is to have one.
    pub(crate) intents: Option<Intents>,
    /// What an earlier run's receipts show as done.
    pub(crate) ledger: Ledger,
}

/// A chain of receipts, and where its lines go.
struct Receipts {
    chain: Chain,
    to: Place,
}

enum Place {
    File(Lines),
    StandardOutput {
        /// Whether somebody looks at them; another program gets them as they are.
        screen: bool,
    },
}

impl Output {
    /// Opens the files. Receipts of an earlier run are read first.
    pub(crate) fn open(
        arguments: &Arguments,
        job: &Job,
        batch: Option<&[u8; 32]>,
    ) -> Result<Self, Box<dyn Error>> {
        let (mut ledger, mut intents) = (Ledger::default(), None);
        let to = match arguments.receipts_file() {
            Some(path) => {
                let (mut lines, bytes) = Lines::open(path, ", or \"-\"")?;
                ledger = Ledger::read(&bytes, job, batch).map_err(|error| at(path, &error))?;
                if ledger.was_cut() {
                    let name = path.display();
                    say(&format!("warning: {name}: the last line was cut short and is dropped"));
                }
                lines.go_on(ledger.whole_bytes(), ledger.is_unended())?;
                if job.task().makes_cards() {
                    intents = Some(Intents::open(path, &bytes, arguments.accepts_other())?);
                }
                Some(Place::File(lines))
            }
            None => arguments
                .receipts_on_stdout()
                .then(|| Place::StandardOutput { screen: io::stdout().is_terminal() }),
        };
        let receipts = to.map(|to| Receipts { chain: ledger.chain(job), to });
        let readout = arguments.readout.as_deref().map(Readouts::open).transpose()?;
        let lists = Lists::open(arguments, job)?;
        Ok(Self { receipts, readout, lists, intents, ledger })
    }

    /// Writes the rows of a card. One that makes none is refused for that.
    pub(crate) fn list(&mut self, encoded: &Encoded) -> Result<Option<Encoded>, Box<dyn Error>> {
        self.lists.write(encoded)
    }

    /// Writes what belongs to one card, before the next one. The receipt comes last: a record
    /// that counts as done has its read-out, and its rows.
    pub(crate) fn write(&mut self, encoded: &Encoded) -> Result<(), Box<dyn Error>> {
        if let (Outcome::Refused(Refusal::NotPermitted(_)), Some(intents)) =
            (&encoded.outcome, &self.intents)
        {
            intents.went_well()?;
        }
        let record = encoded.receipt.record.as_str();
        let done = matches!(encoded.outcome, Outcome::Done | Outcome::AlreadyDone);
        if let (true, Some(readout), Some(uid)) = (done, &mut self.readout, &encoded.uid) {
            readout.write(record, uid)?;
        }
        if let Some(receipts) = &mut self.receipts {
            let sealed = receipts.chain.seal(&encoded.receipt)?;
            receipts.to.write(record, &sealed)?;
            receipts.chain.accept(&sealed);
        }
        if let Some(intents) = &self.intents {
            intents.kept(&encoded.receipt)?;
        }
        Ok(())
    }
}

impl Place {
    fn write(&mut self, record: &str, sealed: &SealedReceipt) -> Result<(), String> {
        match self {
            Self::File(lines) => lines.append(record, sealed.text()),
            Self::StandardOutput { screen } => {
                // The MAC in it is that of the line as it is kept.
                let line = sealed.text();
                let line = if *screen { ShownJson(line).to_string() } else { line.to_owned() };
                let mut out = io::stdout();
                let written = out.write_all(line.as_bytes()).and_then(|()| out.flush());
                written.map_err(|error| lost("standard output", record, &error))
            }
        }
    }
}
