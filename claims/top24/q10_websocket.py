"""WebSocket communication."""

import base64
import contextlib
import queue
import socket

import flask
import pytest

from claims import Untried, claim, needs, real

HANDSHAKE = "/socket.io/?EIO=4&transport=websocket"
UPGRADE = {
    "Connection": "Upgrade",
    "Upgrade": "websocket",
    "Sec-WebSocket-Version": "13",
    "Sec-WebSocket-Key": base64.b64encode(bytes(16)).decode(),
}


class Peer:
    """A client of Socket.IO that keeps what the server sends it."""

    def __init__(self, url, events, **settings):
        import socketio

        self.inbox = queue.Queue()
        self.client = socketio.Client(reconnection=False)
        for event in events:
            self.client.on(event, self.inbox.put)
        try:
            self.client.connect(url, wait_timeout=real.PATIENCE, **settings)
        except socketio.exceptions.ConnectionError as error:
            raise Untried(f"the client did not connect: {error!r}") from error

    def told(self):
        """What the server sends it next."""
        return self.inbox.get(timeout=real.PATIENCE)

    def leave(self):
        """End the connection."""
        if self.client.eio.ws:
            # At once, for both ends: closing by the protocol waits for seconds, and closing alone wakes no reader.
            self.client.eio.ws.sock.shutdown(socket.SHUT_RDWR)
        else:
            self.client.disconnect()


@pytest.fixture
def sockets(app):
    """Flask-SocketIO on `app`: it sends what anybody shouts to everybody, and what one whispers back to that one."""
    import flask_socketio

    extension = flask_socketio.SocketIO(app, async_mode="threading")
    extension.on("shout")(lambda text: extension.emit("shouted", text))
    extension.on("whisper")(lambda text: flask_socketio.emit("whispered", text))
    extension.on("where")(lambda: f"{flask.current_app.name} at {flask.request.path}")
    return extension


@pytest.fixture
def url(app, sockets):
    """Where `app` is served, with Flask-SocketIO on it."""
    with real.served(app) as address:
        yield address


@pytest.fixture
def join(url):
    """Connect a client to `app` that listens to those events, over nothing but a WebSocket unless told otherwise."""
    with contextlib.ExitStack() as stack:

        def joined(*events, transports=("websocket",)):
            peer = Peer(url, events, transports=transports and [*transports])
            stack.callback(peer.leave)
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
    """Flask-SocketIO carries messages both ways over a WebSocket: from client to server, and back."""
    ada = join("whispered")
    ada.client.emit("whisper", "Hello")
    assert ada.client.transport() == "websocket"
    assert ada.told() == "Hello"


@claim
@needs("simple-websocket")
def clients_are_told_of_each_other(join):
    """Flask-SocketIO serves live updates: a handler passes on to all clients what one of them sent."""
    ada, grace = join("shouted", "whispered"), join("shouted", "whispered")
    ada.client.emit("whisper", "to myself")
    if ada.told() != "to myself":
        raise Untried("the server did not answer")
    ada.client.emit("shout", "to all")
    assert [ada.told(), grace.told()] == ["to all", "to all"]


@claim
@needs("simple-websocket")
def server_notifies_clients_unasked(app, join, sockets, url):
    """Flask-SocketIO works in real time: the server notifies its clients without being asked."""
    app.add_url_rule("/news", "news", lambda: sockets.emit("news", "It rains") or "Published", methods=["POST"])
    ada, grace = join("news"), join("news")
    assert real.fetch(f"{url}/news", method="POST").text == "Published"
    assert [ada.told(), grace.told()] == ["It rains", "It rains"]


@claim
@needs("simple-websocket")
def extension_extends_flask(join):
    """Flask-SocketIO extends Flask: what handles a message has `current_app` and `request`."""
    assert join().client.call("where") == "app at /socket.io/"


@claim
@needs("simple-websocket")
def extension_opens_the_websocket(app, serve):
    """With Flask-SocketIO an application opens a WebSocket at a URL where an ordinary view opens none."""
    import flask_socketio

    app.add_url_rule("/socket.io/", "view", lambda: "Hello")
    fetch = serve(app)
    assert fetch(HANDSHAKE, headers=UPGRADE).status != 101
    flask_socketio.SocketIO(app, async_mode="threading")
    assert fetch(HANDSHAKE, headers=UPGRADE).status == 101


@claim
@needs("simple-websocket")
def connection_is_a_websocket(plug):
    """A client can communicate with Flask-SocketIO over a genuine WebSocket."""
    bare = plug(HANDSHAKE)
    opened = bare.recv()[:7]
    bare.send("40")
    joined = bare.recv()[:8]
    if (opened, joined) != ('0{"sid"', '40{"sid"'):
        raise Untried(f"the server did not let a client in: {opened!r}, {joined!r}")
    bare.send('42["whisper","Hello"]')
    assert bare.recv() == '42["whispered","Hello"]'


@claim
@needs("simple-websocket")
def client_comes_to_a_websocket_by_default(join):
    """A client of Socket.IO with its default settings communicates over a WebSocket."""
    ada = join("whispered", transports=None)
    ada.client.emit("whisper", "Hello")
    assert (ada.client.transport(), ada.told()) == ("websocket", "Hello")
