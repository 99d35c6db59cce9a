// SPDX-License-Identifier: MIT OR Apache-2.0
//! GET CHALLENGE, EXTERNAL and INTERNAL AUTHENTICATE: an EV1 session in three commands.

use zeroize::Zeroizing;

use crate::iso7816::{Command, StatusWord};
use crate::secret::{Secret, ct_eq};
use crate::transport::ReplyBuf;
use crate::wire::KeyType;

use super::state::Challenged;
use crate::emulator::card::Card;
use crate::emulator::channel::{Channel, Ev1, Session, SessionKey};
use crate::emulator::keys::StoredKey;

type Done = Result<StatusWord, StatusWord>;

/// GET CHALLENGE: as long as the keys of the level have it, named or left open (a real card's trace).
pub(super) fn challenge(card: &mut Card, command: &Command<'_>, out: &mut ReplyBuf) -> Done {
    if (command.p1, command.p2) != (0x00, 0x00) {
        return Err(StatusWord::WRONG_P1_P2);
    }
    let length = challenge_length(card.keys().kind());
    let asked = command.le.map(usize::from);
    if !command.data.is_empty() || (asked != Some(length) && asked != Some(ALL)) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    card.leave_session();
    let mut drawn = Secret::new([0; 16]);
    let bytes = drawn.expose_secret_mut().get_mut(..length).unwrap_or_default();
    card.nonces.fill(bytes);
    out.try_extend_from_slice(bytes).map_err(|_| StatusWord::WRONG_LENGTH)?;
    card.iso.challenged = Some(Challenged::Asked(drawn));
    Ok(StatusWord::OK)
}

/// EXTERNAL AUTHENTICATE: the reader's challenge and the card's, enciphered.
pub(super) fn external(card: &mut Card, command: &Command<'_>, before: Option<Challenged>) -> Done {
    let (number, key) = key(card, command)?;
    let Some(Challenged::Asked(card_s)) = before else {
        return Err(StatusWord::CONDITIONS_OF_USE);
    };
    let length = challenge_length(key.kind());
    if command.data.len() != length.saturating_mul(2) {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let mut token = Zeroizing::new(command.data.to_vec());
    let cipher = key.cipher();
    let mut chain = cipher.zero_iv();
    let whole = cipher.cbc_decrypt(&mut chain, &mut token);
    whole.map_err(|_| StatusWord::WRONG_LENGTH)?;
    let (reader, proof) = token.split_at_checked(length).ok_or(StatusWord::WRONG_LENGTH)?;
    let expected = card_s.expose_secret().get(..length).unwrap_or_default();
    card.try_key(number).map_err(|_| StatusWord::SECURITY_STATUS)?;
    if !ct_eq(expected, proof) {
        return Err(StatusWord::SECURITY_STATUS);
    }
    card.prove_key(number);
    let reader = padded(reader);
    card.iso.challenged = Some(Challenged::Proven { key: number, reader, chain });
    Ok(StatusWord::OK)
}

/// INTERNAL AUTHENTICATE: the card's second challenge and the reader's, enciphered, the chain going
/// on from the reader's cryptogram.
pub(super) fn internal(
    card: &mut Card,
    command: &Command<'_>,
    before: Option<Challenged>,
    out: &mut ReplyBuf,
) -> Done {
    let (number, key) = key(card, command)?;
    let Some(Challenged::Proven { key: proven, reader, mut chain }) = before else {
        return Err(StatusWord::CONDITIONS_OF_USE);
    };
    let length = challenge_length(key.kind());
    if proven != number {
        return Err(StatusWord::CONDITIONS_OF_USE);
    }
    if command.data.len() != length {
        return Err(StatusWord::WRONG_LENGTH);
    }
    let kind = SessionKey::of(key.kind(), key.is_single_des(card.behaviour.halves));
    let cipher = key.cipher();
    let mut answer = Zeroizing::new(vec![0; length]);
    card.nonces.fill(&mut answer);
    let drawn = answer.clone();
    answer.extend_from_slice(command.data);
    let whole = cipher.cbc_encrypt(&mut chain, &mut answer);
    whole.map_err(|_| StatusWord::WRONG_LENGTH)?;
    out.try_extend_from_slice(&answer).map_err(|_| StatusWord::WRONG_LENGTH)?;
    let reader = reader.expose_secret().get(..length).unwrap_or_default();
    let channel = Channel::Ev1(Ev1::new(kind, reader, &drawn));
    card.session = Some(Session { key: number, channel });
    Ok(StatusWord::OK)
}

/// P1 names the algorithm or leaves it open, P2 the key: bit 8 for one of the application.
fn key(card: &Card, command: &Command<'_>) -> Result<(u8, StoredKey), StatusWord> {
    let number = command.p2 & 0x1F;
    let of_application = command.p2 & 0x80 != 0;
    let key = card.keys().key(number).filter(|_| of_application == card.selected.is_some());
    let key = key.ok_or(StatusWord::WRONG_P1_P2)?;
    // As any authentication with a key that was never written.
    card.keys().require_enabled(number).map_err(|_| StatusWord::CONDITIONS_OF_USE)?;
    let named = match command.p1 {
        0x00 => true,
        0x02 => key.kind() == KeyType::Des,
        0x04 => key.kind() == KeyType::Tdes3,
        0x09 => key.kind() == KeyType::Aes,
        _ => false,
    };
    if named { Ok((number, key.clone())) } else { Err(StatusWord::WRONG_P1_P2) }
}

fn padded(bytes: &[u8]) -> Secret<[u8; 16]> {
    let mut whole = Secret::new([0; 16]);
    for (slot, byte) in whole.expose_secret_mut().iter_mut().zip(bytes) {
        *slot = *byte;
    }
    whole
}

/// How long a challenge is for keys of this type.
const fn challenge_length(kind: KeyType) -> usize {
    match kind {
        KeyType::Des => 8,
        KeyType::Tdes3 | KeyType::Aes => 16,
    }
}

/// Le 00 asks for all there is.
const ALL: usize = 256;
