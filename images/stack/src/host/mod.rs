//! A stack that tasks share: what waits for a flow, a link or time is woken. On tokio, by the machine's monotonic clock.
//!
//! Dropping a [`Flow`] gives it back: it ends in the background where both sides said their end, and is reset where not.

mod flow;

use std::collections::{HashMap, VecDeque};
use std::future::poll_fn;
use std::net::{Ipv4Addr, SocketAddrV4};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::task::{Poll, Waker};
use std::time::Instant;

use tokio::sync::Notify;
use tunnel::figures::DropReason;
use tunnel::packet::Tuple;
use tunnel::time::Monotonic;

pub use flow::{Flow, Incoming};

use crate::{Counts, Event, FlowId, Link, NoFlow, Settings, Stack};

/// A stack and what waits for it.
#[derive(Debug)]
pub struct Host {
    origin: Instant,
    shared: Mutex<Shared>,
    timer: Notify,
}

#[derive(Debug)]
struct Shared {
    stack: Stack,
    waiters: HashMap<FlowId, Waiters>,
    links: HashMap<Link, Arc<Notify>>,
    incoming: VecDeque<(FlowId, Tuple, Link)>,
    acceptor: Option<Waker>,
    /// For when the timer is set.
    armed: Option<Monotonic>,
}

/// Who waits for one flow, by what for.
#[derive(Debug, Default)]
struct Waiters([Option<Waker>; 3]);

/// What a task waits for.
#[derive(Clone, Copy)]
enum For {
    Reading,
    Writing,
    Change,
}

impl Host {
    /// No flows yet.
    pub fn new(settings: Settings) -> Arc<Self> {
        let shared = Shared {
            stack: Stack::new(settings),
            waiters: HashMap::new(),
            links: HashMap::new(),
            incoming: VecDeque::new(),
            acceptor: None,
            armed: None,
        };
        Arc::new(Self { origin: Instant::now(), shared: Mutex::new(shared), timer: Notify::new() })
    }

    fn lock(&self) -> MutexGuard<'_, Shared> {
        self.shared.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn now(&self) -> Monotonic {
        Monotonic::since_origin(self.origin.elapsed())
    }

    /// Does something with the stack, and wakes whom that concerns.
    fn with<T>(&self, act: impl FnOnce(&mut Stack, Monotonic) -> T) -> T {
        let now = self.now();
        let mut shared = self.lock();
        let done = act(&mut shared.stack, now);
        if shared.wake() {
            self.timer.notify_one();
        }
        done
    }

    /// Lets time pass for all flows; runs for ever.
    pub async fn run(&self) {
        loop {
            let deadline = {
                let mut shared = self.lock();
                shared.armed = shared.stack.deadline();
                shared.armed.map(|at| self.origin + at.since(Monotonic::default()))
            };
            match deadline {
                None => self.timer.notified().await,
                Some(at) => tokio::select! {
                    () = tokio::time::sleep_until(at.into()) => {}
                    () = self.timer.notified() => {}
                },
            }
            self.with(Stack::advance);
        }
    }

    /// Takes packets that came in on a link; `dropped` hears why one was not taken.
    pub fn receive<'a>(
        &self,
        link: Link,
        packets: impl IntoIterator<Item = &'a [u8]>,
        mut dropped: impl FnMut(DropReason),
    ) {
        self.with(|stack, now| {
            for packet in packets {
                if let Err(reason) = stack.receive(link, packet, now) {
                    dropped(reason);
                }
            }
        });
    }

    /// Waits until there are packets for a link, and returns them: at most so many bytes, but at least one packet.
    /// Ask for no more than what the link takes at once: what waits, waits in its flow, and others get their turns.
    pub async fn packets(&self, link: Link, most: usize) -> Vec<Vec<u8>> {
        let notify = Arc::clone(self.lock().links.entry(link).or_default());
        loop {
            let packets = self.with(|stack, now| {
                let (mut packets, mut bytes) = (Vec::new(), 0);
                while bytes < most {
                    let Some(packet) = stack.next_packet(link, now) else { break };
                    bytes += packet.len();
                    packets.push(packet);
                }
                packets
            });
            if !packets.is_empty() {
                return packets;
            }
            notify.notified().await;
        }
    }

    /// Sends a packet that is no flow's (UDP, ICMP) when its peer's turn comes.
    /// Returns whether there was room for it.
    pub fn send(&self, link: Link, peer: Ipv4Addr, packet: Vec<u8>) -> bool {
        self.with(|stack, _| stack.send(link, peer, packet))
    }

    /// A link is gone.
    pub fn unlink(&self, link: Link) {
        let mut shared = self.lock();
        shared.stack.unlink(link);
        shared.links.remove(&link);
    }

    /// The next one who wants to connect. For one task only.
    pub async fn incoming(self: &Arc<Self>) -> Incoming {
        let (id, tuple, link) = poll_fn(|cx| {
            let mut shared = self.lock();
            match shared.incoming.pop_front() {
                Some(next) => Poll::Ready(next),
                None => {
                    shared.acceptor = Some(cx.waker().clone());
                    Poll::Pending
                }
            }
        })
        .await;
        Incoming { flow: Some(Flow { host: Arc::clone(self), id }), tuple, link }
    }

    /// Connects from an address to another over a link; `mtu` is the largest packet that the link carries. Wait with
    /// [`Flow::opened`] until it is open.
    pub fn connect(
        self: &Arc<Self>,
        link: Link,
        from: Ipv4Addr,
        to: SocketAddrV4,
        mtu: usize,
    ) -> Result<Flow, NoFlow> {
        let id = self.with(|stack, now| stack.connect(link, from, to, mtu, now))?;
        Ok(Flow { host: Arc::clone(self), id })
    }

    /// From now on nobody who wants to connect hears anything.
    pub fn close(&self) {
        self.lock().stack.close();
    }

    /// The same, where there are no flows: none can come in between.
    /// Returns whether there are none.
    pub fn close_where_empty(&self) -> bool {
        let stack = &mut self.lock().stack;
        if stack.is_empty() {
            stack.close();
        }
        stack.is_empty()
    }

    /// What was counted since the last call.
    pub fn counts(&self) -> Counts {
        self.lock().stack.counts()
    }

    /// How many flows there are.
    pub fn len(&self) -> usize {
        self.lock().stack.len()
    }

    /// Whether there are none.
    pub fn is_empty(&self) -> bool {
        self.lock().stack.is_empty()
    }
}

impl Shared {
    /// Wakes whom what happened concerns.
    /// Returns whether the timer must be set anew.
    fn wake(&mut self) -> bool {
        for event in self.stack.events() {
            match event {
                Event::Incoming { flow, tuple, link } => {
                    self.incoming.push_back((flow, tuple, link));
                    self.acceptor.take().into_iter().for_each(Waker::wake);
                }
                Event::Changed(flow) => {
                    let waiters = self.waiters.remove(&flow).unwrap_or_default();
                    waiters.0.into_iter().flatten().for_each(Waker::wake);
                }
            }
        }
        for (link, notify) in &self.links {
            if self.stack.has_packets(*link) {
                notify.notify_one();
            }
        }
        let deadline = self.stack.deadline();
        deadline.is_some_and(|at| self.armed.is_none_or(|armed| at < armed))
    }
}
