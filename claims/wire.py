"""What goes over the wire: a listener between a client and a server, and a client that keeps every byte."""

import contextlib
import http.client
import socket
import socketserver
import ssl
import threading
from urllib.parse import urlsplit

from claims import Untried, real


def ask(url, method="GET"):
    """Send one request, as HTTP/1.0, over a plain socket; returns the lines of the answer's head, and its body."""
    where = urlsplit(url)
    with socket.create_connection((where.hostname, where.port), timeout=real.PATIENCE) as peer:
        peer.sendall(f"{method} {where.path}?{where.query} HTTP/1.0\r\nHost: {where.netloc}\r\n\r\n".encode())
        peer.shutdown(socket.SHUT_WR)  # Werkzeug waits a while for more, otherwise
        answer = b"".join(iter(lambda: peer.recv(65536), b""))
    head, _, body = answer.partition(b"\r\n\r\n")
    return head.decode("latin-1").split("\r\n"), body


def certificates():
    """The two sides of a TLS connection to this machine: the server's, and that of a client who trusts it."""
    import trustme

    authority = trustme.CA()
    server, client = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER), ssl.SSLContext(ssl.PROTOCOL_TLS_CLIENT)
    authority.issue_cert("127.0.0.1").configure_cert(server)
    authority.configure_trust(client)
    return server, client


class Tap(socketserver.ThreadingTCPServer):
    """Passes on what clients and the server at *port* send each other, and keeps what the clients sent."""

    daemon_threads = True

    def __init__(self, port):
        self.port, self.heard = port, bytearray()
        super().__init__(("127.0.0.1", 0), Passage)


class Passage(socketserver.BaseRequestHandler):
    """One connection through the tap, both ways."""

    def handle(self):
        """Pass on until both sides have ended."""
        with socket.create_connection(("127.0.0.1", self.server.port), timeout=real.PATIENCE) as onward:
            back = threading.Thread(target=passed_on, args=(onward, self.request, bytearray()), daemon=True)
            back.start()
            passed_on(self.request, onward, self.server.heard)
            back.join(real.PATIENCE)


def passed_on(source, target, heard):
    """Pass on all that *source* sends to *target*, and keep it in *heard*."""
    with contextlib.suppress(OSError):  # a side that hangs up ends the conversation, and nothing else
        while data := source.recv(65536):
            heard += data
            target.sendall(data)
        target.shutdown(socket.SHUT_WR)


class Wire:
    """The way to a server, with a listener on it."""

    def __init__(self, scheme, tap, trust):
        self.url, self.tap, self.trust = f"{scheme}://127.0.0.1:{tap.server_address[1]}", tap, trust

    def fetch(self, path="/", **request):
        """Request *path* of the server; see `real.fetch`."""
        try:
            return real.fetch(self.url + path, trust=self.trust, **request)
        except (OSError, http.client.HTTPException) as error:
            raise Untried(f"the request did not reach the server and back: {error!r}") from error

    @property
    def heard(self):
        """All bytes that the listener has seen clients send."""
        return bytes(self.tap.heard)


@contextlib.contextmanager
def tapped(app, tls=False):
    """Serve a WSGI application, over TLS if so wished, with a listener on the way; yields the `Wire`."""
    identity, trust = certificates() if tls else (None, None)
    with real.served(app, identity) as url, Tap(urlsplit(url).port) as tap:
        thread = threading.Thread(target=tap.serve_forever, args=(0.01,), daemon=True)
        thread.start()
        try:
            yield Wire(urlsplit(url).scheme, tap, trust)
        finally:
            tap.shutdown()
            thread.join(real.PATIENCE)
