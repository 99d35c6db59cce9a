// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is not taken.

use core::fmt;

use super::CountersError;
use crate::diversify::DeriveError;

/// An address is not taken. Whoever sent it is told this and nothing more.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Refused(pub(super) Reason);

impl Refused {
    /// What whoever sent the address is told, whatever is the matter with it.
    pub const WORDS: &'static str = "this was not read from the tag just now";

    /// Why, for the operator of the server alone: whoever tries addresses would learn from it.
    #[must_use]
    pub const fn reason(self) -> Reason {
        self.0
    }
}

impl fmt::Display for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(Self::WORDS)
    }
}

impl fmt::Debug for Refused {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Refused")
    }
}

impl core::error::Error for Refused {}

/// Why an address is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Reason {
    /// It is no address of the profile: another beginning, too short, or other characters where digits stand.
    Form,
    /// UID and counter do not decipher to such, or the MAC is another one: another tag's, another key's, or
    /// somebody's invention.
    Mac,
    /// The MAC is right, and the tamper status under it is none that a tag writes.
    Seal,
    /// The version that it names is neither that of the profile's key nor the former one.
    Version,
    /// The MAC is right, and this read counter or a higher one was seen before: it is an old address.
    Counter,
}

/// An address could not be judged, or was judged and is not taken.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifyError {
    /// It is not taken.
    #[error(transparent)]
    Refused(#[from] Refused),
    /// Nobody knows: counters cannot be read or kept.
    #[error(transparent)]
    Counters(#[from] CountersError),
    /// Nobody knows: a key cannot be had.
    #[error("a key cannot be had: {0}")]
    Key(DeriveError),
    /// Nobody knows: everybody knows or would guess the key of the MAC, which could not be had before.
    #[error(
        "the key of the MAC is one that everybody would try: anyone could make such addresses; put a drawn key in its place"
    )]
    PublicKey,
}

/// A job whose tags cannot be verified.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum VerifierError {
    /// No file of the profile has secure dynamic messaging.
    #[error("no file of the profile has sdm: its tags give the same address each time")]
    NoSdm,
    /// The file with secure dynamic messaging has no address with mirrors in its content.
    #[error(
        "the mirrors stand in no address: write them into {{ uri = [ … ] }} of an ndef that the file begins with"
    )]
    NoAddress,
    /// Nothing of the address has a MAC.
    #[error(
        "the address has no MAC: add {{ mirror = \"mac\" }} to the content, and mac = \"…\" to sdm"
    )]
    NoMac,
    /// Which tag it is cannot be told.
    #[error(
        "the address shows no UID: add {{ mirror = \"picc\" }} to the content, and picc = \"…\" to sdm"
    )]
    NoUid,
    /// The key of the PICC data takes the UID or the record, which nobody knows before they are deciphered.
    #[error(
        "the key that enciphers the UID is made from the UID or the record: name one whose diversification takes neither"
    )]
    KeyOfUid,
    /// The key of the MAC takes fields of the record, which no address tells.
    #[error("the key of the MAC is made from fields of the record, which no address tells")]
    KeyOfRecord,
    /// The MAC does not go over the tamper status.
    #[error(
        "the MAC does not go over the tamper status, so that anyone may write another one: add {{ mirror = \"from\" }} before it"
    )]
    OpenSeal,
    /// Everybody knows or would guess the key of the MAC, or the former one: zero or one pattern again and again, or made from such.
    #[error(
        "the key of the MAC is one that everybody would try: anyone could make such addresses; put a drawn key in its place"
    )]
    PublicKey,
}
