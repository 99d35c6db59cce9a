// SPDX-License-Identifier: MIT OR Apache-2.0
//! What keeps a key block from being opened, used or written.

use super::header::{BlockVersion, Usage};

/// What keeps a key block from being opened, used or written. It holds no byte of a key, and nothing of a text
/// whose MAC was not found right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum BlockError {
    /// The text ends too early.
    #[error("the key block ends before what its header announces: take it whole")]
    Short,
    /// The text has another length than its header says.
    #[error("the key block says that it has {stated} characters, and has {found}: take it whole")]
    Length {
        /// What the header says.
        stated: usize,
        /// How many there are.
        found: usize,
    },
    /// The header is not in its form.
    #[error("character {} of the key block: {what}; is this a key block, and whole?", at.saturating_add(1))]
    Form {
        /// Which character, counted from 0.
        at: usize,
        /// What should be there.
        what: &'static str,
    },
    /// Behind the header stands something else than hexadecimal digits.
    #[error(
        "from character {} on a key block has hexadecimal digits alone, in pairs: take it whole",
        at.saturating_add(1)
    )]
    NoDigits {
        /// Which character, counted from 0.
        at: usize,
    },
    /// A version that is not opened.
    #[error(
        "key blocks of this version are not opened: A and C bind what they say too loosely; have the key \
         exported as version D (AES) or B (triple DES)"
    )]
    Version,
    /// Not filled up to whole blocks of the cipher.
    #[error("the parts of the key block are no whole blocks of its cipher: take it whole")]
    NoBlocks,
    /// The protection key is of another cipher.
    #[error("a key block of version {version} takes a protection key of {}", version.cipher())]
    OtherProtection {
        /// The version of the block.
        version: BlockVersion,
    },
    /// The MAC is another one.
    #[error(
        "the key block was changed, or is under another protection key: compare check values, or have it sent again"
    )]
    Mac,
    /// What was enciphered is no key.
    #[error("the key block holds no whole key: have it exported again")]
    Content,
    /// Its key is for something else.
    #[error("a key block of another purpose: {usage}, {}; {wanted} is wanted", usage.words())]
    Purpose {
        /// What it is for.
        usage: Usage,
        /// What was asked for, in words.
        wanted: &'static str,
    },
    /// Its key may not be used in the way that it has to.
    #[error(
        "the key of the block may not be used for this (mode of use {mode}): have it exported for {wanted}"
    )]
    Mode {
        /// The mode of use in its header.
        mode: char,
        /// What it has to be for, in words.
        wanted: &'static str,
    },
    /// Its key is of a type or length that is not used here.
    #[error("the key of the block is none of {wanted} (algorithm {algorithm}, {bits} bits)")]
    KeyType {
        /// The algorithm in its header.
        algorithm: char,
        /// How long it is.
        bits: usize,
        /// What is used, in words.
        wanted: &'static str,
    },
    /// Its key is one of several components.
    #[error(
        "the key block has a component, not a key: put all components together where they were made"
    )]
    Component,
    /// HMAC over something else than SHA-256.
    #[error("the key of the block is for HMAC over another digest than SHA-256")]
    OtherDigest,
    /// It is not the key whose check value the block tells.
    #[error(
        "the key of the block is not the one whose check value it tells (KC): have it exported again"
    )]
    CheckValue,
    /// It is not under the key whose check value it tells.
    #[error(
        "the key block tells the check value of another protection key than the one that it is under (KP): have it \
         exported again"
    )]
    ProtectionCheckValue,
    /// Where a check value should be stands none.
    #[error(
        "the optional block {of} of the key block holds no check value of its method: have it exported again"
    )]
    NoCheckValue {
        /// Which optional block.
        of: &'static str,
    },
    /// The block that it came out of does not let it go.
    #[error(
        "the key came in a block that does not let it be exported again: ask whoever it came from"
    )]
    NotExportable,
    /// The protection key is the weaker one.
    #[error(
        "the protection key is weaker than the key: take an AES protection key of at least as many bits"
    )]
    Weaker,
    /// No protection key.
    #[error(
        "a protection key has 16, 24 or 32 bytes for AES, and 16 or 24 for triple DES, whose parts differ"
    )]
    NoProtectionKey,
    /// No label.
    #[error("a label has 1 to 64 printable ASCII characters")]
    Label,
    /// No block is that long.
    #[error("a key block has at most 9999 characters: take a shorter label")]
    Long,
}
