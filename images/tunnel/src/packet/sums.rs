//! Ones' complement sums.
