// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[keys]`, `[transport]` and `[card]`: the keys, and what tells an old key from a new one.

use crate::profile::error::mistake;
use toml::Spanned;

use crate::diversify::{InputPart, Recipe, Scheme, SchemeError};
use crate::key::{LowBits, LowBitsError};
use crate::wire::{ChangeKeyRight, Generation, KeyNo, KeySettings, KeyType, KeyVersion};

use super::super::error::ProfileError;
use super::super::model::{
    AppTransport, Application, CardSpec, KeyIndex, KeySpec, PiccTransport, Stock, TransportKeys,
};
use super::super::shape::{self, AidOrder, Named, TransportKey};
use super::{CONSTANT, Check, Declared, constant, meant};

/// Names that mean something else where a key's name may stand.
const RESERVED: [&str; 4] = ["factory", "free", "never", "same"];

impl Check<'_> {
    pub(super) fn declare_keys(&mut self, keys: Named<shape::Key>) -> Result<(), ProfileError> {
        for (name, raw) in keys {
            let at = name.span().start;
            let name = name.into_inner();
            if RESERVED.contains(&name.as_str()) {
                let problem = format!("no key can be called {name:?}, which has a meaning already");
                return Err(self.error(mistake::NAME_TAKEN, at, problem, "write another name"));
            }
            let raw = raw.into_inner();
            let version_at = raw.version.span().start;
            let item = self.key(at, name, &raw)?;
            self.keys.push(Declared { item, at, version_at, used: false });
        }
        self.keys.sort_by_key(|key| key.at);
        let names = self.keys.iter().enumerate();
        self.key_names = names.map(|(index, key)| (key.item.name.clone(), index)).collect();
        Ok(())
    }

    fn key(&mut self, at: usize, name: String, raw: &shape::Key) -> Result<KeySpec, ProfileError> {
        let reference = raw.reference.get_ref().clone();
        if reference.is_empty() {
            let instead = "write ref = \"…\" with the key's name in the key file";
            return Err(self.error(
                mistake::NO_NAME,
                raw.reference.span().start,
                "the key has no ref",
                instead,
            ));
        }
        if looks_like_a_key(&reference) {
            let problem = "this looks like a key itself, and its place is the key file";
            let instead = "write ref = \"…\" with the key's name in the key file";
            return Err(self.error(
                mistake::KEY_IN_PROFILE,
                raw.reference.span().start,
                problem,
                instead,
            ));
        }
        let version = u8::try_from(*raw.version.get_ref()).map(KeyVersion).map_err(|_| {
            let problem = format!("no key has version {}", raw.version.get_ref());
            self.error(
                mistake::KEY_VERSION,
                raw.version.span().start,
                problem,
                "write a version from 1 to 255",
            )
        })?;
        let former = raw.former.as_ref().map(|raw| self.former(version, raw)).transpose()?;
        let key_type = raw.key_type;
        let low_bits = raw.low_bits.as_ref().map(|raw| self.low_bits(raw, key_type)).transpose()?;
        let recipe = raw.diversify.as_ref();
        let recipe = recipe.map(|raw| self.recipe(raw, key_type, low_bits)).transpose()?;
        let usual = recipe.as_ref().map_or(LowBits::Inverted, Recipe::low_bits);
        let low_bits = low_bits.unwrap_or(usual);
        if recipe.as_ref().is_some_and(|recipe| !recipe.needs_uid()) {
            let message =
                "without \"uid\" in its input the diversified key is the same on every card";
            self.warn(at, format!("key {name:?}: {message}"));
        }
        let line = self.places.at(at).line();
        Ok(KeySpec { name, reference, version, former, key_type, recipe, low_bits, line })
    }

    /// A former version tells a card of the former edition from a new one and from a finished one.
    fn former(&self, version: KeyVersion, raw: &Spanned<i64>) -> Result<KeyVersion, ProfileError> {
        let at = raw.span().start;
        let former = u8::try_from(*raw.get_ref()).ok().filter(|former| *former > 0);
        match former.map(KeyVersion) {
            None => {
                let problem = format!("no key of a finished card has version {}", raw.get_ref());
                Err(self.error(mistake::KEY_VERSION, at, problem, "write a version from 1 to 255"))
            }
            Some(former) if former == version => {
                let problem = format!("former and present version are both {version}");
                Err(self.error(
                    mistake::KEY_VERSION,
                    at,
                    problem,
                    "raise version, or take former out",
                ))
            }
            Some(former) => Ok(former),
        }
    }

    /// The own key of a level goes last, so its version is what tells a card of the former edition.
    pub(super) fn former_versions(&self, applications: &[Application]) -> Result<(), ProfileError> {
        let key = |index: &KeyIndex| self.keys.get(index.get());
        for application in applications {
            let Some(master) = application.keys.first().and_then(key) else { continue };
            let changed = application.keys.iter().filter_map(key);
            let mut changed = changed.filter(|key| key.item.former.is_some());
            if let Some(changed) = changed.next().filter(|_| master.item.former.is_none()) {
                let problem = format!(
                    "key {:?} has a former version and {:?}, key 0 of its application, has none: \
                     cards of the former edition would look finished",
                    changed.item.name, master.item.name
                );
                let instead = "raise the version of key 0 too, and name its former one";
                return Err(self.error(mistake::KEY_VERSION, changed.version_at, problem, instead));
            }
        }
        Ok(())
    }

    /// The former version of the PICC master key is none of a new card's.
    pub(super) fn former_master_key(
        &self,
        card: &CardSpec,
        transport: &TransportKeys,
    ) -> Result<(), ProfileError> {
        let transport_at_former = |picc: &Declared<KeySpec>| {
            let alike =
                |former: &KeyVersion| transport.picc.iter().any(|key| key.version() == *former);
            picc.item.former.filter(alike)
        };
        if let Some((picc, former)) = self
            .keys
            .get(card.master_key.get())
            .and_then(|picc| Some((picc, transport_at_former(picc)?)))
        {
            let problem =
                format!("a transport key has version {former} too, so old and new look alike");
            return Err(self.error(
                mistake::KEY_VERSION,
                picc.version_at,
                problem,
                "write another version",
            ));
        }
        Ok(())
    }

    fn low_bits(&self, raw: &Spanned<String>, key_type: KeyType) -> Result<LowBits, ProfileError> {
        let at = raw.span().start;
        if key_type == KeyType::Aes {
            let problem = "an AES key has its version beside it, and no low bits to write";
            return Err(self.error(mistake::OUT_OF_PLACE, at, problem, "take low_bits out"));
        }
        raw.get_ref().parse().map_err(|error: LowBitsError| {
            let problem = format!("{:?} says not how low bits are written", raw.get_ref());
            self.error(mistake::FORM, at, problem, error.to_string())
        })
    }

    fn recipe(
        &self,
        raw: &shape::Diversify,
        key_type: KeyType,
        low_bits: Option<LowBits>,
    ) -> Result<Recipe, ProfileError> {
        let at = raw.scheme.span().start;
        let scheme: Scheme = raw.scheme.get_ref().parse().map_err(|error: SchemeError| {
            let problem = format!("{:?} is no scheme", raw.scheme.get_ref());
            self.error(mistake::DIVERSIFICATION, at, problem, error.to_string())
        })?;
        let form = low_bits.unwrap_or(scheme.low_bits());
        if form == LowBits::Kept {
            let problem = format!("the version of a key that {scheme} makes is what comes out");
            let instead = "write low_bits = \"first-half\", or take a scheme that writes the version, \
                           such as omnitech";
            return Err(self.error(mistake::KEY_VERSION, at, problem, instead));
        }
        let order = raw.aid_order.as_ref().map_or(AidOrder::Written, |order| *order.get_ref());
        let mut input = Vec::new();
        for part in raw.input.iter().flat_map(Spanned::get_ref) {
            input.push(match part.get_ref().as_str() {
                "uid" => InputPart::Uid,
                "aid" if order == AidOrder::Wire => InputPart::AidWire,
                "aid" => InputPart::Aid,
                "key-no" => InputPart::KeyNo,
                text => InputPart::Constant(constant(text).ok_or_else(|| {
                    let problem = format!("{text:?} is nothing to diversify with");
                    let instead =
                        format!("write \"uid\", \"aid\" or \"key-no\"; for a constant {CONSTANT}");
                    self.error(mistake::DIVERSIFICATION, part.span().start, problem, instead)
                })?),
            });
        }
        if raw.input.is_none() && scheme.input(key_type).is_some() {
            return Err(self.error(
                mistake::DIVERSIFICATION,
                at,
                "input is missing",
                "write input = [\"uid\", \"aid\"]",
            ));
        }
        let recipe = Recipe::new(scheme, input).map_err(|error| {
            let at = raw.input.as_ref().map_or(at, |input| input.span().start);
            let instead = match scheme.input(key_type) {
                Some(_) => "write input = [\"uid\", \"aid\", \"hex:4143\"]",
                None => "take it out",
            };
            self.error(mistake::DIVERSIFICATION, at, error.to_string(), instead)
        })?;
        recipe.fits(key_type).map_err(|error| {
            let instead = "take another scheme, or write another type for the key";
            self.error(mistake::DIVERSIFICATION, at, error.to_string(), instead)
        })?;
        match &raw.aid_order {
            Some(order) if !recipe.needs_aid() => {
                let at = order.span().start;
                Err(self.error(
                    mistake::OUT_OF_PLACE,
                    at,
                    "aid_order without \"aid\" in the input",
                    "take it out",
                ))
            }
            _ => Ok(recipe.with_low_bits(form)),
        }
    }

    pub(super) fn transport(
        &mut self,
        raw: &Spanned<shape::Transport>,
    ) -> Result<TransportKeys, ProfileError> {
        let at = raw.span().start;
        let raw = raw.get_ref();
        let raw_picc = raw.picc.as_ref().ok_or_else(|| self.missing(at, "picc"))?;
        let mut picc: Vec<PiccTransport> = Vec::new();
        for key in raw_picc.get_ref() {
            let at = key.span().start;
            let transport = self.transport_key(at, key.get_ref())?;
            let version = transport.version();
            if picc.iter().any(|other| other.version() == version) {
                let problem = format!("two transport keys have version {version}");
                let instead = "name keys that differ by version, which chooses among them";
                return Err(self.error(mistake::KEY_VERSION, at, problem, instead));
            }
            picc.push(transport);
        }
        if picc.is_empty() {
            let instead = "write picc = [\"factory\"]";
            return Err(self.error(
                mistake::NO_NEW_CARD,
                raw_picc.span().start,
                "no card could be new",
                instead,
            ));
        }
        let app = self.start_key(raw.app.as_ref())?;
        let stock = raw.stock.as_ref().map_or(Stock::New, |stock| *stock.get_ref());
        Ok(TransportKeys { picc, app, stock, identify: raw.identify, random_uid: raw.random_uid })
    }

    /// The key that new applications start with. A version of its own tells it from the zero key
    /// and from the keys that replace it.
    fn start_key(&mut self, raw: Option<&Spanned<String>>) -> Result<AppTransport, ProfileError> {
        let Some(raw) = raw.filter(|name| name.get_ref() != "zero") else {
            return Ok(AppTransport::Zero);
        };
        let at = raw.span().start;
        if looks_like_a_key(raw.get_ref()) {
            let problem = "this looks like a key itself, and its place is the key file";
            return Err(self.error(
                mistake::KEY_IN_PROFILE,
                at,
                problem,
                "write \"zero\", or a name under [keys]",
            ));
        }
        let index = self.use_key(at, raw.get_ref())?;
        self.own_version(index)?;
        match self.keys.get(index.get()).map(|key| key.item.clone()) {
            Some(key) if !key.recipe.as_ref().is_some_and(Recipe::needs_aid) => {
                Ok(AppTransport::Key(key))
            }
            _ => {
                let problem = "the default key of new applications is one for the whole card";
                let instead = "take \"aid\" out of its input, or name another key";
                Err(self.error(mistake::DIVERSIFICATION, at, problem, instead))
            }
        }
    }

    /// The start key fits every application, and its version differs from those of their keys.
    pub(super) fn start_key_fits(
        &self,
        raw: &Spanned<shape::Transport>,
        chips: &[Generation],
        transport: &TransportKeys,
        applications: &[Application],
    ) -> Result<(), ProfileError> {
        let (AppTransport::Key(start), Some(at)) = (&transport.app, &raw.get_ref().app) else {
            return Ok(());
        };
        let at = at.span().start;
        if chips.contains(&Generation::D40) {
            let problem = "no D40 card lets the key of new applications be set";
            return Err(self.error(
                mistake::NOT_ON_CHIP,
                at,
                problem,
                "write \"zero\", or take \"d40\" out of chips",
            ));
        }
        if let Some(other) = applications.iter().find(|spec| spec.key_type != start.key_type) {
            let problem = format!(
                "key {:?} is of type {}, and application {} takes {}",
                start.name, start.key_type, other.aid, other.key_type
            );
            return Err(self.error(
                mistake::KEY_TYPE,
                at,
                problem,
                "name a key that fits all applications",
            ));
        }
        let slots = applications.iter().flat_map(|spec| &spec.keys);
        let mut own = slots.filter_map(|key| self.keys.get(key.get()));
        let alike = |key: &&Declared<KeySpec>| {
            key.item.version == start.version || key.item.former == Some(start.version)
        };
        match own.find(alike) {
            Some(key) => {
                let problem = format!(
                    "key {:?} has version {} too, so old and new look alike",
                    key.item.name, start.version
                );
                Err(self.error(mistake::KEY_VERSION, at, problem, "write another version"))
            }
            None => Ok(()),
        }
    }

    fn transport_key(
        &mut self,
        at: usize,
        raw: &TransportKey,
    ) -> Result<PiccTransport, ProfileError> {
        let key = match raw {
            TransportKey::Name(name) if name == "factory" => return Ok(PiccTransport::Factory),
            TransportKey::Name(name) if looks_like_a_key(name) => {
                let problem = "this looks like a key itself, and its place is the key file";
                return Err(self.error(
                    mistake::KEY_IN_PROFILE,
                    at,
                    problem,
                    "write \"factory\", or a name under [keys]",
                ));
            }
            TransportKey::Name(name) => {
                let index = self.use_key(at, name)?;
                self.keys.get(index.get()).map(|key| key.item.clone())
            }
            TransportKey::Inline(raw) => {
                Some(self.key(at, raw.reference.get_ref().clone(), raw)?)
            }
        };
        match key {
            Some(key) if !key.recipe.as_ref().is_some_and(Recipe::needs_aid) => {
                Ok(PiccTransport::Key(key))
            }
            _ => Err(self.picc_level(at)),
        }
    }

    pub(super) fn card(
        &mut self,
        raw: &Spanned<shape::Card>,
        transport: &TransportKeys,
    ) -> Result<CardSpec, ProfileError> {
        let at = raw.span().start;
        let raw = raw.get_ref();
        let named = raw.master_key.as_ref().ok_or_else(|| self.missing(at, "master_key"))?;
        let at = named.span().start;
        let master_key = self.use_key(at, named.get_ref())?;
        self.own_version(master_key)?;
        if let Some(key) = self.keys.get(master_key.get()) {
            if key.item.recipe.as_ref().is_some_and(Recipe::needs_aid) {
                return Err(self.picc_level(at));
            }
            let version = key.item.version;
            if transport.picc.iter().any(|old| old.version() == version) {
                return Err(self.error(
                    mistake::KEY_VERSION,
                    key.version_at,
                    format!("a transport key has version {version} too, so old and new look alike"),
                    "write another version",
                ));
            }
        }
        for (bit, what) in [
            (&raw.key_changeable, "the PICC master key"),
            (&raw.settings_changeable, "the card's key settings"),
        ] {
            if let Some(bit) = bit.as_ref().filter(|bit| !*bit.get_ref()) {
                self.warn(bit.span().start, format!("{what} can never be changed again"));
            }
        }
        let settings = KeySettings {
            key_changeable: bit(raw.key_changeable.as_ref(), true),
            free_list: bit(raw.free_list.as_ref(), false),
            free_create: bit(raw.free_create.as_ref(), false),
            settings_changeable: bit(raw.settings_changeable.as_ref(), true),
            change: ChangeKeyRight::Key(KeyNo::MASTER),
        };
        let random_uid = raw.random_uid.as_ref().filter(|on| *on.get_ref());
        if let Some(on) = random_uid {
            self.warn(on.span().start, "the card hides its UID for good".to_owned());
        }
        let no_format = raw.no_format.as_ref().filter(|on| *on.get_ref());
        if let Some(on) = no_format {
            self.warn(on.span().start, "the card can never be formatted again".to_owned());
        }
        let (random_uid, no_format) = (random_uid.is_some(), no_format.is_some());
        let foreign = self.foreign(raw)?;
        Ok(CardSpec { master_key, settings, random_uid, no_format, foreign })
    }

    /// A card that shows a random UID tells the real one inside a session, so a key that needs
    /// no UID must open one: on a new card a transport key, later a key that stays on it.
    pub(super) fn random_uid(
        &self,
        raw: &Spanned<shape::Transport>,
        raw_card: &shape::Card,
        transport: &TransportKeys,
        card: &CardSpec,
        applications: &[Application],
    ) -> Result<(), ProfileError> {
        if !transport.random_uid && !card.random_uid {
            return Ok(());
        }
        let places = raw.get_ref().picc.iter().flat_map(Spanned::get_ref);
        for (key, place) in transport.picc.iter().zip(places) {
            let needs_uid = matches!(key, PiccTransport::Key(key) if key.needs_uid());
            if transport.random_uid && needs_uid {
                return Err(self.error(
                    mistake::RANDOM_UID,
                    place.span().start,
                    "cards with a random UID cannot be opened with a key that needs the real one",
                    "take \"uid\" out of its input",
                ));
            }
        }
        let slots = applications.iter().flat_map(|application| &application.keys);
        let mut keys = slots.chain([&card.master_key]).filter_map(|key| self.keys.get(key.get()));
        if keys.any(|key| !key.item.needs_uid()) {
            return Ok(());
        }
        let at = raw_card.random_uid.as_ref().map_or(raw.span().start, |on| on.span().start);
        Err(self.error(
            mistake::RANDOM_UID,
            at,
            "random_uid = true, and every key needs the real UID: no finished card could be opened",
            "declare one key of an application, or the PICC master key, without \"uid\" in its input",
        ))
    }

    /// The place of the key of this name, which is used from now on.
    pub(super) fn use_key(&mut self, at: usize, name: &str) -> Result<KeyIndex, ProfileError> {
        let index = self.key_names.get(name).copied();
        match index.and_then(|index| Some((index, self.keys.get_mut(index)?))) {
            Some((index, key)) => {
                key.used = true;
                Ok(KeyIndex(index))
            }
            None => {
                let names = self.keys.iter().map(|key| key.item.name.as_str());
                let instead = meant(name, names, "declare it in [keys]");
                Err(self.error(
                    mistake::UNKNOWN_NAME,
                    at,
                    format!("no key is called {name:?}"),
                    instead,
                ))
            }
        }
    }

    /// Version 0 is what the factory key and the keys of a new application have.
    pub(super) fn own_version(&self, index: KeyIndex) -> Result<(), ProfileError> {
        match self.keys.get(index.get()) {
            Some(key) if key.item.version == KeyVersion(0) => Err(self.error(
                mistake::KEY_VERSION,
                key.version_at,
                format!("key {:?} has version 0, as keys of new cards have", key.item.name),
                "write a version from 1 to 255",
            )),
            _ => Ok(()),
        }
    }

    fn picc_level(&self, at: usize) -> ProfileError {
        let problem = "a PICC master key has no AID to diversify with";
        self.error(
            mistake::DIVERSIFICATION,
            at,
            problem,
            "take \"aid\" out of its input, or name another key",
        )
    }
}

/// What a bit of key settings is, where it may not be named.
pub(super) fn bit(raw: Option<&Spanned<bool>>, unless_named: bool) -> bool {
    raw.map_or(unless_named, |bit| *bit.get_ref())
}

/// A key pasted where its name belongs must not come back in a message.
fn looks_like_a_key(name: &str) -> bool {
    let digits = name.chars().filter(char::is_ascii_hexdigit).count();
    digits >= 32 && name.chars().all(|sign| sign.is_ascii_hexdigit() || " :-".contains(sign))
}
