"""What a machine with `agent up` can do: run in its network namespace."""

import errno, os, socket, struct, subprocess, time

WEB, DNS, OTHER, OWN = "10.100.0.2", "10.100.0.3", "10.100.0.4", "100.64.0.1"
IP_AND_UDP = 28


def mtu():
    with open("/sys/class/net/ztna-test0/mtu") as file:
        return int(file.read())


def tcp():
    sock = socket.create_connection((WEB, 8080), timeout=20)
    assert sock.getsockname()[0] == OWN, sock.getsockname()
    return sock


def echo(sock, data):
    sock.sendall(data)
    got = b""
    while len(got) < len(data):
        piece = sock.recv(65536)
        assert piece, "an end in the middle"
        got += piece
    assert got == data, "other bytes"


def udp(size):
    """The answer to a datagram of this size, or the error that its sender gets."""
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.connect((DNS, 53))
    sock.settimeout(2)
    for _ in range(3):
        try:
            sock.send(bytes(size))
            return len(sock.recv(65536))
        except OSError as fault:
            if fault.errno == errno.EMSGSIZE:
                return "too large"
            assert isinstance(fault, TimeoutError), fault
    return "nothing"


def checksum(data):
    total = sum(struct.unpack("!%dH" % (len(data) // 2), data))
    total = (total & 0xFFFF) + (total >> 16)
    return ~(total + (total >> 16)) & 0xFFFF


def ping(address):
    sock = socket.socket(socket.AF_INET, socket.SOCK_RAW, socket.IPPROTO_ICMP)
    sock.settimeout(5)
    head = struct.pack("!BBHHH", 8, 0, 0, 77, 1)
    sock.sendto(struct.pack("!BBHHH", 8, 0, checksum(head + b"ping"), 77, 1) + b"ping", (address, 0))
    return sock.recv(100)[20]


def resolve(name):
    labels = b"".join(bytes([len(label)]) + label.encode() for label in name.split("."))
    sock = socket.socket(socket.AF_INET, socket.SOCK_DGRAM)
    sock.settimeout(5)
    sock.sendto(struct.pack("!6H", 7, 0x100, 1, 0, 0, 0) + labels + b"\0\0\1\0\1", (OWN, 53))
    answer = sock.recv(512)
    assert answer[3] & 15 == 0, answer
    return socket.inet_ntoa(answer[-4:])


def error_of(act):
    try:
        act()
    except OSError as fault:
        return errno.errorcode[fault.errno]
    return "none"


def move():
    """Another address in place of the machine's own."""
    lines = subprocess.check_output(["ip", "-4", "-o", "addr", "show", "outer"], text=True).split()
    address = lines[3]
    other = address.replace(".2/24", ".3/24")
    subprocess.check_call(["ip", "addr", "add", other, "dev", "outer"])
    subprocess.check_call(["ip", "addr", "del", address, "dev", "outer"])
    if not subprocess.check_output(["ip", "-4", "-o", "addr", "show", "outer"], text=True):
        subprocess.check_call(["ip", "addr", "add", other, "dev", "outer"])


connection = tcp()
echo(connection, os.urandom(300_000))
assert ping(WEB) == 0, "an echo reply"
for size in (0, 1, 1000, mtu() - IP_AND_UDP):
    assert udp(size) == size, (size, udp(size))
for size in (mtu() - IP_AND_UDP + 1, 3000):
    assert udp(size) == "too large", (size, udp(size))
assert resolve("web.ztna") == WEB
assert error_of(lambda: socket.create_connection((OTHER, 22), timeout=20)) == "ECONNREFUSED"
assert error_of(lambda: socket.create_connection(("10.100.0.9", 22), timeout=20)) == "ENETUNREACH"
move()
begin = time.time()
echo(connection, b"still there")
assert time.time() - begin < 5, "%.1f s after the network changed" % (time.time() - begin)
