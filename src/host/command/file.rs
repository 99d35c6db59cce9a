// SPDX-License-Identifier: MIT OR Apache-2.0
//! Files and their settings: GetFileIDs `6F`, GetISOFileIDs `61`, GetFileSettings `F5`,
//! CreateStdDataFile `CD`, CreateBackupDataFile `CB`, CreateValueFile `CC`, CreateLinearRecordFile
//! `C1`, CreateCyclicRecordFile `C0`, ChangeFileSettings `5F`, DeleteFile `DF`.

use arrayvec::ArrayVec;

use super::{Command, Data, Extent, Reply, says_nothing};
use crate::bytes::{Cursor, DecodeError};
use crate::host::answer::Answer;
use crate::host::dynamic::SdmSettings;
use crate::host::error::{Error, Misbehaviour, Misuse};
use crate::host::file::File;
use crate::host::rule::Mode::{File as OfFile, Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Session};
use crate::wire::{
    AccessRights, CommMode, FileDetails, FileNo, FileReport, FileSettings, FileType, FurtherRights,
    Ins, IsoFileId, KeyNo, NewFile, Sdm, Status,
};

/// GetFileIDs.
#[derive(Debug)]
pub(crate) struct GetFileIds;

impl GetFileIds {
    /// `RFDoorLock` `GetFileIDs`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetFileIds).in_application();
}

impl Command for GetFileIds {
    type Output = Vec<FileNo>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(32)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Vec<FileNo>, Misbehaviour> {
        let number =
            |(at, &no)| FileNo::new(no).ok_or_else(|| DecodeError::invalid("file IDs", at, no));
        Ok(reply.data.iter().enumerate().map(number).collect::<Result<_, _>>()?)
    }
}

/// GetISOFileIDs.
#[derive(Debug)]
pub(crate) struct GetIsoFileIds;

impl GetIsoFileIds {
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetIsoFileIds).in_application();
}

impl Command for GetIsoFileIds {
    type Output = Vec<IsoFileId>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(64)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Vec<IsoFileId>, Misbehaviour> {
        let mut cursor = Cursor::new("ISO file IDs", reply.data);
        let mut ids = Vec::with_capacity(reply.data.len() / 2);
        while cursor.remaining() > 0 {
            let wire = cursor.array()?;
            let [_, high] = wire;
            ids.push(IsoFileId::from_wire(wire).ok_or_else(|| cursor.invalid(high))?);
        }
        Ok(ids)
    }
}

/// GetFileSettings.
#[derive(Debug)]
pub(crate) struct GetFileSettings {
    header: [u8; 1],
}

impl GetFileSettings {
    /// `RFDoorLock` `GetFileSettings`; AN12196 5.4.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetFileSettings).in_application();

    /// Of one file.
    pub(crate) fn new(no: FileNo) -> Self {
        Self { header: [no.into()] }
    }
}

impl Command for GetFileSettings {
    type Output = FileReport;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    /// Secure dynamic messaging makes it longer than EV1's chips tell, and still shorter than this.
    fn extent(&self) -> Extent {
        Extent::UpTo(128)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<FileReport, Misbehaviour> {
        Ok(FileReport::decode(reply.data)?)
    }
}

/// GetFileSettings, read as any generation answers.
#[derive(Debug)]
pub(crate) struct GetFileDetails(GetFileSettings);

impl GetFileDetails {
    /// Of one file.
    pub(crate) fn new(no: FileNo) -> Self {
        Self(GetFileSettings::new(no))
    }
}

impl Command for GetFileDetails {
    type Output = FileDetails;

    fn rule(&self) -> &'static Rule {
        &GetFileSettings::RULE
    }

    fn header(&self) -> &[u8] {
        self.0.header()
    }

    fn extent(&self) -> Extent {
        self.0.extent()
    }

    fn decode(&self, reply: Reply<'_>) -> Result<FileDetails, Misbehaviour> {
        Ok(FileDetails::decode(reply.data)?)
    }
}

