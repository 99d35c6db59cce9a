// SPDX-License-Identifier: MIT OR Apache-2.0
//! Proximity checks of EV2 and EV3: PreparePC `F0`, ProximityCheck `F2`, VerifyPC `FD`. Both sides exchange eight
//! bytes each in rounds whose time is taken, and prove afterwards with VCProximityKey what was exchanged.

#[cfg(test)]
mod tests;

use core::time::Duration;

use arrayvec::ArrayVec;

use super::{Command, Data, Extent, Reply};
use crate::bytes::{Cursor, DecodeError};
use crate::host::channel::sent;
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Failed, Misbehaviour, Misuse};
use crate::host::rule::Mode::Plain;
use crate::host::rule::Rule;
use crate::host::session::{Auth, Level, Public, Session};
use crate::iso7816::StatusWord;
use crate::key::{CardKey, Purpose};
use crate::secret::Secret;
use crate::wire::{Ins, KeyType, Status};

/// In how many rounds the eight bytes of each side are exchanged: as many bytes in each.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_enums, reason = "what divides eight")]
pub enum Rounds {
    /// All eight bytes at once.
    One,
    /// Four bytes in each.
    Two,
    /// Two bytes in each.
    Four,
    /// A byte in each.
    Eight,
}

impl Rounds {
    /// How many bytes go in a round.
    const fn bytes(self) -> usize {
        match self {
            Self::One => 8,
            Self::Two => 4,
            Self::Four => 2,
            Self::Eight => 1,
        }
    }
}

/// What a card says before a proximity check: PreparePC.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Prepared {
    /// Option (1), response time (2, most significant byte first), and where bit 0 of the option says so the
    /// bit rate (1): all of it goes under the MACs.
    bytes: ArrayVec<u8, 4>,
    response_time: u16,
    bit_rate: Option<u8>,
}

impl Prepared {
    fn decode(reply: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("prepared proximity check", reply);
        let option = cursor.u8()?;
        let response_time = u16::from_be_bytes(cursor.array()?);
        let bit_rate = if option & 0x01 == 0 { None } else { Some(cursor.u8()?) };
        cursor.finish()?;
        Ok(Self { bytes: reply.iter().copied().take(4).collect(), response_time, bit_rate })
    }
}

/// A proximity check that both sides have proven: the card has VCProximityKey and answered these rounds. How near
/// it is only the [times](Self::times) can tell.
#[derive(Debug, Clone, PartialEq, Eq)]
#[non_exhaustive]
pub struct Proximity {
    /// How long the card says that it takes over a round, as near to it as it can.
    pub response_time: Duration,
    /// The byte on bit rates, where the card tells one: PPS1 of ISO/IEC 14443-4.
    pub bit_rate: Option<u8>,
    /// How long each round took by the caller's clock, in their order.
    pub times: ArrayVec<Duration, 8>,
}

/// What a proximity check came to, and the session that goes on.
#[derive(Debug)]
#[expect(clippy::exhaustive_structs, reason = "what was found and what is left are all there is")]
pub struct Checked<'t, L: Level> {
    /// The session, in which nobody is authenticated.
    pub session: Session<'t, L, Public>,
    /// What was found.
    pub proximity: Proximity,
}

impl Proximity {
    /// Whether every round took no longer than the card says. Over a reader's driver none does: the way through
    /// USB and the frames on air take longer than the card (`0320` is 0.8 ms), and a relay adds to that whatever
    /// the reader itself does not measure. So `false` says nothing of a card, and `true` only of a clock that
    /// takes the time where the field is made.
    #[must_use]
    pub fn in_time(&self) -> bool {
        self.times.iter().all(|time| *time <= self.response_time)
    }
}

/// PreparePC.
#[derive(Debug)]
pub(crate) struct PreparePc;

impl PreparePc {
    /// A factory EV3, published with Proxmark3.
    pub(in crate::host) const RULE: Rule =
        row(Ins::PreparePc).hints(&[(BUSY, " (inside of an application only?)")]);
}

impl Command for PreparePc {
    type Output = Prepared;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::UpTo(4)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Prepared, Misbehaviour> {
        Ok(Prepared::decode(reply.data)?)
    }
}

/// ProximityCheck: one round.
#[derive(Debug)]
pub(crate) struct ProximityCheck<'a> {
    /// How many bytes, and they.
    header: ArrayVec<u8, 9>,
    challenge: &'a [u8],
}

impl<'a> ProximityCheck<'a> {
    /// Proxmark3 with a factory EV3; the status when wrapped by ObsidianPay/libnxpsc.
    pub(in crate::host) const RULE: Rule = row(Ins::ProximityCheck);

    fn new(challenge: &'a [u8]) -> Self {
        let length = u8::try_from(challenge.len()).unwrap_or_default();
        Self { header: [length].iter().chain(challenge).copied().take(9).collect(), challenge }
    }
}

impl Command for ProximityCheck<'_> {
    type Output = ArrayVec<u8, 8>;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn extent(&self) -> Extent {
        Extent::Told(self.challenge.len())
    }

    fn decode(&self, reply: Reply<'_>) -> Result<Self::Output, Misbehaviour> {
        Ok(reply.data.iter().copied().take(8).collect())
    }
}

/// VerifyPC: the host's MAC goes, the card's comes.
#[derive(Debug)]
pub(crate) struct VerifyPc {
    mac: Secret<[u8; 8]>,
    expected: Secret<[u8; 8]>,
    live: bool,
}

