// SPDX-License-Identifier: MIT OR Apache-2.0
//! The check: from what TOML holds to what a card must be, or the first mistake.

mod applications;
mod content;
mod d40;
mod delegated;
mod exports;
mod fields;
mod file;
mod file_names;
mod fixed;
mod foreign;
mod format;
mod free;
mod holders;
mod iso;
mod key_sets;
mod keys;
mod legacy;
mod locks;
mod mad;
mod originality;
mod rights;
mod sdm;
mod slots;
mod table;
mod told;
mod transaction_mac;

use crate::profile::error::{mistake, warning};
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use crate::profile::shape::Spanned;
use sha2::{Digest, Sha256};

use crate::alike::nearest;
use crate::code::Code;
use crate::credential::Format;
use crate::keys::Places;
use crate::wire::{Generation, Messaging};

use self::content::Item;
pub(super) use self::content::{
    Covered, Entries, LARGEST, Layout as Placing, bits_length, dates, hex_length, most_in, most_of,
    text_length, whole,
};
use self::exports::Cards;
use self::keys::Written;
use super::content::Table;
use super::error::{ProfileError, Warning};
use super::meaning::meaning;
use super::model::{Field, KeyIndex, KeySpec, Layout, Originality, TransportKeys, Verify};
use super::{Import, Profile, shape};

impl Profile {
    /// Reads and checks a profile.
    ///
    /// # Errors
    /// [`ProfileError`] with the first mistake, its place and what to write instead.
    pub fn parse(text: &str) -> Result<Self, ProfileError> {
        let root: shape::Root =
            toml::from_str(text).map_err(|error| ProfileError::from_toml(text, &error))?;
        let sha256 = Sha256::digest(text.as_bytes()).into();
        let mut check = Check::new(text, root.profile.get_ref().verify);
        let head = root.profile.get_ref();
        let name = check.name(head)?;
        let chips = check.chips(head)?;
        let fixed = check.fixed_chip(head, &chips)?;
        let messaging = match fixed {
            Some(silicon) => check.fixed_messaging(head, silicon)?,
            None => match root.card.as_ref().and_then(|card| legacy::off(card.get_ref())) {
                Some(off) => check.messaging_that_stays(head, off, &chips)?,
                None => check.messaging(head, &chips, ev2_alone(&root.application))?,
            },
        };
        let failed_authentications = check.failed_authentications(head)?;
        check.declare_fields(root.fields)?;
        check.declare_formats(&root.format)?;
        check.declare_schemes(&root.scheme)?;
        check.declare_tables(&root.table)?;
        check.declare_keys(root.keys)?;
        let face = Face {
            transport: root.transport.as_ref(),
            card: root.card.as_ref(),
            applications: &root.application,
        };
        check.hides_uid = face.hides_uid();
        check.declare_items(&root.item)?;
        let (transport, originality, layout) = match fixed {
            Some(silicon) => check.fixed(&face, silicon)?,
            None if face.is_delegated() => check.delegated(&face, &chips, &messaging)?,
            None => check.free(&face, &chips, &messaging)?,
        };
        let exports = check.exports(root.export.as_ref(), &Cards::of(&transport, &layout))?;
        check.everything_is_used()?;
        let fields: Vec<_> = check.fields.into_iter().map(|field| field.item).collect();
        let field_names = fields.iter().map(|field| field.name.clone()).collect();
        let import = Import::of_profile(text, root.import, &fields)?;
        Ok(Self {
            name,
            sha256,
            // What was read above is TOML.
            meaning: meaning(text).unwrap_or(sha256),
            chips,
            messaging,
            verify: check.verify,
            failed_authentications,
            transport,
            fields,
            field_names,
            import,
            hooks: check.hooks,
            content_keys: check.content_keys,
            exports,
            formats: check.formats.into_iter().map(|format| format.item).collect(),
            keys: check.keys.into_iter().map(|key| key.item).collect(),
            originality,
            layout,
            warnings: check.warnings,
        })
    }
}

