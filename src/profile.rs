// SPDX-License-Identifier: MIT OR Apache-2.0
//! What a card must be: parsed and checked once, before a card is touched.
//!
//! A profile is TOML. [`Profile::parse`] gives a checked one, or the first mistake with its line
//! and what to write instead. This page is the reference; an entry that it does not list is a
//! mistake.
//!
//! # `[profile]`
//!
//! | entry | value |
//! |---|---|
//! | `name` | for receipts |
//! | `chips` | list of `"d40"`, `"ev1"`, `"ev2"`, `"ev3"`: the generations that may be encoded; or one of `"light"`, `"ntag424"`, `"ntag424tt"` alone |
//! | `messaging` | list of `"ev2"`, `"ev1"`, `"d40"` in order of preference; unless named the first two, and `"d40"` where `chips` names such chips. D40 chips take only `"d40"`, EV1 chips all but `"ev2"`. `"d40"` takes only keys of type 2K3DES; under `"ev2"` keys that are not AES take EV1's |
//! | `verify` | what a finished card has to prove: `"mac"` (the MACs of the writes), `"key"` (an authentication with a new key), `"read-back"` (the contents; unless named), `"every-key"` (an authentication with each key); each includes those before it |
//! | `failed_authentications` | how many authentications a card may refuse in one presentation before it is left alone, 1 to 255; 2 unless named |
//!
//! Each own key goes last at its level, so its version stands for the settings, rights, files and
//! keys that were set before it: a card that is done is told by the versions of the master keys,
//! an authentication and its contents. So an edition that changes settings, rights, files or keys
//! of a level raises the version of that level's own key and of each other key concerned, and names
//! the `former` ones, or cards of the former edition pass as done. A card that shows a former
//! version is looked at in full: encoding the record that it holds brings it up to date, the
//! [tasks](crate::encode::Task) rekey and update bring keys only, or new contents too.
//! [`Profile::changes_from`] tells what an edition changed without a version that shows it.
//!
//! # `[transport]`
//!
//! What a card may arrive with. Among several keys the version that the card reports chooses, so
//! no two may have the same.
//!
//! | entry | value |
//! |---|---|
//! | `picc` | list of PICC master keys: `"factory"` (DES, zero), the name of a key of `[keys]`, or an inline table with the entries of `[keys]` |
//! | `app` | what new applications start with: `"zero"` (unless named), which everybody knows, or a key under `[keys]`, which the job makes their default key |
//! | `stock` | `"new"` (unless named): a transport key is the sign of an empty card; `"used"`: applications and free memory are looked at first |
//! | `identify` | only the `"first"` card of a uniform stock (unless named), or `"every"` one; where the profile names key sets, every card whose session leaves open whether it has any |
//! | `random_uid` | whether cards arrive with a random UID; `false` unless named. Then no transport key, and not every key of the profile, may need the UID |
//!
//! # `[fields]`
//!
//! What every record has: `name = { type = …, class = … }`. Every field must be used in a content, in a
//! key or in a list.
//! `id` and `uid` are columns of their own in the records and cannot be fields.
//!
//! | entry | value |
//! |---|---|
//! | `type` | `"uint"` with `max`, 2^63 - 1 at most; `"int"` with `min` and `max`, a number that may be negative; `"text"` with `max_length` in characters, or `length`, exactly, see below; `"hex"` with `length` in bytes, exactly, or with `max_length` and perhaps `min_length` (1 unless named); `"date"`, written `YYYY-MM-DD` unless an import table says otherwise, with `from` and `to`, unless named `"2000-01-01"` and `"2099-12-31"`; `"datetime"`, written `YYYY-MM-DDTHH:MM:SS` or with a space for the `T`, seconds left out where wanted, with `from` and `to` as a date has them; `"uuid"`, with its hyphens or without any, in braces or behind `urn:uuid:` where wanted; `"bits"` with `length`, exactly as many `0` and `1`, 1 to 256, with spaces between them where wanted (in JSON a text too) |
//! | `class` | `"technical"`, `"pseudonymous"` or `"personal"`. A personal field is warned of, and refused where anyone may read it |
//! | `unique` | whether no two records may have the same value; `false` unless named |
//! | `optional` | whether a record may lack it: its column or entry may be missing, empty or `null`; `false` unless named. Then `default`, as records write it, stands for it; unless named the number 0, an empty text, zeros, and a date must name one. It is written as any other value: nothing on the card tells it from a record that has that value, and `inspect` shows it. Not with `unique` |
//!
//! Entries of text fields besides:
//!
//! | entry | value |
//! |---|---|
//! | `min_length` | the least characters; 0 unless named |
//! | `characters` | list of the characters that it takes, `"-"`, and of ranges of them, `"0-9"`; any unless named |
//! | `takes` | list of what texts are refused for otherwise: `"control"`, `"format"` and `"direction"` characters, and `"leavings"` of spreadsheets, such as `#REF!` and `1.23E+15` |
//!
//! # `[import]`
//!
//! How files of records are written: [`Import`]. Unless there, they are UTF-8, each field is a column of
//! its own name, and `id` and `uid` may be columns. The entries are those of an import table in a
//! file of its own, and the reference of both is `docs/import.md`.
//!
//! # `[export]`
//!
//! Lists for others, of the cards that are made or read: [`Export`]. Their columns are made of the same
//! [parts](#parts-of-a-content) as contents, and of what the card tells besides; `[[export]]` where there
//! are several. They belong to no card: a profile whose lists alone differ means the same. The
//! reference is `docs/export.md`.
//!
//! # `[[format]]`
//!
//! Bit formats of the profile's own, beside [those that everybody knows](crate::credential). Bit 0
//! is the first one. Lists of bits are texts such as `"1-8"`, `"0-28/4"` (every fourth), `"8-5"`
//! (counting down) or several of these with commas between them; the first bit of a list is the
//! most significant one, so `"24-31,16-23"` swaps two bytes and `"7-0"` turns one around. No bit
//! is used twice; one that is not used is 0. Names of formats, rules and CRCs are taken in any case.
//!
//! | entry | value |
//! |---|---|
//! | `name` | one that no known format has |
//! | `bits` | how many, 1 to 256 |
//! | `fields` | list of `{ name = "…", bits = "…" }`, up to 64 bits each; `coding` is `"binary"` (unless named) or `"bcd"`, decimal digits of four bits, up to 19 |
//! | `constants` | list of `{ bits = "…", value = … }` |
//! | `checks` | list of `{ rule = "…", bits = "…", over = "…" }` in the order in which they are computed. `rule`: `"even"` or `"odd"`, one bit; `"xor"`, `"xor-not-f"` (one more where the low four bits come out as F) or `"sum"` over groups as wide as `bits`; `"luhn"`, the check digit over decimal digits of fields; a name of the [catalogue of CRC algorithms](https://reveng.sourceforge.io/crc-catalogue/) over whole bytes, as for [checksums](#checksums) |
//!
//! # `[keys]`
//!
//! `name = { ref = "…", version = … }`.
//!
//! | entry | value |
//! |---|---|
//! | `ref` | the name in the key file |
//! | `type` | `"aes128"` (unless named), `"2k3des"` (a DES key is one of two equal halves) or `"3k3des"`; the same in the key file, and for all keys of an application. The PICC master key may be of another type than the factory's |
//! | `version` | the version in the key file and on the card, 1 to 255: 0 is what keys of new cards have. The PICC master key's differs from those of all transport keys |
//! | `former` | the version that cards of the former edition hold, with the same `ref`, `type` and `diversify`; then the key file has both. Where a key of an application has one, so has its key 0 |
//! | `low_bits` | 2K3DES and 3K3DES keys: how the bits are written that the cipher ignores and the card stores, the version in those of bytes 0 to 7. `"inverted"`: and inverted in bytes 8 to 15 of a 2K3DES key, as libfreefare does (unless named; belief: of AN10922 only other people's programs were seen); `"first-half"`: there alone, as liblogicalaccess does; `"zero"`: zeros in all other bytes (unless named with `"omnitech"`); `"kept"`: as they stand in the key file, whose version must be this one. A card that holds another form opens all the same, and when one of its keys is replaced under another, the other forms are tried, each in a new session, as far as `failed_authentications` allows; in EV1 messaging such a card ends as *written*, and verifying proves it |
//! | `check` | the [check value](crate::key::CheckValue) of the key of this `version`, with how it was made: `"cmac-aes:763CBC"`. A store whose key has another is refused before the first card. 2K3DES and 3K3DES keys that differ in their low bits alone, where a version is, have the same |
//! | `former_check` | the same of the key of the version `former` |
//! | `diversify` | unless named, the key is the same on every card. `scheme`: `"an10922"`, `"an10922-one-block"` or `"an10922-force-k2"` with `input`, a list of [words](#what-goes-into-a-key), together 1 to 31 bytes; `"boltcard"` (keys 0 to 4 of a Bolt card, the version among it; key 1 is the same on every card), `"sam-av1"`, `"gallagher"`, `"omnitech"` and, with `low_bits`, `"sagem"` make their own input; the name of a [`[[scheme]]`](#scheme). `aid_order`: `"written"` (most significant byte first; unless named) or `"wire"`, for `"aid"` |
//!
//! ## What goes into a key
//!
//! | word | bytes |
//! |---|---|
//! | `"uid"` | the card's own UID, seven |
//! | `"uid-reversed"`, `"uid-inverted"` | the last one first; each bit the other way round |
//! | `"uid[0..4]"`, `"uid-reversed[3..7]"` | a piece, from the first number to before the second, counted from 0. A key of a piece may be that of several cards, which is warned of |
//! | `"aid"`, `"aid-wire"` | three, most significant byte first, or as sent. At PICC level there is none |
//! | `"key-no"` | one |
//! | `"field:NAME"`, `"field-reversed:NAME"`, `"field:NAME[0..4]"` | a field of the record, or a piece of it, in the bytes of [`Record::key_input`]: as many for each record. A text has those only with `length` and `characters` of ASCII alone. A personal field is warned of |
//! | `"hex:…"`, `"ascii:…"` | the same on every card |
//!
//! A key that a field goes into is made once it is known whose card it is. Verifying among several records
//! tries those of other keys, as long as the card may refuse so many (`failed_authentications`), and asks
//! for the record where there are more; rekeying takes the card's record. So does updating, which cannot
//! change what such a key is made from: the card of another record is refused, as its key does not open.
//! Inspecting opens no such key, recycling needs none unless the PICC master key is one. No transport key
//! and no default key of new applications takes a field, since nobody knows the record then.
//!
//! # `[[scheme]]`
//!
//! A diversification scheme of the profile's own, for `scheme` of a key.
//!
//! | entry | value |
//! |---|---|
//! | `name` | one that no known scheme has |
//! | `input` | list of words as above, and `"input"` for the words that a key brings itself; or a list of such lists, one for each of several messages, whose outputs stand one behind the other |
//! | `cipher` | of the key's own type, from a chaining value of zeros: `"cmac"`, one block for each message; `"cbc"` or `"ecb"`, as many bytes as the padded message has. HMAC is none of what an [issuer key](crate::key::IssuerKey) does |
//! | `padding` | `"none"` (unless named), `"zeros"`, `"80"` (ISO/IEC 9797-1, method 2), `"pkcs7"`; `"cmac"`: that of CMAC itself, drawn out to `length` |
//! | `length` | how many bytes a padded message has, whole blocks, at most 128; as few as it takes unless named |
//! | `cut` | list of pieces of what comes out, `"0..16"`, which make the key in this order; all of it unless named. A key has 16 bytes, of type 3K3DES 24 |
//!
//! AN10922 for AES-128 is `input = ["hex:01", "input"]`, `cipher = "cmac"`, `padding = "cmac"`, `length = 32`;
//! for 2K3DES `input = [["hex:21", "input"], ["hex:22", "input"]]` and `length = 16`.
//!
//! # `[card]` and `[[application]]`
//!
//! | entry | value |
//! |---|---|
//! | `master_key` | `[card]` only: the key that becomes the PICC master key. Its input has no `"aid"` |
//! | `aid` | six hexadecimal digits, most significant byte first; `"mad:7009/2"` for an application of the [MIFARE application directory](#the-mifare-application-directory), `"mad"` for the directory itself |
//! | `iso_id` | `[[application]]` only: identifier for ISO 7816-4 commands, four hexadecimal digits, unique on the card |
//! | `df_name` | `[[application]]` only, beside `iso_id`: name for ISO 7816-4 commands, 1 to 16 bytes in hexadecimal, unique on the card |
//! | `keys` | list of 1 to 14 names in slot order; the first is key 0. `"foreign:NAME"` is a slot that is [left to another issuer](#slots-of-other-issuers) |
//! | `change` | who may change the keys: a key's name (key 0 unless named), `"same"` (each key itself), `"never"` |
//! | `free_list` | listing needs no master key; `false` unless named |
//! | `free_create` | creating and deleting need no master key; `false` unless named |
//! | `key_changeable` | the master key may be changed; `true` unless named |
//! | `settings_changeable` | these settings may be changed; `true` unless named |
//! | `key_sets` | `[[application]]` only: [several sets of all its keys](#key-sets), on EV2 and EV3 chips |
//! | `random_uid` | `[card]` only: switches the random UID on, for good, as the last step; `false` unless named. Not every key of the profile may need the UID then |
//! | `random_uid_start` | `[card]` only, beside `random_uid`: the byte that a random UID begins with on EV3 chips, `"08"` (unless named) or `"80"`, as on EV1. A finished card whose random UID begins otherwise than with the `"80"` named is told again |
//! | `nuid` | `[card]` only: an EV3 shows a fixed number of four bytes in place of its UID, which other cards may show too, where that is [allowed](crate::encode::OneWay::Answers); `false` unless named. Told as the answers are; a finished card that shows its UID is told again. Not every key of the profile may need the UID then, as a session alone tells it. Not beside `random_uid`. A recycled card keeps it |
//! | `no_format` | `[card]` only: switches FormatPICC off, for good, at the end; `false` unless named. Nothing on the card shows it, so the PICC master key goes last on such a card and stands for it, unless the random UID does |
//! | `legacy` | `[card]` only: `"off"` makes the card refuse D40 and EV1 messaging, for good, as the very last step, where that is [allowed](crate::encode::OneWay::LegacyOff); `"on"` unless named. EV2 and EV3 chips only, and with AES keys alone: no DES key opens such a card any more. The profile's messaging is EV2's alone then. A job tries the older one afterwards and sees it refused. That is a refusal without a MAC, so encoding and updating tell a card that refuses once more, which may change it, and [verifying](crate::encode::Unproven::Legacy) calls it written. Recycled, such a card goes on refusing; one that came with the factory's key, a DES key, is not recycled |
//! | `chained_writes` | `[card]` only: `"off"` makes the card refuse MACed and enciphered data that come to standard files in more than one frame, for good, where that is [allowed](crate::encode::OneWay::ChainedWritesOff); `"on"` unless named. EV2 and EV3 chips only. Whoever writes such a file later needs a reader that passes it on in one APDU. Nothing on the card shows it but a write that is refused, and no later job tries one; so the PICC master key goes last on such a card and stands for it, unless the random UID does. A recycled card keeps it |
//! | `ats`, `sak`, `atqa` | `[card]` only, in hexadecimal digits: what the card answers when a reader finds it, from the next activation on, where that is [allowed](crate::encode::OneWay::Answers), as a wrong answer can make it unreadable for good. All of the ATS, of EV1, EV2 and EV3; the SAK of both cascade levels (`"0420"` is the factory's), of EV2 and EV3; the ATQA, most significant byte first (`"0344"`), of EV3. Answers by which no reader would go on are refused. The card is told before it gets its own PICC master key, which stands for it. An ATS is looked at where the reader tells it, and a finished card that has another one is told again; SAK and ATQA no reader tells a program, so no later job looks at them. A recycled card keeps them |
//! | `name` | `[card]` only: the name, 1 to 16 bytes in hexadecimal digits, by which ISO SELECT selects an EV2 or EV3 as a whole. Told as the answers are; verifying and updating see whether the card answers to it. A recycled card keeps it |
//! | `originality` | `[card]` only, and only with the crate's feature `originality`: what is made of the [signature](crate::originality) that NXP puts on its chips. `"noted"`: each card is asked, and the receipt says what came; `"required"`: a card is refused whose signature does not verify, and one that has none. Unless named no card is asked. D40 chips have no signature, nor have the older EV1 chips. It finds copies that no genuine chip stands behind, and not one that repeats a genuine chip's UID and signature |
//! | `foreign` | `[card]` only: applications on a card that are not the profile's. `"refused"`, unless named: a card with any is refused, whatever is done with it. `"allowed"`, or a list of AIDs: all, or these, may be there and stay as they are. Recycling then deletes the profile's applications one by one, whose memory does not come back, instead of formatting the card; the card gets its transport key and the factory's settings all the same. Where others may be there every card is asked what is on it, whatever `identify` says |
//!
//! SetConfiguration of EV2 and EV3 has more, which no profile says:
//!
//! | option | |
//! |---|---|
//! | `00`, bits 2 and 3 | a proximity check, or the authentication of a virtual card, before data: no job would read or prove such a card again. [The host](crate::host::CardSwitches) can set them |
//! | `00`, bit 4 | errors told otherwise: not public how; [the host](crate::host::CardSwitches) can set it |
//! | `01` | the key that new applications start with is `app` in `[transport]` |
//! | `05` | capabilities and the transaction timer: what their bytes count is not public; [the host](crate::host::Capabilities) can set them |
//! | `06` with a MAC | the form for owners of delegated applications, in which public sources differ |
//!
//! ## On a card of somebody else
//!
//! The owner of an EV2 or EV3 card may let others create an application of their own on it (NXP AN12696), in a
//! numbered slot of the card with a part of its memory:
//!
//! ```toml
//! delegated = { slot = 3, slot_version = 1, quota = 12, key = "manager" }
//! ```
//!
//! | entry | value |
//! |---|---|
//! | `slot` | which, 0 to 65535 |
//! | `slot_version` | 0 to 255: higher than that of any application that was in the slot before, whose version the card keeps |
//! | `quota` | how much memory the application and its files may take, in blocks of 32 bytes |
//! | `key` | `DAMAuthKey` of the owner's cards, an AES key under which jobs open the card. It is diversified as a PICC master key would be, with key number 16 |
//!
//! Such an application is alone in its profile, has AES keys and EV2 messaging, and may be in key sets. Others of the same
//! house on the same card, each in its slot with its permission, have a profile and a job each. `[card]` says nothing but
//! `originality`, `[transport]` may be left out and has neither `picc` nor `stock`: the card is its owner's. `app` is
//! the key in the owner's permission, the same for all cards, with which the application starts.
//!
//! A job needs [permissions](crate::encode::Permission) for cards without the application
//! ([`Job::permitted`](crate::encode::Job::permitted)): one to create it, and one to delete it, for recycling. What
//! the owner permits is [exactly this application](crate::encode::delegated_application). Recycled, a card goes back to
//! its owner with the version of the slot used up; all else on it nobody looks at.
//!
//! # `[[application.file]]`
//!
//! | entry | value |
//! |---|---|
//! | `no` | 0 to 31 |
//! | `iso_id` | identifier for ISO 7816-4 commands; every file of an application but value files has one, or none |
//! | `type` | `"standard"`, `"backup"`, `"value"`, `"linear-record"` or `"cyclic-record"` |
//! | `size` | standard and backup files: in bytes |
//! | `lower`, `upper` | value files: the limits, four bytes with a sign each |
//! | `limited_credit`, `free_get_value` | value files: whether LimitedCredit is allowed, and GetValue without any right; `false` unless named |
//! | `record_size`, `max_records` | record files: bytes in a record, and how many records there is room for. A cyclic file shows one less |
//! | `mode` | how data travel: `"plain"`, `"mac"`, `"full"` (enciphered). In the last two no right may be `"free"`, but `read` in `"mac"` where a key has `read_write`: anyone reads in clear, and that key with a MAC; a value that anyone may get with `free_get_value` goes in clear all the same |
//! | `read`, `write`, `read_write`, `change` | a name out of the application's `keys`, `"free"` or `"never"` (unless named). But for `change`, on EV2 and EV3 chips also [a list of keys](#several-keys-for-a-right) |
//! | `allow_public` | whether personal fields may stand where anyone may read; `false` unless named |
//! | `content` | standard and backup files: list of parts, from offset 0 |
//! | `sdm` | [secure dynamic messaging](#secure-dynamic-messaging), of the NDEF file of a tag, and of standard files that are created on a DESFire EV3 |
//! | `records` | record files: list of lists of parts, the oldest record first, each filled up with zeros |
//! | `value` | value files: what the file starts with, a whole number or the name of a field of type `"uint"`; 0 unless named |
//!
//! Unless `verify = "mac"`, some key must be able to read what a file starts with, which is read back
//! or tells whose card a finished one is; with several applications also then, since it tells whose
//! card a torn one is. Where the
//! final rights let nobody write it, the file is made with rights for key 0 and gets its final ones
//! after the write.
//!
//! Other records are all cleared and appended anew. No job changes one in its place (UpdateRecord `DB`, `BA`): which one
//! that is, a card counts from the newest, so on a card with one record more it would be another.
//!
//! What cards start with also tells their records apart: a card that has been in use since, so that
//! a value or a journal has moved on, counts as another record's and is refused, not changed.
//!
//! ## Several keys for a right
//!
//! `read = ["door", "gate", "lift"]` lets each of these keys read. A card has one key for a right in a set of
//! rights, and on EV2 and EV3 up to eight sets for a file, of which any grants (NXP AN12752): the first keys of
//! all lists are in the first set, their second ones in the second, so eight keys have a right at most, and one
//! file may have eight that read and others that write. All chips of the profile have to know such sets: cards
//! of other chips get a profile of their own. Who may change the settings stands in the first set alone.
//!
//! What a list gives to keys nobody else gets: `"free"` and `"never"` stand in none, and `read_write` is not
//! `"free"` beside a list for `read` or `write`. Plain lists of one key are that key, on every chip.
//!
//! Sets beyond the first come by ChangeFileSettings, in EV2 messaging, which such profiles have alone: a job makes the file with the first, writes it, and
//! then gives it the others. Until then only the first keys of the lists have their rights.
//!
//! ## Slots of other issuers
//!
//! A slot under `"foreign:NAME"` keeps the key that new applications start with, for an issuer who sets its
//! own later. Nothing is proven of it and nobody looks at it, before or after that: receipts list it as
//! `left`, [`Profile::trust`] tells of it, and checking warns. Until it is set it opens to whoever knows
//! that key, which with zeros is everyone. So a file that such a slot reads counts as one that anyone may
//! read, and no such slot writes a file with contents, changes its rights, or changes the profile's keys.
//!
//! Key 0 is left only with all other slots of its application and without contents. What is there is then
//! made, and looked at until key 0 is another one; from then on the application is the other issuer's.
//!
//! ## Key sets
//!
//! `key_sets = { sets = 2, roll_key = "roll", roll = "now" }` creates an application of EV2 and EV3 chips with
//! several sets of all its keys, of which one is active (NXP AN12752 names them; the commands rest on notes of a
//! real EV3). Another set is filled beside it and becomes the active one with a single command, RollKeySet: no
//! card is ever left with some of its keys old and some new.
//!
//! | entry | value |
//! |---|---|
//! | `sets` | 2 to 16, the active set included. Jobs fill one; more are for others |
//! | `roll_key` | in whose session a set becomes the active one: one of the application's keys 0 to 7, key 0 unless named |
//! | `roll` | `"now"`, unless named: the job that fills a set makes it the active one. `"later"`: a reader does |
//!
//! A job that brings a finished card from its former keys to the present ones fills set 1 with all of them in a
//! session of the former key 0, closes it under the version of the new key 0, and asks which versions are in it.
//! With `roll = "later"` it stops there, [prepared](crate::encode::Outcome::Prepared): the card opens with its former keys, and with the
//! present ones once a reader has rolled. A card of which something was torn away on the way opens as before,
//! and gets its set anew. The set that was active before stays on the card as set 1, and whoever has the
//! present `roll_key` may go back to it until it is filled again.
//!
//! Sets are given at creation alone. EV1 cards, and cards of an edition without them, have none: what brings them
//! to the present keys changes key by key, and at once, and so does a job that speaks EV1 messaging only. With
//! `roll = "later"` such cards are warned of, as readers of before no longer open them. Receipts tell which
//! applications had none.
//!
//! All keys are AES keys, as sets are filled in EV2 messaging, which the profile has to name. Key 0 changes all keys
//! (`change`, `key_changeable`); and none is left to another issuer, whose key would be zeros in the next set. Contents
//! that travel plain have no MAC in EV2 messaging.
//!
//! # Chips with a fixed layout
//!
//! A chip may have its applications and files from the factory: nobody creates or deletes any, and
//! nothing above them has a key. It stands alone in `chips`, and its profile says which keys it gets,
//! what its files hold, and who may read and write them. What the chip does not have is a mistake.
//!
//! | table | what is different |
//! |---|---|
//! | `[profile]` | `messaging`: what the chip speaks in its applications; all of it unless named |
//! | `[transport]` | may be left out, and has neither `picc` nor `stock`: cards come with zero keys, under which the first own ones travel |
//! | `[card]` | may be left out, and says nothing but `originality`, where the chip has a signature |
//! | `[[application]]` | `aid`, one of the chip's, and `keys`, as many as it has; names and key settings stay as they are |
//! | `[[application.file]]` | `no`, one of the chip's; one that is not named stays as it comes. `type`, `size` and the like may be named as they are. `mode`, `read`, `write`, `read_write` and `change` are the chip's own unless named |
//!
//! A DESFire Light (`"light"`, application `00DF01`) comes with a value file, a record file, and a transaction
//! MAC file besides, which is no `[[application.file]]`: `transaction_mac` in `[[application]]` says whether it
//! is `"kept"` (unless named) as it comes, under a key of zeros, or `"deleted"` before anything is written, or a
//! table with the `key` under which it is made anew: an AES key that opens nothing and takes neither an AID nor a
//! key number, since whoever verifies the MACs has it. `mode`, `read`, `reader` (who names readers: a key,
//! `"free"` or `"never"`) and `change` are the chip's own unless named. It is made last, behind a key 0 that is
//! the profile's, and counts from 0.
//!
//! While it is there the card commits nothing unless a reader names itself, but where `reader = "never"`: a
//! profile that brings a value or records beside it says as whom its jobs commit, `reader_id` with 16 bytes in
//! hexadecimal, with or without a `key`, and `write` and `read_write` of these files name the key of `reader`.
//! Where a value or records come, `read_write` names the key that credits the value and clears the records. `lower`,
//! `upper`, `limited_credit` and `free_get_value` are the chip's own unless named; others are set once and for
//! good, with the value, where that is [allowed](crate::encode::OneWay): by the job that makes a card, or by the
//! job update on a finished one that has the chip's own as yet. A card whose limits were set to others before is
//! refused.
//!
//! `suite` in `[[application]]`, `"aes"` (unless named) or `"lrp"`, is by what a DESFire Light or an NTAG 424 DNA
//! protects all that it does: with `"lrp"` each card is switched to LRP before anything else is done with it, for
//! good, where that is [allowed](crate::encode::OneWay::Lrp). Recycled it stays in LRP.
//!
//! An NTAG 424 DNA TagTamper (`"ntag424tt"`) tells nothing of its wire before that is switched on, once and for
//! good, where that is [allowed](crate::encode::OneWay::Seal): `seal` in `[[application]]` does it, and says who may
//! ask for the status: `"free"`, or the name of key 0. Whoever reads the file without a session sees it in a part of
//! kind `mirror` all the same. Recycled, the chip goes on looking, and what it has told it tells again.
//!
//! `df_name` and `iso_id` in its `[[application]]` are the chip's own unless named; another name, with or without
//! another identifier, is given once and for good, where that is allowed. Such a card is known under both names
//! from then on. Readers have to select the new one, and recycling does not take it back. So it is with the files
//! of a DESFire Light: `no` is the chip's own number, `new_no` another one that no file of the chip has, and
//! `iso_id` beside it another identifier, where the file has one. File 31 and the transaction MAC file keep theirs.
//!
//! Recycled, such cards get back what their files held, who may read and write them, and their keys, as they
//! came from the factory. A DESFire Light gets its transaction MAC file anew, under a key of zeros, without a
//! counter, a MAC and the reader that was named last; its value becomes 0, or what its limits have next to it, as
//! these stay, which the receipt tells. Its last debit, which it shows to everybody, was of 1 then.
//!
//! # Secure dynamic messaging
//!
//! An NTAG 424 DNA writes into its NDEF file while somebody reads it, other things each time. What it
//! writes, and where, are [parts](#parts-of-a-content) of kind `mirror`; with which keys, the entry `sdm` of the
//! file says:
//!
//! ```toml
//! sdm = { picc = "picc", mac = "mac", counter = "master", limit = 100000 }
//! ```
//!
//! | entry | value |
//! |---|---|
//! | `picc` | the key that enciphers UID and read counter, which a server has to have before it knows which tag it is: one key for all tags, or few |
//! | `mac` | the key of which the chip makes the MAC's key, each time another one |
//! | `counter` | who may ask for the read counter: a key's name, `"free"` or `"never"` (unless named) |
//! | `limit` | at how many readings the tag falls silent; never unless named |
//! | `suite` | by what the chip enciphers and makes MACs of what it mirrors: `"aes"` (unless named, or as the application has it), or `"lrp"`: each tag is switched to LRP for good, which has to be [allowed](crate::encode::OneWay::Lrp), and all sessions are in LRP |
//!
//! During a change of keys tags of the `former` version are about: where the address has
//! `{ mirror = "version" }`, a server tells them apart and takes both.
//!
//! On a DESFire EV3 any standard file that the profile creates under AES keys may have it, in AES alone: `chips`
//! then names `"ev3"` and nothing else, and `messaging` is `["ev2"]` unless named. The file is made for it, written,
//! and gets its mirrors with its final settings. An update leaves its counter as it is; where nobody may write the
//! file in the end it is made anew, and counts from zero. There is no `suite` and no `"seal"`. For phones the
//! application has the name `df_name = "D2760000850101"`, and files with `iso_id` `"E103"` (where the message is)
//! and `"E104"` (the message), as NFC Forum Type 4 Tags have them.
//!
//! What such a tag gives, [`sdm`](crate::sdm) verifies, of the first file with `sdm` in the profile.
//!
//! # Parts of a content
//!
//! Each is an inline table of one of these kinds; the parts stand one behind the other and must
//! fit the file. How many bytes a part takes at most the profile alone decides.
//!
//! | part | bytes |
//! |---|---|
//! | `{ bits = "h10301", facility = FIELD, number = FIELD }` | a [bit format](crate::credential) or one of `[[format]]`; one entry per field of the format, with a field of type `"uint"`, a table such as `{ uint = FIELD, add = 100 }` or `{ date = FIELD, form = "number:yyyymmdd" }`, the number that the digits of a date are, or a number that is the same on every card. Bits are left-aligned in their bytes, spare bits 0; `align = "right"` ends with the last bit, `sentinel = "leading"` puts a 1 before the first one, `bit_order = "reversed"` has the last bit first, the sentinel behind it |
//! | `{ raw = FIELD }` | the bits of a field of type `"bits"`, for records that have them ready made; with `format = "h10301"` only those that hold in this bit format, of as many bits; `align`, `sentinel` and `bit_order` as for `bits` |
//! | `{ uint = FIELD, bytes = N, order = "big", add = 0 }` | an unsigned integer in 1 to 8 bytes; `order` is `"big"` or `"little"` and may be left out for one byte; `add` is added to the field's number before it is written, and may be negative |
//! | `{ int = FIELD, bytes = N, order = "big", add = 0 }` | the same with a sign, as two's complement |
//! | `{ text = FIELD, bytes = N, charset = "utf-8", fill = "20" }` | text, filled up; `charset` is `"ascii"` (unless named), `"latin-1"`, `"latin-9"`, `"windows-1252"`, `"utf-8"`, `"utf-16le"` or `"utf-16be"`, `fill` is the number of a character in two hexadecimal digits, `"00"` unless named; `align = "right"` has it before the text. With `length = "variable"` it is not filled up and takes `bytes` at most, see [below](#variable-lengths) |
//! | `{ text = [FIELD, FIELD], with = ", ", bytes = N }` | the texts of several fields, and `with` between two of them, nothing unless named |
//! | `{ hex = FIELD }` | the bytes of a field of type `"hex"`; where their number is not always the same, with `length = "variable"`, see [below](#variable-lengths) |
//! | `{ digits = FIELD, count = N, form = "bcd" }` | the decimal digits of a number, or of a text that has no others; zeros in front of a text and those that fill it up look alike, so only `"bcd-left"` takes a text of none. `form`: `"bcd"` (two to a byte, zeros in front; unless named), `"bcd-left"` (two to a byte, nibbles F behind), `"ascii"` (a character each, zeros in front); `add` as for `uint` |
//! | `{ date = FIELD, form = "bcd:yyyymmdd" }` | a date as digits: `"bcd:"` (two to a byte, a zero in front of an odd number of them) or `"ascii:"`, and a pattern of `yyyy`, `yy`, `mm`, `dd`, `ddd` (day of the year, from 001) and, of a field of type `"datetime"`, `HH`, `MM` and `SS`, in ASCII with signs between them |
//! | `{ date = FIELD, form = "days:2000-01-01", bytes = N, order = "big" }` | a date as the number of days after that one; `"seconds:1970-01-01"`: the seconds after it began, 86,400 a day; `"years:1900-01-01"`: the years after that one |
//! | `{ uuid = FIELD, form = "rfc9562" }` | 16 bytes, in the order of RFC 9562 (unless named); `form = "guid"`: the first three groups least significant byte first; in ASCII, in small letters, `"text"` (36 characters, with hyphens), `"digits"` (32) or `"urn"` (45, `urn:uuid:` in front) |
//! | `{ uid = "written", form = "bytes", last = 7 }` | the card's own UID, 7 bytes as in the anticollision, `04` first on NXP cards; `"reversed"`: the last one first. `last = N` takes the last ones of the anticollision only. `form`: `"bytes"` (unless named); in ASCII `"hex"`, `"small-hex"`, or `"decimal"`, the number that the bytes are in their order, with zeros in front. Where the card hides its UID, no file that anyone may read takes it |
//! | `{ pack = [ … ], order = "big" }` | numbers of a few bits, see below |
//! | `{ checksum = "xor", over = [ … ], order = "big" }` | a checksum over other parts, see below |
//! | `{ digest = "sha-256", over = [ … ], bytes = 8 }` | a digest over other parts, named as for a checksum; `uid`, `bytes` and `cut` as for `mac` |
//! | `{ mac = "aes-cmac", over = [ … ], key = "badge", uid = "last", bytes = 8 }` | a MAC over other parts, named as for a checksum, under an AES key of `[keys]`, as it is on this card: `"aes-cmac"` (16 bytes) or `"hmac-sha-256"` (32). `uid` has the card's UID in front (`"first"`) or behind (`"last"`). `bytes` takes the first ones of it, `cut = "last"` the last ones, `cut = "odd"` every second one as the chip does. The key need not be on the card; one whose diversification takes the AID or a key number cannot be named |
//! | `{ cipher = "aes-cbc", item = "badge", key = "badge", padding = "zeros" }` | a whole item enciphered with AES-128 in CBC mode, initial vector zero, under a key of `[keys]` as for `mac`. `padding`: `"zeros"` up to a whole block (unless named) or `"iso"`, `80` and zeros, which always takes a byte. Whoever may read the file counts as reading the item |
//! | `{ length = [ … ], bytes = N, order = "big", add = 0 }` | how many bytes the parts take that are listed by their names, as [checksums](#checksums) list theirs, in 1 to 3 bytes; `order` is `"big"` or `"little"` and may be left out for one byte; `add` is added to their number, 0 unless named |
//! | `{ tlv = "5A", length = "ber", parts = [ … ] }` | a tag of 1 to 4 bytes, the length of the parts, and the parts. `length`: `"ber"` (ISO/IEC 8825-1, in as few bytes as it takes; unless named) or `"byte"` (one byte, at most 254, and a tag of one byte: the SIMPLE-TLV of ISO/IEC 7816-4). A TLV may hold others; `parts = []` makes an empty one |
//! | `{ ndef = [ … ] }` | an NDEF message with its length in two bytes in front, as the file of a type 4 tag has it: a list of `{ uri = [ … ] }`, whose beginning is abbreviated by its code, and `{ text = [ … ], lang = "en" }` in UTF-8. What they list is text that stands there as it is, and parts |
//! | `{ mirror = "picc" }` | where the chip writes something of its own while somebody reads the file without a session, in upper-case hexadecimal digits; on the card itself zeros stand there. `"picc"`: UID and read counter, enciphered (32 digits, 48 in LRP); `"mac"` (16), which goes over what stands between `{ mirror = "from" }` and itself, nothing unless that stands before it; `"uid"` (14) and `"counter"` (6) in clear; `"seal"`: the tamper status, two letters. Only in a file with [`sdm`](#secure-dynamic-messaging), behind parts that are always as long |
//! | `{ mirror = "enciphered", parts = [ … ] }` | parts that are always as long, which whoever reads the file without a session sees enciphered, under a key that the chip makes of the MAC's for each reading: 32 digits for each 16 bytes that they have begun. Between `{ mirror = "from" }` and the MAC; where UID and read counter are shown too. `{ mirror = "seal" }` may be one of them |
//! | `{ mirror = "version" }` | the version of the MAC's key in two digits, so that a server knows during a [change of keys](#secure-dynamic-messaging) which one a tag has |
//! | `{ item = "badge", from = 0, bytes = N, turned = [ … ] }` | a piece of an item; all of it unless named. `turned` lists what is done to its bytes, one after the other: `"inverse"` (each bit the other way), `"reversed"` (the last byte first), or the name of a `[[table]]` |
//! | `{ copy = [ … ], turned = ["inverse"] }` | the bytes of named parts that stand before it, one behind the other; `turned` as for `item` |
//! | `{ random = N }` | so many random bytes, others on each card. They are made when they are written; what a card has is left and taken as it is where its contents are compared or mended. Not in an `[[item]]` |
//! | `{ hook = "signature", bytes = N }` | bytes that the embedding program makes from the record and the card's UID, see [`Hook`]; nobody else can encode such cards. Not in an `[[item]]`, and not where anyone may read a card that hides its UID |
//! | `{ constant = "hex:…" }` | the same on every card; `"ascii:…"` too |
//! | `{ pad = "00" }` | this byte, as often as the file has room left, once in a content; with `bytes = N` so many times, anywhere |
//!
//! Each part may have `at = N` too: it stands at this offset of its file, record or item, and what
//! lies between it and the part before is zero. And it may have a `name`, for checksums of the same
//! content: an item in it is one part.
//!
//! What a content leaves of its file or record stays as the card makes it, zero.
//!
//! ## Variable lengths
//!
//! A part with `length = "variable"` takes as many bytes as its value has, from `min_length` to
//! `max_length` of its field, and those behind it move up. The content always takes as many bytes as it
//! does at most, with zeros behind the last part, so nothing of a former value stays, and plans, costs and
//! sizes are exact. `length` parts, TLVs and messages count what is there. What stands behind `at = N`, and
//! a pad that fills up the file, keep the place where they end.
//!
//! Who reads the card has to find where such a part ends. So it is counted by a `length` before it, a TLV
//! or a message, as the last such part in there; or a `constant` is behind it; or it is a text, and the
//! end of the content is behind it, a pad that fills up the file, or a part with `at = N`. A length that comes from a value says something about it, as a checksum
//! does.
//!
//! ## Numbers of a few bits
//!
//! `pack` lists them, the first at the most significant bit of the first byte; spare bits of the
//! last byte are 0. `order = "little"` turns the bytes round, the last one first.
//!
//! | number | bits |
//! |---|---|
//! | `{ uint = FIELD, width = N, add = 0 }` | an unsigned integer in 1 to 64 bits; `add` as above |
//! | `{ int = FIELD, width = N }` | an integer with a sign, as two's complement |
//! | `{ constant = N, width = N }` | the same on every card |
//! | `{ date = FIELD, form = "number:yyyymmdd", width = N }` | the number that the digits of a date are |
//! | `{ year = FIELD, since = 1980, width = N }` | how many years after that one a date is |
//! | `{ month = FIELD, width = N }`, `{ day = FIELD, width = N }` | month and day of a date, from 1 |
//! | `{ days = FIELD, since = "1980-01-01", width = N }`, `{ seconds = … }` | how many days or seconds after that day began |
//!
//! So `year` since 1980 in 7 bits, `month` in 4 and `day` in 5, with `order = "little"`, are the two
//! bytes that a FAT file system has for a date.
//!
//! ## Checksums
//!
//! | `checksum` | over the bytes of the parts, as they are listed |
//! |---|---|
//! | `"xor"` | one byte |
//! | a name of the [catalogue of CRC algorithms](https://reveng.sourceforge.io/crc-catalogue/), of width 8, 16 or 32: `"CRC-8/MIFARE-MAD"`, `"CRC-16/IBM-3740"`, or another name of it that stands for one algorithm only: `"CRC-16/CCITT-FALSE"` | one, two or four bytes; `order` is `"big"` or `"little"` and may be left out for one byte |
//! | `"luhn"` | the check digit of ISO/IEC 7812-1 over parts of kind `digits`, and constants of the same form: a byte `00` to `09` for packed digits, a character for others. Zeros in front of a number are digits as others |
//!
//! `over` lists names of parts, and ranges of them: `["head", "number..until"]`. They may stand before
//! the checksum, behind it and in TLVs. A checksum may cover another one, unless that covers it. `at`
//! belongs to no part: what it leaves free is covered by a range only.
//!
//! # `[[table]]`
//!
//! A byte for each byte, by which pieces of items and copies are `turned`: a `name` and `bytes`,
//! `"hex:…"` with 256 of them, the first one for `00`. Where two bytes become the same, nobody can
//! read back what was turned, which is warned of.
//!
//! # `[[item]]`
//!
//! A content under a name, for files to take pieces of: one item in several files, or several in one
//! file.
//!
//! | entry | value |
//! |---|---|
//! | `name` | for parts |
//! | `content` | list of parts. It has the length of its parts, takes pieces of items that are declared before it, and no `pad` without `bytes` |
//!
//! An item has 32768 bytes at most, the largest card's. Contents stand at most eight deep inside of each
//! other, the file's included, and no more than 1048576 bytes are put together for a card: each piece
//! takes the whole of its item, a checksum the bytes and a check of a bit format the bits that it
//! covers. Bytes of an item that nothing takes are warned of. Where anyone may read a file, it takes no
//! piece that says something about a personal field, or about a UID that the card hides; a checksum
//! says something about what it covers.
//!
//! # The MIFARE application directory
//!
//! On a DESFire card the directory is the list of applications, so `[card]` has `free_list = true`. An
//! application with a registered number has `aid = "mad:7009/2"`: the AID is the nibble F, the four
//! digits of the number (function cluster first), and the index, 0 unless named: `F70092`.
//!
//! What is said of the card itself stands in the application `aid = "mad"`, `FFFFFF`. Its file 0 is a
//! value file with `free_get_value = true` and `value = 3`, the version of the directory. File 1, of
//! the holder, and file 2, of the publisher, may be left out; they are standard files with
//! `mode = "plain"` and `read = "free"`. No other file is in it. Their contents are the profile's.
//! NXP AN10787, 3.10, as others quote it; what rests on their word is in [`BELIEFS`].
//!
//! # Records
//!
//! [`Records::read`] tells what a file is and reads it; [`Records::csv`] and [`Records::json_lines`]
//! read one record per line. Unless an import table says otherwise every field is a column; an `id` column names the record in receipts, and a `uid` column (14
//! hexadecimal digits) lets only that card take it. A record with a mistake is an entry of its
//! own, and harms no other.

