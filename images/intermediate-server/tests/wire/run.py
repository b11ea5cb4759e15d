"""Plays agents and connectors, good and bad, against the server at ZTNA_SERVER."""

import asyncio
import json
import sys
import tempfile
import traceback

import beside
import original
import rotation
from client import PATIENCE, accepted, client, message, observed, refused
from packets import ACK, RST, SYN, Read, tcp, udp
from table import ME, because, rows
from schemas import fits
from world import DNS, WEB, Ca, World, fingerprint

ALLOWED = because("dns", b'{"reason":"allowed"}')


async def heard(agent, connector):
    """What both have heard: each asks something whose answer comes last, the agent again, since what the connector sent
    comes to it."""
    agent.send(message(0x20, "dns"))
    to_agent = await agent.until(ALLOWED)
    connector.send(message(0x11, "dns"))
    to_connector = await connector.until(accepted("dns"))
    agent.send(message(0x20, "dns"))
    return {"agent": to_agent + await agent.until(ALLOWED), "connector": to_connector}


def compare(expected, found):
    assert len(expected) == len(found), f"expected {len(expected)} datagrams, found {[one.hex() for one in found]}"
    for want, have in zip(expected, found):
        if isinstance(want, bytes):
            assert want == have, f"expected {want.hex()}, found {have.hex()}"
        elif getattr(want, "raw", None) is not None:
            assert want.raw == have, f"expected {want.raw.hex()}, found {have.hex()}"
        else:
            want(Read(have))


async def play(row, agent, connector):
    """One row. Where its own answer is that of the question which comes last, one of both is left over."""
    _, sends, expects = row
    for who, datagrams in sends.items():
        (agent if who == "agent" else connector).send(*datagrams)
    if expects == {"agent": [ALLOWED]}:
        assert await agent.next() == ALLOWED
        expects = {}
    if expects == {"connector": [accepted("dns")]}:
        assert await connector.next() == accepted("dns")
        expects = {}
    found = await heard(agent, connector)
    for who in ("agent", "connector"):
        compare(expects.get(who, []), found[who])


async def begin(world):
    """A connector that serves both services, and an agent; the agent's unique inner address."""
    agent_path, _ = world.certificate("alice", email=["alice@example.com"])
    connector_path, _ = world.certificate("home", cn="connector-home", dns=["connector.home.ztna"])
    return agent_path, connector_path


async def table(world, report):
    agent_path, connector_path = await begin(world)
    async with client(world, connector_path) as connector, client(world, agent_path) as agent:
        for one in (agent, connector):
            first = await one.next()
            await report("the observed address", equal(first, observed(one)))
        for service in ("dns", "web"):
            connector.send(message(0x11, service))
            assert await connector.next() == accepted(service)
        agent.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"first")))
        inner = Read(await connector.next()).source
        for row in rows(inner):
            await report(row[0], play(row, agent, connector))


async def equal(found, expected):
    assert found == expected, f"expected {expected!r}, found {found!r}"


async def closes(world, code, **says):
    """A client with such a certificate is closed with this code."""
    path = world.certificate("closing", **says)[0] if says else None
    async with client(world, path) as connection:
        ended = await asyncio.wait_for(connection.ended, PATIENCE)
        assert (ended.error_code, ended.frame_type) == (code, None), f"{ended}"


async def alerts(world, path):
    """A client with such a certificate gets a TLS alert."""
    try:
        async with client(world, path) as connection:
            ended = await asyncio.wait_for(connection.ended, PATIENCE)
            assert 0x100 <= ended.error_code < 0x200 and ended.frame_type is not None, f"{ended}"
    except ConnectionError:
        pass


async def clients(world, report):
    await report("no certificate: 1", closes(world, 1))
    two = {"email": ["alice@example.com", "bob@example.com"]}
    await report("two principals: 1", closes(world, 1, **two))
    await report("expired: 2", closes(world, 2, email=["alice@example.com"], valid=(-7200, -60)))
    path, made = world.certificate("revoked", email=["alice@example.com"])
    async with client(world, path) as connection:
        await connection.next()
        world.enforce(revoked=[fingerprint(made)])
        ended = await asyncio.wait_for(connection.ended, 1)
        await report("revoked while connected: 2, within a second", equal(ended.error_code, 2))
    world.enforce()
    other = world.folder / "other.pem"
    Ca("Another CA").leaf(other, email=["alice@example.com"])
    await report("a certificate of another CA", alerts(world, other))
    await report("a CA as leaf", alerts(world, world.certificate("ca", email=["alice@example.com"], is_ca=True)[0]))
    await report("another protocol", another_protocol(world))
    await report("a stream for a direct path", stream(world))
    await report("MSS both ways", mss(world))
    await report("announcements", announcements(world))
    await report("a refused registration is promoted", promotion(world))
    await report("a running flow is cut within a second", cut(world))