/// What of these applications and their files is set in EV2 messaging alone.
fn ev2_alone(applications: &[Spanned<shape::Application>]) -> Option<&'static str> {
    if applications.iter().any(|raw| raw.get_ref().delegated.is_some()) {
        return Some("delegated");
    }
    if applications.iter().any(|raw| raw.get_ref().transaction_mac.is_some()) {
        return Some("transaction_mac");
    }
    let files = applications.iter().flat_map(|raw| &raw.get_ref().file);
    files.into_iter().find_map(|raw| match raw.get_ref() {
        file if file.sdm.is_some() => Some("sdm"),
        file if holders::are_several(file) => Some("several keys for a right"),
        _ => None,
    })
}

/// The tables that say what a card is, as a profile has them.
struct Face<'r> {
    transport: Option<&'r Spanned<shape::Transport>>,
    card: Option<&'r Spanned<shape::Card>>,
    applications: &'r [Spanned<shape::Application>],
}

impl Face<'_> {
    /// Whether an application is on a card of somebody else.
    fn is_delegated(&self) -> bool {
        self.applications.iter().any(|raw| raw.get_ref().delegated.is_some())
    }

    /// Whether cards come or go with something else in place of their UID.
    fn hides_uid(&self) -> bool {
        let shown = self.transport.is_some_and(|raw| raw.get_ref().random_uid);
        let wanted = self.card.map(Spanned::get_ref);
        let wanted = wanted.map(|raw| [raw.random_uid.as_ref(), raw.nuid.as_ref()]);
        shown || wanted.into_iter().flatten().flatten().any(|on| *on.get_ref())
    }
}

/// What the tables of a [`Face`] come to.
type Checked = (TransportKeys, Originality, Layout);

/// What the check knows so far.
pub(super) struct Check<'a> {
    places: Places<'a>,
    verify: Verify,
    fields: Vec<Declared<Field>>,
    formats: Vec<Declared<Format>>,
    schemes: Vec<Declared<Written>>,
    keys: Vec<Declared<KeySpec>>,
    /// Where in `keys` a name is.
    key_names: BTreeMap<String, usize>,
    tables: Vec<Declared<Arc<Table>>>,
    items: Vec<Declared<Item>>,
    /// The names of all items, those of which nothing more is known yet included.
    item_names: Vec<String>,
    /// How many parts of random filling there are.
    randoms: u64,
    /// The hooks that are named.
    hooks: BTreeSet<String>,
    /// The keys under which parts of contents are made.
    content_keys: BTreeSet<KeyIndex>,
    /// Whether cards come or go with a random UID.
    hides_uid: bool,
    /// By what a chip from the factory protects all that it does, where its application names it.
    suite: Option<shape::Suite>,
    /// How many bytes are put together for a card, as far as files are known.
    work: usize,
    /// Whether the columns of a list are read, which stand on no card.
    listing: bool,
    warnings: Vec<Warning>,
}

/// Something declared under a name, and what became of it.
struct Declared<T> {
    item: T,
    /// Where the name stands.
    at: usize,
    /// Where its version stands, for keys.
    version_at: usize,
    used: bool,
}

impl<'a> Check<'a> {
    fn new(text: &'a str, verify: Verify) -> Self {
        Self {
            places: Places::of(text),
            verify,
            fields: Vec::new(),
            formats: Vec::new(),
            schemes: Vec::new(),
            keys: Vec::new(),
            key_names: BTreeMap::new(),
            tables: Vec::new(),
            items: Vec::new(),
            item_names: Vec::new(),
            randoms: 0,
            hooks: BTreeSet::new(),
            content_keys: BTreeSet::new(),
            hides_uid: false,
            suite: None,
            work: 0,
            listing: false,
            warnings: Vec::new(),
        }
    }

