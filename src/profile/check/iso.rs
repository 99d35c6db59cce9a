// SPDX-License-Identifier: MIT OR Apache-2.0
//! `iso_id` and `df_name`: the names of applications and files for ISO/IEC 7816-4 commands.

use crate::profile::error::mistake;
use std::collections::BTreeSet;

use crate::profile::shape::Spanned;

use crate::wire::{DfName, FileKind, IsoDf, IsoFileId};

use super::super::error::ProfileError;
use super::super::model::{Application, FileSpec};
use super::super::shape;
use super::Check;

/// The names of the applications so far.
#[derive(Default)]
pub(super) struct IsoNames {
    ids: BTreeSet<IsoFileId>,
    names: BTreeSet<DfName>,
}

impl Check<'_> {
    /// The names of an application.
    pub(super) fn iso_names(
        &self,
        raw: &shape::Application,
    ) -> Result<Option<IsoDf>, ProfileError> {
        let name = self.df_name(raw)?;
        match (&raw.iso_id, &raw.df_name) {
            (Some(id), _) => Ok(Some(IsoDf { id: self.iso_id(id)?, name })),
            (None, Some(name)) => {
                let problem = "a df_name without an iso_id";
                let instead =
                    "write iso_id = \"E110\" too, an identifier that is unique on the card";
                Err(self.error(mistake::OUT_OF_PLACE, name.span().start, problem, instead))
            }
            (None, None) => Ok(None),
        }
    }

    /// The name of an application.
    pub(super) fn df_name(&self, raw: &shape::Application) -> Result<Option<DfName>, ProfileError> {
        let parsed = raw.df_name.as_ref().map(|text| {
            text.get_ref().parse().map_err(|_| {
                let problem = format!("{:?} is no DF name", text.get_ref());
                let instead = "write 1 to 16 bytes in hexadecimal: df_name = \"D2760000850101\"";
                self.error(mistake::FORM, text.span().start, problem, instead)
            })
        });
        parsed.transpose()
    }

    /// An identifier of an application or a file.
    pub(super) fn iso_id(&self, raw: &Spanned<String>) -> Result<IsoFileId, ProfileError> {
        raw.get_ref().parse().map_err(|_| {
            let problem = format!("{:?} is no ISO identifier", raw.get_ref());
            let instead = "write four hexadecimal digits, and none of 0000, 3F00, 3FFF and FFFF";
            self.error(mistake::FORM, raw.span().start, problem, instead)
        })
    }

    /// Identifiers and names are unique on the card.
    pub(super) fn iso_unique(
        &self,
        raw: &shape::Application,
        application: &Application,
        others: &mut IsoNames,
    ) -> Result<(), ProfileError> {
        let Some(iso) = &application.iso else { return Ok(()) };
        let clash = if !others.ids.insert(iso.id) {
            Some((&raw.iso_id, format!("two applications have the iso_id {}", iso.id)))
        } else if iso.name.as_ref().is_some_and(|name| !others.names.insert(name.clone())) {
            Some((&raw.df_name, "two applications have this df_name".to_owned()))
        } else {
            None
        };
        match clash {
            None => Ok(()),
            Some((at, problem)) => {
                let at = at.as_ref().map_or(0, |at| at.span().start);
                Err(self.error(mistake::REPEATED, at, problem, "write another"))
            }
        }
    }

    /// Files of an application have identifiers all or none, and no two the same.
    pub(super) fn iso_files(
        &self,
        raw: &[Spanned<shape::File>],
        files: &[FileSpec],
    ) -> Result<(), ProfileError> {
        let Some(first) = files.iter().find_map(|file| file.iso_id) else { return Ok(()) };
        for (at, (raw, file)) in raw.iter().zip(files).enumerate() {
            if matches!(file.settings.kind, FileKind::Value(_)) {
                if let Some(id) = &raw.get_ref().iso_id {
                    let problem = "a value file with an iso_id: no ISO command reads values";
                    return Err(self.error(
                        mistake::OUT_OF_PLACE,
                        id.span().start,
                        problem,
                        "take it out",
                    ));
                }
                continue;
            }
            let Some(id) = file.iso_id else {
                let problem = format!("a file without iso_id beside one that has {first}");
                let instead =
                    "write iso_id for every file of the application but value files, or for none";
                return Err(self.error(
                    mistake::MISSING,
                    raw.get_ref().no.span().start,
                    problem,
                    instead,
                ));
            };
            if files.iter().take(at).any(|other| other.iso_id == Some(id)) {
                let place = raw.get_ref().iso_id.as_ref().map_or(0, |id| id.span().start);
                let problem = format!("two files of the application have the iso_id {id}");
                return Err(self.error(mistake::REPEATED, place, problem, "write another"));
            }
        }
        Ok(())
    }
}
