//! The intermediate server: agents and connectors connect to it by QUIC, and it relays what the enforcement file allows.
//!
//! | module | does |
//! |---|---|
//! | [`config`] | variables and flags |
//! | [`relay`] | decides and rewrites, without I/O |
//! | [`io`] | QUIC, sockets, timers, files, signals |
//! | [`health`] | the image's health check |
//! | [`serve`] | health, readiness, what is applied, figures, metrics |

pub mod config;
pub mod health;
pub mod io;
pub mod relay;
pub mod serve;
