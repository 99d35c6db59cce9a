// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card should hold and how it should answer, in plain words.

use cardwright::host::{Error, File, Misuse};
use cardwright::key::CardKey;
use cardwright::wire::{
    Access, AccessRights, Aid, ChangeKeyRight, CommMode, FileNo, FileSettings, Ins, KeyNo,
    KeySettings, KeySlots, KeyType, Opening, Status,
};

use super::act::Act;
use super::support::{Messaging, UID, rights, standard, zero};

/// What the host was told, as text, or why not.
pub(super) type Spoken = Result<String, Error>;

#[derive(Clone)]
pub(super) struct CardModel {
    pub(super) master: CardKey,
    pub(super) settings: KeySettings,
    pub(super) applications: Vec<Application>,
}

#[derive(Clone)]
pub(super) struct Application {
    pub(super) aid: Aid,
    pub(super) keys: Vec<CardKey>,
    pub(super) files: Vec<(File, Vec<u8>)>,
    settings: KeySettings,
    messaging: Messaging,
}

/// What is selected, and which key has authenticated.
#[derive(Debug, Clone, Default)]
pub(super) struct Place {
    aid: Option<Aid>,
    key: Option<KeyNo>,
    ev2: bool,
}

/// What the host needs to take a step.
pub(super) struct Props {
    pub(super) opening: Opening,
    /// The key to authenticate with, or the new one.
    pub(super) key: CardKey,
    pub(super) old: CardKey,
    /// The files that a step names, and are there.
    pub(super) files: Vec<File>,
}

/// What a step brings.
pub(super) struct Foretold {
    pub(super) props: Props,
    pub(super) spoken: Spoken,
    /// Where the session then is, `None` where it is lost.
    pub(super) place: Option<Place>,
    pub(super) model: CardModel,
}

impl CardModel {
    pub(super) fn blank() -> Self {
        let settings = KeySettings::FACTORY;
        Self { master: CardKey::factory(), settings, applications: Vec::new() }
    }

    pub(super) fn application_ids(&self) -> Vec<Aid> {
        self.applications.iter().map(|application| application.aid).collect()
    }

    /// `None` where the session's type has no such method.
    pub(super) fn foretell(&self, act: &Act, place: &Place) -> Option<Foretold> {
        if !place.has(act) {
            return None;
        }
        let props = self.props(act, place);
        let mut model = self.clone();
        let mut there = Some(place.clone());
        let spoken = model.answer(act, &props, &mut there);
        // A refusal ends a session with a key; steps that leave it anyway have said where to.
        let stays = there.as_ref().is_some_and(|there| there.key.is_some());
        if stays && matches!(spoken, Err(Error::Refused { .. })) {
            there = None;
        }
        Some(Foretold { props, spoken, place: there, model })
    }

    fn props(&self, act: &Act, place: &Place) -> Props {
        let messaging = self.application(place).map_or_else(
            || match self.master.key_type() {
                KeyType::Aes => Messaging::Aes,
                KeyType::Tdes3 => Messaging::Tdes3,
                KeyType::Des => Messaging::Des,
            },
            |application| application.messaging,
        );
        let stored = |no: KeyNo| {
            let key = self.keys(place).get(usize::from(u8::from(no))).cloned();
            key.unwrap_or_else(|| zero(messaging.key_type()))
        };
        let nobodys = messaging.key(120, 0);
        let (mut opening, mut files) = (messaging.opening(), Vec::new());
        let (key, old) = match *act {
            Act::Authenticate { no, ev2, wrong } => {
                if messaging.key_type() == KeyType::Aes {
                    opening = if ev2 { Opening::Ev2First } else { Opening::Aes };
                }
                (if wrong { nobodys } else { stored(no) }, zero(KeyType::Aes))
            }
            Act::AuthenticateNext(no) => (stored(no), zero(KeyType::Aes)),
            Act::ChangeKey { no, seed, wrong } => {
                (messaging.key(seed, seed ^ 0x69), if wrong { nobodys } else { stored(no) })
            }
            Act::ChangeOwnKey { seed } => (messaging.key(seed, seed), zero(KeyType::Aes)),
            Act::ChangeMasterKey { messaging, seed } => {
                (messaging.key(seed, !seed), zero(KeyType::Aes))
            }
            Act::Read { no, .. } => {
                let missing = standard(64, CommMode::Plain, rights([Access::Free; 3]));
                let file = self.application(place).and_then(|found| found.file(no));
                files.push(file.unwrap_or_else(|| File::declared(no, missing)));
                (nobodys.clone(), nobodys)
            }
            Act::Write { ref writes, .. } => {
                let found = |no| self.application(place).and_then(|found| found.file(no));
                files.extend(writes.iter().filter_map(|&(no, ..)| found(no)));
                (nobodys.clone(), nobodys)
            }
            _ => (nobodys.clone(), nobodys),
        };
        Props { opening, key, old, files }
    }

