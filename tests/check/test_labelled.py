"""The threshold on labelled data: the accounts of our articles, each compared with the claims of the others only."""

import pytest

from report import settings
from report.check import statements
from report.judge import articles
from tests.project import ROOT

CONFIG = settings.read(ROOT)


def test_what_is_matched_is_what_the_sentence_states():
    """At least 95 of 100 sentences that get a verdict state, by their account, the statement that they are like."""
    infos = articles.read(CONFIG.claims)
    texts = {info.id: said for info in infos if (said := articles.read_copy(CONFIG, info))}
    if len(texts) < len(infos):
        pytest.skip("needs the copies of the articles")
    every = statements.read(CONFIG.statements, CONFIG.subject)
    matched = []
    for info in infos:
        foreign = [one for one in every.by_id.values() if articles.place(one.id)[0] != info.id]
        others = statements.Statements(foreign, CONFIG.subject)
        for sentence in texts[info.id]:
            for match in others.made(sentence.text)[:1]:
                matched.append(match.statement.id in every.accounts[sentence.hash])
    assert matched
    assert sum(matched) / len(matched) >= 0.95
