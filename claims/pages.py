"""What is on a page: its tags, as a browser would find them."""

from html.parser import HTMLParser


class Tags(HTMLParser):
    """Each tag of a page in its order: its name, its attributes, and the text that follows it before the next tag."""

    def __init__(self, page):
        super().__init__()
        self.found = []
        self.feed(page)
        self.close()

    def handle_starttag(self, tag, attributes):
        """Note a tag."""
        self.found.append((tag, dict(attributes), ""))

    def handle_data(self, data):
        """Note the text within the last tag."""
        if self.found:
            tag, attributes, text = self.found[-1]
            self.found[-1] = (tag, attributes, text + data)

    def handle_endtag(self, tag):
        """Let no later text count for a tag that has ended."""
        self.found.append((f"/{tag}", {}, ""))


def tags(page, *names):
    """The attributes of each tag of these *names* (or of any name) on a page, in their order."""
    return [
        attributes for tag, attributes, _ in Tags(page).found if not tag.startswith("/") and tag in (names or (tag,))
    ]


def texts(page, *names):
    """The text within each tag of these *names*, up to the next tag, without the white space around it."""
    return [text.strip() for tag, _, text in Tags(page).found if tag in names]
