// SPDX-License-Identifier: MIT OR Apache-2.0
//! The crate `ntag424` 0.1.1, a host and a server for the NTAG 424 DNA.

#[path = "ntag424/addresses.rs"]
mod addresses;
#[path = "ntag424/desfire.rs"]
mod desfire;
#[path = "ntag424/files.rs"]
mod files;
#[path = "ntag424/lrp.rs"]
mod lrp;
#[path = "ntag424/tag.rs"]
mod tag;

use core::convert::Infallible;
use core::pin::pin;
use core::task::{Context, Poll, Waker};

use cardwright::emulator::{Model, SoftCard};
use cardwright::iso14443::{RealUid, Uid};
use ntag424::types::ResponseStatus;
use ntag424::{AuthenticatedSession, KeyNumber, Response, Session, SessionError, Transport};

use super::{RND_A, send};

/// A card as the crate has it before it: nothing is changed on the way.
struct Reader<'c>(&'c mut SoftCard);

impl Transport for Reader<'_> {
    type Error = Infallible;
    type Data = Vec<u8>;

    async fn transmit(&mut self, apdu: &[u8]) -> Result<Response<Vec<u8>>, Infallible> {
        let mut data = send(self.0, apdu).to_vec();
        let (sw2, sw1) = (data.pop().unwrap(), data.pop().unwrap());
        Ok(Response { data, sw1, sw2 })
    }

    async fn get_uid(&mut self) -> Result<Vec<u8>, Infallible> {
        let uid = self.0.uid();
        if let Uid::Random(shown) = &uid {
            return Ok(shown.expose().to_vec());
        }
        let Uid::Real(real) = uid else {
            panic!("a tag shows a UID of seven bytes or a random one")
        };
        Ok(real.expose().to_vec())
    }
}

/// Nothing here ever waits.
fn now<F: Future>(future: F) -> F::Output {
    match pin!(future).poll(&mut Context::from_waker(Waker::noop())) {
        Poll::Ready(output) => output,
        Poll::Pending => panic!("an exchange with the card waits"),
    }
}

fn good<T>(outcome: Result<T, SessionError<Infallible>>) -> T {
    outcome.unwrap_or_else(|error| panic!("{error}"))
}

/// What the card refused with.
fn refused<T>(outcome: Result<T, SessionError<Infallible>>) -> ResponseStatus {
    match outcome.err() {
        Some(SessionError::ErrorResponse(status)) => status,
        other => panic!("{other:?}"),
    }
}

fn authenticated<T: Transport<Error = Infallible>>(
    reader: &mut T,
    no: KeyNumber,
    key: &[u8; 16],
) -> impl AuthenticatedSession + use<T> {
    good(now(Session::default().authenticate_aes(reader, no, key, RND_A)))
}

/// The UID of NXP AN12196, table 30, and the signature over it.
const SIGNED: [u8; 7] = [0x04, 0x51, 0x8D, 0xFA, 0xA9, 0x61, 0x80];
const SIGNATURE: &str = "D1940D17CFEDA4BFF80359AB975F9F6514313E8F90C1D3CAAF5941AD744A1CDF\
    9A83F883CAFE0FE95D1939B1B7E47113993324473B785D21";

/// A tag from the factory that NXP's key signed.
fn tag(model: Model) -> SoftCard {
    let signature = hex::decode(SIGNATURE).unwrap().try_into().unwrap();
    SoftCard::new(model, RealUid::new(SIGNED), 11).with_signature(signature)
}

const TAGS: [Model; 2] = [Model::Ntag424, Model::Ntag424Tt];