    fn name(&self, head: &shape::Head) -> Result<String, ProfileError> {
        let name = head.name.get_ref();
        if name.is_empty() || name.chars().any(char::is_control) {
            let at = head.name.span().start;
            return Err(self.error(
                mistake::NO_NAME,
                at,
                "the profile has no name",
                "write name = \"door\"",
            ));
        }
        Ok(name.clone())
    }

    fn chips(&self, head: &shape::Head) -> Result<Vec<Generation>, ProfileError> {
        self.distinct(&head.chips, |chip| chip.0)
    }

    /// The messaging that is named, or else all that the chips have; D40's only where it has to be, and EV2's alone
    /// where something is set in it alone.
    fn messaging(
        &self,
        head: &shape::Head,
        chips: &[Generation],
        ev2_alone: Option<&str>,
    ) -> Result<Vec<Messaging>, ProfileError> {
        let Some(messaging) = &head.messaging else {
            if ev2_alone.is_some() {
                return Ok(vec![Messaging::Ev2]);
            }
            let d40 = chips.contains(&Generation::D40).then_some(Messaging::D40);
            let channels = [Messaging::Ev2, Messaging::Ev1].into_iter().chain(d40);
            return Ok(channels.collect());
        };
        let channels = self.distinct(messaging, |messaging| messaging)?;
        let at = messaging.span().start;
        if let Some(what) = ev2_alone.filter(|_| channels != [Messaging::Ev2]) {
            let problem = format!(
                "{what}, which chips take in EV2 messaging alone, in a profile with another"
            );
            let instead = format!("write messaging = [\"ev2\"], or take {what} out");
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, instead));
        }
        if chips.contains(&Generation::D40) && !channels.contains(&Messaging::D40) {
            let instead = "write messaging = [\"d40\"], or take \"d40\" out of chips";
            return Err(self.error(
                mistake::NOT_ON_CHIP,
                at,
                "D40 chips take only D40 messaging",
                instead,
            ));
        }
        if chips.contains(&Generation::Ev1) && channels == [Messaging::Ev2] {
            return Err(self.error(
                mistake::NOT_ON_CHIP,
                at,
                "EV1 chips do not take EV2 messaging",
                "write messaging = [\"ev2\", \"ev1\"], or take \"ev1\" out of chips",
            ));
        }
        Ok(channels)
    }

    fn failed_authentications(&self, head: &shape::Head) -> Result<u8, ProfileError> {
        let Some(raw) = &head.failed_authentications else { return Ok(FAILED_AUTHENTICATIONS) };
        let count = u8::try_from(*raw.get_ref()).ok().filter(|count| *count > 0);
        count.ok_or_else(|| {
            let problem = format!("a budget of {} failed authentications", raw.get_ref());
            self.error(mistake::RANGE, raw.span().start, problem, "write a number from 1 to 255")
        })
    }

    /// A list without repetitions, at least one long.
    fn distinct<S: Copy, T: PartialEq>(
        &self,
        list: &Spanned<Vec<Spanned<S>>>,
        convert: impl Fn(S) -> T,
    ) -> Result<Vec<T>, ProfileError> {
        let mut out = Vec::new();
        for item in list.get_ref() {
            let value = convert(*item.get_ref());
            if out.contains(&value) {
                let at = item.span().start;
                return Err(self.error(mistake::REPEATED, at, "named twice", "name each once"));
            }
            out.push(value);
        }
        match out.is_empty() {
            true => Err(self.error(
                mistake::EMPTY,
                list.span().start,
                "an empty list",
                "name at least one",
            )),
            false => Ok(out),
        }
    }

    /// A field that no content names would be asked for without need.
    fn everything_is_used(&mut self) -> Result<(), ProfileError> {
        if let Some(field) = self.fields.iter().find(|field| !field.used) {
            return Err(self.error(
                mistake::UNUSED,
                field.at,
                format!("nothing uses the field {:?}", field.item.name),
                "use it in a content or in a key, or take it out of [fields] and of the records",
            ));
        }
        if let Some(item) = self.items.iter().find(|item| !item.used) {
            let name = &item.item.name;
            let problem = format!("no file takes the item {name:?}");
            let instead = format!("write {{ item = {name:?} }} in a content, or take it out");
            return Err(self.error(mistake::UNUSED, item.at, problem, instead));
        }
        self.items_are_taken();
        let unused = self.formats.iter().filter(|format| !format.used);
        let unused: Vec<_> =
            unused.map(|format| (format.at, format.item.name().to_owned())).collect();
        for (at, name) in unused {
            self.warn(warning::UNUSED, at, format!("no content uses the bit format {name:?}"));
        }
        let unused = self.schemes.iter().filter(|scheme| !scheme.used);
        let unused: Vec<_> =
            unused.map(|scheme| (scheme.at, scheme.item.name().to_owned())).collect();
        for (at, name) in unused {
            self.warn(warning::UNUSED, at, format!("no key uses the scheme {name:?}"));
        }
        let unused = self.tables.iter().filter(|table| !table.used);
        let unused: Vec<_> = unused.map(|table| (table.at, table.item.name.clone())).collect();
        for (at, name) in unused {
            self.warn(warning::UNUSED, at, format!("no content is turned by the table {name:?}"));
        }
        let unused = self.keys.iter().filter(|key| !key.used);
        let unused: Vec<_> = unused.map(|key| (key.at, key.item.name.clone())).collect();
        for (at, name) in unused {
            self.warn(
                warning::UNUSED,
                at,
                format!("no slot holds the key {name:?}: take it out of [keys]"),
            );
        }
        Ok(())
    }

    pub(super) fn error(
        &self,
        code: Code,
        at: usize,
        problem: impl Into<String>,
        instead: impl Into<String>,
    ) -> ProfileError {
        let position = self.places.at(at);
        ProfileError { code, position, problem: problem.into(), instead: instead.into() }
    }

    fn warn(&mut self, code: Code, at: usize, message: String) {
        let position = self.places.at(at);
        self.warnings.push(Warning { code, position, message });
    }
}

