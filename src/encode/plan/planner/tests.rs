// SPDX-License-Identifier: MIT OR Apache-2.0

use super::*;
use crate::encode::plan::state::{Counts, FileStage, NextSet, OpenApplication, Untold};
use crate::encode::plan::step::FileAct;
use crate::profile::FileRef;
use crate::wire::{Access, KeyNo};

/// A blank card's plan is the minimal order: settings, own key, its proof, what applications start
/// with; then the application: files, contents, the other keys, the own key, the proof.
#[test]
fn a_blank_card_takes_the_shortest_order() {
    let profile = profile(&[]);
    let steps = planned(&profile, &blank(&profile), AT_PICC).unwrap();
    let app = Level::Application(door(&profile));
    let expected = [
        authenticate(Level::Picc, 0, Holder::Transport(0)),
        settings(Level::Picc, profile.card().unwrap().settings),
        own(Level::Picc),
        authenticate(Level::Picc, 0, Holder::Own),
        Step::CheckUid,
        Step::StartKey { own: true },
        Step::CreateApplication {
            application: door(&profile),
            settings: profile.applications()[0].settings,
            in_sets: false,
        },
        Step::Select(app),
        authenticate(app, 0, Holder::Transport(1)),
        Step::File { file: file(&profile, 0), act: FileAct::Create },
        Step::File { file: file(&profile, 1), act: FileAct::Create },
        Step::WriteContents {
            application: door(&profile),
            files: vec![file(&profile, 0), file(&profile, 1)],
        },
        change(&profile, 1),
        change(&profile, 2),
        change(&profile, 3),
        change(&profile, 4),
        own(app),
        authenticate(app, 1, Holder::Own),
        Step::File { file: file(&profile, 0), act: FileAct::ReadBack },
        Step::File { file: file(&profile, 1), act: FileAct::ReadBack },
        Step::SeeOwnKey { application: door(&profile) },
    ];
    assert_eq!(steps, expected);
}

#[test]
fn a_card_that_is_done_and_was_read_takes_nothing() {
    let profile = profile(&[]);
    let mut evidence = Evidence::none(&profile);
    evidence.key(Slot::master(Level::Picc), Grade::Used);
    evidence.key(Slot::master(Level::Application(door(&profile))), Grade::Attested);
    evidence.key(Slot { level: Level::Application(door(&profile)), no: no(1) }, Grade::Used);
    evidence.file(file(&profile, 0), Grade::Used);
    evidence.file(file(&profile, 1), Grade::Used);
    let state = CardState {
        picc: Some(PiccState {
            holder: Holder::Own,
            settings: profile.card().unwrap().settings,
            random_uid: false,
            legacy_off: false,
            untold: Untold::default(),
        }),
        macs: true,
        stands: true,
        names_uid: true,
        has_sets: true,
        to_switch: false,
        to_rename: false,
        permitted: false,
        to_renumber: Vec::new(),
        start: Start::Secret,
        applications: profile
            .for_applications(|_, spec| ApplicationState::Closed { settings: spec.settings }),
    };
    let position =
        Position { level: Level::Application(door(&profile)), authenticated: Some(no(1)) };
    assert_eq!(plan(&profile, Task::Encode, &state, position, &evidence).unwrap(), []);
}

#[test]
fn an_application_on_its_way_gets_what_is_missing_only() {
    let profile = profile(&[("verify = ", "verify = \"mac\"")]);
    let app = Level::Application(door(&profile));
    let mut holders = vec![Holder::Own; 5];
    holders[0] = Holder::Transport(1);
    holders[3] = Holder::Transport(1);
    let state = own_picc(
        &profile,
        &OpenApplication {
            settings: profile.applications()[0].settings,
            counts: Counts::AsWanted,
            unwatched: false,
            next_set: NextSet::None,
            holders,
            files: profile.for_files(door(&profile), |_, _| FileStage::Open),
        },
    );
    let position = Position { level: app, authenticated: Some(KeyNo::MASTER) };
    // Nobody knows in what session the keys that are there came to be.
    let expected = [
        Step::Select(Level::Picc),
        authenticate(Level::Picc, 0, Holder::Own),
        Step::Select(app),
        authenticate(app, 0, Holder::Transport(1)),
        Step::WriteContents {
            application: door(&profile),
            files: vec![file(&profile, 0), file(&profile, 1)],
        },
        change(&profile, 3),
        authenticate(app, 1, Holder::Own),
        authenticate(app, 2, Holder::Own),
        authenticate(app, 4, Holder::Own),
        authenticate(app, 0, Holder::Transport(1)),
        Step::Look(app),
        own(app),
    ];
    assert_eq!(planned(&profile, &state, position).unwrap(), expected);
}

