// SPDX-License-Identifier: MIT OR Apache-2.0
//! A card that follows a script.

use core::fmt;

use super::{LinkError, ReplyBuf, Script, Step, Transport};

/// A transport that demands exactly the commands of a [`Script`] and gives its answers.
///
/// At the first difference it fails with [`LinkError::OffScript`] or [`LinkError::ScriptEnded`],
/// which name the line, and goes on failing so.
#[derive(Clone)]
pub struct Replay {
    script: Script,
    played: usize,
    off: Option<LinkError>,
}

impl Replay {
    /// Begins at the first exchange.
    #[must_use]
    pub const fn new(script: Script) -> Self {
        Self { script, played: 0, off: None }
    }

    /// Whether every exchange was played, and nothing else was asked.
    #[must_use]
    pub fn is_used_up(&self) -> bool {
        self.left() == 0 && self.off.is_none()
    }

    /// How many exchanges have not been played.
    #[must_use]
    pub fn left(&self) -> usize {
        self.script.steps().len().saturating_sub(self.played)
    }

    /// The next step, where `command` is its command.
    fn next(&self, command: &[u8]) -> Result<&Step, LinkError> {
        let steps = self.script.steps();
        let line = steps.last().map_or(0, Step::line);
        let step = steps.get(self.played).ok_or(LinkError::ScriptEnded { line })?;
        if step.command() == command {
            return Ok(step);
        }
        let at = step.command().iter().zip(command).take_while(|(a, b)| a == b).count();
        Err(LinkError::OffScript { line: step.line(), at })
    }
}

impl Transport for Replay {
    fn exchange(&mut self, command: &[u8], reply: &mut ReplyBuf) -> Result<(), LinkError> {
        reply.clear();
        if let Some(error) = self.off {
            return Err(error);
        }
        match self.next(command).map(Step::reply) {
            Ok(answer) => {
                let outcome = answer.map(|answer| reply.extend(answer.iter().copied()));
                self.played += 1;
                outcome
            }
            Err(error) => {
                self.off = Some(error);
                Err(error)
            }
        }
    }

    fn is_software(&self) -> bool {
        true
    }
}

impl fmt::Debug for Replay {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let left = self.left();
        f.debug_struct("Replay").field("played", &self.played).field("left", &left).finish()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn replay() -> Replay {
        Replay::new(Script::parse("> 90 60\n< 04 91 AF\n#\n> 90 AF 00\n< 91 00").unwrap())
    }

    #[test]
    fn the_first_difference_is_named_and_stays() {
        let mut replay = replay();
        let mut reply = ReplyBuf::new();
        assert_eq!(replay.exchange(&[0x90, 0x60], &mut reply), Ok(()));
        assert_eq!(reply.as_slice(), [0x04, 0x91, 0xAF]);
        let error = replay.exchange(&[0x90, 0xAF, 0x01], &mut reply).unwrap_err();
        assert_eq!(error.to_string(), "the command differs from line 4 of the script at byte 2");
        assert!(reply.is_empty());
        assert_eq!(replay.exchange(&[0x90, 0xAF, 0x00], &mut reply), Err(error));
        assert_eq!((replay.left(), replay.is_used_up()), (1, false));
        assert_eq!(format!("{replay:?}"), "Replay { played: 1, left: 1 }");
    }

    #[test]
    fn a_command_after_the_end_is_named_too() {
        let mut replay = replay();
        let mut reply = ReplyBuf::new();
        replay.exchange(&[0x90, 0x60], &mut reply).unwrap();
        assert!(!replay.is_used_up());
        replay.exchange(&[0x90, 0xAF, 0x00], &mut reply).unwrap();
        assert!(replay.is_used_up());
        let error = replay.exchange(&[0x90, 0xAF, 0x00], &mut reply).unwrap_err();
        assert_eq!(error.to_string(), "the script ended with the exchange in line 4");
        assert!(!replay.is_used_up());
    }

    #[test]
    fn a_command_cut_short_or_too_long_differs_at_its_end() {
        for (command, at) in [(&[0x90][..], 1), (&[0x90, 0x60, 0x00], 2), (&[], 0)] {
            let error = replay().exchange(command, &mut ReplyBuf::new()).unwrap_err();
            assert_eq!(error, LinkError::OffScript { line: 1, at });
        }
    }
}
