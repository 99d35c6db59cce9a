// SPDX-License-Identifier: MIT OR Apache-2.0
//! Recipes: a scheme and its input, cooked for one card.

use std::sync::Arc;

use arrayvec::ArrayVec;
use zeroize::Zeroizing;

use super::error::{DeriveError, RecipeError};
use super::input::InputPart;
use super::scheme::Scheme;
use super::subject::{Input, Subject};
use super::written::WrittenScheme;
use super::{Message, an10922, boltcard, sagem, sam_av1};
use crate::iso14443::RealUid;
use crate::key::{CardKey, IssuerKey, KeyError, LowBits, Operation, Operations};
use crate::secret::wipe_frames;
use crate::wire::{Aid, KeyNo, KeyType, KeyVersion};

/// How a card key comes from an issuer key: the scheme, and what goes into it in which order.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recipe {
    method: Method,
    low_bits: LowBits,
}

#[derive(Debug, Clone, PartialEq, Eq)]
enum Method {
    /// One of the schemes that this crate knows, and its input.
    Known(Scheme, Vec<InputPart>),
    /// One that a profile writes.
    Written(Arc<WrittenScheme>),
}

impl Recipe {
    /// A recipe whose input fits its scheme for some type of key. Schemes whose input follows from
    /// the card take no parts.
    ///
    /// # Errors
    /// [`RecipeError`] where the input is empty or longer than the scheme takes, or there is one
    /// where there should be none.
    pub fn new(scheme: Scheme, input: Vec<InputPart>) -> Result<Self, RecipeError> {
        let length = length(&input);
        let low_bits = scheme.low_bits();
        let takes = match scheme.input(KeyType::Aes) {
            Some(range) if range.contains(&length) => None,
            None if length == 0 => None,
            range => Some(range.map(|range| *range.end())),
        };
        match takes {
            None => Ok(Self { method: Method::Known(scheme, input), low_bits }),
            Some(takes) => Err(RecipeError { scheme, length, takes }),
        }
    }

    /// A recipe of a scheme that a profile writes. The version of a 2K3DES or 3K3DES key goes into its
    /// low bits in the usual way.
    #[must_use]
    pub fn written(scheme: Arc<WrittenScheme>) -> Self {
        Self { method: Method::Written(scheme), low_bits: LowBits::Inverted }
    }

    /// The same recipe for 2K3DES and 3K3DES keys whose low bits are written in another way than the
    /// scheme's.
    #[must_use]
    pub const fn with_low_bits(mut self, form: LowBits) -> Self {
        self.low_bits = form;
        self
    }

    /// How the low bits of 2K3DES and 3K3DES keys are written.
    #[must_use]
    pub const fn low_bits(&self) -> LowBits {
        self.low_bits
    }

    /// The scheme; `None` where a profile writes it.
    #[must_use]
    pub const fn scheme(&self) -> Option<Scheme> {
        match self.method {
            Method::Known(scheme, _) => Some(scheme),
            Method::Written(_) => None,
        }
    }

    /// What goes in, in order; nothing where the input follows from the card, or stands in a scheme that
    /// a profile writes.
    #[must_use]
    pub fn parts(&self) -> &[InputPart] {
        match &self.method {
            Method::Known(_, input) => input,
            Method::Written(_) => &[],
        }
    }

    /// The scheme that a profile writes; `None` for one that this crate knows.
    #[must_use]
    pub fn written_scheme(&self) -> Option<&WrittenScheme> {
        match &self.method {
            Method::Known(..) => None,
            Method::Written(scheme) => Some(scheme),
        }
    }

    /// All that goes in, whoever says so.
    fn every_part(&self) -> impl Iterator<Item = &InputPart> {
        let (input, written) = match &self.method {
            Method::Known(_, input) => (Some(input.iter()), None),
            Method::Written(scheme) => (None, Some(scheme.parts())),
        };
        input.into_iter().flatten().chain(written.into_iter().flatten())
    }

    /// Whether the recipe can be followed with an issuer key of this type.
    ///
    /// # Errors
    /// [`DeriveError`] where the scheme has no such keys or its input is shorter for them.
    pub fn fits(&self, key: KeyType) -> Result<(), DeriveError> {
        let (scheme, input) = match &self.method {
            Method::Known(scheme, input) => (*scheme, input),
            Method::Written(scheme) => return Ok(scheme.fits(key)?),
        };
        if !scheme.key_types().contains(&key) {
            return Err(DeriveError::KeyType { scheme, key });
        }
        match scheme.input(key) {
            Some(range) if !range.contains(&length(input)) => {
                Err(DeriveError::Input { key, takes: *range.end(), length: length(input) })
            }
            _ => Ok(()),
        }
    }

