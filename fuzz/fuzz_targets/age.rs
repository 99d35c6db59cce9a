// SPDX-License-Identifier: MIT OR Apache-2.0
//! Bytes as an encrypted key file: no panic, no work that was not allowed, and nothing opens that nobody wrote.
#![no_main]

use std::sync::LazyLock;

use cardwright::keys::sealed::{Opener, Sealed, SealedError, Takes, is_sealed};
use libfuzzer_sys::fuzz_target;

/// Try of a passphrase takes 4 KiB.
const MOST_WORK: u8 = 2;

/// Of the published age files (C2SP, CCTV).
const IDENTITY: &str =
    "AGE-SECRET-KEY-1EGTZVFFV20835NWYV6270LXYVK2VKNX2MMDKWYKLMGR48UAWX40Q2P2LM0";

/// Of the seeds, so that what is behind the header is reached too.
static OPENERS: LazyLock<[Opener; 2]> = LazyLock::new(|| {
    [
        Opener::passphrase("invented for tests").expect("a passphrase").with_most_work(MOST_WORK),
        Opener::identities(IDENTITY).expect("an identity"),
    ]
});

fuzz_target!(|bytes: &[u8]| {
    let sealed = match Sealed::read(bytes) {
        Ok(sealed) => sealed,
        Err(error) => {
            assert_eq!(is_sealed(bytes), error != SealedError::NoAge);
            return;
        }
    };
    for opener in &*OPENERS {
        match sealed.key_file(opener) {
            Err(SealedError::TooMuchWork { asked, most }) => {
                assert!(sealed.takes() == Takes::Passphrase && (asked > most || asked == 0));
            }
            // Of what was written for it, and of bytes that change nothing: line ends of the armor.
            Ok(keys) => assert!(keys.names().count() > 0),
            Err(error) => assert!(!error.to_string().contains('\n')),
        }
    }
});
