// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a reader sees that has a few of the profile's keys.

use std::error::Error;
use std::fmt;
use std::fs::File;
use std::io::Read;
use std::path::Path;
use std::process::ExitCode;

use cardwright::profile::{Profile, Record, Records};
use cardwright::survey::{By, Door, DoorFile, ReaderKeys, Sight, Worst, door};
use cardwright::transport::Transport;
use rand::rngs::StdRng;
use serde::Serialize;
use zeroize::Zeroizing;

use crate::ODD;
use crate::arguments::Arguments;
use crate::keys::Keys;
use crate::read::at;
use crate::result;
use crate::seen::{Contents, Field, Seen};
use crate::table::Rows;
use crate::words;

/// The keys of a reader, and the records of which one may be the card's.
pub(crate) struct Asked<'k> {
    profile: &'k Profile,
    keys: ReaderKeys<'k>,
    records: Option<Vec<Record>>,
}

impl<'k> Asked<'k> {
    pub(crate) fn new(arguments: &Arguments, keys: &'k Keys) -> Result<Self, Box<dyn Error>> {
        let profile = &keys.profile;
        let records = arguments.records.as_ref().map(|path| records(path, profile)).transpose()?;
        let keys = ReaderKeys::new(profile, &*keys.store, &arguments.reader_keys);
        Ok(Self { profile, keys: keys.map_err(|error| format!("--as: {error}"))?, records })
    }

    /// Looks at a card as the reader does.
    pub(crate) fn show(
        &self,
        arguments: &Arguments,
        card: &mut dyn Transport,
        sight: Sight,
    ) -> Result<ExitCode, Box<dyn Error>> {
        let mut rng: StdRng = rand::make_rng();
        let seen = door(card, sight, &self.keys, &mut rng, arguments.exchanges);
        let view = View::of(&seen, arguments, self);
        let json = arguments.json;
        let text =
            if json { serde_json::to_string_pretty(&view)? + "\n" } else { view.to_string() };
        result::write(&text, json)?;
        let fits = matches!(view.record, Whose::NotAsked | Whose::Nothing | Whose::Record(_));
        let read = matches!(seen.worst, Worst::Read | Worst::Refused);
        Ok(if read && seen.opens() && fits { ExitCode::SUCCESS } else { ExitCode::from(ODD) })
    }
}

/// The records of a file, those with a mistake left out.
fn records(path: &Path, profile: &Profile) -> Result<Vec<Record>, Box<dyn Error>> {
    let most = u64::try_from(Records::MOST_BYTES)?.saturating_add(1);
    let mut bytes = Zeroizing::new(Vec::new());
    let read = File::open(path).and_then(|file| file.take(most).read_to_end(&mut bytes));
    read.map_err(|error| at(path, &error))?;
    let ending = path.extension().and_then(|ending| ending.to_str());
    let records = Records::read(profile, profile.import(), ending, &bytes);
    Ok(records.map_err(|error| at(path, &error))?.entries.into_iter().flatten().collect())
}

/// What the reader sees, as it goes into the table and the JSON.
#[derive(Serialize)]
struct View {
    /// The names of the keys that the reader has.
    keys: Vec<String>,
    version: Seen<()>,
    /// The UID that goes into card keys, where the reader knows it.
    real_uid: Option<String>,
    /// Keys of the reader's that could not be made for this card, and why.
    failed: Vec<String>,
    record: Whose,
    files: Vec<Seeing>,
    exchanges: u32,
}

/// Whose card it is, as far as the reader sees.
#[derive(Serialize)]
#[serde(rename_all = "kebab-case")]
enum Whose {
    /// No records were given.
    NotAsked,
    /// It reads nothing that tells records apart.
    Nothing,
    /// This record's, by its reference.
    Record(String),
    /// None of so many records.
    NoneOf(usize),
    /// Several records hold the same.
    Several(Vec<String>),
}

