// SPDX-License-Identifier: MIT OR Apache-2.0
//! The stations: started, killed, and looked after in the books.

use core::fmt::Write as _;
use std::os::unix::process::ExitStatusExt;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::time::{Duration, Instant};

use cardwright::emulator::SoftCard;
use cardwright_spooler::Spooler;
use cardwright_spooler::flow::{OrderId, OrderState};

use super::{Ended, part, until};
use crate::Arguments;
use crate::judge::{Opener, Sight};
use crate::link::{self, Link};
use crate::shared::{Chance, Failure, StoreKind, Way};
use crate::station::LEASE;
use crate::toll::{Point, Toll};

/// What a program gets that aborts.
const ABORTED: i32 = 6;
/// And one that is killed.
const KILLED: i32 = 9;

/// How long a station that is to kill itself may take to get there.
const SLOW: Duration = Duration::from_secs(4);

/// How long one stands still: longer than it may have an order, shorter than others wait for a file.
const HELD: Duration = LEASE.saturating_add(Duration::from_secs(1));

/// A station that runs.
struct Running {
    child: Ended,
    name: String,
    /// Where it kills itself.
    at: Option<Point>,
    killed: Instant,
    /// When it is held for longer than its lease.
    held: Option<Instant>,
}

/// All stations.
pub(super) struct Crew {
    folder: PathBuf,
    store: StoreKind,
    through: Way,
    config: String,
    chance: Chance,
    want: u32,
    stations: usize,
    running: Vec<Running>,
    started: u32,
    held: u32,
    /// How many ended by themselves.
    ended: u32,
    pub(super) kills: u32,
    pub(super) toll: Toll,
    /// The most memory that a station took, in KiB.
    memory: u64,
}

impl Crew {
    pub(super) fn new(arguments: &Arguments, folder: &Path, config: String) -> Self {
        Self {
            folder: folder.to_owned(),
            store: arguments.store,
            through: arguments.through,
            config,
            chance: Chance::new(arguments.seed ^ 0xC4E3),
            want: arguments.kills,
            stations: arguments.stations,
            running: Vec::new(),
            started: 0,
            held: 0,
            ended: 0,
            kills: 0,
            toll: Toll::default(),
            memory: 0,
        }
    }

    /// Kills those whose time has come, looks what they left behind, and starts others in their place.
    pub(super) fn look(&mut self, spooler: &Spooler, outside: &mut Link) -> Result<(), Failure> {
        for mut station in core::mem::take(&mut self.running) {
            self.hold(&mut station)?;
            if station.killed <= Instant::now() {
                self.memory = self.memory.max(memory(&station.child.0));
                station.child.0.kill()?;
                let _status = station.child.0.wait()?;
            }
            match station.child.0.try_wait()? {
                Some(status) => self.gone(&station, status, spooler, outside)?,
                None => self.running.push(station),
            }
        }
        while self.running.len() < self.stations {
            let station = self.start()?;
            self.running.push(station);
        }
        Ok(())
    }

    fn start(&mut self) -> Result<Running, Failure> {
        let (least, times) = self.toll.least();
        let at = match (times < self.want, self.chance.of(100)) {
            (true, 0..75) => Some(least),
            (_, 0..90) => None,
            _ => self.chance.pick(&Point::ALL),
        };
        let times = match at {
            Some(Point::Half) => 1 + self.chance.of(40),
            Some(_) => 1 + self.chance.of(2),
            None => 1,
        };
        self.started += 1;
        let name = format!("station-{}", self.started);
        let mut command = part("station")?;
        command.arg(&self.folder).args(["--store", self.store.name(), "--name", &name]);
        command.args(["--through", self.through.name(), "--server", &self.config]);
        command.args(["--times", &times.to_string()]);
        if let Some(at) = at {
            command.args(["--at", at.name()]);
        }
        let now = Instant::now();
        let life =
            if at.is_some() { SLOW } else { Duration::from_millis(10 + self.chance.of(400)) };
        let (mut killed, mut held) = (now + life, None);
        if at.is_none() && self.chance.percent(10) {
            (killed, held) = (now + life + HELD + life, Some(now + life));
        }
        let child = Ended(command.spawn()?);
        Ok(Running { child, name, at, killed, held })
    }