/// GetFileCounters.
#[derive(Debug)]
pub(crate) struct GetFileCounters {
    header: [u8; 1],
}

impl GetFileCounters {
    /// NTAG 424 DNA captures in ntag424; the plain form outside of EV2 sessions is belief.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetFileCounters)
        .in_application()
        .travels([Plain, Plain], [Mac, Full])
        .hints(&[(Status::PermissionDenied, " (the file has no secure dynamic messaging?)")]);

    /// Of one file.
    pub(super) fn new(no: FileNo) -> Self {
        Self { header: [no.into()] }
    }
}

impl Command for GetFileCounters {
    type Output = u32;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn extent(&self) -> Extent {
        Extent::Told(5)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<u32, Misbehaviour> {
        let mut cursor = Cursor::new("file counters", reply.data);
        let counter = cursor.u24_le()?;
        for _ in 0..2 {
            let reserved = cursor.u8()?;
            if reserved != 0x00 {
                return Err(cursor.invalid(reserved).into());
            }
        }
        cursor.finish()?;
        Ok(counter)
    }
}

/// One of the five Create…File commands. It shows nowhere: a value file starts with its value.
pub(crate) struct CreateFile {
    rule: &'static Rule,
    header: ArrayVec<u8, 33>,
}

impl CreateFile {
    /// `RFDoorLock` `CreateStdDataFile`; Proxmark3 (belief for EV2).
    pub(in crate::host) const STANDARD: Rule = Self::row(Ins::CreateStdDataFile);
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const BACKUP: Rule = Self::row(Ins::CreateBackupDataFile);
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const VALUE: Rule = Self::row(Ins::CreateValueFile);
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const LINEAR: Rule = Self::row(Ins::CreateLinearRecordFile);
    /// libfreefare (belief); Proxmark3 (belief for EV2).
    pub(in crate::host) const CYCLIC: Rule = Self::row(Ins::CreateCyclicRecordFile);

    const fn row(ins: Ins) -> Rule {
        Rule::new(ins).in_application().slow()
    }

    /// The kind of file decides the instruction.
    pub(crate) fn new(no: FileNo, new: &NewFile) -> Self {
        let rule = match new.settings.kind.file_type() {
            FileType::Standard => &Self::STANDARD,
            FileType::Backup => &Self::BACKUP,
            FileType::Value => &Self::VALUE,
            FileType::LinearRecord => &Self::LINEAR,
            FileType::CyclicRecord => &Self::CYCLIC,
        };
        let mut header = ArrayVec::new();
        header.push(no.into());
        header.extend(new.encode());
        Self { rule, header }
    }
}

impl Command for CreateFile {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        self.rule
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

/// ChangeFileSettings.
#[derive(Debug)]
pub(crate) struct ChangeFileSettings {
    header: [u8; 1],
    mode: CommMode,
    data: ArrayVec<u8, { Self::MOST }>,
}

impl ChangeFileSettings {
    /// libfreefare (belief); AN12343 table 11; AN12196, tables 18 and 19. In clear where everybody may change.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::ChangeFileSettings)
        .in_application()
        .travels([OfFile, Plain], [OfFile, OfFile])
        .hints(&[
            (
                Status::ParameterError,
                " (settings that this chip or file cannot have: keys, places, a limit that was \
                 reached)",
            ),
            (
                Status::PermissionDenied,
                " (nobody may change this file, or it cannot have secure dynamic messaging: on an \
                 NTAG 424 DNA only file 2 can)",
            ),
        ]);

    /// The longest data: option, rights, seven further sets with their number, secure dynamic messaging.
    const MOST: usize = 3 + 1 + 2 * FurtherRights::MOST + Sdm::MOST;

