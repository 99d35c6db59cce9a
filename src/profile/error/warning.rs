// SPDX-License-Identifier: MIT OR Apache-2.0
//! The kinds of warnings about profiles, by their codes.

crate::code::codes! {
    PERSONAL_WRITTEN = "warning-personal-data-written", "a personal field is written to the card",
        "see that it has to stand there, or take it out of the content";
    READ_BY_ANYONE = "warning-read-by-anyone", "anyone may read a personal field, or the UID that the card hides",
        "let a key read the file";
    NEVER_ALTERED = "warning-never-altered", "nobody can ever alter a content or a value as it was meant",
        "name a key for write, read_write or change";
    ALTERED_BY_ANYONE = "warning-altered-by-anyone", "anyone may alter a file", "name a key for the right";
    UNUSED = "warning-unused", "nothing uses a key, a bit format, or a piece of an item or a format",
        "use it, or take it out";
    SAME_KEY = "warning-same-key", "two names stand for one key of a card",
        "give each its own key, version or input";
    NOT_DIVERSIFIED = "warning-not-diversified", "a diversified key is the same on every card",
        "name \"uid\" in its input";
    LEFT_TO_OTHERS = "warning-left-to-others", "whoever knows a transport key gets at something of the profile",
        "give the right to a key of the profile";
    PERSONAL_IN_KEY = "warning-personal-in-key", "a personal field goes into a key",
        "see that it has to, or take another field";
    HOOK = "warning-hook", "only a program that gives a hook encodes such cards",
        "encode them by that program";
    PERSONAL_IN_LIST = "warning-personal-data-in-list", "a personal field is written to a list for others",
        "see that it has to stand there, or take the column out";
    UID_IN_LIST = "warning-uid-in-list", "a list tells the UID, which the card hides",
        "see that it has to stand there, or take the column out";
    UID_IN_CLEAR = "warning-uid-in-clear", "the UID stands in clear where anyone reads it",
        "show it enciphered, as PICC data";
    ROWS_ALIKE = "warning-rows-alike", "rows of a list may be alike, and are written once then",
        "add a column that is of one card alone";
    NO_WAY_BACK = "warning-no-way-back", "a table turns different bytes into the same",
        "correct the table, unless nobody has to read back";
    SHUT_OUT = "warning-readers-shut-out", "a transaction MAC file shuts out readers that do not know of it",
        "give the right to the key that names readers, or teach the readers";
    ONE_WAY = "warning-one-way", "something of the card can never be taken back", "see that it is meant";
    ROLL_KEY = "warning-roll-key", "readers are to roll key sets with the key that changes everything",
        "name a key of its own as roll_key";
    READER_MAY_LOCK = "warning-reader-may-lock", "with a key that opens a file, a reader may shut others out",
        "give the right to a key of its own, or to key 0";
    NO_SPARE_QUOTA = "warning-no-spare-quota", "a delegated application has no room for a file that is made anew",
        "ask the cards' owner for a larger quota";
    NO_KEY_SETS = "warning-no-key-sets", "some of the chips have no key sets that could wait for readers",
        "rekey those cards once all readers know the next keys, or give them a profile of their own";
    AID_TURNED = "warning-aid-turned", "an AID looks turned round",
        "write it most significant byte first";
    NO_SIGNATURE = "warning-no-signature", "cards without a signature will be refused",
        "see that all cards have one, or write originality = \"noted\"";
}
