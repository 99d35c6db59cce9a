// SPDX-License-Identifier: MIT OR Apache-2.0
//! The ways in which a card key may come from an issuer key.

use core::fmt;

use crate::diversify::{DeriveError, InputPart, Recipe, Scheme, Subject, undiversified};
use crate::iso14443::RealUid;
use crate::key::{CardKey, IssuerKey, LowBits};
use crate::wire::{Aid, KeyType, KeyVersion};

/// One way: no diversification, or a recipe with AID and UID in some byte order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Form {
    recipe: Option<Recipe>,
    /// Whether the AID goes in with its bytes in the other order than the recipe has them.
    aid_turned: bool,
    uid_turned: bool,
}

/// The byte order of an AID in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "bytes have two orders")]
pub enum AidOrder {
    /// Most significant byte first, as it is written.
    Written,
    /// Least significant byte first, as it is sent.
    Sent,
}

/// The byte order of a UID in a key.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "bytes have two orders")]
pub enum UidOrder {
    /// As in the anticollision, `04` first on NXP cards.
    Shown,
    /// Last byte first.
    Reversed,
}

/// The parts that schemes of AN10922 are tried with.
const UID: &[InputPart] = &[InputPart::Uid];
const UID_AID: &[InputPart] = &[InputPart::Uid, InputPart::Aid];
const UID_NO: &[InputPart] = &[InputPart::Uid, InputPart::KeyNo];
const UID_AID_NO: &[InputPart] = &[InputPart::Uid, InputPart::Aid, InputPart::KeyNo];

impl Form {
    /// The issuer key itself, on every card.
    pub const UNDIVERSIFIED: Self = Self { recipe: None, aid_turned: false, uid_turned: false };

    /// A recipe, with AID and UID as it has them.
    #[must_use]
    pub const fn of(recipe: Recipe) -> Self {
        Self { recipe: Some(recipe), aid_turned: false, uid_turned: false }
    }

    /// The same with the bytes of the AID, of the UID, or of both in the other order.
    #[must_use]
    pub fn turned(self, aid: bool, uid: bool) -> Self {
        Self { aid_turned: aid, uid_turned: uid, ..self }
    }

    /// Every way that the schemes of [`Scheme`] give, the likely ones first: undiversified; with a
    /// system identifier, where one is named; then each scheme as published; one byte order or one
    /// more part that differs; and the variants of AN10922 that single programs have.
    ///
    /// A system identifier that is too long for AN10922 is left out.
    #[must_use]
    pub fn likely(systems: &[Vec<u8>]) -> Vec<Self> {
        let mut all = vec![Self::UNDIVERSIFIED];
        let add = |all: &mut Vec<Self>, scheme, parts: &[InputPart], turns: &[(bool, bool)]| {
            let Ok(recipe) = Recipe::new(scheme, parts.to_vec()) else { return };
            all.extend(turns.iter().map(|&(aid, uid)| Self::of(recipe.clone()).turned(aid, uid)));
        };
        let straight = &[(false, false)];
        let every = &[(false, false), (true, false), (false, true), (true, true)];
        let orders = |parts: &[InputPart]| {
            if parts.contains(&InputPart::Aid) { &every[..] } else { &every[..3] }
        };
        let with = |parts: &[InputPart], system: &[u8]| -> Vec<InputPart> {
            parts.iter().cloned().chain([InputPart::Constant(system.to_vec())]).collect()
        };
        for system in systems {
            for parts in [UID_AID, UID] {
                add(&mut all, Scheme::An10922, &with(parts, system), straight);
            }
            add(&mut all, Scheme::An10922, &with(UID_AID, system), &[(true, false)]);
        }
        add(&mut all, Scheme::An10922, UID_AID, straight);
        add(&mut all, Scheme::An10922, UID, straight);
        add(&mut all, Scheme::Gallagher, &[], straight);
        add(&mut all, Scheme::An10922, UID_AID, &[(true, false)]);
        for scheme in [Scheme::SamAv1, Scheme::Sagem, Scheme::Omnitech] {
            add(&mut all, scheme, &[], straight);
        }
        add(&mut all, Scheme::An10922, UID_AID, &[(false, true)]);
        add(&mut all, Scheme::An10922, UID, &[(false, true)]);
        for parts in [UID_AID_NO, UID_NO] {
            add(&mut all, Scheme::An10922, parts, straight);
        }
        for scheme in [Scheme::An10922OneBlock, Scheme::An10922ForceK2] {
            for system in systems {
                add(&mut all, scheme, &with(UID_AID, system), straight);
            }
            add(&mut all, scheme, UID_AID, straight);
            add(&mut all, scheme, UID, straight);
        }
        for scheme in [Scheme::Gallagher, Scheme::SamAv1, Scheme::Sagem, Scheme::Omnitech] {
            let aid = scheme == Scheme::Gallagher;
            let turns = every.iter().skip(1).copied().filter(|(turned, _)| aid || !turned);
            add(&mut all, scheme, &[], &turns.collect::<Vec<_>>());
        }
        for scheme in [Scheme::An10922, Scheme::An10922OneBlock, Scheme::An10922ForceK2] {
            for parts in [UID_AID, UID, UID_AID_NO, UID_NO] {
                for system in systems {
                    add(&mut all, scheme, &with(parts, system), orders(parts));
                }
                add(&mut all, scheme, parts, orders(parts));
            }
        }
        distinct(all)
    }

