//! `intermediate-server`: relays datagrams between agents and connectors where the enforcement file lets them.

use std::io::Write;
use std::process::ExitCode;
use std::sync::Arc;

use clap::Parser;
use intermediate_server::config::{Config, Words};
use intermediate_server::io::{self, Own, Running, Setup, Status};
use intermediate_server::relay::Idle;
use intermediate_server::{health, serve};
use tokio::signal::unix::{SignalKind, signal};
use tunnel::config::Invalid;

/// Exit code of wrong configuration.
const WRONG: u8 = 2;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    if arguments.next().as_deref() == Some("healthcheck") {
        return health::check(arguments.next().as_deref());
    }
    let words = match Words::try_parse() {
        Ok(words) => words,
        Err(fault) if !fault.use_stderr() => {
            let _ = fault.print();
            return ExitCode::SUCCESS;
        }
        Err(fault) => return wrong(&sentence(&fault)),
    };
    match begin(&words) {
        Ok(()) => ExitCode::SUCCESS,
        Err(Invalid(fault)) => wrong(&fault),
    }
}

/// The first line of what clap says, which names the flag; the others repeat the usage.
fn sentence(fault: &clap::Error) -> String {
    let text = fault.to_string();
    let words: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

fn wrong(fault: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "intermediate-server: {fault}");
    ExitCode::from(WRONG)
}

fn begin(words: &Words) -> Result<(), Invalid> {
    let config = Config::read(words)?;
    config.verify_files()?;
    if words.check {
        return config.verify_enforcement();
    }
    io::start_log(&config.log);
    let failed = |fault: std::io::Error| Invalid(format!("cannot start: {fault}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    runtime.block_on(run(config))
}

async fn run(config: Config) -> Result<(), Invalid> {
    let failed = |fault: std::io::Error| Invalid(format!("cannot take signals: {fault}"));
    let mut terminate = signal(SignalKind::terminate()).map_err(failed)?;
    let mut interrupt = signal(SignalKind::interrupt()).map_err(failed)?;
    let mut hang_up = signal(SignalKind::hangup()).map_err(failed)?;
    let own = Arc::new(Own::new(config.files.own()?));
    let status = Arc::new(Status::new(Arc::clone(&own), io::run_id(), config.image.clone()));
    let http = serve::start(config.http, Arc::clone(&status))?;
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

fn setup(config: &Config, own: Arc<Own>, status: Arc<Status>) -> Result<Setup, Invalid> {
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