    /// Which operation a key of this type lacks, that can do so much, for the recipe to be followed with
    /// it; `None` where it can do all that it takes.
    #[must_use]
    pub fn lacks(&self, key: KeyType, can: Operations) -> Option<Operation> {
        let (scheme, input) = match &self.method {
            Method::Known(scheme, input) => (*scheme, input),
            Method::Written(scheme) => return scheme.lacks(key, can),
        };
        let needs: &[Operation] = match scheme {
            Scheme::SamAv1 => &[Operation::Itself, Operation::Ecb],
            Scheme::Sagem | Scheme::Omnitech => &[Operation::Ecb],
            Scheme::Gallagher => &[Operation::Cbc],
            Scheme::Boltcard if can.has(Operation::Cbc) => &[],
            Scheme::Boltcard => &[Operation::Cmac],
            scheme @ (Scheme::An10922 | Scheme::An10922OneBlock | Scheme::An10922ForceK2) => {
                let constant = 1;
                if can.has(Operation::Cbc) {
                    &[]
                } else if an10922::is_cmac(scheme, key, constant + length(input)) {
                    &[Operation::Cmac]
                } else {
                    &[Operation::Cbc]
                }
            }
        };
        needs.iter().copied().find(|operation| !can.has(*operation))
    }

    /// Whether the scheme makes its own input, the whole UID among it.
    const fn is_of_card(&self) -> bool {
        matches!(
            self.method,
            Method::Known(
                Scheme::SamAv1
                    | Scheme::Sagem
                    | Scheme::Omnitech
                    | Scheme::Gallagher
                    | Scheme::Boltcard,
                _
            )
        )
    }

    /// Whether the UID goes into some key, or a piece of it. Gallagher and Bolt cards leave it out of some keys;
    /// [`Recipe::needs_uid_for`] tells which.
    #[must_use]
    pub fn needs_uid(&self) -> bool {
        self.is_of_card() || self.every_part().any(InputPart::is_of_uid)
    }

    /// Whether the UID goes into the key of this slot, or a piece of it.
    #[must_use]
    pub fn needs_uid_for(&self, aid: Aid, no: KeyNo) -> bool {
        self.needs_uid() && !self.shares(aid, no)
    }

    /// Whether the whole UID goes into some key, so that this is one card's alone.
    #[must_use]
    pub fn names_card(&self) -> bool {
        let known = || self.every_part().any(InputPart::is_whole_uid);
        match &self.method {
            Method::Known(..) => self.is_of_card() || known(),
            Method::Written(scheme) => scheme.names_card(),
        }
    }

    /// Whether the whole UID goes into the key of this slot, so that a session of it proves the UID.
    #[must_use]
    pub fn names_card_for(&self, aid: Aid, no: KeyNo) -> bool {
        self.names_card() && !self.shares(aid, no)
    }

    fn shares(&self, aid: Aid, no: KeyNo) -> bool {
        match self.scheme() {
            Some(Scheme::Gallagher) => is_shared(aid, no),
            Some(Scheme::Boltcard) => u8::from(no) == boltcard::SHARED,
            None | Some(_) => false,
        }
    }

    /// The fields of the record that go in, by their names.
    pub fn fields(&self) -> impl Iterator<Item = &str> {
        self.every_part().filter_map(InputPart::field)
    }

    /// Whether the key can be made only once it is known whose card it is.
    #[must_use]
    pub fn needs_record(&self) -> bool {
        self.fields().next().is_some()
    }

    /// Whether the number of the key goes in, so that each slot has a key of its own.
    pub(crate) fn differs_by_slot(&self) -> bool {
        let by_itself = matches!(
            self.method,
            Method::Known(Scheme::Gallagher | Scheme::SamAv1 | Scheme::Boltcard, _)
        );
        by_itself || self.every_part().any(|part| matches!(part, InputPart::KeyNo))
    }

    /// Whether it matters for which slot of which application the key is made: its number goes in, or the
    /// AID.
    #[must_use]
    pub fn needs_slot(&self) -> bool {
        self.differs_by_slot() || self.needs_aid()
    }

    /// Whether the AID goes in by the recipe's own input, so that it makes no sense at PICC level.
    #[must_use]
    pub fn needs_aid(&self) -> bool {
        self.every_part().any(InputPart::is_of_aid)
    }

