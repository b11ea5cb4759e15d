//! One flow, as a task has it.

use std::future::poll_fn;
use std::sync::Arc;
use std::task::{Context, Poll};

use tunnel::packet::Tuple;
use tunnel::time::Monotonic;

use super::{For, Host};
use crate::{Cut, FlowId, Link, NoFlow, Read, Stack, State, Write};

/// A peer that wants to connect; dropped it is refused.
#[derive(Debug)]
pub struct Incoming {
    pub(super) flow: Option<Flow>,
    /// As the peer sees it: its source is the peer.
    pub tuple: Tuple,
    /// Where its SYN came from.
    pub link: Link,
}

/// One flow.
#[derive(Debug)]
pub struct Flow {
    pub(super) host: Arc<Host>,
    pub(super) id: FlowId,
}

impl Incoming {
    /// Takes it: the peer hears that it is open. `mtu` is the largest packet that its link carries.
    pub fn accept(mut self, mtu: usize) -> Result<Flow, NoFlow> {
        let Some(flow) = self.flow.take() else { return Err(NoFlow::Limit) };
        flow.host.with(|stack, now| stack.accept(flow.id, mtu, now))?;
        Ok(flow)
    }

    /// Waits until the peer gives up.
    pub async fn given_up(&self) {
        if let Some(flow) = &self.flow {
            flow.cut().await;
        }
    }
}

impl Flow {
    /// Waits until the handshake is over.
    pub async fn opened(&self) -> Result<(), Cut> {
        poll_fn(|cx| {
            self.poll(cx, For::Change, |stack, _| match stack.state(self.id) {
                State::Opening => None,
                State::Open => Some(Ok(())),
                State::Cut(cut) => Some(Err(cut)),
            })
        })
        .await
    }

    /// Waits until the flow is cut.
    pub async fn cut(&self) -> Cut {
        poll_fn(|cx| {
            self.poll(cx, For::Change, |stack, _| match stack.state(self.id) {
                State::Opening | State::Open => None,
                State::Cut(cut) => Some(cut),
            })
        })
        .await
    }

    /// Waits until something came, and hands it to `take`, which returns how many bytes of it it took, and anything. None: the
    /// peer ended what it sends.
    pub async fn read<T>(&self, mut take: impl FnMut(&[u8]) -> (usize, T)) -> Result<Option<T>, Cut> {
        poll_fn(|cx| {
            self.poll(cx, For::Reading, |stack, now| match stack.read(self.id, now, &mut take) {
                Read::Some(taken) => Some(Ok(Some(taken))),
                Read::Nothing => None,
                Read::End => Some(Ok(None)),
                Read::Cut(cut) => Some(Err(cut)),
            })
        })
        .await
    }

    /// Waits until there is room, and has `give` write into it; it returns how many bytes it wrote, and anything.
    pub async fn write<T>(&self, mut give: impl FnMut(&mut [u8]) -> (usize, T)) -> Result<T, Cut> {
        poll_fn(|cx| {
            self.poll(cx, For::Writing, |stack, now| match stack.write(self.id, now, &mut give) {
                Write::Some(given) => Some(Ok(given)),
                Write::Full => None,
                Write::Cut(cut) => Some(Err(cut)),
            })
        })
        .await
    }

    /// Writes all of it.
    pub async fn write_all(&self, mut bytes: &[u8]) -> Result<(), Cut> {
        while !bytes.is_empty() {
            let given = self.write(|room| {
                let length = room.len().min(bytes.len());
                room[..length].copy_from_slice(&bytes[..length]);
                (length, length)
            });
            bytes = &bytes[given.await?..];
        }
        Ok(())
    }

    /// The end of what we send, after all that was written.
    pub fn finish(&self) {
        self.host.with(|stack, now| stack.finish(self.id, now));
    }

    fn poll<T>(
        &self,
        cx: &mut Context<'_>,
        what: For,
        ask: impl FnOnce(&mut Stack, Monotonic) -> Option<T>,
    ) -> Poll<T> {
        let now = self.host.now();
        let mut shared = self.host.lock();
        let answer = ask(&mut shared.stack, now);
        if answer.is_none() {
            let waiters = shared.waiters.entry(self.id).or_default();
            waiters.0[what as usize] = Some(cx.waker().clone());
        }
        if shared.wake() {
            self.host.timer.notify_one();
        }
        answer.map_or(Poll::Pending, Poll::Ready)
    }
}

impl Drop for Flow {
    fn drop(&mut self) {
        self.host.lock().waiters.remove(&self.id);
        self.host.with(|stack, now| stack.release(self.id, now));
    }
}
