// SPDX-License-Identifier: MIT OR Apache-2.0
//! The text of a conversation: an exchange of two lines, comments, nothing else.

use core::fmt;

use arrayvec::ArrayVec;

use super::{Exchange, LinkError, ReplyBuf};
use crate::iso7816::{CommandBuf, MAX_COMMAND, MAX_REPLY, StatusWord};

/// A conversation that can be replayed.
///
/// A line that begins with `>` is a command APDU in hex, the line after it that begins with `<`
/// the answer, status word included. `! card-removed`, `! answer-too-long` or `! no-status-word`
/// stand where no whole answer came. Lines that begin with `#` and empty lines mean nothing.
///
/// ```text
/// # GetVersion, first part
/// > 90 60 00 00 00
/// < 04 01 01 01 00 18 05 91 AF
/// ```
#[derive(Clone, Default, PartialEq, Eq)]
pub struct Script {
    steps: Vec<Step>,
}

/// One exchange of a script.
#[derive(Clone, PartialEq, Eq)]
pub struct Step {
    line: usize,
    command: CommandBuf,
    reply: Result<ReplyBuf, LinkError>,
}

impl Script {
    /// Reads a script. Any text is a script or an error with its line.
    ///
    /// # Errors
    /// [`ScriptError`], for a scrubbed script ([`ScriptErrorKind::Scrubbed`]) too.
    pub fn parse(text: &str) -> Result<Self, ScriptError> {
        let command = |content: &str| {
            let command = bytes::<MAX_COMMAND>(content)?;
            if command.is_empty() { Err(ScriptErrorKind::Length) } else { Ok(command) }
        };
        let step = |line, command, reply| Step { line, command, reply };
        Ok(Self { steps: walk(text, command, reply, step)? })
    }

    /// What a script shows of its exchanges without their payloads: instructions, lengths, status words.
    /// A scrubbed one, as [`Recorder::new`](super::Recorder::new) writes them, is read too.
    ///
    /// # Errors
    /// [`ScriptError`] where the text is no script.
    pub fn exchanges(text: &str) -> Result<Vec<Exchange>, ScriptError> {
        walk(text, Measured::command, Measured::reply, |_, command, reply| {
            let answer = reply.ok().and_then(|reply| Some((reply.length, reply.status()?)));
            Exchange::new(command.seen.get(1).copied(), command.length, answer)
        })
    }

    /// The exchanges, in order.
    #[must_use]
    pub fn steps(&self) -> &[Step] {
        &self.steps
    }
}

impl Step {
    /// The line of the command, counted from 1.
    #[must_use]
    pub const fn line(&self) -> usize {
        self.line
    }

    /// The command APDU.
    #[must_use]
    pub fn command(&self) -> &[u8] {
        &self.command
    }

    /// The response APDU, or why none came.
    ///
    /// # Errors
    /// The [`LinkError`] that was recorded in place of an answer.
    pub fn reply(&self) -> Result<&[u8], LinkError> {
        match &self.reply {
            Ok(reply) => Ok(reply),
            Err(error) => Err(*error),
        }
    }
}

/// A text that is no script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("line {line}: {kind}")]
#[expect(clippy::exhaustive_structs, reason = "a place and a reason are all there is")]
pub struct ScriptError {
    /// The line, counted from 1.
    pub line: usize,
    /// What is wrong with it.
    pub kind: ScriptErrorKind,
}

/// What is wrong with a line of a script.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum ScriptErrorKind {
    /// The line begins with none of `>`, `<`, `!`, `#`, or names no known failure.
    #[error("neither a command, nor an answer, nor a comment")]
    Unknown,
    /// The bytes are not written as pairs of hex digits.
    #[error("not pairs of hex digits")]
    Hex,
    /// A payload was replaced by its length.
    #[error("the payload was scrubbed: this script can be read, not replayed")]
    Scrubbed,
    /// Too many bytes for a short APDU, or too few for one.
    #[error("too many or too few bytes for a short APDU")]
    Length,
    /// A command without an answer.
    #[error("the command has no answer")]
    Unanswered,
    /// An answer without a command.
    #[error("the answer has no command")]
    Unasked,
}

