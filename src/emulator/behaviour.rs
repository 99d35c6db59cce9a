// SPDX-License-Identifier: MIT OR Apache-2.0
//! Rules with two likely readings, switchable.

/// How a card decides where no vector or capture does. The default is the likelier reading.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "written as a literal over the default")]
pub struct Behaviour {
    /// A session's key holds a right that everybody has too.
    pub both_rights: BothRights,
    /// A new command arrives while a chain is open.
    pub interruption: Interruption,
    /// AdditionalFrame arrives while no chain is open.
    pub stray_frame: StrayFrame,
    /// How a DES key is told from a 2-key triple DES key.
    pub halves: HalfCompare,
    /// How long one command frame may be.
    pub command_frame: CommandFrame,
    /// What becomes of a D40 session at an error.
    pub d40_error: D40Error,
    /// FormatPICC drops the session of an EV2 channel, with a bare reply.
    pub format_ends_ev2_session: bool,
    /// What an authentication does to a pending transaction.
    pub reauthentication: Reauthentication,
    /// Where the card does as others say that it should.
    pub candidates: Candidates,
}

/// Which right counts where a file is open to everybody and to the session's key as well.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum BothRights {
    /// The key: the file's communication mode applies.
    #[default]
    KeyWins,
    /// Everybody: the data travel plain.
    FreeWins,
}

/// What becomes of a command that interrupts a chain. The chain is dropped either way.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Interruption {
    /// It is not executed: `CA`.
    #[default]
    Aborts,
    /// It is executed.
    Runs,
}

/// The answer to AdditionalFrame out of the blue.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum StrayFrame {
    /// `1C`.
    #[default]
    IllegalCommand,
    /// `CA`.
    CommandAborted,
}

/// Whether the version bits count when the halves of a DES key are compared.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum HalfCompare {
    /// All 64 bits.
    #[default]
    Exact,
    /// The 56 bits that the cipher uses.
    CipherBits,
}

/// What becomes of a D40 session at an error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum D40Error {
    /// It goes on, whatever the error.
    #[default]
    SessionStays,
    /// It ends with `AE` and `1E`, and goes on after others.
    EndsOnProof,
    /// It ends, as a later card's would.
    EndsSession,
}

/// The longest command frame.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum CommandFrame {
    /// An APDU that fits a frame: 54 bytes of parameters where that has 64.
    #[default]
    Apdu,
    /// One that fits a frame once it is unwrapped: 59 bytes of parameters.
    Native,
}

/// What an authentication does to a transaction that is pending. One that fails drops it either way,
/// as any error.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
#[non_exhaustive]
pub enum Reauthentication {
    /// It drops it on D40 and EV1 cards; EV2 and EV3 keep it, as a DESFire Light does (MF2DL(H)x0,
    /// 10.1).
    #[default]
    ByGeneration,
    /// It drops it.
    Drops,
    /// It keeps it.
    Keeps,
}

/// A reading of which software cards of others say that physical cards have it. Nobody has shown the
/// bytes, so the card follows it only where it is told to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub enum Candidate {
    /// Creating a file and changing its settings take a right of a key that the application has not;
    /// else `40`.
    RightOfMissingKey,
    /// CreateApplication of AID 000000 is refused with `9E`; else `DE`.
    PiccAid,
    /// WriteData of no bytes is taken; else `9E`.
    EmptyWrite,
    /// ChangeKey without a session is refused with `AE` whatever it names; else a missing key with
    /// `40`, a frozen one with `9D`.
    SessionBeforeKey,
    /// DeleteFile of no file without the right is refused with `AE`; else `F0`.
    RightsBeforeFile,
    /// A value file whose limits are equal is refused with `9E`; else it is made.
    OneValue,
    /// GetISOFileIDs in an application without them is refused with `F0`; else nothing is listed.
    NoIsoFiles,
    /// Mode byte 02 reads back as it was set; else as 00. Plain either way.
    KeepsModeTwo,
    /// ReadRecords of more than there are, outside of a session, leaves a pending record; else it
    /// drops it.
    KeepsRecord,
    /// FormatPICC in an EV2 session is answered with a bare status, and the session goes on; else
    /// with a MAC.
    BareFormat,
    /// SELECT of the application of a DESFire Light is answered with no data, as AN12343 prints it; else with
    /// the contents of file 1F.
    SilentSelect,
    /// A chip with a fixed layout answers native frames, as a DESFire does; else it takes them for APDUs, which
    /// they are not.
    NativeTag,
    /// The record file of a DESFire Light tells that it is made for five records; else for the four that can
    /// be read.
    SpareRecord,
    /// An EV3 counts no failed authentications; else those with keys of applications, as a DESFire Light.
    UncountedFailures,
    /// PreparePC at the level of the card itself is refused with `0B`; else it is taken at any level.
    ProximityInApplications,
    /// EV2 and EV3 know RestoreTransfer; else `1C`.
    RestoreTransfer,
    /// An authentication whose messaging is closed is refused with `1C` or `6D00`, as one that the card does
    /// not know; else with `9D` or `6985`.
    ClosedUnknown,
    /// SetConfiguration 04 sends the high byte first; else the low one.
    HighByteFirst,
    /// GetKeySettings of an application with several key sets is answered without the third settings byte; else
    /// with it.
    SixByteSettings,
    /// The version of a delegated application's first key stands at the end of what is enciphered; else behind
    /// the key.
    LateKeyVersion,
}

/// A set of [`Candidate`]s; the default is none.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Candidates(u32);

impl Candidates {
    /// This set and one more.
    #[must_use]
    pub const fn with(self, candidate: Candidate) -> Self {
        Self(self.0 | 1 << candidate as u32)
    }

    /// Whether the card follows this one.
    #[must_use]
    pub const fn contains(self, candidate: Candidate) -> bool {
        self.0 & (1 << candidate as u32) != 0
    }
}
