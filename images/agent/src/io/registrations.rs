//! Registering on one connection: each service at 0, 2 and 4 s until it is accepted. A refusal may turn into an unasked `0x12`
//! later; packets name their service themselves and need none of it, but a server lists by it who is there.

use std::collections::HashSet;
use std::sync::{Mutex, PoisonError};
use std::time::Duration;

use bytes::Bytes;
use client::Link;
use tunnel::wire::Message;

/// How long after each round the next one begins.
const PAUSES: [Duration; 2] = [Duration::from_secs(2), Duration::from_secs(2)];

/// Registrations sent at once, and the pause after them: 100 a second and connection are promised.
const BURST: (usize, Duration) = (50, Duration::from_millis(500));

/// The services that the server has answered about on the connections there are.
#[derive(Debug, Default)]
pub struct Registrations(Mutex<HashSet<(usize, String)>>);

impl Registrations {
    /// The server answered, by connection and service.
    pub fn answered(&self, link: usize, service: &str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert((link, service.to_owned()));
    }

    /// A connection is gone.
    pub fn forget(&self, link: usize) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).retain(|(one, _)| *one != link);
    }

    fn is_answered(&self, link: usize, service: &str) -> bool {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).contains(&(link, service.to_owned()))
    }

    /// Registers for services on a connection that has just come up, in rounds.
    pub async fn register(&self, link: &Link, services: &[String]) {
        self.round(link, services).await;
        for pause in PAUSES {
            tokio::time::sleep(pause).await;
            self.round(link, services).await;
        }
    }

    async fn round(&self, link: &Link, services: &[String]) {
        let left: Vec<_> = services.iter().filter(|id| !self.is_answered(link.id(), id)).collect();
        for burst in left.chunks(BURST.0) {
            for id in burst {
                let Some(message) = Message::Register(id).to_bytes() else { continue };
                if link.send_wait(Bytes::from(message)).await.is_err() {
                    return;
                }
            }
            if left.len() > BURST.0 {
                tokio::time::sleep(BURST.1).await;
            }
        }
    }
}
