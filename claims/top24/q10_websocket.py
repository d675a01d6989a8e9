"""WebSocket communication."""

import base64
import contextlib
import queue
import socket

import pytest

from claims import Untried, claim, needs, real

HANDSHAKE = "/socket.io/?EIO=4&transport=websocket"


class Peer:
    """A client of Socket.IO that may use nothing but a WebSocket, and keeps what the server tells it."""

    def __init__(self, url, events):
        import socketio

        self.inbox = queue.Queue()
        self.client = socketio.Client(reconnection=False)
        for event in events:
            self.client.on(event, self.inbox.put)
        try:
            self.client.connect(url, transports=["websocket"], wait_timeout=real.PATIENCE)
        except socketio.exceptions.ConnectionError as error:
            raise Untried(f"the client did not connect: {error!r}") from error

    def told(self):
        """What the server tells it next."""
        return self.inbox.get(timeout=real.PATIENCE)


@pytest.fixture
def sockets(app):
    """Flask-SocketIO on `app`: it tells everybody what anybody shouts, and asks a client for its name."""
    import flask_socketio

    extension = flask_socketio.SocketIO(app, async_mode="threading")
    extension.on("shout")(lambda text: extension.emit("shouted", text))
    extension.on("whisper")(lambda text: flask_socketio.emit("whispered", text))
    return extension


@pytest.fixture
def url(app, sockets):
    """Where `app` is served, with Flask-SocketIO on it."""
    with real.served(app) as address:
        yield address


@pytest.fixture
def join(url):
    """Connect a client to `app` that listens to those events."""
    with contextlib.ExitStack() as stack:

        def joined(*events):
            peer = Peer(url, events)
            # At once, for both ends: closing by the protocol waits for seconds, and closing alone wakes no reader.
            stack.callback(lambda: peer.client.eio.ws.sock.shutdown(socket.SHUT_RDWR))
            return peer

        yield joined


@pytest.fixture
def plug(url):
    """Open a bare WebSocket to `app`, which knows nothing of Socket.IO."""
    import websocket

    with contextlib.ExitStack() as stack:

        def plugged(path):
            bare = websocket.create_connection(url.replace("http", "ws") + path, timeout=real.PATIENCE)
            stack.callback(bare.shutdown)
            return bare

        yield plugged


@claim
@needs("simple-websocket")
def messages_go_both_ways(join):
    """Flask-SocketIO carries messages both ways over a WebSocket: client to server, and back."""
    ada = join("whispered")
    ada.client.emit("whisper", "Hello")
    assert ada.client.transport() == "websocket"
    assert ada.told() == "Hello"


@claim
@needs("simple-websocket")
def clients_are_told_of_each_other(join):
    """Flask-SocketIO serves several clients at once: what one sends reaches the others."""
    ada, grace = join("shouted", "whispered"), join("shouted", "whispered")
    ada.client.emit("whisper", "to myself")
    assert ada.told() == "to myself"
    ada.client.emit("shout", "to all")
    assert [ada.told(), grace.told()] == ["to all", "to all"]


@claim
@needs("simple-websocket")
def server_notifies_clients_unasked(app, join, sockets, url):
    """Flask-SocketIO has the server notify its clients of what happens, unasked and at once."""
    app.add_url_rule("/news", "news", lambda: sockets.emit("news", "It rains") or "Published", methods=["POST"])
    ada, grace = join("news"), join("news")
    assert real.fetch(f"{url}/news", method="POST").text == "Published"
    assert [ada.told(), grace.told()] == ["It rains", "It rains"]


@claim
def extension_extends_flask(app, sockets):
    """Flask-SocketIO extends Flask: what handles a message runs in a context of the application."""
    import flask

    sockets.on("where")(lambda: f"{flask.current_app.name} at {flask.request.path}")
    client = sockets.test_client(app)
    assert client.emit("where", callback=True) == "app at /socket.io"


def upgrade(url):
    """Ask for a WebSocket at *url*, as any client of WebSockets does; returns the status of the answer."""
    key = base64.b64encode(bytes(16)).decode()
    asked = {"Connection": "Upgrade", "Upgrade": "websocket", "Sec-WebSocket-Version": "13", "Sec-WebSocket-Key": key}
    return real.fetch(url, headers=asked).status


@claim
@needs("simple-websocket")
def connection_is_a_websocket(plug, url):
    """The connection that Flask-SocketIO gives a client is a WebSocket."""
    assert [upgrade(url + path) for path in (HANDSHAKE, "/")] == [101, 404]
    bare = plug(HANDSHAKE)
    opened = bare.recv()[:7]
    bare.send("40")
    joined = bare.recv()[:8]
    bare.send('42["whisper","Hello"]')
    assert (opened, joined) == ('0{"sid"', '40{"sid"')
    assert bare.recv() == '42["whispered","Hello"]'