/// What a card may refuse where the profile says nothing.
const FAILED_AUTHENTICATIONS: u8 = 2;

/// `write "a", or one of "b", "c"` where the first of them may be meant by a wrong name, and else as
/// [`one_of`] has it.
pub(super) fn meant(
    wrong: &str,
    names: impl IntoIterator<Item = impl AsRef<str>>,
    none: &str,
) -> String {
    let names: Vec<_> = names.into_iter().collect();
    match nearest(wrong, names.iter().map(AsRef::as_ref)) {
        Some(near) if names.len() > 1 => {
            let others = names.iter().map(AsRef::as_ref).filter(|name| *name != near);
            let others: Vec<_> = others.map(|name| format!("{name:?}")).collect();
            format!("write {near:?}, or one of {}", others.join(", "))
        }
        _ => one_of(names, none),
    }
}

/// `write one of "a", "b"`, or what to do where there is nothing to choose from.
pub(super) fn one_of(names: impl IntoIterator<Item = impl AsRef<str>>, none: &str) -> String {
    let names: Vec<_> = names.into_iter().map(|name| format!("{:?}", name.as_ref())).collect();
    match names.as_slice() {
        [] => none.to_owned(),
        [name] => format!("write {name}"),
        names => format!("write one of {}", names.join(", ")),
    }
}

/// Bytes that are the same on every card: `hex:` and digits, or `ascii:` and characters.
pub(super) fn constant(text: &str) -> Option<Vec<u8>> {
    let bytes = match text.split_once(':')? {
        ("hex", digits) => hex::decode(digits).ok()?,
        ("ascii", characters) if characters.is_ascii() => characters.as_bytes().to_vec(),
        _ => return None,
    };
    (!bytes.is_empty()).then_some(bytes)
}

pub(super) const CONSTANT: &str = "write \"hex:\" and an even number of hexadecimal digits, or \"ascii:\" and \
                        characters";

#[cfg(test)]
mod tests;
