//! The intermediate server: agents and connectors connect to it by QUIC, and it relays what the enforcement file allows.
//!
//! | module | does |
//! |---|---|
//! | [`config`] | variables and flags |
//! | [`relay`] | decides and rewrites, without I/O |
//! | [`io`] | QUIC, sockets, timers, files, signals |

pub mod config;
pub mod io;
pub mod relay;
