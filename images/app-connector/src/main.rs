//! `app-connector`: carries what intermediates let through to the backends beside it.

use std::process::ExitCode;
use std::sync::Arc;

use app_connector::config::{Config, Words};
use app_connector::io;
use component::status::Status;
use component::{health, http, log, words};
use tokio::signal::unix::{SignalKind, signal};
use tunnel::config::Invalid;

/// Where health is asked for when nothing is said.
const HEALTH: &str = "http://127.0.0.1:9091/healthz";

fn main() -> ExitCode {
    health::asked(HEALTH).unwrap_or_else(|| words::run("app-connector", begin))
}

fn begin(words: &Words) -> Result<(), Invalid> {
    let config = Config::read(words)?;
    let own = config.verify_files()?;
    if words.check {
        return config.verify_enforcement();
    }
    log::start(&config.log);
    // Each TCP flow has a socket towards its backend.
    let _ = rlimit::increase_nofile_limit(u64::MAX);
    let failed = |fault: std::io::Error| Invalid(format!("cannot start: {fault}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(run(config, Arc::new(own)))
}

async fn run(config: Config, own: Arc<component::own::OwnCertificate>) -> Result<(), Invalid> {
    let failed = |fault: std::io::Error| Invalid(format!("cannot take signals: {fault}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
    let status = Status::new(Arc::clone(&own), config.image.clone(), "no intermediate lets it serve");
    let status = Arc::new(status);
    let http = http::start(config.http, Arc::clone(&status))?;
    let running = io::start(&config, own, status);
    tracing::info!(%http, component = config.component, "listening");
    loop {
        tokio::select! {
            _ = hang_up.recv() => running.reload(),
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    tracing::info!(seconds = config.drain.as_secs(), "going away");
    running.drain(config.drain).await;
    Ok(())
}
