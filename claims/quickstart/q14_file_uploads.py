"""File uploads."""

import contextlib
import tempfile
from pathlib import Path

import pytest
import requests
from flask import Flask, request
from hypothesis import example, given
from hypothesis import strategies as st

from claims import Untried, claim, needs, real

CONTENT = b"\x00\xff\r\n--\r\n\n"
FORM = """\
<form method="post" ATTRIBUTES action="/upload" target="frame"><input type="file" name="letter"></form>
<iframe name="frame"></iframe>
<img src="/hold">
<script>
const chosen = new DataTransfer();
chosen.items.add(new File(["Dear Ada"], "letter.txt"));
document.querySelector("input").files = chosen.files;
document.querySelector("form").submit();
</script>
"""
NAME = st.text("abcdef", min_size=1, max_size=3)
UPLOADS = st.lists(st.tuples(NAME, st.binary(max_size=20)), min_size=1, max_size=5)
STEP = st.one_of(
    st.tuples(st.sampled_from(["read", "readline", "readlines"]), st.integers(-1, 30)),
    st.tuples(st.just("seek"), st.integers(0, 30)),
    st.tuples(st.sampled_from(["tell", "__iter__"])),
)


def uploading(app, *uploads):
    """The context of a request that uploads files: the field of each, its name and its content."""
    parts = [(field, (filename, content)) for field, filename, content in uploads]
    sent = requests.Request("POST", "http://localhost", files=parts).prepare()
    return app.test_request_context(method="POST", data=sent.body, content_type=sent.headers["Content-Type"])


@pytest.fixture
def transmitted(tmp_path):
    """Send a form with a file, and those attributes, from a browser; tells whether the request has its content."""

    def sent(attributes):
        app, bodies = Flask("app", root_path=str(tmp_path)), []
        app.add_url_rule("/", "form", lambda: FORM.replace("ATTRIBUTES", attributes))
        app.add_url_rule("/upload", "upload", lambda: bodies.append(request.get_data()) or "", methods=["POST"])
        app.add_url_rule("/hold", "hold", real.hold(lambda: bodies))
        with real.served(app) as url:
            real.browse(url, tmp_path)
        if not bodies or b"letter.txt" not in bodies[0]:
            raise Untried("the browser did not send the form with the file's name")
        return b"Dear Ada" in bodies[0]

    return sent


@claim
@needs("chromium")
def browser_heeds_the_enctype(transmitted):
    """A browser transmits a file of a form with `enctype="multipart/form-data"`, and none without it."""
    assert [transmitted('enctype="multipart/form-data"'), transmitted("")] == [True, False]


def open_in(folder):
    """How many files this process has open in a folder."""
    links = Path("/proc/self/fd")
    if not links.is_dir():
        raise Untried("this system does not say which files a process has open")
    places = []
    for link in links.iterdir():
        with contextlib.suppress(OSError):  # of what was closed meanwhile
            places.append(str(link.readlink()))
    return sum(place.startswith(f"{folder}/") for place in places)


@pytest.fixture
def temporary_files(app, visitor, tmp_path, monkeypatch):
    """Upload a file of a size; returns how many temporary files the server has open while it handles the request."""
    folder = (tmp_path / "temporary").resolve()
    folder.mkdir()
    monkeypatch.setattr(tempfile, "tempdir", str(folder))

    @app.route("/", methods=["POST"])
    def upload():
        letter = request.files["letter"]
        return f"{open_in(folder)} {len(letter.read())}"

    def counted(size):
        count, received = visitor(app)("POST", files={"letter": ("letter.txt", b"a" * size)}).text.split()
        if int(received) != size:
            raise Untried(f"{received} bytes were received of {size}")
        return int(count)

    return counted


@claim
def small_file_is_stored_in_memory(temporary_files):
    """A small file that is uploaded is stored in memory."""
    assert temporary_files(1_000) == 0


@claim
def large_file_is_stored_at_a_temporary_location(temporary_files):
    """A large file that is uploaded is stored at a temporary location on the filesystem."""
    assert temporary_files(2_000_000) == 1


