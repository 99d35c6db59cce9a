// SPDX-License-Identifier: MIT OR Apache-2.0
//! Reads a card: what is free, then what the keys open. Changes nothing.

use cardwright::diversify::Subject;
use cardwright::host::{App, Auth, Error, Picc, Public, Secure, Session};
use cardwright::iso14443::{RealUid, Uid};
use cardwright::key::CardKey;
use cardwright::transport::Transport;
use cardwright::wire::{
    Aid, ChangeKeyRight, Chip, DfEntry, Generation, KeyNo, KeySettings, KeySlots, Messaging,
    ModuleVersion, Opening,
};
use rand::RngExt;
use rand::rngs::StdRng;

use crate::application;
use crate::keys::Keys;
use crate::originality;
use crate::seen::{Card, Key, Opens, Seen, Settings};

/// A card on a reader, and what the inspection knows of it.
pub(crate) struct Look<'a> {
    card: &'a mut dyn Transport,
    keys: Option<&'a Keys>,
    uid: Option<RealUid>,
    generation: Generation,
    random: StdRng,
}

/// Reads everything.
///
/// # Errors
/// Where the card gives an answer that does not fit; a refusal is an answer, and kept.
pub(crate) fn card(
    card: &mut dyn Transport,
    shown: &Uid,
    keys: Option<&Keys>,
    random: StdRng,
) -> Result<Card, Error> {
    let version = Session::open(card).version()?.value;
    let chip = version.chip();
    let generation = chip.map_or(Generation::Ev1, Chip::generation);
    let (uid, random_uid, shown) = match shown {
        Uid::Real(uid) => (Some(uid.clone()), false, hex::encode_upper(uid.expose())),
        Uid::Random(uid) => (None, true, hex::encode_upper(uid.expose())),
        _ => (None, true, "unknown".to_owned()),
    };
    let mut look = Look { card, keys, uid, generation, random };
    let master = look.picc_key()?;
    if let (None, Some(key)) = (&look.uid, &master) {
        let uid = look.picc(key)?.card_uid()?.value;
        look.uid = Some(uid);
    }
    let opens = match (&master, keys) {
        (Some(_), _) => Opens::Yes,
        (None, Some(_)) => Opens::No,
        (None, None) => Opens::NotTried,
    };
    let originality = originality::look(&mut look, &version, master.as_ref())?;
    let free_memory = Seen::of(look.open()?.free_memory().map(|answer| answer.value))?;
    let version_of = look.open()?.key_version(KeyNo::MASTER);
    let key = Key { no: 0, version: Seen::of(version_of.map(|answer| answer.value.0))?, opens };
    let settings = look.at_picc(master.as_ref(), |session| session.settings())?;
    let names = look.at_picc(master.as_ref(), |session| session.names())?;
    let applications = match look.at_picc(master.as_ref(), |session| session.aids())? {
        Seen::Closed(why) => Seen::Closed(why),
        Seen::Is(aids) => {
            let names = names.value().map_or(&[][..], Vec::as_slice);
            let named = |aid| names.iter().find(|entry| entry.aid == aid).map(|entry| &entry.iso);
            let look = &mut look;
            let all = aids.into_iter().map(|aid| application::look(look, aid, named(aid)));
            Seen::Is(all.collect::<Result<_, _>>()?)
        }
    };
    Ok(Card {
        chip: chip.map_or_else(|| "unknown".to_owned(), |chip| chip.to_string()),
        hardware: module(version.hardware),
        software: module(version.software),
        uid: shown,
        random_uid,
        real_uid: look.uid.as_ref().map(|uid| hex::encode_upper(uid.expose())),
        originality,
        free_memory,
        keys: vec![key],
        settings,
        applications,
    })
}

fn module(version: ModuleVersion) -> String {
    format!("{:02X}.{:02X}, storage {:02X}", version.major, version.minor, version.storage)
}

