//! The enforcement file: what is read, what is refused, and what it decides.

mod admission;
mod kit;
mod read;
mod reference;
mod verdict;
