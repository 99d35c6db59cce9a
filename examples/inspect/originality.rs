// SPDX-License-Identifier: MIT OR Apache-2.0
//! Whether the chip is NXP's, as far as its signature shows.

use cardwright::host::Error;
use cardwright::key::CardKey;
use cardwright::wire::Version;

use crate::look::Look;
use crate::seen::{Originality, Seen};

/// Asks for the signature, of a card that hides its UID in a session of its master key. The test key
/// is taken of a card that is a program and says so.
#[cfg(feature = "originality")]
pub(crate) fn look(
    look: &mut Look<'_>,
    version: &Version,
    master: Option<&CardKey>,
) -> Result<Seen<Originality>, Error> {
    use cardwright::originality::Trust;

    let Some(uid) = look.real_uid() else {
        return Ok(Seen::Closed("not checked: no key fetched the real UID".to_owned()));
    };
    let trust = if look.is_software() { Trust::TestKeyToo } else { Trust::Maker };
    let found = match master.filter(|_| version.uid.is_none()) {
        Some(key) => look.picc(key)?.originality(&uid, version, trust),
        None => look.open()?.originality(&uid, version, trust),
    };
    Seen::of(found.map(|found| Originality {
        finding: found.name(),
        key: found.key().map(|key| key.name),
        says: found.to_string(),
    }))
}

/// Says how to build what would look.
#[cfg(not(feature = "originality"))]
#[expect(clippy::unnecessary_wraps, reason = "what looks can fail")]
pub(crate) fn look(
    _: &mut Look<'_>,
    _: &Version,
    _: Option<&CardKey>,
) -> Result<Seen<Originality>, Error> {
    Ok(Seen::Closed("not checked: build with --features originality".to_owned()))
}
