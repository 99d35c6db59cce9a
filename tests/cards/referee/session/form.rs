// SPDX-License-Identifier: MIT OR Apache-2.0
//! How commands and replies travel in each messaging.

/// A secure messaging.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Speech {
    D40,
    Ev1,
    Ev2,
}

/// How data travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Form {
    Plain,
    Mac,
    Full,
}

impl Form {
    pub(crate) const fn of_byte(byte: u8) -> Self {
        match byte & 0x03 {
            0x01 => Self::Mac,
            0x03 => Self::Full,
            _ => Self::Plain,
        }
    }
}

/// How a command and its reply travel, and how many bytes of the command stand in clear.
pub(crate) const fn forms(how: Speech, ins: u8, file: Form) -> (Form, Form, usize) {
    let ev2 = matches!(how, Speech::Ev2);
    let bare = if ev2 { Form::Mac } else { Form::Plain };
    let of_file = if ev2 { file } else { Form::Plain };
    match ins {
        0x54 => (Form::Full, bare, 0),
        0xC4 | 0x5C => (Form::Full, bare, 1),
        0x5F | 0x0C | 0xDC | 0x1C => (file, of_file, 1),
        0x3D | 0x3B | 0x8D | 0x8B => (file, of_file, 7),
        0xC6 => (Form::Full, bare, 2),
        0xCE => (Form::Full, bare, 5),
        0xBD | 0xBB | 0xAD | 0xAB => (of_file, file, 7),
        0x6C => (of_file, file, 1),
        0x51 => (bare, Form::Full, 0),
        _ => (bare, bare, 0),
    }
}
