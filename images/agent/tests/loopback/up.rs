//! `agent up`.
