// SPDX-License-Identifier: MIT OR Apache-2.0
//! The service on an address, until somebody says that it ends.

use core::time::Duration;
use std::net::SocketAddr;

use tokio::net::TcpListener;

use axum::Router;

use super::api::{self, App};
use super::page;

/// How long clients have that do not let go, once all is told.
const LET_GO: Duration = Duration::from_secs(5);

/// Everything that is asked of a service: by machines under `/v1`, by people on the page.
pub fn router(app: &App) -> Router {
    api::finished(api::router(app).merge(page::router(app)), app)
}

/// Binds an address. Beyond the loopback only where somebody says that it is meant: tokens and records would
/// go over the network for anyone to read.
///
/// # Errors
/// In words.
pub async fn bind(address: SocketAddr, beyond: bool) -> Result<TcpListener, String> {
    if !address.ip().is_loopback() && !beyond {
        return Err(format!(
            "{address} is beyond the loopback, and this speaks plain HTTP: tokens and records would go over the \
             network for anyone to read. Put a server in front that speaks TLS, and bind 127.0.0.1; or say \
             --plain-http-beyond-loopback where the network is yours alone"
        ));
    }
    TcpListener::bind(address).await.map_err(|error| format!("{address}: {error}"))
}

/// Serves until `ends` comes back; then no card more is begun, those in hand are finished, and whoever
/// listens is told. Who said half a request, or does not read an answer, does not hold it up for long.
///
/// # Errors
/// In words.
pub async fn serve(
    listener: TcpListener,
    app: App,
    ends: impl Future<Output = ()> + Send + 'static,
) -> Result<(), String> {
    let router = router(&app);
    let mut left = app.leaving();
    let (engine, leaving) = (app.engine().clone(), app.clone());
    let over = async move {
        ends.await;
        tracing::info!("the cards in hand are finished, then the service ends");
        let drained = tokio::task::spawn_blocking(move || engine.drain()).await;
        if drained.is_err() {
            tracing::error!("the station did not end as it should");
        }
        leaving.leave();
    };
    let served = axum::serve(listener, router).with_graceful_shutdown(over);
    let held_up = async move {
        drop(left.wait_for(|leaves| *leaves).await);
        tokio::time::sleep(LET_GO).await;
    };
    tokio::select! {
        served = served.into_future() => served.map_err(|error| error.to_string()),
        () = held_up => {
            tracing::warn!("clients that do not let go are left behind");
            Ok(())
        }
    }
}
