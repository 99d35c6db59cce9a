// SPDX-License-Identifier: MIT OR Apache-2.0
//! The code of each mistake in a record.

use super::{Difference, RecordError, RecordReason};
use crate::code::Code;
use crate::profile::Unseen;

impl RecordError {
    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        self.reason.code()
    }
}

impl RecordReason {
    /// The codes of mistakes in records.
    pub const CODES: &'static [Code] = table::ALL;

    /// What it is called by machines.
    #[must_use]
    pub const fn code(&self) -> Code {
        match self {
            Self::NotUtf8 => table::NOT_UTF8,
            Self::Columns { .. } => table::COLUMNS,
            Self::OpenQuote => table::OPEN_QUOTE,
            Self::NotAnObject { .. } => table::NO_OBJECT,
            Self::OtherFields { .. } => table::OTHER_FIELDS,
            Self::SomeIds => table::SOME_IDS,
            Self::Missing { .. } => table::MISSING,
            Self::Undeclared { .. } => table::UNDECLARED,
            Self::NearField { .. } => table::NEAR_FIELD,
            Self::Twice => table::TWICE,
            Self::NotAllowed { .. } => table::NOT_ALLOWED,
            Self::Differs { difference, .. } => of_value(difference),
            Self::NotEncoded { .. } => table::NOT_ENCODED,
            Self::LongLine { .. } => table::LONG_LINE,
            Self::RangeEnds { .. } => table::RANGE_ENDS,
            Self::Charset { .. } => table::CHARSET,
            Self::NoDigit => table::DIGITS_MISSING,
            Self::TooLong { .. } => table::TOO_MANY_BYTES,
            Self::Bits(_) => table::BITS,
            Self::Repeated { .. } => table::REPEATED,
        }
    }
}

const fn of_value(difference: &Difference) -> Code {
    match difference {
        Difference::Empty => table::EMPTY,
        Difference::Space => table::SPACE,
        Difference::Separator => table::SEPARATOR,
        Difference::Exponent => table::EXPONENT,
        Difference::Sign => table::SIGN,
        Difference::TooLarge => table::TOO_LARGE,
        Difference::TooSmall => table::TOO_SMALL,
        Difference::NotATime => table::NOT_A_TIME,
        Difference::TextForNumber => table::TEXT_FOR_NUMBER,
        Difference::OtherDigits { .. } => table::OTHER_DIGITS,
        Difference::Quote => table::QUOTE,
        Difference::QuotesMissing => table::QUOTES_MISSING,
        Difference::NotWhole => table::NOT_WHOLE,
        Difference::Null => table::NULL,
        Difference::Boolean => table::BOOLEAN,
        Difference::NotBoolean => table::NOT_BOOLEAN,
        Difference::Composite => table::COMPOSITE,
        Difference::TooShort => table::TOO_SHORT,
        Difference::TooLong => table::TOO_LONG,
        Difference::Unseen { why: Unseen::Control, .. } => table::CONTROL,
        Difference::Unseen { why: Unseen::Format, .. } => table::FORMAT,
        Difference::Unseen { why: Unseen::Direction, .. } => table::DIRECTION,
        Difference::Unseen { why: Unseen::Lost, .. } => table::LOST_CHARACTER,
        Difference::Outside { .. } => table::OUTSIDE_CHARACTERS,
        Difference::Leaving => table::LEAVING,
        Difference::Case => table::CASE,
        Difference::NotListed => table::NOT_LISTED,
        Difference::DateForm => table::DATE_FORM,
        Difference::TimeOfDay => table::TIME_OF_DAY,
        Difference::DayCount => table::DAY_COUNT,
        Difference::NoSuchDay => table::NO_SUCH_DAY,
        Difference::DayOutside => table::DAY_OUTSIDE,
        Difference::NotADate => table::NOT_A_DATE,
        Difference::HexSeparator => table::HEX_SEPARATOR,
        Difference::NoDigit { .. } => table::NO_DIGIT,
        Difference::Hyphens => table::HYPHENS,
    }
}

