// SPDX-License-Identifier: MIT OR Apache-2.0
//! The MIFARE application directory on DESFire cards: AIDs made of its numbers, and the application
//! that holds what is said of the card itself.

use crate::profile::error::mistake;
use crate::profile::shape::Spanned;

use crate::wire::{Access, Aid, FileKind};

use super::super::error::ProfileError;
use super::super::model::{CardSpec, FileSpec};
use super::super::shape::{self, FileType, Scalar};
use super::Check;

/// What stands for the directory itself.
const DIRECTORY: &str = "mad";

/// The version of the directory that DESFire cards have.
const VERSION: i64 = 3;

const MAD: &str = "write \"mad:\" and four hexadecimal digits, function cluster first, and for \
                   other indices than 0 a slash and one digit more: \"mad:7009/2\"";

impl Check<'_> {
    /// An AID in its own digits, or by a number of the directory.
    pub(super) fn aid(&self, raw: &Spanned<String>) -> Result<Aid, ProfileError> {
        let (at, text) = (raw.span().start, raw.get_ref().as_str());
        if text == DIRECTORY {
            return Ok(Aid::DIRECTORY);
        }
        if let Some(number) = text.strip_prefix("mad:") {
            return self.of_directory(at, number);
        }
        let aid = text.parse().map_err(|_| {
            let instead = "write six hexadecimal digits, most significant byte first: \"F48120\"";
            self.error(mistake::FORM, at, format!("{text:?} is no AID"), instead)
        })?;
        let (whose, instead) = match aid {
            Aid::PICC => ("the card itself", "write another AID"),
            Aid::DIRECTORY => {
                ("the application directory", "write another AID, or \"mad\" for the directory")
            }
            aid => return Ok(aid),
        };
        Err(self.error(
            mistake::AID_RESERVED,
            at,
            format!("the AID {aid} stands for {whose}"),
            instead,
        ))
    }

    fn of_directory(&self, at: usize, text: &str) -> Result<Aid, ProfileError> {
        let (number, index) = text.split_once('/').unwrap_or((text, "0"));
        let mut bytes = [0; 2];
        let index = (index.len() == 1).then(|| u8::from_str_radix(index, 16).ok()).flatten();
        let index = index.filter(|_| hex::decode_to_slice(number, &mut bytes).is_ok());
        let Some(index) = index else {
            return Err(self.error(
                mistake::FORM,
                at,
                format!("{text:?} is no number of the directory"),
                MAD,
            ));
        };
        if let [0x00, _] = bytes {
            let problem = "function cluster 00 is for the administration of sectors";
            return Err(self.error(
                mistake::AID_RESERVED,
                at,
                problem,
                "write the application's own number",
            ));
        }
        Aid::of_directory(bytes, index).ok_or_else(|| {
            let problem = format!("the AID {} stands for the directory", Aid::DIRECTORY);
            self.error(
                mistake::AID_RESERVED,
                at,
                problem,
                "write another index, or \"mad\" for the directory",
            )
        })
    }

    /// The directory of a DESFire card is its list of applications.
    pub(super) fn directory_is_listed(
        &self,
        applications: &[Spanned<shape::Application>],
        card: &CardSpec,
    ) -> Result<(), ProfileError> {
        let mut aids = applications.iter().map(|application| &application.get_ref().aid);
        let listed = aids.find(|aid| aid.get_ref().starts_with(DIRECTORY));
        match listed.filter(|_| !card.settings.free_list) {
            None => Ok(()),
            Some(aid) => {
                let problem = "the application directory is the list of applications, which only \
                               the PICC master key may see";
                let instead = "write free_list = true under [card]";
                Err(self.error(mistake::DIRECTORY, aid.span().start, problem, instead))
            }
        }
    }

    /// What is said of the card: file 0 the version, file 1 the holder, file 2 the publisher.
    pub(super) fn directory(
        &self,
        raw: &shape::Application,
        files: &[FileSpec],
    ) -> Result<(), ProfileError> {
        for (raw, file) in raw.file.iter().zip(files) {
            let (at, raw) = (raw.span().start, raw.get_ref());
            let standard =
                raw.kind.as_ref().is_some_and(|kind| *kind.get_ref() == FileType::Standard);
            let (fits, instead) = match u8::from(file.no) {
                0 => (
                    shows_version(raw, file),
                    "write type = \"value\", free_get_value = true and value = 3",
                ),
                1 | 2 => (
                    standard && file.settings.rights.read == Access::Free,
                    "write type = \"standard\", mode = \"plain\" and read = \"free\"",
                ),
                _ => (false, "take it out: the directory has files 0, 1 and 2 only"),
            };
            if !fits {
                let problem =
                    format!("file {} is not as the application directory has it", file.no);
                return Err(self.error(mistake::DIRECTORY, at, problem, instead));
            }
        }
        if files.iter().any(|file| u8::from(file.no) == 0) {
            return Ok(());
        }
        let problem = "the application directory has no version";
        let instead = "add file 0: type = \"value\", free_get_value = true and value = 3";
        Err(self.error(mistake::DIRECTORY, raw.aid.span().start, problem, instead))
    }
}

fn shows_version(raw: &shape::File, file: &FileSpec) -> bool {
    let free = matches!(file.settings.kind, FileKind::Value(limits) if limits.free_get_value);
    let value = raw.value.as_ref().map(Spanned::get_ref);
    free && matches!(value, Some(Scalar::Number(VERSION)))
}