    /// The input for one card: UID, AID and what else goes in, in order; nothing for a scheme that a
    /// profile writes. It tells the UID.
    ///
    /// # Errors
    /// [`DeriveError::NoUid`] and [`DeriveError::NoRecord`] where the UID or a field goes in and is not
    /// known.
    pub fn input(&self, subject: &Subject<'_>) -> Result<Input, DeriveError> {
        let Subject { uid, aid, no, .. } = *subject;
        let uid = || uid.map(RealUid::expose).ok_or(DeriveError::NoUid);
        let mut input = Input::default();
        let Method::Known(scheme, parts) = &self.method else { return Ok(input) };
        match scheme {
            Scheme::SamAv1 => {
                input.push(no.into());
                input.extend(*uid()?);
            }
            Scheme::Sagem | Scheme::Omnitech => input.extend(*uid()?),
            Scheme::Gallagher => {
                if !is_shared(aid, no) {
                    input.extend(*uid()?);
                }
                input.push(no.into());
                input.extend(aid.to_wire());
            }
            Scheme::Boltcard => {
                let made = Zeroizing::new(boltcard::input(no, subject.uid)?);
                input.extend(made.iter().copied());
            }
            Scheme::An10922 | Scheme::An10922OneBlock | Scheme::An10922ForceK2 => {
                for part in parts {
                    part.write(subject, &mut *input)?;
                }
            }
        }
        Ok(input)
    }

    /// The messages whose MACs make the key, for the schemes that have such. They tell the UID.
    ///
    /// # Errors
    /// [`DeriveError`].
    pub fn messages(
        &self,
        key: KeyType,
        subject: &Subject<'_>,
    ) -> Result<ArrayVec<Message, 3>, DeriveError> {
        self.fits(key)?;
        match self.scheme() {
            None | Some(Scheme::SamAv1 | Scheme::Sagem | Scheme::Omnitech | Scheme::Boltcard) => {
                Ok(ArrayVec::new())
            }
            Some(
                scheme @ (Scheme::An10922
                | Scheme::An10922OneBlock
                | Scheme::An10922ForceK2
                | Scheme::Gallagher),
            ) => Ok(an10922::messages(scheme, key, &self.input(subject)?)),
        }
    }

    /// Makes the card key, for what the issuer key is for. A 2K3DES or 3K3DES key gets its version
    /// written in, unless its low bits are kept.
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
        let key_type = issuer.key_type();
        self.fits(key_type)?;
        let key = self.make(issuer, subject, version);
        // What the key went through on its way is not to outlast it.
        wipe_frames();
        Ok(key?.made_from(issuer).with_version_as(version, self.low_bits))
    }

    fn make(
        &self,
        issuer: &dyn IssuerKey,
        subject: &Subject<'_>,
        version: KeyVersion,
    ) -> Result<CardKey, DeriveError> {
        let key_type = issuer.key_type();
        let scheme = match &self.method {
            Method::Known(scheme, _) => *scheme,
            Method::Written(scheme) => {
                let bytes = scheme.derive(issuer, subject)?;
                return Ok(CardKey::of_type(key_type, bytes.expose_secret()));
            }
        };
        let bytes = match scheme {
            Scheme::Sagem | Scheme::Omnitech => {
                sagem::derive(issuer, subject.uid.ok_or(DeriveError::NoUid)?)?
            }
            Scheme::Boltcard => boltcard::derive(issuer, (subject.no, version), subject.uid)?,
            Scheme::SamAv1 => {
                let input = self.input(subject)?;
                let div = input.as_slice().try_into().map_err(|_| DeriveError::NoUid)?;
                sam_av1::derive(issuer, div)?
            }
            Scheme::An10922
            | Scheme::An10922OneBlock
            | Scheme::An10922ForceK2
            | Scheme::Gallagher => {
                an10922::derive(issuer, scheme, &self.messages(key_type, subject)?)?
            }
        };
        Ok(CardKey::of_type(key_type, bytes.expose_secret()))
    }
}

/// The issuer key itself on every card, its low bits written so.
///
/// # Errors
/// [`KeyError`] where it does not hand itself out.
pub fn undiversified(
    issuer: &dyn IssuerKey,
    version: KeyVersion,
    form: LowBits,
) -> Result<CardKey, KeyError> {
    Ok(issuer.itself()?.made_from(issuer).with_version_as(version, form))
}

fn length(input: &[InputPart]) -> usize {
    input.iter().map(InputPart::length).sum()
}

/// Whether a key of Gallagher's is the same on every card.
fn is_shared(aid: Aid, no: KeyNo) -> bool {
    (u8::from(no) == 1 || aid == Aid::PICC) && aid != GALLAGHER_SHARED
}

/// The one application of Gallagher whose keys always have the UID in them.
const GALLAGHER_SHARED: Aid = Aid::new([0x1F, 0x81, 0xF4]);
