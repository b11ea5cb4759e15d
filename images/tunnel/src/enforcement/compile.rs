//! The index.
use super::*;
#[derive(Debug)]
pub(super) struct Index {}
impl Index {
    pub(super) fn service(&self, _: &str) -> Option<&Arc<Service>> {
        todo!()
    }
    pub(super) fn service_at(&self, _: Ipv4Addr) -> Option<&Arc<Service>> {
        todo!()
    }
    pub(super) fn services(&self) -> impl Iterator<Item = &Arc<Service>> {
        std::iter::empty()
    }
    pub(super) fn without_certificate(&self) -> bool {
        todo!()
    }
    pub(super) fn may_serve(&self, _: &str, _: &str) -> bool {
        todo!()
    }
    pub(super) fn depends_on_source(&self, _: &Audience) -> bool {
        todo!()
    }
    pub(super) fn view(&self, _: &Client, _: Lease) -> View {
        todo!()
    }
}
