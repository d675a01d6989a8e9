"""A form for uploading files."""

from pathlib import Path

import pytest
from flask import request
from werkzeug.utils import secure_filename

from claims import claim
from claims.pages import tags

PAGE = """\
<form method="post" enctype="multipart/form-data">
  <input type="file" name="document" required>
  <button>Upload</button>
</form>
"""
CONTENT = b"\x00\xff\r\n--\r\n\n"


@pytest.fixture
def visit(app, visitor):
    """Serve a page with a form for uploading a file, which goes into the application's folder."""

    @app.route("/", methods=["GET", "POST"])
    def upload():
        if request.method == "GET":
            return PAGE
        file = request.files["document"]
        name = secure_filename(file.filename)
        file.save(str(Path(app.root_path, name)))
        return f"Stored {name}"

    return visitor(app)


@claim
def form_for_file_uploading_can_be_created(visit, tmp_path):
    """A form for uploading files can be created in Flask."""
    form, field = tags(visit().text, "form", "input")
    assert (form["method"], form["enctype"], field["type"]) == ("post", "multipart/form-data", "file")
    assert visit("POST", files={field["name"]: ("../ada.bin", CONTENT)}).text == "Stored ada.bin"
    assert (tmp_path / "ada.bin").read_bytes() == CONTENT
