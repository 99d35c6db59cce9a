// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which token, by which module: a `pkcs11:` URI (RFC 7512).

mod error;
mod parts;

use core::fmt;
use std::path::{Path, PathBuf};

use crate::key::Purpose;

use super::pin::PinSource;

pub use error::{TokenUriError, UriProblem};
use parts::{Part, parts};

/// Which token the keys are in, and by which module it is reached: a `pkcs11:` URI as RFC 7512 has it.
///
/// Before `?`, apart by `;`, what the token says of itself; whoever says less is asked whether it fits one
/// token only: `token` (its label), `manufacturer`, `model`, `serial`, and `slot-id`, a number.
///
/// After it, apart by `&`:
///
/// - `module-path`, the file of the module, from the root of the file system; or `module-name`, its name
///   without `lib` and ending, which is looked for where systems keep such modules;
/// - `pin-source`, a file with the PIN, as `file:/…` or its path;
/// - `x-use`, `live` or `test`: what the keys are for, `live` where it is left out;
/// - `x-tenant`, whose keys they are; the label of the token where it is left out.
///
/// A module is code that runs in this process: nobody opens a URI that a stranger wrote.
///
/// ```
/// use cardwright::key::Purpose;
/// use cardwright::keys::token::TokenUri;
///
/// let uri = "pkcs11:token=site%20north?module-path=/usr/lib/softhsm/libsofthsm2.so&x-use=test";
/// let uri: TokenUri = uri.parse()?;
/// assert_eq!((uri.token(), uri.purpose()), (Some("site north"), Purpose::Test));
/// # Ok::<(), cardwright::keys::token::TokenUriError>(())
/// ```
#[derive(Clone, PartialEq, Eq)]
pub struct TokenUri {
    fits: Fits,
    module: Option<Module>,
    pin_file: Option<PathBuf>,
    purpose: Purpose,
    tenant: Option<String>,
}

/// What a token has to say of itself.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(super) struct Fits {
    pub(super) token: Option<String>,
    pub(super) manufacturer: Option<String>,
    pub(super) model: Option<String>,
    pub(super) serial: Option<String>,
    pub(super) slot: Option<u64>,
}

/// By which module.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) enum Module {
    Path(PathBuf),
    Name(String),
}

impl TokenUri {
    /// Whether a text means to be one, well written or not: what tells it from the name of a file.
    #[must_use]
    pub fn is_meant(text: &str) -> bool {
        text.get(..SCHEME.len()).is_some_and(|start| start.eq_ignore_ascii_case(SCHEME))
    }

    /// Reads a URI.
    ///
    /// # Errors
    /// [`TokenUriError`] for the first mistake, with its place. It shows no value of the URI.
    pub fn parse(text: &str) -> Result<Self, TokenUriError> {
        if !Self::is_meant(text) {
            return Err(TokenUriError::new(0, UriProblem::NoScheme));
        }
        let mut uri = Self {
            fits: Fits::default(),
            module: None,
            pin_file: None,
            purpose: Purpose::Live,
            tenant: None,
        };
        let mut seen: Vec<&str> = Vec::new();
        for part in parts(text, SCHEME.len()) {
            let part = part?;
            if seen.contains(&part.name) {
                return Err(part.wrong(UriProblem::Twice));
            }
            seen.push(part.name);
            if part.in_query { uri.query(&part)? } else { uri.path(&part)? }
        }
        match uri.module {
            Some(_) => Ok(uri),
            None => Err(TokenUriError::new(text.len(), UriProblem::NoModule)),
        }
    }

    fn path(&mut self, part: &Part<'_>) -> Result<(), TokenUriError> {
        let fits = &mut self.fits;
        match part.name {
            "token" => fits.token = Some(part.text(32)?),
            "manufacturer" => fits.manufacturer = Some(part.text(32)?),
            "model" => fits.model = Some(part.text(16)?),
            "serial" => fits.serial = Some(part.text(16)?),
            "slot-id" => {
                let digits = part.text(20)?;
                let plain = digits.bytes().all(|byte| byte.is_ascii_digit());
                let number = digits.parse().ok().filter(|_| plain);
                fits.slot = Some(number.ok_or_else(|| part.wrong(UriProblem::NoNumber))?);
            }
            "object" | "id" | "type" => return Err(part.wrong(UriProblem::Object)),
            name if QUERY.contains(&name) => return Err(part.wrong(UriProblem::BelongsInQuery)),
            _ => return Err(part.unknown()),
        }
        Ok(())
    }

