//! Randomness.

/// Any number. Without a source of randomness it is zero: ports and sequence numbers then begin where they always do.
pub fn dice() -> u64 {
    let mut bytes = [0; 8];
    let _ = ring::rand::SecureRandom::fill(&ring::rand::SystemRandom::new(), &mut bytes);
    u64::from_ne_bytes(bytes)
}
