//! What needs no I/O: bytes, events and instants go in, values come out.
//!
//! | file | holds |
//! |---|---|
//! | `sort` | what a packet is for, and whether a service serves it |
//! | `table` | UDP flows: found by their tuple, forgotten when idle |
//! | `announced` | who is behind an inner address |
//! | `registrations` | which service is said to which intermediate, and what it answered |
//! | `proxy` | the header of the PROXY protocol |

mod announced;
mod proxy;
mod registrations;
mod sort;
mod table;

pub use announced::{Announced, FRESH};
pub use proxy::header;
pub use registrations::Registrations;
pub(crate) use sort::serves;
pub use sort::{Sorted, sort};
pub use table::{Found, Table};