/// Goes through a script line by line, and makes something of each exchange: of the line of the command,
/// the command and its answer, as they are read.
fn walk<C, R, T>(
    text: &str,
    command: impl Fn(&str) -> Result<C, ScriptErrorKind>,
    reply: impl Fn(&str) -> Result<R, ScriptErrorKind>,
    made: impl Fn(usize, C, Result<R, LinkError>) -> T,
) -> Result<Vec<T>, ScriptError> {
    let mut steps = Vec::new();
    let mut open: Option<(usize, C)> = None;
    for (line, text) in (1..).zip(text.lines()) {
        let text = text.trim();
        let fail = |kind| ScriptError { line, kind };
        let mut characters = text.chars();
        let (mark, content) = (characters.next(), characters.as_str());
        match mark {
            None | Some('#') => {}
            Some('>') => {
                if let Some((line, _)) = open {
                    return Err(ScriptError { line, kind: ScriptErrorKind::Unanswered });
                }
                open = Some((line, command(content).map_err(fail)?));
            }
            Some('<' | '!') => {
                let (line, command) = open.take().ok_or(fail(ScriptErrorKind::Unasked))?;
                let answer = match mark {
                    Some('<') => Ok(reply(content).map_err(fail)?),
                    _ => Err(failure(content).ok_or(fail(ScriptErrorKind::Unknown))?),
                };
                steps.push(made(line, command, answer));
            }
            Some(_) => return Err(fail(ScriptErrorKind::Unknown)),
        }
    }
    match open {
        Some((line, _)) => Err(ScriptError { line, kind: ScriptErrorKind::Unanswered }),
        None => Ok(steps),
    }
}

/// An APDU of which the payload may be its length alone.
struct Measured {
    /// What is written of it; of a command that was scrubbed whole, nothing.
    seen: ArrayVec<u8, MAX_COMMAND>,
    length: usize,
}

impl Measured {
    fn command(content: &str) -> Result<Self, ScriptErrorKind> {
        let command = Self::read(content, MAX_COMMAND)?;
        if command.length == 0 { Err(ScriptErrorKind::Length) } else { Ok(command) }
    }

    fn reply(content: &str) -> Result<Self, ScriptErrorKind> {
        let reply = Self::read(content, MAX_REPLY)?;
        if reply.length < 2 { Err(ScriptErrorKind::Length) } else { Ok(reply) }
    }

    fn read(content: &str, most: usize) -> Result<Self, ScriptErrorKind> {
        let (mut seen, mut length) = (ArrayVec::new(), 0_usize);
        for word in content.split_whitespace() {
            let payload = word.strip_prefix('[').and_then(|word| word.strip_suffix(']'));
            if let Some(payload) = payload {
                let payload: usize = payload.parse().map_err(|_| ScriptErrorKind::Hex)?;
                // Behind the header stands how long it is, in a byte that is not written.
                let own = usize::from(seen.len() == HEADER);
                length = length.saturating_add(payload).saturating_add(own);
            } else {
                let decoded = hex::decode(word).map_err(|_| ScriptErrorKind::Hex)?;
                length = length.saturating_add(decoded.len());
                seen.try_extend_from_slice(&decoded).map_err(|_| ScriptErrorKind::Length)?;
            }
        }
        if length > most { Err(ScriptErrorKind::Length) } else { Ok(Self { seen, length }) }
    }

    /// The status word at the end of a response.
    fn status(&self) -> Option<StatusWord> {
        self.seen.last_chunk().map(|status| StatusWord(u16::from_be_bytes(*status)))
    }
}

/// Class, instruction, P1 and P2.
const HEADER: usize = 4;

/// How a script spells the failures of a link.
const FAILURES: [(&str, LinkError); 3] = [
    ("card-removed", LinkError::CardRemoved),
    ("answer-too-long", LinkError::AnswerTooLong),
    ("no-status-word", LinkError::NoStatusWord),
];

fn failure(word: &str) -> Option<LinkError> {
    FAILURES.iter().find(|(name, _)| *name == word.trim()).map(|(_, error)| *error)
}

/// The word for a failure. A replay's own failures count as a card that was removed.
pub(super) fn word(error: LinkError) -> &'static str {
    FAILURES.iter().find(|(_, known)| *known == error).map_or("card-removed", |(name, _)| name)
}

fn reply(content: &str) -> Result<ReplyBuf, ScriptErrorKind> {
    let reply = bytes::<MAX_REPLY>(content)?;
    if reply.len() < 2 { Err(ScriptErrorKind::Length) } else { Ok(reply) }
}

/// Hex digits in pairs, with or without white space between the pairs.
fn bytes<const N: usize>(content: &str) -> Result<ArrayVec<u8, N>, ScriptErrorKind> {
    let mut out = ArrayVec::new();
    for word in content.split_whitespace() {
        if word.starts_with('[') {
            return Err(ScriptErrorKind::Scrubbed);
        }
        let decoded = hex::decode(word).map_err(|_| ScriptErrorKind::Hex)?;
        out.try_extend_from_slice(&decoded).map_err(|_| ScriptErrorKind::Length)?;
    }
    Ok(out)
}

/// A script may hold the payloads of a test card, so only its length shows.
impl fmt::Debug for Script {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Script({} exchanges)", self.steps.len())
    }
}

