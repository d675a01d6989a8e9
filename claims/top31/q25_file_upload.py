"""A form for uploading files."""

from html.parser import HTMLParser

from claims import claim, corrects

# The article announces code, and prints none.
PRINTED = ""
WORKING = """\
from pathlib import Path

from flask import request
from werkzeug.utils import secure_filename

@app.route("/upload", methods=["GET", "POST"])
def upload():
    if request.method == "POST":
        file = request.files["document"]
        file.save(str(Path(app.root_path, secure_filename(file.filename))))
        return "Stored"
    return '''
        <form method="post" enctype="multipart/form-data">
          <input type="file" name="document">
          <button>Upload</button>
        </form>
    '''
"""
CONTENT = b"\x00\xff\r\n--\r\n\n"


class Forms(HTMLParser):
    """The forms of a page: of each, how it is sent, and the types of its fields."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)

    def handle_starttag(self, tag, attributes):
        """Note a form, or a field of it."""
        said = dict(attributes)
        if tag == "form":
            self.found.append((said.get("method", "get"), said.get("enctype"), []))
        elif tag == "input":
            self.found[-1][-1].append(said["type"])


def program(source, app):
    """Run the program *source*, which adds to *app*."""
    exec(compile(source, "upload.py", "exec"), {"app": app})
    return app


def forms(app, request):
    """Every form on the pages of *app*: its method, its encoding, the types of its fields."""
    pages = [rule.rule for rule in app.url_map.iter_rules() if not rule.arguments]
    return [form for page in pages for form in Forms(request("GET", page).text).found]


@claim
def code_creates_an_upload_form(app, visitor):
    """The code that the answer gives creates a form for uploading files."""
    request = visitor(program(PRINTED, app))
    assert forms(app, request) == [("post", "multipart/form-data", ["file"])]


@corrects(code_creates_an_upload_form)
def code_with_a_file_field_uploads_files(app, visitor, tmp_path):
    """Code that serves a multipart form with a file field, and saves what is posted, uploads files."""
    request = visitor(program(WORKING, app))
    assert forms(app, request) == [("post", "multipart/form-data", ["file"])]
    assert request("POST", "/upload", files={"document": ("ada.bin", CONTENT)}).text == "Stored"
    assert (tmp_path / "ada.bin").read_bytes() == CONTENT
