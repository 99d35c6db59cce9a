// SPDX-License-Identifier: MIT OR Apache-2.0
//! What only NTAG 424 DNA tags have: GetTTStatus `F7`.

use super::{Command, Extent, Reply};
use crate::host::answer::Answer;
use crate::host::error::{Error, Misbehaviour};
use crate::host::rule::Mode::{Full, Mac, Plain};
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Session};
use crate::wire::{Ins, TtStatus};

/// GetTTStatus.
#[derive(Debug)]
pub(crate) struct GetTtStatus;

impl GetTtStatus {
    /// Capture of an NTAG 424 DNA TagTamper in ntag424.
    pub(in crate::host) const RULE: Rule =
        Rule::new(Ins::GetTtStatus).in_application().travels([Plain, Full], [Mac, Full]);
}

impl Command for GetTtStatus {
    type Output = TtStatus;

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn extent(&self) -> Extent {
        Extent::Told(2)
    }

    fn decode(&self, reply: Reply<'_>) -> Result<TtStatus, Misbehaviour> {
        Ok(TtStatus::decode(reply.data)?)
    }
}

impl<A: Auth> Session<'_, App, A> {
    /// GetTTStatus: whether the seal of an NTAG 424 DNA TagTamper was ever found open, and whether it is.
    ///
    /// Request: nothing. Reply: two characters, as [`TtStatus::decode`] says; enciphered in a session, in clear
    /// without one (NT4H2421Tx; a capture in the crate ntag424).
    ///
    /// # Errors
    /// [`Error`]; `9D` where nobody may ask, `AE` where another key may.
    pub fn tt_status(&mut self) -> Result<Answer<TtStatus>, Error> {
        self.talk.run(&GetTtStatus)
    }
}
