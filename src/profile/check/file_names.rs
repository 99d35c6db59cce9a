// SPDX-License-Identifier: MIT OR Apache-2.0
//! `new_no` and `iso_id` of a file that is there from the factory: what it is called instead, once and for good.

use crate::profile::error::{mistake, warning};
use crate::profile::shape::Spanned;
use crate::wire::{FixedApplication, FixedFile, IsoDf, IsoFileId, Silicon};

use super::super::error::ProfileError;
use super::super::model::{FileName, FileSpec};
use super::super::shape;
use super::Check;

/// The file of which a DESFire Light tells whoever selects its application (MF2DL(H)x0, `ISOSelectFile`), which it
/// may know by its number.
const TOLD_AT_SELECTION: u8 = 0x1F;

impl Check<'_> {
    /// Another number for a file, with or without another identifier. None that the chip has itself: a card of
    /// which two files have changed places looks as it came.
    pub(super) fn file_name(
        &mut self,
        raw: &shape::File,
        (own, made): (&FixedFile, &FixedApplication),
        silicon: &Silicon,
    ) -> Result<Option<FileName>, ProfileError> {
        let id_at = raw.iso_id.as_ref().map(|id| id.span().start);
        let new_at = raw.new_no.as_ref().map(|new| new.span().start);
        let Some(at) = new_at.or(id_at) else { return Ok(None) };
        if !made.named_once {
            let problem = format!("the names of a {} chip's files are its own", silicon.name);
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take it out"));
        }
        let Some(new) = &raw.new_no else {
            let problem = "an iso_id of its own without a new_no, and both are given at once";
            let instead = "write new_no too, a number that no file of the chip has";
            return Err(self.error(mistake::OUT_OF_PLACE, at, problem, instead));
        };
        let no = self.numbered(new)?;
        let counter = made.transaction_mac.map(|mac| mac.number);
        if made.files.iter().map(|file| file.number).chain(counter).any(|other| other == no) {
            let problem = format!("a new_no {no}, which a {} chip has already", silicon.name);
            let instead = "write another: cards whose files changed places look as they came";
            return Err(self.error(mistake::REPEATED, at, problem, instead));
        }
        if u8::from(own.number) == TOLD_AT_SELECTION {
            let problem = format!("another number for file {}, which tells selections", own.number);
            return Err(self.error(mistake::NOT_ON_CHIP, at, problem, "take new_no out"));
        }
        if let Some(id) = raw.iso_id.as_ref().filter(|_| own.iso_id.is_none()) {
            let problem = "an iso_id for a file that the chip gives none";
            return Err(self.error(mistake::NOT_ON_CHIP, id.span().start, problem, "take it out"));
        }
        let iso_id = raw.iso_id.as_ref().map(|raw| self.iso_id(raw)).transpose()?;
        let message = format!(
            "readers that know file {} by what the chip calls it find it no more, for good: they have to know \
             number {no}{}",
            own.number,
            iso_id.map(|id| format!(" and identifier {id}")).unwrap_or_default()
        );
        self.warn(warning::ONE_WAY, at, message);
        Ok(Some(FileName::new(no, iso_id.or(own.iso_id))))
    }

    /// No two files of an application have one number or identifier, neither as they come nor as they are called
    /// in the end, nor the identifier of their application.
    pub(super) fn files_stay_apart(
        &self,
        raw: &shape::Application,
        iso: Option<&IsoDf>,
        files: &[FileSpec],
    ) -> Result<(), ProfileError> {
        for (raw, file) in raw.file.iter().map(Spanned::get_ref).zip(files) {
            let Some(name) = file.renamed else { continue };
            let others = || files.iter().filter(|other| other.no != file.no);
            let number = others().any(|other| other.called().no == name.no);
            let is_taken = |id: IsoFileId| {
                let file =
                    others().any(|other| [other.iso_id, other.called().iso_id].contains(&Some(id)));
                file || iso.is_some_and(|iso| iso.id == id)
            };
            let id = name.iso_id.filter(|id| is_taken(*id));
            let (entry, what) = match (number, id) {
                (true, _) => {
                    (raw.new_no.as_ref().map(|new| new.span().start), format!("number {}", name.no))
                }
                (false, Some(id)) => {
                    (raw.iso_id.as_ref().map(|id| id.span().start), format!("iso_id {id}"))
                }
                (false, None) => continue,
            };
            let problem = format!("the {what} for two files, or for a file and its application");
            return Err(self.error(
                mistake::REPEATED,
                entry.unwrap_or_default(),
                problem,
                "write another",
            ));
        }
        Ok(())
    }
}
