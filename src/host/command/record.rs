// SPDX-License-Identifier: MIT OR Apache-2.0
//! Record files: ReadRecords `BB`, WriteRecord `3B`, UpdateRecord `DB`, ClearRecordFile `EB`; in one APDU
//! ReadRecords `AB`, WriteRecord `8B`, UpdateRecord `BA`.

use super::data::ANOTHER_MODE;
use super::{Command, Data, Extent, Reply, says_nothing};
use crate::bytes::u24_le;
use crate::host::answer::Answer;
use crate::host::error::{Error, Misbehaviour, Misuse};
use crate::host::file::File;
use crate::host::rule::Mode::{File as OfFile, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Session};
use crate::secret::Secret;
use crate::wire::{CommMode, Ins, KeyNo, Status};

/// ReadRecords.
#[derive(Debug)]
pub(crate) struct ReadRecords {
    rule: &'static Rule,
    header: [u8; 7],
    mode: CommMode,
    size: usize,
    extent: Extent,
}

impl ReadRecords {
    /// skjolber `testAES2`, `test3K3DES2`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ReadRecords)
        .in_application()
        .travels([Plain, OfFile], [OfFile, OfFile])
        .hints(READING)
        .or_whole(&Self::WHOLE);

    /// The same on chips that answer in one piece (AN12343 table 33).
    pub(in crate::host) const WHOLE: Rule = Rule::new(Ins::ReadRecordsIso)
        .in_application()
        .travels([Plain, OfFile], [OfFile, OfFile])
        .hints(READING)
        .whole();

    /// `count` records up to the `newest`th, or all older ones too where `count` is 0; `key` has
    /// authenticated.
    pub(crate) fn new(
        file: &File,
        newest: u32,
        count: u32,
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        let layout = file.layout()?;
        let mode = file.read_mode(key)?;
        if newest >= layout.max.get() || count > layout.max.get() {
            return Err(Misuse::OutsideFile);
        }
        let bytes = |bytes: u32| usize::try_from(bytes).map_err(|_| Misuse::OutsideFile);
        let size = bytes(layout.size.bytes())?;
        let wanted = match bytes(count)? {
            0 => size.saturating_mul(bytes(layout.max.get() - newest)?),
            count => size.saturating_mul(count),
        };
        // More than one APDU holds goes in frames, where the card has such.
        let whole =
            file.is_whole() || (file.reads_whole(mode, wanted) && wanted <= file.most_read(mode));
        let (rule, most) = match whole {
            true => (&Self::WHOLE, file.most_read(mode)),
            false => (&Self::RULE, usize::MAX),
        };
        let extent = match bytes(count)? {
            // All that are as old or older.
            0 => Extent::UpTo(wanted.min(most)),
            _ => Extent::Told(wanted),
        };
        if extent.most() > most {
            return Err(Misuse::Parts);
        }
        Ok(Self { rule, header: file.header(newest, count), mode, size, extent })
    }
}

impl Command for ReadRecords {
    type Output = Secret<Vec<u8>>;

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }

    fn extent(&self) -> Extent {
        self.extent
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        let found = reply.data.len();
        if found == 0 || !found.is_multiple_of(self.size) {
            return Err(Misbehaviour::Length { found });
        }
        Ok(Secret::new(reply.data.to_vec()))
    }
}

/// WriteRecord.
#[derive(Debug)]
pub(crate) struct WriteRecord<'a> {
    rule: &'static Rule,
    header: [u8; 7],
    mode: CommMode,
    data: Data<'a>,
}

impl<'a> WriteRecord<'a> {
    /// libfreefare (belief); AN12343 for EV2 (no bytes).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::WriteRecord)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(WRITING)
        .or_whole(&Self::WHOLE);

    /// The same on chips that take it in one piece (AN12343 table 32).
    pub(in crate::host) const WHOLE: Rule = Rule::new(Ins::WriteRecordIso)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(WRITING)
        .whole();

    /// Writes from `offset` into the record that the transaction appends; `key` has authenticated.
    pub(crate) fn new(
        file: &File,
        offset: u32,
        data: &'a [u8],
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite);
        }
        let length = u32::try_from(data.len()).map_err(|_| Misuse::OutsideFile)?;
        let header = file.record_range(offset, length)?;
        let mode = file.write_mode(key)?;
        if file.is_whole() && data.len() > file.most_written(mode, header.len()) {
            return Err(Misuse::Parts);
        }
        let fits = data.len() <= file.most_written(mode, header.len());
        let whole =
            file.is_whole() || (fits && file.writes_whole(mode, (header.len(), data.len())));
        let rule = if whole { &Self::WHOLE } else { &Self::RULE };
        Ok(Self { rule, header, mode, data: Data::Sensitive(data) })
    }
}