/// Settings that take an authority away come after every step that needs it.
#[test]
fn settings_that_freeze_keys_come_after_the_keys() {
    for right in ["same", "never", "write"] {
        let profile = profile(&[("change = ", &format!("change = \"{right}\""))]);
        let steps = planned(&profile, &blank(&profile), AT_PICC).unwrap();
        let app = Level::Application(door(&profile));
        let created = steps.iter().find_map(|step| {
            if let Step::CreateApplication { settings, .. } = step { Some(settings) } else { None }
        });
        let first = created.unwrap();
        assert_eq!(first.change, ChangeKeyRight::Key(KeyNo::MASTER), "{right}");
        let settled = settings(app, profile.applications()[0].settings);
        let at = |step: &Step| steps.iter().position(|other| other == step).unwrap();
        assert!(at(&change(&profile, 4)) < at(&settled), "{right}");
        assert!(at(&settled) < at(&own(app)), "{right}");
    }
}

#[test]
fn settings_that_freeze_the_own_key_come_after_it() {
    let profile = profile(&[("change = ", "change = \"master\"\nkey_changeable = false")]);
    let steps = planned(&profile, &blank(&profile), AT_PICC).unwrap();
    let app = Level::Application(door(&profile));
    let key = steps.iter().position(|step| *step == own(app)).unwrap();
    assert_eq!(steps[key + 1], authenticate(app, 0, Holder::Own));
    assert_eq!(steps[key + 2], settings(app, profile.applications()[0].settings));
}

#[test]
fn what_the_profile_did_not_set_is_never_overwritten() {
    let profile = profile(&[]);
    let mut foreign = profile.applications()[0].settings;
    foreign.free_create = true;
    let open = |settings| OpenApplication {
        counts: Counts::AsWanted,
        unwatched: false,
        next_set: NextSet::None,
        settings,
        holders: vec![Holder::Transport(1); 5],
        files: profile.for_files(door(&profile), |_, _| FileStage::Absent),
    };
    let refused = planned(&profile, &own_picc(&profile, &open(foreign)), AT_PICC).unwrap_err();
    assert!(matches!(refused, Refusal::OtherApplication { .. }));

    let mut state = blank(&profile);
    state.picc.as_mut().unwrap().settings.settings_changeable = false;
    let refused = planned(&profile, &state, AT_PICC).unwrap_err();
    assert!(matches!(refused, Refusal::Frozen { aid: None, .. }));
}

#[test]
fn every_key_is_opened_once_where_every_key_is_asked_for() {
    let profile = profile(&[("verify = ", "verify = \"every-key\"")]);
    let steps = planned(&profile, &blank(&profile), AT_PICC).unwrap();
    for number in 0..5 {
        let step = authenticate(Level::Application(door(&profile)), number, Holder::Own);
        assert_eq!(steps.iter().filter(|other| **other == step).count(), 1, "key {number}");
    }
    let picc = authenticate(Level::Picc, 0, Holder::Own);
    assert_eq!(steps.iter().filter(|other| **other == picc).count(), 1);
}

/// What shuts older messaging comes behind everything, and is tried; a card that refuses it already is done.
#[test]
fn older_messaging_is_switched_off_last() {
    let changes = [
        ("chips = ", "chips = [\"ev2\", \"ev3\"]"),
        ("messaging = ", "messaging = [\"ev2\"]"),
        ("free_list = ", "legacy = \"off\""),
    ];
    let profile = profile(&changes);
    let steps = planned(&profile, &blank(&profile), AT_PICC).unwrap();
    let master = authenticate(Level::Picc, 0, Holder::Own);
    let end =
        [Step::Select(Level::Picc), master, Step::LegacyOff { again: false }, Step::TryLegacy];
    assert!(steps.ends_with(&end), "{steps:?}");
    let closed =
        profile.for_applications(|_, spec| ApplicationState::Closed { settings: spec.settings });
    for (legacy_off, task, switched) in [
        (false, Task::Encode, Some(false)),
        (true, Task::Encode, Some(true)),
        (false, Task::Verify, Some(false)),
        (true, Task::Verify, None),
        (false, Task::Rekey, None),
    ] {
        let mut state = blank(&profile);
        let settings = profile.card().unwrap().settings;
        state.picc = Some(PiccState {
            holder: Holder::Own,
            settings,
            random_uid: false,
            legacy_off,
            untold: Untold::default(),
        });
        state.applications = closed.clone();
        let steps = plan(&profile, task, &state, AT_PICC, &Evidence::none(&profile)).unwrap();
        let told = [true, false]
            .into_iter()
            .find(|again| steps.contains(&Step::LegacyOff { again: *again }));
        assert_eq!(told, switched, "{task} {legacy_off}");
        assert_eq!(steps.contains(&Step::TryLegacy), told == Some(false), "{task} {legacy_off}");
    }
}

