// SPDX-License-Identifier: MIT OR Apache-2.0
//! The service on an address, until somebody says that it ends.

use core::time::Duration;
use std::net::SocketAddr;
use std::sync::Arc;

use axum::Router;
use hyper::server::conn::http1;
use hyper_util::rt::{TokioIo, TokioTimer};
use hyper_util::server::graceful::GracefulShutdown;
use hyper_util::service::TowerToHyperService;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::time::{sleep, timeout};

use super::api::{self, App};
use super::page;

/// How long clients have that do not let go, once all is told.
const LET_GO: Duration = Duration::from_secs(5);

/// How long a client may take to say what it asks, and be silent before it asks.
const HEAD: Duration = Duration::from_secs(30);

/// After how long it is tried again where the system lets nobody in.
const AGAIN: Duration = Duration::from_millis(100);

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
    // On its own: cards are finished whoever is waited for here.
    let over = tokio::spawn(over);
    let door = Door {
        router: router(&app),
        room: Arc::new(Semaphore::new(app.limits().connections.min(Semaphore::MAX_PERMITS))),
        open: GracefulShutdown::new(),
    };
    tokio::select! {
        () = door.let_in(&listener) => {}
        // Whoever could still say so is gone where this fails.
        _ = left.wait_for(|leaves| *leaves) => {}
    }
    drop(listener);
    let ended = over.await.map_err(|error| error.to_string());
    if timeout(LET_GO, door.open.shutdown()).await.is_err() {
        tracing::warn!("clients that do not let go are left behind");
    }
    ended
}

/// Where connections come in.
struct Door {
    router: Router,
    /// How many more there may be.
    room: Arc<Semaphore>,
    open: GracefulShutdown,
}

impl Door {
    /// Lets in whoever comes, as long as there is room; the others wait outside.
    async fn let_in(&self, listener: &TcpListener) {
        let mut http = http1::Builder::new();
        http.timer(TokioTimer::new()).header_read_timeout(HEAD);
        // Nobody closes the room.
        while let Ok(place) = Arc::clone(&self.room).acquire_owned().await {
            match listener.accept().await {
                Ok((stream, _)) => {
                    let router = TowerToHyperService::new(self.router.clone());
                    let one = http.serve_connection(TokioIo::new(stream), router);
                    let one = self.open.watch(one);
                    tokio::spawn(async move {
                        // What goes wrong on a connection is over with it.
                        let _ended = one.await;
                        drop(place);
                    });
                }
                Err(error) => {
                    tracing::warn!(%error, "a connection was not let in");
                    sleep(AGAIN).await;
                }
            }
        }
    }
}