    fn answer(&mut self, act: &Act, props: &Props, there: &mut Option<Place>) -> Spoken {
        let place = there.clone().unwrap_or_default();
        match act {
            Act::SelectPicc | Act::Select(_) => self.select(act, &place, there),
            Act::Authenticate { .. } | Act::AuthenticateNext(_) => {
                self.authenticate(act, props, &place, there)
            }
            Act::ChangeKey { .. } | Act::ChangeOwnKey { .. } | Act::ChangeMasterKey { .. } => {
                self.change_key(act, props, &place, there)
            }
            Act::Write { writes, commit } => self.write(writes, *commit, &place, there),
            Act::FileIds
            | Act::FileSettings(_)
            | Act::CreateFile { .. }
            | Act::DeleteFile(_)
            | Act::Read { .. } => self.file(act, props, &place),
            _ => self.manage(act, &place),
        }
    }

    fn select(&self, act: &Act, place: &Place, there: &mut Option<Place>) -> Spoken {
        let Act::Select(aid) = act else {
            *there = Some(Place::default());
            return done();
        };
        if self.application_ids().contains(aid) {
            *there = Some(Place { aid: Some(*aid), ..Place::default() });
            return done();
        }
        // What is selected after a refusal is known at PICC level only.
        *there = place.aid.is_none().then(Place::default);
        refused(Ins::SelectApplication, Status::ApplicationNotFound)
    }

    fn authenticate(
        &self,
        act: &Act,
        props: &Props,
        place: &Place,
        there: &mut Option<Place>,
    ) -> Spoken {
        let (no, ins, ev2, wrong) = match *act {
            Act::AuthenticateNext(no) => {
                let misuse = match props.key.key_type() {
                    KeyType::Aes if place.ev2 => None,
                    KeyType::Aes => Some(Misuse::NotEv2),
                    KeyType::Des | KeyType::Tdes3 => Some(Misuse::KeyType),
                };
                if let Some(misuse) = misuse {
                    *there = None;
                    return Err(misuse.into());
                }
                (no, Ins::AuthenticateEv2NonFirst, true, false)
            }
            Act::Authenticate { no, wrong, .. } => {
                (no, props.opening.ins(), props.opening == Opening::Ev2First, wrong)
            }
            _ => unreachable!(),
        };
        let nobody = Place { aid: place.aid, ..Place::default() };
        *there = Some(nobody.clone());
        if usize::from(u8::from(no)) >= self.keys(place).len() {
            return refused(ins, Status::NoSuchKey);
        }
        if wrong {
            return refused(ins, Status::AuthenticationError);
        }
        *there = Some(Place { key: Some(no), ev2, ..nobody });
        done()
    }

