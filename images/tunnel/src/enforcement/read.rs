//! Bytes -> enforcement.
use super::*;
pub(super) fn enforcement(_: &[u8], _: &str) -> Result<Enforcement, Refused> {
    todo!()
}