mod beliefs;
mod characters;
mod check;
mod compare;
mod content;
mod day;
mod error;
mod export;
mod hook;
mod import;
mod key_input;
mod key_sets;
mod meaning;
mod memory;
mod model;
mod moment;
mod other_key;
mod record;
mod records;
mod reference;
mod shape;
mod slots;
mod told;
mod trust;

pub use crate::day::{Day, DayError};
pub use beliefs::BELIEFS;
pub use characters::Unseen;
pub use compare::EditionChange;
pub use content::{Coding, Content, Place, Role, Share, Told, TurnStep, Turned};
pub(crate) use content::{Given, Maker, Unmade, beginning};
pub use error::{ProfileError, Warning};
pub use export::{Added, Export, ExportError, ExportReason, List, ListError, OnCard, Row};
pub use hook::{Hook, HookError, Hooks};
pub use import::Import;
pub use key_sets::{KeySetsSpec, Roll};
pub use memory::Reading;
pub use model::{
    AppTransport, Application, CardSetting, CardSettings, CardSpec, Class, Delegation, Field,
    FieldKind, FileSpec, Foreign, Identify, KeyIndex, KeySpec, Layout, Originality, PiccTransport,
    Stock, TextRules, TransactionMacFate, TransactionMacSpec, TransportKeys, Verify,
};
use moment::Moment;
pub use other_key::OtherKey;
pub(crate) use record::NAMELESS;
pub use record::{Allowed, Difference, FieldError, Record, RecordError, RecordReason};
pub use records::{HeaderDifference, Records, RecordsError};
pub use reference::{AppRef, FileRef};
pub(crate) use reference::{ForApplications, ForFiles, ForKeys};
pub use slots::SlotKey;
pub use trust::Trust;

