//! Certificate -> identity.
use super::*;
/// todo
pub(super) fn identity(der: &[u8]) -> Result<Identity, Unusable> {
    let _ = der;
    todo!()
}
