"""Inner packets, built and read from the RFCs alone."""

import ipaddress
import struct

SYN, RST, ACK = 0x02, 0x04, 0x10


def checksum(data: bytes) -> int:
    if len(data) % 2:
        data += b"\0"
    total = sum(struct.unpack(f"!{len(data) // 2}H", data))
    while total > 0xFFFF:
        total = (total & 0xFFFF) + (total >> 16)
    return ~total & 0xFFFF


def address(text) -> bytes:
    return ipaddress.IPv4Address(text).packed


def ip(protocol, source, destination, content, *, first=0x45, flags=0x4000, options=b"", length=None, spoil=0, ttl=64) -> bytes:
    total = len(content) + 20 + len(options) if length is None else length
    head = struct.pack("!BBHHHBBH", first, 0, total, 0, flags, ttl, protocol, 0)
    head += address(source) + address(destination) + options
    value = checksum(head) ^ spoil
    return head[:10] + struct.pack("!H", value) + head[12:] + content


def transport(protocol, source, destination, segment, at) -> bytes:
    pseudo = address(source) + address(destination) + struct.pack("!BBH", 0, protocol, len(segment))
    return segment[:at] + struct.pack("!H", checksum(pseudo + segment)) + segment[at + 2 :]


def udp(source, sport, destination, dport, data=b"", *, length=None, **more) -> bytes:
    said = len(data) + 8 if length is None else length
    segment = struct.pack("!HHHH", sport, dport, said, 0) + data
    return ip(17, source, destination, transport(17, source, destination, segment, 6), **more)


def tcp(source, sport, destination, dport, seq, ack, flags, options=b"", data=b"", **more) -> bytes:
    offset = (20 + len(options)) // 4 << 4
    segment = struct.pack("!HHIIBBHHH", sport, dport, seq, ack, offset, flags, 65535, 0, 0) + options + data
    return ip(6, source, destination, transport(6, source, destination, segment, 16), **more)


def echo(source, destination, kind, identifier, data=b"ping", **more) -> bytes:
    message = struct.pack("!BBHHH", kind, 0, 0, identifier, 1) + data
    message = message[:2] + struct.pack("!H", checksum(message)) + message[4:]
    return ip(1, source, destination, message, **more)


class Read:
    """A packet as its receiver reads it; what is not right is an error."""

    def __init__(self, raw: bytes):
        self.raw = raw
        assert raw[0] == 0x45, f"not a bare IPv4 packet: {raw.hex()}"
        assert struct.unpack("!H", raw[2:4])[0] == len(raw), f"total length of {raw.hex()}"
        assert checksum(raw[:20]) == 0, f"header checksum of {raw.hex()}"
        self.ttl, self.protocol = raw[8], raw[9]
        self.source, self.destination = (str(ipaddress.IPv4Address(raw[at : at + 4])) for at in (12, 16))
        content = raw[20:]
        if self.protocol == 1:
            assert checksum(content) == 0, f"ICMP checksum of {raw.hex()}"
            self.kind, self.code = content[0], content[1]
            self.data = content[8:]
            return
        pseudo = raw[12:20] + struct.pack("!BBH", 0, self.protocol, len(content))
        assert checksum(pseudo + content) == 0, f"transport checksum of {raw.hex()}"
        self.sport, self.dport = struct.unpack("!HH", content[:4])
        if self.protocol == 6:
            self.seq, self.ack = struct.unpack("!II", content[4:12])
            self.flags = content[13]
            self.options = content[20 : (content[12] >> 4) * 4]
            self.data = content[(content[12] >> 4) * 4 :]
        else:
            self.data = content[8:]

    def __repr__(self):
        return f"packet {self.raw.hex()}"
