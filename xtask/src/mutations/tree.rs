// SPDX-License-Identifier: MIT OR Apache-2.0
//! A copy of the tracked files, at one place, so that what is compiled is used again.

use std::fs::{self, File, TryLockError};
use std::path::{Path, PathBuf};
use std::process::Command;

/// The copy, for as long as this has the lock on it.
#[derive(Debug)]
pub(crate) struct Tree {
    /// What is compiled, the log and the copy are in here.
    directory: PathBuf,
    _lock: File,
}

impl Tree {
    /// Copies the tracked files of the repository as they are on the disk. Their times are new, so
    /// nothing that was compiled from a changed file passes for what was not.
    pub(crate) fn copied(root: &Path) -> Result<Self, String> {
        let target =
            std::env::var_os("CARGO_TARGET_DIR").map_or_else(|| "target".into(), PathBuf::from);
        let directory = root.join(target).join("mutations");
        fs::create_dir_all(&directory).map_err(|error| wrong(&directory, &error))?;
        let lock = locked(&directory)?;
        let tree = Self { directory, _lock: lock };
        if tree.path().exists() {
            fs::remove_dir_all(tree.path()).map_err(|error| wrong(&tree.path(), &error))?;
        }
        for name in tracked(root)?.split('\0') {
            let from = root.join(name);
            if from.is_file() {
                tree.copy(&from, name)?;
            }
        }
        Ok(tree)
    }

    /// The copy itself.
    pub(crate) fn path(&self) -> PathBuf {
        self.directory.join("tree")
    }

    /// What Cargo is told to compile into.
    pub(crate) fn target(&self) -> &Path {
        &self.directory
    }

    /// What the last run of Cargo said.
    pub(crate) fn log(&self) -> PathBuf {
        self.directory.join("log")
    }

    /// Another text in a file of the copy.
    pub(crate) fn write(&self, name: &str, text: &str) -> Result<(), String> {
        let path = self.path().join(name);
        fs::write(&path, text).map_err(|error| wrong(&path, &error))
    }

    fn copy(&self, from: &Path, name: &str) -> Result<(), String> {
        let to = self.path().join(name);
        let folder = to.parent().unwrap_or(&self.directory);
        fs::create_dir_all(folder).map_err(|error| wrong(folder, &error))?;
        fs::copy(from, &to).map(drop).map_err(|error| wrong(&to, &error))
    }
}

/// Two runs over one copy would judge each other's bugs.
fn locked(directory: &Path) -> Result<File, String> {
    let path = directory.join("lock");
    let file = File::create(&path).map_err(|error| wrong(&path, &error))?;
    match file.try_lock() {
        Ok(()) => Ok(file),
        Err(TryLockError::WouldBlock) => {
            Err(format!("another run is using {}", directory.display()))
        }
        Err(TryLockError::Error(error)) => Err(wrong(&path, &error)),
    }
}

/// The names of the tracked files, each but the last followed by a zero.
fn tracked(root: &Path) -> Result<String, String> {
    let git = Command::new("git").args(["ls-files", "-z"]).current_dir(root).output();
    let output = git.map_err(|error| format!("git: {error}"))?;
    if !output.status.success() {
        return Err(format!("git ls-files: {}", String::from_utf8_lossy(&output.stderr)));
    }
    String::from_utf8(output.stdout)
        .map_err(|_| "the name of a tracked file is no UTF-8".to_owned())
}

fn wrong(path: &Path, error: &std::io::Error) -> String {
    format!("{}: {error}", path.display())
}
