// SPDX-License-Identifier: MIT OR Apache-2.0
//! A station on the books, made to be killed.

mod reader;

use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use cardwright::encode::{Intent, Origin, Veto};
use cardwright::station::Event;
use cardwright::{Job, Outcome, Station};
use cardwright_spooler::flow::OrderState;
use cardwright_spooler::rows::Store;
use cardwright_spooler::store::Sqlite;
use cardwright_spooler::{Driver, Spooler, Tenant, TenantKey, Told};

use crate::link::{self, Link};
use crate::shared::{BOOKS, Books, Failure, StoreKind, Way, keys, profile};
use crate::toll::Point;
use reader::{CardReader, Hand};

/// Shorter than anybody would choose, so that what a station leaves behind is met again soon.
pub(crate) const LEASE: Duration = Duration::from_secs(2);

/// The tenant's key.
pub(crate) const KEY: [u8; 32] = [0x5A; 32];

/// How many lines of the outbox are handed out at a time.
const LINES: i64 = 20;

/// What a station is started with.
#[derive(clap::Args)]
pub(crate) struct Arguments {
    #[command(flatten)]
    pub(crate) on: Books,
    /// What it is called.
    #[arg(long)]
    pub(crate) name: String,
    /// Which way receipts go.
    #[arg(long, value_enum)]
    pub(crate) through: Way,
    /// Where it kills itself.
    #[arg(long, value_enum)]
    pub(crate) at: Option<Point>,
    /// How often it gets there before it does.
    #[arg(long, default_value_t = 1)]
    pub(crate) times: u32,
}

/// The books of the run.
pub(crate) fn books(folder: &Path, kind: StoreKind, server: &str) -> Result<Spooler, Failure> {
    let store: Arc<dyn Store> = match kind {
        StoreKind::Sqlite => Arc::new(Sqlite::open(folder.join(BOOKS))?),
        #[cfg(feature = "postgres")]
        StoreKind::Postgres => Arc::new(cardwright_spooler::store::Postgres::connect(server)?),
        #[cfg(not(feature = "postgres"))]
        StoreKind::Postgres => return Err(format!("{server}: built without its feature").into()),
    };
    Ok(Spooler::new(store, Tenant::new("torture", TenantKey::new(KEY))))
}

/// When a station kills itself.
pub(crate) struct End {
    at: Option<Point>,
    left: AtomicU32,
}

impl End {
    /// Here, if it is time.
    pub(crate) fn here(&self, point: Point) {
        if self.at == Some(point) && self.left.fetch_sub(1, Ordering::SeqCst) == 1 {
            // No destructor runs, and no file is flushed.
            std::process::abort();
        }
    }
}

/// Makes orders until it is killed.
pub(crate) fn run(arguments: &Arguments) -> Result<(), Failure> {
    let end = Arc::new(End { at: arguments.at, left: AtomicU32::new(arguments.times) });
    let spooler = books(&arguments.on.folder, arguments.on.store, &arguments.on.server)?;
    let job = Arc::new(Job::new(profile()?, &keys()?)?);
    let driver = Driver::new(spooler.clone(), &*arguments.name).with_job(job)?.with_lease(LEASE);
    end.here(Point::Begun);
    let hands = ["left", "right"].map(|name| Arc::new(Hand::new(name)));
    let station = station(arguments, &driver, &end, &hands);
    for hand in &hands {
        let reader = CardReader::new(&arguments.on.folder, Arc::clone(hand), Arc::clone(&end));
        station.handle().add(Box::new(reader))?;
    }
    let outside = Mutex::new(Link::to(&arguments.on.folder)?);
    driver.run(&station.handle(), &mut station.events(), |told| match told {
        Told::Claimed { reader, claim } => {
            for hand in hands.iter().filter(|hand| hand.name == reader) {
                hand.wants(claim.wants);
            }
            end.here(if claim.wants.is_some() { Point::Wants } else { Point::Claimed });
        }
        Told::Station(Event::Finished { encoded, .. }) if encoded.outcome == Outcome::Done => {
            end.here(Point::Finished);
        }
        Told::Received { state: OrderState::Done, .. } => {
            end.here(Point::Received);
            // Where the service hands them out, a station does so only to die of it.
            if arguments.through == Way::Http && arguments.at != Some(Point::HandedOut) {
                return;
            }
            // What fails is handed out later.
            let mut outside = outside.lock().unwrap_or_else(PoisonError::into_inner);
            let _handed_out = hand_out(&spooler, &mut outside, || end.here(Point::HandedOut));
        }
        Told::Station(_) | Told::Received { .. } | Told::Halted(_) | Told::Resumed | _ => {}
    })?;
    Ok(())
}

/// A station that asks the books, and may be killed around it.
fn station(
    arguments: &Arguments,
    driver: &Driver,
    end: &Arc<End>,
    hands: &[Arc<Hand>; 2],
) -> Station {
    let (end, hands, permit) = (Arc::clone(end), hands.clone(), driver.permit());
    let permit = move |intent: &Intent| -> Result<(), Veto> {
        end.here(Point::Asked);
        cardwright::encode::Permit::permit(&permit, intent)?;
        end.here(Point::Intended);
        for hand in hands.iter().filter(|hand| Some(&hand.name) == intent.reader.as_ref()) {
            hand.may_change();
        }
        Ok(())
    };
    let origin = Origin { station: Some(arguments.name.clone()), ..Origin::default() };
    Station::new().with_origin(origin).with_permit(permit)
}

/// Hands out what is in the outbox; how many lines.
pub(crate) fn hand_out(
    spooler: &Spooler,
    outside: &mut Link,
    before: impl FnOnce(),
) -> Result<usize, Failure> {
    let lines = spooler.outbox(LINES)?;
    for line in &lines {
        outside.order(link::LINE, format!("{}\t{}", line.sequence, line.text).as_bytes())?;
    }
    if !lines.is_empty() {
        before();
    }
    spooler.delivered(&lines)?;
    Ok(lines.len())
}
