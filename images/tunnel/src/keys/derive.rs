//! HKDF and HMAC with SHA-256 (RFC 5869, RFC 2104), by ring, which TLS brings anyway.

use ring::{hkdf, hmac};

/// A key of 32 bytes for one purpose. `purpose` and `subject` are bound with their lengths, so that no two pairs read alike.
pub(super) fn derive(secret: &[u8; 32], purpose: &str, subject: &[u8]) -> [u8; 32] {
    let salt = hkdf::Salt::new(hkdf::HKDF_SHA256, b"ztna-v1");
    let length = [purpose.len() as u8];
    let info: [&[u8]; 3] = [&length, purpose.as_bytes(), subject];
    let mut key = [0; 32];
    // 32 bytes are within what SHA-256 may give (255 times as much): neither step can fail.
    if let Ok(made) = salt.extract(secret).expand(&info, hkdf::HKDF_SHA256) {
        let _ = made.fill(&mut key);
    }
    key
}

/// A key for [`mac`].
pub(super) fn mac_key(secret: &[u8; 32], purpose: &str, subject: &[u8]) -> hmac::Key {
    hmac::Key::new(hmac::HMAC_SHA256, &derive(secret, purpose, subject))
}

/// The first bytes of HMAC-SHA-256.
pub(super) fn mac<const N: usize>(key: &hmac::Key, data: &[u8]) -> [u8; N] {
    let tag = hmac::sign(key, data);
    let mut first = [0; N];
    for (to, from) in first.iter_mut().zip(tag.as_ref()) {
        *to = *from;
    }
    first
}
