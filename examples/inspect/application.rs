// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reads one application: keys, settings, files and the contents that are open.

use cardwright::host::{self, App, Auth, Error, Session};
use cardwright::key::CardKey;
use cardwright::wire::{
    Access, Aid, CommMode, FileKind, FileNo, FileReport, FileState, IsoDf, KeyNo,
};

use crate::look::{Look, opened, shown};
use crate::seen::{Application, Contents, File, FileSettings, Key, Opens, Seen, Settings};

/// Reads the application.
pub(crate) fn look(
    look: &mut Look<'_>,
    aid: Aid,
    iso: Option<&IsoDf>,
) -> Result<Application, Error> {
    let mut keys = Vec::new();
    let mut opening = Vec::new();
    for no in (0..14).map_while(KeyNo::new) {
        let version = look.application(aid)?.key_version(no);
        let version = Seen::of(version.map(|answer| answer.value.0))?;
        if version.value().is_none() {
            break;
        }
        let opens = match look.key(aid, no) {
            None => Opens::NotTried,
            Some(key) if opened(look.secure(aid, no, &key).map(drop))? => {
                opening.push((no, key));
                Opens::Yes
            }
            Some(_) => Opens::No,
        };
        keys.push(Key { no: no.into(), version, opens });
    }
    let master = opening.iter().find(|(no, _)| *no == KeyNo::MASTER).map(|(_, key)| key);
    let settings = listed(look, aid, master, |session| session.settings())?;
    let files = match listed(look, aid, master, |session| session.files())? {
        Seen::Closed(why) => Seen::Closed(why),
        Seen::Is(numbers) => {
            let all = numbers.into_iter().map(|no| file(look, aid, no, master, &opening));
            Seen::Is(all.collect::<Result<_, _>>()?)
        }
    };
    Ok(Application {
        aid: aid.to_string(),
        iso_id: iso.map(|iso| iso.id.to_string()),
        df_name: iso.and_then(|iso| iso.name.as_ref()).map(ToString::to_string),
        keys,
        settings,
        files,
    })
}

fn file(
    look: &mut Look<'_>,
    aid: Aid,
    no: FileNo,
    master: Option<&CardKey>,
    opening: &[(KeyNo, CardKey)],
) -> Result<File, Error> {
    let report = listed(look, aid, master, |session| session.report(no))?;
    let contents = match report.value() {
        Some(report) => contents(look, aid, no, report, opening)?,
        None => Seen::Closed("its settings are not known".to_owned()),
    };
    let settings = match &report {
        Seen::Is(report) => Seen::Is(in_words(report)),
        Seen::Closed(why) => Seen::Closed(why.clone()),
    };
    Ok(File { no: no.into(), settings, contents })
}

/// Reads the contents with the first key that may, or with none where everybody may.
fn contents(
    look: &mut Look<'_>,
    aid: Aid,
    no: FileNo,
    report: &FileReport,
    opening: &[(KeyNo, CardKey)],
) -> Result<Seen<Contents>, Error> {
    let file = host::File::declared(no, report.settings);
    if report.state == (FileState::Records { current: 0 }) {
        return Ok(Seen::Is(Contents::Records { hex: Vec::new(), proof: host::Grade::Said }));
    }
    let rights = report.settings.rights;
    let mut reading = vec![rights.read, rights.read_write];
    if let FileKind::Value(_) = report.settings.kind {
        reading.push(rights.write);
    }
    let by_key = opening.iter().find(|(no, _)| reading.contains(&Access::Key(*no)));
    match by_key {
        Some((no, key)) => Seen::of(look.secure(aid, *no, key)?.contents(&file)),
        None => Seen::of(look.application(aid)?.contents(&file)),
    }
}

/// Something that may be free: asked without a key, then with the application's master key.
fn listed<T>(
    look: &mut Look<'_>,
    aid: Aid,
    master: Option<&CardKey>,
    read: impl Fn(&mut dyn Listing) -> Result<T, Error>,
) -> Result<Seen<T>, Error> {
    let free = Seen::of(read(&mut look.application(aid)?))?;
    match (free, master) {
        (Seen::Closed(_), Some(key)) => {
            Seen::of(read(&mut look.secure(aid, KeyNo::MASTER, key)?))
        }
        (free, _) => Ok(free),
    }
}

/// What a session in an application can read, whether or not a key has authenticated.
trait Listing {
    fn settings(&mut self) -> Result<Settings, Error>;
    fn files(&mut self) -> Result<Vec<FileNo>, Error>;
    fn report(&mut self, no: FileNo) -> Result<FileReport, Error>;
    fn contents(&mut self, file: &host::File) -> Result<Contents, Error>;
}

impl<A: Auth> Listing for Session<'_, App, A> {
    fn settings(&mut self) -> Result<Settings, Error> {
        let (settings, slots) = self.key_settings()?.value;
        Ok(shown(settings, slots))
    }

    fn files(&mut self) -> Result<Vec<FileNo>, Error> {
        Ok(self.file_ids()?.value)
    }

    fn report(&mut self, no: FileNo) -> Result<FileReport, Error> {
        Ok(self.file_settings(no)?.value)
    }

    fn contents(&mut self, file: &host::File) -> Result<Contents, Error> {
        let kind = file.settings().kind;
        if let Some(layout) = kind.records() {
            let answer = self.read_records(file, 0, 0)?;
            let size = usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX);
            let records = answer.value.expose_secret().chunks(size);
            let hex = records.map(hex::encode_upper).collect();
            return Ok(Contents::Records { hex, proof: answer.grade });
        }
        if let FileKind::Value(_) = kind {
            let answer = self.value(file)?;
            return Ok(Contents::Value { value: answer.value, proof: answer.grade });
        }
        let answer = self.read_data(file, 0, 0)?;
        let hex = hex::encode_upper(answer.value.expose_secret());
        Ok(Contents::Data { hex, proof: answer.grade })
    }
}

fn in_words(report: &FileReport) -> FileSettings {
    let settings = &report.settings;
    let (kind, extent) = match settings.kind {
        FileKind::Standard { size } => ("standard", format!("{} bytes", size.bytes())),
        FileKind::Backup { size } => ("backup", format!("{} bytes", size.bytes())),
        FileKind::Value(limits) => ("value", format!("{} to {}", limits.lower(), limits.upper())),
        FileKind::LinearRecord(layout) => ("linear records", records(layout, report)),
        FileKind::CyclicRecord(layout) => ("cyclic records", records(layout, report)),
        _ => ("unknown", String::new()),
    };
    let mode = match settings.mode {
        CommMode::Plain => "plain",
        CommMode::Mac => "mac",
        CommMode::Full => "full",
    };
    let rights = settings.rights;
    let [read, write, read_write, change] =
        [rights.read, rights.write, rights.read_write, rights.change].map(|right| match right {
            Access::Key(no) => format!("key {no}"),
            Access::Free => "free".to_owned(),
            Access::Never => "never".to_owned(),
        });
    FileSettings { kind, extent, mode, read, write, read_write, change }
}

fn records(layout: cardwright::wire::RecordLayout, report: &FileReport) -> String {
    let FileState::Records { current } = report.state else { return String::new() };
    format!("{current} of {} records, {} bytes each", layout.max.get(), layout.size.bytes())
}
