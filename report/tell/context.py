"""What stands beside a result: the text of the articles, where a copy is at hand, and where to read on."""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from urllib.parse import quote_plus

from report.judge.articles import Stated


@dataclass(frozen=True)
class Context:
    """The sentences of each article whose copy is at hand, by its id, and templates of links.

    *changelog* has a place for the `{version}` (or, with dashes for its dots, the `{slug}`) of a release;
    *documentation* has one for the `{term}` that is looked up there.
    """

    texts: Mapping[str, Sequence[Stated]] = field(default_factory=dict)
    changelog: str | None = None
    documentation: str | None = None

    def changes_of(self, version: str) -> str | None:
        """Where the changelog tells of a release."""
        slug = version.replace(".", "-")
        return self.changelog.format(version=version, slug=slug) if self.changelog else None

    def pages_on(self, statement: str) -> str | None:
        """Where the documentation is searched for the first code that a statement names; None if it names none."""
        code = re.search(r"`[^`\w]*([\w.]*\w)", statement)
        return self.documentation.format(term=quote_plus(code[1])) if self.documentation and code else None

    def quoted(self, article: str, question: int, claim: str) -> list[str]:
        """The sentences of an answer that state a claim, as the copy at hand has them."""
        stated = self.texts.get(article, ())
        return [one.sentence.text for one in stated if claim in one.claims and one.sentence.question == question]
