// SPDX-License-Identifier: MIT OR Apache-2.0
//! A file, and how an access to it travels.

use super::channel::Protection;
use super::error::Misuse;
use super::rule::{AROUND, FRAME};
use crate::transport::LONGEST;
use crate::wire::{
    Access, AccessRights, CommMode, FileKind, FileNo, FileSettings, Ins, KeyNo, RecordLayout,
    Silicon,
};

/// A file and how it is to be talked to.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct File {
    no: FileNo,
    settings: FileSettings,
    form: Form,
    /// How many bytes of a command, and of an answer, the reader passes on.
    longest: usize,
    /// How many bytes of parameters a frame takes.
    frame: usize,
}

/// How the data of a file travel.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Form {
    /// In frames, as many as it takes.
    Frames,
    /// In one APDU, which the reader chains below the card's commands.
    OneApdu,
    /// In one APDU where more than one frame would be filled, else in that.
    Either,
}

impl File {
    /// A file that the card is known or believed to have. Where the card's own settings are
    /// different, replies will not prove.
    #[must_use]
    pub const fn declared(no: FileNo, settings: FileSettings) -> Self {
        Self { no, settings, form: Form::Frames, longest: LONGEST, frame: FRAME }
    }

    /// The same file of a card that takes its data in one APDU (ReadData `AD`, WriteData `8D`) and has
    /// no frames for them: a DESFire Light or an NTAG 424 DNA. DESFire EV2 and EV3 take both forms: an engine
    /// that knows the chip takes what needs fewer exchanges.
    #[must_use]
    pub const fn in_one_apdu(self) -> Self {
        Self { form: Form::OneApdu, ..self }
    }

    /// A file as a chip of this kind takes its data under this protection; in frames where it is not known
    /// what the card is.
    pub(crate) fn on(
        (silicon, protection): (Option<&Silicon>, Protection),
        no: FileNo,
        settings: FileSettings,
    ) -> Self {
        let knows = |ins| silicon.is_some_and(|silicon| silicon.has(ins));
        let form = match (knows(Ins::ReadData), knows(Ins::ReadDataIso), protection) {
            (true, true, Protection::Ev2) => Form::Either,
            (false, true, _) => Form::OneApdu,
            _ => Form::Frames,
        };
        Self { form, ..Self::declared(no, settings) }
    }

    /// The same file behind a reader that passes on so many bytes: what goes in one APDU goes in shorter pieces
    /// then.
    #[must_use]
    pub const fn through(self, longest: usize) -> Self {
        Self { longest, ..self }
    }

    /// The same file of a card whose frames take so many bytes of parameters.
    pub(crate) const fn in_frames_of(self, frame: usize) -> Self {
        Self { frame, ..self }
    }

    /// How many bytes one APDU reads at most. It has 256 and a status word in its reply, of which a MAC takes 8 and
    /// padding fills blocks of 16 (NTAG 424 DNA captures in ntag424; a MACed read of 256 bytes was refused with
    /// `7E`).
    pub(super) fn most_read(&self, mode: CommMode) -> usize {
        within(mode, self.longest.clamp(LEAST, LONGEST_REPLY).saturating_sub(STATUS))
    }

    /// How many bytes one APDU writes at most: 255 less what says where, a MAC of 8, and padding to blocks of 16,
    /// which a header of 7 bytes leaves 15 of, and one of 10 (NTAG 424 DNA captures in ntag424).
    pub(super) fn most_written(&self, mode: CommMode, header: usize) -> usize {
        let around = AROUND.saturating_add(header);
        within(mode, self.longest.clamp(LEAST, LONGEST).saturating_sub(around))
    }

    /// Whether it has no frames.
    pub(super) fn is_whole(&self) -> bool {
        self.form == Form::OneApdu
    }

    /// Whether so many bytes are read in one APDU, or in several such.
    pub(super) fn reads_whole(&self, mode: CommMode, length: usize) -> bool {
        self.goes_whole(protected(mode, length) > FRAME_BACK)
    }

    /// Whether so many bytes are written so, behind a header of so many.
    pub(super) fn writes_whole(&self, mode: CommMode, (header, length): (usize, usize)) -> bool {
        self.goes_whole(protected(mode, length).saturating_add(header) > self.frame)
    }

    const fn goes_whole(&self, takes_frames: bool) -> bool {
        match self.form {
            Form::Frames => false,
            Form::OneApdu => true,
            Form::Either => takes_frames,
        }
    }

    /// The number of the file.
    #[must_use]
    pub const fn no(&self) -> FileNo {
        self.no
    }

