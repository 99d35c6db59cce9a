// SPDX-License-Identifier: MIT OR Apache-2.0
//! Which candidates are tried on a slot, in which order. Pure: nothing is sent.

use crate::diversify::{DeriveError, Subject};
use crate::iso14443::RealUid;
use crate::key::CardKey;
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion};

use super::{Form, Issuer};

/// A key slot, and what it tells of its key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "place, version and type are all a card tells")]
pub struct Slot {
    /// The application, [`Aid::PICC`] for the PICC level.
    pub aid: Aid,
    /// The number of the key.
    pub no: KeyNo,
    /// The version, where the card tells it.
    pub version: Option<KeyVersion>,
    /// The type, where the card tells it.
    pub key_type: Option<KeyType>,
}

impl Slot {
    /// Whether the version chooses among keys. One that cannot be read does not, nor does 0: whoever
    /// manages no versions leaves it.
    const fn version_tells(&self) -> bool {
        !matches!(self.version, None | Some(KeyVersion(0)))
    }
}

/// What else is known.
#[derive(Debug, Clone, Copy, Default)]
#[expect(clippy::exhaustive_structs, reason = "what is known before the first attempt")]
pub struct Knowledge<'a> {
    /// The card's real UID.
    pub uid: Option<&'a RealUid>,
    /// Whether keys of other versions are tried too, after those that fit.
    pub any_version: bool,
    /// The form that opened another slot of the card, which is likely here too.
    pub seen: Option<&'a Form>,
}

/// An issuer key and a form, by their places in the lists given to [`order`].
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
#[expect(clippy::exhaustive_structs, reason = "a key and a form are all there is")]
pub struct Candidate {
    /// Which issuer key.
    pub issuer: usize,
    /// Which form.
    pub form: usize,
}

/// A candidate with its key, ready to be tried.
#[derive(Debug)]
#[non_exhaustive]
pub struct Attempt {
    /// What it is.
    pub candidate: Candidate,
    /// The key of the card.
    pub key: CardKey,
}

/// A candidate that is not tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[non_exhaustive]
pub struct Left {
    /// What it is.
    pub candidate: Candidate,
    /// Why not.
    pub why: Why,
}

/// Why a candidate is not tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
#[non_exhaustive]
pub enum Why {
    /// The slot reports another version.
    Version,
    /// The slot has keys of another type.
    KeyType,
    /// The UID goes in, and the card hides it.
    NeedsUid,
    /// The issuer key did not make it.
    NoKey,
    /// Another candidate is the same key.
    SameKey,
    /// The slot was opened before its turn came.
    Opened,
    /// Another slot was opened, and that was all that was asked.
    NotAsked,
    /// So many were refused as this key may cost.
    BudgetOfKey,
    /// So many were refused as the search may cost.
    Budget,
    /// So many were refused in a row as a card is ever asked.
    InARow,
    /// The card stopped the search.
    Stopped,
}

/// What [`order`] decides.
#[derive(Debug, Default)]
#[non_exhaustive]
pub struct Ordered {
    /// What to try, in this order.
    pub attempts: Vec<Attempt>,
    /// What not, and why.
    pub left: Vec<Left>,
}

/// Orders the candidates of a slot: each issuer key in each form.
///
/// Only keys of the type and version that the slot reports are tried; where the version tells
/// nothing (it cannot be read, or is 0), or the caller says so, those of other versions follow. Public
/// keys come first, then form by form all issuer keys in their order, the form that opened another
/// slot before all others. At the PICC level forms with an AID come last. No key is tried twice.
#[must_use]
pub fn order(issuers: &[Issuer], forms: &[Form], slot: &Slot, known: Knowledge<'_>) -> Ordered {
    let mut ways: Vec<usize> = (0..forms.len()).collect();
    ways.sort_by_key(|&way| {
        let form = forms.get(way);
        let late = slot.aid == Aid::PICC && form.is_some_and(Form::chooses_aid);
        (late, known.seen.is_none() || form != known.seen)
    });
    let public = (0..issuers.len()).filter(|&at| issuers.get(at).is_some_and(Issuer::is_public));
    let plain = forms.iter().position(|form| *form == Form::UNDIVERSIFIED);
    let public = public.filter_map(|issuer| Some(Candidate { issuer, form: plain? }));
    let own = ways.iter().flat_map(|&form| (0..issuers.len()).map(move |issuer| (form, issuer)));
    let own = own.filter(|&(_, at)| issuers.get(at).is_some_and(|issuer| !issuer.is_public()));
    let all = public.chain(own.map(|(form, issuer)| Candidate { issuer, form }));

    let mut ordered = Ordered::default();
    let mut others = Vec::new();
    let subject = Subject { uid: known.uid, aid: slot.aid, no: slot.no, fields: None };
    let any_version = known.any_version || !slot.version_tells();
    for candidate in all {
        let issuer = issuers.get(candidate.issuer);
        let Some((issuer, form)) = issuer.zip(forms.get(candidate.form)) else { continue };
        let left = |why| Left { candidate, why };
        match judge(issuer, form, slot, &subject, any_version) {
            Judged::Fits(key) => ordered.attempts.push(Attempt { candidate, key }),
            Judged::OtherVersion(key) => others.push(Attempt { candidate, key }),
            Judged::Left(why) => ordered.left.push(left(why)),
            Judged::Nonsense => {}
        }
    }
    ordered.attempts.extend(others);
    ordered.without_twins()
}

/// What a candidate is to a slot.
enum Judged {
    /// Its key fits what the slot tells.
    Fits(CardKey),
    /// Its key has another version, and is tried all the same.
    OtherVersion(CardKey),
    /// It is not tried.
    Left(Why),
    /// The scheme has no such keys, or its input no room in them: no candidate at all.
    Nonsense,
}

/// Keys are made only where they may be tried.
fn judge(
    issuer: &Issuer,
    form: &Form,
    slot: &Slot,
    subject: &Subject<'_>,
    any_version: bool,
) -> Judged {
    if !form.takes(issuer.key_type()) {
        return Judged::Nonsense;
    }
    if slot.key_type.is_some_and(|found| found != issuer.key_type()) {
        return Judged::Left(Why::KeyType);
    }
    let differs = |version| slot.version.is_some_and(|found| found != version);
    if form.writes_version() && differs(issuer.version()) && !any_version {
        return Judged::Left(Why::Version);
    }
    match form.derive(issuer.key(), subject, issuer.version()) {
        Ok(key) if !differs(key.version()) => Judged::Fits(key),
        Ok(key) if any_version => Judged::OtherVersion(key),
        Ok(_) => Judged::Left(Why::Version),
        Err(DeriveError::Key(_)) => Judged::Left(Why::NoKey),
        Err(_) => Judged::Left(Why::NeedsUid),
    }
}

impl Ordered {
    /// Each key once, where it stands first. As many as any search tries are compared.
    fn without_twins(self) -> Self {
        let Self { attempts, mut left } = self;
        let mut kept: Vec<Attempt> = Vec::new();
        for attempt in attempts {
            let mut tried = kept.iter().take(COMPARED);
            if tried.any(|earlier| earlier.key.same_key(&attempt.key)) {
                left.push(Left { candidate: attempt.candidate, why: Why::SameKey });
            } else {
                kept.push(attempt);
            }
        }
        Self { attempts: kept, left }
    }
}

/// More than a slot is ever asked.
const COMPARED: usize = 64;
