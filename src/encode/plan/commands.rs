// SPDX-License-Identifier: MIT OR Apache-2.0
//! The commands of a step as values: the runner sends them, the estimate measures them.

use crate::encode::plan::rights;
use crate::host::command::application::CreateApplication;
use crate::host::command::data::{ReadData, WriteData};
use crate::host::command::file::{ChangeFileSettings, CreateFile, DeleteFile};
use crate::host::command::key_set::{
    ChangeKeyOfSet, FinalizeKeySet, InitializeKeySet, KeySetNo, RollKeySet,
};
use crate::host::command::light::FileRename;
use crate::host::command::picc::SetConfiguration;
use crate::host::command::record::{ReadRecords, WriteRecord};
use crate::host::command::tag::ConfigureTag;
use crate::host::command::transaction_mac::CreateTransactionMacFile;
use crate::host::command::value::GetValue;
use crate::host::{
    CardConfiguration, CardSwitches, File, LegacyOff, Misuse, SdmCipher, TagConfiguration,
    TransactionMacSettings,
};
use crate::key::CardKey;
use crate::profile::{AppRef, Application, CardSetting, CardSettings, CardSpec, FileSpec, Profile};
use crate::wire::{
    Access, AccessRights, FileKind, FileNo, FileSettings, FileSize, FixedFile, FixedTransactionMac,
    IsoDf, KeyNo, KeySettings, NewFile, PiccConfiguration, ValueLimits,
};

/// An application with the settings that the rest of the plan needs, in key sets where
/// the chip has any.
pub(crate) fn create_application(
    profile: &Profile,
    at: AppRef,
    (settings, in_sets): (KeySettings, bool),
) -> Result<CreateApplication, Misuse> {
    let spec = &profile[at];
    let keys = spec.details(settings, profile.key_0(at).filter(|_| in_sets));
    CreateApplication::detailed(spec.aid, keys, spec.iso.as_ref())
}

/// The next key set, ready for keys of the application's type.
pub(crate) const fn initialize_set(spec: &Application) -> InitializeKeySet {
    InitializeKeySet::new(KeySetNo::FIRST, spec.key_type)
}

/// A key of the next set, in the place of the zeros that a set is made ready with.
pub(crate) fn change_key_of_set<'k>(
    no: KeyNo,
    new: &'k CardKey,
    zeros: &'k CardKey,
) -> Result<ChangeKeyOfSet<'k>, Misuse> {
    ChangeKeyOfSet::new(KeySetNo::FIRST, no, new, zeros)
}

/// The next key set closed, under the version of its key 0.
pub(crate) fn finalize_set(profile: &Profile, at: AppRef) -> Option<FinalizeKeySet> {
    profile.key_0(at).map(|key| FinalizeKeySet::new(KeySetNo::FIRST, key.version))
}

/// The next key set becomes the active one.
pub(crate) const fn roll_set() -> RollKeySet {
    RollKeySet::new(KeySetNo::FIRST)
}

/// A file with the settings that the rest of the plan needs. A value file starts with its contents. One that
/// will have secure dynamic messaging says so: none that does not can have it later (NXP AN12752).
pub(crate) fn create_file(file: &FileSpec, contents: &[u8]) -> CreateFile {
    let settings = FileSettings { sdm: file.settings.sdm, ..rights::at_first(file) };
    let new = NewFile { iso_id: file.iso_id, ..NewFile::new(settings) };
    let value = contents.try_into().map_or(new.value, i32::from_le_bytes);
    CreateFile::new(file.no, &NewFile { value, ..new })
}

/// What cannot be switched back, beside what the profile has of the switches that are written anew with it.
pub(crate) fn for_good(card: &CardSpec, set: PiccConfiguration) -> SetConfiguration<'static> {
    SetConfiguration::for_good_beside(set, switches(card))
}

fn switches(card: &CardSpec) -> CardSwitches {
    CardSwitches {
        legacy_random_uid: card.random_uid_of_ev1,
        nuid: card.told.nuid,
        ..CardSwitches::default()
    }
}

