//! Which address of a name is connected: Happy Eyeballs (RFC 8305). Neither a name server that is slow about one family nor an
//! address that does not answer delays a flow by more than its part.

use std::collections::VecDeque;
use std::io::{Error, ErrorKind};
use std::net::SocketAddr;
use std::time::Duration;

use tokio::task::JoinSet;
use tokio::time::{Instant, sleep_until, timeout};

use super::resolve::{Answer, Answers};

/// How long an IPv4 address waits for the answer about IPv6 ("Resolution Delay", RFC 8305 section 8).
const RESOLUTION: Duration = Duration::from_millis(50);

/// After this the next address is tried beside those that have not answered yet ("Connection Attempt Delay").
const STAGGER: Duration = Duration::from_millis(250);

/// How long one address may take: a SYN is sent three times in it.
const ONE: Duration = Duration::from_secs(4);

/// How many are tried.
const TRIES: usize = 8;

/// Addresses that are not tried yet: families take turns, IPv6 first.
#[derive(Debug)]
struct Line {
    six: VecDeque<SocketAddr>,
    four: VecDeque<SocketAddr>,
    is_sixes_turn: bool,
    left: usize,
    /// Why there is no address, or none that takes a connection: what was heard last.
    fault: Error,
}

impl Line {
    fn new() -> Self {
        let fault = Error::new(ErrorKind::NotFound, "the name has no address");
        Self { six: VecDeque::new(), four: VecDeque::new(), is_sixes_turn: true, left: TRIES, fault }
    }

    fn take(&mut self, answer: Answer) {
        match answer.found {
            Ok(found) => found.into_iter().for_each(|address| match address {
                SocketAddr::V6(_) => self.six.push_back(address),
                SocketAddr::V4(_) => self.four.push_back(address),
            }),
            // Of an address that was tried more is known than of a name.
            Err(fault) if self.left == TRIES => self.fault = fault,
            Err(_) => {}
        }
    }

    fn is_empty(&self) -> bool {
        self.left == 0 || (self.six.is_empty() && self.four.is_empty())
    }

    fn next(&mut self) -> Option<SocketAddr> {
        self.left = self.left.checked_sub(1)?;
        let (first, second) = match self.is_sixes_turn {
            true => (&mut self.six, &mut self.four),
            false => (&mut self.four, &mut self.six),
        };
        let address = first.pop_front().or_else(|| second.pop_front())?;
        self.is_sixes_turn = address.is_ipv4();
        Some(address)
    }
}

/// Connects to whichever address answers first, each begun in its turn; the others are dropped.
/// Returns why the last one did not where none does.
pub async fn race<T: Send + 'static, F>(
    mut answers: Answers,
    connect: impl Fn(SocketAddr) -> F,
) -> Result<T, Error>
where
    F: Future<Output = Result<T, Error>> + Send + 'static,
{
    let mut line = Line::new();
    let mut attempts = JoinSet::new();
    let mut next = Instant::now();
    let mut has_begun = false;
    loop {
        tokio::select! {
            biased;
            Some(ended) = attempts.join_next() => match ended {
                Ok(Ok(connected)) => return Ok(connected),
                Ok(Err(fault)) => (line.fault, next) = (fault, Instant::now()),
                Err(_) => next = Instant::now(),
            },
            Some(answer) = answers.next() => {
                line.take(answer);
                if !has_begun {
                    let is_six_awaited = answers.is_awaited() && line.six.is_empty();
                    next = Instant::now() + if is_six_awaited { RESOLUTION } else { Duration::ZERO };
                }
            }
            () = sleep_until(next), if !line.is_empty() => {
                if let Some(address) = line.next() {
                    attempts.spawn(within(connect(address)));
                    (has_begun, next) = (true, Instant::now() + STAGGER);
                }
            }
            else => return Err(line.fault),
        }
    }
}

async fn within<T>(attempt: impl Future<Output = Result<T, Error>>) -> Result<T, Error> {
    let late = || Error::new(ErrorKind::TimedOut, "no answer");
    timeout(ONE, attempt).await.map_err(|_| late())?
}
