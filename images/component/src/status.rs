//! What the HTTP side tells, kept so that telling it needs nobody's help.

use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use arc_swap::ArcSwap;
use ring::rand::{SecureRandom, SystemRandom};
use serde::Serialize;
use tunnel::enforcement::{Lease, Refused};
use tunnel::figures::{AckFigures, Level, Metrics};
use tunnel::time::Instant;

use crate::clock::Clock;
use crate::own::{OwnCertificate, validity_of};

/// Publishes what is counted elsewhere.
type Refresh = Box<dyn Fn() + Send + Sync>;

/// The state of a program, as seen from outside.
pub struct Status<M> {
    /// Tells the time.
    pub clock: Clock,
    /// What is counted.
    pub metrics: M,
    own: Arc<OwnCertificate>,
    run: String,
    image: Option<String>,
    /// What is said while it is not open.
    closed: &'static str,
    is_open: AtomicBool,
    is_draining: AtomicBool,
    file: ArcSwap<File>,
    refresh: Mutex<Option<Refresh>>,
}

/// The enforcement file in force, and a newer one that is refused.
#[derive(Clone, Debug, Default)]
struct File {
    digest: Option<String>,
    environment: Option<String>,
    lease: Option<Lease>,
    refused: Option<Refused>,
}

/// `GET /applied`: `schemas/applied.schema.json`.
#[derive(Serialize, Debug)]
pub struct Applied {
    run: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    digest: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    refused: Option<RefusedFile>,
}

#[derive(Serialize, Debug)]
struct RefusedFile {
    digest: String,
    reason: String,
}

impl<M: Metrics> Status<M> {
    /// At the start: nothing is in force, and the program is not ready since it is `closed`. `image` is the digest of its
    /// image.
    pub fn new(own: Arc<OwnCertificate>, image: Option<String>, closed: &'static str) -> Self {
        Self {
            clock: Clock::default(),
            metrics: M::default(),
            own,
            run: run_id(),
            image,
            closed,
            is_open: AtomicBool::new(false),
            is_draining: AtomicBool::new(false),
            file: ArcSwap::default(),
            refresh: Mutex::new(None),
        }
    }

    /// Whether it is open: its sockets listen, or its connections are there.
    pub fn open(&self, is_open: bool) {
        self.is_open.store(is_open, Ordering::Release);
    }

    /// The program is going away.
    pub fn draining(&self) {
        self.is_draining.store(true, Ordering::Release);
    }

    /// Whom to ask before counts are told.
    pub fn refresh_by(&self, refresh: Refresh) {
        *self.refresh.lock().unwrap_or_else(PoisonError::into_inner) = Some(refresh);
    }

    /// This file is in force.
    pub fn enforced(&self, digest: String, environment: String, lease: Lease) {
        let file =
            File { digest: Some(digest), environment: Some(environment), lease: Some(lease), refused: None };
        self.file.store(Arc::new(file));
    }

    /// This file is refused; what was in force before stays.
    pub fn refused(&self, refused: Refused) {
        self.file.rcu(|file| File { refused: Some(refused.clone()), ..File::clone(file) });
    }

    /// There is no file.
    pub fn without_file(&self) {
        self.file.store(Arc::default());
    }

    /// The environment that the file in force is of.
    pub fn environment(&self) -> Option<String> {
        self.file.load().environment.clone()
    }

    /// The answer to `GET /applied`.
    pub fn applied(&self) -> Applied {
        let File { digest, refused, .. } = File::clone(&self.file.load());
        let refused =
            refused.map(|Refused { digest, reason }| RefusedFile { digest: digest.to_string(), reason });
        Applied { run: self.run.clone(), digest, refused }
    }

    /// What keeps the program from being ready; empty when it is.
    pub fn unready(&self) -> Vec<&'static str> {
        let now = self.clock.now().instant;
        let own = self.own_identity_ends();
        let lease = self.file.load().lease;
        let conditions = [
            (!self.is_open.load(Ordering::Acquire), self.closed),
            (self.is_draining.load(Ordering::Acquire), "going away"),
            (!own.is_some_and(|(begin, end)| begin <= now && now <= end), "the certificate is not valid now"),
            (!lease.is_some_and(|lease| lease.includes(now)), "no enforcement file whose lease runs"),
        ];
        conditions.into_iter().filter(|(is_so, _)| *is_so).map(|(_, reason)| reason).collect()
    }

    fn own_identity_ends(&self) -> Option<(Instant, Instant)> {
        validity_of(&self.own.leaf()?)
    }

    /// The answer to `GET /figures`.
    pub fn figures(&self) -> AckFigures {
        self.refresh();
        let level = |level: &Level| u64::try_from(level.get()).ok();
        let common = self.metrics.common();
        AckFigures {
            connections: level(&common.active_connections),
            flows: level(&common.flows),
            datagrams: Some(self.metrics.packets()),
            bytes: Some(self.metrics.bytes()),
            image: self.image.clone(),
            certificate_not_after: self.own_identity_ends().map(|(_, end)| end),
        }
    }

    /// The answer to `GET /metrics`.
    pub fn metrics_text(&self) -> String {
        self.refresh();
        let now = self.clock.now();
        let left = self.file.load().lease.filter(|lease| lease.includes(now.instant));
        let left = left.map_or(0, |lease| lease.end.since(now.instant).as_secs());
        let common = self.metrics.common();
        common.lease_seconds.set(i64::try_from(left).unwrap_or(i64::MAX));
        let up = now.monotonic.as_micros() / 1_000_000;
        common.uptime_seconds.set(i64::try_from(up).unwrap_or(i64::MAX));
        common.render()
    }

    fn refresh(&self) {
        if let Some(refresh) = &*self.refresh.lock().unwrap_or_else(PoisonError::into_inner) {
            refresh();
        }
    }
}

/// A text that no other start has: 16 random bytes.
fn run_id() -> String {
    let mut random = [0; 16];
    let _ = SystemRandom::new().fill(&mut random);
    random.iter().fold(String::new(), |text, byte| format!("{text}{byte:02x}"))
}
