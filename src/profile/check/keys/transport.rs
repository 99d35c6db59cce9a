// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[transport]`: the keys that cards and new applications come with.

use crate::profile::shape::Spanned;

use crate::diversify::Recipe;
use crate::profile::error::mistake;
use crate::wire::Generation;

use super::super::super::error::ProfileError;
use super::super::super::model::{
    AppTransport, Application, KeySpec, PiccTransport, Stock, TransportKeys,
};
use super::super::super::shape::{self, TransportKey};
use super::super::{Check, Declared};
use super::looks_like_a_key;

impl Check<'_> {
    pub(in super::super) fn transport(
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
    pub(in super::super) fn start_key(
        &mut self,
        raw: Option<&Spanned<String>>,
    ) -> Result<AppTransport, ProfileError> {
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
            Some(key) if key.needs_record() => Err(self.no_record_yet(at)),
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
    pub(in super::super) fn start_key_fits(
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
        let slots = applications.iter().flat_map(Application::own_keys);
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
            Some(key) if key.needs_record() => Err(self.no_record_yet(at)),
            Some(key) if !key.recipe.as_ref().is_some_and(Recipe::needs_aid) => {
                Ok(PiccTransport::Key(key))
            }
            _ => Err(self.picc_level(at)),
        }
    }

    /// Whoever brings a key to a card before it is anybody's knows no record.
    fn no_record_yet(&self, at: usize) -> ProfileError {
        self.error(
            mistake::DIVERSIFICATION,
            at,
            "no record is known of a card as it comes",
            "take the field out of the key's input, or name another key",
        )
    }
}
