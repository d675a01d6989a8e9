"""A form for uploading files."""

import re
from pathlib import Path

import pytest
from flask import request
from werkzeug.utils import secure_filename

from claims import Untried, claim, copies, corrects, needs
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
    assert visit("POST", files={field["name"]: ("ada.bin", CONTENT)}).text == "Stored ada.bin"
    assert (tmp_path / "ada.bin").read_bytes() == CONTENT


def words_after_the_colon(question):
    """How many words our copy has between the first colon of an answer and the next question."""
    answer = re.search(rf"^{question}\) (.*?)^{question + 1}\) ", copies.text("top31"), re.DOTALL | re.MULTILINE)
    return len(answer[1].partition(":")[2].split())


@claim(editorial=True, data=True)
@needs("articles/top31.txt")
def announced_code_stands_in_our_copy():
    """The code that the answer announces stands in the copy of it that we have."""
    if not words_after_the_colon(24):
        raise Untried("nothing is found after a colon where there is something")
    assert words_after_the_colon(25) > 0


@corrects(announced_code_stands_in_our_copy)
def multipart_form_uploads_a_file(visit, tmp_path):
    """Users upload files by a `multipart/form-data` form with a file field and a view that saves the file."""
    form, field = tags(visit().text, "form", "input")
    assert (form["method"], form["enctype"], field["type"]) == ("post", "multipart/form-data", "file")
    assert visit("POST", files={field["name"]: ("../ada.bin", CONTENT)}).text == "Stored ada.bin"
    assert (tmp_path / "ada.bin").read_bytes() == CONTENT
