"""`report stub`: a module for a question, with a claim to be written for each sentence that is not yet checked."""

import re
from pathlib import Path

from report.errors import ReportError
from report.judge import articles
from report.settings import Settings

TOPIC = re.compile(r"[^\n\"\\]{3,58}[^\n\"\\.]\Z")
HEAD = '''"""{topic}."""

from claims import Untried, claim
'''
STUB = '''

@claim
def {name}():
    """Not yet written: what {place} states."""
    raise Untried("not yet written")
'''


def module(config: Settings, name: str, question: int, topic: str) -> tuple[Path, str, list[str]]:
    """The path and the text of the module for a question of the article *name*, and which sentence each claim is for.

    No claim in it can hold: each is untried, so that the main job fails, and its sentence is still *todo*.

    Raises:
        ReportError: the question has a module, or nothing that is open; or the topic is none.
    """
    article = articles.named(config, name)
    folder, topic = config.claims / name, topic.strip().removesuffix(".")
    slug = re.sub(r"[^a-z0-9]+", "_", topic.lower()).strip("_")
    if not TOPIC.match(topic) or not slug:
        raise ReportError(f"{topic!r} is no topic.", "It is one line of 4 to 59 characters, such as: The default port.")
    if other := next(folder.glob(f"q{question:02}_*.py"), None):
        raise ReportError(f"{other} exists; nothing is overwritten.", "Write the claims there.")
    read = articles.read_copy(config, article) or []
    said = {sentence.hash: sentence for sentence in reversed(read) if sentence.question == question}
    accounts = article.accounts.get(question, {})
    stubs = {digest: said.get(digest) for digest, account in accounts.items() if account.todo}
    if not stubs:
        raise ReportError(f"Question {question} of {name} has no part that is todo.", f"See: report todo {name}.")
    text = HEAD.format(topic=topic)
    for digest, sentence in stubs.items():
        place = f"line {sentence.line} of the copy" if sentence else f"the sentence {digest}"
        text += STUB.format(name=f"todo_{digest}", place=place)
    sentences = [f"todo_{digest}: {sentence.text}" for digest, sentence in stubs.items() if sentence]
    return folder / f"q{question:02}_{slug}.py", text, sentences