use std::collections::BTreeSet;
use std::sync::Arc;

use crate::credential::Format;
use crate::wire::{FileKind, Generation, IsoDf, Messaging};

/// A checked profile.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Profile {
    name: String,
    sha256: [u8; 32],
    meaning: [u8; 32],
    chips: Vec<Generation>,
    messaging: Vec<Messaging>,
    verify: Verify,
    failed_authentications: u8,
    transport: TransportKeys,
    fields: Vec<Field>,
    /// The names of the fields, which every record has that was read under the profile.
    field_names: Arc<[String]>,
    import: Import,
    /// The hooks that its contents name.
    hooks: BTreeSet<String>,
    /// The keys under which parts of its contents are made.
    content_keys: BTreeSet<KeyIndex>,
    exports: Vec<Export>,
    formats: Vec<Format>,
    keys: Vec<KeySpec>,
    originality: Originality,
    layout: Layout,
    warnings: Vec<Warning>,
}

impl Profile {
    /// What is allowed but worth a second look.
    #[must_use]
    pub fn warnings(&self) -> &[Warning] {
        &self.warnings
    }

    /// The name, for receipts.
    #[must_use]
    pub fn name(&self) -> &str {
        &self.name
    }

    /// SHA-256 over the bytes of the profile's text.
    #[must_use]
    pub const fn sha256(&self) -> [u8; 32] {
        self.sha256
    }

