// SPDX-License-Identifier: MIT OR Apache-2.0
//! Puts the orders, starts stations, takes the time, and looks whether anything was done twice.

use std::collections::BTreeSet;
use std::io::{BufRead, BufReader, Write};
use std::path::PathBuf;
use std::process::{Child, ChildStdout, Command, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use cardwright::{Receipt, Records};
use cardwright_spooler::flow::{CardState, OrderState};
use cardwright_spooler::{Put, Spooler};

use crate::books::{self, Failure};

/// How the tests start a server.
#[path = "../../tests/common/server.rs"]
#[expect(clippy::unwrap_used, clippy::expect_used, reason = "what a test is prepared with")]
#[expect(dead_code, unreachable_pub, reason = "shared with the tests")]
mod server;

/// After so long without an end something is wrong.
const LIMIT: Duration = Duration::from_secs(600);

/// A folder of this program's own, empty.
fn folder(name: &str) -> PathBuf {
    let folder = std::env::temp_dir().join(format!("{name}-{}", std::process::id()));
    // Where that fails, the server says so.
    let _made = std::fs::create_dir_all(&folder);
    folder
}

/// The same orders for one, two and three stations.
pub(crate) fn all(orders: u32, connection: Option<&str>) -> Result<(), Failure> {
    let own = connection.is_none().then(|| server::Server::start("stations"));
    let connection = match (&own, connection) {
        (_, Some(connection)) => connection.to_owned(),
        (Some(own), None) => own.config(),
        (None, None) => return Err("no server".into()),
    };
    let mut alone = None;
    for stations in 1..=3 {
        let took = round(orders, stations, &connection)?;
        let rate = f64::from(orders) / took.as_secs_f64();
        let ratio = rate / *alone.get_or_insert(rate);
        say(&format!(
            "stations {stations}: {orders} orders, {orders} cards, none twice; {:.1} s, {rate:.1} a second, \
             {ratio:.2} times one station",
            took.as_secs_f64()
        ))?;
    }
    if let Some(own) = own {
        // The server ends with this program.
        let _removed = std::fs::remove_dir_all(&own.data);
    }
    Ok(())
}

/// A station, and what it says.
struct Station {
    child: Child,
    says: BufReader<ChildStdout>,
}

impl Station {
    fn start(number: u8, tenant: &str, connection: &str) -> Result<Self, Failure> {
        let mut command = Command::new(std::env::current_exe()?);
        command.args(["station", &number.to_string(), tenant, connection]);
        let mut child = command.stdin(Stdio::piped()).stdout(Stdio::piped()).spawn()?;
        let says = child.stdout.take().ok_or("a station has no output")?;
        let mut station = Self { child, says: BufReader::new(says) };
        if station.line()? != "ready" {
            return Err("a station is not ready".into());
        }
        Ok(station)
    }

    fn line(&mut self) -> Result<String, Failure> {
        let mut line = String::new();
        let _bytes = self.says.read_line(&mut line)?;
        Ok(line.trim_end().to_owned())
    }

    fn begin(&mut self) -> Result<(), Failure> {
        let input = self.child.stdin.as_mut().ok_or("a station has no input")?;
        Ok(input.write_all(b"begin\n")?)
    }

    /// Ends it; how many cards it made.
    fn end(mut self) -> Result<u32, Failure> {
        drop(self.child.stdin.take());
        let made = self.line()?.parse()?;
        let ended = self.child.wait()?;
        if ended.success() { Ok(made) } else { Err(format!("a station ended with {ended}").into()) }
    }
}

/// So many orders on so many stations; how long it took.
fn round(orders: u32, stations: u8, connection: &str) -> Result<Duration, Failure> {
    let tenant = format!("stations-{stations}-{}", std::process::id());
    let spooler = books::open(&tenant, connection)?;
    put(&spooler, orders)?;
    let start = |number| Station::start(number, &tenant, connection);
    let mut line: Vec<Station> = (1..=stations).map(start).collect::<Result<_, _>>()?;
    let began = Instant::now();
    line.iter_mut().try_for_each(Station::begin)?;
    while spooler.count(OrderState::Done)? < i64::from(orders) {
        if began.elapsed() > LIMIT {
            return Err("the orders are not done in time".into());
        }
        thread::sleep(Duration::from_millis(20));
    }
    let took = began.elapsed();
    let mut made = Vec::new();
    for station in line {
        made.push(station.end()?);
    }
    if made.iter().sum::<u32>() != orders {
        return Err(format!("{orders} orders, and cards {made:?}").into());
    }
    look(&spooler, orders)?;
    Ok(took)
}

fn put(spooler: &Spooler, orders: u32) -> Result<(), Failure> {
    let profile = books::profile()?;
    let mut file = "id,facility,number,issue,valid_until,site\n".to_owned();
    for number in 1..=orders {
        file += &format!("r{number},42,{number},1,20281231,North\n");
    }
    for record in Records::csv(&profile, file.as_bytes())?.entries {
        let record = record?;
        let reference = format!("order-{}", record.id());
        let _taken = spooler.put(&Put::new(reference, &profile, record))?;
    }
    Ok(())
}

/// Each order has one good card and one receipt that says done, and no card two orders.
fn look(spooler: &Spooler, orders: u32) -> Result<(), Failure> {
    let most = i64::from(orders) + 1;
    let done = spooler.orders_in(OrderState::Done, most)?;
    let mut cards = BTreeSet::new();
    for order in &done {
        let its = spooler.cards(*order)?;
        let [card] = its.as_slice() else { return Err("an order has not one card".into()) };
        if card.card.state != CardState::Good || !cards.insert(card.card.mark) {
            return Err("a card is not good, or has two orders".into());
        }
    }
    let mut told = BTreeSet::new();
    for line in spooler.outbox(most * 10)? {
        let receipt: Receipt = serde_json::from_str(&line.text)?;
        if receipt.outcome.name() == "done" && !told.insert(receipt.record) {
            return Err("an order was made twice".into());
        }
    }
    if done.len() != told.len() || i64::try_from(told.len())? + 1 != most {
        return Err(format!("{orders} orders, {} done, {} receipts", done.len(), told.len()).into());
    }
    Ok(())
}

fn say(line: &str) -> Result<(), Failure> {
    Ok(writeln!(std::io::stdout(), "{line}")?)
}
