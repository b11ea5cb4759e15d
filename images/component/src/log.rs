//! A program's own log: JSON lines on the standard error output.

use tracing_subscriber::EnvFilter;
use tunnel::config::Invalid;

/// What is logged: error, warn, info, debug, trace, or directives.
pub fn filter(text: &str) -> Result<EnvFilter, Invalid> {
    EnvFilter::try_new(text).map_err(|fault| Invalid(fault.to_string()))
}

/// Begins to log at this level, or by these directives.
pub fn start(level: &EnvFilter) {
    let filter = level.to_string().parse::<EnvFilter>().unwrap_or_default();
    let log = tracing_subscriber::fmt().json().flatten_event(true).with_writer(std::io::stderr);
    // A second start in one process (tests) keeps the first.
    let _ = log.with_env_filter(filter).try_init();
}
