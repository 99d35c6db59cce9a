// SPDX-License-Identifier: MIT OR Apache-2.0
//! Starts the programs of a run, kills stations, and has the judge count.

mod counter;
mod crew;
mod people;

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::time::{Duration, Instant};

use cardwright_spooler::Spooler;

use crate::Arguments;
use crate::judge::Spoil;
use crate::link::{self, Link};
use crate::shared::{Failure, ORDERS, StoreKind, Way};
use crate::station::{books, hand_out};
use counter::{Books, Counter, Front, Http};
use crew::Crew;
use people::{AT_MOST, People};

/// How often is looked whether a station is gone.
const LOOK: Duration = Duration::from_millis(5);

/// How long no order may be done: something stands still then.
const PATIENCE: Duration = Duration::from_secs(120);

/// After so many kills the server of PostgreSQL is ended, and begins anew.
#[cfg(feature = "postgres")]
const RESTART: u32 = 60;

/// The folder of this run.
pub(crate) fn folder() -> PathBuf {
    std::env::temp_dir().join(format!("cardwright-torture-{}", std::process::id()))
}

/// Ends a program with this one.
pub(crate) struct Ended(pub(crate) Child);

impl Drop for Ended {
    fn drop(&mut self) {
        let _gone = self.0.kill();
        let _status = self.0.wait();
    }
}

/// This program in another part, which ends with this one.
pub(crate) fn part(name: &str) -> Result<Command, Failure> {
    let mut command = Command::new(std::env::current_exe()?);
    command.arg(name).stdin(Stdio::piped());
    Ok(command)
}

#[cfg(feature = "postgres")]
type Server = crate::server::Server;

/// A server that there is none of.
#[cfg(not(feature = "postgres"))]
enum Server {}

#[cfg(not(feature = "postgres"))]
impl Server {
    const fn config(&self) -> String {
        match *self {}
    }
}

fn server(kind: StoreKind) -> Result<Option<Server>, Failure> {
    match kind {
        StoreKind::Sqlite => Ok(None),
        #[cfg(feature = "postgres")]
        StoreKind::Postgres => Ok(Some(Server::start("postgres"))),
        #[cfg(not(feature = "postgres"))]
        StoreKind::Postgres => Err("built without the feature postgres".into()),
    }
}

/// Whether every order has one card, and every state was met often enough.
pub(crate) fn run(arguments: &Arguments) -> Result<bool, Failure> {
    let began = Instant::now();
    let folder = folder();
    let _none = std::fs::remove_dir_all(&folder);
    std::fs::create_dir_all(&folder)?;
    let Arguments { orders, store, through, seed, .. } = arguments;
    let (store_name, way) = (store.name(), through.name());
    say(&format!("{orders} orders, {store_name} by {way}, seed {seed}, in {}", folder.display()))?;
    let server = server(*store)?;
    let config = server.as_ref().map(Server::config).unwrap_or_default();
    let spooler = books(&folder, *store, &config)?;
    let mut cards = Ended(part("cards")?.arg(&folder).arg(seed.to_string()).spawn()?);
    let mut outside = until(|| Ok(Link::to(&folder)?))?;
    let http = Http::new(&folder);
    let (front, counter): (_, Box<dyn Counter>) = match through {
        Way::Books => {
            (None, Box::new(Books::new(spooler.clone(), orders.saturating_mul(AT_MOST))?))
        }
        Way::Http => {
            let front = Front::new(arguments, &folder, &config);
            http.listen(until(|| Ok(Link::to(&folder)?))?);
            (Some(front), Box::new(http.clone()))
        }
    };
    let mut crew = Crew::new(arguments, &folder, config);
    let mut people = People::new(arguments, counter);
    torture(&mut crew, &mut people, &spooler, &mut outside, server.as_ref())?;
    crew.end();
    std::fs::write(folder.join(ORDERS), people.names())?;
    if let Some(front) = &front {
        say(&format!("{} kills of the service", front.spare()))?;
        http.all_came()?;
    } else {
        while until(|| hand_out(&spooler, &mut outside, || ()))? > 0 {}
    }
    outside.order(link::END, &[])?;
    let _status = cards.0.wait()?;
    say(&format!("{}\n{people}, {:.0?}\n", crew.report(), began.elapsed()))?;
    let right = judged(&folder)?;
    let (least, times) = crew.toll.least();
    if times < arguments.kills {
        say(&format!("{}: only {times} kills", least.name()))?;
    }
    let right = right && times >= arguments.kills;
    if right {
        std::fs::remove_dir_all(&folder)?;
    }
    Ok(right)
}

#[expect(clippy::print_stdout, reason = "what it is for")]
pub(crate) fn say(what: &str) -> Result<(), Failure> {
    println!("{what}");
    Ok(std::io::stdout().flush()?)
}

/// Tries until it succeeds: the server may be away.
pub(crate) fn until<T>(mut work: impl FnMut() -> Result<T, Failure>) -> Result<T, Failure> {
    let began = Instant::now();
    loop {
        match work() {
            Ok(done) => return Ok(done),
            Err(error) if began.elapsed() > PATIENCE => return Err(error),
            Err(_) => std::thread::sleep(LOOK),
        }
    }
}

/// Kills stations until all orders are done, and every state had its kills.
fn torture(
    crew: &mut Crew,
    people: &mut People,
    spooler: &Spooler,
    outside: &mut Link,
    server: Option<&Server>,
) -> Result<(), Failure> {
    let (mut done, mut since) = (0, Instant::now());
    while !people.are_content(&crew.toll, done) {
        crew.look(spooler, outside)?;
        #[cfg(feature = "postgres")]
        if let Some(server) = server
            && crew.kills / RESTART > people.restarts
        {
            server.restart();
            people.restarts += 1;
        }
        #[cfg(not(feature = "postgres"))]
        let _none = server;
        people.put(&crew.toll, done)?;
        people.look(outside)?;
        let now = people.done()?;
        if now > done {
            (done, since) = (now, Instant::now());
        }
        if since.elapsed() > PATIENCE {
            say(&crew.report())?;
            return Err(format!("nothing is done any more, {done} orders are").into());
        }
        std::thread::sleep(LOOK);
    }
    Ok(())
}

/// Whether the judge is content, and finds what is spoiled.
fn judged(folder: &Path) -> Result<bool, Failure> {
    let mut right = part("judge")?.arg(folder).status()?.code() == Some(0);
    for spoil in Spoil::ALL {
        let output = part("judge")?.arg(folder).args(["--spoil", spoil.name()]).output()?;
        let found = output.status.code() == Some(1);
        say(&format!(
            "{:46}{:>8}",
            format!("judge, {}", spoil.name()),
            if found { "found" } else { "missed" }
        ))?;
        right &= found;
    }
    Ok(right)
}
