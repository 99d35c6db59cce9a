// SPDX-License-Identifier: MIT OR Apache-2.0
//! The message of a tag as a phone reads it (NFC Forum, Type 4 Tag 2.0, 5.4): the capability container
//! `E103` tells which file it is in, and that file begins with its length.

use super::{ReadBinary, Select, place};
use crate::bytes::{Cursor, DecodeError};
use crate::host::answer::{Answer, Grade};
use crate::host::conversation::Conversation;
use crate::host::error::Error;
use crate::host::session::{App, Public, Session};
use crate::secret::Secret;
use crate::wire::IsoFileId;

/// What a capability container says of the file with the message.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct NdefFile {
    id: IsoFileId,
    size: u16,
    /// How many bytes a reply has at most.
    reply: u16,
}

/// How long a capability container is, as far as it concerns the message.
const CONTAINER: usize = 15;

/// Where every tag of this type has its capability container.
const CONTAINER_FILE: u16 = 0xE103;

/// How long the length of the message is.
const LENGTH: usize = 2;

impl NdefFile {
    /// Reads the container: length (2), version (1), longest reply (2), longest command (2), then of the
    /// file `04 06`, identifier (2), size (2), who reads (1), who writes (1). Numbers go most significant
    /// byte first. An NTAG 424 DNA has more behind it.
    fn decode(bytes: &[u8]) -> Result<Self, DecodeError> {
        let mut cursor = Cursor::new("capability container", bytes);
        let [high, low] = cursor.array()?;
        if usize::from(u16::from_be_bytes([high, low])) < CONTAINER {
            return Err(cursor.invalid(low));
        }
        let version = cursor.u8()?;
        if !(0x10..0x40).contains(&version) {
            return Err(cursor.invalid(version));
        }
        let reply = u16::from_be_bytes(cursor.array()?);
        let _longest_command: [u8; 2] = cursor.array()?;
        for expected in [0x04, 0x06] {
            let found = cursor.u8()?;
            if found != expected {
                return Err(cursor.invalid(found));
            }
        }
        let [high, low] = cursor.array()?;
        let id = IsoFileId::new(u16::from_be_bytes([high, low]));
        let id = id.ok_or_else(|| cursor.invalid(high))?;
        let size = u16::from_be_bytes(cursor.array()?);
        let read = cursor.take(2)?.first().copied().unwrap_or_default();
        // Another value than 00 is a key that a phone does not have.
        if read != 0x00 {
            return Err(cursor.invalid(read));
        }
        Ok(Self { id, size, reply })
    }
}

impl Session<'_, App, Public> {
    /// The message of the tag, as a phone reads it: without a key, in READ BINARY of at most as many bytes
    /// as the tag tells. Where the file has secure dynamic messaging, what is mirrored stands in it, and the
    /// tag counts one reading. Select its application first: `D2760000850101`.
    ///
    /// An empty file is an empty message.
    ///
    /// # Errors
    /// [`Error`]; [`Error::Ndef`] where the capability container or the length is none. `6982` where a key
    /// is needed to read, or the file was read as often as its limit allows.
    pub fn ndef_message(&mut self) -> Result<Answer<Secret<Vec<u8>>>, Error> {
        let container = IsoFileId::new(CONTAINER_FILE).ok_or(Error::SessionLost)?;
        self.talk.enter_file(container)?;
        let container = self.talk.read_part(0, CONTAINER)?;
        let file = NdefFile::decode(container.expose_secret()).map_err(Error::Ndef)?;
        self.talk.enter_file(file.id)?;
        let length = self.talk.read_part(0, LENGTH)?;
        let length = message_length(length.expose_secret(), file.size).map_err(Error::Ndef)?;
        let mut message = Secret::new(Vec::with_capacity(length));
        let most = usize::from(file.reply).clamp(1, 256);
        while message.expose_secret().len() < length {
            let at = message.expose_secret().len();
            let part = self.talk.read_part(LENGTH + at, most.min(length - at))?;
            message.expose_secret_mut().extend_from_slice(part.expose_secret());
        }
        Ok(Answer { value: message, grade: Grade::Said })
    }
}

/// The length of the message, most significant byte first, where it fits the file.
fn message_length(bytes: &[u8], size: u16) -> Result<usize, DecodeError> {
    let mut cursor = Cursor::new("NDEF length", bytes);
    let [high, low] = cursor.array()?;
    let length = usize::from(u16::from_be_bytes([high, low]));
    if LENGTH + length > usize::from(size) {
        return Err(cursor.invalid(high));
    }
    cursor.finish()?;
    Ok(length)
}

