"""A client of ztna-v1 by aioquic."""

import asyncio
import contextlib
import json
import ssl
import struct

from aioquic.asyncio import QuicConnectionProtocol, connect
from aioquic.quic.configuration import QuicConfiguration
from aioquic.quic.events import ConnectionTerminated, DatagramFrameReceived, StopSendingReceived, StreamReset

from schemas import fits

PATIENCE = 5


def message(kind, service, rest=b""):
    """A first byte, a length of one byte, a service id, and what follows."""
    service = service.encode()
    return bytes([kind, len(service)]) + service + rest


def accepted(service):
    return b"\x12\x00" + bytes([len(service)]) + service.encode()


def refused(service, status=2):
    return bytes([0x13, status, len(service)]) + service.encode()


def said(datagram):
    """The JSON in 0x21 or 0x22, as its schema has it; none for other messages."""
    if datagram[:1] == b"\x21":
        datagram = datagram[2 + datagram[1] :]
        return fits("because", json.loads(datagram[2:]))
    return fits("announcement", json.loads(datagram[3:])) if datagram[:1] == b"\x22" else None


class Client(QuicConnectionProtocol):
    def __init__(self, *args, **more):
        super().__init__(*args, **more)
        self.datagrams = asyncio.Queue()
        self.ended = asyncio.get_running_loop().create_future()
        self.refused_streams = []

    def quic_event_received(self, event):
        if isinstance(event, DatagramFrameReceived):
            self.datagrams.put_nowait(event.data)
        elif isinstance(event, ConnectionTerminated) and not self.ended.done():
            self.ended.set_result(event)
        elif isinstance(event, (StreamReset, StopSendingReceived)):
            self.refused_streams.append(event.stream_id)

    def send(self, *datagrams):
        for datagram in datagrams:
            self._quic.send_datagram_frame(datagram)
        self.transmit()

    async def next(self):
        datagram = await asyncio.wait_for(self.datagrams.get(), PATIENCE)
        said(datagram)
        return datagram

    async def is_refused_a_stream(self):
        """Opens one as an agent does that looks for a direct path; whether it is refused in time."""
        number = self._quic.get_next_available_stream_id()
        self._quic.send_stream_data(number, b"\0\0\0\1x")
        self.transmit()
        for _ in range(100):
            if number in self.refused_streams:
                return True
            await asyncio.sleep(0.02)
        return False

    async def until(self, last):
        """What comes before this datagram."""
        found = []
        while (datagram := await self.next()) != last:
            found.append(datagram)
        return found


@contextlib.asynccontextmanager
async def client(world, certificate=None, *, alpn="ztna-v1", wait=True, habits=None):
    """A connection to `world.server`, whose certificate must be of `world.ca` for `world.name`; `certificate` is a PEM file
    with certificate and key. `habits` changes the configuration to what another client's is."""
    configuration = QuicConfiguration(is_client=True, alpn_protocols=[alpn], max_datagram_frame_size=65535)
    configuration.verify_mode = ssl.CERT_REQUIRED
    configuration.load_verify_locations(cadata=world.ca.pem())
    configuration.server_name = world.name
    if certificate:
        configuration.load_cert_chain(certificate, certificate)
    if habits:
        habits(configuration)
    async with connect(
        "127.0.0.1", world.server.port, configuration=configuration, create_protocol=Client, wait_connected=wait
    ) as connection:
        yield connection


def observed(connection):
    """What `0x01` must say: 4 bytes of address, 2 of port."""
    port = connection._transport.get_extra_info("sockname")[1]
    return b"\x01\x7f\x00\x00\x01" + struct.pack("!H", port)
