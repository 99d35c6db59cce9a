// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a profile could do with fewer exchanges, where that is sure before any card is seen.

use core::fmt;

use crate::encode::forecast::cut;
use crate::encode::plan::rights;
use crate::host::command::Command;
use crate::host::command::data::{ReadData, WriteData};
use crate::host::command::record::{ReadRecords, WriteRecord};
use crate::host::{FRAME, File, Protection};
use crate::profile::{Application, FileSpec, Profile, Verify};
use crate::wire::{
    self, AccessRights, Aid, CommMode, FileKind, FileNo, FileSettings, FileSize, Generation, KeyNo,
    Messaging, Opening, RecordCount, RecordLayout,
};

/// A file whose contents take exchanges for the sake of a few bytes: what they become with
/// checksum, MAC and padding does not fit the frames that a little less would.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Hint {
    /// The application.
    pub aid: Aid,
    /// The file.
    pub file: FileNo,
    /// The messaging in which it is so.
    pub messaging: Messaging,
    /// Whether the length is that of a record; else of the file's contents.
    pub record: bool,
    /// How long that is now, in bytes.
    pub length: usize,
    /// The longest that would do with fewer exchanges, in bytes.
    pub instead: usize,
    /// How many exchanges that would save with each card, read-back included.
    pub saves: usize,
}

impl fmt::Display for Hint {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { aid, file, messaging, record, length, instead, saves } = self;
        let what = if *record { "records" } else { "contents" };
        let exchanges = if *saves == 1 { "exchange" } else { "exchanges" };
        write!(
            f,
            "file {file} of application {aid}: {what} of {instead} bytes instead of {length} would \
             save {saves} {exchanges} with each card in {messaging} messaging"
        )
    }
}

/// What a profile could do with fewer exchanges, in each messaging that it names.
#[must_use]
pub fn hints(profile: &Profile) -> Vec<Hint> {
    let mut hints = Vec::new();
    for application in profile.applications() {
        for file in &application.files {
            for &messaging in profile.messaging() {
                hints.extend(hint(profile, application, file, messaging));
            }
        }
    }
    hints
}

fn hint(
    profile: &Profile,
    application: &Application,
    file: &FileSpec,
    messaging: Messaging,
) -> Option<Hint> {
    let contents = file.content.as_ref()?.length();
    let layout = match file.settings.kind {
        FileKind::Standard { .. } | FileKind::Backup { .. } => None,
        FileKind::LinearRecord(layout) | FileKind::CyclicRecord(layout) => Some(layout),
        FileKind::Value(_) => return None,
    };
    let length = layout.map_or(Some(contents), |layout| layout.size.bytes().try_into().ok())?;
    let count = contents.checked_div(length)?;
    let protection =
        Protection::of(Opening::of(application.key_type, messaging), application.key_type);
    let frame = |one: &Generation| one.silicon().frame;
    let tightest = profile.chips().iter().copied().min_by_key(frame);
    let generation = tightest.unwrap_or(Generation::Ev3);
    let reads =
        profile.verify() >= Verify::ReadBack && rights::readable(application, &file.settings);
    let (mode, record) = (file.settings.mode, layout.is_some());
    let access = Access { mode, protection, generation, record, reads };
    let now = access.exchanges(count, length);
    // One block less is all that a few bytes can do.
    let shorter = (length.saturating_sub(BLOCK).max(1)..length).rev();
    let fewer = |length: &usize| access.exchanges(count, *length) < now;
    let instead = shorter.into_iter().find(fewer)?;
    let saves = now.saturating_sub(access.exchanges(count, instead));
    let (aid, file, record) = (application.aid, file.no, access.record);
    Some(Hint { aid, file, messaging, record, length, instead, saves })
}

/// How a file is written and read.
struct Access {
    mode: CommMode,
    protection: Protection,
    generation: Generation,
    record: bool,
    reads: bool,
}

