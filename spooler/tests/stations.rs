// SPDX-License-Identifier: MIT OR Apache-2.0
//! Three stations in processes of their own on one server: the example, and what it leaves behind.

#![cfg(feature = "postgres")]
#![expect(clippy::unwrap_used, reason = "what a test is prepared with")]

mod common;

use std::path::Path;
use std::process::Command;

use common::server::Server;

#[test]
fn three_stations_share_three_hundred_orders_and_do_nothing_twice() {
    let server = Server::start("stations");
    let test = std::env::current_exe().unwrap();
    let built = test.parent().and_then(Path::parent).unwrap();
    let program = built.join("examples").join(format!("stations{}", std::env::consts::EXE_SUFFIX));
    assert!(program.exists(), "{} is missing: cargo test builds it", program.display());
    let output = Command::new(program).args(["300", &server.config()]).output().unwrap();
    let (said, wrong) = (String::from_utf8(output.stdout), String::from_utf8_lossy(&output.stderr));
    assert!(output.status.success(), "{wrong}");
    let said = said.unwrap();
    println!("{said}");
    assert_eq!(said.matches("300 orders, 300 cards, none twice").count(), 3, "{said}");
    // Nobody's word for it: the tables.
    let mut client = postgres::Client::connect(&server.config(), postgres::NoTls).unwrap();
    let mut ask = |sql: &str| -> i64 { client.query_one(sql, &[]).unwrap().get(0) };
    assert_eq!(ask("SELECT COUNT(*) FROM orders"), 900);
    assert_eq!(ask("SELECT COUNT(*) FROM cards"), 900);
    assert_eq!(ask("SELECT COUNT(*) FROM attempts WHERE outcome = 'done'"), 900);
    let twice = "SELECT COUNT(*) FROM (SELECT 1 FROM attempts WHERE outcome = 'done' \
                 GROUP BY tenant, order_id HAVING COUNT(*) > 1) AS twice";
    assert_eq!(ask(twice), 0);
    let stations = "SELECT COUNT(DISTINCT station) FROM attempts WHERE tenant LIKE 'stations-3-%'";
    assert_eq!(ask(stations), 3, "one of them had nothing to do");
}
