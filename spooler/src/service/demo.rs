// SPDX-License-Identifier: MIT OR Apache-2.0
//! The demonstration: four software readers with somebody at each, orders in plenty, books in a folder that
//! is gone afterwards. The keys are test keys, for anyone to read.

use core::time::Duration;
use std::sync::Arc;

use cardwright::{Job, KeyFile, Profile, Records};
use tempfile::TempDir;

use super::engine::{Engine, Setup};
use super::hopper::{Hopper, Pace, Pile};
use crate::error::Error;
use crate::seal::random_name;
use crate::spooler::{Put, Spooler};
use crate::store::Sqlite;
use crate::tenant::{Tenant, TenantKey};

/// How many cards are given out for it.
const CARDS: u32 = 1000;

/// How many orders are invented besides those of the file.
const INVENTED: u32 = 400;

/// How often somebody counts the blank ones.
const COUNTED: Duration = Duration::from_secs(2);

/// The lot that they are of, and who counts it.
const LOT: &str = "demo";

/// What the station is called.
const STATION: &str = "demo";

const READERS: [&str; 4] = ["A", "B", "C", "D"];

/// A demonstration that runs. The folder goes with it.
#[derive(Debug)]
#[non_exhaustive]
pub struct Demo {
    /// The station.
    pub engine: Engine,
    /// Its tenant's key.
    pub key: TenantKey,
    /// Where its books are.
    pub folder: TempDir,
}

/// Starts a demonstration.
///
/// # Errors
/// In words.
pub fn start() -> Result<Demo, String> {
    let folder = TempDir::with_prefix("cardwright-demo-").map_err(|error| error.to_string())?;
    let store = Sqlite::open(folder.path().join("orders.db")).map_err(|error| error.to_string())?;
    let key = TenantKey::new(random_name().map_err(|error| error.to_string())?);
    let spooler = Spooler::new(Arc::new(store), Tenant::new("demo", key.clone()));
    let profile = include_str!("../../../examples/data/profiles/door.toml");
    let profile = Profile::parse(profile).map_err(|error| error.to_string())?;
    let keys = include_str!("../../../examples/data/test-keys.toml");
    let keys = KeyFile::parse(keys).map_err(|error| error.to_string())?;
    spooler.issue(LOT, CARDS, LOT).map_err(|error| error.to_string())?;
    let job = Job::new(profile.clone(), &keys).map_err(|error| error.to_string())?;
    let mut setup = Setup::new(STATION);
    setup.jobs.push(Arc::new(job));
    setup.lot = Some(LOT.to_owned());
    let (mut hoppers, pile) = (Vec::new(), Pile::default());
    for name in READERS {
        let pace = Pace {
            exchange: Duration::from_millis(45),
            hand: Duration::from_millis(1200),
            mishaps: true,
        };
        let (reader, hopper) = Hopper::new(STATION, name, pace, &pile);
        setup.readers.push((Box::new(reader), Vec::new()));
        hoppers.push(hopper);
    }
    let engine = Engine::start(spooler, setup)?;
    for hopper in hoppers {
        hopper.start(&engine)?;
    }
    let (books, sight) = (engine.spooler().clone(), engine.sight());
    let keep = move || {
        // A demonstration that ends meanwhile takes its books away.
        let mut blank = i64::from(CARDS);
        let mut kept = fill(&books, &profile);
        while kept.is_ok() && sight.has_changed().is_ok() {
            std::thread::sleep(COUNTED);
            kept = count(&books, &mut blank).map_err(|error| error.to_string());
        }
    };
    let started = std::thread::Builder::new().name("books of the demonstration".to_owned());
    let _detached = started.spawn(keep).map_err(|error| error.to_string())?;
    Ok(Demo { engine, key, folder })
}

/// Somebody counts the blank cards that are left: what is not accounted for was taken off the pile.
fn count(spooler: &Spooler, blank: &mut i64) -> Result<(), Error> {
    let account = spooler.account(LOT)?;
    let left = *blank + account.not_accounted();
    if left == *blank {
        return Ok(());
    }
    *blank = left;
    spooler.counted(LOT, u32::try_from(left).unwrap_or_default(), LOT)
}

/// Puts the orders of the file, and more.
fn fill(spooler: &Spooler, profile: &Profile) -> Result<(), String> {
    let file = include_bytes!("../../../examples/data/door-records.csv");
    let mut invented = "id,facility,number,issue,valid_until,site\n".to_owned();
    for number in 1..=INVENTED {
        let (facility, site) =
            if number % 3 == 0 { (17, "South Gate") } else { (42, "North Gate") };
        invented += &format!("more-{number:04},{facility},{},1,20281231,{site}\n", 20_000 + number);
    }
    for bytes in [&file[..], invented.as_bytes()] {
        let records = Records::csv(profile, bytes).map_err(|error| error.to_string())?;
        let records: Vec<_> = records.entries.into_iter().flatten().collect();
        for some in records.chunks(20) {
            let put = |record: &cardwright::Record| {
                Put::new(format!("demo/{}", record.id()), profile, record.clone())
            };
            let puts: Vec<Put> = some.iter().map(put).collect();
            spooler.put_all(&puts).map_err(|(_, error)| error.to_string())?;
        }
    }
    Ok(())
}