    /// SHA-256 over what the profile means: the same where its text differs in comments, spaces, line
    /// ends, the order of entries, or in an entry that says what holds without it.
    #[must_use]
    pub const fn meaning(&self) -> [u8; 32] {
        self.meaning
    }

    /// The generations that may be encoded.
    #[must_use]
    pub fn chips(&self) -> &[Generation] {
        &self.chips
    }

    /// Secure messaging, in order of preference. D40 chips take only [`Messaging::D40`], EV1 chips
    /// that and [`Messaging::Ev1`].
    #[must_use]
    pub fn messaging(&self) -> &[Messaging] {
        &self.messaging
    }

    /// What a finished card has to prove.
    #[must_use]
    pub const fn verify(&self) -> Verify {
        self.verify
    }

    /// How many authentications a card may refuse in one presentation before it is left alone.
    #[must_use]
    pub const fn failed_authentications(&self) -> u8 {
        self.failed_authentications
    }

    /// What a card may arrive with.
    #[must_use]
    pub const fn transport(&self) -> &TransportKeys {
        &self.transport
    }

    /// The names of the [hooks](Hook) that its contents take bytes from.
    pub fn hooks(&self) -> impl Iterator<Item = &str> {
        self.hooks.iter().map(String::as_str)
    }

    /// The keys under which parts of its contents, and its transaction MACs, are made.
    pub(crate) fn content_keys(&self) -> impl Iterator<Item = KeyIndex> {
        self.content_keys.iter().copied()
    }

