//! Names in certificates.
/// todo
pub(super) fn principal(name: &str) -> Option<String> {
    let _ = name;
    todo!()
}
