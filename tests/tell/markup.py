"""A page as a parser sees it: its elements, their attributes and their text."""

from dataclasses import dataclass, field
from html.parser import HTMLParser

VOID = {"meta", "link", "br", "img", "input", "hr"}


@dataclass
class Element:
    """One element: its tag, its attributes, and all text within it."""

    tag: str
    attributes: dict[str, str | None]
    text: str = ""


@dataclass
class Page(HTMLParser):
    """Every element of a page, in order; it is well-formed, or parsing it fails."""

    source: str
    elements: list[Element] = field(default_factory=list)
    open: list[Element] = field(default_factory=list)

    def __post_init__(self):
        """Parse the source."""
        super().__init__()
        self.feed(self.source)
        self.close()
        assert not self.open

    def handle_starttag(self, tag, attrs):
        """Take an element up."""
        assert len({name for name, _ in attrs}) == len(attrs), f"an attribute twice: {attrs}"
        element = Element(tag, dict(attrs))
        self.elements.append(element)
        if tag not in VOID:
            self.open.append(element)

    def handle_startendtag(self, tag, attrs):
        """Take an empty element of SVG up."""
        self.elements.append(Element(tag, dict(attrs)))

    def handle_endtag(self, tag):
        """Leave an element."""
        assert self.open.pop().tag == tag

    def handle_data(self, data):
        """Add text to all elements that are open."""
        for element in self.open:
            element.text += data

    def all(self, tag=None, css=None):
        """The elements with a tag and a class."""
        return [
            one
            for one in self.elements
            if tag in (None, one.tag) and css in (None, *(one.attributes.get("class") or "").split())
        ]

    def one(self, tag=None, css=None):
        """The only element with a tag and a class."""
        (found,) = self.all(tag, css)
        return found

    def values(self, attribute):
        """Every value of an attribute."""
        return [one.attributes[attribute] for one in self.elements if attribute in one.attributes]