    fn change_key(
        &mut self,
        act: &Act,
        props: &Props,
        place: &Place,
        there: &mut Option<Place>,
    ) -> Spoken {
        let own = place.key.unwrap_or(KeyNo::MASTER);
        let (no, wrong) = match *act {
            Act::ChangeKey { no, .. } if no == own => return Err(Misuse::OwnKey.into()),
            Act::ChangeKey { no, wrong, .. } => (no, wrong),
            _ => {
                *there = Some(Place { aid: place.aid, ..Place::default() });
                (own, false)
            }
        };
        let ins = Ins::ChangeKey;
        let settings = self.settings(place);
        let Some(slot) = self.keys_mut(place).get_mut(usize::from(u8::from(no))) else {
            return refused(ins, Status::NoSuchKey);
        };
        match changer(settings, no) {
            None => return refused(ins, Status::PermissionDenied),
            Some(changer) if changer != own => return refused(ins, Status::AuthenticationError),
            Some(_) if wrong => return refused(ins, Status::IntegrityError),
            Some(_) => slot.clone_from(&props.key),
        }
        done()
    }

    /// The writes to files that are there, one after the other.
    fn write(
        &mut self,
        writes: &[(FileNo, u32, Vec<u8>)],
        commit: bool,
        place: &Place,
        there: &mut Option<Place>,
    ) -> Spoken {
        let Some(application) = self.application_mut(place) else { return done() };
        let mut committed = application.files.clone();
        let (mut told, mut pending) = (Vec::new(), false);
        for (no, offset, data) in writes {
            let Some(at) = application.files.iter().position(|(file, _)| file.no() == *no) else {
                continue;
            };
            let (file, contents) = &mut application.files[at];
            let rights = file.settings().rights;
            let outcome = if data.is_empty() {
                Err(Misuse::NothingToWrite)
            } else if !allowed([rights.write, rights.read_write], place.key) {
                Err(Misuse::NoRight)
            } else {
                range(contents.len(), *offset, data.len())
            };
            if let Ok(range) = outcome.clone() {
                committed[at].1[range.clone()].copy_from_slice(data);
                if file.settings().kind.is_transactional() {
                    pending = true;
                } else {
                    contents[range].copy_from_slice(data);
                }
            }
            told.push(outcome.map(drop).map_err(Error::from));
        }
        let failed = told.iter().any(Result::is_err);
        let end =
            if failed && commit { Err(Misuse::WriteFailed.into()) } else { Ok::<_, Error>(()) };
        if commit && !failed {
            application.files = committed;
        }
        if commit && failed && pending {
            // Neither committed nor aborted: the session is of no more use.
            *there = None;
        }
        Ok(format!("{told:?} {end:?}"))
    }

    fn file(&mut self, act: &Act, props: &Props, place: &Place) -> Spoken {
        let master = place.key == Some(KeyNo::MASTER);
        let Some(application) = self.application_mut(place) else { return done() };
        let (may_list, may_create) =
            (master || application.settings.free_list, master || application.settings.free_create);
        let denied = |ins| refused(ins, Status::AuthenticationError);
        match *act {
            Act::FileIds if may_list => Ok(format!("{:?}", application.file_ids())),
            Act::FileIds => denied(Ins::GetFileIds),
            Act::FileSettings(no) => match application.file(no) {
                None => refused(Ins::GetFileSettings, Status::FileNotFound),
                Some(_) if !may_list => denied(Ins::GetFileSettings),
                Some(file) => Ok(format!("{:?}", file.settings())),
            },
            Act::DeleteFile(no) => match application.file(no) {
                None => refused(Ins::DeleteFile, Status::FileNotFound),
                Some(_) if !may_create => denied(Ins::DeleteFile),
                Some(_) => {
                    application.files.retain(|(file, _)| file.no() != no);
                    done()
                }
            },
            Act::CreateFile { no, settings } => application.create_file(no, settings, may_create),
            Act::Read { offset, length, .. } => {
                application.read(&props.files[0], offset, length, place)
            }
            _ => unreachable!(),
        }
    }

