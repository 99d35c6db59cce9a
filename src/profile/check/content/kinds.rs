// SPDX-License-Identifier: MIT OR Apache-2.0
//! `digits`, `uuid` and `uid`.

use super::super::super::content::{Digits, Form, Part};
use super::super::super::error::ProfileError;
use super::super::super::model::FieldKind;
use super::Entries;
use crate::profile::error::mistake;

impl Entries<'_, '_, '_> {
    pub(super) fn digits(&mut self) -> Result<Part, ProfileError> {
        let (at, source, most) = self.source("digits", &["uint", "text"], digits)?;
        let count = self.number("count", usize::MAX)?;
        let form = self.choice("form", &Form::NAMES)?.unwrap_or(Form::Bcd);
        if most > count {
            let problem =
                format!("the field may have {most} digits, and there is room for {count}");
            let instead = format!("write count = {most} or more, or a smaller limit for the field");
            return Err(self.check.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(Part::Digits(Digits { source, count, form }))
    }

    pub(super) fn uuid(&mut self) -> Result<Part, ProfileError> {
        let is_uuid = |kind| matches!(kind, FieldKind::Uuid).then_some(());
        let (_, source, ()) = self.source("uuid", &["uuid"], is_uuid)?;
        let guid = self.choice("form", &[("rfc9562", false), ("guid", true)])?.unwrap_or(false);
        Ok(Part::Uuid { source, guid })
    }

    pub(super) fn uid(&mut self) -> Result<Part, ProfileError> {
        let orders = [("written", false), ("reversed", true)];
        let instead = "write uid = \"written\" or uid = \"reversed\"";
        let Some(reversed) = self.choice("uid", &orders)? else {
            return Err(self.error(mistake::MISSING, "uid is missing", instead));
        };
        self.check.hidden_uid(self.at, self.no_personal)?;
        Ok(Part::Uid { reversed })
    }
}

/// How many digits a field's values have at most.
fn digits(kind: FieldKind) -> Option<usize> {
    match kind {
        FieldKind::Uint { max } => {
            usize::try_from(max.checked_ilog10().unwrap_or(0)).ok()?.checked_add(1)
        }
        FieldKind::Text { max_length } => Some(max_length),
        FieldKind::Hex { .. }
        | FieldKind::Date { .. }
        | FieldKind::Uuid
        | FieldKind::Bits { .. } => None,
    }
}
