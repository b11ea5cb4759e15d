"""Its agent for macOS: what works without a certificate."""

from client import accepted, client, message, observed, refused
from packets import ACK, SYN, Read, echo, tcp, udp
from table import ME
from world import DNS

from .kit import ADDRESSES, as_agent, as_verifying_agent, connected, serving

#: The largest DATAGRAM that the agent sends towards connection ids of 8 bytes: 1,200 less short header (1), id (8), packet
#: number (4), tag (16), and type and length of the frame (3).
LARGEST = 1200 - 1 - 8 - 4 - 16 - 3


async def lets_in(world):
    """No certificate, an IP address, a name that no DNS knows; what it may rely on of the transport."""
    for habits in (as_agent, as_verifying_agent):
        async with client(world, habits=habits) as one:
            assert await one.next() == observed(one)
            assert one._quic._remote_max_idle_timeout == 30, "it pings every 10 s and waits for 30"
            assert one._quic._remote_max_datagram_frame_size >= 1350


async def sends_unregistered(world):
    """`0x2F` with no `0x10` before it."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"?")))
        question = Read(await connector.next())
        connector.send(udp(DNS, 53, question.source, 9, b"!"))
        assert await one.next() == udp(DNS, 53, ME, 9, b"!", ttl=63)


async def registers(world):
    """At 0, 2 and 4 s: the same three times, one answer for each."""
    async with serving(world), connected(world, habits=as_agent) as one:
        for _ in range(3):
            one.send(message(0x10, "web"))
            assert await one.next() == accepted("web")
        one.send(message(0x10, "mail"))
        assert await one.next() == refused("mail")


async def two_at_once(world):
    """Both have the inner address 100.64.0.1 and use the same ports."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one, connected(world, habits=as_agent) as other:
        both = {b"one": one, b"other": other}
        for name, each in both.items():
            each.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, name)))
        asked = [Read(await connector.next()) for _ in both]
        assert len({question.source for question in asked}) == 2, asked
        for question in asked:
            connector.send(udp(DNS, 53, question.source, 9, question.data + b"!"))
        for name, each in both.items():
            assert Read(await each.next()).data == name + b"!"


async def largest_udp(world):
    """The largest inner packet that it can send arrives whole, as does the answer of the same size."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        content = bytes(LARGEST - 2 - len("dns") - 28)
        question = message(0x2F, "dns", udp(ME, 9, DNS, 53, content))
        assert len(question) == LARGEST == 1168
        one.send(question)
        asked = Read(await connector.next())
        assert asked.data == content
        connector.send(udp(DNS, 53, asked.source, 9, content))
        assert Read(await one.next()).data == content


async def larger_answers(world):
    """quinn offers 1,304 bytes towards connection ids of 16: 1,350 less 1, 16, 4, 16 and 9. The sender of more is told so."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"?")))
        asked = Read(await connector.next())
        for size in (1304, 1305):
            connector.send(udp(DNS, 53, asked.source, 9, bytes(size - 28)))
        assert len(await one.next()) == 1304
        told = Read(await connector.next())
        # The MTU is in the last 2 of the 4 bytes before the quoted packet (RFC 1191 section 4).
        assert (told.kind, told.code, told.raw[26:28]) == (3, 4, (1304).to_bytes(2, "big")), told


async def largest_tcp(world, service):
    """Whatever both ends offer, the MSS is what the agent can carry, and full segments arrive both ways."""
    most = 1126 - len(service)
    to, option = ADDRESSES[service], b"\x02\x04" + (1460).to_bytes(2, "big")
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        one.send(message(0x2F, service, tcp(ME, 7, to, 8080, 1, 0, SYN, option)))
        syn = Read(await connector.next())
        connector.send(tcp(to, 8080, syn.source, 7, 9, 2, SYN | ACK, option))
        answer = Read(await one.next())
        for found in (syn, answer):
            assert found.options == b"\x02\x04" + most.to_bytes(2, "big"), found
        full = message(0x2F, service, tcp(ME, 7, to, 8080, 2, 10, ACK, data=bytes(most)))
        assert len(full) == LARGEST
        one.send(full)
        assert Read(await connector.next()).data == bytes(most)
        connector.send(tcp(to, 8080, syn.source, 7, 10, 2 + most, ACK, data=bytes(most)))
        assert Read(await one.next()).data == bytes(most)


async def pings(world):
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        one.send(message(0x2F, "dns", echo(ME, DNS, 8, 5)))
        asked = Read(await connector.next())
        connector.send(echo(DNS, asked.source, 0, 5))
        answer = Read(await one.next())
        assert (answer.source, answer.destination, answer.kind) == (DNS, ME, 0), answer


async def direct_path(world):
    """The stream by which it looks for a direct path is refused; it stays on the relay."""
    async with serving(world) as connector, connected(world, habits=as_agent) as one:
        assert await one.is_refused_a_stream()
        one.send(message(0x2F, "dns", udp(ME, 9, DNS, 53, b"?")))
        assert Read(await connector.next()).data == b"?"