impl VerifyPc {
    /// liblogicalaccess, Proxmark3 and ObsidianPay/libnxpsc agree; no published bytes.
    pub(in crate::host) const RULE: Rule = row(Ins::VerifyPc).hints(&[
        (Status::AuthenticationError, WRONG),
        (BUSY, WRONG),
        (Status::NoChanges, WRONG),
    ]);

    /// The MACs over `FD` for the host or `90` for the card, what was prepared, and of each round the card's bytes
    /// before the host's.
    fn over(key: &CardKey, prepared: &Prepared, rounds: &[u8]) -> Result<Self, Misuse> {
        let mac = |first: u8| -> Result<Secret<[u8; 8]>, Misuse> {
            let mac = key.derive(&[&[first], &prepared.bytes, rounds]).ok_or(Misuse::KeyType)?;
            Ok(Secret::new(sent(*mac.expose_secret())))
        };
        let [host, card] = [Ins::VerifyPc.into(), DONE.sw2()];
        Ok(Self { mac: mac(host)?, expected: mac(card)?, live: key.purpose() == Purpose::Live })
    }
}

impl Command for VerifyPc {
    type Output = ();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn data(&self) -> Data<'_> {
        Data::Sensitive(self.mac.expose_secret())
    }

    fn brings_live_key(&self) -> bool {
        self.live
    }

    fn extent(&self) -> Extent {
        Extent::Told(8)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<(), Misbehaviour> {
        let mut cursor = Cursor::new("proof of a proximity check", reply.data);
        let mac = Secret::new(cursor.array()?);
        cursor.finish()?;
        if mac == self.expected { Ok(()) } else { Err(Misbehaviour::Mac) }
    }
}

impl Conversation<'_> {
    /// The three commands. A check ends the session that it is begun in, so that nothing of it is sealed.
    fn proximity_check(
        &mut self,
        key: &CardKey,
        challenge: &[u8; 8],
        rounds: Rounds,
        clock: &mut dyn FnMut() -> Duration,
    ) -> Result<Proximity, Error> {
        self.line.usable()?;
        self.line.takes(key)?;
        if key.key_type() != KeyType::Aes {
            return Err(Misuse::KeyType.into());
        }
        self.secure = None;
        let prepared = self.run(&PreparePc)?.value;
        let (mut times, mut exchanged) = (ArrayVec::new(), ArrayVec::<u8, 16>::new());
        for challenge in challenge.chunks(rounds.bytes()) {
            let began = clock();
            // A card that is left in a check does nothing else any more.
            let answer = self.run(&ProximityCheck::new(challenge));
            if answer.is_err() {
                self.line.lose();
            }
            let answer = answer?.value;
            times.push(clock().saturating_sub(began));
            exchanged.extend(answer.into_iter().chain(challenge.iter().copied()));
        }
        let _proven = self.run(&VerifyPc::over(key, &prepared, &exchanged)?)?;
        let response_time = Duration::from_micros(prepared.response_time.into());
        Ok(Proximity { response_time, bit_rate: prepared.bit_rate, times })
    }
}

impl<'t, L: Level, A: Auth> Session<'t, L, A> {
    /// PreparePC, ProximityCheck and VerifyPC (EV2 and EV3): the card proves with VCProximityKey, `21` of the PICC
    /// or the application's own, that it answered these rounds, and the host proves it to the card. `challenge`
    /// must be random. `clock` tells the time since any moment and is asked before and after each round. The card
    /// forgets who has authenticated, so that the session that comes back is a public one, at the same level.
    ///
    /// **This is no proof that the card is near.** A round through a reader's driver takes longer than the response
    /// time that the card promises, so that the times of a card in the field and of one behind a relay look
    /// alike; only a reader that takes the time itself could tell them apart. What is proven is the key.
    ///
    /// Requests: `F0`: nothing, reply option (1), response time (2, in microseconds, most significant byte first),
    /// and where bit 0 of the option is set the bit rate (1). `F2`: length (1), the host's bytes, reply as many of
    /// the card's. `FD`: MAC (8) over `FD`, what `F0` said, and of each round the card's bytes and the host's;
    /// reply: MAC (8) over the same with `90` first. Each ends with status `90`, and `00` is taken too (a factory
    /// EV3 and an exchange published with Proxmark3; that a card takes the MAC, by three host libraries). In
    /// native frames it is no use, as `F2` is answered without a status.
    ///
    /// # Errors
    /// [`Failed`]; `0B` where the card checks inside of applications only, `AE`, `0B` or `0C` where its key is
    /// another one, [`Misbehaviour::Mac`] where its proof is wrong. [`Misuse::KeyType`] where `key` is no AES key:
    /// nothing is sent then, and the session of a key that has authenticated is left.
    pub fn proximity_check(
        mut self,
        key: &CardKey,
        challenge: &[u8; 8],
        rounds: Rounds,
        clock: &mut dyn FnMut() -> Duration,
    ) -> Result<Checked<'t, L>, Failed<Session<'t, L, Public>>> {
        match self.talk.proximity_check(key, challenge, rounds, clock) {
            Ok(proximity) => Ok(Checked { session: Session::at(self.talk), proximity }),
            Err(error) => Err(self.failed(error)),
        }
    }
}

/// `0B`: not now.
const BUSY: Status = Status::Unknown(0x0B);
const WRONG: &str = " (another key?)";
/// What the three commands end with.
const DONE: StatusWord = StatusWord(0x9190);

/// Without messaging: what is proven is proven by the check's own MACs.
const fn row(ins: Ins) -> Rule {
    Rule::new(ins).travels([Plain, Plain], [Plain, Plain]).done(DONE)
}
