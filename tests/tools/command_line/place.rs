// SPDX-License-Identifier: MIT OR Apache-2.0
//! A directory to work in, and the program to run in it.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::atomic::{AtomicU32, Ordering};

use serde_json::Value;

pub(super) const DOOR: &str = include_str!("../../../examples/data/profiles/door.toml");
pub(super) const KEYS: &str = include_str!("../../../examples/data/test-keys.toml");
pub(super) const HEADER: &str = "id,facility,number,issue,valid_until,site";

/// A directory that is empty at first and gone afterwards.
pub(super) struct Place(PathBuf);

/// What a run left behind.
#[derive(Debug)]
pub(super) struct Ran {
    pub(super) code: Option<i32>,
    pub(super) out: String,
    pub(super) err: String,
}

impl Place {
    pub(super) fn new() -> Self {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let number = NEXT.fetch_add(1, Ordering::Relaxed);
        let name = format!("cardwright-{}-{number}", std::process::id());
        let directory = std::env::temp_dir().join(name);
        std::fs::create_dir(&directory).unwrap();
        Self(directory)
    }

    pub(super) fn write(&self, name: &str, text: impl AsRef<[u8]>) {
        std::fs::write(self.0.join(name), text).unwrap();
        // As files that hold keys or people are kept.
        #[cfg(unix)]
        self.chmod(name, 0o600);
    }

    pub(super) fn read(&self, name: &str) -> String {
        std::fs::read_to_string(self.0.join(name)).unwrap()
    }

    pub(super) fn exists(&self, name: &str) -> bool {
        self.0.join(name).exists()
    }

    /// The lines of a file, each of which must be a JSON object.
    pub(super) fn lines(&self, name: &str) -> Vec<Value> {
        json_lines(&self.read(name))
    }

    /// The program, in this directory.
    pub(super) fn command(&self, arguments: &str) -> Command {
        let mut command = Command::new(program());
        command.current_dir(&self.0).args(arguments.split_whitespace());
        command
    }

    /// Another program's command, in this directory.
    pub(super) fn at<'c>(&self, command: &'c mut Command) -> &'c mut Command {
        command.current_dir(&self.0).env_remove("COLUMNS")
    }

    /// The permission bits of a file.
    #[cfg(unix)]
    pub(super) fn mode(&self, name: &str) -> u32 {
        use std::os::unix::fs::PermissionsExt;
        std::fs::metadata(self.0.join(name)).unwrap().permissions().mode()
    }

    /// Gives a file these permission bits.
    #[cfg(unix)]
    pub(super) fn chmod(&self, name: &str, mode: u32) {
        use std::os::unix::fs::PermissionsExt;
        let mode = std::fs::Permissions::from_mode(mode);
        std::fs::set_permissions(self.0.join(name), mode).unwrap();
    }

    /// Where a file of this name is.
    #[cfg(unix)]
    pub(super) fn path(&self, name: &str) -> PathBuf {
        self.0.join(name)
    }

    /// A command of the shell, in this directory.
    #[cfg(unix)]
    pub(super) fn shell(&self, command: &str) -> Ran {
        Ran::of(&self.at(Command::new("sh").args(["-c", command])).output().unwrap())
    }

    pub(super) fn run(&self, arguments: &str) -> Ran {
        Ran::of(&self.command(arguments).output().unwrap())
    }
}

impl Drop for Place {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}

impl Ran {
    pub(super) fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).unwrap();
        let ran = Self {
            code: output.status.code(),
            out: text(&output.stdout),
            err: text(&output.stderr),
        };
        assert!(!ran.err.contains("panicked"), "{}", ran.err);
        ran
    }

    /// The program stopped before the first card, with this one line of explanation.
    #[track_caller]
    pub(super) fn did_not_start(&self, why: &str) {
        assert_eq!(self.code, Some(2), "{self:?}");
        assert_eq!(self.out, "", "no table without a card");
        assert_eq!(self.err.lines().last(), Some(format!("error: {why}").as_str()), "{self:?}");
        assert_eq!(self.err.lines().count(), 1, "no progress without a card: {}", self.err);
    }

    /// The figure of a row of the table.
    #[track_caller]
    pub(super) fn row(&self, title: &str) -> String {
        row(&self.out, title)
    }
}

/// The figure in the row with this title.
#[track_caller]
pub(super) fn row(table: &str, title: &str) -> String {
    let rows = table.lines().map(|line| line.trim_matches(['│', ' ']));
    let mut figures = rows.filter_map(|row| row.strip_prefix(title)?.strip_prefix("  "));
    let figure = figures.next().unwrap_or_else(|| panic!("no row {title:?} in\n{table}"));
    figure.trim().to_owned()
}

pub(super) fn json_lines(text: &str) -> Vec<Value> {
    assert!(text.is_empty() || text.ends_with('\n'), "the last line is cut");
    text.lines().map(|line| serde_json::from_str(line).unwrap()).collect()
}

/// How often each record was done.
pub(super) fn done(receipts: &[Value]) -> BTreeMap<String, usize> {
    let mut counts = BTreeMap::new();
    for receipt in receipts.iter().filter(|receipt| receipt["outcome"] == "done") {
        *counts.entry(receipt["record"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    counts
}

/// Records that nobody wrote by hand: every value from the record's number alone.
pub(super) fn made_up(count: u32) -> String {
    let mut csv = format!("{HEADER}\n");
    for number in 0..count {
        let scattered = number.wrapping_mul(2_654_435_761) >> 8;
        let (facility, issue) = (scattered % 256, scattered % 100);
        let valid = 20_260_101 + scattered % 700_000;
        let site = ["North", "\"Pier, 7\"", "", "A \"\"B\"\" C", "twelve chars"]
            [usize::try_from(number % 5).unwrap()];
        let site = if site.contains("\"\"") { format!("\"{site}\"") } else { site.to_owned() };
        csv += &format!("r{number:05},{facility},{number},{issue},{valid},{site}\n");
    }
    csv
}

/// The built example, beside the directory of this test's program.
pub(super) fn program() -> PathBuf {
    another_program("encode")
}

/// Another built example.
pub(crate) fn another_program(name: &str) -> PathBuf {
    let test = std::env::current_exe().unwrap();
    let profile = test.parent().and_then(Path::parent).unwrap();
    let name = format!("{name}{}", std::env::consts::EXE_SUFFIX);
    let program = profile.join("examples").join(name);
    assert!(
        program.exists(),
        "{} is missing: a plain `cargo test` builds it, or `cargo build --examples`",
        program.display()
    );
    program
}
