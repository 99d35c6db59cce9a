// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kinds of mistakes in profiles, by their codes. Each place that finds a mistake says of which kind
//! it is: none can be told without.

crate::code::codes! {
    NO_TOML = "profile-no-toml", "the text is no TOML", "write it as TOML has it";
    UNKNOWN_TABLE = "profile-unknown-table", "no table has this name", "write the name as profiles have it";
    UNKNOWN_ENTRY = "profile-unknown-entry", "no entry has this name here",
        "write the name as profiles have it, or take the entry out";
    MISSING = "profile-missing", "an entry that has to be there is not", "add it";
    REPEATED = "profile-repeated", "something is there twice that may be there once", "name each once";
    TYPE = "profile-type", "a value is of another type than its entry has, or a field than its place",
        "write a value or a field of that type";
    FORM = "profile-form", "a text is not in the form that its entry has", "write it in that form";
    RANGE = "profile-range", "a number, a date or a count is out of range, or two are the wrong way round",
        "write one inside of the range";
    EMPTY = "profile-empty", "a list or a content is empty", "write at least one";
    NO_NAME = "profile-no-name", "a name is empty or none", "write a name";
    NAME_TAKEN = "profile-name-taken", "a name has a meaning already", "write another name";
    UNKNOWN_NAME = "profile-unknown-name", "a name stands for nothing that is declared or known",
        "write a name that is declared, or declare it";
    UNUSED = "profile-unused", "something is declared, and nothing on the card uses it",
        "use it in a content, or take it out";
    OUT_OF_PLACE = "profile-out-of-place", "an entry has no meaning where it stands", "take it out";
    CONFLICT = "profile-conflict", "two entries exclude each other", "take one of them out";
    ORDER = "profile-order", "something stands before what it needs, or over something else",
        "write it behind what it needs, or at another place";
    NO_ROOM = "profile-no-room", "a value or a content does not fit its place", "give it more room, or shorten it";
    TOO_MUCH = "profile-too-much", "contents are nested too deep or too large for a card to be made in time",
        "write fewer or smaller contents";
    BIT_FORMAT = "profile-bit-format", "a bit format contradicts itself", "correct its bits, fields or checks";
    RIGHTS = "profile-rights", "rights leave a file useless, unreadable or in the clear",
        "name a key for the right, or write another mode";
    PERSONAL = "profile-personal-data", "personal data would stand where anyone may read them",
        "name a key for read, or take the field out";
    RANDOM_UID = "profile-random-uid", "with a random UID no key would open the card",
        "take the UID out of the input of one key";
    KEY_IN_PROFILE = "profile-key-in-profile", "a key itself stands in the profile",
        "put the key into the key file, and never use it again where others saw it";
    KEY_TYPE = "profile-key-type", "keys of an application are of several types", "name keys of one type";
    KEY_VERSION = "profile-key-version", "key versions do not tell keys apart, or are none",
        "write another version from 1 to 255";
    DIVERSIFICATION = "profile-diversification", "a card key cannot be made in this way",
        "write another scheme or input";
    NO_NEW_CARD = "profile-no-new-card", "the transport keys leave no card that could be new",
        "name a transport key";
    AID_RESERVED = "profile-aid-reserved", "an AID stands for something else", "write another AID";
    DIRECTORY = "profile-directory", "the application directory is not as the standard has it",
        "write its application and files as the standard has them";
    NOT_ON_CHIP = "profile-not-on-chip", "one of the chips does not have or cannot do this",
        "take it out, or take the chip out of chips";
    NOT_BUILT = "profile-not-built", "this program is built without what the entry needs",
        "take a program that is built with it, or the entry out";
}
