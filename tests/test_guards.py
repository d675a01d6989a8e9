"""The guards of the root conftest: claims and tests speak to nobody but this machine."""

import socket

import pytest

ELSEWHERE = "192.0.2.1"  # an address that is nobody's (RFC 5737)


@pytest.fixture
def tcp():
    """A TCP socket."""
    with socket.socket() as one:
        yield one


@pytest.fixture
def udp():
    """A UDP socket."""
    with socket.socket(type=socket.SOCK_DGRAM) as one:
        yield one


def test_no_connection_to_elsewhere(tcp):
    """To connect to another machine is refused before a packet leaves."""
    with pytest.raises(PermissionError, match=r"loopback only, not to '192\.0\.2\.1'"):
        tcp.connect((ELSEWHERE, 80))


def test_no_connection_to_elsewhere_by_code(tcp):
    """`connect_ex`, which returns an error's number, is refused too."""
    with pytest.raises(PermissionError, match="loopback only"):
        tcp.connect_ex((ELSEWHERE, 80))


def test_no_datagram_to_elsewhere(udp):
    """To send a datagram to another machine is refused."""
    with pytest.raises(PermissionError, match="loopback only"):
        udp.sendto(b"", (ELSEWHERE, 53))


def test_no_look_up_of_a_name():
    """To look a name up is refused, as that asks another machine."""
    with pytest.raises(PermissionError, match=r"loopback only, not to 'example\.org'"):
        socket.getaddrinfo("example.org", 80)


@pytest.mark.parametrize("address", ["0.0.0.0", ""])
def test_no_listener_for_elsewhere(tcp, address):
    """To listen on every address of this machine is refused."""
    with pytest.raises(PermissionError, match="loopback only"):
        tcp.bind((address, 0))


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_loopback_is_free(tcp, host):
    """A server on loopback is found by its address and by its name."""
    tcp.bind(("127.0.0.1", 0))
    tcp.listen()
    with socket.create_connection((host, tcp.getsockname()[1]), timeout=5) as peer:
        assert peer.getpeername() == tcp.getsockname()