    /// Another mode, other rights, and other secure dynamic messaging than `file` has; `key` has
    /// authenticated. The kind of file is not looked at.
    pub(crate) fn new(file: &File, new: &FileSettings, key: Option<KeyNo>) -> Result<Self, Misuse> {
        let mut data = ArrayVec::new();
        data.push(new.option());
        data.extend(new.rights.to_wire());
        data.extend(new.further.encode());
        data.extend(new.sdm.iter().flat_map(Sdm::encode));
        Ok(Self { header: [file.no().into()], mode: file.change_mode(key)?, data })
    }

    /// Other settings of a kind that has its own: option, rights and what belongs to them.
    pub(super) fn raw(file: &File, data: &[u8], key: Option<KeyNo>) -> Result<Self, Misuse> {
        let data = data.iter().copied().take(Self::MOST).collect();
        Ok(Self { header: [file.no().into()], mode: file.change_mode(key)?, data })
    }

    /// The same with settings that were held to what the chip checks.
    pub(crate) fn dynamic(
        file: &File,
        new: &SdmSettings,
        key: Option<KeyNo>,
    ) -> Result<Self, Misuse> {
        if new.settings().kind != file.settings().kind {
            return Err(Misuse::FileKind);
        }
        Self::new(file, new.settings(), key)
    }
}

impl Command for ChangeFileSettings {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        Data::Plain(&self.data)
    }

    fn file_mode(&self) -> CommMode {
        self.mode
    }
}

/// DeleteFile.
#[derive(Debug)]
pub(crate) struct DeleteFile {
    header: [u8; 1],
}

impl DeleteFile {
    /// `RFDoorLock` `DeleteFile`; Proxmark3 (belief for EV2).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::DeleteFile).in_application().slow();

    /// The file that goes.
    pub(crate) fn new(no: FileNo) -> Self {
        Self { header: [no.into()] }
    }
}

impl Command for DeleteFile {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }
}

