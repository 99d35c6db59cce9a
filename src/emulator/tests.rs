// SPDX-License-Identifier: MIT OR Apache-2.0
//! The card as its transport shows it, against captures and against the rules.

mod beliefs;
mod captures_3k3des;
mod captures_d40;
mod captures_ev1;
mod captures_ev2;
mod chips;
mod closed;
mod configured;
mod default_key;
mod delegated;
mod desox;
mod dynamic;
mod ev2_files;
mod ev2_records;
mod failures;
mod further_rights;
mod iso;
mod key_rules;
mod key_sets;
mod light;
mod lrp;
mod originality;
mod power;
mod proximity;
mod published_ev2;
mod robustness;
mod rules;
mod sdm;
mod state;
mod storage;
pub(super) mod support;
mod switches;
mod traces;
mod transactions;
mod uids;