    /// The settings of the file.
    #[must_use]
    pub const fn settings(&self) -> &FileSettings {
        &self.settings
    }

    /// How a read travels where `key` has authenticated.
    pub(crate) fn read_mode(&self, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        self.mode(key, |rights| [rights.read, rights.read_write])
    }

    /// How a write travels where `key` has authenticated.
    pub(crate) fn write_mode(&self, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        self.mode(key, |rights| [rights.write, rights.read_write])
    }

    /// How GetValue travels where `key` has authenticated.
    pub(crate) fn value_mode(&self, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        let FileKind::Value(limits) = self.settings.kind else { return Err(Misuse::FileKind) };
        match self.debit_mode(key) {
            Err(Misuse::NoRight) if limits.free_get_value => Ok(CommMode::Plain),
            mode => mode,
        }
    }

    /// How Debit travels where `key` has authenticated.
    pub(super) fn debit_mode(&self, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        self.mode(key, |rights| [rights.read, rights.write, rights.read_write])
    }

    /// How Credit and ClearRecordFile travel where `key` has authenticated.
    pub(crate) fn credit_mode(&self, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        self.mode(key, |rights| [rights.read_write])
    }

    /// Whether ChangeFileSettings is enciphered, by who has the change right.
    pub(crate) fn change_mode(&self, key: Option<KeyNo>) -> Result<CommMode, Misuse> {
        match self.settings.rights.change {
            Access::Free => Ok(CommMode::Plain),
            Access::Key(right) if Some(right) == key => Ok(CommMode::Full),
            Access::Key(_) | Access::Never => Err(Misuse::NoRight),
        }
    }

    /// The layout of a record file.
    pub(super) fn layout(&self) -> Result<RecordLayout, Misuse> {
        self.settings.kind.records().ok_or(Misuse::FileKind)
    }

    /// The header of WriteRecord, where the range is inside a record.
    pub(super) fn record_range(&self, offset: u32, length: u32) -> Result<[u8; 7], Misuse> {
        let size = self.layout()?.size.bytes();
        let end = offset.checked_add(length).filter(|&end| end <= size);
        end.ok_or(Misuse::OutsideFile)?;
        Ok(self.header(offset, length))
    }

    /// Number, and two numbers of three bytes.
    pub(super) fn header(&self, first: u32, second: u32) -> [u8; 7] {
        let [f0, f1, f2] = crate::bytes::u24_le(first);
        let [s0, s1, s2] = crate::bytes::u24_le(second);
        [self.no.into(), f0, f1, f2, s0, s1, s2]
    }

    /// The header of a read or write (offset and length of three bytes each), where the range is
    /// inside the file. A `length` of 0 is sent as such and means the rest; the length meant is
    /// returned with the header.
    pub(super) fn range(&self, offset: u32, length: u32) -> Result<([u8; 7], usize), Misuse> {
        let size = self.settings.kind.size().ok_or(Misuse::FileKind)?.bytes();
        let rest = size.checked_sub(offset).filter(|&rest| rest > 0 && length <= rest);
        let rest = rest.ok_or(Misuse::OutsideFile)?;
        let meant = if length == 0 { rest } else { length };
        let meant = usize::try_from(meant).map_err(|_| Misuse::OutsideFile)?;
        Ok((self.header(offset, length), meant))
    }

    /// The file's own mode where a right of any set names the session's key, which wins over a right that is
    /// free (libfreefare does so; the card is a belief); plain where the access is only free.
    /// Without either, nothing is sent: the contents of a write would go out in clear.
    fn mode<const N: usize>(
        &self,
        key: Option<KeyNo>,
        rights: fn(AccessRights) -> [Access; N],
    ) -> Result<CommMode, Misuse> {
        let granted = |to: Access| self.settings.sets().flat_map(rights).any(|right| right == to);
        match key {
            Some(key) if granted(Access::Key(key)) => Ok(self.settings.mode),
            _ if granted(Access::Free) => Ok(CommMode::Plain),
            _ => Err(Misuse::NoRight),
        }
    }
}

/// How many bytes of data there are at most in so many that are protected.
const fn within(mode: CommMode, room: usize) -> usize {
    match mode {
        CommMode::Plain => room,
        CommMode::Mac => room.saturating_sub(MAC),
        // Full blocks, one byte of them for the mark.
        CommMode::Full => (room.saturating_sub(MAC) / BLOCK * BLOCK).saturating_sub(1),
    }
}

