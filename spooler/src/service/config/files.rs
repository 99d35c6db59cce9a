// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files that hold keys: for their owner alone.

use std::fs::File;
use std::io::{self, Read, Write};
use std::path::Path;

use zeroize::Zeroizing;

use crate::tenant::TenantKey;

/// The most bytes that are read of any of them.
const MOST: u64 = 1 << 20;

/// A file's text, and what to say where others than its owner may read or write it.
pub(super) fn secret(path: &Path) -> Result<(Zeroizing<String>, Option<String>), String> {
    let (mut bytes, open) = bytes(path)?;
    if let Err(error) = str::from_utf8(&bytes) {
        return Err(format!("{}: {error}", path.display()));
    }
    let text = String::from_utf8(core::mem::take(&mut *bytes));
    Ok((Zeroizing::new(text.map_err(|error| error.utf8_error().to_string())?), open))
}

/// A file's bytes, and what to say where others than its owner may read or write it.
pub(super) fn bytes(path: &Path) -> Result<(Zeroizing<Vec<u8>>, Option<String>), String> {
    let told = |error: io::Error| format!("{}: {error}", path.display());
    let file = File::open(path).map_err(told)?;
    let open = open_to_others(&file).map_err(told)?.map(|mode| {
        format!(
            "{}: others than its owner may read or write it (mode {mode:o}): chmod 600 {}",
            path.display(),
            path.display()
        )
    });
    let length = usize::try_from(file.metadata().map_err(told)?.len().min(MOST)).unwrap_or(0);
    // A buffer that does not grow leaves no copy behind.
    let mut bytes = Zeroizing::new(Vec::with_capacity(length + 1));
    file.take(MOST).read_to_end(&mut bytes).map_err(told)?;
    Ok((bytes, open))
}

/// The tenant's key: 64 hexadecimal digits.
pub(super) fn tenant_key(path: &Path) -> Result<TenantKey, Vec<String>> {
    let (text, open) = secret(path)
        .map_err(|error| vec![format!("{error}; cardwright-spooler tenant-key FILE makes one")])?;
    let mut bytes = Zeroizing::new([0; 32]);
    let digits = text.trim();
    let whole = digits.len() == 64 && hex::decode_to_slice(digits, &mut *bytes).is_ok();
    let form = (!whole).then(|| {
        format!("{}: a tenant's key is 64 hexadecimal digits, and nothing else", path.display())
    });
    let mistakes: Vec<String> = open.into_iter().chain(form).collect();
    if mistakes.is_empty() { Ok(TenantKey::new(*bytes)) } else { Err(mistakes) }
}

/// Makes the file of a tenant's key, where there is none, for its owner alone.
///
/// # Errors
/// In words.
pub(super) fn make_tenant_key(path: &Path) -> Result<(), String> {
    let bytes = Zeroizing::new(crate::seal::random_name().map_err(|error| error.to_string())?);
    let mut digits = Zeroizing::new([0_u8; 64]);
    hex::encode_to_slice(*bytes, &mut *digits).map_err(|error| error.to_string())?;
    let mut options = std::fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    std::os::unix::fs::OpenOptionsExt::mode(&mut options, 0o600);
    let written = options.open(path).and_then(|mut file| {
        file.write_all(&*digits)?;
        file.write_all(b"\n")?;
        file.sync_all()
    });
    written.map_err(|error| format!("{}: {error}", path.display()))
}

#[cfg(unix)]
fn open_to_others(file: &File) -> io::Result<Option<u32>> {
    use std::os::unix::fs::PermissionsExt;
    let mode = file.metadata()?.permissions().mode() & 0o777;
    Ok((mode & 0o077 != 0).then_some(mode))
}

/// Where files have no such bits, as on Windows, the folder's rights are the owner's business.
#[cfg(not(unix))]
#[expect(clippy::unnecessary_wraps, reason = "stands for one that can fail")]
fn open_to_others(_file: &File) -> io::Result<Option<u32>> {
    Ok(None)
}
