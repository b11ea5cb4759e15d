"""Its connector, and its test client, which alone has a certificate."""

from client import accepted, message, refused
from packets import ACK, SYN, Read, tcp, udp
from table import ME
from world import DNS, WEB

from .kit import ADDRESSES, as_connector, connected, enforce, serving


async def unnamed(world):
    """As it is, without certificate, it is an agent: it serves nothing."""
    async with connected(world, habits=as_connector) as one:
        one.send(message(0x11, "web"))
        assert await one.next() == refused("web")


async def named_by_service(world):
    """`connector.web.ztna` is the connector `web`, which serves what the YAML gives it."""
    async with serving(world, "web", ["web"]) as one:
        one.send(message(0x11, "dns"))
        assert await one.next() == refused("dns")


async def promoted(world):
    """A refusal is final for it; an unasked `0x12` is not, once the YAML gives it the service."""
    path, _ = world.certificate("web", cn="connector-web", dns=["connector.web.ztna"])
    enforce(world, connectors=[{"id": "home", "services": list(ADDRESSES)}])
    await world.in_force()
    async with connected(world, path, habits=as_connector) as one:
        one.send(message(0x11, "web"))
        assert await one.next() == refused("web")
        enforce(world)
        assert await one.next() == accepted("web")


async def answers(world):
    """UDP from the backend's own address and port, TCP from the virtual one, as bare packets."""
    path, _ = world.certificate("alice", email=["alice@example.com"])
    async with serving(world) as one, connected(world, path) as agent:
        agent.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"?")))
        inner = Read(await one.next()).source
        one.send(udp("10.20.0.7", 5353, inner, 9, b"!"))
        assert await agent.next() == udp(DNS, 53, ME, 9, b"!", ttl=63)
        agent.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN)))
        assert Read(await one.next()).flags == SYN
        one.send(tcp(WEB, 8080, inner, 7, 9, 2, SYN | ACK))
        answer = Read(await agent.next())
        assert (answer.source, answer.destination, answer.flags) == (WEB, ME, SYN | ACK), answer


async def limited(world):
    """The test client's certificate: `agent.<service>.ztna` limits, and `*` is no pattern."""
    for name, allowed in (("dns", ["dns"]), ("*", [])):
        path, _ = world.certificate("tester", email=["alice@example.com"], dns=[f"agent.{name}.ztna"])
        async with serving(world), connected(world, path) as one:
            for service in ("dns", "web"):
                one.send(message(0x10, service))
                assert await one.next() == (accepted if service in allowed else refused)(service)


async def larger(world):
    """The test client's payload of 1,350: once it has shown it, its MSS is what that leaves."""
    path, _ = world.certificate("tester", email=["alice@example.com"])
    async with serving(world) as connector, connected(world, path, habits=as_connector) as one:
        content = bytes(1300 - 28)
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, content)))
        assert Read(await connector.next()).data == content
        option = b"\x02\x04" + (1460).to_bytes(2, "big")
        one.send(message(0x2F, "web", tcp(ME, 7, WEB, 8080, 1, 0, SYN, option)))
        # quinn offers 1,300 bytes towards connection ids of 20: 1,350 less 1, 20, 4, 16 and 9.
        assert Read(await connector.next()).options == b"\x02\x04" + (1300 - 40).to_bytes(2, "big")