/// How many bytes data have in an EV2 session.
const fn protected(mode: CommMode, length: usize) -> usize {
    match mode {
        CommMode::Plain => length,
        CommMode::Mac => length.saturating_add(MAC),
        CommMode::Full => (length / BLOCK + 1).saturating_mul(BLOCK).saturating_add(MAC),
    }
}

/// The status word behind a reply.
const STATUS: usize = 2;
/// The longest reply of a short APDU.
const LONGEST_REPLY: usize = 258;
/// What every reader passes on: a frame of 64 bytes.
const LEAST: usize = 60;
/// A MAC in an EV2 session.
const MAC: usize = 8;
/// A block of AES.
const BLOCK: usize = 16;
/// How many bytes of a reply surely fit a frame: those of an EV3.
const FRAME_BACK: usize = 58;

#[cfg(test)]
mod tests {
    use super::*;
    use crate::wire::{FileSize, FurtherRights};

    fn key(number: u8) -> KeyNo {
        KeyNo::new(number).unwrap()
    }

    fn file(size: u32) -> File {
        let rights = AccessRights {
            read: Access::Free,
            write: Access::Key(key(2)),
            read_write: Access::Key(key(3)),
            change: Access::Never,
        };
        let kind = FileKind::Standard { size: FileSize::new(size).unwrap() };
        let settings = FileSettings::new(kind, CommMode::Full, rights);
        File::declared(FileNo::new(5).unwrap(), settings)
    }

    #[test]
    fn the_key_wins_over_free_and_free_is_plain() {
        let file = file(0x20);
        for (session, read, write) in [
            (None, Ok(CommMode::Plain), Err(Misuse::NoRight)),
            (Some(key(1)), Ok(CommMode::Plain), Err(Misuse::NoRight)),
            (Some(key(2)), Ok(CommMode::Plain), Ok(CommMode::Full)),
            (Some(key(3)), Ok(CommMode::Full), Ok(CommMode::Full)),
        ] {
            assert_eq!((file.read_mode(session), file.write_mode(session)), (read, write));
        }
    }

    /// What any set grants is granted, and who may change stands in the first alone.
    #[test]
    fn a_key_of_any_set_wins_over_free_of_any_set() {
        let own = *file(0x20).settings();
        let set = |wire| AccessRights::from_wire(wire);
        // Read 4; write E; read and write 5 and change 6, of which the last means nothing.
        let further =
            FurtherRights::new(&[set([0xFF, 0x4F]), set([0xFF, 0xFE]), set([0x56, 0xFF])]);
        let settings = FileSettings { further: further.unwrap(), ..own };
        let file = File::declared(FileNo::new(5).unwrap(), settings);
        let (plain, full) = (Ok(CommMode::Plain), Ok(CommMode::Full));
        for (session, read, write, credit) in [
            (None, plain, plain, Err(Misuse::NoRight)),
            (Some(key(1)), plain, plain, Err(Misuse::NoRight)),
            (Some(key(2)), plain, full, Err(Misuse::NoRight)),
            (Some(key(3)), full, full, full),
            (Some(key(4)), full, plain, Err(Misuse::NoRight)),
            (Some(key(5)), full, full, full),
            (Some(key(6)), plain, plain, Err(Misuse::NoRight)),
        ] {
            let modes = (file.read_mode(session), file.write_mode(session));
            assert_eq!((modes, file.credit_mode(session)), ((read, write), credit), "{session:?}");
            assert_eq!(file.change_mode(session), Err(Misuse::NoRight), "{session:?}");
        }
        let free = AccessRights { change: Access::Free, ..own.rights };
        let settings = FileSettings { rights: free, ..settings };
        let file = File::declared(FileNo::new(5).unwrap(), settings);
        assert_eq!(file.change_mode(Some(key(6))), plain);
    }

    #[test]
    fn a_range_ends_inside_the_file() {
        let file = file(0x0001_0203);
        let header = [0x05, 0x01, 0x00, 0x00, 0x02, 0x02, 0x01];
        assert_eq!(file.range(1, 0x0001_0202), Ok((header, 0x0001_0202)));
        let header = [0x05, 0x03, 0x01, 0x01, 0x00, 0x00, 0x00];
        assert_eq!(file.range(0x0001_0103, 0), Ok((header, 0x100)));
        for (offset, length) in
            [(0, 0x0001_0204), (2, 0x0001_0202), (0x0001_0203, 0), (9, u32::MAX)]
        {
            assert_eq!(file.range(offset, length), Err(Misuse::OutsideFile));
        }
    }
}