    /// The scheme; `None` for an undiversified key.
    #[must_use]
    pub fn scheme(&self) -> Option<Scheme> {
        self.recipe.as_ref().and_then(Recipe::scheme)
    }

    /// What goes in by name, where the scheme lets it be chosen.
    #[must_use]
    pub fn parts(&self) -> &[InputPart] {
        self.recipe.as_ref().map_or(&[], Recipe::parts)
    }

    /// The byte order of the AID, where one goes in.
    #[must_use]
    pub fn aid_order(&self) -> Option<AidOrder> {
        let recipe = self.recipe.as_ref()?;
        let gallagher = recipe.scheme() == Some(Scheme::Gallagher);
        let sent = gallagher || recipe.parts().contains(&InputPart::AidWire);
        let order = if sent == self.aid_turned { AidOrder::Written } else { AidOrder::Sent };
        (gallagher || recipe.needs_aid()).then_some(order)
    }

    /// The byte order of the UID, where it goes in.
    #[must_use]
    pub fn uid_order(&self) -> Option<UidOrder> {
        let order = if self.uid_turned { UidOrder::Reversed } else { UidOrder::Shown };
        self.needs_uid().then_some(order)
    }

    /// Whether the UID goes in. Gallagher leaves it out of some keys.
    #[must_use]
    pub fn needs_uid(&self) -> bool {
        self.recipe.as_ref().is_some_and(Recipe::needs_uid)
    }

    /// Whether the recipe takes the AID by choice, which says nothing at the PICC level.
    pub(super) fn chooses_aid(&self) -> bool {
        self.recipe.as_ref().is_some_and(Recipe::needs_aid)
    }

    /// Whether the version of the card key is the issuer key's; else it is what comes out.
    pub(super) fn writes_version(&self) -> bool {
        self.recipe.as_ref().is_none_or(|recipe| recipe.low_bits() != LowBits::Kept)
    }

    /// Whether keys of this type can be made so.
    pub(super) fn takes(&self, key: KeyType) -> bool {
        self.recipe.as_ref().is_none_or(|recipe| recipe.fits(key).is_ok())
    }

    /// Makes the key of a card.
    ///
    /// # Errors
    /// [`DeriveError`] where the UID goes in and is not known, or the issuer key does not fit, or does
    /// not do what it is asked.
    pub fn derive(
        &self,
        issuer: &dyn IssuerKey,
        subject: &Subject<'_>,
        version: KeyVersion,
    ) -> Result<CardKey, DeriveError> {
        let Some(recipe) = &self.recipe else {
            return Ok(undiversified(issuer, version, LowBits::Inverted)?);
        };
        let turned = subject.uid.filter(|_| self.uid_turned).map(|uid| {
            let mut bytes = *uid.expose();
            bytes.reverse();
            RealUid::new(bytes)
        });
        let aid = if self.aid_turned { Aid::from_wire(subject.aid.written()) } else { subject.aid };
        let uid = turned.as_ref().or(subject.uid);
        recipe.derive(issuer, &Subject { uid, aid, ..*subject }, version)
    }
}

/// Each once, where it stands first.
fn distinct(all: Vec<Form>) -> Vec<Form> {
    let mut kept: Vec<Form> = Vec::with_capacity(all.len());
    for form in all {
        if !kept.contains(&form) {
            kept.push(form);
        }
    }
    kept
}

impl fmt::Display for Form {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Some(scheme) = self.scheme() else { return f.write_str("undiversified") };
        f.write_str(scheme.name())?;
        if !self.parts().is_empty() {
            let parts: Vec<String> = self.parts().iter().map(ToString::to_string).collect();
            write!(f, " of {}", parts.join(", "))?;
        }
        if let Some(order) = self.aid_order() {
            write!(f, ", AID {order}")?;
        }
        self.uid_order().map_or(Ok(()), |order| write!(f, ", UID {order}"))
    }
}

impl fmt::Display for AidOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Written => "as written",
            Self::Sent => "as sent",
        })
    }
}

impl fmt::Display for UidOrder {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Shown => "as shown",
            Self::Reversed => "reversed",
        })
    }
}