impl Access {
    /// How many exchanges so many writes of this length take, with what reads them back.
    fn exchanges(&self, count: usize, length: usize) -> usize {
        let contents = vec![0x00; length];
        let key = Some(KeyNo::MASTER);
        let exchanges = || {
            let file = self.file(count, length)?;
            let (written, read) = if self.record {
                let write = WriteRecord::new(&file, 0, &contents, key).ok()?;
                let read = ReadRecords::new(&file, 0, 0, key).ok()?;
                (self.measure(&write, 0), self.measure(&read, length.saturating_mul(count)))
            } else {
                let write = WriteData::new(&file, 0, &contents, key).ok()?;
                let read = ReadData::new(&file, 0, u32::try_from(length).ok()?, key).ok()?;
                (self.measure(&write, 0), self.measure(&read, 0))
            };
            let read = if self.reads { read } else { 0 };
            Some(written.saturating_mul(count).saturating_add(read))
        };
        exchanges().unwrap_or_default()
    }

    fn measure<C: Command>(&self, command: &C, expected: usize) -> usize {
        cut::apdus(self.protection, (self.generation, FRAME), command, expected).len()
    }

    /// A file of so many records, or of data of this length, that one key reads and writes.
    fn file(&self, count: usize, length: usize) -> Option<File> {
        let size = FileSize::new(u32::try_from(length).ok()?)?;
        let kind = if self.record {
            let max = RecordCount::new(u32::try_from(count).ok()?)?;
            FileKind::LinearRecord(RecordLayout { size, max })
        } else {
            FileKind::Standard { size }
        };
        let own = wire::Access::Key(KeyNo::MASTER);
        let rights = AccessRights { read: own, write: own, read_write: own, change: own };
        let no = FileNo::new(0)?;
        Some(File::declared(no, FileSettings::new(kind, self.mode, rights)))
    }
}

/// The longest block of a cipher.
const BLOCK: usize = 16;

#[cfg(test)]
mod tests {
    use super::*;

    const DOOR: &str = include_str!("../../../examples/data/profiles/door.toml");

    fn told(text: &str) -> Vec<String> {
        hints(&Profile::parse(text).unwrap()).iter().map(ToString::to_string).collect()
    }

    /// With the header, 28 bytes and a checksum fill a frame in EV1 messaging; 31 bytes, a marker and
    /// a MAC one in EV2 messaging, where the MAC of a longer reply takes a frame of its own.
    #[test]
    fn a_few_bytes_that_cost_a_frame_are_told() {
        assert_eq!(told(DOOR), [""; 0]);
        let longer = DOOR.replace("size = 28", "size = 32");
        assert_ne!(longer, DOOR);
        let line = |(file, saving): (u8, &str)| {
            format!("file {file} of application F48120: contents of {saving} messaging")
        };
        let ev1 = "28 bytes instead of 32 would save 1 exchange with each card in ev1";
        let ev2 = "31 bytes instead of 32 would save 1 exchange with each card in ev2";
        assert_eq!(told(&longer), [(0, ev2), (0, ev1), (1, ev2), (1, ev1)].map(line));
    }

    /// Three records are three times a frame too many.
    #[test]
    fn records_save_as_often_as_they_are_written() {
        let records = "{ constant = \"ascii:A\" }";
        let records = format!("records = [[{records}], [{records}], [{records}]]\n");
        let file = format!(
            "\n[[application.file]]\nno = 2\ntype = \"linear-record\"\nrecord_size = 32\n\
             max_records = 3\nmode = \"full\"\nread = \"read\"\nwrite = \"master\"\n{records}"
        );
        let text = DOOR.replacen("verify = \"read-back\"", "verify = \"mac\"", 1) + &file;
        let hints = hints(&Profile::parse(&text).unwrap());
        let found: Vec<_> =
            hints.iter().map(|hint| (hint.record, hint.instead, hint.saves)).collect();
        assert_eq!(found, [(true, 31, 3), (true, 28, 3)]);
    }
}