async def another_protocol(world):
    path, _ = world.certificate("alice", email=["alice@example.com"])
    try:
        async with client(world, path, alpn="h3") as connection:
            await asyncio.wait_for(connection.ended, PATIENCE)
    except ConnectionError:
        return
    raise AssertionError("h3 was accepted")


async def stream(world):
    agent_path, _ = await begin(world)
    async with client(world, agent_path) as agent:
        assert await agent.is_refused_a_stream()


async def mss(world):
    """aioquic's payloads have 1,200 bytes: 1126 less the id, the server's connection ids having 8 bytes."""
    agent_path, connector_path = await begin(world)
    async with client(world, connector_path) as connector, client(world, agent_path) as agent:
        await connector.next()
        await agent.next()
        connector.send(message(0x11, "web"))
        assert await connector.next() == accepted("web")
        option = b"\x02\x04" + (1460).to_bytes(2, "big")
        agent.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN, option)))
        syn = Read(await connector.next())
        assert syn.options == b"\x02\x04" + (1126 - 3).to_bytes(2, "big"), syn
        connector.send(tcp(WEB, 8080, syn.source, 7, 9, 2, SYN | ACK, option))
        answer = Read(await agent.next())
        assert answer.options == b"\x02\x04" + (1126 - 3).to_bytes(2, "big"), answer


async def announcements(world):
    """`0x23` in place of `0x11`: `0x22` before each packet of a flow until it is answered."""
    agent_path, connector_path = await begin(world)
    async with client(world, connector_path) as connector, client(world, agent_path) as agent:
        await connector.next()
        where = await agent.next()
        connector.send(message(0x23, "web"))
        assert await connector.next() == accepted("web")
        for _ in range(2):
            agent.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN)))
            announced = await connector.next()
            assert announced[0] == 0x22 and int.from_bytes(announced[1:3], "big") == len(announced) - 3, announced
            syn = Read(await connector.next())
            port = int.from_bytes(where[5:7], "big")
            said = {"inner": syn.source, "address": f"127.0.0.1:{port}", "principal": "alice@example.com", "device": {}}
            assert json.loads(announced[3:]) == said, announced
        connector.send(tcp(WEB, 8080, syn.source, 7, 9, 2, SYN | ACK))
        await agent.next()
        agent.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 2, 10, ACK, data=b"!")))
        assert Read(await connector.next()).data == b"!"


async def promotion(world):
    """Nobody serves it, then somebody does: an unasked `0x12`."""
    agent_path, connector_path = await begin(world)
    async with client(world, agent_path) as agent:
        await agent.next()
        agent.send(message(0x10, "web"))
        assert await agent.next() == refused("web")
        async with client(world, connector_path) as connector:
            await connector.next()
            connector.send(message(0x11, "web"))
            assert await agent.next() == accepted("web")


async def cut(world):
    """Another file: both ends get a reset with the number that they expect."""
    agent_path, connector_path = await begin(world)
    async with client(world, connector_path) as connector, client(world, agent_path) as agent:
        await connector.next()
        await agent.next()
        connector.send(message(0x11, "web"))
        assert await connector.next() == accepted("web")
        agent.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN)))
        syn = Read(await connector.next())
        connector.send(tcp(WEB, 8080, syn.source, 7, 9, 2, SYN | ACK))
        await agent.next()
        agent.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 2, 10, ACK)))
        await connector.next()
        world.enforce(grants=[("dns", 53)])
        to_agent = Read(await asyncio.wait_for(agent.datagrams.get(), 1))
        to_connector = Read(await asyncio.wait_for(connector.datagrams.get(), 1))
        assert (to_agent.flags & RST, to_agent.seq) == (RST, 10), to_agent
        assert (to_connector.flags & RST, to_connector.seq, to_connector.source) == (RST, 2, syn.source), to_connector
        world.enforce()


async def answers(server):
    for name in ("figures", "applied"):
        fits(name, json.loads(server.get(f"/{name}")))


async def lines(server, least):
    """Every line of the access log is one, and there are some."""
    found = [fits("access-log", json.loads(line)) for line in server.access_log.read_text().splitlines()]
    assert len(found) >= least, f"{len(found)} lines"


async def main():
    passed, failed = 0, 0

    async def report(name, check):
        nonlocal passed, failed
        try:
            await check
            passed += 1
        except Exception:
            failed += 1
            print(f"FAILED {name}\n{traceback.format_exc(limit=3)}")

    with tempfile.TemporaryDirectory() as folder:
        world = World(folder)
        world.enforce()
        world.start()
        try:
            await table(world, report)
            await clients(world, report)
            await report("figures and what is applied, as their schemas say", answers(world.server))
        finally:
            world.server.stop()
        await report("the access log, as its schema says", lines(world.server, 10))
        await report("the shared keys as Terraform makes them", rotation.check(world))
        await original.play(report)
        await beside.play(report)
    print(f"{passed} passed, {failed} failed, 0 skipped")
    return 1 if failed or not passed else 0


if __name__ == "__main__":
    sys.exit(asyncio.run(main()))