impl Command for WriteRecord<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        self.data
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }
}

/// UpdateRecord.
#[derive(Debug)]
pub(crate) struct UpdateRecord<'a> {
    rule: &'static Rule,
    header: [u8; 10],
    mode: CommMode,
    data: Data<'a>,
}

impl<'a> UpdateRecord<'a> {
    /// Proxmark3, liblogicalaccess (belief).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::UpdateRecord)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(UPDATING)
        .or_whole(&Self::WHOLE);

    /// MF2DL(H)x0 data sheet (no bytes). EV2 and EV3 take this form beside the one in frames.
    pub(in crate::host) const WHOLE: Rule = Rule::new(Ins::UpdateRecordIso)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(UPDATING)
        .whole();

    /// Writes from `offset` into the `record`th counted back from the newest; `key` has authenticated.
    pub(crate) fn new(
        file: &File,
        (record, offset): (u32, u32),
        data: &'a [u8],
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        if data.is_empty() {
            return Err(Misuse::NothingToWrite);
        }
        if record >= file.layout()?.max.get() {
            return Err(Misuse::OutsideFile);
        }
        let length = u32::try_from(data.len()).map_err(|_| Misuse::OutsideFile)?;
        let [no, within @ ..] = file.record_range(offset, length)?;
        let [o0, o1, o2, l0, l1, l2] = within;
        let [r0, r1, r2] = u24_le(record);
        let header = [no, r0, r1, r2, o0, o1, o2, l0, l1, l2];
        // The right of ClearRecordFile.
        let mode = file.credit_mode(key)?;
        if file.is_whole() && data.len() > file.most_written(mode, header.len()) {
            return Err(Misuse::Parts);
        }
        let fits = data.len() <= file.most_written(mode, header.len());
        let whole =
            file.is_whole() || (fits && file.writes_whole(mode, (header.len(), data.len())));
        let rule = if whole { &Self::WHOLE } else { &Self::RULE };
        Ok(Self { rule, header, mode, data: Data::Sensitive(data) })
    }
}

impl Command for UpdateRecord<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        self.data
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }
}

/// Likely causes where records are read.
const READING: &[(Status, &str)] =
    &[(Status::BoundaryError, " (fewer records than that)"), (Status::LengthError, ANOTHER_MODE)];

/// Likely causes where a record is appended.
const WRITING: &[(Status, &str)] = &[
    (Status::IntegrityError, ANOTHER_MODE),
    (Status::LengthError, ANOTHER_MODE),
    (Status::BoundaryError, " (the file is full, or the record shorter)"),
    (
        Status::PermissionDenied,
        " (frozen by rights, or the file is being cleared or a record of it changed: commit first)",
    ),
];

/// Likely causes where a record is changed.
const UPDATING: &[(Status, &str)] = &[
    (Status::IntegrityError, ANOTHER_MODE),
    (Status::LengthError, ANOTHER_MODE),
    (Status::BoundaryError, " (fewer records than that, or the record is shorter)"),
    (
        Status::PermissionDenied,
        " (frozen by rights, or the file is being cleared or another record of it written: commit first)",
    ),
];

/// ClearRecordFile.
#[derive(Debug)]
pub(crate) struct ClearRecordFile {
    header: [u8; 1],
}

impl ClearRecordFile {
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ClearRecordFile).in_application();

    /// Removes all records; `key` has authenticated.
    pub(crate) fn new(file: &File, key: Option<KeyNo>) -> Result<Self, Misuse> {
        file.layout()?;
        file.credit_mode(key)?;
        Ok(Self { header: [file.no().into()] })
    }
}

impl Command for ClearRecordFile {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

impl<A: Auth> Session<'_, App, A> {
    /// ReadRecords: `count` records, the oldest first, of which the last is the `newest`th counted
    /// back from the newest (0). A count of 0 asks for all that are older too.
    ///
    /// Request: file number, newest (3), count (3). Reply: the records one after the other, in the
    /// file's mode where the session's key may read (skjolber/desfire-tools-for-android; in one APDU NXP
    /// AN12343, table 33).
    ///
    /// # Errors
    /// [`Error`]; `BE` where there are fewer. [`Misuse::NoRight`], [`Misuse::FileKind`], and
    /// [`Misuse::Parts`] where one APDU cannot carry so many, before anything is sent.
    pub fn read_records(
        &mut self,
        file: &File,
        newest: u32,
        count: u32,
    ) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        self.talk.run(&ReadRecords::new(file, newest, count, self.talk.key_no())?)
    }
}