impl<A: Auth> Session<'_, App, A> {
    /// GetFileIDs: the files of the application, in an order that means nothing. Needs the
    /// application's master key unless listing is free.
    ///
    /// Request: nothing. Reply: file numbers (1 each) (`RFDoorLock`, the worked CMAC step of `6F`).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn file_ids(&mut self) -> Result<Answer<Vec<FileNo>>, Error> {
        self.talk.run(&GetFileIds)
    }

    /// GetFileSettings: kind, mode and rights of a file, and its state as far as they show it. Needs the application's master
    /// key unless listing is free.
    ///
    /// Request: file number. Reply: as [`FileReport::decode`] says (`RFDoorLock`
    /// `GetFileSettings(ID= 5)`; AN12196 5.4).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file.
    pub fn file_settings(&mut self, no: FileNo) -> Result<Answer<FileReport>, Error> {
        self.talk.run(&GetFileSettings::new(no))
    }

    /// GetFileSettings of a file that may be of any generation and anybody's: further sets of rights,
    /// secure dynamic messaging and transaction MAC files are read too, and what is unknown is kept.
    ///
    /// Request: file number. Reply: as [`FileDetails::decode`] says (a real EV2 in flipperzero-firmware
    /// issue 3338; NTAG 424 DNA captures in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file.
    pub fn file_details(&mut self, no: FileNo) -> Result<Answer<FileDetails>, Error> {
        self.talk.run(&GetFileDetails(GetFileSettings::new(no)))
    }

    /// CreateStdDataFile, CreateBackupDataFile, CreateValueFile, CreateLinearRecordFile or
    /// CreateCyclicRecordFile, by the kind. The new file is all zero, has its first value, or no
    /// record. Plain [`FileSettings`](crate::wire::FileSettings) do where it has no ISO identifier.
    ///
    /// Request: file number, then as [`NewFile::encode`] says. Reply: nothing (`RFDoorLock`
    /// `CreateStdDataFile(ID= 5, Size= 80)`; the others have their form in libfreefare's sources).
    ///
    /// # Errors
    /// [`Error`]; `DE` where it exists, `0E` without memory, `AE` where the application's master
    /// key has to authenticate first.
    pub fn create_file(
        &mut self,
        no: FileNo,
        new: impl Into<NewFile>,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&CreateFile::new(no, &new.into()))
    }

    /// GetISOFileIDs: the ISO identifiers of the files, in an order that means nothing. Needs the
    /// application's master key unless listing is free.
    ///
    /// Request: nothing. Reply: identifiers (2 each, least significant byte first) (libfreefare's
    /// sources; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `AE` where the master key has to authenticate first.
    pub fn iso_file_ids(&mut self) -> Result<Answer<Vec<IsoFileId>>, Error> {
        self.talk.run(&GetIsoFileIds)
    }

    /// ChangeFileSettings: another communication mode and other rights for `file`, whose present
    /// settings decide how the command travels: enciphered under the key that has the change right,
    /// in clear where everybody has it. The file has neither further rights nor secure dynamic messaging
    /// afterwards.
    ///
    /// Request: file number, then mode (1) and rights (2). Reply: nothing (libfreefare's sources;
    /// no published bytes for EV1).
    ///
    /// # Errors
    /// [`Error`]; [`Misuse::NoRight`] before anything is sent where another key or nobody has the
    /// change right.
    pub fn change_file_settings(
        &mut self,
        file: &File,
        mode: CommMode,
        rights: AccessRights,
    ) -> Result<Answer<()>, Error> {
        self.change_further_rights(file, mode, rights, FurtherRights::NONE)
    }

    /// [`Session::change_file_settings`] with further sets of rights (EV2, EV3): whoever has a right in any set
    /// has it, and where only everybody's right grants an access, that goes in clear. Who may change the settings
    /// stands in `rights` alone. With secure dynamic messaging, [`Session::set_dynamic_messaging`] sets them too.
    ///
    /// Request: file number, then option (1, of which bit 7 says that there are such sets), rights (2), their
    /// number (1) and each of them (2). Reply: nothing (liblogicalaccess, another host library for EV3; no
    /// published bytes).
    ///
    /// # Errors
    /// As [`Session::change_file_settings`]; `9E` for a key that the application does not have.
    pub fn change_further_rights(
        &mut self,
        file: &File,
        mode: CommMode,
        rights: AccessRights,
        further: FurtherRights,
    ) -> Result<Answer<()>, Error> {
        let new = FileSettings { mode, rights, further, sdm: None, ..*file.settings() };
        self.talk.run(&ChangeFileSettings::new(file, &new, self.talk.key_no())?)
    }

    /// ChangeFileSettings with secure dynamic messaging, whose read counter begins again at 0. The
    /// settings were held to what the chip checks; `file` has the settings that it has now. Without
    /// secure dynamic messaging, [`Session::change_file_settings`] switches it off.
    ///
    /// Request: file number, then option (1) and rights (2), further rights where there are any, and the block
    /// of [`Sdm::encode`]. Reply: nothing (NXP AN12196, tables 18 and 19).
    ///
    /// # Errors
    /// [`Error`]; `9E` where the chip finds something that nobody outside can know, `9D` where the file
    /// cannot have it. [`Misuse::FileKind`] where the settings are for a file of another size,
    /// [`Misuse::SdmCipher`] for the other cipher than the session's, [`Misuse::NoRight`] where another key
    /// or nobody has the change right: nothing is sent then.
    pub fn set_dynamic_messaging(
        &mut self,
        file: &File,
        new: &SdmSettings,
    ) -> Result<Answer<()>, Error> {
        if self.talk.sdm_cipher().is_some_and(|cipher| cipher != new.cipher()) {
            return Err(Misuse::SdmCipher.into());
        }
        self.talk.run(&ChangeFileSettings::dynamic(file, new, self.talk.key_no())?)
    }

    /// GetFileCounters: how often the file was read with secure dynamic messaging. A DESFire EV3
    /// has the command; older cards answer `1C`.
    ///
    /// Request: file number. Reply: counter (3, least significant byte first), reserved (2, zero);
    /// in an EV2 session enciphered (NTAG 424 DNA captures in the crate ntag424), else plain
    /// (NXP NT4H2421Gx product data sheet, GetFileCounters; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file, `9D` where it has no secure dynamic messaging or
    /// keeps its counter from everybody, `AE` where another key may ask.
    pub fn file_counters(&mut self, no: FileNo) -> Result<Answer<u32>, Error> {
        self.talk.run(&GetFileCounters::new(no))
    }

    /// DeleteFile. Its memory comes back only when the card is formatted.
    ///
    /// Request: file number. Reply: nothing (`RFDoorLock` `DeleteFile(ID= 5)`).
    ///
    /// # Errors
    /// [`Error`]; `F0` where there is no such file, `AE` where the application's master key has to
    /// authenticate first.
    pub fn delete_file(&mut self, no: FileNo) -> Result<Answer<()>, Error> {
        self.talk.run(&DeleteFile::new(no))
    }
}