    fn query(&mut self, part: &Part<'_>) -> Result<(), TokenUriError> {
        match part.name {
            "module-path" | "module-name" if self.module.is_some() => {
                return Err(part.wrong(UriProblem::TwoModules));
            }
            "module-path" => self.module = Some(Module::Path(part.file(&part.text(LONGEST)?)?)),
            "module-name" => {
                let name = part.text(64)?;
                let plain = |c: char| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.');
                if !name.chars().all(plain) || name.starts_with('.') {
                    return Err(part.wrong(UriProblem::NoModuleName));
                }
                self.module = Some(Module::Name(name));
            }
            "pin-source" => {
                let source = part.text(LONGEST)?;
                let path = source.strip_prefix("file:").unwrap_or(&source);
                let path =
                    path.strip_prefix("//").filter(|path| path.starts_with('/')).unwrap_or(path);
                self.pin_file = Some(part.file(path)?);
            }
            "pin-value" => return Err(part.wrong(UriProblem::PinValue)),
            "x-use" => {
                self.purpose = match &*part.text(4)? {
                    "live" => Purpose::Live,
                    "test" => Purpose::Test,
                    _ => return Err(part.wrong(UriProblem::NoUse)),
                }
            }
            "x-tenant" => self.tenant = Some(part.text(64)?),
            name if PATH.contains(&name) => return Err(part.wrong(UriProblem::BelongsInPath)),
            _ => return Err(part.unknown()),
        }
        Ok(())
    }

    /// The label of the token, where it is said.
    #[must_use]
    pub fn token(&self) -> Option<&str> {
        self.fits.token.as_deref()
    }

    /// What the keys are for.
    #[must_use]
    pub const fn purpose(&self) -> Purpose {
        self.purpose
    }

    /// Whose keys they are, where it is said.
    #[must_use]
    pub fn tenant(&self) -> Option<&str> {
        self.tenant.as_deref()
    }

    /// Where the PIN is, where it is said.
    #[must_use]
    pub fn pin_source(&self) -> Option<PinSource> {
        self.pin_file.clone().map(PinSource::File)
    }

    /// The file of the module, or the files that it may be, in the order in which they are tried.
    #[must_use]
    pub fn module_files(&self) -> Vec<PathBuf> {
        match &self.module {
            Some(Module::Path(path)) => vec![path.clone()],
            Some(Module::Name(name)) => by_name(name),
            None => Vec::new(),
        }
    }

    #[cfg(feature = "pkcs11")]
    pub(super) const fn fits(&self) -> &Fits {
        &self.fits
    }
}

/// The files in which a module of this name may be.
fn by_name(name: &str) -> Vec<PathBuf> {
    let ending = match () {
        () if cfg!(windows) => "dll",
        () if cfg!(target_os = "macos") => "dylib",
        () => "so",
    };
    let arch = format!("/usr/lib/{}-linux-gnu", std::env::consts::ARCH);
    let folders = [&*arch, "/usr/lib64", "/usr/lib", "/usr/local/lib"];
    let names = [format!("{name}.{ending}"), format!("lib{name}.{ending}")];
    let mut files = Vec::new();
    for folder in folders.map(Path::new) {
        for folder in [folder.join("pkcs11"), folder.join("softhsm"), folder.to_path_buf()] {
            files.extend(names.iter().map(|name| folder.join(name)));
        }
    }
    files
}

const SCHEME: &str = "pkcs11:";
/// No value is longer, coded.
const LONGEST: usize = 4096;
const PATH: [&str; 5] = ["token", "manufacturer", "model", "serial", "slot-id"];
const QUERY: [&str; 6] =
    ["module-path", "module-name", "pin-source", "pin-value", "x-use", "x-tenant"];

impl core::str::FromStr for TokenUri {
    type Err = TokenUriError;

    fn from_str(text: &str) -> Result<Self, TokenUriError> {
        Self::parse(text)
    }
}

impl fmt::Debug for TokenUri {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { fits, module, purpose, tenant, .. } = self;
        let mut told = f.debug_struct("TokenUri");
        told.field("fits", fits).field("module", module);
        told.field("purpose", purpose).field("tenant", tenant).finish_non_exhaustive()
    }
}

#[cfg(test)]
mod tests;