/// A file gets its further sets of rights once it is written, by whoever may change it meanwhile.
#[test]
fn further_sets_of_rights_come_behind_the_contents() {
    let changes = [
        ("chips = ", "chips = [\"ev2\", \"ev3\"]"),
        ("messaging = ", "messaging = [\"ev2\"]"),
        ("read = \"read\"", "read = [\"read\", \"spare\"]"),
    ];
    let profile = profile(&changes);
    let several = file(&profile, 0);
    let wanted = profile[several].settings;
    assert_eq!(wanted.further.iter().count(), 1);
    let first = crate::encode::plan::rights::at_first(&profile[several]);
    assert!(first.further.is_empty());
    // Nobody may change this one later: until it has its sets key 0 may.
    assert_eq!(
        (wanted.rights.change, first.rights.change),
        (Access::Never, Access::Key(KeyNo::MASTER))
    );
    let steps = planned(&profile, &blank(&profile), AT_PICC).unwrap();
    let position = |wanted: &Step| steps.iter().position(|step| step == wanted);
    let application = door(&profile);
    let files = vec![file(&profile, 0), file(&profile, 1)];
    let written = position(&Step::WriteContents { application, files });
    let settle = Step::File { file: several, act: FileAct::Settle { from: first } };
    let settled = position(&settle);
    let keyed = position(&change(&profile, 1));
    assert!(written.is_some() && written < settled && settled < keyed, "{steps:?}");
}

const AT_PICC: Position = Position { level: Level::Picc, authenticated: None };

/// The demonstration profile with lines replaced, each found by its start.
fn profile(changes: &[(&str, &str)]) -> Profile {
    let mut text = include_str!("../../../../examples/data/profiles/door.toml").to_owned();
    for (start, line) in changes {
        let old = text.lines().find(|old| old.starts_with(start)).unwrap().to_owned();
        text = text.replacen(&old, line, 1);
    }
    Profile::parse(&text).unwrap()
}

fn planned(profile: &Profile, state: &CardState, position: Position) -> Result<Vec<Step>, Refusal> {
    plan(profile, Task::Encode, state, position, &Evidence::none(profile))
}

fn blank(profile: &Profile) -> CardState {
    CardState {
        picc: Some(PiccState {
            holder: Holder::Transport(0),
            settings: KeySettings::FACTORY,
            random_uid: false,
            legacy_off: false,
            untold: Untold::default(),
        }),
        macs: true,
        stands: true,
        names_uid: true,
        has_sets: true,
        to_switch: false,
        to_rename: false,
        permitted: false,
        to_renumber: Vec::new(),
        start: Start::Secret,
        applications: profile.for_applications(|_, _| ApplicationState::Absent),
    }
}

fn own_picc(profile: &Profile, open: &OpenApplication) -> CardState {
    CardState {
        picc: Some(PiccState {
            holder: Holder::Own,
            settings: profile.card().unwrap().settings,
            random_uid: false,
            legacy_off: false,
            untold: Untold::default(),
        }),
        macs: true,
        stands: true,
        names_uid: true,
        has_sets: true,
        to_switch: false,
        to_rename: false,
        permitted: false,
        to_renumber: Vec::new(),
        start: Start::Secret,
        applications: profile.for_applications(|_, _| ApplicationState::Open(open.clone())),
    }
}

fn authenticate(level: Level, number: u8, holder: Holder) -> Step {
    Step::Authenticate { slot: Slot { level, no: no(number) }, holder }
}

/// The application of the demonstration profile.
fn door(profile: &Profile) -> AppRef {
    let (door, _) = profile.each_application().next().unwrap();
    door
}

/// One of its files.
fn file(profile: &Profile, at: usize) -> FileRef {
    let (file, _) = profile.each_file(door(profile)).nth(at).unwrap();
    file
}

fn change(profile: &Profile, number: u8) -> Step {
    let (old, new) = (Holder::Transport(1), Holder::Own);
    Step::ChangeKey { application: door(profile), no: no(number), old, new }
}

fn settings(level: Level, settings: KeySettings) -> Step {
    Step::ChangeSettings { level, settings }
}

fn own(level: Level) -> Step {
    Step::ChangeOwnKey { slot: Slot::master(level), new: Holder::Own }
}

fn no(number: u8) -> KeyNo {
    KeyNo::new(number).unwrap()
}
