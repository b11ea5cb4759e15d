//! One flow between the kernel and the stack, and what is done with it.

use std::net::SocketAddr;
use std::time::Duration;

use stack::Cut;
use stack::host::Flow;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};

use crate::path::{Path, TO_KERNEL, TO_STACK};
use crate::random::Random;
use crate::{KERNEL, MTU, STACK};

/// What the path does to packets, in thousandths.
#[derive(Clone, Copy, Debug)]
pub struct Weather {
    delay: u64,
    jitter: u64,
    loss: u64,
    duplicates: u64,
}

impl Weather {
    /// After which times copies of a packet arrive.
    pub fn delays(&self, random: &mut Random) -> Vec<Duration> {
        if random.happens(self.loss) {
            return Vec::new();
        }
        let copies = 1 + usize::from(random.happens(self.duplicates));
        (0..copies).map(|_| Duration::from_millis(self.delay + random.below(self.jitter + 1))).collect()
    }
}

#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Side {
    Kernel,
    Stack,
}

#[derive(Debug)]
pub struct Schedule {
    pub seed: u64,
    pub weather: Weather,
    /// Who connects.
    opener: Side,
    /// Bytes that the kernel and the stack send.
    bytes: [usize; 2],
    /// Who waits for the other's end before it says its own; none: both end when they have sent all.
    waits: Option<Side>,
    /// Who resets the flow once it has received all that is sent to it.
    resets: Option<Side>,
}

impl Schedule {
    pub fn new(seed: u64, _first: u64) -> Self {
        let mut random = Random(seed);
        let weather = Weather {
            delay: random.one_of(&[0, 2, 15]),
            jitter: random.one_of(&[0, 0, 3, 20]),
            loss: random.one_of(&[0, 0, 10, 40]),
            duplicates: random.one_of(&[0, 0, 50, 200]),
        };
        let sizes = [0, 1, 1_000, 20_000, 120_000];
        Self {
            seed,
            weather,
            opener: random.one_of(&[Side::Kernel, Side::Stack]),
            bytes: [random.one_of(&sizes), random.one_of(&sizes)],
            waits: random.one_of(&[None, None, Some(Side::Kernel), Some(Side::Stack)]),
            resets: random.one_of(&[None, None, None, None, Some(Side::Kernel), Some(Side::Stack)]),
        }
    }

    pub async fn run(&self, path: &Path) -> Result<(), String> {
        let (flow, socket) = match self.opener {
            Side::Kernel => {
                let to = SocketAddr::from((STACK, path.port(TO_STACK, self.seed)));
                let (socket, flow) = tokio::join!(TcpStream::connect(to), path.incoming(self.seed));
                (flow, socket.map_err(|fault| fault.to_string())?)
            }
            Side::Stack => {
                let at = SocketAddr::from((KERNEL, path.port(TO_KERNEL, self.seed)));
                let listener = TcpListener::bind(at).await.map_err(|fault| fault.to_string())?;
                let SocketAddr::V4(to) = at else { unreachable!() };
                let flow =
                    path.host.connect(0, STACK, to, usize::from(MTU)).map_err(|no| format!("{no:?}"))?;
                let (opened, accepted) = tokio::join!(flow.opened(), listener.accept());
                opened.map_err(|cut| format!("not opened: {cut:?}"))?;
                (flow, accepted.map_err(|fault| fault.to_string())?.0)
            }
        };
        match self.resets {
            None => self.both_end(flow, socket).await,
            Some(side) => self.one_resets(side, flow, socket).await,
        }
    }

    /// What one side sends; another for each schedule and side.
    fn data(&self, side: Side) -> Vec<u8> {
        let mut random = Random(self.seed ^ (side as u64 + 1) << 40);
        (0..self.bytes[side as usize]).map(|_| random.next() as u8).collect()
    }

    async fn both_end(&self, flow: Flow, mut socket: TcpStream) -> Result<(), String> {
        let (mut read, mut write) = socket.split();
        let (kernel_ended, stack_ended) = (tokio::sync::Notify::new(), tokio::sync::Notify::new());
        let kernel = async {
            let mut all = Vec::new();
            let writing = async {
                write.write_all(&self.data(Side::Kernel)).await?;
                if self.waits == Some(Side::Kernel) {
                    kernel_ended.notified().await;
                }
                write.shutdown().await
            };
            let reading = async {
                read.read_to_end(&mut all).await?;
                kernel_ended.notify_one();
                Ok(())
            };
            tokio::try_join!(writing, reading).map_err(|fault: std::io::Error| format!("kernel: {fault}"))?;
            Ok::<_, String>(all)
        };
        let stack = async {
            let mut all = Vec::new();
            let writing = async {
                flow.write_all(&self.data(Side::Stack)).await?;
                if self.waits == Some(Side::Stack) {
                    stack_ended.notified().await;
                }
                flow.finish();
                Ok(())
            };
            let reading = async {
                while let Some(bytes) = flow.read(|bytes| (bytes.len(), bytes.to_vec())).await? {
                    all.extend(bytes);
                }
                stack_ended.notify_one();
                Ok(())
            };
            tokio::try_join!(writing, reading).map_err(|cut: Cut| format!("stack: {cut:?}"))?;
            Ok::<_, String>(all)
        };
        let (at_kernel, at_stack) = tokio::try_join!(kernel, stack)?;
        let is_equal = at_kernel == self.data(Side::Stack) && at_stack == self.data(Side::Kernel);
        if is_equal { Ok(()) } else { Err("bytes differ".into()) }
    }

    /// All bytes pass both ways; then one side resets, and the other must hear a reset and no end.
    async fn one_resets(&self, side: Side, flow: Flow, mut socket: TcpStream) -> Result<(), String> {
        let (mut read, mut write) = socket.split();
        let mut at_kernel = vec![0; self.bytes[Side::Stack as usize]];
        let to_stack = self.data(Side::Kernel);
        let kernel = async {
            let (written, got) = tokio::join!(write.write_all(&to_stack), read.read_exact(&mut at_kernel));
            written.and(got.map(drop)).map_err(|fault| format!("kernel: {fault}"))
        };
        let stack = async {
            let to_kernel = self.data(Side::Stack);
            let reading = async {
                let mut left = to_stack.len();
                while left > 0 {
                    let most = left;
                    let taken = flow.read(|bytes| (bytes.len().min(most), bytes.len().min(most))).await?;
                    left -= taken.ok_or(Cut::Gone)?;
                }
                Ok(())
            };
            tokio::try_join!(flow.write_all(&to_kernel), reading)
                .map_err(|cut: Cut| format!("stack: {cut:?}"))
        };
        tokio::try_join!(kernel, stack)?;
        match side {
            Side::Stack => {
                drop(flow);
                match socket.read(&mut [0]).await {
                    Err(fault) if fault.kind() == std::io::ErrorKind::ConnectionReset => Ok(()),
                    other => Err(format!("expected a reset at the kernel, found {other:?}")),
                }
            }
            Side::Kernel => {
                stack::splice::reset(&socket);
                drop(socket);
                // The kernel says it once; where that is lost nobody ever hears of it, unless they speak.
                let speaking = async {
                    loop {
                        tokio::time::sleep(Duration::from_millis(500)).await;
                        if let Err(cut) = flow.write_all(b"?").await {
                            return cut;
                        }
                    }
                };
                let cut = tokio::select! { cut = flow.cut() => cut, cut = speaking => cut };
                if cut == Cut::Reset {
                    Ok(())
                } else {
                    Err(format!("expected a reset at the stack, found {cut:?}"))
                }
            }
        }
    }
}
