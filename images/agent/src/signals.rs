//! SIGHUP reads certificates anew; SIGTERM and SIGINT end the program.

use tokio::signal::unix::{Signal, SignalKind, signal};
use tunnel::config::Invalid;

use crate::config::Config;
use crate::io::Uplink;

/// The signals that are heard.
#[derive(Debug)]
pub struct Signals {
    terminate: Signal,
    interrupt: Signal,
    hang_up: Signal,
}

impl Signals {
    /// Begins to hear them.
    pub fn new() -> Result<Self, Invalid> {
        let of = |kind| signal(kind).map_err(|fault| Invalid(format!("cannot take signals: {fault}")));
        Ok(Self {
            terminate: of(SignalKind::terminate())?,
            interrupt: of(SignalKind::interrupt())?,
            hang_up: of(SignalKind::hangup())?,
        })
    }

    /// Waits for the end; a hang-up meanwhile lets sessions that wait try at once, with the files as they are now.
    pub async fn ended(&mut self, config: &Config, uplink: &Uplink) {
        loop {
            tokio::select! {
                _ = self.terminate.recv() => return,
                _ = self.interrupt.recv() => return,
                _ = self.hang_up.recv() => {
                    if let Err(fault) = config.credentials.verify() {
                        tracing::error!(%fault, "certificate and CAs stay as they were");
                    }
                    uplink.hurry();
                }
            }
        }
    }
}
