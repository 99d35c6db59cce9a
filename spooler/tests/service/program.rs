// SPDX-License-Identifier: MIT OR Apache-2.0
//! The program: its demonstration, the README's commands against it, how it ends, and what is there after it
//! was killed.

use std::fs;
use std::io::{BufRead, BufReader, Read};
use std::path::Path;
use std::process::{Child, Command, Output, Stdio};
use std::time::{Duration, Instant};

use cardwright_spooler::service::config::Config;

use crate::common::folder;

const PROGRAM: &str = env!("CARGO_BIN_EXE_cardwright-spooler");

/// A program that runs, with what it printed first. It is killed where a test ends before it.
struct Running {
    child: Child,
    address: String,
    token: String,
}

impl Running {
    fn start(arguments: &[&str]) -> Self {
        let begun = Instant::now();
        let mut command = Command::new(PROGRAM);
        let command = command.args(arguments).stdout(Stdio::piped()).stderr(Stdio::piped());
        let mut child = command.spawn().unwrap();
        let mut lines = BufReader::new(child.stdout.take().unwrap()).lines();
        let mut line = || lines.next().unwrap().unwrap();
        let address = line();
        assert!(address.starts_with("http://127.0.0.1:"), "{address}");
        // A machine that does something else beside it is slower than a second.
        assert!(begun.elapsed() < Duration::from_secs(10));
        let token = if arguments.contains(&"--demo") {
            line().replace("token ", "")
        } else {
            String::new()
        };
        Self { child, address, token }
    }

    fn shell(&self, commands: &str) -> Output {
        let shell = Command::new("bash")
            .args(["-euo", "pipefail", "-c", commands])
            .env("URL", &self.address)
            .env("TOKEN", &self.token)
            .output();
        shell.unwrap()
    }

    /// Tells it to end; what it logged.
    fn end(mut self) -> String {
        let told = Command::new("kill").arg(self.child.id().to_string()).status().unwrap();
        assert!(told.success());
        let until = Instant::now() + Duration::from_secs(30);
        let status = loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                break status;
            }
            assert!(Instant::now() < until, "it does not end");
            std::thread::sleep(Duration::from_millis(20));
        };
        assert!(status.success(), "{status}");
        let mut log = String::new();
        self.child.stderr.take().unwrap().read_to_string(&mut log).unwrap();
        log
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}

/// The block of the README that follows the line `<!-- service-commands -->`.
fn commands() -> String {
    let page = include_str!("../../../README.md");
    let (_, after) = page.split_once("<!-- service-commands -->\n```sh\n").unwrap();
    after.split_once("```").unwrap().0.to_owned()
}

