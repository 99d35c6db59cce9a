// SPDX-License-Identifier: MIT OR Apache-2.0
//! A service in a folder of its own: what it is configured with, started, asked, told to end, killed.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::{BufRead, BufReader};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use serde_json::{Value, json};

use crate::common::folder;
use crate::http::{self, Answer};

const PROGRAM: &str = env!("CARGO_BIN_EXE_cardwright-spooler");

/// How long anything may take before a test gives up.
pub const PATIENCE: Duration = Duration::from_secs(120);

/// A number from the environment, for runs that are longer than those of every day.
pub fn scaled(name: &str, usual: i64) -> i64 {
    std::env::var(name).map_or(usual, |text| text.parse().unwrap())
}

/// What a service is started with.
pub struct Site {
    pub folder: PathBuf,
    pub token: String,
}

impl Site {
    /// A service with so many readers of this kind, and its token.
    pub fn new(name: &str, readers: usize, software: &str) -> Self {
        let folder = folder(name);
        let made = Command::new(PROGRAM).arg("tenant-key").arg(folder.join("tenant.key")).status();
        assert!(made.unwrap().success());
        let made = Command::new(PROGRAM)
            .args(["token", "--name", "all", "--rights", "put,see,operate,erase,administer"])
            .output();
        let printed = String::from_utf8(made.unwrap().stdout).unwrap();
        let (token, kept) = printed.split_once("\n\n").unwrap();
        let site = Self { folder, token: token.to_owned() };
        fs::write(site.folder.join("token.toml"), kept).unwrap();
        site.write("service", "orders.db", readers, software);
        site
    }

    /// Another service of the same tenant in the same folder, on this store.
    pub fn write(&self, station: &str, store: &str, readers: usize, software: &str) {
        let data = Path::new(env!("CARGO_MANIFEST_DIR")).join("../examples/data");
        let kept = fs::read_to_string(self.folder.join("token.toml")).unwrap();
        let mut text = format!(
            "station = '{station}'\nstore = '{store}'\nlease_seconds = 2\n[limits]\nrequests_per_second = 100000\nconnections = 100000\nstreams = 100000\n\
             [tenant]\nname = 't'\nkey = 'tenant.key'\n\
             [[profile]]\nfile = '{0}/profiles/door.toml'\nkeys = '{0}/test-keys.toml'\n{kept}\n",
            data.display()
        );
        for reader in 1..=readers {
            text += &format!(
                "[[reader]]\nname = 'r{reader}'\nsoftware = {{ {software}, cards = 'cards-{station}' }}\n"
            );
        }
        fs::write(self.folder.join(format!("{station}.toml")), text).unwrap();
    }

    pub fn start(&self) -> Running {
        self.start_as("service", &[])
    }

    /// Starts the service of this name and waits for its address.
    pub fn start_as(&self, station: &str, more: &[&str]) -> Running {
        let mut command = self.command(station);
        command.args(more);
        Running::start(command, &self.log(), &self.token)
    }

    /// What starts it.
    pub fn command(&self, station: &str) -> Command {
        let mut command = Command::new(PROGRAM);
        command.arg("--config").arg(self.folder.join(format!("{station}.toml")));
        command.args(["--port", "0"]);
        command
    }

    /// What its services have logged.
    pub fn log(&self) -> PathBuf {
        self.folder.join("log")
    }

    /// So many orders from this one on, as the body of a batch.
    pub fn batch(orders: impl Iterator<Item = i64>) -> String {
        json!({ "orders": orders.map(order).collect::<Vec<_>>() }).to_string()
    }
}

pub fn order(number: i64) -> Value {
    json!({"reference": format!("o{number}"), "profile": "door", "record": {"id": format!("r{number}"),
        "facility": 42, "number": number, "issue": 1, "valid_until": 20_281_231, "site": "North"}})
}

/// A service that runs. It is killed where a test ends before it.
pub struct Running {
    pub child: Child,
    /// Without its scheme.
    pub address: String,
    pub token: String,
    /// Until it printed its address.
    pub took: Duration,
}

