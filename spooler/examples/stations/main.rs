// SPDX-License-Identifier: MIT OR Apache-2.0
//! Stations that share the orders of one PostgreSQL, each in a process of its own with two software readers
//! whose exchanges take 2 ms: first one, then two, then three. What was made is counted in the books and, by
//! each station, on its own pile of cards; how much faster more stations are is printed.
//!
//! ```sh
//! cargo run --release -p cardwright-spooler --features postgres --example stations -- 300
//! ```
//!
//! | argument | |
//! |---|---|
//! | 1 | how many orders, for each number of stations; 300 without |
//! | 2 | a server's connection string; without, one is started below /usr/lib/postgresql, and ended |

#[cfg(feature = "postgres")]
mod books;
#[cfg(feature = "postgres")]
mod lead;
#[cfg(feature = "postgres")]
mod station;

#[cfg(feature = "postgres")]
fn main() -> Result<(), books::Failure> {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let arguments: Vec<&str> = arguments.iter().map(String::as_str).collect();
    match arguments.as_slice() {
        ["station", number, tenant, connection] => {
            station::work(number.parse()?, tenant, connection)
        }
        [] => lead::all(300, None),
        [orders] => lead::all(orders.parse()?, None),
        [orders, connection] => lead::all(orders.parse()?, Some(connection)),
        _ => {
            Err("how many orders, and a server's connection string, are all there is to say".into())
        }
    }
}

#[cfg(not(feature = "postgres"))]
#[expect(clippy::print_stderr, reason = "all it has to say")]
fn main() -> std::process::ExitCode {
    eprintln!("stations of several machines need PostgreSQL: --features postgres");
    std::process::ExitCode::FAILURE
}
