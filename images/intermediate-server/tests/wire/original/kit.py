"""What tests of the original's clients need: their habits, a company for them, and the two ends of a path."""

import asyncio
import contextlib
import socket
import ssl

from client import accepted, client, message, observed
from world import DNS, WEB, instant

#: As long as an id can be.
LONG = "a" * 63

ADDRESSES = {"dns": DNS, "web": WEB, LONG: "10.100.0.4"}


def as_agent(configuration):
    """The agent's habits; `verifyPeer` is false unless somebody sets it."""
    configuration.server_name = "ztna-server"
    configuration.verify_mode = ssl.CERT_NONE
    configuration.connection_id_length = 16
    configuration.max_datagram_size = 1200
    configuration.idle_timeout = 30.0


def as_verifying_agent(configuration):
    """The agent's habits with `verifyPeer: true` and `caCertPath`."""
    as_agent(configuration)
    configuration.verify_mode = ssl.CERT_REQUIRED


def as_connector(configuration):
    """The connector's habits. Its server's address stands for a name: aioquic asks for none that is an address."""
    configuration.server_name = "127.0.0.1"
    configuration.verify_mode = ssl.CERT_NONE
    configuration.connection_id_length = 20
    configuration.max_datagram_size = 1350
    configuration.idle_timeout = 30.0


def ports(service):
    return [[53, 53]] if service == "dns" else [[8080, 8080]]


def enforce(world, **more):
    """Three services, and a connector `web` beside `home`, as the original names one by its service."""
    protocols = {"dns": "udp"}
    services = [
        {"id": name, "protocol": protocols.get(name, "tcp"), "ports": ports(name), "virtualIp": address}
        for name, address in ADDRESSES.items()
    ]
    connectors = [{"id": "home", "services": list(ADDRESSES)}, {"id": "web", "services": ["web"]}]
    world.enforce(**{"services": services, "connectors": connectors} | more)


def grants(*services, **more):
    """What clients without certificate may do."""
    lasts = {"notBefore": instant(-60), "notAfter": instant(600)} | more
    given = [{"service": name, "ports": ports(name)} | lasts for name in services]
    return {"reaches": sorted(services), "grants": given}


def write_allowed(world, *services, **more):
    """`clients: { withoutCertificate: allowed }`, and a policy for these services; all, where none is named."""
    enforce(world, withoutCertificate=grants(*services or ("dns", "web", LONG), **more))


async def allow(world, *services, **more):
    write_allowed(world, *services, **more)
    await world.in_force()


@contextlib.asynccontextmanager
async def connected(world, certificate=None, **more):
    """A connection that has heard its address."""
    async with client(world, certificate, **more) as connection:
        assert await connection.next() == observed(connection)
        yield connection


@contextlib.asynccontextmanager
async def serving(world, name="home", services=tuple(ADDRESSES)):
    """A connector that serves these."""
    path, _ = world.certificate(name, cn=f"connector-{name}", dns=[f"connector.{name}.ztna"])
    async with connected(world, path, habits=as_connector) as connection:
        for service in services:
            connection.send(message(0x11, service))
            assert await connection.next() == accepted(service)
        yield connection


async def move(connection):
    """From now on it sends from another port, as behind a NAT that forgot it; whoever calls closes what is returned."""
    own = socket.socket(socket.AF_INET6, socket.SOCK_DGRAM)
    own.setsockopt(socket.IPPROTO_IPV6, socket.IPV6_V6ONLY, 0)
    own.bind(("::", 0))
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(lambda: connection, sock=own)
    return transport
