//! What every program of the data plane does beside its own work, so that all answer alike.
//!
//! | module | does |
//! |---|---|
//! | [`clock`] | wall and monotonic clock together |
//! | [`words`] | variables and flags: what is empty, what is wrong, which file it is in |
//! | [`own`] | its own certificate and key, which can be replaced |
//! | [`watch`] | the enforcement file: looked at, read, put in force |
//! | [`status`] | what is told outside |
//! | [`http`] | `/healthz`, `/readyz`, `/applied`, `/figures`, `/metrics` |
//! | [`health`] | the image's health check |
//! | [`log`] | JSON lines |

pub mod clock;
pub mod health;
pub mod http;
pub mod log;
pub mod own;
pub mod status;
pub mod watch;
pub mod words;