impl Running {
    pub fn start(mut command: Command, log: &Path, token: &str) -> Self {
        let begun = Instant::now();
        let log = File::options().create(true).append(true).open(log).unwrap();
        let mut child = command.stdout(Stdio::piped()).stderr(log).spawn().unwrap();
        let mut line = String::new();
        let mut lines = BufReader::new(child.stdout.take().unwrap());
        lines.read_line(&mut line).unwrap();
        let took = begun.elapsed();
        let address = line.trim().strip_prefix("http://").expect("an address").to_owned();
        let mut token = token.to_owned();
        if token.is_empty() {
            line.clear();
            lines.read_line(&mut line).unwrap();
            token = line.trim().strip_prefix("token ").expect("a token").to_owned();
        }
        Self { child, address, token, took }
    }

    pub fn demo(log: &Path) -> Self {
        let mut command = Command::new(PROGRAM);
        command.args(["--demo", "--port", "0"]);
        Self::start(command, log, "")
    }

    pub fn ask(&self, line: &str, body: &str) -> Answer {
        http::ask(&self.address, &self.token, line, body).unwrap()
    }

    pub fn get(&self, path: &str) -> Value {
        let answer = self.ask(&format!("GET {path}"), "");
        assert_eq!(answer.status, 200, "{path}: {}", answer.body);
        answer.json()
    }

    /// How many orders stand there.
    pub fn count(&self, state: &str) -> i64 {
        self.get(&format!("/v1/orders?state={state}&most=1"))["count"].as_i64().unwrap()
    }

    /// The orders that stand there.
    pub fn orders(&self, state: &str) -> Vec<Value> {
        let (mut orders, mut after) = (Vec::new(), Some(0));
        while let Some(behind) = after {
            let page = self.get(&format!("/v1/orders?state={state}&most=1000&after={behind}"));
            orders.extend(page["orders"].as_array().unwrap().iter().cloned());
            after = page["next"].as_i64();
        }
        orders
    }

    /// All receipts, by their numbers.
    pub fn receipts(&self) -> BTreeMap<i64, Value> {
        let mut receipts = BTreeMap::new();
        loop {
            let last = receipts.last_key_value().map_or(0, |(last, _)| *last);
            let page = self.get(&format!("/v1/receipts?after={last}&most=1000"));
            let lines = page["receipts"].as_array().unwrap();
            if lines.is_empty() {
                return receipts;
            }
            receipts
                .extend(lines.iter().map(|one| (one["sequence"].as_i64().unwrap(), one.clone())));
        }
    }

    /// Waits until something holds.
    pub fn until(&self, what: &str, mut holds: impl FnMut(&Self) -> bool) {
        let until = Instant::now() + PATIENCE;
        while !holds(self) {
            assert!(Instant::now() < until, "{what}: {}", self.get("/v1/floor"));
            thread::sleep(Duration::from_millis(20));
        }
    }

    /// Not told to end: gone in the middle of whatever it does.
    pub fn kill(mut self) {
        self.child.kill().unwrap();
        self.child.wait().unwrap();
    }

    pub fn signal(&self, signal: &str) {
        let told = Command::new("kill").args([signal, &self.child.id().to_string()]).status();
        assert!(told.unwrap().success());
    }

    /// How it ended.
    pub fn ended(&mut self, within: Duration) -> ExitStatus {
        let until = Instant::now() + within;
        loop {
            if let Some(status) = self.child.try_wait().unwrap() {
                return status;
            }
            assert!(Instant::now() < until, "it does not end");
            thread::sleep(Duration::from_millis(10));
        }
    }

    /// How many kilobytes of memory it has.
    pub fn memory(&self) -> u64 {
        let text = fs::read_to_string(format!("/proc/{}/status", self.child.id())).unwrap();
        let line = text.lines().find_map(|line| line.strip_prefix("VmRSS:")).unwrap();
        line.trim().trim_end_matches(" kB").parse().unwrap()
    }

    /// How many files and sockets it has open.
    pub fn open(&self) -> usize {
        fs::read_dir(format!("/proc/{}/fd", self.child.id())).unwrap().count()
    }
}

impl Drop for Running {
    fn drop(&mut self) {
        let _ended = self.child.kill();
        let _waited = self.child.wait();
    }
}
