// SPDX-License-Identifier: MIT OR Apache-2.0
//! Delegated applications (EV2): CreateDelegatedApplication `C9`, GetDelegatedInfo `69`, DeleteApplication `DA`
//! with the owner's permission, and the key of the PICC that they take.

#[cfg(test)]
mod tests;

use super::{Command, Data, Extent, Reply, says_nothing};
use crate::bytes::Cursor;
use crate::host::answer::Answer;
use crate::host::delegated::{DeletionPermit, Permit};
use crate::host::error::{Error, Failed, Misbehaviour};
use crate::host::rule::Rule;
use crate::host::session::{Auth, Picc, Public, Secure, Session};
use crate::key::CardKey;
use crate::wire::{Aid, Ins, Opening, PiccKey, Status};

/// CreateDelegatedApplication.
pub(crate) struct CreateDelegatedApplication<'p>(&'p Permit);

impl<'p> CreateDelegatedApplication<'p> {
    /// The application that may be created.
    pub(crate) const fn new(permit: &'p Permit) -> Self {
        Self(permit)
    }

    /// NXP AN12696 through another host library's tests; Proxmark3 (belief for the session's MAC).
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::CreateDelegatedApplication).at_picc().in_ev2().slow().hints(&[
            (
                Status::PermissionDenied,
                " (the slot holds an application, or has this version or a higher one?)",
            ),
            (Status::IntegrityError, " (the permission is of other keys than the card's?)"),
            (Status::OutOfMemory, " (the quota is 0, or more than the card has left?)"),
            (Status::AuthenticationError, " (DAMAuthKey, key 10 of the PICC, has to authenticate)"),
        ]);
}

impl Command for CreateDelegatedApplication<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.0.parameters
    }

    fn data(&self) -> Data<'_> {
        Data::Sensitive(self.0.proof.expose_secret())
    }

    fn first_frame(&self) -> Option<usize> {
        Some(self.0.parameters.len())
    }

    fn brings_live_key(&self) -> bool {
        self.0.live
    }
}

/// DeleteApplication of a delegated application by its owner's permission.
pub(crate) struct DeleteDelegatedApplication<'p> {
    header: [u8; 3],
    permit: &'p DeletionPermit,
}

impl<'p> DeleteDelegatedApplication<'p> {
    /// The application that may go.
    pub(crate) const fn new(permit: &'p DeletionPermit) -> Self {
        Self { header: permit.aid.to_wire(), permit }
    }

    /// NXP's short data sheet of the EV3; another host library's tests (belief for the session's MAC).
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::DeleteApplication).at_picc().in_ev2().slow();
}

impl Command for DeleteDelegatedApplication<'_> {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn data(&self) -> Data<'_> {
        Data::Sensitive(self.permit.mac.expose_secret())
    }

    fn brings_live_key(&self) -> bool {
        self.permit.live
    }
}

/// GetDelegatedInfo.
#[derive(Debug)]
pub(crate) struct GetDelegatedInfo {
    header: [u8; 2],
}

impl GetDelegatedInfo {
    /// Of a slot.
    pub(crate) const fn new(slot: u16) -> Self {
        Self { header: slot.to_le_bytes() }
    }

    /// Proxmark3, liblogicalaccess; `A0` for an empty slot of a real EV3 (libnci).
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::GetDelegatedInfo)
        .at_picc()
        .hints(&[(Status::ApplicationNotFound, " (nobody has used this slot)")]);
}

/// What GetDelegatedInfo says of a slot.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
#[expect(clippy::exhaustive_structs, reason = "the reply has no further fields")]
pub struct DelegatedInfo {
    /// Its version: a new application takes a higher one.
    pub slot_version: u8,
    /// How much memory it may take, in blocks of 32 bytes.
    pub quota: u16,
    /// How much of that is left, in blocks of 32 bytes.
    pub free: u16,
    /// The application in it; `None` where that was deleted.
    pub aid: Option<Aid>,
}

impl Command for GetDelegatedInfo {
    type Output = DelegatedInfo;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn extent(&self) -> Extent {
        Extent::Told(8)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<DelegatedInfo, Misbehaviour> {
        let mut cursor = Cursor::new("delegated info", reply.data);
        let [slot_version] = cursor.array()?;
        let quota = u16::from_le_bytes(cursor.array()?);
        let free = u16::from_le_bytes(cursor.array()?);
        let aid = Some(Aid::from_wire(cursor.array()?)).filter(|&aid| aid != Aid::PICC);
        Ok(DelegatedInfo { slot_version, quota, free, aid })
    }
}

impl<'t, A: Auth> Session<'t, Picc, A> {
    /// AuthenticateEV2First with a key that only the PICC has, as [`Session::authenticate`] does with the others.
    ///
    /// # Errors
    /// As [`Session::authenticate`]; `9D` on an EV3 whose key was never written.
    pub fn authenticate_picc_key(
        mut self,
        which: PiccKey,
        key: &CardKey,
        rnd_a: &[u8; 16],
    ) -> Result<Session<'t, Picc, Secure>, Failed<Session<'t, Picc, Public>>> {
        let opened = self.talk.authenticate(Opening::Ev2First, which.number(), key, rnd_a);
        self.onward(opened)
    }

    /// GetDelegatedInfo: who is in a slot, and how much memory is left there. Anybody may ask; a refusal ends
    /// the session of an authenticated key.
    ///
    /// Request: slot (2). Reply: version of the slot (1), quota (2), free blocks (2), AID (3); numbers least
    /// significant byte first (Proxmark3, liblogicalaccess; no published bytes).
    ///
    /// # Errors
    /// [`Error`]; `A0` for a slot that was never used.
    pub fn delegated_info(&mut self, slot: u16) -> Result<Answer<DelegatedInfo>, Error> {
        self.talk.run(&GetDelegatedInfo::new(slot))
    }
}

impl Session<'_, Picc, Secure> {
    /// CreateDelegatedApplication with the owner's permission, in an EV2 session of
    /// [`PiccKey::DamAuth`]. Does not select it.
    ///
    /// Request, first frame: the parameters that the permission is for; second frame: EncK (32) and DAMMAC (8),
    /// then the session's MAC (8) over both. Reply: nothing (NXP AN12696 through another host library's tests,
    /// but for the session's MAC, which is a belief).
    ///
    /// # Errors
    /// [`Error`]; `9D` where the slot is taken or its version not lower, `DE` where AID or names exist, `0E` without
    /// memory for the quota, `1E` for a permission of other keys, `AE` in another key's session.
    /// [`Misuse::OnlyEv2`](crate::host::Misuse::OnlyEv2) in a session that is none of EV2,
    /// [`Misuse::LiveKey`](crate::host::Misuse::LiveKey) for a live permission and software.
    pub fn create_delegated_application(&mut self, permit: &Permit) -> Result<Answer<()>, Error> {
        self.talk.run(&CreateDelegatedApplication::new(permit))
    }

    /// DeleteApplication with the owner's permission, in an EV2 session of [`PiccKey::DamAuth`]. The slot keeps
    /// its version.
    ///
    /// Request: AID (3), the owner's MAC (8). Reply: nothing (NXP's short data sheet of the EV3, another host
    /// library's tests).
    ///
    /// # Errors
    /// As [`Session::create_delegated_application`]; `A0` where there is no such application.
    pub fn delete_delegated_application(
        &mut self,
        permit: &DeletionPermit,
    ) -> Result<Answer<()>, Error> {
        self.talk.run(&DeleteDelegatedApplication::new(permit))
    }
}