impl Conversation<'_> {
    /// Selects a file as phones do: P1 `00`.
    fn enter_file(&mut self, id: IsoFileId) -> Result<(), Error> {
        self.run_iso(&Select::anything(id)).map(drop)
    }

    /// One READ BINARY. The bytes that come, at least one.
    fn read_part(&mut self, offset: usize, length: usize) -> Result<Secret<Vec<u8>>, Error> {
        let place = place(0, offset)?;
        self.run_iso(&ReadBinary { place, length }).map(|answer| answer.value.0)
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::host::testing::{Script, text, vectors};

    /// The capability container of a real NTAG 424 DNA.
    fn container() -> String {
        let entry = vectors("ev2-more", "name", "hw-ntag424-cc-file").remove(0);
        text(&entry["inputs"]["steps"][1]["recv"]).to_owned()
    }

    /// What a phone is told by a tag with this container, and after it by these steps.
    #[expect(clippy::unwrap_in_result, reason = "the selection is not what is tested")]
    fn read(container: &str, rest: &[(&str, &str)]) -> Result<Vec<u8>, Error> {
        let mut script = Script::new([
            ("00A4040C 07 D2760000850101".to_owned(), "9000".to_owned()),
            ("00A4000C 02 E103".to_owned(), "9000".to_owned()),
            ("00B00000 0F".to_owned(), format!("{container}9000")),
        ]);
        script.extend(rest.iter().copied());
        let session = Session::open(&mut script);
        let mut session = session.select_name(&"D2760000850101".parse().unwrap()).unwrap();
        let message = session.ndef_message().map(|message| message.value.expose_secret().clone());
        script.assert_used_up();
        message
    }

    const ENTERED: (&str, &str) = ("00A4000C 02 E104", "9000");

    #[test]
    fn a_message_is_read_in_parts_as_long_as_the_tag_tells() {
        let container = container();
        let container = container.get(..30).unwrap();
        let steps = [ENTERED, ("00B00000 02", "0005 9000"), ("00B00002 05", "D1D2D3D4D5 9000")];
        assert_eq!(read(container, &steps).unwrap(), [0xD1, 0xD2, 0xD3, 0xD4, 0xD5]);
        let (a, b) = ("A1".repeat(200), "B2".repeat(54));
        let short = container.replacen("0100", "00C8", 1);
        let steps = [
            ENTERED,
            ("00B00000 02", "00FE 9000"),
            ("00B00002 C8", &format!("{a}9000")),
            ("00B000CA 36", &format!("{b}9000")),
        ];
        assert_eq!(hex::encode_upper(read(&short, &steps).unwrap()), a + &b);
        let steps = [ENTERED, ("00B00000 02", "0000 9000")];
        assert!(read(container, &steps).unwrap().is_empty());
    }

    #[test]
    fn what_is_no_message_says_where() {
        let told =
            |container: &str, rest: &[(&str, &str)]| read(container, rest).unwrap_err().to_string();
        for (container, place) in [
            ("000E20010000FF0406E10401000000", "illegal value 0E at offset 1"),
            ("001700010000FF0406E10401000000", "illegal value 00 at offset 2"),
            ("001740010000FF0406E10401000000", "illegal value 40 at offset 2"),
            ("001720010000FF0506E10401000000", "illegal value 05 at offset 7"),
            ("001720010000FF0405E10401000000", "illegal value 05 at offset 8"),
            ("001720010000FF04063F0001000000", "illegal value 3F at offset 10"),
            ("001720010000FF0406E10401008000", "illegal value 80 at offset 14"),
            ("001720010000FF0406E104010000", "2 bytes needed at offset 13, 1 left"),
        ] {
            let why =
                format!("as a phone reads it, this is no NDEF tag: capability container: {place}");
            assert_eq!(told(container, &[]), why, "{container}");
        }
        let container = container();
        let container = container.get(..30).unwrap();
        for (length, place) in
            [("00FF", "illegal value 00 at offset 1"), ("05", "2 bytes needed at offset 0, 1 left")]
        {
            let why = format!("as a phone reads it, this is no NDEF tag: NDEF length: {place}");
            let reply = format!("{length}9000");
            assert_eq!(told(container, &[ENTERED, ("00B00000 02", &reply)]), why);
        }
    }
}
