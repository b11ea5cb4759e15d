//! The enforcement file: looked at often, read when it is another one, put in force whole.

use std::fs::Metadata;
use std::io::ErrorKind;
use std::os::unix::fs::MetadataExt;
use std::path::PathBuf;
use std::sync::Arc;
use std::time::Duration;

use tunnel::enforcement::{Enforcement, Refused};
use tunnel::figures::Metrics;

use crate::status::Status;

/// How often the file is looked at. A look is one system call, works on every file system and cannot miss an event.
const LOOK: Duration = Duration::from_millis(50);

/// What tells one file from another without reading it: its writer renames a new one over it.
type Mark = (u64, u64, i64, i64, i64, i64);

/// A program that puts files in force.
pub trait Enforces: Send + Sync + 'static {
    /// What it counts.
    type Metrics: Metrics;
    /// `intermediate/<id>` or `connector/<id>`.
    fn component(&self) -> &str;
    /// What is told outside.
    fn status(&self) -> &Status<Self::Metrics>;
    /// Puts the rules of a file in force, or says why not.
    fn enforce(&self, file: &Enforcement) -> Result<(), String>;
    /// There is no file any more: nothing is allowed.
    fn without_file(&self);
}

/// Watches one file.
#[derive(Debug)]
pub struct Watch {
    path: PathBuf,
    seen: Option<Option<Mark>>,
    /// What was said last about a file that cannot be seen or read: once is enough.
    said: Option<ErrorKind>,
}

impl Watch {
    /// Nothing has been seen yet.
    pub fn new(path: PathBuf) -> Self {
        Self { path, seen: None, said: None }
    }

    /// Reads the file where it is another one than last time. One of which nobody can say whether it is there, or what it holds,
    /// changes nothing: what is in force stays until its lease ends.
    pub fn look(&mut self, program: &impl Enforces) {
        if let Err(error) = self.try_look(program) {
            if self.said != Some(error.kind()) {
                tracing::error!(path = %self.path.display(), %error, "the enforcement file cannot be read");
            }
            self.said = Some(error.kind());
        } else {
            self.said = None;
        }
    }

    fn try_look(&mut self, program: &impl Enforces) -> std::io::Result<()> {
        let mark = match std::fs::metadata(&self.path) {
            Ok(file) => Some(mark_of(&file)),
            Err(error) if error.kind() == ErrorKind::NotFound => None,
            Err(error) => return Err(error),
        };
        if self.seen == Some(mark) {
            return Ok(());
        }
        match mark {
            None => without_file(program),
            Some(_) => read(program, &std::fs::read(&self.path)?),
        }
        self.seen = Some(mark);
        Ok(())
    }
}

fn mark_of(file: &Metadata) -> Mark {
    (file.ino(), file.len(), file.mtime(), file.mtime_nsec(), file.ctime(), file.ctime_nsec())
}

/// Looks again and again.
pub async fn run<P: Enforces>(mut watch: Watch, program: Arc<P>) {
    let mut interval = tokio::time::interval(LOOK);
    loop {
        interval.tick().await;
        // Reading and indexing a large file takes a while: the datagrams of others go on meanwhile.
        let shared = Arc::clone(&program);
        let looked = tokio::task::spawn_blocking(move || {
            watch.look(&*shared);
            watch
        });
        match looked.await {
            Ok(back) => watch = back,
            Err(error) => return tracing::error!(%error, "the enforcement file is not watched any more"),
        }
    }
}

fn read(program: &impl Enforces, bytes: &[u8]) {
    match Enforcement::read(bytes, program.component()) {
        Ok(file) => enforce(program, file),
        Err(refused) => refuse(program, refused),
    }
}

fn enforce(program: &impl Enforces, file: Enforcement) {
    program.status().clock.confirm(file.lease);
    if let Err(reason) = program.enforce(&file) {
        return refuse(program, Refused { digest: file.digest, reason });
    }
    let (epoch, sequence) = file.position;
    tracing::info!(digest = %file.digest, epoch, sequence, lease = %file.lease.end, "enforcing");
    program.status().enforced(file.digest.to_string(), file.environment, file.lease);
}

fn refuse(program: &impl Enforces, refused: Refused) {
    tracing::error!(digest = %refused.digest, reason = refused.reason, "enforcement file refused");
    program.status().refused(refused);
}

fn without_file(program: &impl Enforces) {
    tracing::warn!("no enforcement file: everything is denied");
    program.without_file();
    program.status().without_file();
}
