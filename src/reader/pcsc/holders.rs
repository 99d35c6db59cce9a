// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which programs may have the card. PC/SC tells that somebody has it, and not who.

/// How many programs are named at most.
#[cfg(target_os = "linux")]
const MOST: usize = 5;

/// The names of the programs that have the smart card service open besides this one, as far as the
/// system tells: on Linux those that have pcsc-lite's library loaded, of the same user or, for root,
/// of all.
#[cfg(target_os = "linux")]
pub(super) fn of_the_service() -> Vec<String> {
    let me = std::process::id().to_string();
    let processes = std::fs::read_dir("/proc").into_iter().flatten().flatten();
    let mut names: Vec<String> = processes
        .filter(|entry| entry.file_name() != *me)
        .filter(|entry| {
            // Of other users, and of the system itself, it cannot be read.
            let maps = std::fs::read(entry.path().join("maps")).unwrap_or_default();
            maps.windows(LIBRARY.len()).any(|part| part == LIBRARY)
        })
        .filter_map(|entry| std::fs::read_to_string(entry.path().join("comm")).ok())
        .map(|name| name.trim().chars().filter(|letter| !letter.is_control()).collect())
        .collect();
    names.sort_unstable();
    names.dedup();
    names.truncate(MOST);
    names
}

/// The client library of pcsc-lite, in whatever version.
#[cfg(target_os = "linux")]
const LIBRARY: &[u8] = b"/libpcsclite.so";

/// Elsewhere nobody tells.
#[cfg(not(target_os = "linux"))]
pub(super) const fn of_the_service() -> Vec<String> {
    Vec::new()
}