    /// Keys' settings, and everything at PICC level.
    fn manage(&mut self, act: &Act, place: &Place) -> Spoken {
        let master = place.key == Some(KeyNo::MASTER);
        let settings = self.settings(place);
        let (may_list, may_create) = (master || settings.free_list, master || settings.free_create);
        let denied = |ins| refused(ins, Status::AuthenticationError);
        match *act {
            Act::Version | Act::CardUid => Ok(format!("{UID:02X?}")),
            Act::FreeMemory => done(),
            Act::Format => {
                self.applications.clear();
                done()
            }
            Act::ApplicationIds if may_list => Ok(format!("{:?}", self.application_ids())),
            Act::ApplicationIds => denied(Ins::GetApplicationIds),
            Act::CreateApplication { .. } if !may_create => denied(Ins::CreateApplication),
            Act::CreateApplication { aid, settings, count, messaging } => {
                if self.application_ids().contains(&aid) {
                    return refused(Ins::CreateApplication, Status::Duplicate);
                }
                let keys = vec![messaging.zero(); usize::from(count)];
                let settings = KeySettings::from_byte(settings);
                let files = Vec::new();
                self.applications.push(Application { aid, keys, files, settings, messaging });
                done()
            }
            Act::DeleteApplication(aid) if !self.application_ids().contains(&aid) => {
                refused(Ins::DeleteApplication, Status::ApplicationNotFound)
            }
            Act::DeleteApplication(_) if !master => denied(Ins::DeleteApplication),
            Act::DeleteApplication(aid) => {
                self.applications.retain(|application| application.aid != aid);
                done()
            }
            Act::KeyVersion(no) => match self.keys(place).get(usize::from(u8::from(no))) {
                Some(key) => Ok(format!("{:?}", key.version())),
                None => refused(Ins::GetKeyVersion, Status::NoSuchKey),
            },
            Act::KeySettings if !may_list => denied(Ins::GetKeySettings),
            Act::KeySettings => Ok(match self.application(place) {
                Some(application) => format!("{:?}", application.key_settings()),
                None => format!("{:?}", (self.settings, slots(1, self.master.key_type()))),
            }),
            Act::ChangeKeySettings(byte) => {
                let ins = Ins::ChangeKeySettings;
                let new = KeySettings::from_byte(byte);
                if !settings.settings_changeable {
                    return refused(ins, Status::PermissionDenied);
                }
                if !master {
                    return denied(ins);
                }
                match self.application_mut(place) {
                    Some(application) => application.settings = new,
                    // Who may change other keys is no question where there is one.
                    None if byte > 0x0F => return refused(ins, Status::ParameterError),
                    None => self.settings = new,
                }
                done()
            }
            _ => unreachable!(),
        }
    }

    fn application(&self, place: &Place) -> Option<&Application> {
        self.applications.iter().find(|application| Some(application.aid) == place.aid)
    }

    fn application_mut(&mut self, place: &Place) -> Option<&mut Application> {
        self.applications.iter_mut().find(|application| Some(application.aid) == place.aid)
    }

    fn settings(&self, place: &Place) -> KeySettings {
        self.application(place).map_or(self.settings, |application| application.settings)
    }

    fn keys(&self, place: &Place) -> &[CardKey] {
        let application = self.application(place);
        application.map_or(core::slice::from_ref(&self.master), |application| &application.keys)
    }

    fn keys_mut(&mut self, place: &Place) -> &mut [CardKey] {
        match self.applications.iter_mut().find(|found| Some(found.aid) == place.aid) {
            Some(application) => &mut application.keys,
            None => core::slice::from_mut(&mut self.master),
        }
    }
}

impl Application {
    pub(super) fn key_settings(&self) -> (KeySettings, KeySlots) {
        (self.settings, slots(self.keys.len(), self.messaging.key_type()))
    }

    pub(super) fn file_ids(&self) -> Vec<FileNo> {
        self.files.iter().map(|(file, _)| file.no()).collect()
    }

    /// The files that a key may read, with their contents.
    pub(super) fn readable(&self, key: KeyNo) -> impl Iterator<Item = (&File, &Vec<u8>)> {
        let may = move |(file, _): &&(File, Vec<u8>)| {
            let rights = file.settings().rights;
            allowed([rights.read, rights.read_write], Some(key))
        };
        self.files.iter().filter(may).map(|(file, contents)| (file, contents))
    }

