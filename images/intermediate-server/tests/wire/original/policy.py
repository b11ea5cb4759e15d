"""Its agent for macOS: what policy does to it, and what it is told."""

import asyncio

from client import PATIENCE, client, message, observed
from packets import ACK, RST, SYN, Read, tcp, udp
from table import ME, icmp
from world import DNS, WEB

from .kit import allow, as_agent, connected, enforce, move, serving, write_allowed


async def denials(world):
    """A service and a port that no policy gives to clients without certificate."""
    await allow(world, "dns")
    async with connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN)))
        assert Read(await one.next()).flags == RST | ACK
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 54, b"?")))
        icmp(3, 13)(Read(await one.next()))
    await allow(world)


async def device(world):
    """A policy about the device never means it: nothing is known of its device."""
    await allow(world, "dns", device={"managed": ["true"]})
    async with serving(world), connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"?")))
        icmp(3, 13)(Read(await one.next()))
    await allow(world)


async def cut(world):
    """A policy that is taken back resets its running connection, with the number that it expects next."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN)))
        syn = Read(await connector.next())
        connector.send(tcp(WEB, 8080, syn.source, 7, 9, 2, SYN | ACK))
        await one.next()
        one.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 2, 10, ACK)))
        await connector.next()
        write_allowed(world, "dns")
        end = Read(await asyncio.wait_for(one.datagrams.get(), 1))
        assert (end.flags & RST, end.seq, end.source) == (RST, 10, WEB), end
    await allow(world)


async def moves(world):
    """Its flows go on, and it is told its new address."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"before")))
        before = Read(await connector.next())
        transport = await move(one)
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"after")))
        assert await one.next() == observed(one)
        after = Read(await connector.next())
        assert (after.source, after.data) == (before.source, b"after"), after
        transport.close()


async def moves_where_it_matters(world):
    """Its access depends on the network from which it comes: 4, and it comes back."""
    await allow(world, "dns", sources=["127.0.0.0/8"])
    async with connected(world, habits=as_agent) as one:
        transport = await move(one)
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"?")))
        assert (await asyncio.wait_for(one.ended, PATIENCE)).error_code == 4
        transport.close()
    async with connected(world, habits=as_agent):
        pass
    await allow(world)


async def turned_off(world):
    """Without the setting: 1, within a second where it is connected; and whenever it comes back."""
    async with connected(world, habits=as_agent) as one:
        enforce(world)
        assert (await asyncio.wait_for(one.ended, 1)).error_code == 1
    async with client(world, habits=as_agent) as one:
        assert (await asyncio.wait_for(one.ended, PATIENCE)).error_code == 1
    await allow(world)


async def going_away(world):
    """SIGTERM: 0, and it comes back by itself."""
    await allow(world)
    async with connected(world, habits=as_agent) as one:
        await asyncio.to_thread(world.server.stop)
        assert (await asyncio.wait_for(one.ended, PATIENCE)).error_code == 0