    /// Lets a station stand still for longer than its lease: it goes on with what others have by then. Whoever
    /// lets it go on must not wait for the books: it may hold their file.
    fn hold(&mut self, station: &mut Running) -> Result<(), Failure> {
        if station.held.is_none_or(|from| Instant::now() < from) {
            return Ok(());
        }
        station.held = None;
        self.held += 1;
        let id = station.child.0.id().to_string();
        // One that has ended by itself meanwhile is not there any more.
        let signal = |name: &str, id: &str| {
            Command::new("kill").args([name, id]).stderr(Stdio::null()).status()
        };
        let _status = signal("-STOP", &id)?;
        std::thread::spawn(move || {
            std::thread::sleep(HELD);
            signal("-CONT", &id)
        });
        Ok(())
    }

    /// Counts in which state a station was killed.
    fn gone(
        &mut self,
        station: &Running,
        status: ExitStatus,
        spooler: &Spooler,
        outside: &mut Link,
    ) -> Result<(), Failure> {
        let own = match status.signal() {
            Some(ABORTED) => station.at,
            Some(KILLED) => None,
            // The server is away, and it says so.
            _ => {
                self.ended += 1;
                return Ok(());
            }
        };
        self.kills += 1;
        let mut states = until(|| self.left_behind(&station.name, spooler, outside))?;
        states.extend(own.filter(|own| own.is_its_own_word()));
        if states.is_empty() {
            states.push(Point::Begun);
        }
        states.sort_unstable_by_key(|state| *state as usize);
        states.dedup();
        for state in states {
            self.toll.add(state, own.is_none());
        }
        Ok(())
    }

    /// How the orders stand that a station had.
    fn left_behind(
        &self,
        name: &str,
        spooler: &Spooler,
        outside: &mut Link,
    ) -> Result<Vec<Point>, Failure> {
        let mut states = Vec::new();
        for state in [OrderState::Claimed, OrderState::Intended] {
            for order in spooler.orders_in(state, i64::MAX)? {
                let row = spooler.order(order)?;
                if row.station.as_deref() != Some(name) || row.order.state != state {
                    continue;
                }
                match (state, row.wants.is_some()) {
                    (OrderState::Claimed, true) => states.push(Point::Wants),
                    (OrderState::Claimed, false) => states.push(Point::Claimed),
                    _ => states.extend(card_of(order, spooler, outside)?),
                }
            }
        }
        Ok(states)
    }

    /// Ends those that have nothing to do any more.
    pub(super) fn end(&mut self) {
        self.running.clear();
    }

    pub(super) fn report(&self) -> String {
        let mut text = self.toll.to_string();
        let _written = write!(
            text,
            "{} kills of {} stations; {} ended by themselves, {} stood still for longer than their lease; \
             {} MiB at most",
            self.kills,
            self.started,
            self.ended,
            self.held,
            self.memory / 1024
        );
        text
    }
}

/// What became of the card that an order was intended for.
fn card_of(
    order: OrderId,
    spooler: &Spooler,
    outside: &mut Link,
) -> Result<Option<Point>, Failure> {
    let Some(mark) = spooler.order(order)?.wants else { return Ok(None) };
    let (link::YES, saved) = outside.ask(link::LOOK, mark.to_string().as_bytes())? else {
        // On another reader by now.
        return Ok(None);
    };
    let (_, sight) = Opener::new()?.open(&mut SoftCard::restore(&saved, 1)?)?;
    Ok(Some(match sight {
        Sight::Blank => Point::Intended,
        Sight::Bare | Sight::Half | Sight::Opens { whole: false, .. } => Point::Half,
        Sight::Opens { whole: true, .. } => Point::Finished,
    }))
}

/// The most memory that a program took, in KiB.
fn memory(child: &Child) -> u64 {
    let status = std::fs::read_to_string(format!("/proc/{}/status", child.id()));
    let status = status.unwrap_or_default();
    let line = status.lines().find_map(|line| line.strip_prefix("VmHWM:"));
    line.and_then(|line| line.split_whitespace().next()?.parse().ok()).unwrap_or(0)
}
