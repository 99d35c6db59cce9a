// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the man in the middle can do, a row a trick.

use core::fmt;

/// One thing that he does.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub(crate) enum Trick {
    DropCommand,
    DropReply,
    Replay,
    ReplayCommand,
    Swallow,
    SwallowAtLength,
    Invent,
    FlipCommand,
    FlipReply,
    CutCommand,
    CutReply,
    LengthenCommand,
    LengthenReply,
    Status,
    StripMac,
    Twice,
    Version,
    Uid,
    Swap,
    Reflect,
    Generation,
    Reseal,
    ResealReply,
    SealedSwallow,
    OwnKey,
    Between,
    InPlace,
    NoEv2,
    ShortWrite,
    FewerRights,
    Setting,
}

/// All of them, with what they are called.
pub(crate) const TRICKS: [(Trick, &str); 31] = [
    (Trick::DropCommand, "drop a command"),
    (Trick::DropReply, "drop a reply"),
    (Trick::Replay, "replay a reply"),
    (Trick::ReplayCommand, "replay a command"),
    (Trick::Swallow, "swallow and answer 9100"),
    (Trick::SwallowAtLength, "swallow and answer at the right length"),
    (Trick::Invent, "answer anything"),
    (Trick::FlipCommand, "flip a bit of a command"),
    (Trick::FlipReply, "flip a bit of a reply"),
    (Trick::CutCommand, "cut a command"),
    (Trick::CutReply, "cut a reply"),
    (Trick::LengthenCommand, "lengthen a command"),
    (Trick::LengthenReply, "lengthen a reply"),
    (Trick::Status, "change a status"),
    (Trick::StripMac, "strip a MAC"),
    (Trick::Twice, "send a command twice"),
    (Trick::Version, "lie about key versions"),
    (Trick::Uid, "show another UID"),
    (Trick::Swap, "swap the card"),
    (Trick::Reflect, "reflect a command"),
    (Trick::Generation, "claim another generation"),
    (Trick::Reseal, "open and reseal a command"),
    (Trick::ResealReply, "open and reseal a reply"),
    (Trick::SealedSwallow, "swallow and seal the answer"),
    (Trick::OwnKey, "put in a key of his own"),
    (Trick::Between, "go on between a key of his own and the other"),
    (Trick::InPlace, "answer with keys read there"),
    (Trick::NoEv2, "refuse to know EV2 sessions"),
    (Trick::ShortWrite, "name a write shorter than it is"),
    (Trick::FewerRights, "leave out further rights"),
    (Trick::Setting, "play a setting of the card"),
];

/// Writes of data and records, in frames and in one APDU: file, where from, how much, and that.
pub(crate) const WRITES: [u8; 4] = [0x3D, 0x3B, 0x8D, 0x8B];

impl Trick {
    /// Whether it takes a session under a key that everybody knows.
    pub(crate) const fn opens_sessions(self) -> bool {
        matches!(
            self,
            Self::Reseal
                | Self::ResealReply
                | Self::SealedSwallow
                | Self::OwnKey
                | Self::Between
                | Self::InPlace
                | Self::ShortWrite
                | Self::FewerRights
                | Self::Setting
        )
    }

    /// The commands that it is for, where it is not for any.
    pub(crate) const fn is_for(self) -> &'static [u8] {
        match self {
            Self::ShortWrite => &WRITES,
            Self::FewerRights => &[0x5F],
            Self::Setting => &[0x5C],
            _ => &[],
        }
    }
}

impl fmt::Display for Trick {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let name = TRICKS.iter().find(|(trick, _)| trick == self).map_or("", |(_, name)| name);
        f.write_str(name)
    }
}

/// A trick, from which exchange on it is played, and how.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Ploy {
    pub(crate) trick: Trick,
    pub(crate) at: usize,
    /// Again whenever it fits, not only the first time.
    pub(crate) lasting: bool,
    /// Which bit, byte, card or status.
    pub(crate) turn: u32,
}

impl Ploy {
    /// One of so many, another for each question.
    pub(crate) const fn pick(&self, question: u32, of: usize) -> usize {
        let mixed = (self.turn ^ question.wrapping_mul(0x9E37_79B9)).wrapping_mul(0x85EB_CA6B);
        (mixed >> 8) as usize % if of == 0 { 1 } else { of }
    }

    pub(crate) fn byte(&self, question: u32) -> u8 {
        u8::try_from(self.pick(question, 256)).unwrap_or_default()
    }

    /// Turns a bit.
    pub(crate) fn flip(&self, bytes: &mut [u8]) {
        let bit = self.pick(0, bytes.len() * 8);
        if let Some(byte) = bytes.get_mut(bit / 8) {
            *byte ^= 1 << (bit % 8);
        }
    }
}

impl fmt::Display for Ploy {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let how = if self.lasting { "from" } else { "at" };
        write!(f, "{} {how} exchange {} (turn {:08X})", self.trick, self.at, self.turn)
    }
}
