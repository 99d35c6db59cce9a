// SPDX-License-Identifier: MIT OR Apache-2.0
//! SelectApplication `5A`: choose an application or the PICC level.

use super::{Command, Extent, says_nothing};
use crate::host::conversation::Conversation;
use crate::host::error::{Error, Failed, Misuse};
use crate::host::rule::Mode::Plain;
use crate::host::rule::Rule;
use crate::host::session::{App, Auth, Level, Picc, Public, Session};
use crate::wire::{Aid, Ins, Status};

/// SelectApplication.
#[derive(Debug)]
pub(crate) struct SelectApplication {
    header: [u8; 3],
}

impl SelectApplication {
    /// `RFDoorLock` `SelectApplication`; never protected, whatever the session.
    pub(in crate::host) const RULE: Rule = Rule::new(Ins::SelectApplication)
        .travels([Plain, Plain], [Plain, Plain])
        .hints(&[(Status::ApplicationNotFound, TURNED)]);

    /// An application, or the PICC level.
    pub(crate) const fn new(aid: Aid) -> Self {
        Self { header: aid.to_wire() }
    }
}

/// Why a card knows no application of an AID.
pub(super) const TURNED: &str = " (is the AID the right way round?)";

impl Command for SelectApplication {
    says_nothing!();

    fn rule(&self) -> &'static Rule {
        &Self::RULE
    }

    fn header(&self) -> &[u8] {
        &self.header
    }

    fn extent(&self) -> Extent {
        Extent::Bare
    }
}

impl Conversation<'_> {
    /// Selects an application or the PICC level; nobody is authenticated afterwards. What is
    /// selected after a refusal is documented only where the PICC level was.
    pub(crate) fn select(&mut self, aid: Aid) -> Result<(), Error> {
        self.secure = None;
        let selected = self.run(&SelectApplication::new(aid));
        self.arrive(aid != Aid::PICC, selected.map(drop))
    }

    /// What is selected after a command that selects.
    pub(super) fn arrive(
        &mut self,
        in_application: bool,
        selected: Result<(), Error>,
    ) -> Result<(), Error> {
        match selected {
            Ok(()) => self.in_application = in_application,
            Err(_) if self.in_application => self.line.lose(),
            Err(_) => {}
        }
        selected
    }
}

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
        mut self,
        aid: Aid,
    ) -> Result<Session<'t, App, Public>, Failed<Session<'t, Picc, Public>>> {
        if aid == Aid::PICC {
            return Err(self.failed(Misuse::NoApplication.into()));
        }
        let selected = self.talk.select(aid);
        self.onward(selected)
    }

    /// Selects the PICC level. Any authentication ends, and so does a pending transaction.
    ///
    /// Request: AID `000000`, never protected. Reply: the bare status (real-card examples of
    /// `RFDoorLock`).
    ///
    /// # Errors
    /// [`Failed`], with the session only where the card refused and the PICC level was selected.
    pub fn select_picc(
        mut self,
    ) -> Result<Session<'t, Picc, Public>, Failed<Session<'t, Picc, Public>>> {
        let selected = self.talk.select(Aid::PICC);
        self.onward(selected)
    }
}
