// SPDX-License-Identifier: MIT OR Apache-2.0
//! A fixed layout: applications and files are there from the factory. A profile says which keys they
//! get, what their files hold and who may read and write them, and nothing that the chip does not have.

use crate::host::SdmCipher;
use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;

use crate::wire::{
    Access, AccessRights, FileNo, FixedApplication, FixedFile, Generation, Ins, IsoDf, KeyNo,
    KeyType, Messaging, Silicon,
};

use super::super::error::ProfileError;
use super::super::model::{
    AppTransport, Application, FileSpec, Identify, Layout, Stock, TransportKeys,
};
use super::super::shape::{self, Suite};
use super::super::slots::SlotKey;
use super::file::Origin;
use super::slots::{Slots, foreign};
use super::{Check, Checked, Face, one_of};

/// What to do about an entry that means nothing on such a chip.
const OUT: &str = "take it out";

impl Check<'_> {
    /// The chip with a fixed layout that the profile is for; `None` where it is for chips on which
    /// applications are created.
    pub(super) fn fixed_chip(
        &self,
        head: &shape::Head,
        chips: &[Generation],
    ) -> Result<Option<&'static Silicon>, ProfileError> {
        let named = head.chips.get_ref().iter().zip(chips);
        let fixed = named.map(|(raw, chip)| (raw.span().start, chip.silicon()));
        match fixed.into_iter().find(|(_, silicon)| !silicon.layout.is_free()) {
            None => Ok(None),
            Some((_, silicon)) if chips.len() == 1 => Ok(Some(silicon)),
            Some((at, silicon)) => {
                let problem = format!(
                    "a {} chip has its applications and files from the factory, which no other has",
                    silicon.name
                );
                let instead =
                    format!("write chips = [{:?}], and a profile for the others", silicon.name);
                Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead))
            }
        }
    }

    /// The messaging that is named, or else all that the chip has.
    pub(super) fn fixed_messaging(
        &self,
        head: &shape::Head,
        silicon: &Silicon,
    ) -> Result<Vec<Messaging>, ProfileError> {
        let all = [Messaging::Ev2, Messaging::Ev1, Messaging::D40];
        let spoken = || all.into_iter().filter(|one| silicon.speaks(*one));
        let Some(raw) = &head.messaging else { return Ok(spoken().collect()) };
        let named = self.distinct(raw, |messaging| messaging)?;
        match raw.get_ref().iter().find(|one| !silicon.speaks(*one.get_ref())) {
            None => Ok(named),
            Some(one) => {
                let problem =
                    format!("{} chips do not take {} messaging", silicon.name, one.get_ref());
                let instead = one_of(spoken().map(|one| one.to_string()), OUT);
                Err(self.error(mistake::NOT_ON_CHIP, one.span().start, problem, instead))
            }
        }
    }

    pub(super) fn fixed(
        &mut self,
        face: &Face<'_>,
        silicon: &'static Silicon,
    ) -> Result<Checked, ProfileError> {
        let transport = self.fixed_transport(face.transport, silicon)?;
        let card = face.card.map(Spanned::get_ref);
        self.no_card(card, &format!("a {} chip has", silicon.name), silicon.is_signed())?;
        let originality = self.originality(card, &[silicon.generation])?;
        self.chips_have_sets(face.applications, &[silicon.generation])?;
        let mut applications: Vec<Application> = Vec::new();
        for raw in face.applications {
            let application = self.fixed_application(raw.get_ref(), silicon)?;
            if applications.iter().any(|other| other.aid == application.aid) {
                let problem = format!("two applications have the AID {}", application.aid);
                return Err(self.error(
                    mistake::REPEATED,
                    raw.get_ref().aid.span().start,
                    problem,
                    "name it once",
                ));
            }
            applications.push(application);
        }
        if applications.is_empty() {
            return Err(self.error(
                mistake::EMPTY,
                0,
                "no application",
                "write [[application]] with aid and keys",
            ));
        }
        self.contents_are_told(face.applications, &applications)?;
        self.former_versions(&applications)?;
        Ok((transport, originality, Layout::Fixed { applications }))
    }

    /// Cards come with zero keys, and nothing is made on them.
    fn fixed_transport(
        &self,
        raw: Option<&Spanned<shape::Transport>>,
        silicon: &Silicon,
    ) -> Result<TransportKeys, ProfileError> {
        let name = silicon.name;
        let (mut identify, mut random_uid) = (Identify::First, false);
        if let Some(raw) = raw {
            let at = raw.span().start;
            let raw = raw.get_ref();
            if let Some(picc) = &raw.picc {
                let problem = format!("a {name} chip has no PICC master key to arrive with");
                return Err(self.error(mistake::NOT_ON_CHIP, picc.span().start, problem, OUT));
            }
            if let Some(app) = raw.app.as_ref().filter(|app| app.get_ref() != "zero") {
                let problem = format!(
                    "no application of a {name} chip is new: its keys are zeros as it comes"
                );
                return Err(self.error(
                    mistake::NOT_ON_CHIP,
                    app.span().start,
                    problem,
                    "write \"zero\", or take it out",
                ));
            }
            if let Some(stock) = &raw.stock {
                let problem =
                    format!("a {name} chip is never empty, and is looked at whatever its stock");
                return Err(self.error(mistake::NOT_ON_CHIP, stock.span().start, problem, OUT));
            }
            if raw.random_uid && silicon.random_uid.is_empty() {
                let problem = format!("no {name} chip has a random UID");
                return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take random_uid out"));
            }
            (identify, random_uid) = (raw.identify, raw.random_uid);
        }
        let (app, stock) = (AppTransport::Zero, Stock::New);
        Ok(TransportKeys { picc: Vec::new(), app, stock, identify, random_uid })
    }

    /// `[card]` says what the PICC level becomes, which such a chip does not have, or which is not the profile's.
    pub(super) fn no_card(
        &self,
        raw: Option<&shape::Card>,
        whose: &str,
        signed: bool,
    ) -> Result<(), ProfileError> {
        fn at<T>(entry: Option<&Spanned<T>>) -> Option<usize> {
            entry.map(|entry| entry.span().start)
        }
        let Some(raw) = raw else { return Ok(()) };
        for (at, what) in [
            (at(raw.master_key.as_ref()), "PICC master key"),
            (at(raw.free_list.as_ref()), "list of applications with settings"),
            (at(raw.free_create.as_ref()), "applications to create"),
            (at(raw.key_changeable.as_ref()), "PICC master key"),
            (at(raw.settings_changeable.as_ref()), "key settings above its applications"),
            (at(raw.random_uid.as_ref()), "random UID that a profile could switch on"),
            (at(raw.random_uid_start.as_ref()), "random UID that a profile could switch on"),
            (at(raw.legacy.as_ref()), "older messaging to switch off"),
            (at(raw.chained_writes.as_ref()), "chained writes that a profile could switch off"),
            (at(raw.ats.as_ref()), "ATS that a profile could set"),
            (at(raw.sak.as_ref()), "SAK that a profile could set"),
            (at(raw.atqa.as_ref()), "ATQA to set"),
            (at(raw.nuid.as_ref()), "number to show for its UID"),
            (at(raw.name.as_ref()), "name above its applications"),
            (at(raw.no_format.as_ref()), "FormatPICC"),
            (at(raw.foreign.as_ref()), "room for applications of others"),
            (at(raw.originality.as_ref().filter(|_| !signed)), "signature"),
        ] {
            if let Some(at) = at {
                let problem = format!("{whose} no {what}");
                return Err(self.error(mistake::NOT_ON_CHIP, at, problem, OUT));
            }
        }
        Ok(())
    }

    /// Such chips come with their keys.
    fn none_is_left(
        &self,
        raw: &shape::Application,
        silicon: &Silicon,
    ) -> Result<(), ProfileError> {
        let left = raw.keys.get_ref().iter().find(|name| foreign(name.get_ref()).is_some());
        let Some(left) = left else { return Ok(()) };
        let name = silicon.name;
        let problem = format!("a {name} chip leaves no key slot to another issuer");
        let instead = "name a key of the profile";
        Err(self.error(mistake::NOT_ON_CHIP, left.span().start, problem, instead))
    }

    /// As many keys as the chip has, of its type.
    fn fixed_keys(
        &mut self,
        raw: &shape::Application,
        made: &FixedApplication,
        silicon: &Silicon,
    ) -> Result<(Vec<SlotKey>, KeyType), ProfileError> {
        let name = silicon.name;
        let (keys, key_type) = self.slots(&raw.keys)?;
        let at = raw.keys.span().start;
        self.none_is_left(raw, silicon)?;
        if keys.len() != usize::from(made.keys) {
            let problem = format!(
                "{} keys, and application {} of a {name} chip has {}",
                keys.len(),
                made.aid,
                made.keys
            );
            return Err(self.error(
                mistake::NOT_ON_CHIP,
                at,
                problem,
                format!("name {} keys", made.keys),
            ));
        }
        if key_type != made.key_type {
            let problem =
                format!("keys of type {key_type}, and a {name} chip takes {}", made.key_type);
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "name keys of its type"));
        }
        Ok((keys, key_type))
    }

    fn fixed_application(
        &mut self,
        raw: &shape::Application,
        silicon: &Silicon,
    ) -> Result<Application, ProfileError> {
        let name = silicon.name;
        let aid = self.aid(&raw.aid)?;
        let Some(made) = silicon.layout.application(aid) else {
            let own = silicon.layout.fixed().iter().map(|made| made.aid.to_string());
            let problem = format!("a {name} chip has no application {aid}");
            return Err(self.error(
                mistake::NOT_ON_CHIP,
                raw.aid.span().start,
                problem,
                one_of(own, OUT),
            ));
        };
        self.names_and_settings_stay(raw, made, silicon)?;
        let (keys, key_type) = self.fixed_keys(raw, made, silicon)?;
        let slots = Slots::of(&raw.keys);
        self.suite(raw, silicon)?;
        let mut files: Vec<FileSpec> = Vec::new();
        for raw in &raw.file {
            let file = self.fixed_file(raw, &slots, made, silicon)?;
            if files.iter().any(|other| other.no == file.no) {
                let problem = format!("two files of the application have number {}", file.no);
                return Err(self.error(
                    mistake::REPEATED,
                    raw.get_ref().no.span().start,
                    problem,
                    "name it once",
                ));
            }
            files.push(file);
        }
        let named = |no: FileNo| files.iter().any(|file| file.no == no);
        let others = made.files.iter().filter(|file| !named(file.number)).map(as_it_comes);
        let others: Vec<FileSpec> = others.collect();
        self.left_open(raw.keys.span().start, &others);
        files.extend(others);
        let transaction_mac = self.transaction_mac(raw, &slots, made, silicon)?;
        if let Some(mac) = &transaction_mac {
            self.may_commit(raw, &files, mac)?;
        }
        let iso = self.fixed_names(raw, made)?;
        self.files_stay_apart(raw, iso.as_ref(), &files)?;
        let settings = made.settings;
        let seal = self.seal(raw, &slots, silicon)?;
        self.nothing_to_create(raw, silicon)?;
        let lrp = self.suite == Some(Suite::Lrp) || files.iter().any(is_in_lrp);
        Ok(Application {
            aid,
            iso,
            keys,
            key_type,
            settings,
            files,
            transaction_mac,
            seal,
            lrp,
            key_sets: None,
            delegation: None,
        })
    }

    /// What an application has from its creation on, which nobody gives to such a chip.
    fn nothing_to_create(
        &self,
        raw: &shape::Application,
        silicon: &Silicon,
    ) -> Result<(), ProfileError> {
        let sets = raw.key_sets.as_ref().map(|raw| (raw.span().start, "key sets"));
        let slot = raw.delegated.as_ref().map(|raw| (raw.span().start, "delegated applications"));
        let Some((at, what)) = sets.or(slot) else { return Ok(()) };
        let problem = format!("a {} chip has no {what}", silicon.name);
        Err(self.error(mistake::NOT_ON_CHIP, at, problem, OUT))
    }

    /// By what the chip protects all that it does, where the application names it: LRP is for good, and few
    /// know it.
    fn suite(&mut self, raw: &shape::Application, silicon: &Silicon) -> Result<(), ProfileError> {
        let Some(named) = &raw.suite else { return Ok(()) };
        let (at, suite) = (named.span().start, *named.get_ref());
        if suite == Suite::Lrp && !silicon.has(Ins::SetConfiguration) {
            let problem =
                format!("suite = \"lrp\" on a {} chip, which has AES alone", silicon.name);
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, OUT));
        }
        let sdm = raw.file.iter().filter_map(|file| file.get_ref().sdm.as_ref());
        let mut others = sdm.filter(|sdm| sdm.get_ref().suite.is_some_and(|own| own != suite));
        if let Some(other) = others.next() {
            let problem = "another suite than that of the application, and a chip has one for all";
            let at = other.span().start;
            return Err(self.error(mistake::CONFLICT, at, problem, "take suite out of sdm"));
        }
        self.suite = Some(suite);
        self.warn_of_lrp(Some(suite), at);
        Ok(())
    }

    /// Who may ask for the status of the wire, which has to be looked at for that. Key 0 sees that it is.
    fn seal(
        &mut self,
        raw: &shape::Application,
        slots: &Slots<'_>,
        silicon: &Silicon,
    ) -> Result<Option<Access>, ProfileError> {
        let Some(named) = &raw.seal else { return Ok(None) };
        let at = named.span().start;
        if !silicon.has(Ins::GetTtStatus) {
            let problem = format!("a {} chip has no seal", silicon.name);
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, OUT));
        }
        let asks = match named.get_ref().as_str() {
            "free" => Access::Free,
            name if slots.find(name) == Some(KeyNo::MASTER) => Access::Key(KeyNo::MASTER),
            name => {
                let problem = format!("{name:?} is neither key 0 nor \"free\"");
                let instead =
                    "name key 0, which sees that the wire is looked at, or write \"free\"";
                return Err(self.error(mistake::RIGHTS, at, problem, instead));
            }
        };
        let message = "seal has the chip look at its wire from then on, for good: a wire that is open is told \
                       ever after";
        self.warn(warning::ONE_WAY, at, message.to_owned());
        Ok(Some(asks))
    }

    /// Nobody makes such a file anew: its value is brought there by Credit or Debit, and its records are
    /// cleared before others come.
    fn can_be_brought_back(&self, raw: &shape::File, file: &FileSpec) -> Result<(), ProfileError> {
        let waits = file.content.is_some() && file.settings.kind.is_transactional();
        if !waits || matches!(file.settings.rights.read_write, Access::Key(_)) {
            return Ok(());
        }
        let at = raw.read_write.as_ref().map_or(raw.no.span().start, |right| right.span().start);
        let problem = format!("nobody may credit file {}, or clear its records", file.no);
        let instead = "write read_write = … with a key, or take its value or records out";
        Err(self.error(mistake::RIGHTS, at, problem, instead))
    }

    /// Whoever comes first writes what anyone may write as it comes.
    fn left_open(&mut self, at: usize, files: &[FileSpec]) {
        for FileSpec { no, settings, .. } in files {
            let AccessRights { write, read_write, change, .. } = settings.rights;
            if [write, read_write, change].contains(&Access::Free) {
                let message = format!(
                    "file {no} stays as it comes, and anyone may alter it: name it, with a key for \
                     write and read_write"
                );
                self.warn(warning::ALTERED_BY_ANYONE, at, message);
            }
        }
    }

    /// What a profile would name of an application that it creates.
    fn names_and_settings_stay(
        &self,
        raw: &shape::Application,
        made: &FixedApplication,
        silicon: &Silicon,
    ) -> Result<(), ProfileError> {
        fn at<T>(entry: Option<&Spanned<T>>) -> Option<usize> {
            entry.map(|entry| entry.span().start)
        }
        let named = [at(raw.iso_id.as_ref()), at(raw.df_name.as_ref())];
        let named = named.map(|at| at.filter(|_| !made.named_once));
        let set = [
            at(raw.change.as_ref()),
            at(raw.free_list.as_ref()),
            at(raw.free_create.as_ref()),
            at(raw.key_changeable.as_ref()),
            at(raw.settings_changeable.as_ref()),
        ];
        let (at, what) =
            match (named.into_iter().flatten().next(), set.into_iter().flatten().next()) {
                (Some(at), _) => (at, "names"),
                (None, Some(at)) => (at, "key settings"),
                (None, None) => return Ok(()),
            };
        let problem = format!("the {what} of a {} chip's applications are its own", silicon.name);
        Err(self.error(mistake::NOT_ON_CHIP, at, problem, OUT))
    }

    /// The names of an application, which where the chip lets it get others are given it once, together.
    fn fixed_names(
        &mut self,
        raw: &shape::Application,
        made: &FixedApplication,
    ) -> Result<Option<IsoDf>, ProfileError> {
        let Some(own) = made.iso_id else { return Ok(None) };
        let name = self.df_name(raw)?.or_else(|| made.name());
        let id = raw.iso_id.as_ref().map_or(Ok(own), |raw| self.iso_id(raw))?;
        let at = |entry: &Option<Spanned<String>>| entry.as_ref().map(|entry| entry.span().start);
        let at = at(&raw.df_name).or(at(&raw.iso_id)).unwrap_or_default();
        if name == made.name() && id != own {
            let problem = "an iso_id of its own without a df_name, and both are given at once";
            let instead = "write df_name too, with 1 to 16 bytes in hexadecimal";
            return Err(self.error(mistake::OUT_OF_PLACE, at, problem, instead));
        }
        if name.as_ref().is_some_and(|name| name.as_bytes() == MASTER_FILE) {
            let problem = "the df_name that the card above its application has";
            return Err(self.error(mistake::REPEATED, at, problem, "write another"));
        }
        if name != made.name() {
            let message = "readers that select the chip's own name find the application no more, for \
                           good: they have to know this one";
            self.warn(warning::ONE_WAY, at, message.to_owned());
        }
        Ok(Some(IsoDf { id, name }))
    }

    fn fixed_file(
        &mut self,
        raw: &Spanned<shape::File>,
        slots: &Slots<'_>,
        made: &'static FixedApplication,
        silicon: &Silicon,
    ) -> Result<FileSpec, ProfileError> {
        let no = self.file_number(raw.get_ref())?;
        let at = raw.get_ref().no.span().start;
        let Some(own) = made.file(no) else {
            let numbers: Vec<String> =
                made.files.iter().map(|file| file.number.to_string()).collect();
            let problem =
                format!("application {} of a {} chip has no file {no}", made.aid, silicon.name);
            let instead = format!("write one of {}", numbers.join(", "));
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        };
        let renamed = self.file_name(raw.get_ref(), (own, made), silicon)?;
        let file = FileSpec { renamed, ..self.file(raw, slots, Origin::Factory(own, silicon))? };
        self.can_be_brought_back(raw.get_ref(), &file)?;
        let changes = file.settings != own.settings;
        let may =
            own.settings.rights.change != Access::Never && silicon.has(Ins::ChangeFileSettings);
        if changes && !may {
            let problem = format!("nobody can change mode and rights of file {no}");
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take mode and rights out"));
        }
        Ok(file)
    }
}

/// What a DESFire Light as a whole is called (MF2DL(H)x0).
const MASTER_FILE: &[u8] = &[0xD2, 0x76, 0x00, 0x00, 0x85, 0x01, 0x00];

/// Whether a file's secure dynamic messaging is in LRP.
fn is_in_lrp(file: &FileSpec) -> bool {
    file.suite == SdmCipher::Lrp
}

/// A file that the profile says nothing of.
fn as_it_comes(file: &FixedFile) -> FileSpec {
    FileSpec {
        no: file.number,
        iso_id: file.iso_id,
        settings: file.settings,
        content: None,
        renamed: None,
        suite: SdmCipher::Aes,
        from_factory: true,
    }
}
