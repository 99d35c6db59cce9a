// SPDX-License-Identifier: MIT OR Apache-2.0
//! Lines that somebody types unseen.

use std::fs::File;
use std::io::{self, IsTerminal, Read};

use zeroize::Zeroizing;

use crate::say::say;

/// Whether somebody can be asked.
pub(crate) fn is_terminal() -> bool {
    io::stdin().is_terminal()
}

/// Asks for a line: from a terminal, which does not show it, or from whatever standard input is.
pub(crate) fn line(what: &str) -> Result<Zeroizing<String>, String> {
    say(&format!("{what}:"));
    read().map_err(|error| format!("{what}: {error}"))
}

/// More than a line of anything that is asked for here.
const MOST: usize = 4096;

fn read() -> io::Result<Zeroizing<String>> {
    #[cfg(not(target_os = "linux"))]
    if is_terminal() {
        return console::Term::stderr().read_secure_line().map(Zeroizing::new);
    }
    #[cfg(target_os = "linux")]
    let _unseen = unseen::Unseen::start()?;
    let mut line = Zeroizing::new(Vec::with_capacity(MOST));
    let mut input = input()?;
    let mut ends = false;
    while !ends {
        ends = take(&mut input, &mut line)?;
    }
    // No copy stays behind: it is as long as it may get from the beginning.
    String::from_utf8(core::mem::take(&mut *line)).map(Zeroizing::new).map_err(|error| {
        drop(Zeroizing::new(error.into_bytes()));
        io::Error::other("this is no text in UTF-8")
    })
}

/// Takes what one key gives, and says whether the line ends with it. Whoever hides what is typed
/// also does what the terminal does else: rub out, begin anew, give up.
fn take(input: &mut File, line: &mut Vec<u8>) -> io::Result<bool> {
    let mut byte = Zeroizing::new([0]);
    if input.read(&mut *byte)? == 0 {
        return if line.is_empty() { Err(nothing()) } else { Ok(true) };
    }
    let [byte] = *byte;
    match byte {
        b'\n' => return Ok(true),
        b'\r' => return Ok(is_terminal()),
        0x03 if is_terminal() => return Err(io::Error::other("given up")),
        0x04 if is_terminal() => {
            return if line.is_empty() { Err(nothing()) } else { Ok(true) };
        }
        0x08 | 0x7F if is_terminal() => {
            while line.pop().is_some_and(|rubbed| rubbed & 0xC0 == 0x80) {}
        }
        0x15 if is_terminal() => line.clear(),
        _ if line.len() == MOST => return Err(io::Error::other("this line is too long")),
        _ => line.push(byte),
    }
    Ok(false)
}

fn nothing() -> io::Error {
    io::Error::other("nothing was typed: standard input is at its end")
}

/// Standard input without the buffer that keeps what was read of it.
#[cfg(unix)]
fn input() -> io::Result<File> {
    use std::os::fd::AsFd;
    io::stdin().as_fd().try_clone_to_owned().map(File::from)
}

/// Standard input without the buffer that keeps what was read of it.
#[cfg(windows)]
fn input() -> io::Result<File> {
    use std::os::windows::io::AsHandle;
    io::stdin().as_handle().try_clone_to_owned().map(File::from)
}

#[cfg(target_os = "linux")]
mod unseen {
    use std::io;

    use nix::sys::termios::{LocalFlags, SetArg, Termios, tcgetattr, tcsetattr};

    /// A terminal that shows nothing of what is typed, until this is dropped.
    pub(super) struct Unseen(Option<Termios>);

    impl Unseen {
        pub(super) fn start() -> io::Result<Self> {
            if !super::is_terminal() {
                return Ok(Self(None));
            }
            let before = tcgetattr(io::stdin())?;
            let mut unseen = before.clone();
            // Signals too: a program that ends here would leave the terminal as it is now.
            unseen.local_flags &=
                !(LocalFlags::ECHO | LocalFlags::ECHONL | LocalFlags::ICANON | LocalFlags::ISIG);
            tcsetattr(io::stdin(), SetArg::TCSANOW, &unseen)?;
            Ok(Self(Some(before)))
        }
    }

    impl Drop for Unseen {
        fn drop(&mut self) {
            if let Some(before) = &self.0 {
                let _ = tcsetattr(io::stdin(), SetArg::TCSANOW, before);
            }
        }
    }
}