/// A file, and what the reader sees of it.
#[derive(Serialize)]
struct Seeing {
    application: String,
    no: u8,
    /// What opens it, in words.
    by: String,
    contents: Seen<Contents>,
    fields: Vec<Field>,
}

impl View {
    fn of(seen: &Door, arguments: &Arguments, asked: &Asked<'_>) -> Self {
        let files = seen.applications.iter().flat_map(|application| {
            let aid = application.aid.to_string();
            application.files.iter().map(move |file| Seeing::of(aid.clone(), file))
        });
        Self {
            keys: arguments.reader_keys.clone(),
            version: Seen::of(&seen.version, |_| ()),
            real_uid: seen.real_uid.as_ref().map(|uid| hex::encode_upper(uid.expose())),
            record: asked
                .records
                .as_ref()
                .map_or(Whose::NotAsked, |records| Whose::of(seen, asked.profile, records)),
            failed: seen.failed.iter().map(ToString::to_string).collect(),
            files: files.collect(),
            exchanges: seen.exchanges,
        }
    }
}

impl Whose {
    fn of(seen: &Door, profile: &Profile, records: &[Record]) -> Self {
        let name =
            |record: &Record| record.reference().unwrap_or("one without a reference").to_owned();
        let mut found = Vec::new();
        for record in records {
            match seen.shows(profile, record) {
                None => return Self::Nothing,
                Some(true) => found.push(name(record)),
                Some(false) => {}
            }
        }
        match (found.pop(), found.is_empty()) {
            (None, _) => Self::NoneOf(records.len()),
            (Some(only), true) => Self::Record(only),
            (Some(last), false) => {
                found.push(last);
                Self::Several(found)
            }
        }
    }
}

impl Seeing {
    fn of(application: String, file: &DoorFile) -> Self {
        let by = match &file.by {
            By::Key(name) => format!("opened by key `{name}`"),
            By::Anybody => "open to anybody".to_owned(),
            By::Others(names) if names.is_empty() => "read by nobody".to_owned(),
            By::Others(names) => {
                format!("opened by key `{}`, which the reader has not got", names.join("` or `"))
            }
        };
        let told = file.fields.iter();
        let told = told.map(|told| Field {
            name: told.name.clone(),
            value: told.value.expose_secret().clone(),
        });
        let contents = Seen::of(&file.contents, words::contents);
        Self { application, no: file.no.into(), by, contents, fields: told.collect() }
    }
}

impl<T> Seen<T> {
    /// Why there is no value.
    fn why(&self) -> Option<&str> {
        match self {
            Self::Is(_) => None,
            Self::Closed(why) | Self::Lost(why) | Self::Gone(why) | Self::Odd { why, .. } => {
                Some(why)
            }
        }
    }
}

impl fmt::Display for View {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut rows = Rows::default();
        rows.add("a reader with", self.keys.join(", "));
        if let Some(why) = self.version.why() {
            rows.add("version", why);
        }
        rows.add("real UID", self.real_uid.as_deref().unwrap_or("no key of the reader fetched it"));
        for failure in &self.failed {
            rows.add("not made", failure);
        }
        rows.add(
            "the card of",
            match &self.record {
                Whose::NotAsked => "not looked at: no --records".to_owned(),
                Whose::Nothing => {
                    "nobody that it could tell: it reads nothing of a record".to_owned()
                }
                Whose::Record(name) => format!("record {name}"),
                Whose::NoneOf(count) => format!("none of {count} records"),
                Whose::Several(names) => format!("any of the records {}", names.join(", ")),
            },
        );
        for file in &self.files {
            rows.add(format!("{} file {}", file.application, file.no), file.by.clone());
            match file.contents.why() {
                Some(why) => rows.add("  not seen", why),
                None => {
                    for field in &file.fields {
                        rows.add(format!("  {}", field.name), field.value.clone());
                    }
                }
            }
        }
        write!(f, "{rows}")
    }
}
