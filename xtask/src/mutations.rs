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

use std::path::Path;
use std::process::Command;
use std::time::Instant;

use edit::Mutated;
use fast_set::{Outcome, judge};
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

/// Runs the fast set with each row alone.
fn mutate(root: &Path, rows: &[&Row]) -> Result<bool, String> {
    let tree = Tree::copied(root)?;
    let sources = Sources::read(&tree.path())?;
    let started = Instant::now();
    let untouched = judge(&tree)?;
    if !matches!(untouched, Outcome::Green) {
        return Err(format!("{untouched}\nthe tests are not green without any mutation"));
    }
    println!("green without any mutation after {} s", started.elapsed().as_secs());
    let mut failed = Vec::new();
    for &row in rows {
        let started = Instant::now();
        let verdict = match sources.mutated(row) {
            Ok(mutated) => verdict(row, &outcome(&tree, &mutated)?),
            Err(message) => Err(format!("does not apply\n{message}")),
        };
        let took = started.elapsed().as_secs();
        match verdict {
            Ok(noticed) => println!("{:<45} caught  {took:>3} s {noticed}", row.name),
            Err(why) => {
                println!("{:<45} FAILED  {why}", row.name);
                failed.push(row);
            }
        }
    }
    for row in &failed {
        println!("FAILED {}: {}", row.name, row.says);
    }
    println!("{} passed, {} failed", rows.len().saturating_sub(failed.len()), failed.len());
    Ok(failed.is_empty())
}

/// What the fast set says of these sources; the tree is afterwards as it was before.
fn outcome(tree: &Tree, mutated: &[Mutated<'_>]) -> Result<Outcome, String> {
    for file in mutated {
        tree.write(&file.source.path, &file.text)?;
    }
    let outcome = judge(tree);
    for file in mutated {
        tree.write(&file.source.path, &file.source.text)?;
    }
    outcome
}

/// Who noticed; an error where not everybody did who must.
fn verdict(row: &Row, outcome: &Outcome) -> Result<String, String> {
    match outcome {
        Outcome::Broken(_) if !row.compiles => Ok("does not compile".to_owned()),
        Outcome::Broken(errors) => Err(format!("does not compile\n{errors}")),
        _ if !row.compiles => Err("compiles".to_owned()),
        Outcome::Green => Err("nobody noticed".to_owned()),
        Outcome::Red(tests) => {
            let deaf = row
                .notice
                .iter()
                .find(|pen| !tests.iter().any(|test| test.starts_with(fast_set::tests_of(**pen))));
            match deaf {
                Some(pen) => Err(format!("no test under {} noticed", fast_set::tests_of(*pen))),
                None => Ok(outcome.to_string()),
            }
        }
    }
}
