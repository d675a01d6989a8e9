"""The threshold on labelled data: the accounts of our articles, each compared with the claims of the others only."""

from types import SimpleNamespace

import pytest

from report import settings
from report.check import statement_file, statements
from report.errors import ReportError
from report.judge import articles
from tests.project import ROOT

EMPTY = SimpleNamespace(claims=[], releases=[])
CONFIG = settings.read(ROOT)


def test_what_is_matched_is_what_the_sentence_states():
    """At least 95 of 100 sentences that get a verdict state, by their account, the statement that they are like."""
    infos = articles.read(CONFIG.claims)
    texts = {info.id: said for info in infos if (said := articles.read_copy(CONFIG, info))}
    if len(texts) < len(infos):
        pytest.skip("needs the copies of the articles")
    every = statement_file.read(CONFIG.statements, CONFIG.subject)
    matched = []
    for info in infos:
        foreign = [one for one in every.by_id.values() if articles.place(one.id)[0] != info.id]
        others = statements.Statements(foreign, CONFIG.subject)
        for sentence in texts[info.id]:
            if "repetition" in (sentence.reason or ""):
                continue  # its account names no claim, though it states some
            for match in others.made(sentence.text)[:1]:
                matched.append(match.statement.id in every.accounts[sentence.hash])
    assert matched
    assert sum(matched) / len(matched) >= 0.95


def test_each_wording_gets_the_verdict_of_its_claim():
    """So none is too short, is a question, or is nearer to another claim."""
    every = statement_file.read(CONFIG.statements, CONFIG.subject)
    wordings = [(one.id, text) for one in every.by_id.values() for text in one.wordings]
    assert wordings
    lost = [text for claim, text in wordings if claim not in {one.statement.id for one in every.made(f"{text}.")}]
    assert lost == []


def test_a_wording_of_no_claim_is_refused(tmp_path):
    """Its reference is named."""
    path = tmp_path / "wordings.toml"
    path.write_text('"demo/q01_x::gone" = ["It is."]\n', encoding="utf-8")
    with pytest.raises(ReportError, match="demo/q01_x::gone"):
        statement_file.text(EMPTY, [], path)
