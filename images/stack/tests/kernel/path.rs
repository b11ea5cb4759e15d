//! What lies between the kernel and the stack: each schedule's own weather.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use stack::host::{Flow, Host};
use tokio::sync::oneshot;
use tun_rs::AsyncDevice;

use crate::random::Random;
use crate::schedule::{Schedule, Weather};
use crate::{MTU, STACK};

/// Ports of schedules in which the kernel connects, and of those in which the stack does.
pub const TO_STACK: u16 = 10_000;
pub const TO_KERNEL: u16 = 20_000;

pub struct Path {
    device: AsyncDevice,
    pub host: Arc<Host>,
    first: u64,
    random: Mutex<Random>,
    weather: Mutex<HashMap<u64, Weather>>,
    waiting: Mutex<HashMap<u64, oneshot::Sender<Flow>>>,
    accepted: Mutex<HashMap<u64, oneshot::Receiver<Flow>>>,
}

impl Path {
    pub fn start(device: AsyncDevice, host: Arc<Host>, first: u64) -> Arc<Self> {
        let path = Arc::new(Self {
            device,
            host: Arc::clone(&host),
            first,
            random: Mutex::new(Random(first)),
            weather: Mutex::default(),
            waiting: Mutex::default(),
            accepted: Mutex::default(),
        });
        tokio::spawn(async move { host.run().await });
        tokio::spawn(Arc::clone(&path).from_kernel());
        tokio::spawn(Arc::clone(&path).from_stack());
        tokio::spawn(Arc::clone(&path).accept());
        path
    }

    /// The stack takes the flows of these schedules.
    pub fn accepts(&self, schedules: &[Schedule]) {
        for schedule in schedules {
            let (sender, receiver) = oneshot::channel();
            self.weather.lock().unwrap().insert(schedule.seed, schedule.weather);
            self.waiting.lock().unwrap().insert(schedule.seed, sender);
            self.accepted.lock().unwrap().insert(schedule.seed, receiver);
        }
    }

    /// The flow of a schedule in which the kernel connects.
    pub async fn incoming(&self, seed: u64) -> Flow {
        let receiver = self.accepted.lock().unwrap().remove(&seed).unwrap();
        receiver.await.unwrap()
    }

    pub fn port(&self, base: u16, seed: u64) -> u16 {
        base + (seed - self.first) as u16
    }

    async fn accept(self: Arc<Self>) {
        loop {
            let incoming = self.host.incoming().await;
            let seed = self.first + u64::from(incoming.tuple.destination_port - TO_STACK);
            // A late copy of a SYN whose flow is over already is refused.
            if let Some(waiting) = self.waiting.lock().unwrap().remove(&seed) {
                let _ = waiting.send(incoming.accept(usize::from(MTU)).unwrap());
            }
        }
    }

    async fn from_kernel(self: Arc<Self>) {
        let mut buffer = [0; 2000];
        while let Ok(length) = self.device.recv(&mut buffer).await {
            let packet = buffer[..length].to_vec();
            // The kernel also looks for routers.
            if packet[0] == 0x45 && packet[16..20] == STACK.octets() {
                self.carry(packet, |path, packet| {
                    path.host.receive(0, [&packet[..]], |reason| panic!("the kernel sent {reason}"));
                });
            }
        }
    }

    async fn from_stack(self: Arc<Self>) {
        loop {
            for packet in self.host.packets(0, 16 * 1024).await {
                self.carry(packet, |path, packet| {
                    // A full device drops, as any path.
                    let _ = path.device.try_send(&packet);
                });
            }
        }
    }

    /// Does to a packet what its schedule's weather does.
    fn carry(self: &Arc<Self>, packet: Vec<u8>, deliver: impl Fn(&Self, Vec<u8>) + Send + Copy + 'static) {
        let ports = [20, 22].map(|at| u16::from_be_bytes([packet[at], packet[at + 1]]));
        let index = ports.iter().find_map(|port| match *port {
            TO_STACK..TO_KERNEL => Some(port - TO_STACK),
            TO_KERNEL..30_000 => Some(port - TO_KERNEL),
            _ => None,
        });
        let Some(seed) = index.map(|index| self.first + u64::from(index)) else { return };
        let Some(weather) = self.weather.lock().unwrap().get(&seed).copied() else { return };
        let delays = weather.delays(&mut self.random.lock().unwrap());
        for delay in delays {
            if delay == Duration::ZERO {
                deliver(self, packet.clone());
                continue;
            }
            let (path, packet) = (Arc::clone(self), packet.clone());
            tokio::spawn(async move {
                tokio::time::sleep(delay).await;
                deliver(&path, packet);
            });
        }
    }
}
