// SPDX-License-Identifier: MIT OR Apache-2.0
//! Makes key files, shows what is in them by check values, encrypts them, and brings keys into them.

mod arguments;
mod ceremony;
mod component;
mod entry;
mod exported;
mod imported;
mod kept;
#[path = "../shared/key_file.rs"]
mod key_file;
mod made;
#[path = "../shared/owner.rs"]
mod owner;
#[path = "../shared/private.rs"]
mod private;
mod protection;
#[path = "../shared/read.rs"]
mod read;
#[path = "../shared/result.rs"]
mod result;
mod rotated;
#[path = "../shared/say.rs"]
mod say;
#[cfg_attr(not(feature = "age"), path = "no_sealing.rs")]
mod sealing;
mod shown;
#[path = "../shared/table.rs"]
mod table;
mod target;
#[path = "../shared/uid.rs"]
mod uid;
#[path = "../shared/whole.rs"]
mod whole;

use std::io::{self, IsTerminal as _};
use std::path::Path;
use std::process::ExitCode;

use clap::Parser;

use arguments::{Action, Arguments, SealTo};
use key_file::{KeysSecret, asked};
use sealing::Seal;

fn main() -> ExitCode {
    let mut arguments = Arguments::parse();
    // Whoever pipes lines in is asked line by line.
    arguments.action.secret().from_pipes = true;
    let done = match &arguments.action {
        Action::Make(asked) => made::make(asked),
        Action::Ceremony(asked) => ceremony::hold(asked),
        Action::Show(asked) => shown::show(asked),
        Action::Export(asked) => exported::export(asked),
        Action::Import(asked) => imported::import(asked),
        Action::Encrypt { file, out, to, secret } => encrypt(file, out, to, secret),
        Action::Decrypt { file, to_terminal: _, secret } => decrypt(file, secret),
        Action::Rotate { file, yes, to, secret } => rotated::rotate(file, *yes, to, secret),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => say::ended(&*Box::<dyn std::error::Error>::from(error), 2),
    }
}

impl Action {
    const fn secret(&mut self) -> &mut KeysSecret {
        match self {
            Self::Make(asked) => &mut asked.secret,
            Self::Ceremony(asked) => &mut asked.secret,
            Self::Show(asked) => &mut asked.secret,
            Self::Export(asked) => &mut asked.secret,
            Self::Import(asked) => &mut asked.secret,
            Self::Encrypt { secret, .. }
            | Self::Decrypt { secret, .. }
            | Self::Rotate { secret, .. } => secret,
        }
    }
}

/// Encrypts a key file into another one.
fn encrypt(path: &Path, out: &Path, to: &SealTo, secret: &KeysSecret) -> Result<(), String> {
    kept::must_be_free(out)?;
    let text = kept::clear(path)?;
    let seal = Seal::asked_for(to, secret)?;
    kept::make(out, &text, Some(&seal)).map_err(|error| format!("{}: {error}", path.display()))?;
    let told = format!("{}: encrypted; {} stays in the clear\n", out.display(), path.display());
    result::write(&told, false)
}

/// Shows the text of an encrypted key file to whoever asks twice.
fn decrypt(path: &Path, secret: &KeysSecret) -> Result<(), String> {
    if !io::stdout().is_terminal() {
        let why = "the text goes to a terminal only, and this is none";
        return Err(format!("{}: {why}", path.display()));
    }
    let text = key_file::text(path, secret)?.text;
    let answer = asked::line("every key will stand on this screen in the clear: type yes")?;
    if *answer != "yes" {
        return Err(format!("{}: nobody said yes: nothing is shown", path.display()));
    }
    result::write(&text, false)
}
