// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;
use crate::host::command::Command;
use crate::host::testing::{Script, hex};
use crate::host::tests::{ev1, ev2, secure};
use crate::host::{Grade, Misuse};
use crate::wire::{Ins, Status};

/// Liblogicalaccess, NXP AN12752; what each bit is by the latter.
#[test]
fn each_option_has_its_bytes() {
    let name: DfName = "D2760000850100".parse().unwrap();
    let long = "000102030405060708090A0B0C0D0E0F".parse().unwrap();
    let switches = |set: fn(&mut CardSwitches)| {
        let mut switches = CardSwitches::default();
        set(&mut switches);
        CardConfiguration::Switches(switches)
    };
    let told = Capabilities { virtual_card: 0xA1, first: 0xA2, timer: 0xA3, others: [1, 2, 3, 4] };
    for (set, option, data) in [
        (switches(|_| ()), 0x00, "00"),
        (switches(|set| set.proximity_check = true), 0x00, "04"),
        (switches(|set| set.virtual_card = true), 0x00, "08"),
        (switches(|set| set.error_binding = true), 0x00, "10"),
        (switches(|set| set.legacy_random_uid = true), 0x00, "20"),
        (switches(|set| set.nuid = true), 0x00, "40"),
        (CardConfiguration::Sak([0x04, 0x20]), 0x03, "0420"),
        (CardConfiguration::Capabilities(told), 0x05, "00A100A200A301020304"),
        (CardConfiguration::Name(&name), 0x06, "000000000000000000D276000085010007"),
        (CardConfiguration::Name(&long), 0x06, "000102030405060708090A0B0C0D0E0F10"),
        (CardConfiguration::Atqa(0x0344), 0x0C, "4403"),
    ] {
        let command = SetConfiguration::again(set);
        assert_eq!((command.header(), &*hex(command.data().bytes())), (&[option][..], data));
    }
    let alone = SetConfiguration::chained_writes_off();
    assert_eq!((alone.header(), &*hex(alone.data().bytes())), (&[0x04][..], "0400"));
    for (off, data) in [
        (LegacyOff { d40: true, ..LegacyOff::default() }, "0100"),
        (LegacyOff { ev1: true, ..LegacyOff::default() }, "0200"),
        (LegacyOff { chained_writes: true, ..LegacyOff::default() }, "0400"),
    ] {
        let command = SetConfiguration::legacy_off(off);
        assert_eq!((command.header(), &*hex(command.data().bytes())), (&[0x04][..], data));
    }
}

/// Enciphered and MACed by hand under the keys of [`ev2`].
#[test]
fn options_are_enciphered_and_the_answer_has_a_mac() {
    let mac = "DEB4995F09747EDD 9100";
    let mut script =
        Script::new([("905C000019 0C 9722210B1196CE6047A6786CB808233F 9A60A9D0927C7C0A 00", mac)]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let answer = session.configure_card(CardConfiguration::Atqa(0x0344)).unwrap();
    assert_eq!(answer.grade, Grade::Sealed);
    drop(session);
    script.assert_used_up();
    let mut script =
        Script::new([("905C000019 04 817BCA8E48AED14C51922ACD3EA70136 3E4D6C21758F7A3F 00", mac)]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let off = LegacyOff { d40: true, ev1: true, chained_writes: false };
    assert_eq!(session.turn_legacy_off_for_good(off).unwrap().grade, Grade::Sealed);
    drop(session);
    script.assert_used_up();
}

/// Who has come in by older messaging would shut the door behind itself.
#[test]
fn only_an_ev2_session_turns_older_messaging_off() {
    let mut script = Script::default();
    let mut session = secure::<Picc>(&mut script, 0, ev1());
    let off = LegacyOff { d40: true, ..LegacyOff::default() };
    assert_eq!(session.turn_legacy_off_for_good(off), Err(Misuse::OnlyEv2.into()));
    script.assert_used_up();
}

#[test]
fn a_refused_option_is_told_and_ends_the_session() {
    let command = "905C000019 0C 9722210B1196CE6047A6786CB808233F 9A60A9D0927C7C0A 00";
    let mut script = Script::new([(command, "919E")]);
    let mut session = secure::<Picc>(&mut script, 0, ev2());
    let set = CardConfiguration::Atqa(0x0344);
    let (command, status) = (Ins::SetConfiguration, Status::ParameterError);
    assert_eq!(session.configure_card(set), Err(Error::Refused { command, status }));
    assert_eq!(session.configure_card(set), Err(Error::SessionLost));
}
