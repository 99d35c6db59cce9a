// SPDX-License-Identifier: MIT OR Apache-2.0
//! What the owner of a card permits to who encodes it.

use cardwright::diversify::undiversified;
use cardwright::encode::{Job, Permission, delegated_application};
use cardwright::host::delegated::DelegationKeys;
use cardwright::key::{CardKey, LowBits};
use cardwright::keys::{KeyFile, Store};
use cardwright::profile::{Day, Layout};
use cardwright::wire::KeyVersion;

const RANDOM: [u8; 7] = *b"a salt.";

/// The job, with permissions where its applications are on somebody else's card.
pub(crate) fn permitted(job: Job, keys: &KeyFile) -> Job {
    if !matches!(job.profile().layout(), Layout::Delegated { .. }) {
        return job;
    }
    let key = |name: &str, version: KeyVersion| -> CardKey {
        let issuer = keys.issuer(name, version).unwrap();
        undiversified(&*issuer, version, LowBits::Kept).unwrap()
    };
    let own = |name: &str| key(name, KeyVersion(1));
    let owner = DelegationKeys::new(own("dam-enc"), own("dam-mac")).unwrap();
    let start = job.profile().keys().iter().find(|spec| spec.name == "start").unwrap();
    let start = key(&start.reference, start.version);
    let application = delegated_application(job.profile()).unwrap();
    let [today, expires]: [Day; 2] = ["2027-06-01", "2099-12-31"].map(|day| day.parse().unwrap());
    let creation = owner.permit(&application, &start, &RANDOM).unwrap();
    let aid = job.profile().applications()[0].aid;
    let deletion = owner.permit_deletion(aid).unwrap();
    let [creation, deletion] =
        [Permission::creation(creation, expires), Permission::deletion(deletion, expires)];
    job.permitted(creation, today).unwrap().permitted(deletion, today).unwrap()
}
