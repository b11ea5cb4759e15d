//! `intermediate-server`: relays datagrams between agents and connectors where the enforcement file lets them.

use std::process::ExitCode;
use std::sync::Arc;

use component::own::OwnCertificate;
use component::status::Status;
use component::{health, http, log, words};
use intermediate_server::config::{Config, Words};
use intermediate_server::io::{self, Running, Setup};
use intermediate_server::relay::Idle;
use tokio::signal::unix::{SignalKind, signal};
use tunnel::config::Invalid;
use tunnel::figures::IntermediateMetrics;

/// Where health is asked for when nothing is said.
const HEALTH: &str = "http://127.0.0.1:9090/healthz";

fn main() -> ExitCode {
    health::asked(HEALTH).unwrap_or_else(|| words::run("intermediate-server", begin))
}

fn begin(words: &Words) -> Result<(), Invalid> {
    let config = Config::read(words)?;
    config.verify_files()?;
    if words.check {
        return config.verify_enforcement();
    }
    log::start(&config.log);
    let failed = |fault: std::io::Error| Invalid(format!("cannot start: {fault}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> Result<(), Invalid> {
    let failed = |fault: std::io::Error| Invalid(format!("cannot take signals: {fault}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
    let own = Arc::new(OwnCertificate::new(config.files.own()?));
    let status = Arc::new(Status::new(Arc::clone(&own), config.image.clone(), "not listening"));
    let http = http::start(config.http, Arc::clone(&status))?;
    let running = io::start(setup(&config, own, status)?)?;
    let addresses = running.addresses();
    tracing::info!(?addresses, %http, component = config.component, instance = config.instance, "listening");
    loop {
        tokio::select! {
            _ = hang_up.recv() => io::reload(&running.server, &config.files),
            _ = terminate.recv() => break,
            _ = interrupt.recv() => break,
        }
    }
    tracing::info!("going away");
    Running::drain(&running).await;
    Ok(())
}

fn setup(
    config: &Config,
    own: Arc<OwnCertificate>,
    status: Arc<Status<IntermediateMetrics>>,
) -> Result<Setup, Invalid> {
    Ok(Setup {
        component: config.component.clone(),
        instance: config.instance.clone(),
        addresses: config.addresses.clone(),
        lanes: io::lanes(),
        enforcement: config.enforcement.clone(),
        access_log: config.access_log.clone(),
        idle: Idle { udp: config.udp_idle, ..Idle::default() },
        keys: config.files.keys()?,
        trust: config.files.trust()?,
        own,
        status,
    })
}
