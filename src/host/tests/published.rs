// SPDX-License-Identifier: MIT OR Apache-2.0
//! Single EV2 messages of NXP's notes and of real cards, played through the commands themselves: the
//! rule, the header and the reading of the reply are those that a session uses.

use serde_json::Value;

use super::*;
use crate::host::testing::{array, field, hex, number, text, vectors};
use crate::host::{Grade, SdmCipher, SdmSettings};
use crate::wire::{FileReport, Ins, PiccConfiguration, ValueLimits};

/// A file of this number that key 0 may do everything with, enciphered.
fn of_key_0(no: u8, kind: FileKind) -> File {
    let own = Access::Key(key_no(0));
    let rights = AccessRights { read: own, write: own, read_write: own, change: own };
    let settings = FileSettings::new(kind, CommMode::Full, rights);
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

    fn plain(&self) -> Vec<u8> {
        field(self.plain)
    }

    fn file_no(&self) -> FileNo {
        FileNo::new(self.header()[0]).unwrap()
    }

    fn value_file(&self) -> File {
        let limits = ValueLimits::new(0, i32::MAX).unwrap();
        of_key_0(self.header()[0], FileKind::Value(limits))
    }

    fn amount(&self) -> u32 {
        u32::from_le_bytes(array(text(&self.inputs["data"])))
    }

    fn card_uid(&mut self) -> Grade {
        let uid = self.session::<App>().card_uid().unwrap();
        assert_eq!(uid.value.expose()[..], self.plain());
        uid.grade
    }

    fn key_version(&mut self) -> Grade {
        let no = KeyNo::new(self.header()[0]).unwrap();
        let version = self.session::<App>().key_version(no).unwrap();
        assert_eq!([version.value.0][..], self.plain());
        version.grade
    }

    fn version(&mut self) -> Grade {
        let version = self.session::<App>().version().unwrap();
        assert_eq!(version.value.uid.unwrap().expose()[..], self.plain()[14..21]);
        version.grade
    }

    fn file_counters(&mut self) -> Grade {
        let no = self.file_no();
        let counter = self.session::<App>().file_counters(no).unwrap();
        assert_eq!(counter.value.to_le_bytes()[..3], self.plain()[..3]);
        assert_ne!(counter.value, 0, "a counter that can tell");
        counter.grade
    }

    fn originality_signature(&mut self) -> Grade {
        let signature = self.session::<App>().originality_signature().unwrap();
        assert_eq!(signature.value.expose_secret()[..], self.plain());
        signature.grade
    }

    /// What is read is written back as it came.
    fn file_settings(&mut self) -> Grade {
        let no = self.file_no();
        let found = self.session::<App>().file_settings(no).unwrap();
        assert_eq!(found.value.encode()[..], self.plain());
        found.grade
    }

    fn change_file_settings(&mut self) -> Grade {
        if field(&self.inputs["data"]).len() > 3 {
            return self.set_dynamic_messaging();
        }
        let [option, rights @ ..] = array::<3>(text(&self.inputs["data"]));
        let mode = CommMode::from_byte(option).unwrap();
        let size = FileSize::new(1).unwrap();
        let file = of_key_0(self.header()[0], FileKind::Standard { size });
        let rights = AccessRights::from_wire(rights);
        self.session::<App>().change_file_settings(&file, mode, rights).unwrap().grade
    }

    /// The data are the reply of GetFileSettings, but for the kind and the size.
    fn set_dynamic_messaging(&mut self) -> Grade {
        let data = field(&self.inputs["data"]);
        let told = [&[0x00][..], &data[..3], &[0x00, 0x01, 0x00], &data[3..]].concat();
        let settings = FileReport::decode(&told).unwrap().settings;
        let new = SdmSettings::check(settings, 5, SdmCipher::Aes).unwrap();
        let file = of_key_0(self.header()[0], settings.kind);
        self.session::<App>().set_dynamic_messaging(&file, &new).unwrap().grade
    }

    fn configure(&mut self) -> Grade {
        let set = PiccConfiguration { no_format: false, random_uid: true };
        assert_eq!(field(&self.inputs["data"]), [set.to_byte()]);
        self.session::<Picc>().configure_for_good(set).unwrap().grade
    }

    fn value(&mut self) -> Grade {
        let file = self.value_file();
        let found = self.session::<App>().value(&file).unwrap();
        assert_eq!(found.value.to_le_bytes()[..], self.plain());
        found.grade
    }

    fn credit(&mut self) -> Grade {
        let (file, amount) = (self.value_file(), self.amount());
        self.session::<App>().transaction().credit(&file, amount).unwrap().grade
    }

    fn debit(&mut self) -> Grade {
        let (file, amount) = (self.value_file(), self.amount());
        self.session::<App>().transaction().debit(&file, amount).unwrap().grade
    }

    /// Sends what the vector sends; `None` where this host has no such command or option.
    #[expect(clippy::wildcard_enum_match_arm, reason = "a vector of another command is no test")]
    fn play(&mut self) -> Option<Grade> {
        Some(match Ins::from(field(&self.inputs["cmd"])[0]) {
            Ins::GetCardUid => self.card_uid(),
            Ins::GetKeyVersion => self.key_version(),
            Ins::GetVersion => self.version(),
            Ins::GetFileCounters => self.file_counters(),
            Ins::ReadSig => self.originality_signature(),
            Ins::GetFileSettings => self.file_settings(),
            Ins::ChangeFileSettings => self.change_file_settings(),
            Ins::SetConfiguration if self.header() == [0x00] => self.configure(),
            Ins::GetValue => self.value(),
            Ins::Credit => self.credit(),
            Ins::Debit => self.debit(),
            _ => return None,
        })
    }
}