mod table {
    crate::code::codes! {
        NOT_UTF8 = "record-not-utf8", "the bytes of the record are not UTF-8", "save the file as UTF-8";
        COLUMNS = "record-columns", "the record has more or fewer columns than the header",
            "mend the line; put quotes around values with a separator in them";
        OPEN_QUOTE = "record-open-quote", "a quote is opened and never closed",
            "close it, and write \"\" for a quote in a value";
        NO_OBJECT = "record-no-object", "the line is no JSON object", "write one object on one line";
        OTHER_FIELDS = "record-of-other-fields", "the record was read under a profile with other fields",
            "read it anew under this profile";
        SOME_IDS = "record-some-ids", "some records have an id and some do not",
            "give every record an id, or none";
        MISSING = "record-field-missing", "the record lacks a field", "add it";
        UNDECLARED = "record-field-undeclared", "an entry has a name that the profile does not declare",
            "take it out, or declare it in [fields]";
        NEAR_FIELD = "record-field-near", "an entry has a name that is nearly one that is wanted",
            "write it so, or name it in an import table";
        TWICE = "record-field-twice", "the record has a field twice", "take one of them out";
        NOT_ALLOWED = "record-value-not-allowed", "a value is outside of what its field allows",
            "correct the value, or what [fields] allows";
        CHARSET = "record-charset", "a text has a character that the card's character set lacks",
            "write the text with other characters, or another charset in the profile";
        DIGITS_MISSING = "record-digits-missing", "a text without any digit, which the card holds as digits",
            "correct the value";
        TOO_MANY_BYTES = "record-too-many-bytes", "a text takes more bytes than the card has for it",
            "shorten the text, or give it more bytes in the profile";
        BITS = "record-bit-format", "a number does not fit its bit format", "correct the value";
        REPEATED = "record-repeated", "an earlier record has the same value, which must be unique",
            "correct one of them";
        NOT_ENCODED = "record-not-encoded", "the bytes of the record are no text in the encoding of the import table",
            "look in what the file was saved, or save it as UTF-8";
        LONG_LINE = "record-long-line", "the line is longer than any that is read",
            "look for a line end or a closing quote that is missing";
        RANGE_ENDS = "record-range-ends", "the import table's range has no number left for the record",
            "name another range, or take records out";
        EMPTY = "record-empty", "a value is empty",
            "fill it in, or give the column a default in an import table";
        SPACE = "record-space", "a space stands in front of a value or behind it",
            "take it out, or write trim = true in an import table";
        SEPARATOR = "record-separator", "a separator stands between the digits of a value, or a fraction behind them",
            "write digits only, or name the separator under numbers in an import table";
        EXPONENT = "record-exponent", "an exponent, with which a spreadsheet shows a long number",
            "format the column as text and save it again";
        SIGN = "record-sign", "a sign stands in front of a value",
            "numbers here begin at 0 and have none";
        TOO_LARGE = "record-too-large", "a value is larger than the largest number allowed",
            "correct the value";
        TOO_SMALL = "record-too-small", "a value is smaller than the smallest number allowed",
            "correct the value";
        NOT_A_TIME = "record-not-a-time", "a value is no date with a time behind it",
            "write both, as 2027-12-31T23:59:00";
        TEXT_FOR_NUMBER = "record-text-for-number", "a text stands where a number is wanted",
            "look whether the columns are in their places";
        OTHER_DIGITS = "record-other-digits", "a digit is of another script or width",
            "write 0 to 9";
        QUOTE = "record-quote", "a quote or an apostrophe is part of a value",
            "take it out";
        QUOTES_MISSING = "record-quotes-missing", "a number stands where a text is wanted, quotes are missing",
            "write it in quotes";
        NOT_WHOLE = "record-not-whole", "a number that is not whole, has an exponent or is too large",
            "write a whole one";
        NULL = "record-null", "null stands where a value is wanted",
            "fill it in, or give it a default in an import table";
        BOOLEAN = "record-boolean", "true or false stands where another value is wanted",
            "write that, or boolean = true in an import table";
        NOT_BOOLEAN = "record-not-boolean", "none of the words that stand for true or false in the import table",
            "correct the value";
        COMPOSITE = "record-composite", "a list or an object stands where one value is wanted",
            "correct the value";
        TOO_SHORT = "record-too-short", "a value is shorter than allowed, as a number that lost its zeros in front is",
            "correct the value";
        TOO_LONG = "record-too-long", "a value is longer than allowed",
            "correct the value";
        CONTROL = "record-control", "a control character is part of a value",
            "take it out, or let the field take it";
        FORMAT = "record-format", "a character of formatting that nobody sees is part of a value",
            "take it out, or let the field take it";
        DIRECTION = "record-direction", "a character that turns the direction of text is part of a value",
            "take it out, or let the field take it";
        LOST_CHARACTER = "record-lost-character", "the character that stands for a lost one is part of a value",
            "take it out, or let the field take it";
        OUTSIDE_CHARACTERS = "record-outside-characters", "the character is none of those that the field takes",
            "correct the value";
        LEAVING = "record-leaving", "a spreadsheet left an error or a rounded number here",
            "mend the cell and save it again";
        CASE = "record-case", "a value differs from one that is allowed in upper and lower case only",
            "correct the value";
        NOT_LISTED = "record-not-listed", "a value is none of the values that the import table lists",
            "correct the value";
        DATE_FORM = "record-date-form", "a date is written in another way",
            "name the way under date in an import table";
        TIME_OF_DAY = "record-time-of-day", "a time of day stands behind the date",
            "format the column as a date and save it again";
        DAY_COUNT = "record-day-count", "a number stands where a date is wanted",
            "format the column as a date and save it again";
        NO_SUCH_DAY = "record-no-such-day", "no such day is in the calendar",
            "correct the value";
        DAY_OUTSIDE = "record-day-outside", "the day is before the first one or after the last one allowed",
            "correct the value";
        NOT_A_DATE = "record-not-a-date", "a value is no date",
            "correct the value";
        HEX_SEPARATOR = "record-hex-separator", "separators stand between the digits of a value",
            "write hexadecimal digits only";
        NO_DIGIT = "record-no-digit", "the character has no place in a value",
            "correct the value";
        HYPHENS = "record-hyphens", "the hyphens of a UUID are in the wrong places",
            "write 8-4-4-4-12 digits, or 32 without hyphens";
    }
}
