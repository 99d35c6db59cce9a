// SPDX-License-Identifier: MIT OR Apache-2.0
//! Padding of ISO/IEC 9797-1.

/// Method 2: the length of `padded` without its `80 00…`, or `None` where there is no such tail.
#[must_use]
pub fn strip_method2(padded: &[u8]) -> Option<usize> {
    let last = padded.iter().rposition(|&byte| byte != 0x00)?;
    (padded.get(last) == Some(&0x80)).then_some(last)
}

/// How many bytes fill `length` up to a whole number of blocks: 0 where it already is one.
#[must_use]
pub const fn to_block(length: usize, block: usize) -> usize {
    length.next_multiple_of(block) - length
}

#[cfg(test)]
mod tests {
    use super::*;

    /// ISO/IEC 9797-1, 6.3.3: a single 1 bit, then zeros.
    #[test]
    fn method2_takes_off_the_marker_and_its_zeros_only() {
        assert_eq!(strip_method2(&[0x11, 0x80, 0x00, 0x00]), Some(1));
        assert_eq!(strip_method2(&[0x80, 0x80]), Some(1));
        assert_eq!(strip_method2(&[0x80]), Some(0));
        assert_eq!(strip_method2(&[0x11, 0x22]), None);
        assert_eq!(strip_method2(&[0x00, 0x00]), None);
        assert_eq!(strip_method2(&[]), None);
    }

    #[test]
    fn to_block_adds_nothing_when_aligned() {
        assert_eq!((to_block(0, 8), to_block(5, 8), to_block(16, 16)), (0, 3, 0));
    }
}
