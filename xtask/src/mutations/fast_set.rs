// SPDX-License-Identifier: MIT OR Apache-2.0
//! The tests that must notice, and what they say of a tree.

use std::fmt::{self, Display};
use std::fs::{self, File};
use std::process::{Child, Command, ExitStatus, Stdio};
use std::thread;
use std::time::{Duration, Instant};

use super::row::Pen;
use super::tree::Tree;

/// What is run, part by part, until a bug is noticed. First the library's own tests, which hold the vectors of
/// both pens, with what is off by default. Of the tests of whole cards all but those that take ten seconds and
/// more, so that a new room among them is in the set.
pub(crate) const FAST_SET: [Part; 9] = [
    Part::quick(&["--lib", "--features", "originality"]),
    Part::quick(&["--package", "cardwright-model", "--", "--skip", "whole"]),
    Part::optimized(&[
        "--test",
        "cards",
        "--",
        "--skip",
        "tear::",
        "--skip",
        "costs::",
        "--skip",
        "referee::a_",
        "--skip",
        "referee::every_",
        "--skip",
        "referee::what_",
        "--skip",
        "referee::whoever_",
    ]),
    Part::quick(&["--test", "house", "--", "primitives::"]),
    Part::quick(&["--package", "cardwright-foreign"]),
    Part::quick(&["--package", "cardwright-spooler", "--lib", "--", "service::", "counters::"]),
    Part::quick(&["--package", "cardwright-spooler", "--test", "counters"]),
    Part::quick(&[
        "--package",
        "cardwright-spooler",
        "--test",
        "service",
        "--",
        "asked::",
        "bad::",
        "receipts::",
        "rights::",
    ]),
    Part::quick(&["--package", "cardwright-spooler", "--test", "outside", "--", "ends::"]),
];

/// A part of the fast set.
#[derive(Clone, Copy)]
pub(crate) struct Part {
    /// Of `cargo test`.
    arguments: &'static [&'static str],
    /// Whether the crate is optimized, as it is otherwise.
    optimized: bool,
}

impl Part {
    /// One that is tested in seconds: what is compiled for each bug takes longer.
    const fn quick(arguments: &'static [&'static str]) -> Self {
        Self { arguments, optimized: false }
    }

    /// One that takes a minute and more where nothing is optimized.
    const fn optimized(arguments: &'static [&'static str]) -> Self {
        Self { arguments, optimized: true }
    }
}

/// Longer than any part takes on its own, on whatever machine.
pub(crate) const PATIENCE: Duration = Duration::from_secs(600);

/// How long a part may take with a bug that takes so long without one. A bug that makes host and card
/// talk for ever is noticed too; one beside which the machine has other work is not noticed by that.
pub(crate) fn limit(untouched: Duration) -> Duration {
    untouched.saturating_mul(3).saturating_add(Duration::from_secs(60))
}

/// How a test begins that is a pen's own.
pub(crate) const fn tests_of(pen: Pen) -> &'static str {
    match pen {
        Pen::Host => "host::",
        Pen::Card => "emulator::",
    }
}

/// What the fast set says.
#[derive(Debug)]
pub(crate) enum Outcome {
    Green,
    /// The names of the red tests; none where they did not end.
    Red(Vec<String>),
    /// It does not compile: the first errors.
    Broken(String),
}

impl Display for Outcome {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Green => f.write_str("green"),
            Self::Red(tests) => match tests.first() {
                Some(first) => write!(f, "{:>3} red  {first}", tests.len()),
                None => f.write_str("        did not end"),
            },
            Self::Broken(errors) => write!(f, "does not compile\n{errors}"),
        }
    }
}

/// Compiles and runs one part of the fast set, and says how long it ran.
pub(crate) fn judge(
    tree: &Tree,
    part: Part,
    limit: Duration,
) -> Result<(Outcome, Duration), String> {
    let compiled = cargo(tree, &["--quiet", "--no-run"], part, None)?;
    if !compiled.is_some_and(|status| status.success()) {
        return Ok((Outcome::Broken(errors(&logged(tree)?)), Duration::ZERO));
    }
    let started = Instant::now();
    let tested = cargo(tree, &["--no-fail-fast"], part, Some(limit))?;
    let outcome = match tested {
        Some(status) if status.success() => Outcome::Green,
        _ => Outcome::Red(red(&logged(tree)?)),
    };
    Ok((outcome, started.elapsed()))
}

/// Runs `cargo test` into the log. `None` where the time was up.
fn cargo(
    tree: &Tree,
    options: &[&str],
    part: Part,
    limit: Option<Duration>,
) -> Result<Option<ExitStatus>, String> {
    let wrong = |error: std::io::Error| format!("cargo test: {error}");
    let log = File::create(tree.log()).map_err(wrong)?;
    let mut command = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    command.args(["test", "--locked"]).args(options).args(part.arguments).current_dir(tree.path());
    command.env("CARGO_TARGET_DIR", tree.target()).env("CARGO_TERM_COLOR", "never");
    command.env("CARGO_INCREMENTAL", "1").env("CARGO_PROFILE_DEV_DEBUG", "0");
    if !part.optimized {
        command.env("CARGO_PROFILE_DEV_OPT_LEVEL", "0");
    }
    command.stdin(Stdio::null()).stdout(log.try_clone().map_err(wrong)?).stderr(log);
    // A group of their own, so that the tests go with the Cargo that runs them.
    #[cfg(unix)]
    std::os::unix::process::CommandExt::process_group(&mut command, 0);
    let mut child = command.spawn().map_err(wrong)?;
    let started = Instant::now();
    loop {
        if let Some(status) = child.try_wait().map_err(wrong)? {
            return Ok(Some(status));
        }
        if limit.is_some_and(|limit| started.elapsed() > limit) {
            end(&mut child).map_err(wrong)?;
            return Ok(None);
        }
        thread::sleep(Duration::from_millis(20));
    }
}

/// Ends Cargo and what it runs.
fn end(child: &mut Child) -> std::io::Result<()> {
    #[cfg(unix)]
    Command::new("kill").args(["-KILL", "--", &format!("-{}", child.id())]).status()?;
    child.kill()?;
    child.wait().map(drop)
}

fn logged(tree: &Tree) -> Result<String, String> {
    let bytes = fs::read(tree.log()).map_err(|error| format!("the log: {error}"))?;
    Ok(String::from_utf8_lossy(&bytes).into_owned())
}

/// The red tests of a log, each once.
pub(crate) fn red(log: &str) -> Vec<String> {
    let name =
        |line: &str| Some(line.strip_prefix("test ")?.strip_suffix(" ... FAILED")?.to_owned());
    let mut tests: Vec<String> = log.lines().filter_map(name).collect();
    tests.sort();
    tests.dedup();
    tests
}

/// The first errors of a log with what follows them.
fn errors(log: &str) -> String {
    let lines = log.lines().skip_while(|line| !line.starts_with("error"));
    lines.take(12).collect::<Vec<_>>().join("\n")
}
