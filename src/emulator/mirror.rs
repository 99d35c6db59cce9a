// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file as it is read without a session: its bytes, and over them what the chip mirrors.

use super::card::Card;
use super::file::{Verdict, reading, weigh_sets};
use super::lrp::Lrp;
use super::sdm::{Random, Way};
use crate::crypto::{AesCmac, Cipher};
use crate::secret::Secret;
use crate::wire::{CommMode, KeyNo, Sdm, SdmCounter, SdmMeta, Status};

/// Who may read a file: whoever its rights say, and without a session anybody where secure dynamic messaging
/// has a key for it.
pub(super) fn weighed(card: &Card, number: u8) -> Result<Verdict, Status> {
    let settings = &card.application()?.file(number)?.settings;
    let signed = settings.sdm.is_some_and(|sdm| sdm.file.is_some());
    if card.session.is_none() && signed {
        return Ok(Verdict::Granted(CommMode::Plain));
    }
    Ok(weigh_sets(settings, reading, card.authenticated(), card.behaviour.both_rights))
}

/// What a read of a file sees, where that is not what stands in it: with secure dynamic messaging, and without
/// a session.
///
/// # Errors
/// As the read counter says; `40` where a key that the settings name is none.
pub(super) fn image(
    card: &mut Card,
    number: u8,
    way: Way,
) -> Result<Option<Secret<Vec<u8>>>, Status> {
    let file = card.application()?.file(number)?;
    let Some(sdm) = file.settings.sdm.filter(|_| card.session.is_none()) else { return Ok(None) };
    let bytes = Secret::new(file.data()?.contents().to_vec());
    let random = run(card, number, way)?;
    let counter = card.application()?.file(number)?.reads;
    let read = Read { card, sdm, counter, random };
    read.mirror(bytes).map(Some)
}

/// The random bytes of a read that is about to be answered. The first one of a run moves the counter.
///
/// # Errors
/// `9D` where the counter has reached its limit, `1E` where it has no further value.
fn run(card: &mut Card, number: u8, way: Way) -> Result<Random, Status> {
    if let Some(random) = card.runs.go_on(number, way) {
        return Ok(random);
    }
    let file = card.application_mut()?.file_mut(number)?;
    let limit = file.settings.sdm.and_then(|sdm| sdm.limit);
    match limit {
        Some(limit) if file.reads >= limit => return Err(Status::PermissionDenied),
        _ if file.reads >= LAST => return Err(Status::IntegrityError),
        _ => file.reads += 1,
    }
    let mut random = [0; 24];
    let (block, lrp) = random.split_at_mut(16);
    if card.in_lrp() {
        card.nonces.fill(lrp);
    }
    card.nonces.fill(block);
    card.runs.begin(number, way, random);
    Ok(random)
}

/// The last value of a read counter: 24 bits.
const LAST: u32 = 0x00FF_FFFF;

/// One reading.
struct Read<'a> {
    card: &'a Card,
    sdm: Sdm,
    counter: u32,
    random: Random,
}

impl Read<'_> {
    /// UID and counter first, then what is enciphered, and over all of it the MAC.
    fn mirror(&self, mut bytes: Secret<Vec<u8>>) -> Result<Secret<Vec<u8>>, Status> {
        let text = bytes.expose_secret_mut();
        match self.sdm.meta {
            SdmMeta::Never { .. } => {}
            SdmMeta::Clear { uid, counter } => {
                if let Some(at) = uid {
                    put(text, at, self.card.real_uid().expose());
                }
                if let Some(SdmCounter::At(at)) = counter {
                    let [low, middle, high] = self.counted();
                    put(text, at, &[high, middle, low]);
                }
            }
            SdmMeta::Enciphered { key, at, .. } => put(text, at, &self.picc_data(key)?),
        }
        let Some(file) = self.sdm.file else {
            self.tamper(text);
            return Ok(bytes);
        };
        let session = Session::new(self.key(file.key)?, &self.named(), self.card.in_lrp());
        if let Some((at, length)) = file.enciphered {
            // What is enciphered stands in the first half of the place where it is shown.
            let mut clear = text.to_vec();
            self.tamper(&mut clear);
            let mut clear = span(&clear, at, length / 2)?.to_vec();
            session.encipher(self.counted(), &mut clear)?;
            self.tamper(text);
            put(text, at, &clear);
        } else {
            self.tamper(text);
        }
        let length = file.mac.saturating_sub(file.from);
        let mac = session.mac(span(text, file.from, length)?);
        put(text, file.mac, &mac);
        Ok(bytes)
    }

    /// The tamper status, two characters in clear.
    fn tamper(&self, text: &mut [u8]) {
        if let Some(at) = self.sdm.tamper {
            write(text, at, &self.card.seal_status());
        }
    }

    /// The counter, least significant byte first.
    fn counted(&self) -> [u8; 3] {
        let [low, middle, high, _] = self.counter.to_le_bytes();
        [low, middle, high]
    }

    /// Whether the UID and the counter are part of what is shown, under whatever key.
    const fn parts(&self) -> (bool, bool) {
        match self.sdm.meta {
            SdmMeta::Never { counted } => (false, counted),
            SdmMeta::Clear { uid, counter } => (uid.is_some(), counter.is_some()),
            SdmMeta::Enciphered { uid, counter, .. } => (uid, counter),
        }
    }

    /// UID and counter as far as they are shown, as the keys of the session have them.
    fn named(&self) -> Vec<u8> {
        let (uid, counter) = self.parts();
        let mut named = Vec::with_capacity(10);
        if uid {
            named.extend(self.card.real_uid().expose());
        }
        if counter {
            named.extend(self.counted());
        }
        named
    }

    /// `tag [UID] [counter] random`, enciphered; in LRP behind the random bytes that count its blocks.
    fn picc_data(&self, key: KeyNo) -> Result<Vec<u8>, Status> {
        let (uid, counter) = self.parts();
        let length = if uid { 7 } else { 0 };
        let mut block = vec![u8::from(uid) << 7 | u8::from(counter) << 6 | length];
        block.extend(self.named());
        block.extend(self.random.iter().take(16_usize.saturating_sub(block.len())));
        let key = self.key(key)?;
        if self.card.in_lrp() {
            let (_, &counter) =
                self.random.split_last_chunk::<8>().ok_or(Status::IntegrityError)?;
            let enciphered = Lrp::new(key, 0).encrypt(&mut { counter }, &mut block);
            enciphered.ok_or(Status::IntegrityError)?;
            return Ok([&counter[..], &block].concat());
        }
        let cipher = Cipher::aes(key);
        let mut iv = cipher.zero_iv();
        cipher.cbc_encrypt(&mut iv, &mut block).map_err(|_| Status::IntegrityError)?;
        Ok(block)
    }

    fn key(&self, number: KeyNo) -> Result<&[u8; 16], Status> {
        let key = self.card.keys().key(number.into()).ok_or(Status::NoSuchKey)?;
        key.bytes().try_into().map_err(|_| Status::NoSuchKey)
    }
}

