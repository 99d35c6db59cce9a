// SPDX-License-Identifier: MIT OR Apache-2.0
//! Puts each bug of `tests/mutations` alone into a copy of the sources and demands that the tests
//! notice. Of a bug in both pens at once the tests of each pen must notice its own half, or one
//! pen would stand on the other's word.

mod edit;
mod fast_set;
mod row;
mod sources;
mod text;
mod tree;

#[cfg(test)]
mod tests;

use std::mem;
use std::path::Path;
use std::process::Command;
use std::time::{Duration, Instant};

use edit::Mutated;
use fast_set::{FAST_SET, Outcome, PATIENCE, Part, judge};
use row::Row;
use sources::Sources;
use tree::Tree;

/// Where the rows are.
const ROWS: &str = "tests/mutations";

/// What to do with which rows.
#[derive(Debug)]
pub(crate) enum Wish {
    All,
    Named(Vec<String>),
    Sample(usize),
    List,
    Check,
}

impl Wish {
    /// `None` of what is no command line.
    pub(crate) fn parse(arguments: &[&str]) -> Option<Self> {
        match arguments {
            [] => Some(Self::All),
            ["--list"] => Some(Self::List),
            ["--check"] => Some(Self::Check),
            ["--sample", number] => number.parse().ok().map(Self::Sample),
            names if names.iter().all(|name| !name.starts_with('-')) => {
                Some(Self::Named(names.iter().map(|&name| name.to_owned()).collect()))
            }
            _ => None,
        }
    }
}

/// Does it, and tells on the way. False where something was found, an error where nothing could
/// be judged.
pub(crate) fn run(root: &Path, wish: &Wish) -> Result<bool, String> {
    let rows = row::read(&root.join(ROWS))?;
    match wish {
        Wish::List => {
            for row in &rows {
                println!("{:<45} {}", row.name, row.says);
            }
            Ok(true)
        }
        Wish::Check => check(root, &rows),
        Wish::All => mutate(root, &rows.iter().collect::<Vec<_>>()),
        Wish::Named(names) => mutate(root, &named(&rows, names)?),
        Wish::Sample(number) => mutate(root, &sample(&rows, *number, &head(root)?)),
    }
}

/// Whether each row applies to the sources as they are; tells every one that does not.
fn check(root: &Path, rows: &[Row]) -> Result<bool, String> {
    let sources = Sources::read(root)?;
    let wrong: Vec<String> = rows.iter().filter_map(|row| sources.mutated(row).err()).collect();
    for message in &wrong {
        println!("{message}");
    }
    println!("{} apply, {} do not", rows.len().saturating_sub(wrong.len()), wrong.len());
    Ok(wrong.is_empty())
}

fn named<'r>(rows: &'r [Row], names: &[String]) -> Result<Vec<&'r Row>, String> {
    let find = |name: &String| {
        let found = rows.iter().find(|row| row.name == *name);
        found.ok_or_else(|| format!("no such mutation: {name}"))
    };
    names.iter().map(find).collect()
}

/// Other rows with every commit, the same ones for everybody who looks at one.
fn sample<'r>(rows: &'r [Row], number: usize, head: &str) -> Vec<&'r Row> {
    // FNV-1a. The hashes of the standard library may change with its version.
    let hash = |name: &str| {
        format!("{head} {name}").bytes().fold(0xCBF2_9CE4_8422_2325_u64, |hash, byte| {
            (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01B3)
        })
    };
    let mut chosen: Vec<&Row> = rows.iter().collect();
    chosen.sort_by_key(|row| hash(&row.name));
    chosen.truncate(number);
    chosen
}

fn head(root: &Path) -> Result<String, String> {
    let git = Command::new("git").args(["rev-parse", "HEAD"]).current_dir(root).output();
    let output = git.map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git rev-parse: {}", String::from_utf8_lossy(&output.stderr)));
    }
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// Runs the fast set with each row alone, part by part: only those that a part does not notice come to
/// the next one, and no part is compiled that none of them needs.
fn mutate(root: &Path, rows: &[&Row]) -> Result<bool, String> {
    let tree = Tree::copied(root)?;
    let sources = Sources::read(&tree.path())?;
    let mut failed = Vec::new();
    let mut unnoticed = Vec::new();
    for &row in rows {
        match sources.mutated(row) {
            Ok(mutated) => unnoticed.push((row, mutated)),
            Err(message) => failed.push(told(row, &format!("does not apply\n{message}"))),
        }
    }
    for (part, number) in FAST_SET.into_iter().zip(1_usize..) {
        if unnoticed.is_empty() {
            break;
        }
        let started = Instant::now();
        let (untouched, tested) = judge(&tree, part, PATIENCE)?;
        if !matches!(untouched, Outcome::Green) {
            return Err(format!("{untouched}\nthe tests are not green without any mutation"));
        }
        let took = started.elapsed().as_secs();
        println!("part {number} green without any mutation after {took} s");
        for (row, mutated) in mem::take(&mut unnoticed) {
            let started = Instant::now();
            let outcome = outcome(&tree, &mutated, part, fast_set::limit(tested))?;
            let took = started.elapsed().as_secs();
            match verdict(row, &outcome) {
                Ok(None) => unnoticed.push((row, mutated)),
                Ok(Some(noticed)) => println!("{:<45} caught  {took:>3} s {noticed}", row.name),
                Err(why) => failed.push(told(row, &why)),
            }
        }
    }
    failed.extend(unnoticed.iter().map(|(row, _)| told(row, "nobody noticed")));
    for row in &failed {
        println!("FAILED {}: {}", row.name, row.says);
    }
    println!("{} passed, {} failed", rows.len().saturating_sub(failed.len()), failed.len());
    Ok(failed.is_empty())
}

/// The row, after it is told that it failed.
fn told<'r>(row: &'r Row, why: &str) -> &'r Row {
    println!("{:<45} FAILED  {why}", row.name);
    row
}

/// What a part of the fast set says of these sources; the tree is afterwards as it was before.
fn outcome(
    tree: &Tree,
    mutated: &[Mutated<'_>],
    part: Part,
    limit: Duration,
) -> Result<Outcome, String> {
    for file in mutated {
        tree.write(&file.source.path, &file.text)?;
    }
    let judged = judge(tree, part, limit);
    for file in mutated {
        tree.write(&file.source.path, &file.source.text)?;
    }
    judged.map(|(outcome, _)| outcome)
}

/// Who noticed, `None` where nobody did; an error where not everybody did who must.
fn verdict(row: &Row, outcome: &Outcome) -> Result<Option<String>, String> {
    match outcome {
        Outcome::Broken(_) if !row.compiles => Ok(Some("does not compile".to_owned())),
        Outcome::Broken(errors) => Err(format!("does not compile\n{errors}")),
        _ if !row.compiles => Err("compiles".to_owned()),
        Outcome::Green => Ok(None),
        Outcome::Red(tests) => {
            let deaf = row
                .notice
                .iter()
                .find(|pen| !tests.iter().any(|test| test.starts_with(fast_set::tests_of(**pen))));
            match deaf {
                Some(pen) => Err(format!("no test under {} noticed", fast_set::tests_of(*pen))),
                None => Ok(Some(outcome.to_string())),
            }
        }
    }
}