impl Look<'_> {
    /// The UID that the card was made with, where it is known.
    #[cfg(feature = "originality")]
    pub(crate) fn real_uid(&self) -> Option<RealUid> {
        self.uid.clone()
    }

    /// Whether the card is a program and says so.
    #[cfg(feature = "originality")]
    pub(crate) fn is_software(&self) -> bool {
        self.card.is_software()
    }

    /// A new conversation at PICC level, whatever was selected before.
    pub(crate) fn open(&mut self) -> Result<Session<'_, Picc, Public>, Error> {
        Ok(Session::open(self.card).select_picc()?)
    }

    /// A new conversation in an application.
    pub(crate) fn application(&mut self, aid: Aid) -> Result<Session<'_, App, Public>, Error> {
        Ok(self.open()?.select_application(aid)?)
    }

    /// A new conversation in an application in which a key has authenticated.
    pub(crate) fn secure(
        &mut self,
        aid: Aid,
        no: KeyNo,
        key: &CardKey,
    ) -> Result<Session<'_, App, Secure>, Error> {
        let (opening, rnd_a) = (self.opening(key), self.random.random());
        Ok(self.application(aid)?.authenticate(opening, no, key, &rnd_a)?)
    }

    /// The key of a slot of an application, where one was given.
    pub(crate) fn key(&self, aid: Aid, no: KeyNo) -> Option<CardKey> {
        self.keys?.application(&Subject { uid: self.uid.as_ref(), aid, no })
    }

    pub(crate) fn picc(&mut self, key: &CardKey) -> Result<Session<'_, Picc, Secure>, Error> {
        let (opening, rnd_a) = (self.opening(key), self.random.random());
        Ok(self.open()?.authenticate(opening, KeyNo::MASTER, key, &rnd_a)?)
    }

    /// How a key of this type opens a session on this card.
    fn opening(&self, key: &CardKey) -> Opening {
        let d40 = self.generation == Generation::D40;
        Opening::of(key.key_type(), if d40 { Messaging::D40 } else { Messaging::Ev1 })
    }

    /// The first of the keys at hand that is the PICC master key.
    fn picc_key(&mut self) -> Result<Option<CardKey>, Error> {
        let candidates = self.keys.map_or_else(Vec::new, |keys| keys.picc(self.uid.as_ref()));
        for key in candidates {
            if opened(self.picc(&key).map(drop))? {
                return Ok(Some(key));
            }
        }
        Ok(None)
    }

    /// Something that may be free: asked without a key, then with the master key.
    fn at_picc<T>(
        &mut self,
        key: Option<&CardKey>,
        read: impl Fn(&mut dyn Listing) -> Result<T, Error>,
    ) -> Result<Seen<T>, Error> {
        let free = Seen::of(read(&mut self.open()?))?;
        match (free, key) {
            (Seen::Closed(_), Some(key)) => Seen::of(read(&mut self.picc(key)?)),
            (free, _) => Ok(free),
        }
    }
}

/// Whether an authentication succeeded. A card that holds a key of another type can also answer
/// with a challenge of another length.
pub(crate) fn opened(answer: Result<(), Error>) -> Result<bool, Error> {
    match answer {
        Ok(()) => Ok(true),
        Err(Error::Refused { .. } | Error::Misbehaved { .. }) => Ok(false),
        Err(error) => Err(error),
    }
}

/// What a session at PICC level can list, whether or not a key has authenticated.
trait Listing {
    fn settings(&mut self) -> Result<Settings, Error>;
    fn aids(&mut self) -> Result<Vec<Aid>, Error>;
    fn names(&mut self) -> Result<Vec<DfEntry>, Error>;
}

impl<A: Auth> Listing for Session<'_, Picc, A> {
    fn settings(&mut self) -> Result<Settings, Error> {
        let (settings, slots) = self.key_settings()?.value;
        Ok(shown(settings, slots))
    }

    fn aids(&mut self) -> Result<Vec<Aid>, Error> {
        Ok(self.application_ids()?.value)
    }

    fn names(&mut self) -> Result<Vec<DfEntry>, Error> {
        Ok(self.df_names()?.value)
    }
}

/// Key settings in words.
pub(crate) fn shown(settings: KeySettings, slots: KeySlots) -> Settings {
    Settings {
        byte: format!("{:02X}", settings.to_byte()),
        key_changeable: settings.key_changeable,
        free_list: settings.free_list,
        free_create: settings.free_create,
        settings_changeable: settings.settings_changeable,
        change_keys_with: match settings.change {
            ChangeKeyRight::Key(no) => format!("key {no}"),
            ChangeKeyRight::Same => "each key itself".to_owned(),
            ChangeKeyRight::Never => "nobody".to_owned(),
        },
        key_type: slots.key_type.to_string(),
        keys: slots.count,
    }
}
