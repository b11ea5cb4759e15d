//! The HTTP side, on a thread of its own, so that nothing that clients do delays an answer about health.

use std::convert::Infallible;
use std::net::{SocketAddr, TcpListener};
use std::sync::Arc;
use std::time::Duration;

use http_body_util::Full;
use hyper::body::{Bytes, Incoming};
use hyper::header::{CACHE_CONTROL, CONTENT_TYPE, HeaderValue};
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper::{Method, Request, Response, StatusCode};
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Serialize;
use tokio::sync::Semaphore;
use tunnel::config::Invalid;
use tunnel::figures::{self, Metrics};

use crate::status::Status;

/// A client that takes longer to ask is not served.
const PATIENCE: Duration = Duration::from_secs(2);

/// Clients served at once; more wait for at most [`PATIENCE`].
const CLIENTS: usize = 256;

/// Serves from now on; returns the address, whose port may have been chosen.
pub fn start<M: Metrics>(address: SocketAddr, status: Arc<Status<M>>) -> Result<SocketAddr, Invalid> {
    let wrong =
        |fault: std::io::Error| Invalid(format!("ZTNA_HTTP: {address} cannot be listened on: {fault}"));
    let listener = TcpListener::bind(address).map_err(wrong)?;
    listener.set_nonblocking(true).map_err(wrong)?;
    let bound = listener.local_addr().map_err(wrong)?;
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().map_err(wrong)?;
    let thread = std::thread::Builder::new().name("http".into());
    thread.spawn(move || runtime.block_on(listen(listener, status))).map_err(wrong)?;
    Ok(bound)
}

async fn listen<M: Metrics>(listener: TcpListener, status: Arc<Status<M>>) {
    let Ok(listener) = tokio::net::TcpListener::from_std(listener) else { return };
    let room = Arc::new(Semaphore::new(CLIENTS));
    loop {
        let Ok(permit) = Arc::clone(&room).acquire_owned().await else { return };
        let Ok((stream, _)) = listener.accept().await else {
            tokio::time::sleep(Duration::from_millis(10)).await;
            continue;
        };
        let status = Arc::clone(&status);
        tokio::spawn(async move {
            let service = service_fn(move |request| {
                let response = answer(&request, &status);
                async move { Ok::<_, Infallible>(response) }
            });
            let mut http = http1::Builder::new();
            http.timer(TokioTimer::new())
                .header_read_timeout(PATIENCE)
                .keep_alive(false)
                .max_buf_size(16 << 10);
            let _ = tokio::time::timeout(2 * PATIENCE, http.serve_connection(TokioIo::new(stream), service))
                .await;
            drop(permit);
        });
    }
}

fn answer<M: Metrics>(request: &Request<Incoming>, status: &Status<M>) -> Response<Full<Bytes>> {
    if request.method() != Method::GET && request.method() != Method::HEAD {
        return text(StatusCode::METHOD_NOT_ALLOWED, "only GET\n".into());
    }
    match request.uri().path() {
        "/healthz" => text(StatusCode::OK, "ok\n".into()),
        "/readyz" => match status.unready() {
            reasons if reasons.is_empty() => text(StatusCode::OK, "ready\n".into()),
            reasons => text(StatusCode::SERVICE_UNAVAILABLE, format!("{}\n", reasons.join("\n"))),
        },
        "/applied" => json(&status.applied()),
        "/figures" => json(&status.figures()),
        "/metrics" => with_type(StatusCode::OK, figures::CONTENT_TYPE, status.metrics_text()),
        _ => {
            text(StatusCode::NOT_FOUND, "expected /healthz, /readyz, /applied, /figures or /metrics\n".into())
        }
    }
}

fn json(body: &impl Serialize) -> Response<Full<Bytes>> {
    let body = serde_json::to_string(body).unwrap_or_default();
    with_type(StatusCode::OK, "application/json", body)
}

fn text(status: StatusCode, body: String) -> Response<Full<Bytes>> {
    with_type(status, "text/plain; charset=utf-8", body)
}

fn with_type(status: StatusCode, kind: &'static str, body: String) -> Response<Full<Bytes>> {
    let mut response = Response::new(Full::new(Bytes::from(body)));
    *response.status_mut() = status;
    response.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static(kind));
    response.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}
