// SPDX-License-Identifier: MIT OR Apache-2.0
//! A service on the books without a reader: what comes in and goes out goes through it.

use std::net::SocketAddr;
use std::sync::Arc;

use cardwright::Job;
use cardwright_spooler::TenantKey;
use cardwright_spooler::service::auth::{Right, Token, Tokens};
use cardwright_spooler::service::engine::{Engine, Setup};
use cardwright_spooler::service::{App, Limits, bind, serve};
use sha2::{Digest, Sha256};

use crate::shared::{Books, FRONT, Failure, keys, profile};
use crate::station::{KEY, books};

/// What opens it. Whoever runs the torture has the machine.
pub(crate) const TOKEN: &str = "cw_torture";

/// Answers until it is killed.
pub(crate) fn run(on: &Books) -> Result<(), Failure> {
    let Books { folder, store, server } = on;
    let mut setup = Setup::new("front");
    setup.jobs.push(Arc::new(Job::new(profile()?, &keys()?)?));
    let engine = Engine::start(books(folder, *store, server)?, setup)?;
    let sha256 = Sha256::digest(TOKEN).into();
    let token = Token { name: "foreman".to_owned(), rights: Right::ALL.to_vec(), sha256 };
    let limits = Limits { second: 10_000, ..Limits::default() };
    let tokens = Tokens::new(vec![token], limits.second, TenantKey::new(KEY));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build()?;
    runtime.block_on(async {
        let listener = bind(SocketAddr::from(([127, 0, 0, 1], 0)), false).await?;
        // Read by whoever asks while it is written: whole, or the one before.
        let (written, there) = (folder.join("front.new"), folder.join(FRONT));
        std::fs::write(&written, listener.local_addr()?.to_string())?;
        std::fs::rename(written, there)?;
        let never = std::future::pending::<()>();
        Ok(serve(listener, App::new(engine, tokens, limits), never).await?)
    })
}