    /// The bit formats of its own.
    #[must_use]
    pub fn formats(&self) -> &[Format] {
        &self.formats
    }

    /// The fields that every record has.
    #[must_use]
    pub fn fields(&self) -> &[Field] {
        &self.fields
    }

    pub(crate) const fn field_names(&self) -> &Arc<[String]> {
        &self.field_names
    }

    /// How files of records are written, as `[import]` has it.
    #[must_use]
    pub const fn import(&self) -> &Import {
        &self.import
    }

    /// The lists for others, as `[export]` has them.
    #[must_use]
    pub fn exports(&self) -> &[Export] {
        &self.exports
    }

    /// The list of this name; the only one where none is named.
    #[must_use]
    pub fn export(&self, name: Option<&str>) -> Option<&Export> {
        match (name, self.exports.as_slice()) {
            (None, [only]) => Some(only),
            (None, _) => None,
            (Some(name), exports) => exports.iter().find(|export| export.name() == Some(name)),
        }
    }

    /// The keys, which [`KeyIndex`] points into.
    #[must_use]
    pub fn keys(&self) -> &[KeySpec] {
        &self.keys
    }

    /// The key at this place; `None` where the index comes from another profile.
    #[must_use]
    pub fn key(&self, index: KeyIndex) -> Option<&KeySpec> {
        self.keys.get(index.get())
    }

