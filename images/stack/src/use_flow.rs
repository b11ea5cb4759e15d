//! What the holder of a flow does with it.

use smoltcp::socket::tcp::RecvError;
use tunnel::time::Monotonic;

use crate::entry::{Finish, Phase};
use crate::{Cut, FlowId, Read, Stack, Write};

impl Stack {
    /// Hands what came, in one piece, to `take`, which returns how many bytes of it it took, and anything.
    pub fn read<T>(
        &mut self,
        flow: FlowId,
        now: Monotonic,
        take: impl FnOnce(&[u8]) -> (usize, T),
    ) -> Read<T> {
        let Some(entry) = self.flows.get_mut(&flow) else { return Read::Cut(Cut::Gone) };
        let live = match &mut entry.phase {
            Phase::Live(live) => live,
            Phase::Waiting(_) => {
                entry.wants_read = true;
                return Read::Nothing;
            }
            Phase::Cut(cut) => return Read::Cut(*cut),
            Phase::Over(_) => return Read::Cut(Cut::Gone),
        };
        if live.can_read() && entry.opened {
            return match live.read(take) {
                Ok(taken) => {
                    self.settle(flow, now);
                    Read::Some(taken)
                }
                Err(_) => Read::Cut(Cut::Reset),
            };
        }
        match live.read(|_| (0, ())) {
            Err(RecvError::Finished) => Read::End,
            _ => {
                entry.wants_read = true;
                Read::Nothing
            }
        }
    }

    /// Has `give` write into the room that is there, in one piece; it returns how many bytes it wrote, and anything.
    pub fn write<T>(
        &mut self,
        flow: FlowId,
        now: Monotonic,
        give: impl FnOnce(&mut [u8]) -> (usize, T),
    ) -> Write<T> {
        let Some(entry) = self.flows.get_mut(&flow) else { return Write::Cut(Cut::Gone) };
        let live = match &mut entry.phase {
            Phase::Live(live) => live,
            Phase::Waiting(_) => {
                entry.wants_write = true;
                return Write::Full;
            }
            Phase::Cut(cut) => return Write::Cut(*cut),
            Phase::Over(_) => return Write::Cut(Cut::Gone),
        };
        if entry.finish != Finish::No || live.is_over() {
            return Write::Cut(Cut::Gone);
        }
        if live.room() == 0 {
            entry.wants_write = true;
            return Write::Full;
        }
        match live.write(give) {
            Some(given) => {
                self.settle(flow, now);
                Write::Some(given)
            }
            None => Write::Cut(Cut::Reset),
        }
    }

    /// Whether there is room to write; where there is none, [`crate::Event::Changed`] comes.
    pub fn room(&mut self, flow: FlowId, now: Monotonic) -> Write<usize> {
        self.write(flow, now, |room| (0, room.len()))
    }

    /// The end of what we send, after all that was written. Reading goes on.
    pub fn finish(&mut self, flow: FlowId, now: Monotonic) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        if entry.finish == Finish::No {
            entry.finish = Finish::Said;
        }
        self.settle(flow, now);
    }

    /// Gives a flow back. Where we finished and read the peer's end, what is on its way still arrives; else it is reset.
    pub fn release(&mut self, flow: FlowId, now: Monotonic) {
        let Some(entry) = self.flows.get_mut(&flow) else { return };
        entry.released = true;
        let is_finished = entry.is_finished();
        match &mut entry.phase {
            Phase::Live(live) => {
                if !(is_finished && live.is_read()) {
                    entry.replies.clear();
                    entry.flight.forget();
                    live.abort();
                }
                self.settle(flow, now);
            }
            Phase::Waiting(_) => self.refuse(flow, now),
            Phase::Cut(_) => self.forget(flow),
            Phase::Over(_) => {}
        }
    }
}
