// SPDX-License-Identifier: MIT OR Apache-2.0
//! SelectApplication `5A`: choose an application or the PICC level.

use super::super::error::{Error, Failed, Misuse};
use super::super::session::{App, Auth, Level, Picc, Public, Session};
use crate::wire::{Aid, Ins};

impl<'t, L: Level, A: Auth> Session<'t, L, A> {
    /// Selects an application. Any authentication ends, and so does a pending transaction.
    ///
    /// Request: AID (3, least significant byte first), never protected. Reply: the bare status
    /// (real-card examples of `RFDoorLock`; NXP AN12343).
    ///
    /// # Errors
    /// [`Failed`]: `A0` where there is no such application. The session comes back only where the
    /// PICC level was selected, as what is selected after a refusal is not documented.
    pub fn select_application(
        self,
        aid: Aid,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, Picc, Public>>> {
        if aid == Aid::PICC {
            return Err(self.unsent(Misuse::NoApplication));
        }
        self.select(aid)
    }

    /// Selects the PICC level. Any authentication ends, and so does a pending transaction.
    ///
    /// Request: AID `000000`, never protected. Reply: the bare status (real-card examples of
    /// `RFDoorLock`).
    ///
    /// # Errors
    /// [`Failed`], with the session only where the card refused and the PICC level was selected.
    pub fn select_picc(
        self,
    ) -> Result<Session<'t, Picc, Public>, Failed<Session<'t, Picc, Public>>> {
        self.select(Aid::PICC)
    }

    fn select<M: Level>(
        mut self,
        aid: Aid,
    ) -> Result<Session<'t, M, Public>, Failed<Session<'t, Picc, Public>>> {
        match self.line.bare(Ins::SelectApplication, &aid.to_wire()) {
            Ok(()) => {
                self.line.mend();
                Ok(Session::at(self.line, Public))
            }
            Err(error @ Error::Refused { .. }) if L::IS_PICC => {
                self.line.mend();
                Err(Failed { error, session: Some(Session::at(self.line, Public)) })
            }
            Err(error) => Err(Failed { error, session: None }),
        }
    }

    /// A step that was not sent: the session comes back as it was, where its type can say so.
    fn unsent(self, misuse: Misuse) -> Failed<Session<'t, Picc, Public>> {
        let same = L::IS_PICC && self.auth.secure().is_none();
        let session = same.then(|| Session::at(self.line, Public));
        Failed { error: misuse.into(), session }
    }
}