    /// What is made of the chip's signature.
    #[must_use]
    pub const fn originality(&self) -> Originality {
        self.originality
    }

    /// What there is on a card: what is created, or what is there from the factory.
    #[must_use]
    pub const fn layout(&self) -> &Layout {
        &self.layout
    }

    /// The PICC level; `None` where the layout is fixed, as nothing above the applications has a key, and where the
    /// card is somebody else's.
    #[must_use]
    pub const fn card(&self) -> Option<&CardSpec> {
        match &self.layout {
            Layout::Free { card, .. } => Some(card),
            Layout::Fixed { .. } | Layout::Delegated { .. } => None,
        }
    }

    /// Where the application is on a card of somebody else; `None` where the card is the profile's.
    #[must_use]
    pub fn delegation(&self) -> Option<&Delegation> {
        self.applications().iter().find_map(|application| application.delegation.as_ref())
    }

    /// Whether a chip is to look at the wire of its seal.
    pub(crate) fn watches_seal(&self) -> bool {
        self.applications().iter().any(|spec| spec.seal.is_some())
    }

    /// Whether a value file that comes from the factory is to get other limits.
    pub(crate) fn limits_values(&self) -> bool {
        self.applications().iter().any(|spec| {
            let chips = self.chips().iter().map(|chip| chip.silicon());
            let made = chips.filter_map(|silicon| silicon.layout.application(spec.aid));
            let files = made.flat_map(|made| made.files);
            let kinds = files.map(|made| (made.number, made.settings.kind));
            let mut values = kinds.filter(|(_, kind)| matches!(kind, FileKind::Value(_)));
            values.any(|(no, kind)| {
                spec.files.iter().any(|file| file.no == no && file.settings.kind != kind)
            })
        })
    }

    /// Whether an application that comes from the factory is to get another name or identifier.
    pub(crate) fn renames(&self, at: AppRef) -> bool {
        let comes = self.name_as_it_comes(at);
        comes.is_some() && comes != self[at].iso
    }

    /// Whether files that come from the factory are to get other numbers.
    pub(crate) fn renumbers(&self, at: AppRef) -> bool {
        self[at].files.iter().any(|file| file.renamed.is_some())
    }

    /// What an application that nobody creates is called as it comes.
    pub(crate) fn name_as_it_comes(&self, at: AppRef) -> Option<IsoDf> {
        let layout = self.chips.first()?.silicon().layout;
        let made = layout.application(self[at].aid)?;
        Some(IsoDf { id: made.iso_id?, name: made.name() })
    }

    /// The applications, in the profile's order.
    #[must_use]
    pub fn applications(&self) -> &[Application] {
        match &self.layout {
            Layout::Free { applications, .. }
            | Layout::Fixed { applications }
            | Layout::Delegated { applications } => applications,
        }
    }
}
