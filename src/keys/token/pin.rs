// SPDX-License-Identifier: MIT OR Apache-2.0
//! Where a token's PIN comes from: a file, the environment, or a person; never an argument, which every
//! list of processes shows.

use core::fmt;
use std::fs::File;
use std::io::{self, Read};
use std::path::PathBuf;

use zeroize::Zeroizing;

#[cfg(feature = "pkcs11")]
use crate::secret::Secret;

/// A PIN that is kept: two are compared in constant time.
#[cfg(feature = "pkcs11")]
pub(super) type Pin = Secret<String>;

/// Where a token's PIN comes from. It is asked for once, where the token wants one.
#[non_exhaustive]
pub enum PinSource {
    /// The first line of a file that its owner alone may read.
    File(PathBuf),
    /// A variable of the environment, which other programs of the same user can read.
    Environment(String),
    /// A person: the function is given the token's label, and hands back what was typed, `None` where
    /// nobody wants to.
    Ask(Box<Asking>),
    /// There is none: a token that wants one is not opened.
    None,
}

/// Asks a person for the PIN of the token with this label.
pub type Asking = dyn Fn(&str) -> Option<Zeroizing<String>> + Send + Sync;

/// Why there is no PIN.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub enum PinError {
    /// Nobody said where it is.
    #[error(
        "the token wants a PIN, and nobody said where it is: name its file, a variable of the environment, or type it"
    )]
    NoSource,
    /// Its file cannot be read.
    #[error("the file of the PIN ({}) cannot be read: {error}", file.display())]
    File {
        /// Its path.
        file: PathBuf,
        /// What the system says.
        error: io::Error,
    },
    /// Others may read its file.
    #[error("the file of the PIN ({}) can be read by others than its owner: `chmod 600` it", .0.display())]
    Open(PathBuf),
    /// The variable is not set, or no text.
    #[error("the environment has no variable {0} with a PIN in it: set it, or name another")]
    Environment(String),
    /// Nobody typed one.
    #[error("nobody typed the PIN")]
    NotTyped,
    /// What stands there is none.
    #[error("a PIN has 1 to {LONGEST} bytes on one line, and what stands there has not")]
    NoPin,
}

/// No PIN is longer.
const LONGEST: usize = 255;

impl PinSource {
    /// The PIN.
    ///
    /// # Errors
    /// [`PinError`].
    pub fn read(&self, token: &str) -> Result<Zeroizing<String>, PinError> {
        let pin = match self {
            Self::File(path) => of_file(path)?,
            Self::Environment(name) => {
                let none = |_| PinError::Environment(name.clone());
                Zeroizing::new(std::env::var(name).map_err(none)?)
            }
            Self::Ask(ask) => ask(token).ok_or(PinError::NotTyped)?,
            Self::None => return Err(PinError::NoSource),
        };
        let fits = !pin.is_empty() && pin.len() <= LONGEST && !pin.chars().any(char::is_control);
        if fits { Ok(pin) } else { Err(PinError::NoPin) }
    }
}

fn of_file(path: &PathBuf) -> Result<Zeroizing<String>, PinError> {
    let failed = |error| PinError::File { file: path.clone(), error };
    let file = File::open(path).map_err(failed)?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt;
        if file.metadata().map_err(failed)?.permissions().mode() & 0o077 != 0 {
            return Err(PinError::Open(path.clone()));
        }
    }
    // With room for a line's end, and a byte more that shows that it is too long. It never grows.
    let room = LONGEST + 3;
    let mut text = Zeroizing::new(String::with_capacity(room));
    file.take(room as u64).read_to_string(&mut text).map_err(failed)?;
    let line = text.lines().next().unwrap_or_default().len();
    text.truncate(line);
    Ok(text)
}

impl fmt::Debug for PinSource {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::File(path) => write!(f, "PinSource::File({})", path.display()),
            Self::Environment(name) => write!(f, "PinSource::Environment({name})"),
            Self::Ask(_) => f.write_str("PinSource::Ask"),
            Self::None => f.write_str("PinSource::None"),
        }
    }
}