#[test]
fn each_command_sends_and_reads_what_is_published() {
    let mut played = Vec::new();
    let more = ["an12196-t19-changefilesettings-full", "hw-aes-getfilesettings-2-sdm"];
    let more = more.into_iter().flat_map(|name| vectors("ev2-more", "name", name));
    for entry in vectors("ev2", "op", "ev2_secure_message").into_iter().chain(more) {
        let inputs = &entry["inputs"];
        let body = text(&entry["expected"]["apdu_data"]);
        let sent = format!("90{}0000{:02X}{body}00", text(&inputs["cmd"]), body.len() / 2);
        let mut script = Script::default();
        match inputs["response"].as_str() {
            Some(reply) if sent.len() <= 60 * 2 => {
                let frames = field(&Value::from(reply));
                let status = inputs["response_status"].as_str().unwrap_or("00");
                script.extend(replies(&sent, &frames, status));
            }
            _ => continue,
        }
        let mut message = Message { inputs, plain: &entry["expected"]["response_plain"], script };
        if let Some(grade) = message.play() {
            assert_eq!(grade, Grade::Sealed, "{}", text(&entry["name"]));
            message.script.assert_used_up();
            played.push(Ins::from(field(&inputs["cmd"])[0]).to_string());
        }
    }
    played.sort();
    played.dedup();
    assert_eq!(
        played.join(" "),
        "ChangeFileSettings Credit Debit GetCardUid GetFileCounters GetFileSettings GetKeyVersion \
         GetValue GetVersion ReadSig SetConfiguration"
    );
}

/// A command and its reply, which real cards send in the frames of the command's chain.
fn replies(sent: &str, reply: &[u8], status: &str) -> Vec<(String, String)> {
    let mut commands = [sent.to_owned()].into_iter().chain(core::iter::repeat("90AF000000".into()));
    let frames: Vec<_> = reply.chunks(58).collect();
    let last = frames.len() - 1;
    let status = |at| if at == last { status } else { "AF" };
    let frame = |(at, frame): (usize, &&[u8])| format!("{}91{}", hex(frame), status(at));
    frames.iter().enumerate().map(frame).map(|reply| (commands.next().unwrap(), reply)).collect()
}
