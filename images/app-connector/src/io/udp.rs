//! UDP flows: a socket each towards the backend; answers come from the virtual address.

use std::io::{Error, ErrorKind};
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use bytes::Bytes;
use socket2::SockRef;
use tokio::io::Interest;
use tokio::net::UdpSocket;
use tokio::sync::mpsc;
use tunnel::enforcement::ConnectorService;
use tunnel::figures::DropReason;
use tunnel::packet::{self, Tuple, Unreachable, unreachable};
use tunnel::time::Now;

use super::connector::Connector;
use crate::backends;
use crate::flows::Found;

/// Datagrams that wait for their flow's socket.
const WAITING: usize = 64;

/// More than any link carries: what is longer is cut here, and dropped as too large.
const LONGEST: usize = 2048;

/// A UDP flow, as the table has it. Dropped, it ends.
pub struct UdpFlow {
    /// Which service it is for.
    pub service: Arc<ConnectorService>,
    datagrams: mpsc::Sender<Bytes>,
    /// Where its last datagram came from.
    link: Arc<AtomicU64>,
}

impl Connector {
    /// A datagram of an agent.
    pub(super) fn udp_in(
        self: &Arc<Self>,
        number: u64,
        tuple: Tuple,
        data: &[u8],
        service: &ConnectorService,
        now: Now,
    ) {
        let data = Bytes::copy_from_slice(data);
        let mut table = self.udp();
        let sent = match table.find(&tuple, now.monotonic) {
            Found::Known(flow) => {
                flow.link.store(number, Ordering::Relaxed);
                flow.datagrams.try_send(data).map_err(|_| DropReason::QueueFull)
            }
            Found::Full => Err(DropReason::FlowLimit),
            Found::New => {
                let (datagrams, waiting) = mpsc::channel(WAITING);
                let _ = datagrams.try_send(data);
                let (service, link) = (Arc::new(service.clone()), Arc::new(AtomicU64::new(number)));
                let flow = UdpFlow { service: Arc::clone(&service), datagrams, link: Arc::clone(&link) };
                table.insert(tuple, flow, now.monotonic);
                tokio::spawn(Arc::clone(self).udp_flow(tuple, service, waiting, link));
                Ok(())
            }
        };
        drop(table);
        sent.unwrap_or_else(|reason| self.dropped(reason));
    }

    /// Carries a flow both ways until it is idle, or its backend cannot be reached.
    async fn udp_flow(
        self: Arc<Self>,
        tuple: Tuple,
        service: Arc<ConnectorService>,
        mut waiting: mpsc::Receiver<Bytes>,
        link: Arc<AtomicU64>,
    ) {
        let number = || link.load(Ordering::Relaxed);
        let socket = match backends::udp(&self.names, &service.backend, tuple.destination_port).await {
            Ok(socket) => socket,
            Err(fault) => {
                tracing::warn!(service = service.id, %fault, "a UDP flow is refused");
                self.dropped(DropReason::BackendUnreachable);
                self.udp().remove(&tuple);
                return self.tell(number(), tuple, Unreachable::Host);
            }
        };
        loop {
            let done = tokio::select! {
                datagram = waiting.recv() => match datagram {
                    Some(datagram) => socket.send(&datagram).await.map(|_| ()),
                    None => return,
                },
                ready = socket.ready(Interest::READABLE | Interest::ERROR) => {
                    ready.and_then(|ready| match ready.is_error() {
                        true => refusal(&socket),
                        false => self.udp_out(number(), tuple, &socket),
                    })
                }
            };
            match done {
                Err(error) if error.kind() == ErrorKind::ConnectionRefused => {
                    self.dropped(DropReason::BackendUnreachable);
                    self.tell(number(), tuple, Unreachable::Port);
                }
                Err(error) => tracing::debug!(service = service.id, %error, "a datagram is lost"),
                Ok(()) => {}
            }
        }
    }

    /// One datagram of the backend.
    fn udp_out(&self, number: u64, tuple: Tuple, socket: &UdpSocket) -> Result<(), Error> {
        let mut data = [0; LONGEST];
        let length = match socket.try_recv(&mut data) {
            Err(error) if error.kind() == ErrorKind::WouldBlock => return Ok(()),
            received => received?,
        };
        self.udp().touch(&tuple, self.now().monotonic);
        let answer = packet::udp(tuple.reversed(), &data[..length]);
        let Some(answer) = answer.filter(|answer| answer.len() <= self.mtu(number)) else {
            self.dropped(DropReason::PacketTooLarge);
            return Ok(());
        };
        if !self.host.send(number, tuple.source, answer) {
            self.dropped(DropReason::QueueFull);
        }
        Ok(())
    }

    /// Tells the agent that nobody takes its datagrams.
    fn tell(&self, number: u64, tuple: Tuple, why: Unreachable) {
        if let Some(about) = packet::udp(tuple, &[]) {
            self.host.send(number, tuple.source, unreachable(&about, tuple.destination, why));
        }
    }
}

/// What the kernel heard of the backend: that nobody listens there. It is no readiness to read.
fn refusal(socket: &UdpSocket) -> Result<(), Error> {
    let taken = socket.try_io(Interest::ERROR, || {
        Err(SockRef::from(socket).take_error()?.unwrap_or_else(|| ErrorKind::WouldBlock.into()))
    });
    taken.or_else(|error| if error.kind() == ErrorKind::WouldBlock { Ok(()) } else { Err(error) })
}
