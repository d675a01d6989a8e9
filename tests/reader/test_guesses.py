"""Articles of many styles whose number of questions is known: what is read is right, or there is a doubt."""

import random

import pytest

from report import reader

PARTS = {
    "md": [
        "It is so. See `x.y`.\n\n",
        "It has:\n\n1. Run it.\n2. a part\n\n",
        "- a part\n- Use it.\n\n",
        "```\n# 1. x\n```\n\n",
    ],
    "txt": [
        "It is so.\n",
        "It has:\n1. Run it.\n2. a part\n\n",
        "  • a part\n  • Use it.\n",
        "Use flask.Response.\n\n",
    ],
    "html": [
        "<p>It is so.</p>",
        "<ol><li>Run it.<li>a part</ol>",
        "<ul><li>a part<li>Use it.</ul>",
        "<pre>run()</pre>",
    ],
    "rst": ["It is so.\n\n", "1. Run it.\n2. a part\n\n", "* a part\n* Use it.\n\n", "::\n\n    run()\n\n"],
}
TITLES = {
    "md": "# T\n\nIt begins.\n\n",
    "txt": "T\n\n",
    "html": "<h1>T</h1><p>It begins.",
    "rst": "T\n=\n\nIt begins.\n\n",
}
STYLES = [
    ("md", "## {q}\n\n"), ("md", "## {n}. {q}\n\n"), ("md", "### Q{n}: {q}\n\n"), ("md", "**{q}**\n\n"),
    ("md", "**{n}. {q}**\n\n"), ("md", "{n}. {q}\n\n"), ("md", "{n}. **{q}**\n\n"), ("md", "- {q}\n\n  So.\n\n"),
    ("txt", "{n}. {q}\n"), ("txt", "{n}) {q}\n"), ("txt", "Q{n}. {q}\nAns: So.\n"), ("txt", "Q: {q}\nA: So.\n"),
    ("html", "<h2>{q}</h2>"), ("html", "<h3>{n}. {q}</h3>"), ("html", "<p><b>{n}. {q}</b></p>"),
    ("html", "<details><summary>{q}</summary><p>So.</details>"),
    ("rst", "{q}\n--------------\n\n"), ("rst", "{n}. {q}\n----------------\n\n"),
]  # fmt: skip


def article(suffix, begins, seed):
    """An article's text, and the headings of its questions."""
    chance = random.Random(seed)
    asks = chance.random() < 0.7
    headings = [f"What is {n}?" if asks else f"The thing {n}" for n in range(1, chance.randint(3, 25))]
    answers = ("".join(chance.choices(PARTS[suffix], [5, 2, 2, 1], k=chance.randint(1, 3))) for _ in headings)
    asked = (begins.format(n=n, q=heading) for n, heading in enumerate(headings, start=1))
    body = "".join(f"{heading}{answer}" for heading, answer in zip(asked, answers, strict=True))
    after = "## Conclusion\n\nThat is all.\n" if suffix == "md" and chance.random() < 0.3 else ""
    return f"{TITLES[suffix]}{body}{after}", headings


@pytest.mark.parametrize(("suffix", "begins"), STYLES)
def test_nothing_is_read_wrongly_in_silence(suffix, begins):
    """If something else than the questions is found, it is an error; most styles are read."""
    read = 0
    for seed in range(30):
        text, headings = article(suffix, begins, seed)
        try:
            found = reader.read(text, f"a.{suffix}")
        except reader.OutlineError:
            continue
        assert [question.heading for question in found.questions] == headings, text
        read += 1
    assert read > 5
