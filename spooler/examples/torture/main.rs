// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stations that are killed while they make cards, and a judge who counts the cards afterwards.
//!
//! ```sh
//! cargo run --release -p cardwright-spooler --example torture -- --orders 200 --store sqlite
//! cargo run --release -p cardwright-spooler --features postgres --example torture -- --orders 2000 --store postgres
//! ```
//!
//! | program | |
//! |---|---|
//! | `torture` | starts the others, kills stations, and counts in which state of the books |
//! | `torture cards` | has the cards, puts them on readers and pulls them; is never killed |
//! | `torture front` | with `--through http`, a service on the books, through which orders, what people say and receipts go; killed, too |
//! | `torture station` | a station on the books, whose readers are connections to the cards |
//! | `torture judge` | opens every card there ever was, and counts; knows neither books nor stations |

mod cards;
mod front;
mod judge;
mod link;
mod operator;
mod run;
mod shared;
mod station;
mod toll;

use std::io::Read;
use std::path::PathBuf;
use std::process::ExitCode;

use clap::{Parser, Subcommand};

use shared::{Failure, StoreKind, Way};

/// How the tests start a server.
#[cfg(feature = "postgres")]
#[path = "../../tests/common/server.rs"]
#[expect(clippy::unwrap_used, clippy::expect_used, reason = "what a test is prepared with")]
#[expect(dead_code, unreachable_pub, reason = "shared with the tests")]
mod server;

/// A folder of this run's own, empty.
#[cfg(feature = "postgres")]
fn folder(name: &str) -> PathBuf {
    let folder = run::folder().join(name);
    // Where that fails, the server says so.
    let _made = std::fs::create_dir_all(&folder);
    folder
}

/// Kills stations while they make cards, and counts the cards afterwards.
#[derive(Parser)]
struct Arguments {
    /// How many orders, at least: there are more while a state lacks kills, three times as many at most.
    #[arg(long, default_value_t = 200)]
    orders: u32,
    /// Where they are kept.
    #[arg(long, value_enum, default_value_t = StoreKind::Sqlite)]
    store: StoreKind,
    /// Which way orders and words come into the books, and receipts out of them.
    #[arg(long, value_enum, default_value_t = Way::Books)]
    through: Way,
    /// What chance comes from; the order of things also hangs on the machine.
    #[arg(long, default_value_t = 1)]
    seed: u64,
    /// How many stations run at a time, with two readers each.
    #[arg(long, default_value_t = 3)]
    stations: usize,
    /// How often stations are killed in each state, at least.
    #[arg(long, default_value_t = 20)]
    kills: u32,
    #[command(subcommand)]
    part: Option<Part>,
}

/// What the program starts itself as.
#[derive(Subcommand)]
enum Part {
    /// The cards, and who puts them on readers.
    Cards {
        /// The folder of the run.
        folder: PathBuf,
        /// What chance comes from.
        seed: u64,
    },
    /// A service without readers.
    Front(shared::Books),
    /// A station.
    Station(station::Arguments),
    /// Who counts.
    Judge {
        /// The folder of the run.
        folder: PathBuf,
        /// Spoils what is judged first, which then has to be found.
        #[arg(long, value_enum)]
        spoil: Option<judge::Spoil>,
    },
}

fn main() -> ExitCode {
    let arguments = Arguments::parse();
    if let Some(Part::Cards { .. } | Part::Front(_) | Part::Station(_)) = arguments.part {
        std::thread::spawn(end_with_parent);
    }
    let done = match &arguments.part {
        None => run::run(&arguments),
        Some(Part::Cards { folder, seed }) => cards::serve(folder, *seed).map(|()| true),
        Some(Part::Front(arguments)) => front::run(arguments).map(|()| true),
        Some(Part::Station(arguments)) => station::run(arguments).map(|()| true),
        Some(Part::Judge { folder, spoil }) => judge::judge(folder, *spoil),
    };
    match done {
        Ok(true) => ExitCode::SUCCESS,
        Ok(false) => ExitCode::FAILURE,
        Err(error) => failed(&error),
    }
}

/// Nothing is ever said there: it ends when whoever started this program is gone, and then so does this one.
fn end_with_parent() {
    let _ended = std::io::stdin().read_to_end(&mut Vec::new());
    std::process::exit(2);
}

#[expect(clippy::print_stderr, reason = "a program says why it failed")]
fn failed(error: &Failure) -> ExitCode {
    eprintln!("torture: {error}");
    ExitCode::from(2)
}