#[test]
fn the_commands_of_the_readme_work_on_the_demonstration() {
    let demo = Running::start(&["--demo", "--port", "0"]);
    let output = demo.shell(&commands());
    let text = String::from_utf8(output.stdout).unwrap();
    assert!(output.status.success(), "{text}{}", String::from_utf8_lossy(&output.stderr));
    for part in [
        "\"ready\":true",
        "\"new\":true",
        "\"orders\":[",
        "\"receipts\":[",
        "\"done\":true",
        "cardwright_orders",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
    let token = demo.token.clone();
    let log = demo.end();
    assert!(log.contains("the cards in hand are finished"), "{log}");
    assert!(!log.contains(&token) && !log.contains("portal-4711"), "{log}");
}

/// A service with two software readers on a folder; the token of its portal.
fn made(folder: &Path) -> String {
    Config::make_tenant_key(&folder.join("tenant.key")).unwrap();
    let token = Command::new(PROGRAM)
        .args(["token", "--name", "portal", "--rights", "put,see,operate"])
        .output()
        .unwrap();
    let printed = String::from_utf8(token.stdout).unwrap();
    let (token, kept) = printed.split_once("\n\n").unwrap();
    let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data");
    let text = format!(
        "station = 'one'\nstore = 'orders.db'\nlease_seconds = 2\n[tenant]\nname = 't'\nkey = 'tenant.key'\n\
         [[profile]]\nfile = '{0}/profiles/door.toml'\nkeys = '{0}/test-keys.toml'\n\
         [[reader]]\nname = 'left'\nsoftware = {{ exchange_ms = 2, cards = 'cards' }}\n\
         [[reader]]\nname = 'right'\nsoftware = {{ exchange_ms = 2, cards = 'cards' }}\n{kept}",
        data.display()
    );
    fs::write(folder.join("service.toml"), text).unwrap();
    token.to_owned()
}

#[test]
fn after_it_was_killed_it_tells_the_same_orders_cards_and_receipts() {
    let folder = folder("killed");
    let token = made(&folder);
    let config = folder.join("service.toml");
    let arguments = ["--config", config.to_str().unwrap(), "--port", "0"];
    let put = r#"
        orders=$(seq 1 60 | sed 's/.*/{"reference":"o&","profile":"door","record":{"id":"r&","facility":42,"number":&,"issue":1,"valid_until":20281231,"site":"North"}}/' | paste -sd,)
        curl -sSf "$URL/v1/batches" -H "Authorization: Bearer $TOKEN" -H 'Content-Type: application/json' --data "{\"orders\":[$orders]}"
    "#;
    let ask = |running: &Running, path: &str| {
        let output =
            running.shell(&format!("curl -sSf \"$URL{path}\" -H \"Authorization: Bearer $TOKEN\""));
        assert!(output.status.success(), "{}", String::from_utf8_lossy(&output.stderr));
        serde_json::from_slice::<serde_json::Value>(&output.stdout).unwrap()
    };
    let start = || {
        let mut running = Running::start(&arguments);
        running.token.clone_from(&token);
        running
    };
    let mut running = start();
    assert!(running.shell(put).status.success());
    let mut before = Vec::new();
    for _ in 0..3 {
        std::thread::sleep(Duration::from_millis(700));
        let receipts = ask(&running, "/v1/receipts?after=0&most=1000");
        before = receipts["receipts"].as_array().unwrap().clone();
        // Not told to end: killed.
        running.child.kill().unwrap();
        running.child.wait().unwrap();
        running = start();
        let after = ask(&running, "/v1/receipts?after=0&most=1000");
        assert!(after["receipts"].as_array().unwrap().starts_with(&before), "receipts are lost");
    }
    let until = Instant::now() + Duration::from_secs(60);
    loop {
        let done = ask(&running, "/v1/orders?state=done&most=100")["count"].as_i64().unwrap();
        if done == 60 {
            break;
        }
        assert!(Instant::now() < until, "{done} of 60 are done");
        std::thread::sleep(Duration::from_millis(200));
    }
    assert!(!before.is_empty());
    // The same orders again are the same ones, each with one card that no other has.
    let again = running.shell(put);
    let again: serde_json::Value = serde_json::from_slice(&again.stdout).unwrap();
    let mut cards = std::collections::BTreeSet::new();
    for one in again["orders"].as_array().unwrap() {
        assert_eq!(one["new"], false);
        let order = ask(&running, &format!("/v1/orders/{}", one["order"]));
        let [card] = order["cards"].as_array().unwrap().as_slice() else { panic!("{order}") };
        assert_eq!(card["state"], "good");
        assert!(cards.insert(card["card"].as_str().unwrap().to_owned()));
    }
    assert_eq!(cards.len(), 60);
    running.end();
}

#[test]
fn beyond_the_loopback_it_wants_to_be_told() {
    let folder = folder("beyond");
    let _token = made(&folder);
    let config = folder.join("service.toml");
    let text = fs::read_to_string(&config).unwrap();
    fs::write(&config, format!("address = '0.0.0.0:0'\n{text}")).unwrap();
    let run = Command::new(PROGRAM).args(["--config", config.to_str().unwrap()]).output().unwrap();
    assert!(!run.status.success());
    let said = String::from_utf8(run.stderr).unwrap();
    assert!(said.contains("--plain-http-beyond-loopback"), "{said}");
}
