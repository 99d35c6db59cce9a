// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which rights grant what, and what they amount to for a session.

use arrayvec::ArrayVec;

use crate::wire::{Access, AccessRights, CommMode, FileSettings, FurtherRights};

use crate::emulator::behaviour::BothRights;

/// What one use of a file amounts to for one session.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(in crate::emulator) enum Verdict {
    /// Allowed, and the data travel so.
    Granted(CommMode),
    /// Another key would be allowed.
    WrongKey,
    /// Nobody is allowed, ever.
    Never,
}

/// Reading needs the read or the read-and-write right.
pub(in crate::emulator) const fn reading(rights: &AccessRights) -> [Access; 2] {
    [rights.read, rights.read_write]
}

/// Writing and LimitedCredit need the write or the read-and-write right.
pub(in crate::emulator) const fn writing(rights: &AccessRights) -> [Access; 2] {
    [rights.write, rights.read_write]
}

/// GetValue and Debit need any of the three.
pub(in crate::emulator) const fn valuing(rights: &AccessRights) -> [Access; 3] {
    [rights.read, rights.write, rights.read_write]
}

/// Credit and ClearRecordFile need the read-and-write right.
pub(in crate::emulator) const fn crediting(rights: &AccessRights) -> [Access; 1] {
    [rights.read_write]
}

/// Weighs the rights of a file that grant an operation, in whichever of its sets they stand, for whoever holds
/// the session.
pub(in crate::emulator) fn weigh_sets<const N: usize>(
    settings: &FileSettings,
    granting: impl Fn(&AccessRights) -> [Access; N],
    key: Option<u8>,
    both: BothRights,
) -> Verdict {
    // Eight sets, each with three rights at most that grant it.
    let mut all = ArrayVec::<Access, { (1 + FurtherRights::MOST) * 3 }>::new();
    all.extend(settings.sets().flat_map(|set| granting(&set)));
    weigh(&all, settings.mode, key, both)
}

/// Weighs the rights that grant an operation for whoever holds the session.
pub(in crate::emulator) fn weigh(
    granting: &[Access],
    file: CommMode,
    key: Option<u8>,
    both: BothRights,
) -> Verdict {
    let by_key = granting.iter().any(|right| match right {
        Access::Key(number) => Some(u8::from(*number)) == key,
        Access::Free | Access::Never => false,
    });
    let by_all = granting.contains(&Access::Free);
    match (by_key, by_all, both) {
        (true, false, _) | (true, true, BothRights::KeyWins) => Verdict::Granted(file),
        (_, true, _) => Verdict::Granted(CommMode::Plain),
        (false, false, _) if granting.iter().all(|right| *right == Access::Never) => Verdict::Never,
        (false, false, _) => Verdict::WrongKey,
    }
}
