// SPDX-License-Identifier: MIT OR Apache-2.0
//! A station in an async program: what happens is awaited, as a stream, by whatever runtime there is.
//!
//! Orders are put, cancelled and asked about without waiting (`Handle`). What waits for a reader or for a
//! card in hand (`take_away`, `stop`, `finish`) belongs where blocking is allowed: tokio's
//! `spawn_blocking`, say.

#[path = "../shared/result.rs"]
mod result;

use std::error::Error;
use std::future::poll_fn;
use std::pin::pin;
use std::sync::Arc;
use std::task::{Context, Poll, Wake, Waker};
use std::thread::{self, Thread};
use std::time::Duration;

use cardwright::emulator::{Model, SoftCard, SoftReader};
use cardwright::iso14443::RealUid;
use cardwright::station::{Event, Events, Order};
use cardwright::{Job, KeyFile, Profile, Records, Station};

const PROFILE: &str = include_str!("../data/profiles/door.toml");
const KEYS: &str = include_str!("../data/test-keys.toml");
const RECORDS: &[u8] = include_bytes!("../data/door-records.csv");

fn main() -> Result<(), Box<dyn Error>> {
    let job = Arc::new(Job::new(Profile::parse(PROFILE)?, &KeyFile::parse(KEYS)?)?);
    let records = Records::csv(job.profile(), RECORDS)?;
    let uid = |number| RealUid::new([0x04, 0xDE, 0x5F, 0x1E, 0xAC, 0xC0, number]);
    let cards = (0..5).map(|number| SoftCard::new(Model::Ev2_8k, uid(number), number.into()));
    let station = Station::new();
    let (handle, events) = (station.handle(), station.events());
    handle.add(Box::new(SoftReader::new("tray").with_cards(cards)))?;
    for (ticket, record) in (0..).zip(records.entries.into_iter().flatten().take(5)) {
        handle.submit(Order::new(ticket, Arc::clone(&job), record))?;
    }
    handle.drain(Duration::from_secs(60));
    let finished = block_on(follow(events))?;
    result::write(&format!("{finished} orders finished\n"), false)?;
    drop(station.stop());
    Ok(())
}

/// Writes each receipt down as it comes, until the station is done.
async fn follow(mut events: Events) -> Result<usize, Box<dyn Error>> {
    let mut finished = 0;
    while let Some(event) = poll_fn(|context| events.poll_next(context)).await {
        if let Event::Finished { encoded, .. } = event {
            result::write(&(encoded.receipt.to_line()? + "\n"), true)?;
            finished += 1;
        }
    }
    Ok(finished)
}

/// What a runtime is for: runs a future on this thread, which sleeps while it is not woken.
fn block_on<T>(future: impl Future<Output = T>) -> T {
    struct Sleeper(Thread);

    impl Wake for Sleeper {
        fn wake(self: Arc<Self>) {
            self.0.unpark();
        }
    }

    let waker = Waker::from(Arc::new(Sleeper(thread::current())));
    let mut future = pin!(future);
    loop {
        if let Poll::Ready(result) = future.as_mut().poll(&mut Context::from_waker(&waker)) {
            return result;
        }
        thread::park();
    }
}
