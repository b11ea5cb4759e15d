//! Single cases that need exact instants.
