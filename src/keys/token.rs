// SPDX-License-Identifier: MIT OR Apache-2.0
//! Keys in a token that is reached by PKCS#11: `TokenStore`, behind the feature `pkcs11`, and what names a
//! token and its PIN, which is always there.
//!
//! # How a token has to be filled
//!
//! A token is one tenant's. Its keys are secret keys that the token keeps for good, sensitive and not
//! extractable; one that is not is used, and warned of
//! ([`JobWarning::Readable`](crate::encode::JobWarning::Readable)).
//!
//! | key | `CKA_LABEL` | `CKA_ID` | `CKA_KEY_TYPE` | `CKA_ENCRYPT` | `CKA_SIGN` |
//! |---|---|---|---|---|---|
//! | issuer key | the name that a profile's `ref` has | its version, one byte | `CKK_AES` of 16 bytes, `CKK_DES2`, `CKK_DES3` | true | true, for `CKM_AES_CMAC` |
//! | receipt key | `receipt` | | `CKK_GENERIC_SECRET` or `CKK_SHA256_HMAC` | | true |
//!
//! `CKA_START_DATE` and `CKA_END_DATE` are the first and the last day on which a key is put on cards
//! ([`Life`](crate::key::Life)). Two keys of one label and version are refused rather than chosen from. A DES key is a `CKK_DES2` key with
//! equal halves.
//!
//! # What the token computes
//!
//! | asked | mechanism | and where the token has none, or the key may not |
//! |---|---|---|
//! | CMAC, AES | `CKM_AES_CMAC` | `CKM_AES_ECB`, block by block |
//! | CMAC, triple DES | `CKM_DES3_ECB`, block by block | |
//! | CBC | `CKM_AES_CBC`, `CKM_DES3_CBC` | ECB, block by block |
//! | ECB | `CKM_AES_ECB`, `CKM_DES3_ECB` | |
//! | names of cards, files and records | `CKM_SHA256_HMAC` | |
//!
//! Which it is for a key is tried when the store hands it out, by one call of each: lists of mechanisms tell
//! what a module has, and not what is passed on to it.
//! [`Job::ways`](crate::encode::Job::ways) tells it by key. AN10922 goes by `CKM_AES_CMAC` where constant and
//! input are longer than a block: what is shorter it pads in another way than CMAC does.
//!
//! # What is in this process
//!
//! No issuer key and not the receipt key. The keys of a card are derived when its UID is known, and are in
//! this process, as [`CardKey`](crate::key::CardKey), for as long as the card is in the reader: a session with
//! a card is made of them. They are wiped when the engine is done with the card, as far as this crate has
//! them: the module has buffers of its own. So are the two keys that are derived from the receipt key, for
//! marks of records and for the chain of receipts, and the PIN, for as long as the store is open.
//!
//! # Time, and what goes away
//!
//! Sessions are opened as readers want them, up to what the token allows; whoever finds none left waits for
//! one. No call takes longer than the store's limit: after that it is
//! [`KeyError::TimedOut`](crate::key::KeyError::TimedOut), and what the module still does is left to it. Where
//! the token went away, or its server, a call waits for it as long: the module is begun anew, the same token is
//! looked for, by its serial number, and logged in to with the PIN that it took before. Other users of the
//! module in the same process lose their sessions by that.
//!
//! A token that is open already is opened a second time with the same PIN alone: which one it took, the store
//! that is open knows, and the token is not asked. Where something else in the process logged in to it, nobody
//! knows, and it is opened with any.
//!
//! After one wrong PIN no other login to that token is tried in the life of the process; a token that says
//! that one more wrong PIN locks it is not logged in to at all.

#[cfg(feature = "pkcs11")]
mod crew;
mod error;
#[cfg(feature = "pkcs11")]
mod fault;
#[cfg(feature = "pkcs11")]
mod link;
#[cfg(feature = "pkcs11")]
mod login;
#[cfg(feature = "pkcs11")]
mod module;
#[cfg(feature = "pkcs11")]
mod object;
#[cfg(any(feature = "pkcs11", test))]
mod over_ecb;
mod pin;
#[cfg(feature = "pkcs11")]
mod reach;
#[cfg(feature = "pkcs11")]
mod store;
mod uri;

pub use error::TokenError;
pub use pin::{Asking, PinError, PinSource};
#[cfg(feature = "pkcs11")]
pub use store::TokenStore;
pub use uri::{TokenUri, TokenUriError, UriProblem};
