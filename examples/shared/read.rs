// SPDX-License-Identifier: MIT OR Apache-2.0
//! Text files and the profiles in them. Every mistake names its file.

use std::error::Error;
use std::fs::File;
use std::io;
use std::path::Path;

use cardwright::profile::Profile;
use zeroize::Zeroizing;

use crate::whole;

/// The profile of a file.
pub(crate) fn profile(path: &Path) -> Result<Profile, String> {
    Profile::parse(&text(path)?).map_err(|error| at(path, &error))
}

/// The text of a file, which may hold keys.
pub(crate) fn text(path: &Path) -> Result<Zeroizing<String>, String> {
    let read = File::open(path).map_err(|error| unread(path, &error))?;
    let mut bytes = whole::read(read).map_err(|error| at(path, &error))?;
    let text = String::from_utf8(core::mem::take(&mut *bytes)).map(Zeroizing::new);
    text.map_err(|_| format!("{}: this is no text in UTF-8: save it as UTF-8", path.display()))
}

/// Why a file cannot be read, and which one beside it may be meant where there is none of its name.
pub(crate) fn unread(path: &Path, error: &io::Error) -> String {
    let told = at(path, error);
    if error.kind() != io::ErrorKind::NotFound {
        return told;
    }
    let folder = path.parent().filter(|folder| !folder.as_os_str().is_empty());
    let names = std::fs::read_dir(folder.unwrap_or_else(|| Path::new("."))).into_iter().flatten();
    let names =
        names.filter_map(|name| Some(name.ok()?.file_name().to_string_lossy().into_owned()));
    told + &meant(&path.file_name().unwrap_or_default().to_string_lossy(), names)
}

/// Which of these names may be meant by a wrong one; nothing where none is alike.
pub(crate) fn meant(wrong: &str, names: impl Iterator<Item = String>) -> String {
    let wrong = wrong.to_lowercase();
    let alike = names.filter_map(|name| {
        let likeness = strsim::jaro_winkler(&name.to_lowercase(), &wrong);
        (likeness > 0.85).then_some((likeness, name))
    });
    match alike.max_by(|(one, _), (other, _)| one.total_cmp(other)) {
        Some((_, name)) => format!("; did you mean {name:?}?"),
        None => String::new(),
    }
}

/// A mistake with the file it is in.
pub(crate) fn at(path: &Path, error: &dyn Error) -> String {
    format!("{}: {error}", path.display())
}
