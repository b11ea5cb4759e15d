//! Variables `ZTNA_...`, or flags of the same words. What is wrong is one sentence and exit code 2.

use std::io::Write;
use std::path::Path;
use std::process::{ExitCode, Termination};

use clap::builder::Resettable;
use clap::{Arg, Parser};
use tunnel::config::Invalid;
use tunnel::enforcement::Enforcement;

/// Exit code of wrong configuration.
const WRONG: u8 = 2;

/// An empty variable is one that is not set: so systemd and compose files pass what they do not have.
pub fn given(text: Option<String>) -> Option<String> {
    text.filter(|text| !text.is_empty())
}

/// Says which variable something is wrong with.
pub fn named<T>(variable: &str, read: Result<T, Invalid>) -> Result<T, Invalid> {
    read.map_err(|Invalid(fault)| Invalid(format!("{variable}: {fault}")))
}

/// Reads one file; what is wrong in it is said with variable and path.
pub fn read<T>(
    variable: &str,
    path: &Path,
    of: impl FnOnce(&[u8]) -> Result<T, Invalid>,
) -> Result<T, Invalid> {
    let unreadable = |fault| Invalid(format!("{variable}: {} cannot be read: {fault}", path.display()));
    let bytes = std::fs::read(path).map_err(unreadable)?;
    of(&bytes).map_err(|Invalid(fault)| Invalid(format!("{variable}: {}: {fault}", path.display())))
}

/// Reads the enforcement file, where it is there already. A running program goes on without, and says what is wrong.
pub fn verify_enforcement(path: &Path, component: &str) -> Result<(), Invalid> {
    let of = |bytes: &[u8]| Enforcement::read(bytes, component).map_err(|fault| Invalid(fault.reason));
    match std::fs::exists(path) {
        Ok(false) => Ok(()),
        _ => read("ZTNA_ENFORCEMENT", path, of).map(|_| ()),
    }
}

/// Reads the words, or answers as clap does; else begins. The exit code is what that came to, or 2 with one sentence.
pub fn run<W: Parser, T: Termination>(
    program: &str,
    begin: impl FnOnce(&W) -> Result<T, Invalid>,
) -> ExitCode {
    let words = match read_all::<W>() {
        Ok(words) => words,
        Err(fault) if !fault.use_stderr() => {
            let _ = fault.print();
            return ExitCode::SUCCESS;
        }
        Err(fault) => return wrong(program, &sentence(&fault)),
    };
    match begin(&words) {
        Ok(done) => done.report(),
        Err(Invalid(fault)) => wrong(program, &fault),
    }
}

/// All words. An empty variable is one that is not set: its default counts.
fn read_all<W: Parser>() -> Result<W, clap::Error> {
    let known = |arg: Arg| if is_empty(&arg) { arg.env(Resettable::Reset) } else { arg };
    let mut command = W::command().mut_args(known);
    let matches = command.try_get_matches_from_mut(std::env::args_os())?;
    W::from_arg_matches(&matches).map_err(|fault| fault.format(&mut command))
}

fn is_empty(arg: &Arg) -> bool {
    let value = arg.get_env().and_then(std::env::var_os);
    value.is_some_and(|value| value.is_empty())
}

/// The first line of what clap says, which names the flag; the others repeat the usage.
fn sentence(fault: &clap::Error) -> String {
    let text = fault.to_string();
    let words: Vec<&str> = text.lines().take_while(|line| !line.trim().is_empty()).map(str::trim).collect();
    words.join(" ").trim_start_matches("error: ").to_owned()
}

fn wrong(program: &str, fault: &str) -> ExitCode {
    let _ = writeln!(std::io::stderr(), "{program}: {fault}");
    ExitCode::from(WRONG)
}
