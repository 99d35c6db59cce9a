// SPDX-License-Identifier: MIT OR Apache-2.0
//! One station: says `ready`, begins with the first line that comes in, ends with the last one, and says how
//! many of its cards are no longer as they came.

use std::io::{BufRead, Write};
use std::thread;
use std::time::Duration;

use cardwright::emulator::{Feed, Model, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use cardwright_spooler::Driver;

use crate::books::{self, Failure};

/// How long each exchange takes.
const PACE: Duration = Duration::from_millis(2);

/// How many blank cards lie ready at a reader.
const READY: usize = 4;

/// Puts blank cards on a reader whenever few are left there.
struct Hopper {
    station: u8,
    reader: u8,
    feed: Feed,
    put: u16,
    /// Cards that came off changed.
    made: u32,
}

impl Hopper {
    fn card(&self, number: u16) -> SoftCard {
        let [high, low] = number.to_be_bytes();
        let uid = RealUid::new([0x04, 0x5A, self.station, self.reader, high, low, 0x01]);
        SoftCard::new(Model::Ev2_8k, uid, u64::from(number))
    }

    fn fill(&mut self) {
        while self.feed.waiting() < READY {
            self.put += 1;
            self.feed.put(self.card(self.put));
        }
    }

    /// Looks through what came off, in the order in which it was put on.
    fn count(&mut self, looked: &mut u16) {
        for card in self.feed.presented() {
            *looked += 1;
            self.made += u32::from(holds_files(&card, &self.card(*looked)));
        }
    }
}

/// Whether anything was made on it.
fn holds_files(card: &SoftCard, blank: &SoftCard) -> bool {
    // Applications and files are what makes a card long.
    card.save().len() > blank.save().len()
}

pub(crate) fn work(number: u8, tenant: &str, connection: &str) -> Result<(), Failure> {
    let spooler = books::open(tenant, connection)?;
    let driver = Driver::new(spooler, format!("station-{number}")).with_job(books::job()?)?;
    let station = driver.station();
    let hopper = |reader: u8| -> Result<Hopper, Failure> {
        let inner = SoftReader::new(format!("reader-{reader}")).with_pace(PACE);
        let feed = inner.feed();
        station.handle().add(Box::new(inner))?;
        Ok(Hopper { station: number, reader, feed, put: 0, made: 0 })
    };
    let mut hoppers = [hopper(1)?, hopper(2)?];
    hoppers.iter_mut().for_each(Hopper::fill);
    say("ready")?;
    let mut lines = std::io::stdin().lock().lines();
    let _begin = lines.next().transpose()?;
    drop(lines);
    let stop = driver.clone();
    let _until_told = thread::spawn(move || {
        // The line that says so, or the end of whoever leads.
        let _end = std::io::stdin().lock().lines().next();
        stop.stop();
    });
    let mut looked = [0; 2];
    driver.run(&station.handle(), &mut station.events(), |_| {
        for (hopper, looked) in hoppers.iter_mut().zip(&mut looked) {
            hopper.count(looked);
            hopper.fill();
        }
    })?;
    // What lies on the readers comes off with them.
    drop(station.stop());
    for (hopper, looked) in hoppers.iter_mut().zip(&mut looked) {
        hopper.count(looked);
    }
    say(&hoppers.iter().map(|hopper| hopper.made).sum::<u32>().to_string())
}

fn say(line: &str) -> Result<(), Failure> {
    let mut out = std::io::stdout();
    writeln!(out, "{line}")?;
    Ok(out.flush()?)
}
