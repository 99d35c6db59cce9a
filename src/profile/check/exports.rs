// SPDX-License-Identifier: MIT OR Apache-2.0
//! `[export]`: lists for others. Their columns are made of the same parts as contents, and of what the
//! card tells besides.

mod columns;

use std::collections::BTreeSet;

use crate::profile::shape::Spanned;

use crate::profile::error::{mistake, warning};

use super::super::error::ProfileError;
use super::super::export::shape::{self, Exports};
use super::super::export::{Csv, Export, Formulas, Quotes, Style};
use super::super::import::Encoding;
use super::super::model::{Class, Identify, Layout, TransportKeys};
use super::{Check, meant, one_of};

/// What a list may say of the card, by how cards are made.
pub(super) struct Cards {
    /// Whether each is asked what it is.
    identified: bool,
}

impl Cards {
    pub(super) fn of(transport: &TransportKeys, layout: &Layout) -> Self {
        let fixed = matches!(layout, Layout::Fixed { .. });
        Self { identified: fixed || transport.identify == Identify::Every }
    }
}

impl Check<'_> {
    pub(super) fn exports(
        &mut self,
        raw: Option<&Spanned<Exports>>,
        cards: &Cards,
    ) -> Result<Vec<Export>, ProfileError> {
        let Some(raw) = raw else { return Ok(Vec::new()) };
        let at = raw.span().start;
        self.listing = true;
        let several = match raw.get_ref() {
            Exports::One(one) => return Ok(vec![self.export(at, one, cards, false)?]),
            Exports::Several(several) => several,
        };
        let mut exports: Vec<Export> = Vec::new();
        for one in several {
            let at = one.span().start;
            let export = self.export(at, one.get_ref(), cards, several.len() > 1)?;
            if exports.iter().any(|other| other.name == export.name) {
                let at = one.get_ref().name.as_ref().map_or(at, |name| name.span().start);
                let problem = "two lists have this name";
                return Err(self.error(mistake::REPEATED, at, problem, "write another name"));
            }
            exports.push(export);
        }
        Ok(exports)
    }

    fn export(
        &mut self,
        at: usize,
        raw: &shape::Export,
        cards: &Cards,
        several: bool,
    ) -> Result<Export, ProfileError> {
        let name = self.list_name(at, raw, several)?;
        let style = self.style(raw)?;
        let columns = self.columns(&raw.columns, &style, cards)?;
        let export = Export { name, style, columns };
        self.told_by(at, &export);
        Ok(export)
    }

    fn list_name(
        &self,
        at: usize,
        raw: &shape::Export,
        several: bool,
    ) -> Result<Option<String>, ProfileError> {
        let Some(name) = &raw.name else {
            let instead = "write name = \"…\" in each [[export]]";
            return match several {
                true => Err(self.error(mistake::MISSING, at, "several lists need names", instead)),
                false => Ok(None),
            };
        };
        let plain = |sign: char| sign.is_ascii_alphanumeric() || "-_".contains(sign);
        if name.get_ref().is_empty() || !name.get_ref().chars().all(plain) {
            let instead = "write a name of letters, digits, - and _";
            return Err(self.error(
                mistake::NO_NAME,
                name.span().start,
                "no name of a list",
                instead,
            ));
        }
        Ok(Some(name.get_ref().clone()))
    }

    fn style(&self, raw: &shape::Export) -> Result<Style, ProfileError> {
        let forms = [("csv", None), ("json-lines", Some(false)), ("json", Some(true))];
        let form = self.word_of_list("form", raw.form.as_ref(), &forms)?.flatten();
        if let Some(array) = form {
            let of_csv = [
                ("encoding", raw.encoding.as_ref().map(Spanned::span)),
                ("byte_order_mark", raw.byte_order_mark.as_ref().map(Spanned::span)),
                ("separator", raw.separator.as_ref().map(Spanned::span)),
                ("quotes", raw.quotes.as_ref().map(Spanned::span)),
                ("header", raw.header.as_ref().map(Spanned::span)),
                ("line_end", raw.line_end.as_ref().map(Spanned::span)),
                ("formulas", raw.formulas.as_ref().map(Spanned::span)),
            ];
            let mut out_of_place =
                of_csv.into_iter().filter_map(|(entry, span)| Some((entry, span?)));
            return match out_of_place.next() {
                Some((entry, span)) => {
                    let problem = format!(
                        "{entry} is of CSV: JSON is always UTF-8, by the names of the columns"
                    );
                    let instead = "take it out, or write form = \"csv\"";
                    Err(self.error(mistake::OUT_OF_PLACE, span.start, problem, instead))
                }
                None => Ok(Style::Json { array }),
            };
        }
        let encodings = Encoding::NAMES;
        let encoding =
            self.word_of_list("encoding", raw.encoding.as_ref(), encodings)?.unwrap_or_default();
        let quotes = [("needed", Quotes::Needed), ("always", Quotes::Always)];
        let ends = [("crlf", true), ("lf", false)];
        let formulas = [
            ("refused", Formulas::Refused),
            ("kept", Formulas::Kept),
            ("apostrophe", Formulas::Apostrophe),
        ];
        Ok(Style::Csv(Csv {
            encoding,
            mark: self.mark(raw.byte_order_mark.as_ref(), encoding)?,
            separator: self.list_separator(raw.separator.as_ref(), encoding)?,
            quotes: self
                .word_of_list("quotes", raw.quotes.as_ref(), &quotes)?
                .unwrap_or(Quotes::Needed),
            header: raw.header.as_ref().is_none_or(|on| *on.get_ref()),
            crlf: self.word_of_list("line_end", raw.line_end.as_ref(), &ends)?.unwrap_or(true),
            formulas: self
                .word_of_list("formulas", raw.formulas.as_ref(), &formulas)?
                .unwrap_or(Formulas::Refused),
        }))
    }

    /// One of these words.
    fn word_of_list<T: Copy>(
        &self,
        entry: &str,
        raw: Option<&Spanned<String>>,
        words: &[(&str, T)],
    ) -> Result<Option<T>, ProfileError> {
        let Some(raw) = raw else { return Ok(None) };
        let word = raw.get_ref();
        match words.iter().find(|(known, _)| known.eq_ignore_ascii_case(word)) {
            Some((_, found)) => Ok(Some(*found)),
            None => {
                let instead = meant(word, words.iter().map(|(known, _)| *known), "");
                let problem = format!("{word:?} is no {entry}");
                Err(self.error(mistake::UNKNOWN_NAME, raw.span().start, problem, instead))
            }
        }
    }

    fn mark(&self, raw: Option<&Spanned<bool>>, encoding: Encoding) -> Result<bool, ProfileError> {
        let needs = encoding == Encoding::Utf16;
        let Some(raw) = raw else { return Ok(needs) };
        let may = encoding.unit() == 2 || encoding == Encoding::Utf8;
        if *raw.get_ref() == needs || (may && !needs) {
            return Ok(*raw.get_ref());
        }
        let (problem, instead) = match needs {
            true => ("utf-16 is told by its mark", "write utf-16le or utf-16be, or take it out"),
            false => ("this encoding has no byte order mark", "take it out"),
        };
        Err(self.error(mistake::CONFLICT, raw.span().start, problem, instead))
    }

    fn list_separator(
        &self,
        raw: Option<&Spanned<String>>,
        encoding: Encoding,
    ) -> Result<char, ProfileError> {
        let Some(raw) = raw else { return Ok(',') };
        let at = raw.span().start;
        let mut signs = raw.get_ref().chars();
        let (separator, None) = (signs.next(), signs.next()) else {
            let instead = one_of([",", ";", "\t", "|"], "");
            return Err(self.error(mistake::FORM, at, "a separator is one character", instead));
        };
        let separator = separator.filter(|sign| [',', ';', '\t', '|'].contains(sign));
        let Some(separator) = separator else {
            let instead = one_of([",", ";", "\t", "|"], "");
            let problem = "a separator that is not known";
            return Err(self.error(mistake::UNKNOWN_NAME, at, problem, instead));
        };
        if separator == '|' && encoding.has_second_halves() {
            let instead = "take another separator, or another encoding";
            let problem = "in this encoding \"|\" may be a half of a character";
            return Err(self.error(mistake::CONFLICT, at, problem, instead));
        }
        Ok(separator)
    }

    /// Warns of what a list tells of people, of a UID that cards hide, and of rows that may be alike.
    fn told_by(&mut self, at: usize, export: &Export) {
        let list = match &export.name {
            Some(name) => format!("the list {name:?}"),
            None => "the list".to_owned(),
        };
        let pieces: Vec<_> = export.columns.iter().flat_map(|column| &column.pieces).collect();
        let fields: Vec<_> = pieces.iter().flat_map(|piece| piece.fields()).collect();
        let personal = fields.iter().filter(|field| field.class == Class::Personal);
        let personal: BTreeSet<_> = personal.map(|field| field.name.clone()).collect();
        let tells_uid = pieces.iter().any(|piece| piece.tells_uid());
        let tells_id = pieces.iter().any(|piece| piece.is_reference());
        let unique = tells_uid || tells_id || fields.iter().any(|field| field.unique);
        for name in personal {
            self.warn(
                warning::PERSONAL_IN_LIST,
                at,
                format!("the personal field {name:?} is written to {list}"),
            );
        }
        if tells_uid && self.hides_uid {
            self.warn(
                warning::UID_IN_LIST,
                at,
                format!("{list} tells the UID, which the card hides"),
            );
        }
        if !unique {
            self.warn(
                warning::ROWS_ALIKE,
                at,
                format!(
                    "no column of {list} is of one card alone, the UID, the id or a field with unique = \
                     true: rows that are alike are written once"
                ),
            );
        }
    }
}