#[cfg(test)]
mod tests {
    use crate::host::Error;
    use crate::host::session::{Public, Session};
    use crate::host::testing::Script;
    use crate::wire::{
        AccessRights, CommMode, FileKind, FileNo, FileSettings, FileSize, RecordCount,
        RecordLayout, ValueLimits,
    };

    /// A counter whose bytes are not alike, outside of a session.
    #[test]
    fn a_file_counter_is_three_bytes_low_first_and_two_zeros() {
        let application = ("905A000003 2081F4 00", "9100");
        let ask = |reply: &str| {
            let mut script = Script::new([application, ("90F6000001 1F 00", reply)]);
            let aid = "F48120".parse().unwrap();
            let mut session = Session::open(&mut script).select_application(aid).unwrap();
            session.file_counters(FileNo::new(0x1F).unwrap())
        };
        assert_eq!(ask("030201 0000 9100").unwrap().value, 0x0001_0203);
        for reply in ["030201 9100", "030201 0001 9100", "030201 000000 9100"] {
            assert!(matches!(ask(reply), Err(Error::Misbehaved { .. })), "{reply}");
        }
        let refused = ask("919D").unwrap_err().to_string();
        assert!(refused.ends_with("(the file has no secure dynamic messaging?)"), "{refused}");
    }

    #[test]
    fn the_kind_of_file_decides_the_instruction() {
        let size = FileSize::new(0x0001_0203).unwrap();
        let mut limits = ValueLimits::new(-100, 9).unwrap();
        limits.limited_credit = true;
        let layout = RecordLayout { size, max: RecordCount::new(10).unwrap() };
        let (mode, rights) = (CommMode::Mac, AccessRights::from_wire([0x54, 0x12]));
        for (kind, command) in [
            (FileKind::Standard { size }, "90CD000007 1F 01 5412 030201 00"),
            (FileKind::Backup { size }, "90CB000007 1F 01 5412 030201 00"),
            (FileKind::Value(limits), "90CC000011 1F 01 5412 9CFFFFFF 09000000 00000000 01 00"),
            (FileKind::LinearRecord(layout), "90C100000A 1F 01 5412 030201 0A0000 00"),
            (FileKind::CyclicRecord(layout), "90C000000A 1F 01 5412 030201 0A0000 00"),
        ] {
            let mut script = Script::new([("905A000003 2081F4 00", "9100"), (command, "9100")]);
            let aid = "F48120".parse().unwrap();
            let mut session: Session<'_, _, Public> =
                Session::open(&mut script).select_application(aid).unwrap();
            let no = FileNo::new(0x1F).unwrap();
            assert!(session.create_file(no, FileSettings::new(kind, mode, rights)).is_ok());
            drop(session);
            script.assert_used_up();
        }
    }
}