/// What nothing on a card shows; `None` where the profile does not say it.
pub(crate) fn tell(told: &CardSettings, setting: CardSetting) -> Option<SetConfiguration<'_>> {
    let again = |set| SetConfiguration::again(set);
    match setting {
        CardSetting::Ats => told.ats.as_ref().map(SetConfiguration::ats),
        CardSetting::Sak => told.sak.map(|sak| again(CardConfiguration::Sak(sak))),
        CardSetting::Atqa => told.atqa.map(|atqa| again(CardConfiguration::Atqa(atqa))),
        CardSetting::Nuid => told.nuid.then(|| {
            let switches = CardSwitches { nuid: true, ..CardSwitches::default() };
            again(CardConfiguration::Switches(switches))
        }),
        CardSetting::Name => told.name.as_ref().map(|name| again(CardConfiguration::Name(name))),
        CardSetting::ChainedWrites => {
            told.chained_writes_off.then(SetConfiguration::chained_writes_off)
        }
    }
}

/// No D40 and no EV1 messaging any more.
pub(crate) fn legacy_off() -> SetConfiguration<'static> {
    SetConfiguration::legacy_off(LegacyOff { d40: true, ev1: true, chained_writes: false })
}

/// Another name for an application that nobody creates.
pub(crate) fn rename(spec: &Application) -> Option<ConfigureTag> {
    let IsoDf { id, name } = spec.iso.as_ref()?;
    Some(ConfigureTag::application(name.as_ref()?, Some(*id)))
}

/// Another number for a file that nobody creates, and another identifier where it is to get one.
pub(crate) fn rename_file(file: &FileSpec) -> Option<ConfigureTag> {
    let name = file.renamed?;
    let iso_id = name.iso_id.filter(|id| file.iso_id != Some(*id));
    Some(ConfigureTag::files(&[(FileRename { from: file.no, to: name.no }, iso_id)]))
}

/// Limits and value of a file that comes with others, by the number that it has.
pub(crate) fn limit_file(no: FileNo, file: &FileSpec, contents: &[u8]) -> Option<ConfigureTag> {
    let FileKind::Value(limits) = file.settings.kind else { return None };
    let value = contents.try_into().map_or(0, i32::from_le_bytes);
    Some(ConfigureTag::value_file(no, &limits, value))
}

/// The wire is looked at, and its status told to whom the profile names.
pub(crate) fn watch_seal(spec: &Application) -> ConfigureTag {
    ConfigureTag::new(TagConfiguration::TagTamper(spec.seal.unwrap_or(Access::Free)))
}

/// Away with a file.
pub(crate) fn delete_file(file: &FileSpec) -> DeleteFile {
    DeleteFile::new(file.no)
}

/// The settings that a file is written with, from those that it has.
pub(crate) fn ready_file(
    (no, file): (FileNo, &FileSpec),
    from: FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    change(no, from, &rights::at_first(file), key)
}

/// A file's final settings, from those that it has.
pub(crate) fn settle_file(
    (no, file): (FileNo, &FileSpec),
    from: FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    change(no, from, &file.settings, key)
}

fn change(
    no: FileNo,
    from: FileSettings,
    to: &FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    ChangeFileSettings::new(&File::declared(no, from), to, key)
}

/// The contents of a data file, in as many commands as the card needs.
pub(crate) fn write<'a>(
    file: &File,
    contents: &'a [u8],
    key: Option<KeyNo>,
) -> Result<Vec<WriteData<'a>>, Misuse> {
    match contents {
        [] => Ok(Vec::new()),
        _ => WriteData::parts(file, 0, contents, key),
    }
}

/// The records of a file, one by one.
pub(crate) fn append<'a>(
    file: &File,
    records: &'a [u8],
    key: Option<KeyNo>,
) -> impl Iterator<Item = Result<WriteRecord<'a>, Misuse>> + use<'a> {
    let file = *file;
    let size =
        file.settings().kind.records().map_or(records.len(), |layout| {
            usize::try_from(layout.size.bytes()).unwrap_or(usize::MAX)
        });
    records.chunks(size.max(1)).map(move |record| WriteRecord::new(&file, 0, record, key))
}