/// The keys of one reading.
enum Session {
    Aes { cipher: Cipher, cmac: AesCmac },
    Lrp { enciphering: Lrp, macing: Lrp },
}

impl Session {
    /// Out of the file's key, with UID and counter as far as they are shown.
    fn new(key: &[u8; 16], named: &[u8], lrp: bool) -> Self {
        let labelled = |label: &[u8]| {
            let mut vector = [0; 16];
            let parts = label.iter().chain(&[0x00, 0x01, 0x00, 0x80]).chain(named);
            vector.iter_mut().zip(parts).for_each(|(slot, byte)| *slot = *byte);
            vector
        };
        if lrp {
            let mut vector = labelled(&[]);
            if let Some(end) = vector.last_chunk_mut() {
                *end = [0x1E, 0xE1];
            }
            let master = Secret::new(Lrp::new(key, 0).mac(&[&vector]));
            let of = |number| Lrp::new(master.expose_secret(), number);
            return Self::Lrp { macing: of(0), enciphering: of(1) };
        }
        let key = AesCmac::new(key);
        let derive = |label: [u8; 2]| Secret::new(key.mac(&[&labelled(&label)]));
        let (enciphering, macing) = (derive([0xC3, 0x3C]), derive([0x3C, 0xC3]));
        let cipher = Cipher::aes(enciphering.expose_secret());
        Self::Aes { cipher, cmac: AesCmac::new(macing.expose_secret()) }
    }

    /// With the counter enciphered as the initial value, or in LRP with it as the upper half of the number of
    /// the first block.
    fn encipher(&self, counter: [u8; 3], data: &mut [u8]) -> Result<(), Status> {
        let [low, middle, high] = counter;
        let enciphered = match self {
            Self::Aes { cipher, .. } => {
                let mut iv = cipher.zero_iv();
                iv.xor(&counter);
                cipher.encrypt_block(&mut iv);
                cipher.cbc_encrypt(&mut iv, data).ok()
            }
            Self::Lrp { enciphering, .. } => {
                enciphering.encrypt(&mut [low, middle, high, 0, 0, 0], data)
            }
        };
        enciphered.ok_or(Status::IntegrityError)
    }

    /// Every second byte of the CMAC.
    fn mac(&self, text: &[u8]) -> Vec<u8> {
        let whole = match self {
            Self::Aes { cmac, .. } => cmac.mac(&[text]),
            Self::Lrp { macing, .. } => macing.mac(&[text]),
        };
        whole.into_iter().skip(1).step_by(2).collect()
    }
}

/// So many bytes from there; the settings were checked against the file.
fn span(text: &[u8], at: u32, length: u32) -> Result<&[u8], Status> {
    let (at, length) = (at as usize, length as usize);
    text.get(at..at.saturating_add(length)).ok_or(Status::ParameterError)
}

/// Bytes as upper-case digits.
fn put(text: &mut [u8], at: u32, bytes: &[u8]) {
    write(text, at, hex::encode_upper(bytes).as_bytes());
}

fn write(text: &mut [u8], at: u32, bytes: &[u8]) {
    let slots = text.get_mut(at as usize..).unwrap_or_default();
    slots.iter_mut().zip(bytes).for_each(|(slot, byte)| *slot = *byte);
}
