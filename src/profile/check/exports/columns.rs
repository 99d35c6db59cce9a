// SPDX-License-Identifier: MIT OR Apache-2.0
//! The columns of a list: what each comes from, and how it is told.

use crate::profile::shape::Spanned;

use crate::profile::error::mistake;

use super::super::super::error::ProfileError;
use super::super::super::export::shape;
use super::super::super::export::{Bytes, Column, Formulas, Piece, Show, Style, is_formula};
use super::super::super::model::{FieldKind, KeyIndex};
use super::super::content::Room;
use super::super::{Check, meant, one_of};
use super::Cards;

/// What a column may come from.
const FROM: [&str; 7] = ["field", "parts", "constant", "record", "card", "key_version", "join"];

/// The most digits that a number is filled up to.
const WIDEST: usize = 64;

/// How many bytes a number may have.
const MOST_OF_NUMBER: usize = 16;

/// How many columns a list may have.
const MOST_COLUMNS: usize = 256;

impl Check<'_> {
    pub(super) fn columns(
        &mut self,
        raw: &Spanned<Vec<Spanned<shape::Column>>>,
        style: &Style,
        cards: &Cards,
    ) -> Result<Vec<Column>, ProfileError> {
        let at = raw.span().start;
        if raw.get_ref().is_empty() {
            let instead = "write { column = \"…\", field = \"…\" } and the like";
            return Err(self.error(mistake::EMPTY, at, "a list without columns", instead));
        }
        if raw.get_ref().len() > MOST_COLUMNS {
            let instead = format!("write {MOST_COLUMNS} at most");
            return Err(self.error(mistake::TOO_MUCH, at, "too many columns", instead));
        }
        let mut columns: Vec<Column> = Vec::new();
        for column in raw.get_ref() {
            let name = self.column_name(column, style)?;
            if columns.iter().any(|other| other.name == name) {
                let at = column.get_ref().column.as_ref().map_or(at, |name| name.span().start);
                let problem = format!("two columns are called {name:?}");
                return Err(self.error(mistake::REPEATED, at, problem, "write another name"));
            }
            let pieces = self.pieces(column, cards)?;
            let with = column.get_ref().with.as_ref();
            let with = with.map_or_else(String::new, |with| with.get_ref().clone());
            self.no_formula(column.span().start, style, &pieces)?;
            columns.push(Column { name, pieces, with });
        }
        Ok(columns)
    }

    fn column_name(
        &self,
        raw: &Spanned<shape::Column>,
        style: &Style,
    ) -> Result<String, ProfileError> {
        let instead = "write column = \"…\" with the name that the file is to have";
        let Some(name) = &raw.get_ref().column else {
            let at = raw.span().start;
            return Err(self.error(mistake::MISSING, at, "a column without a name", instead));
        };
        let at = name.span().start;
        if name.get_ref().is_empty() || name.get_ref().chars().any(char::is_control) {
            return Err(self.error(mistake::NO_NAME, at, "the column has no name", instead));
        }
        if let Style::Csv(csv) = style
            && csv.header
            && let Err(sign) = csv.encoding.bytes(name.get_ref())
        {
            let problem = format!(
                "the character U+{:04X} of the column's name is outside of {}",
                u32::from(sign),
                csv.encoding.name()
            );
            let instead = "write another name, or another encoding";
            return Err(self.error(mistake::FORM, at, problem, instead));
        }
        Ok(name.get_ref().clone())
    }

    /// A constant in front makes every row begin so.
    fn no_formula(&self, at: usize, style: &Style, pieces: &[Piece]) -> Result<(), ProfileError> {
        let (Style::Csv(csv), Some(Piece::Constant(text))) = (style, pieces.first()) else {
            return Ok(());
        };
        match csv.formulas == Formulas::Refused && is_formula(text) {
            true => {
                let problem = "each value would begin as a formula does";
                let instead = "write formulas = \"kept\" or \"apostrophe\" for the list";
                Err(self.error(mistake::CONFLICT, at, problem, instead))
            }
            false => Ok(()),
        }
    }

    fn pieces(
        &mut self,
        raw: &Spanned<shape::Column>,
        cards: &Cards,
    ) -> Result<Vec<Piece>, ProfileError> {
        let at = raw.span().start;
        let Some(join) = &raw.get_ref().join else {
            if let Some(with) = &raw.get_ref().with {
                let instead = "write join = [ … ] beside it";
                let at = with.span().start;
                return Err(self.error(mistake::OUT_OF_PLACE, at, "nothing is joined", instead));
            }
            return Ok(vec![self.piece(at, raw.get_ref(), cards)?]);
        };
        self.comes_from(at, raw.get_ref())?;
        self.nothing_of_pieces(raw.get_ref(), "join")?;
        if join.get_ref().len() < 2 {
            let instead = "write two pieces at least, as { field = \"…\" }";
            let at = join.span().start;
            return Err(self.error(mistake::EMPTY, at, "nothing to join", instead));
        }
        let mut pieces = Vec::new();
        for piece in join.get_ref() {
            let (at, piece) = (piece.span().start, piece.get_ref());
            let names =
                [piece.column.as_ref().map(Spanned::span), piece.with.as_ref().map(Spanned::span)];
            let nested = piece.join.as_ref().map(Spanned::span);
            if let Some(span) = names.into_iter().chain([nested]).flatten().next() {
                let problem = "a piece of a column has neither a name nor pieces";
                let instead = "take it out";
                return Err(self.error(mistake::OUT_OF_PLACE, span.start, problem, instead));
            }
            pieces.push(self.piece(at, piece, cards)?);
        }
        Ok(pieces)
    }

    /// The one entry that says what a column comes from.
    fn comes_from(&self, at: usize, raw: &shape::Column) -> Result<&'static str, ProfileError> {
        let given = [
            raw.field.is_some(),
            raw.parts.is_some(),
            raw.constant.is_some(),
            raw.record.is_some(),
            raw.card.is_some(),
            raw.key_version.is_some(),
            raw.join.is_some(),
        ];
        let given: Vec<_> = FROM.iter().zip(given).filter(|(_, given)| *given).collect();
        match *given {
            [(from, _)] => Ok(from),
            [] => {
                let problem = "a column that comes from nothing";
                Err(self.error(mistake::MISSING, at, problem, one_of(FROM, "")))
            }
            _ => {
                let instead = one_of(FROM, "");
                Err(self.error(mistake::CONFLICT, at, "a column comes from one place", instead))
            }
        }
    }

    fn piece(
        &mut self,
        at: usize,
        raw: &shape::Column,
        cards: &Cards,
    ) -> Result<Piece, ProfileError> {
        let from = self.comes_from(at, raw)?;
        if from != "parts" {
            self.nothing_of_pieces(raw, from)?;
        }
        if let Some(field) = &raw.field {
            return self.field_piece(field, raw);
        }
        if let Some(parts) = &raw.parts {
            return self.bytes_piece(parts, raw).map(Piece::Bytes);
        }
        if let Some(constant) = &raw.constant {
            if constant.get_ref().chars().any(char::is_control) {
                let at = constant.span().start;
                let problem = "a control character would break the row";
                return Err(self.error(mistake::FORM, at, problem, "write it without"));
            }
            return Ok(Piece::Constant(constant.get_ref().clone()));
        }
        if let Some(record) = &raw.record {
            self.word_of_list("record", Some(record), &[("id", ())])?;
            return Ok(Piece::Reference);
        }
        if let Some(card) = &raw.card {
            self.word_of_list("card", Some(card), &[("chip", ())])?;
            if !cards.identified {
                let problem = "only the first card of a stock is asked for its chip";
                let instead = "write identify = \"every\" in [transport]";
                return Err(self.error(mistake::CONFLICT, card.span().start, problem, instead));
            }
            return Ok(Piece::Chip);
        }
        self.key_piece(at, raw)
    }

    fn field_piece(
        &mut self,
        name: &Spanned<String>,
        raw: &shape::Column,
    ) -> Result<Piece, ProfileError> {
        let at = name.span().start;
        let name = name.get_ref();
        let Some(index) = self.fields.iter().position(|field| field.item.name == *name) else {
            let names = self.fields.iter().map(|field| field.item.name.as_str());
            let instead = meant(name, names, "declare it in [fields]");
            let problem = format!("no field is called {name:?}");
            return Err(self.error(mistake::UNKNOWN_NAME, at, problem, instead));
        };
        let field = self.fields.get_mut(index).map(|field| {
            field.used = true;
            field.item.clone()
        });
        let Some(field) = field else {
            return Err(self.error(mistake::UNKNOWN_NAME, at, "no such field", "declare it"));
        };
        if let Some(width) = &raw.width
            && !matches!(field.kind, FieldKind::Uint { .. })
        {
            let problem = "only numbers are filled up with zeros";
            let at = width.span().start;
            return Err(self.error(mistake::TYPE, at, problem, "take width out"));
        }
        Ok(Piece::Field { index, field, width: self.width(raw)? })
    }

    fn key_piece(&self, at: usize, raw: &shape::Column) -> Result<Piece, ProfileError> {
        let Some(name) = &raw.key_version else {
            return Err(self.error(mistake::MISSING, at, "a column that comes from nothing", ""));
        };
        let at = name.span().start;
        let index = self.key_names.get(name.get_ref()).copied();
        let key = index.filter(|index| self.keys.get(*index).is_some_and(|key| key.used));
        let Some(key) = key else {
            let names = self.keys.iter().filter(|key| key.used).map(|key| key.item.name.as_str());
            let instead = meant(name.get_ref(), names, "name a key of [keys] that a slot holds");
            let problem = format!("no slot holds a key {:?}", name.get_ref());
            return Err(self.error(mistake::UNKNOWN_NAME, at, problem, instead));
        };
        Ok(Piece::KeyVersion(KeyIndex(key), self.width(raw)?))
    }

    fn width(&self, raw: &shape::Column) -> Result<usize, ProfileError> {
        raw.width.as_ref().map_or(Ok(0), |width| self.count("width", width, WIDEST))
    }

    fn count(&self, entry: &str, raw: &Spanned<i64>, most: usize) -> Result<usize, ProfileError> {
        let count = usize::try_from(*raw.get_ref()).ok();
        count.filter(|count| (1..=most).contains(count)).ok_or_else(|| {
            let problem = format!("{entry} is out of range");
            let instead = format!("write {entry} = … with a number from 1 to {most}");
            self.error(mistake::RANGE, raw.span().start, problem, instead)
        })
    }

    /// What says how bytes are told has no meaning for what is told as text.
    fn nothing_of_pieces(&self, raw: &shape::Column, from: &str) -> Result<(), ProfileError> {
        let width = raw.width.as_ref().map(Spanned::span);
        let numbers = ["field", "key_version"].contains(&from);
        let entries = [
            ("as", raw.form.as_ref().map(Spanned::span)),
            ("first", raw.first.as_ref().map(Spanned::span)),
            ("last", raw.last.as_ref().map(Spanned::span)),
            ("reversed", raw.reversed.as_ref().map(Spanned::span)),
            ("between", raw.between.as_ref().map(Spanned::span)),
            ("trim", raw.trim.as_ref().map(Spanned::span)),
            ("width", width.filter(|_| !numbers)),
        ];
        let mut entries = entries.into_iter().filter_map(|(entry, span)| Some((entry, span?)));
        match entries.next() {
            Some((entry, span)) => {
                let problem = format!("{entry} says how bytes are told, and {from} has none");
                let instead = "take it out, or write parts = [ … ]";
                Err(self.error(mistake::OUT_OF_PLACE, span.start, problem, instead))
            }
            None => Ok(()),
        }
    }

    fn bytes_piece(
        &mut self,
        parts: &Spanned<super::super::super::shape::Parts>,
        raw: &shape::Column,
    ) -> Result<Bytes, ProfileError> {
        let at = parts.span().start;
        // A column is as long as its parts, as an item is.
        let content = self.content(parts, Room::Item)?;
        if content.takes_job() {
            let problem = "what takes a key of the card is made for the card alone";
            let instead = "take mac and cipher out of the column, and items that have them";
            return Err(self.error(mistake::OUT_OF_PLACE, at, problem, instead));
        }
        self.taken(at, &content)?;
        let length = content.length();
        let part = |entry: &'static str, raw: &Option<Spanned<i64>>| {
            raw.as_ref().map(|raw| self.count(entry, raw, length)).transpose()
        };
        let (first, last) = (part("first", &raw.first)?, part("last", &raw.last)?);
        let left = first.unwrap_or(length);
        let left = last.unwrap_or(left).min(left);
        let show = self.show(at, raw, left)?;
        let reversed = raw.reversed.as_ref().is_some_and(|on| *on.get_ref());
        Ok(Bytes { content, first, last, reversed, show })
    }

    fn show(&self, at: usize, raw: &shape::Column, bytes: usize) -> Result<Show, ProfileError> {
        let trim = raw.trim.as_ref().is_some_and(|on| *on.get_ref());
        let between = raw.between.as_ref().map(|between| between.get_ref().clone());
        let between = between.unwrap_or_default();
        let shows = ["text", "latin-1", "hex", "hex-lower", "decimal", "bits"];
        let words: Vec<_> = shows.iter().map(|word| (*word, *word)).collect();
        let word = self.word_of_list("as", raw.form.as_ref(), &words)?.unwrap_or("text");
        let show = match word {
            "latin-1" => Show::Latin1 { trim },
            "hex" => Show::Hex { upper: true, between },
            "hex-lower" => Show::Hex { upper: false, between },
            "decimal" => Show::Decimal { width: self.width(raw)? },
            "bits" => Show::Bits,
            _ => Show::Text { trim },
        };
        let is_hex = matches!(show, Show::Hex { .. });
        let is_text = matches!(show, Show::Text { .. } | Show::Latin1 { .. });
        let is_number = matches!(show, Show::Decimal { .. });
        let entries = [
            ("between", raw.between.as_ref().map(Spanned::span), is_hex),
            ("trim", raw.trim.as_ref().map(Spanned::span), is_text),
            ("width", raw.width.as_ref().map(Spanned::span), is_number),
        ];
        for (entry, span, fits) in entries {
            if let Some(span) = span.filter(|_| !fits) {
                let problem = format!("{entry} has no meaning where bytes are told as {word:?}");
                let instead = "take it out";
                return Err(self.error(mistake::OUT_OF_PLACE, span.start, problem, instead));
            }
        }
        if is_number && bytes > MOST_OF_NUMBER {
            let problem = format!("{bytes} bytes are no number");
            let instead =
                format!("leave {MOST_OF_NUMBER} at most, by first or last, or take as = \"hex\"");
            return Err(self.error(mistake::NO_ROOM, at, problem, instead));
        }
        Ok(show)
    }
}
