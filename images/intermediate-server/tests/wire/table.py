"""What is sent, byte by byte, and what must come out: a row has a name, who sends what, and what each of both hears.

`U` is the unique inner address that the server gave the agent. A row's answers are exact bytes or a function that
checks a packet; whoever is not named hears nothing.
"""

from client import accepted, message, refused
from packets import ACK, RST, SYN, echo, ip, tcp, udp
from world import DNS, WEB

ME = "100.64.0.1"


def packet(**expected):
    """Checks fields of a packet whose checksums are all right."""

    def check(read):
        for field, value in expected.items():
            found = getattr(read, field)
            assert found == value, f"{field}: expected {value!r}, found {found!r} in {read}"

    return check


def icmp(kind, code):
    return packet(protocol=1, kind=kind, code=code, destination=ME)


def to_dns(inner, service="dns"):
    return message(0x2F, service, inner)


def rows(U):
    question = udp(ME, 9, DNS, 53, b"?")
    return [
        # Messages.
        ("register", {"agent": [message(0x10, "dns")]}, {"agent": [accepted("dns")]}),
        ("register again", {"agent": [message(0x10, "dns")]}, {"agent": [accepted("dns")]}),
        ("bytes after a message", {"agent": [message(0x10, "dns", b"more")]}, {"agent": [accepted("dns")]}),
        ("register for nothing", {"agent": [message(0x10, "mail")]}, {"agent": [refused("mail")]}),
        ("register for the empty id", {"agent": [b"\x10\x00"]}, {"agent": [refused("")]}),
        ("an id that is not UTF-8", {"agent": [b"\x10\x02\xc3\x28"]}, {"agent": [refused("", 1)]}),
        ("an id of 255 bytes", {"agent": [message(0x10, "x" * 255)]}, {"agent": [refused("x" * 255)]}),
        ("a message cut short", {"agent": [b"\x10", b"\x10\x05dns", b"\x2f\x03dn", b"\x20"]}, {}),
        ("an agent that offers to serve", {"agent": [message(0x11, "dns")]}, {"agent": [refused("dns")]}),
        ("an agent that offers with announcements", {"agent": [message(0x23, "dns")]}, {"agent": [refused("dns")]}),
        ("what only the server says", {"agent": [accepted("dns"), refused("dns"), b"\x01\x01\x02\x03\x04\x00\x01"]}, {}),
        ("announcements and answers of an agent", {"agent": [b"\x22\x00\x02{}", message(0x21, "dns", b"\x00\x02{}")]}, {}),
        ("first bytes that nobody knows", {"agent": [bytes([first]) + b"\x03dns" for first in UNKNOWN]}, {}),
        ("the same of a connector", {"connector": [bytes([first]) + b"\x03dns" for first in UNKNOWN]}, {}),
        ("an empty datagram", {"agent": [b""], "connector": [b""]}, {}),
        ("serve", {"connector": [message(0x11, "dns")]}, {"connector": [accepted("dns")]}),
        ("serve what is not given", {"connector": [message(0x11, "mail")]}, {"connector": [refused("mail")]}),
        ("a connector that registers", {"connector": [message(0x10, "dns")]}, {"connector": [refused("dns")]}),
        ("a connector that asks why", {"connector": [message(0x20, "dns")]}, {}),
        ("why: allowed", {"agent": [message(0x20, "dns")]}, {"agent": [because("dns", b'{"reason":"allowed"}')]}),
        ("why: unknown", {"agent": [message(0x20, "mail")]}, {"agent": [because("mail", b'{"reason":"service-unknown"}')]}),
        # Packets of an agent.
        ("for a service", {"agent": [to_dns(question)]}, {"connector": [packet(source=U, sport=9, destination=DNS, dport=53, data=b"?")]}),
        ("bare", {"agent": [question]}, {"connector": [packet(source=U, destination=DNS, data=b"?")]}),
        ("bytes after the packet", {"agent": [to_dns(question + b"tail")]}, {"connector": [packet(source=U, data=b"?")]}),
        ("a UDP datagram without checksum", {"agent": [to_dns(without_checksum(question))]}, {"connector": [bytes_of(without_checksum(udp(U, 9, DNS, 53, b"?", ttl=63)))]}),
        ("no data", {"agent": [to_dns(udp(ME, 9, DNS, 53))]}, {"connector": [packet(source=U, data=b"")]}),
        ("an echo", {"agent": [to_dns(echo(ME, DNS, 8, 5))]}, {"connector": [packet(source=U, destination=DNS, kind=8)]}),
        ("a TCP segment", {"agent": [to_dns(tcp(ME, 7, WEB, 8080, 1, 0, SYN), "web")]}, {"connector": [packet(source=U, dport=8080, flags=SYN)]}),
        ("its last hop", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", ttl=2))]}, {"connector": [packet(source=U, ttl=1)]}),
        ("a time to live that ends here", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", ttl=1))]}, {"agent": [icmp(11, 0)]}),
        ("none left", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", ttl=0))]}, {}),
        ("another service's address", {"agent": [to_dns(udp(ME, 9, WEB, 53))]}, {"agent": [icmp(3, 13)]}),
        ("an address of nobody", {"agent": [to_dns(udp(ME, 9, "10.100.0.9", 53))]}, {"agent": [icmp(3, 13)]}),
        ("another port", {"agent": [to_dns(udp(ME, 9, DNS, 54))]}, {"agent": [icmp(3, 13)]}),
        ("another protocol", {"agent": [to_dns(tcp(ME, 9, DNS, 53, 8, 0, SYN))]}, {"agent": [packet(flags=RST | ACK, seq=0, ack=9, source=DNS, sport=53, dport=9)]}),
        ("a denied segment in the middle", {"agent": [to_dns(tcp(ME, 9, WEB, 22, 8, 77, ACK), "web")]}, {"agent": [packet(flags=RST, seq=77, source=WEB, sport=22)]}),
        ("a denied reset", {"agent": [to_dns(tcp(ME, 9, WEB, 22, 8, 77, RST), "web")]}, {}),
        ("a service of nobody", {"agent": [to_dns(question, "mail")]}, {"agent": [icmp(3, 13)]}),
        ("IP options", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", first=0x46, options=b"\x01\x01\x01\x00"))]}, {}),
        ("a first fragment", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", flags=0x2000))]}, {}),
        ("a later fragment", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", flags=0x0001))]}, {}),
        ("a wrong header checksum", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", spoil=1))]}, {}),
        ("a header of 16 bytes", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", first=0x44))]}, {}),
        ("a total length beyond the end", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", **{"spoil": 0}) [:-1])]}, {}),
        ("a UDP length beyond the end", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", length=10))]}, {}),
        ("a UDP length below its header", {"agent": [to_dns(udp(ME, 9, DNS, 53, b"?", length=7))]}, {}),
        ("a TCP header beyond the end", {"agent": [to_dns(short_tcp(), "web")]}, {}),
        ("SCTP", {"agent": [to_dns(ip(132, ME, DNS, b"\0" * 12))]}, {}),
        ("IPv6", {"agent": [to_dns(b"\x60" + b"\0" * 47), b"\x60" + b"\0" * 47]}, {}),
        ("an echo reply", {"agent": [to_dns(echo(ME, DNS, 0, 5))]}, {}),
        ("an ICMP redirect", {"agent": [to_dns(echo(ME, DNS, 5, 5))]}, {}),
        *[(f"from {source}", {"agent": [to_dns(udp(source, 9, DNS, 53))]}, {}) for source in MARTIANS],
        # Answers of a connector; the flow of `question` is live.
        ("an answer", {"connector": [udp(DNS, 53, U, 9, b"!")]}, {"agent": [bytes_of(udp(DNS, 53, ME, 9, b"!", ttl=63))]}),
        ("from the backend", {"connector": [udp("10.20.0.7", 5353, U, 9, b"!")]}, {"agent": [bytes_of(udp(DNS, 53, ME, 9, b"!", ttl=63))]}),
        ("an answer whose time ends here", {"connector": [udp(DNS, 53, U, 9, b"!", ttl=1)]}, {"connector": [packet(kind=11, source=U, destination=DNS)]}),
        ("to another port", {"connector": [udp(DNS, 53, U, 10, b"!")]}, {}),
        ("to another address", {"connector": [udp(DNS, 53, ME, 9, b"!"), udp(DNS, 53, "100.64.9.9", 9, b"!")]}, {}),
        ("from another service", {"connector": [udp(WEB, 53, U, 9, b"!")]}, {}),
        ("of another protocol", {"connector": [tcp(DNS, 53, U, 9, 1, 1, ACK)]}, {}),
        ("an echo's reply", {"connector": [echo(DNS, U, 0, 5)]}, {"agent": [packet(source=DNS, destination=ME, kind=0)]}),
        ("an unasked reply", {"connector": [echo(DNS, U, 0, 6)]}, {}),
        ("an echo of the connector", {"connector": [echo(DNS, U, 8, 5)]}, {}),
        ("an answer with a wrong checksum", {"connector": [udp(DNS, 53, U, 9, b"!", spoil=1)]}, {}),
        ("port unreachable", {"connector": [unreachable(U)]}, {"agent": [quotes]}),
        ("unreachable about a flow of nobody", {"connector": [unreachable(U, 11)]}, {}),
        ("a forged acceptance", {"connector": [accepted("web"), refused("dns"), b"\x01\x01\x02\x03\x04\x00\x01"]}, {}),
        ("a packet for a service", {"connector": [to_dns(udp(DNS, 53, U, 9, b"!"))]}, {}),
    ]


UNKNOWN = [0x00, 0x02, 0x0F, 0x14, 0x1F, 0x24, 0x2E, 0x30, 0x3F, 0x50, 0x60, 0x80, 0xFF]
MARTIANS = ["0.0.0.0", "127.0.0.1", "224.0.0.1", "255.255.255.255", "240.0.0.1", "169.254.1.1", WEB]


def because(service, json):
    return message(0x21, service, len(json).to_bytes(2, "big") + json)


def bytes_of(expected):
    def check(read):
        assert read.raw == expected, f"expected {expected.hex()}, found {read.raw.hex()}"

    check.raw = expected
    return check


def without_checksum(raw):
    return raw[:26] + b"\0\0" + raw[28:]


def short_tcp():
    whole = bytearray(tcp(ME, 7, WEB, 8080, 1, 0, SYN))
    whole[32] = 0xF0
    return bytes(whole)


def unreachable(inner, port=9):
    quoted = udp(inner, port, DNS, 53, b"?")
    from packets import checksum

    body = b"\x03\x03\0\0\0\0\0\0" + quoted
    body = body[:2] + checksum(body).to_bytes(2, "big") + body[4:]
    return ip(1, DNS, inner, body)


def quotes(read):
    assert (read.protocol, read.kind, read.code, read.source, read.destination) == (1, 3, 3, DNS, ME), read
    assert read.data[12:16] == bytes([100, 64, 0, 1]), f"the quoted source is the agent's own: {read}"
