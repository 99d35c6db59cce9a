// SPDX-License-Identifier: MIT OR Apache-2.0
//! In what a value differs from one that its field takes, and what to do about it. Of a value no
//! more is told than the code point of one character.

use super::super::characters::Unseen;

/// The kind of difference between a value and what is allowed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[non_exhaustive]
pub enum Difference {
    /// Nothing stands there.
    #[error("it is empty: fill it in, or give the column a default in an import table")]
    Empty,
    /// A space or another blank in front or behind.
    #[error(
        "a space stands in front of it or behind it: take it out, or write trim = true in an import \
         table"
    )]
    Space,
    /// Dots, commas, spaces or apostrophes between digits.
    #[error(
        "a separator stands between its digits, or a fraction behind them: write digits only, or name \
         the separator under numbers in an import table"
    )]
    Separator,
    /// A number such as `1.23E+15`.
    #[error(
        "an exponent, with which a spreadsheet shows a long number: format the column as text and \
         save it again"
    )]
    Exponent,
    /// A plus or minus in front.
    #[error("a sign stands in front of it: numbers here begin at 0 and have none")]
    Sign,
    /// The number, or the text of digits, is above the largest.
    #[error("it is larger than the largest number allowed")]
    TooLarge,
    /// The number is below the smallest.
    #[error("it is smaller than the smallest number allowed")]
    TooSmall,
    /// Letters or other signs where digits belong.
    #[error("a text stands where a number is wanted: look whether the columns are in their places")]
    TextForNumber,
    /// Digits of another script, or of double width.
    #[error("a digit, U+{code:04X}, is of another script or width: write 0 to 9")]
    OtherDigits {
        /// Its code point.
        code: u32,
    },
    /// Quotes or an apostrophe that became part of the value.
    #[error("a quote or an apostrophe is part of it: take it out")]
    Quote,
    /// A JSON number where a text belongs.
    #[error("a number stands where a text is wanted, quotes are missing: write it in quotes")]
    QuotesMissing,
    /// A JSON number with a fraction, an exponent or a sign, or one that is too large.
    #[error("a number that is not whole, has an exponent or is too large: write a whole one")]
    NotWhole,
    /// JSON's `null`.
    #[error(
        "null stands where a value is wanted: fill it in, or give it a default in an import table"
    )]
    Null,
    /// JSON's `true` or `false`, or such a word.
    #[error(
        "true or false stands where another value is wanted: write that, or boolean = true in an \
         import table"
    )]
    Boolean,
    /// None of the words that stand for true or false.
    #[error("none of the words that stand for true or false in the import table")]
    NotBoolean,
    /// No date with a time behind it.
    #[error("no date with a time behind it: write both, as 2027-12-31T23:59:00")]
    NotATime,
    /// A JSON list or object.
    #[error("a list or an object stands where one value is wanted")]
    Composite,
    /// Fewer characters, digits or bits than the least.
    #[error("it is shorter than allowed, as a number that lost its zeros in front is")]
    TooShort,
    /// More characters, digits or bits than the most.
    #[error("it is longer than allowed")]
    TooLong,
    /// A character that nobody sees.
    #[error("{why}, U+{code:04X}, is part of it: take it out")]
    Unseen {
        /// Its code point.
        code: u32,
        /// What kind of character it is.
        why: Unseen,
    },
    /// A character that the field does not take.
    #[error("the character U+{code:04X} is none of those that the field takes")]
    Outside {
        /// Its code point.
        code: u32,
    },
    /// What a spreadsheet leaves where it has no value.
    #[error(
        "a spreadsheet left an error or a rounded number here: mend the cell and save it again"
    )]
    Leaving,
    /// The value differs in upper and lower case only.
    #[error("it differs from one that is allowed in upper and lower case only")]
    Case,
    /// The value is none of the import table's list.
    #[error("it is none of the values that the import table lists")]
    NotListed,
    /// A date in another order or with other signs.
    #[error("a date is written in another way: name the way under date in an import table")]
    DateForm,
    /// A time of day behind a date.
    #[error("a time of day stands behind the date: format the column as a date and save it again")]
    TimeOfDay,
    /// A spreadsheet's number of days where a date belongs.
    #[error(
        "a number stands where a date is wanted: format the column as a date and save it again"
    )]
    DayCount,
    /// The thirtieth of February.
    #[error("no such day is in the calendar")]
    NoSuchDay,
    /// A day before the first or after the last.
    #[error("the day is before the first one or after the last one allowed")]
    DayOutside,
    /// Something else where a date belongs.
    #[error("it is no date")]
    NotADate,
    /// Colons, dashes or spaces between hexadecimal digits.
    #[error("separators stand between its digits: write hexadecimal digits only")]
    HexSeparator,
    /// A character that is no hexadecimal digit, no bit, or has no place in a UUID.
    #[error("the character U+{code:04X} has no place in it")]
    NoDigit {
        /// Its code point.
        code: u32,
    },
    /// Digits enough, hyphens in other places.
    #[error("its hyphens are in the wrong places: write 8-4-4-4-12 digits, or 32 without hyphens")]
    Hyphens,
}
