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
    /// 60 bytes of APDU: 54 of parameters.
    #[default]
    Apdu60,
    /// 60 bytes once unwrapped: 59 of parameters.
    Native60,
}
