// SPDX-License-Identifier: MIT OR Apache-2.0
//! A program under `ptrace`, stopped where it exits.

use std::collections::BTreeMap;
use std::fs::{self, File};
use std::io::Write;
use std::os::unix::fs::FileExt;
use std::path::Path;
use std::process::{Command, Stdio};

use nix::libc::PTRACE_EVENT_EXIT;
use nix::sys::ptrace::{self, Options};
use nix::sys::wait::{WaitPidFlag, WaitStatus, waitpid};
use nix::unistd::Pid;

use super::Place;

/// Runs a program to its end, which has to be a good one, and tells what its memory held of the keys
/// when it exited: whose key, how and where, one line each.
#[expect(clippy::zombie_processes, reason = "it is waited for by its number")]
pub(super) fn left_in_memory(
    place: &Place,
    program: &Path,
    arguments: &str,
    keys: &BTreeMap<String, Vec<u8>>,
) -> Vec<String> {
    // The shell waits until it is traced, and becomes the program then.
    let mut command = Command::new("sh");
    command.args(["-c", "read -r _; exec \"$0\" \"$@\""]).arg(program);
    command.args(arguments.split_whitespace()).stdin(Stdio::piped()).stdout(Stdio::null());
    command.stderr(Stdio::piped());
    let mut child = place.at(&mut command).spawn().unwrap();
    let pid = Pid::from_raw(i32::try_from(child.id()).unwrap());
    ptrace::seize(pid, Options::PTRACE_O_TRACEEXIT | Options::PTRACE_O_EXITKILL).unwrap();
    child.stdin.take().unwrap().write_all(b"\n").unwrap();
    let mut left = Vec::new();
    loop {
        match waitpid(pid, Some(WaitPidFlag::__WALL)).unwrap() {
            WaitStatus::PtraceEvent(_, _, PTRACE_EVENT_EXIT) => {
                left = search(pid, keys);
                ptrace::cont(pid, None).unwrap();
            }
            WaitStatus::PtraceEvent(..) => ptrace::cont(pid, None).unwrap(),
            WaitStatus::Stopped(_, signal) => ptrace::cont(pid, signal).unwrap(),
            WaitStatus::Exited(_, code) => {
                let said = std::io::read_to_string(child.stderr.take().unwrap()).unwrap();
                assert_eq!(code, 0, "{arguments}: {said}");
                return left;
            }
            ended @ (WaitStatus::Signaled(..)
            | WaitStatus::PtraceSyscall(_)
            | WaitStatus::Continued(_)
            | WaitStatus::StillAlive) => panic!("{arguments}: {ended:?}"),
        }
    }
}

/// Searches every page that the program may write.
fn search(pid: Pid, keys: &BTreeMap<String, Vec<u8>>) -> Vec<String> {
    let patterns = Patterns::of(keys);
    let memory = File::open(format!("/proc/{pid}/mem")).unwrap();
    let mut found = Vec::new();
    let mut searched = 0;
    for line in fs::read_to_string(format!("/proc/{pid}/maps")).unwrap().lines() {
        let mut words = line.split_whitespace();
        let (range, rights) = (words.next().unwrap(), words.next().unwrap());
        if !rights.starts_with("rw") {
            continue;
        }
        let region = words.nth(3).unwrap_or("anonymous");
        let (from, to) = range.split_once('-').unwrap();
        let [from, to] = [from, to].map(|end| u64::from_str_radix(end, 16).unwrap());
        let mut bytes = vec![0; usize::try_from(to - from).unwrap()];
        // Guard pages of other threads' stacks are mapped and cannot be read.
        if memory.read_exact_at(&mut bytes, from).is_err() {
            continue;
        }
        searched += bytes.len();
        found.extend(patterns.within(&bytes).map(|(at, what)| {
            format!("{what} in {region} at {:x}", from + u64::try_from(at).unwrap())
        }));
    }
    assert!(searched > 100_000, "only {searched} bytes of memory were searched");
    found
}

/// Halves of keys: what is freed is overwritten at its beginning, and the rest of it still stands.
const PIECE: usize = 8;

/// What is searched for, by its first two bytes.
struct Patterns(BTreeMap<[u8; 2], Vec<(Vec<u8>, String)>>, Vec<bool>);

impl Patterns {
    fn of(keys: &BTreeMap<String, Vec<u8>>) -> Self {
        let mut patterns = Self(BTreeMap::new(), vec![false; 1 << 16]);
        for (name, key) in keys {
            for (at, piece) in (1..).zip(key.chunks(PIECE)) {
                patterns.add(piece.to_vec(), format!("{name}, part {at}, as bytes"));
                let digits = hex::encode(piece);
                patterns.add(digits.to_uppercase().into(), format!("{name}, part {at}, as digits"));
                patterns.add(digits.into(), format!("{name}, part {at}, as small digits"));
            }
        }
        patterns
    }

    fn add(&mut self, bytes: Vec<u8>, what: String) {
        let head = [bytes[0], bytes[1]];
        self.1[usize::from(u16::from_be_bytes(head))] = true;
        self.0.entry(head).or_default().push((bytes, what));
    }

    fn within<'p>(&'p self, memory: &'p [u8]) -> impl Iterator<Item = (usize, &'p str)> {
        let heads = memory
            .windows(2)
            .enumerate()
            .filter(|(_, head)| self.1[usize::from(u16::from_be_bytes([head[0], head[1]]))]);
        heads.flat_map(move |(at, head)| {
            let here = self.0.get(&[head[0], head[1]]).into_iter().flatten();
            let here = here.filter(move |(bytes, _)| memory[at..].starts_with(bytes));
            here.map(move |(_, what)| (at, what.as_str()))
        })
    }
}