    fn create_file(&mut self, no: FileNo, settings: FileSettings, may_create: bool) -> Spoken {
        let ins = match settings.kind.is_transactional() {
            true => Ins::CreateBackupDataFile,
            false => Ins::CreateStdDataFile,
        };
        let AccessRights { read, write, read_write, change } = settings.rights;
        let exists = |access: Access| match access {
            Access::Key(no) => usize::from(u8::from(no)) < self.keys.len(),
            Access::Free | Access::Never => true,
        };
        if !may_create {
            return refused(ins, Status::AuthenticationError);
        }
        if ![read, write, read_write, change].into_iter().all(exists) {
            return refused(ins, Status::NoSuchKey);
        }
        if self.file(no).is_some() {
            return refused(ins, Status::Duplicate);
        }
        let file = File::declared(no, settings);
        self.files.push((file, vec![0; size(&file)]));
        done()
    }

    fn read(&self, file: &File, offset: u32, length: u32, place: &Place) -> Spoken {
        let rights = file.settings().rights;
        if !allowed([rights.read, rights.read_write], place.key) {
            return Err(Misuse::NoRight.into());
        }
        let length = match usize::try_from(length).unwrap() {
            0 => size(file).saturating_sub(usize::try_from(offset).unwrap()).max(1),
            length => length,
        };
        let range = range(size(file), offset, length)?;
        match self.files.iter().find(|(found, _)| found.no() == file.no()) {
            Some((_, contents)) => Ok(format!("{:02X?}", &contents[range])),
            None => refused(Ins::ReadData, Status::FileNotFound),
        }
    }

    fn file(&self, no: FileNo) -> Option<File> {
        self.files.iter().map(|(file, _)| *file).find(|file| file.no() == no)
    }
}

impl Place {
    /// Whether a session of this type has a method for the step.
    const fn has(&self, act: &Act) -> bool {
        let (in_application, secure) = (self.aid.is_some(), self.key.is_some());
        match act {
            Act::SelectPicc
            | Act::Select(_)
            | Act::Authenticate { .. }
            | Act::Version
            | Act::KeyVersion(_)
            | Act::KeySettings => true,
            Act::AuthenticateNext(_) | Act::CardUid | Act::ChangeKeySettings(_) => secure,
            Act::FreeMemory
            | Act::ApplicationIds
            | Act::CreateApplication { .. }
            | Act::DeleteApplication(_) => !in_application,
            Act::Format | Act::ChangeMasterKey { .. } => !in_application && secure,
            Act::ChangeKey { .. } | Act::ChangeOwnKey { .. } => in_application && secure,
            Act::FileIds
            | Act::FileSettings(_)
            | Act::CreateFile { .. }
            | Act::DeleteFile(_)
            | Act::Read { .. }
            | Act::Write { .. } => in_application,
        }
    }
}

/// Which key must have authenticated to change another or itself.
fn changer(settings: KeySettings, no: KeyNo) -> Option<KeyNo> {
    match settings.change {
        _ if no == KeyNo::MASTER => settings.key_changeable.then_some(no),
        ChangeKeyRight::Key(right) if right == no => Some(KeyNo::MASTER),
        ChangeKeyRight::Key(right) => Some(right),
        ChangeKeyRight::Same => Some(no),
        ChangeKeyRight::Never => None,
    }
}

fn allowed(rights: [Access; 2], key: Option<KeyNo>) -> bool {
    rights.contains(&Access::Free) || key.is_some_and(|key| rights.contains(&Access::Key(key)))
}

fn size(file: &File) -> usize {
    usize::try_from(file.settings().kind.size().unwrap().bytes()).unwrap()
}

fn range(size: usize, offset: u32, length: usize) -> Result<core::ops::Range<usize>, Misuse> {
    let offset = usize::try_from(offset).unwrap();
    let end = offset + length;
    if offset < size && end <= size { Ok(offset..end) } else { Err(Misuse::OutsideFile) }
}

fn slots(count: usize, key_type: KeyType) -> KeySlots {
    KeySlots { count: u8::try_from(count).unwrap(), key_type, iso_file_ids: false }
}

const fn done() -> Spoken {
    Ok(String::new())
}

const fn refused(command: Ins, status: Status) -> Spoken {
    Err(Error::Refused { command, status })
}
