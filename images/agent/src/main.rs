//! `agent`: brings a machine, or one connection, to the services that policy lets it reach.

use std::io::Write;
use std::process::ExitCode;

use agent::config::{Command, Config, Words};
use agent::probe::{self, Outcome};
use agent::{connect, forward, up};
use component::{health, log, words};
use tunnel::config::Invalid;

fn main() -> ExitCode {
    // In an image that is given health checks by another program's rules, as all of them are.
    health::asked("").unwrap_or_else(|| words::run("agent", begin))
}

fn begin(given: &Words) -> Result<ExitCode, Invalid> {
    let config = Config::read(given)?;
    if given.check {
        return Ok(ExitCode::SUCCESS);
    }
    let command = given.command.clone();
    let command =
        command.ok_or_else(|| Invalid("expected a command: up, forward, connect or probe".into()))?;
    log::start(&config.log);
    let failed = |fault: std::io::Error| Invalid(format!("cannot start: {fault}"));
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().build().map_err(failed)?;
    let ended = runtime.block_on(run(&config, command));
    // Whoever still waits for standard input must not keep the program.
    runtime.shutdown_background();
    ended
}

async fn run(config: &Config, command: Command) -> Result<ExitCode, Invalid> {
    match command {
        Command::Forward { specs } => forward::run(config, &specs).await.map(|()| ExitCode::SUCCESS),
        Command::Probe { service, port } => {
            let outcome = probe::run(config, &service, port).await;
            if outcome == Outcome::Reached {
                say(&format!("{service} port {port} is reached"));
            }
            Ok(ended(&outcome))
        }
        Command::Connect { service, port } => Ok(ended(&connect::run(config, &service, port).await)),
        Command::Up { tun, address } => up::run(config, &tun, address).await.map(|()| ExitCode::SUCCESS),
    }
}

/// Says why it did not end well.
fn ended(outcome: &Outcome) -> ExitCode {
    if *outcome != Outcome::Reached {
        say(outcome.words());
    }
    outcome.exit_code()
}

fn say(words: &str) {
    let _ = writeln!(std::io::stderr(), "{words}");
}