@claim
@given(uploads=UPLOADS)
def each_uploaded_file_is_in_the_dictionary(app, uploads):
    """Each uploaded file is stored in the dictionary `request.files`."""
    with uploading(app, *((field, "letter.bin", content) for field, content in uploads)):
        assert isinstance(request.files, dict)
        assert sorted((field, file.read()) for field, file in request.files.items(multi=True)) == sorted(uploads)


def done(file, steps):
    """What each step of reading a file gives; that of `seek` is not looked at."""
    given = [list(file) if name == "__iter__" else getattr(file, name)(*how) for name, *how in steps]
    return [each for (name, *_), each in zip(steps, given) if name != "seek"]


@claim
@given(content=st.binary(max_size=30) | st.text("ab\n", max_size=30).map(str.encode), steps=st.lists(STEP, max_size=6))
def uploaded_file_behaves_like_a_file(app, tmp_path, content, steps):
    """An uploaded file is read like a file of Python, piece by piece, line by line, from any place."""
    path = tmp_path / "letter.bin"
    path.write_bytes(content)
    with uploading(app, ("letter", "letter.bin", content)), path.open("rb") as file:
        assert done(request.files["letter"], steps) == done(file, steps)


@claim
@given(content=st.binary(max_size=200))
@example(content=bytes(range(256)))  # more than a few bytes, and each of them
def save_stores_the_file(app, tmp_path, content):
    """`save()` stores an uploaded file on the filesystem of the server."""
    path = tmp_path / "saved.bin"
    with uploading(app, ("letter", "letter.bin", content)):
        request.files["letter"].save(str(path))
    assert path.read_bytes() == content


@pytest.fixture
def printed_upload(app, printed, visitor, tmp_path):
    """Upload a file to a view as printed, but for the folder, and an answer in place of the ellipsis.

    Returns the files that there are then, by their paths.
    """

    def stored(piece, filename):
        folder = tmp_path / "server" / "uploads"
        folder.mkdir(parents=True)
        code = printed("quickstart", piece).replace("/var/www/uploads", folder.as_posix())
        code = code.replace("    ...", "    return 'Done'")
        exec(compile(code, f"{piece}.py", "exec"), {"app": app, "request": request})
        visitor(app)("POST", "/upload", files={"the_file": (filename, CONTENT)})
        files = [path for path in tmp_path.rglob("*") if path.is_file()]
        return {path.relative_to(folder.parent).as_posix(): path.read_bytes() for path in files}

    return stored


@claim
@needs("articles/quickstart.rst")
def printed_view_stores_the_file(printed_upload):
    """The first view as printed stores the uploaded file under the path that it names."""
    assert printed_upload("s14_upload", "ada.bin") == {"uploads/uploaded_file.txt": CONTENT}


@claim
def filename_can_be_forged(app, visitor, tmp_path):
    """A client can forge the name of a file that it uploads."""
    app.add_url_rule("/", "upload", lambda: request.files["letter"].filename, methods=["POST"])
    (tmp_path / "letter.txt").write_bytes(CONTENT)
    with (tmp_path / "letter.txt").open("rb") as letter:
        answer = visitor(app)("POST", files={"letter": ("../../etc/passwd", letter)})
    assert answer.text == "../../etc/passwd"


@claim
@needs("articles/quickstart.rst")
def printed_view_stores_under_the_clients_name(printed_upload):
    """The second view as printed stores the uploaded file under its name on the client, made safe."""
    assert printed_upload("s14_secure_upload", "my letter.bin") == {"uploads/my_letter.bin": CONTENT}


@claim
@needs("articles/quickstart.rst")
def printed_view_stores_a_forged_name_in_the_folder(printed_upload):
    """The second view as printed stores a file in the folder, even where its name leads out of there."""
    stored = printed_upload("s14_secure_upload", "../ada.bin")
    assert [path.rpartition("/")[0] for path in stored] == ["uploads"]
