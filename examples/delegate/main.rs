// SPDX-License-Identifier: MIT OR Apache-2.0
//! The half of a card's owner in delegated applications: permissions for others, and cards that take them.

mod arguments;
#[path = "../shared/issuer.rs"]
mod issuer;
#[path = "../shared/keep.rs"]
mod keep;
#[path = "../shared/key_file.rs"]
mod key_file;
#[path = "../shared/owner.rs"]
mod owner;
mod owner_keys;
mod prepare;
#[path = "../shared/private.rs"]
mod private;
#[path = "../shared/read.rs"]
mod read;
#[cfg_attr(feature = "pcsc", path = "../shared/reader.rs")]
#[cfg_attr(not(feature = "pcsc"), path = "../shared/no_reader.rs")]
mod reader;
#[path = "../shared/result.rs"]
mod result;
#[path = "../shared/say.rs"]
mod say;
#[path = "../shared/state.rs"]
mod state;
#[path = "../shared/whole.rs"]
mod whole;

use std::error::Error;
use std::io::Write as _;
use std::path::Path;
use std::process::ExitCode;
use std::time::SystemTime;

use cardwright::encode::{Permission, delegated_application};
use cardwright::host::delegated::DelegatedApplication;
use cardwright::keys::Purpose;
use cardwright::profile::{Day, Profile};
use clap::Parser;
use rand::Rng;
use rand::rngs::StdRng;
use zeroize::Zeroizing;

use arguments::{Action, Arguments};
use owner_keys::OwnerKeys;
use prepare::Keys;

fn main() -> ExitCode {
    let done = match Arguments::parse().action {
        Action::Permit(asked) => permit(&asked, false),
        Action::Delete(asked) => permit(&asked, true),
        Action::Prepare { from, card_profile, card } => prepare(&from, &card_profile, &card),
    };
    match done {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            let refused = error.is::<cardwright::host::Error>() || error.is::<prepare::OtherKey>();
            say::ended(&*error, if refused { 1 } else { 2 })
        }
    }
}

/// Makes a permission, and tells what it is for.
fn permit(asked: &arguments::Permission, deletes: bool) -> Result<(), Box<dyn Error>> {
    let from = &asked.from;
    let (profile, application) = delegated(&from.profile)?;
    let keys = key_file::open(&from.keys, &from.secret)?;
    let owner = OwnerKeys::read(from, &*keys)?.into_delegation()?;
    let permission = if deletes {
        Permission::deletion(owner.permit_deletion(application.aid)?, asked.expires)
    } else {
        let start = owner_keys::start(&profile, &*keys)?;
        let (mut rng, mut random): (StdRng, _) = (rand::make_rng(), Zeroizing::new([0; 7]));
        rng.fill_bytes(&mut *random);
        Permission::creation(owner.permit(&application, &start, &random)?, asked.expires)
    };
    keep(&asked.out, &permission)?;
    if Day::of_clock(SystemTime::now()).is_some_and(|today| asked.expires < today) {
        say::say(&format!(
            "warning: {} is over, so that nobody uses the permission",
            asked.expires
        ));
    }
    let DelegatedApplication { aid, slot, slot_version, quota, .. } = application;
    let what = match deletes {
        true => format!("application {aid} may be deleted"),
        false => format!(
            "application {aid} may be created in slot {slot}, version {slot_version}, with {quota} blocks of 32 bytes"
        ),
    };
    let (expires, out) = (asked.expires, asked.out.display());
    result::write(&format!("{what}, until {expires}: {out}, a secret\n"), false)?;
    Ok(())
}

/// Writes a permission into a file of its owner's that was not there.
fn keep(path: &Path, permission: &Permission) -> Result<(), String> {
    let told =
        |error: std::io::Error| format!("{}: {error}; the permission is not kept", path.display());
    let mut file = private::create_new(path).map_err(|error| {
        if error.kind() != std::io::ErrorKind::AlreadyExists {
            return told(error);
        }
        format!(
            "{}: the file is there already, and a permission is written over none: name another one with --out, or \
             take this one away if no station uses it",
            path.display()
        )
    })?;
    let kept = file.write_all(permission.text().as_bytes()).and_then(|()| file.sync_all());
    if let Err(error) = kept.and_then(|()| private::sync_directory_of(path)) {
        // Half a permission is none, and still a secret.
        let _ = std::fs::remove_file(path);
        return Err(told(error));
    }
    Ok(())
}

/// Sets the keys of a card, and keeps the state of a software card.
fn prepare(
    from: &arguments::From,
    card_profile: &Path,
    at: &arguments::Card,
) -> Result<(), Box<dyn Error>> {
    let (profile, _) = delegated(&from.profile)?;
    let card_profile = read::profile(card_profile)?;
    let file = key_file::open(&from.keys, &from.secret)?;
    let owner = OwnerKeys::read(from, &*file)?;
    let purpose = file.purpose();
    let keys = Keys { profile: &profile, card_profile: &card_profile, store: &*file, owner };
    match &at.state {
        Some(_) if purpose == Purpose::Live => {
            let why = "these keys are marked live, and this is a software card; use test keys";
            return Err(format!("{}: {why}", from.keys.display()).into());
        }
        Some(path) => {
            let mut random: StdRng = rand::make_rng();
            let mut card = state::load(path, None, random.next_u64())?;
            keys.set(card.in_field().lend())?;
            keep::save(path, &card, purpose)?;
        }
        None => {
            let reader = at.reader.as_deref().unwrap_or_default();
            reader::with_card(reader, at.wait, |card| keys.set(card))?;
        }
    }
    result::write("the card takes delegated applications\n", false)?;
    Ok(())
}

/// A profile, and its delegated application.
fn delegated(path: &Path) -> Result<(Profile, DelegatedApplication), String> {
    let profile = read::profile(path)?;
    let application = delegated_application(&profile).ok_or_else(|| {
        format!("{}: no application of the profile has delegated = {{ … }}", path.display())
    })?;
    Ok((profile, application))
}
