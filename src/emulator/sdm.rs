// SPDX-License-Identifier: MIT OR Apache-2.0
//! Secure dynamic messaging on the card: what it writes into a file's text while somebody reads the file
//! without a session (NT4H2421Gx and AN12196; AN12304 for chips in LRP mode).

mod settings;

pub(super) use settings::{Around, check};

/// With which command a file is read.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Way {
    /// ReadData.
    Native,
    /// READ BINARY.
    Iso,
}

/// The random bytes of PICC data: up to 15 that fill its block, and 8 that go before it in LRP.
pub(super) type Random = [u8; 24];

/// Reads of one file in the same way, one right after the other: the counter moves once for all of them, and
/// they see the same random bytes.
#[derive(Debug, Clone)]
struct Run {
    file: u8,
    way: Way,
    random: Random,
}

/// Which reads go on.
#[derive(Debug, Clone, Default)]
pub(super) struct Runs {
    now: Option<Run>,
    /// That of the command before.
    before: Option<Run>,
}

impl Runs {
    /// The random bytes of a read that goes on; `None` where another run begins.
    pub(super) fn go_on(&mut self, file: u8, way: Way) -> Option<Random> {
        let run = self.before.take().filter(|run| run.file == file && run.way == way)?;
        let random = run.random;
        self.now = Some(run);
        Some(random)
    }

    /// Another run begins.
    pub(super) fn begin(&mut self, file: u8, way: Way, random: Random) {
        self.now = Some(Run { file, way, random });
    }

    /// Another command comes.
    pub(super) fn turn(&mut self) {
        self.before = self.now.take();
    }

    /// Nothing goes on.
    pub(super) fn clear(&mut self) {
        *self = Self::default();
    }
}
