// SPDX-License-Identifier: MIT OR Apache-2.0
//! A server of PostgreSQL for one run of the tests: in a folder of its own, on a port of its own of the
//! loopback, ended with the program. `SPOOLER_POSTGRES` names another one instead, by its connection string.

use std::fs::File;
use std::net::TcpListener;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::time::{Duration, Instant};

/// The connection string of a server that answers.
///
/// # Panics
/// Where there is none: what was asked for is not passed over.
pub fn server() -> &'static str {
    static SERVER: OnceLock<String> = OnceLock::new();
    SERVER.get_or_init(|| {
        std::env::var("SPOOLER_POSTGRES").unwrap_or_else(|_| Server::start("postgres").config())
    })
}

/// A server that was started here.
#[derive(Debug)]
pub struct Server {
    pub data: PathBuf,
    port: u16,
}

impl Server {
    /// Starts one, which ends with this program.
    pub fn start(name: &str) -> Self {
        let data = super::folder(name);
        let owner = owner();
        if owner.is_some() {
            run(Command::new("chown").arg("postgres").arg(&data));
        }
        let programs = programs();
        let mut made = command(owner, programs.join("initdb"), None);
        made.args(["-U", "spooler", "-A", "trust", "-E", "UTF8", "--no-sync", "-D"]).arg(&data);
        run(&mut made);
        let free = TcpListener::bind("127.0.0.1:0").unwrap();
        let port = free.local_addr().unwrap().port();
        drop(free);
        let server = Self { data, port };
        server.serve(owner, &programs);
        server
    }

    /// Ends with the thread that starts it: that one lives as long as this program.
    fn serve(&self, owner: Option<&'static str>, programs: &Path) {
        let mut serve = command(owner, programs.join("postgres"), Some("INT"));
        serve.arg("-D").arg(&self.data).arg("-k").arg(&self.data);
        serve.args(["-h", "127.0.0.1", "-p", &self.port.to_string(), "-c", "fsync=off"]);
        let log = File::options().create(true).append(true).open(self.log()).unwrap();
        serve.stdin(Stdio::null()).stdout(Stdio::null()).stderr(log);
        std::thread::spawn(move || {
            let mut child = serve.spawn().expect("postgres starts");
            let _ended = child.wait();
        });
        let until = Instant::now() + Duration::from_secs(30);
        while postgres::Client::connect(&self.config(), postgres::NoTls).is_err() {
            assert!(Instant::now() < until, "the server does not answer");
            std::thread::sleep(Duration::from_millis(50));
        }
    }

    /// What it writes down, beside its folder.
    pub fn log(&self) -> PathBuf {
        self.data.with_extension("log")
    }

    /// Ends it as a crash does, and starts it anew.
    pub fn restart(&self) {
        let (owner, programs) = (owner(), programs());
        let mut stop = command(owner, programs.join("pg_ctl"), None);
        run(stop.args(["stop", "-w", "-m", "immediate", "-D"]).arg(&self.data));
        self.serve(owner, &programs);
    }

    pub fn config(&self) -> String {
        format!("host=127.0.0.1 port={} user=spooler dbname=postgres", self.port)
    }

    /// A program of the server's.
    pub fn program(name: &str) -> PathBuf {
        programs().join(name)
    }
}

/// PostgreSQL does not run as root; Debian's package brings a user for it.
fn owner() -> Option<&'static str> {
    let root = Command::new("id").arg("-u").output().unwrap().stdout == b"0\n";
    root.then_some("postgres")
}

fn command(owner: Option<&str>, program: PathBuf, at_death: Option<&str>) -> Command {
    let mut command = Command::new("setpriv");
    if let Some(owner) = owner {
        command.arg(format!("--reuid={owner}")).arg(format!("--regid={owner}"));
        command.arg("--clear-groups");
    }
    if let Some(signal) = at_death {
        command.args(["--pdeathsig", signal]);
    }
    command.arg(program);
    command
}

fn run(command: &mut Command) {
    let output = command.stdin(Stdio::null()).output().unwrap();
    assert!(output.status.success(), "{command:?}: {}", String::from_utf8_lossy(&output.stderr));
}

/// The newest server of the system.
fn programs() -> PathBuf {
    let found = std::fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let mut found: Vec<_> = found.map(|entry| entry.path().join("bin")).collect();
    found.retain(|folder| folder.join("postgres").exists());
    found.sort();
    let newest = found.pop();
    newest.expect("no server of PostgreSQL below /usr/lib/postgresql: apt-get install postgresql")
}
