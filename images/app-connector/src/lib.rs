//! The app connector: connects to every intermediate of its enforcement file, and carries to the backends what they let through.
//!
//! | module | does |
//! |---|---|
//! | [`config`] | variables and flags |
//! | [`flows`] | what a packet is for, UDP flows, registrations, who is behind a flow; no I/O |
//! | [`backends`] | names, addresses, connections |
//! | [`io`] | intermediates, flows and backends joined |

pub mod backends;
pub mod config;
pub mod flows;
pub mod io;
