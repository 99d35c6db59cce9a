// SPDX-License-Identifier: MIT OR Apache-2.0
//! What he makes of a write, of rights and of a setting, so that the card takes it.

use super::super::tricks::Ploy;

/// A setting for good that the card was never told.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Setting {
    /// It speaks LRP.
    Lrp,
    /// It refuses D40 and EV1 messaging.
    Older,
    /// Whatever else shows nowhere but in what the card says.
    Other,
}

impl Setting {
    /// By the option of SetConfiguration, which stands in front of what is enciphered, and the first byte of that.
    /// Who cannot read either takes it for the one that shows in which sessions a card begins.
    pub(super) const fn of(option: &[u8], set: u8) -> Option<Self> {
        Some(match option {
            [0x05] => Self::Lrp,
            [0x04] if set & 0x03 != 0 => Self::Older,
            [] => Self::Older,
            _ => Self::Other,
        })
    }
}

/// A write that names a part of what it was to write, and carries no more.
pub(super) fn shorter(ploy: Ploy, write: &[u8]) -> Vec<u8> {
    let [file, a, b, c, low, high, top, data @ ..] = write else { return write.to_vec() };
    let all = usize::from(u16::from_le_bytes([*low, *high])).min(data.len());
    let kept = 1 + ploy.pick(4, all.saturating_sub(1));
    // What stands behind it proves what was cut.
    let behind = data.get(all..).unwrap_or_default();
    let [low, high] = u16::try_from(kept).unwrap_or(u16::MAX).to_le_bytes();
    let data = data.get(..kept).unwrap_or_default();
    [&[*file, *a, *b, *c, low, high, *top], data, behind].concat()
}

/// Rights of a file without the last set, or without any but the first: option, rights, how many further
/// sets, those.
pub(super) fn fewer(ploy: Ploy, settings: &mut Vec<u8>) {
    let [option, _, _, count, rest @ ..] = &mut settings[..] else { return };
    let sets = usize::from(*count).min(rest.len() / 2);
    let kept = if ploy.pick(5, 2) == 0 { 0 } else { sets.saturating_sub(1) };
    let (from, to) = (4 + 2 * kept, 4 + 2 * sets);
    if kept == 0 {
        *option &= 0x7F;
        drop(settings.drain(3..to));
    } else {
        *count = u8::try_from(kept).unwrap_or_default();
        drop(settings.drain(from..to));
    }
}