/// What reads a file, as far as contents of a length can tell: its first bytes, in as many commands as the card
/// needs, all its records, or its value.
pub(crate) enum Read {
    Value(GetValue),
    Records(ReadRecords),
    Data(Vec<ReadData>),
}

/// Reads a file.
pub(crate) fn read(file: &File, length: u32, key: Option<KeyNo>) -> Result<Read, Misuse> {
    Ok(match file.settings().kind {
        FileKind::Value(_) => Read::Value(GetValue::new(file, key)?),
        FileKind::LinearRecord(_) | FileKind::CyclicRecord(_) => {
            Read::Records(ReadRecords::new(file, 0, 0, key)?)
        }
        FileKind::Standard { .. } | FileKind::Backup { .. } => {
            Read::Data(ReadData::parts(file, 0, length, key)?)
        }
    })
}

/// A file that is there from the factory gets the settings with which key 0 empties it.
pub(crate) fn take_file(
    no: FileNo,
    from: FileSettings,
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    change(no, from, &rights::while_emptied(from.kind), key)
}

/// And once it is empty those that it came with.
pub(crate) fn return_file(
    (no, made): (FileNo, &FixedFile),
    key: Option<KeyNo>,
) -> Result<ChangeFileSettings, Misuse> {
    change(no, rights::while_emptied(made.settings.kind), &made.settings, key)
}

/// The transaction MAC file that an application comes with, under a key of zeros.
pub(crate) fn create_transaction_mac(
    made: &FixedTransactionMac,
) -> Result<CreateTransactionMacFile, Misuse> {
    let key = CardKey::zero_aes();
    CreateTransactionMacFile::new(made.number, &transaction_mac_as_it_comes(made), &key)
}

/// What gives a transaction MAC file of the profile its limit; `None` where it has none.
pub(crate) fn limit_transactions(
    spec: &Application,
    key: Option<KeyNo>,
) -> Option<Result<ChangeFileSettings, Misuse>> {
    let (no, _, settings) = spec.keyed_transaction_mac()?;
    let limit = (Some(spec.transaction_limit()?), SdmCipher::Aes);
    Some(settings.replacing(&settings, no, limit, key))
}

/// Its settings as it comes.
pub(crate) const fn transaction_mac_as_it_comes(
    made: &FixedTransactionMac,
) -> TransactionMacSettings {
    let AccessRights { read, read_write: reader, change, .. } = made.rights;
    TransactionMacSettings { mode: made.mode, read, reader, change, sessions_only: false }
}

/// The same file, to read counter and MAC from.
pub(crate) fn transaction_mac(made: &FixedTransactionMac) -> File {
    transaction_mac_as_it_comes(made).file(made.number)
}

/// Where a value stops on its way to the one that it comes with, a commit at each: a chip tells everybody
/// how much was taken last, which shall be nobody's.
pub(crate) fn value_stops(limits: ValueLimits) -> impl Iterator<Item = i32> {
    let end = as_near_to_zero(limits);
    let above = end.checked_add(1).filter(|above| limits.holds(*above));
    above.into_iter().chain([end])
}

/// What a value file holds as it comes: 0, or what its limits have next to it.
pub(crate) fn as_near_to_zero(limits: ValueLimits) -> i32 {
    0.clamp(limits.lower(), limits.upper())
}

/// All that such a file holds as it comes.
pub(crate) fn as_it_comes(made: &FixedFile) -> Vec<u8> {
    let size = made.settings.kind.size().map_or(0, FileSize::bytes);
    let mut whole = made.contents.to_vec();
    whole.resize(usize::try_from(size).unwrap_or_default(), 0);
    whole
}

/// A file as it is in the end.
pub(crate) const fn settled(file: &FileSpec) -> File {
    File::declared(file.no, file.settings)
}
