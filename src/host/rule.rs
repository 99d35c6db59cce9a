// SPDX-License-Identifier: MIT OR Apache-2.0
//! What is fixed about a command, whatever its parameters: one row, in the command's own file.
//!
//! In an EV1 session every reply carries a MAC, and a command's MAC is sent only where the row
//! says MAC; a plain command moves the chaining value all the same. In an EV2 session plain means
//! that there is no MAC at all, in either direction.

use crate::iso7816::StatusWord;
use crate::wire::{CommMode, Ins, Messaging, Silicon, Status};

/// How many parameter bytes fit a wrapped command that fits one frame of 64 bytes (frames of `36` bytes
/// are on public traces of real cards).
pub(crate) const FRAME: usize = in_frame(64);

/// How many parameter bytes fit a frame of so many bytes: less PCB, CID and checksum (ISO/IEC 14443-4, 7.1), and
/// CLA INS P1 P2 Lc and Le. No frame is taken to be shorter than 64 bytes, nor longer than the 256 that an EV3
/// can be told to take.
pub(super) const fn in_frame(size: usize) -> usize {
    match size {
        0..=64 => 54,
        65..256 => size - 10,
        256.. => 246,
    }
}

/// What stands around the parameters of a command: CLA INS P1 P2 Lc and Le.
pub(super) const AROUND: usize = 6;

/// How many parameter bytes a short APDU has at most.
const WHOLE: usize = 255;

/// A command's row.
#[derive(Debug)]
pub(crate) struct Rule {
    /// The instruction.
    pub(crate) ins: Ins,
    /// What has to be selected.
    pub(super) level: Level,
    /// Whether it is sent only where a key has authenticated.
    pub(super) secure: bool,
    /// Whether it is sent only in an EV2 session.
    pub(super) in_ev2: bool,
    /// Command and reply in a D40 session, where plain means that there is no MAC at all.
    pub(super) d40: [Mode; 2],
    /// Command and reply in an EV1 session.
    pub(super) ev1: [Mode; 2],
    /// Command and reply in an EV2 session.
    pub(super) ev2: [Mode; 2],
    /// The status of a reply that is whole; `9100` is one for every command.
    pub(super) done: StatusWord,
    /// How long the card may take.
    pub(crate) pace: Pace,
    /// Whether it travels in one APDU, which ISO/IEC 14443-4 alone cuts into blocks.
    pub(super) whole: bool,
    /// Likely causes of a refusal.
    pub(super) hints: &'static [(Status, &'static str)],
    /// How chips have it that do not know its instruction.
    other: Option<&'static Self>,
}

/// What has to be selected for a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Level {
    Any,
    Picc,
    Application,
}

/// How long a card may take over a command.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Pace {
    /// It answers within its frame waiting time.
    Usual,
    /// It writes much: creates, deletes, formats, commits.
    Slow,
}

/// A communication mode, or the one that holds for the file.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Mode {
    Plain,
    Mac,
    Full,
    File,
}

impl Mode {
    pub(super) const fn or_of_file(self, file: CommMode) -> CommMode {
        match self {
            Self::Plain => CommMode::Plain,
            Self::Mac => CommMode::Mac,
            Self::Full => CommMode::Full,
            Self::File => file,
        }
    }
}

impl Rule {
    /// A command of any level that anybody may send: in clear in D40 sessions, in clear with a MAC
    /// on its reply in EV1 sessions, MACed in EV2 sessions.
    pub(super) const fn new(ins: Ins) -> Self {
        use Mode::{Mac, Plain};
        Self {
            ins,
            level: Level::Any,
            secure: false,
            in_ev2: false,
            d40: [Plain, Plain],
            ev1: [Plain, Plain],
            ev2: [Mac, Mac],
            done: StatusWord(0x9100),
            pace: Pace::Usual,
            whole: false,
            hints: &[],
            other: None,
        }
    }

    /// Chips that do not know the instruction have the command in one piece.
    pub(super) const fn or_whole(mut self, whole: &'static Self) -> Self {
        self.other = Some(whole);
        self
    }

    /// Whether it goes in one APDU, and its reply too.
    pub(crate) const fn is_whole(&self) -> bool {
        self.whole
    }

    /// The row of the command on a chip, as far as that is known.
    pub(crate) fn on(&'static self, silicon: Option<&Silicon>) -> &'static Self {
        let other = silicon.filter(|silicon| !silicon.has(self.ins)).and(self.other);
        other.unwrap_or(self)
    }

    /// Of the PICC level.
    pub(super) const fn at_picc(mut self) -> Self {
        self.level = Level::Picc;
        self
    }

    /// Of an application.
    pub(super) const fn in_application(mut self) -> Self {
        self.level = Level::Application;
        self
    }

    /// Only where a key has authenticated.
    pub(super) const fn secure(mut self) -> Self {
        self.secure = true;
        self
    }

    /// Only where a key has authenticated with EV2 messaging.
    pub(super) const fn in_ev2(mut self) -> Self {
        self.in_ev2 = true;
        self.secure()
    }

    /// How command and reply travel in D40 and EV1 sessions, and in EV2 sessions.
    pub(super) const fn travels(mut self, before: [Mode; 2], ev2: [Mode; 2]) -> Self {
        self.d40 = before;
        self.ev1 = before;
        self.ev2 = ev2;
        self
    }

    /// A card may take long over it.
    pub(super) const fn slow(mut self) -> Self {
        self.pace = Pace::Slow;
        self
    }

    /// Travels in one APDU, however long it is.
    pub(super) const fn whole(mut self) -> Self {
        self.whole = true;
        self
    }

    /// How many bytes of parameters go into one APDU, of which a frame takes so many.
    pub(super) const fn room(&self, frame: usize) -> usize {
        if self.whole { WHOLE } else { frame }
    }

    /// The status with which cards say that the reply is whole, where it is not `9100`.
    pub(super) const fn done(mut self, done: StatusWord) -> Self {
        self.done = done;
        self
    }

    /// What a refusal with a status is likely to mean.
    pub(super) const fn hints(mut self, hints: &'static [(Status, &'static str)]) -> Self {
        self.hints = hints;
        self
    }

    /// How command and reply travel in a session.
    pub(super) const fn modes(&self, messaging: Messaging) -> [Mode; 2] {
        match messaging {
            Messaging::D40 => self.d40,
            Messaging::Ev1 => self.ev1,
            Messaging::Ev2 => self.ev2,
        }
    }
}