impl fmt::Debug for Step {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let reply = self.reply.as_ref().map_or(0, ArrayVec::len);
        write!(f, "Step(line {}, {} bytes, {reply} bytes)", self.line, self.command.len())
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn two_lines_are_an_exchange_and_comments_are_nothing() {
        let text =
            "# who\n\n  > 9060 0000 00\n# between\n< 04 01 91AF\n> 90AF000000\n! card-removed";
        let script = Script::parse(text).unwrap();
        let steps: Vec<_> =
            script.steps().iter().map(|step| (step.line(), step.command(), step.reply())).collect();
        let get_version = &[0x90, 0x60, 0x00, 0x00, 0x00][..];
        let go_on = &[0x90, 0xAF, 0x00, 0x00, 0x00][..];
        assert_eq!(
            steps,
            [
                (3, get_version, Ok(&[0x04, 0x01, 0x91, 0xAF][..])),
                (6, go_on, Err(LinkError::CardRemoved))
            ]
        );
        assert_eq!(format!("{script:?}"), "Script(2 exchanges)");
        assert_eq!(format!("{:?}", script.steps()[0]), "Step(line 3, 5 bytes, 4 bytes)");
    }

    #[test]
    fn an_error_names_its_line() {
        let long = format!("> 90\n< {}", "00 ".repeat(259));
        for (text, message) in [
            ("hello", "line 1: neither a command, nor an answer, nor a comment"),
            ("> 90\n! gone", "line 2: neither a command, nor an answer, nor a comment"),
            ("\n> 9", "line 2: not pairs of hex digits"),
            ("> 90 6 0", "line 1: not pairs of hex digits"),
            ("> 90\n< é0", "line 2: not pairs of hex digits"),
            (">", "line 1: too many or too few bytes for a short APDU"),
            ("> 90\n< 91", "line 2: too many or too few bytes for a short APDU"),
            (&*long, "line 2: too many or too few bytes for a short APDU"),
            ("#\n> 90\n#\n> 91", "line 2: the command has no answer"),
            ("> 90", "line 1: the command has no answer"),
            ("> 90\n< 9100\n< 9100", "line 3: the answer has no command"),
            (
                "> 90 3D 00 00 [54] 00\n< 91 AF",
                "line 1: the payload was scrubbed: this script can be read, not replayed",
            ),
        ] {
            assert_eq!(Script::parse(text).unwrap_err().to_string(), message, "{text}");
        }
    }

    #[test]
    fn exchanges_are_the_same_scrubbed_or_not() {
        let whole = "> 90 3D 00 00 03 AA BB CC 00\n< 01 02 91 AF\n> 90 60 00 00 00\n! card-removed";
        let scrubbed = "> 90 3D 00 00 [3] 00\n< [2] 91 AF\n> 90 60 00 00 00\n! card-removed";
        let exchanges = Script::exchanges(whole).unwrap();
        assert_eq!(Script::exchanges(scrubbed).unwrap(), exchanges);
        let shown: Vec<_> = exchanges.iter().map(ToString::to_string).collect();
        assert_eq!(shown, ["3D   9   4 91AF", "60   5   0 ----"]);
        let odd = Script::exchanges("> [7]\n< 91 00").unwrap();
        assert_eq!(odd[0].to_string(), "--   7   2 9100");
        for text in ["> [x]\n< 91 00", "> [99999]\n< 91 00", ">\n< 91 00", "> 90\n< [1]"] {
            assert!(Script::exchanges(text).is_err(), "{text}");
        }
    }

    proptest! {
        #[test]
        fn any_text_is_a_script_or_an_error_with_a_line_of_it(text in "(?s:[><!# \n\r\t0-9A-Fa-zé\\[\\]]{0,80}|.{0,60})") {
            let lines = text.lines().count();
            match Script::parse(&text) {
                Ok(script) => prop_assert!(script.steps().len() * 2 <= lines),
                Err(error) => prop_assert!((1..=lines).contains(&error.line)),
            }
            match (Script::exchanges(&text), Script::parse(&text)) {
                (Ok(exchanges), Ok(script)) => {
                    let lengths = script.steps().iter().map(|step| {
                        (step.command().len(), step.reply().map_or(0, <[u8]>::len))
                    });
                    let shown = exchanges.iter().map(|one| (one.sent, one.received));
                    prop_assert!(shown.eq(lengths));
                }
                (Ok(_), Err(error)) => prop_assert_eq!(error.kind, ScriptErrorKind::Scrubbed),
                (Err(error), parsed) => {
                    prop_assert!(parsed.is_err());
                    prop_assert!((1..=lines).contains(&error.line));
                }
            }
        }
    }
}
