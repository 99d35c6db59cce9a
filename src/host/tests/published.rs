// SPDX-License-Identifier: MIT OR Apache-2.0
//! Single EV2 messages of NXP's notes and of real cards, played through the commands themselves: the
//! rule, the header and the reading of the reply are those that a session uses.

use serde_json::Value;

use super::*;
use crate::host::testing::{array, field, hex, number, text, vectors};
use crate::host::{Error, Grade, Misbehaviour};
use crate::wire::{Ins, PiccConfiguration, ValueLimits};

/// A file of this number that key 0 may do everything with, enciphered.
fn of_key_0(no: u8, kind: FileKind) -> File {
    let own = Access::Key(key_no(0));
    let rights = AccessRights { read: own, write: own, read_write: own, change: own };
    let settings = FileSettings { kind, mode: CommMode::Full, rights };
    File::declared(FileNo::new(no).unwrap(), settings)
}

/// One command in the middle of a session, and the recorded reply to it.
struct Message<'v> {
    inputs: &'v Value,
    plain: &'v Value,
    script: Script,
}

impl Message<'_> {
    fn header(&self) -> Vec<u8> {
        field(&self.inputs["header"])
    }

    fn session<L: Level>(&mut self) -> Session<'_, L, Secure> {
        let zero = "00".repeat(16);
        let key = |field: &str| self.inputs[field].as_str().unwrap_or(&zero).to_owned();
        let (enc, mac) = (key("ses_auth_enc_key"), key("ses_auth_mac_key"));
        let counter = number(&self.inputs["cmd_ctr"]).into();
        let channel = Ev2::recorded(&enc, &mac, text(&self.inputs["ti"]), counter);
        secure(&mut self.script, 0, Channel::Ev2(channel))
    }

    /// Sends what the vector sends; `false` where this host has no such command or option.
    fn play(&mut self) -> bool {
        let (header, data) = (self.header(), field(&self.inputs["data"]));
        let plain = self.plain.as_str().map(str::to_owned);
        let plain = || plain.clone().unwrap();
        let value = || {
            let limits = ValueLimits::new(0, i32::MAX).unwrap();
            of_key_0(header[0], FileKind::Value(limits))
        };
        let amount = || u32::from_le_bytes(array(&hex(&data)));
        match Ins::from(field(&self.inputs["cmd"])[0]) {
            Ins::GetCardUid => {
                let uid = self.session::<App>().card_uid().unwrap();
                assert_eq!((hex(uid.value.expose()), uid.grade), (plain(), Grade::Sealed));
            }
            Ins::GetKeyVersion => {
                let no = KeyNo::new(header[0]).unwrap();
                let version = self.session::<App>().key_version(no).unwrap();
                assert_eq!((hex(&[version.value.0]), version.grade), (plain(), Grade::Sealed));
            }
            Ins::GetVersion => {
                let version = self.session::<App>().version().unwrap();
                let uid = part_of(&plain(), 14..21);
                let told = version.value.uid.unwrap();
                assert_eq!((hex(told.expose()), version.grade), (uid, Grade::Sealed));
            }
            Ins::GetFileCounters => {
                let no = FileNo::new(header[0]).unwrap();
                let counter = self.session::<App>().file_counters(no).unwrap();
                let [low, middle, high, ..] = field(self.plain)[..] else { panic!() };
                let told = u32::from_le_bytes([low, middle, high, 0]);
                assert_eq!((counter.value, counter.grade), (told, Grade::Sealed));
                assert_ne!(told, 0, "a counter that can tell");
            }
            Ins::GetFileSettings => {
                // Settings with secure dynamic messaging, which this host does not read: the MAC
                // has passed.
                let no = FileNo::new(header[0]).unwrap();
                let settings = self.session::<App>().file_settings(no).unwrap_err();
                let how = |how: &Misbehaviour| matches!(how, Misbehaviour::Value(_));
                assert!(matches!(settings, Error::Misbehaved { how: h, .. } if how(&h)));
            }
            Ins::ChangeFileSettings => {
                let [option, rights @ ..] = array::<3>(&hex(&data));
                let mode = CommMode::from_byte(option).unwrap();
                let size = FileSize::new(1).unwrap();
                let file = of_key_0(header[0], FileKind::Standard { size });
                let rights = AccessRights::from_wire(rights);
                let changed = self.session::<App>().change_file_settings(&file, mode, rights);
                assert_eq!(changed.unwrap().grade, Grade::Sealed);
            }
            Ins::SetConfiguration if header == [0x00] => {
                let set = PiccConfiguration { no_format: false, random_uid: true };
                assert_eq!(data, [set.to_byte()]);
                let done = self.session::<Picc>().configure_for_good(set);
                assert_eq!(done.unwrap().grade, Grade::Sealed);
            }
            Ins::GetValue => {
                let found = self.session::<App>().value(&value()).unwrap();
                let value = i32::from_le_bytes(array(&plain()));
                assert_eq!((found.value, found.grade), (value, Grade::Sealed));
            }
            Ins::Credit => {
                let file = value();
                let mut session = self.session::<App>();
                let mut transaction = session.transaction();
                assert_eq!(transaction.credit(&file, amount()).unwrap().grade, Grade::Sealed);
            }
            Ins::Debit => {
                let file = value();
                let mut session = self.session::<App>();
                let mut transaction = session.transaction();
                assert_eq!(transaction.debit(&file, amount()).unwrap().grade, Grade::Sealed);
            }
            _ => return false,
        }
        true
    }
}

fn part_of(hex: &str, bytes: core::ops::Range<usize>) -> String {
    hex[bytes.start * 2..bytes.end * 2].to_owned()
}

#[test]
fn each_command_sends_and_reads_what_is_published() {
    let mut played = Vec::new();
    for entry in vectors("ev2", "op", "ev2_secure_message") {
        let inputs = &entry["inputs"];
        let body = text(&entry["expected"]["apdu_data"]);
        let sent = format!("90{}0000{:02X}{body}00", text(&inputs["cmd"]), body.len() / 2);
        let mut script = Script::default();
        match inputs["response"].as_str() {
            Some(reply) if sent.len() <= 60 * 2 => {
                let frames = field(&Value::from(reply));
                script.extend(replies(&sent, &frames));
            }
            _ => continue,
        }
        let mut message = Message { inputs, plain: &entry["expected"]["response_plain"], script };
        if message.play() {
            message.script.assert_used_up();
            played.push(Ins::from(field(&inputs["cmd"])[0]).to_string());
        }
    }
    played.sort();
    played.dedup();
    assert_eq!(
        played.join(" "),
        "ChangeFileSettings Credit Debit GetCardUid GetFileCounters GetFileSettings GetKeyVersion \
         GetValue GetVersion SetConfiguration"
    );
}

/// A command and its reply, which real cards send in the frames of the command's chain.
fn replies(sent: &str, reply: &[u8]) -> Vec<(String, String)> {
    let mut commands = [sent.to_owned()].into_iter().chain(core::iter::repeat("90AF000000".into()));
    let frames: Vec<_> = reply.chunks(58).collect();
    let last = frames.len() - 1;
    let status = |at| if at == last { "9100" } else { "91AF" };
    let frame = |(at, frame): (usize, &&[u8])| format!("{}{}", hex(frame), status(at));
    frames.iter().enumerate().map(frame).map(|reply| (commands.next().unwrap(), reply)).collect()
}
