// SPDX-License-Identifier: MIT OR Apache-2.0
//! A host that takes steps in whichever of the four sessions it has.

use cardwright::host::{App, Auth, Error, Failed, Level, Picc, Public, Secure, Session};
use cardwright::wire::{KeySettings, KeySlots};

use super::act::Act;
use super::model::{Props, Spoken};
use super::support::RND_A;

pub(super) enum Talk<'t> {
    Picc(Session<'t, Picc, Public>),
    PiccKey(Session<'t, Picc, Secure>),
    App(Session<'t, App, Public>),
    AppKey(Session<'t, App, Secure>),
}

impl Talk<'_> {
    /// Takes a step that the session has a method for; tells what was said, and gives back the
    /// session that is left, if any.
    pub(super) fn perform(self, act: &Act, props: &Props) -> (Spoken, Option<Self>) {
        match self {
            Self::Picc(mut talk) => {
                let spoken = anywhere(&mut talk, act).or_else(|| at_picc(&mut talk, act));
                stay_or(talk, spoken, |talk| leave(talk, act, props))
            }
            Self::App(mut talk) => {
                let spoken = anywhere(&mut talk, act).or_else(|| in_app(&mut talk, act, props));
                stay_or(talk, spoken, |talk| leave(talk, act, props))
            }
            Self::PiccKey(mut talk) => {
                let spoken = anywhere(&mut talk, act)
                    .or_else(|| at_picc(&mut talk, act))
                    .or_else(|| with_key(&mut talk, act))
                    .or_else(|| match act {
                        Act::Format => Some(talk.format_picc().map(|_| String::new())),
                        _ => None,
                    });
                stay_or(talk, spoken, |talk| match act {
                    Act::ChangeMasterKey { .. } => end(talk.change_master_key(&props.key)),
                    Act::AuthenticateNext(no) => {
                        end(talk.authenticate_next(*no, &props.key, &RND_A))
                    }
                    _ => leave(talk, act, props),
                })
            }
            Self::AppKey(mut talk) => {
                let spoken = anywhere(&mut talk, act)
                    .or_else(|| in_app(&mut talk, act, props))
                    .or_else(|| with_key(&mut talk, act))
                    .or_else(|| match act {
                        Act::ChangeKey { no, .. } => {
                            let changed = talk.change_key(*no, &props.key, &props.old);
                            Some(changed.map(|_| String::new()))
                        }
                        _ => None,
                    });
                stay_or(talk, spoken, |talk| match act {
                    Act::ChangeOwnKey { .. } => end(talk.change_own_key(&props.key)),
                    Act::AuthenticateNext(no) => {
                        end(talk.authenticate_next(*no, &props.key, &RND_A))
                    }
                    _ => leave(talk, act, props),
                })
            }
        }
    }
}

fn anywhere<L: Level, A: Auth>(talk: &mut Session<'_, L, A>, act: &Act) -> Option<Spoken> {
    Some(match act {
        Act::Version => talk.version().map(|version| {
            let uid = version.value.uid.map(|uid| *uid.expose());
            format!("{:02X?}", uid.unwrap_or_default())
        }),
        Act::KeyVersion(no) => talk.key_version(*no).map(|answer| format!("{:?}", answer.value)),
        Act::KeySettings => talk.key_settings().map(|answer| format!("{:?}", answer.value)),
        _ => return None,
    })
}

fn with_key<L: Level>(talk: &mut Session<'_, L, Secure>, act: &Act) -> Option<Spoken> {
    Some(match act {
        Act::CardUid => talk.card_uid().map(|uid| format!("{:02X?}", uid.value.expose())),
        Act::ChangeKeySettings(byte) => {
            talk.change_key_settings(KeySettings::from_byte(*byte)).map(|_| String::new())
        }
        _ => return None,
    })
}

fn at_picc<A: Auth>(talk: &mut Session<'_, Picc, A>, act: &Act) -> Option<Spoken> {
    Some(match act {
        Act::FreeMemory => talk.free_memory().map(|_| String::new()),
        Act::ApplicationIds => talk.application_ids().map(|aids| format!("{:?}", aids.value)),
        Act::CreateApplication { aid, settings, count, messaging } => {
            let key_type = messaging.key_type();
            let slots = KeySlots { count: *count, key_type, iso_file_ids: false };
            let created = talk.create_application(*aid, KeySettings::from_byte(*settings), slots);
            created.map(|_| String::new())
        }
        Act::DeleteApplication(aid) => talk.delete_application(*aid).map(|_| String::new()),
        _ => return None,
    })
}

fn in_app<A: Auth>(talk: &mut Session<'_, App, A>, act: &Act, props: &Props) -> Option<Spoken> {
    Some(match act {
        Act::FileIds => talk.file_ids().map(|numbers| format!("{:?}", numbers.value)),
        Act::FileSettings(no) => {
            talk.file_settings(*no).map(|found| format!("{:?}", found.value.settings))
        }
        Act::CreateFile { no, settings } => talk.create_file(*no, settings).map(|_| String::new()),
        Act::DeleteFile(no) => talk.delete_file(*no).map(|_| String::new()),
        Act::Read { offset, length, .. } => {
            let read = talk.read_data(&props.files[0], *offset, *length);
            read.map(|read| format!("{:02X?}", read.value.expose_secret()))
        }
        Act::Write { writes, commit } => {
            let mut transaction = talk.transaction();
            let mut told: Vec<Result<(), Error>> = Vec::new();
            for (no, offset, data) in writes {
                if let Some(file) = props.files.iter().find(|file| file.no() == *no) {
                    told.push(transaction.write(file, *offset, data).map(|_| ()));
                }
            }
            let end = if *commit { transaction.commit() } else { transaction.abort() };
            Ok(format!("{told:?} {:?}", end.map(|_| ())))
        }
        _ => return None,
    })
}

fn leave<'t, L: Level, A: Auth>(
    talk: Session<'t, L, A>,
    act: &Act,
    props: &Props,
) -> (Spoken, Option<Talk<'t>>)
where
    Session<'t, L, Public>: Into<Talk<'t>>,
    Session<'t, L, Secure>: Into<Talk<'t>>,
{
    match act {
        Act::SelectPicc => end(talk.select_picc()),
        Act::Select(aid) => end(talk.select_application(*aid)),
        Act::Authenticate { no, .. } => {
            end(talk.authenticate(props.opening, *no, &props.key, &RND_A))
        }
        _ => panic!("{act:?} is no step of this session"),
    }
}

/// After a step that does not leave the session: the session, unless it was lost.
fn stay_or<'t, L: Level, A: Auth>(
    mut talk: Session<'t, L, A>,
    spoken: Option<Spoken>,
    or: impl FnOnce(Session<'t, L, A>) -> (Spoken, Option<Talk<'t>>),
) -> (Spoken, Option<Talk<'t>>)
where
    Session<'t, L, A>: Into<Talk<'t>>,
{
    match spoken {
        None => or(talk),
        // Everybody may ask for the version everywhere.
        Some(spoken) => {
            let alive = talk.version().is_ok();
            (spoken, alive.then(|| talk.into()))
        }
    }
}

fn end<'t, S: Into<Talk<'t>>, F: Into<Talk<'t>>>(
    outcome: Result<S, Failed<F>>,
) -> (Spoken, Option<Talk<'t>>) {
    match outcome {
        Ok(talk) => (Ok(String::new()), Some(talk.into())),
        Err(failed) => (Err(failed.error), failed.session.map(Into::into)),
    }
}

macro_rules! becomes {
    ($($level:ident, $auth:ident => $variant:ident;)+) => {
        $(impl<'t> From<Session<'t, $level, $auth>> for Talk<'t> {
            fn from(talk: Session<'t, $level, $auth>) -> Self {
                Self::$variant(talk)
            }
        })+
    };
}

becomes! {
    Picc, Public => Picc;
    Picc, Secure => PiccKey;
    App, Public => App;
    App, Secure => AppKey;
}
