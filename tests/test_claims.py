"""The lint of claims/: one test for each rule of the house."""

import ast
import hashlib
import re
import subprocess
import tomllib
from collections import Counter
from importlib.metadata import version

import pytest
from packaging.version import Version

from report import reader, settings
from report.judge import articles, changes, helpers, judgements, references
from report.judge.results import Judged
from report.judge.verdicts import judge
from report.measure import kills, ledger, releases, runs
from report.mutation import directed
from tests import lint
from tests.project import ROOT

CLAIMS = ROOT / "claims"
SETTINGS = settings.read(ROOT)
MODULES = sorted(CLAIMS.glob("**/q*.py"))
NAME = re.compile(r"claims/(?P<article>[^/]+)/q(?P<question>\d\d)_[a-z0-9_]+\.py")
WORDS = 9  # from so many words on, a sentence of an article is a quotation
LARGEST = 3_000_000  # bytes of a file that is looked into


def parsed(path):
    """The syntax tree of a file."""
    return ast.parse(path.read_text(encoding="utf-8"))


@pytest.fixture(scope="module")
def written():
    """Every claim as it is written, in whatever file."""
    return [claim for path in sorted(CLAIMS.glob("**/*.py")) for claim in lint.claims_in(path)]


@pytest.fixture
def offenders(written):
    """Where the claims stand that break a rule."""
    return lambda rule: [claim.where for claim in written if rule(claim)]


@pytest.fixture(scope="module")
def collected():
    """Every claim as pytest collects it; none is run."""
    return runs.collect(SETTINGS, None)


@pytest.fixture(scope="module")
def outcomes():
    """The outcomes of a claim by release, from the ledger; skips while there is none."""
    path = CLAIMS / "ledger.jsonl"
    if not path.exists():
        pytest.skip("there is no claims/ledger.jsonl yet: run `uv run pytest claims --accept`")
    known = ledger.read(path)

    def measured(claim):
        cells = known.cells(claim.id, claim.fingerprint)
        return {name: cell.outcome for name, cell in cells.items() if "@" not in name}

    return measured


def test_there_are_claims(written):
    """The rules below have something to rule."""
    assert written


def test_a_claim_says_one_sentence(offenders):
    """The docstring of a claim is one sentence and ends with a period."""
    assert offenders(lint.is_no_sentence) == []


def test_a_claim_is_short(offenders):
    """The docstring of a claim has at most 100 characters."""
    assert offenders(lint.is_long) == []


def test_a_claim_says_what_is(offenders):
    """No claim says 'should' or 'must'."""
    assert offenders(lint.advises) == []


def test_a_claim_types_no_verdict(offenders):
    """No claim says what it is the machine's to find out: confirmed, outdated, wrong, true, false."""
    assert offenders(lint.judges) == []


def test_a_claim_asserts(offenders):
    """There is an `assert` in each claim's own body."""
    assert offenders(lint.asserts_nothing) == []


def test_a_claim_asserts_in_its_own_body_only(offenders):
    """No `assert` stands in a function within a claim, where its values would be no evidence."""
    assert offenders(lint.asserts_elsewhere) == []


def test_a_claim_tries_nothing(offenders):
    """No claim catches exceptions by `try`."""
    assert offenders(lint.tries) == []


def test_a_claim_dodges_nothing(offenders):
    """No claim skips, expects to fail, or waits for a fixed time."""
    assert offenders(lint.dodges) == []


def test_a_claim_stands_in_a_questions_module(written):
    """Each claim stands in a module named after its question, in an article's folder, at the top level."""
    top = {(path, getattr(node, "name", None)) for path in MODULES for node in parsed(path).body}
    named = [claim.where for claim in written if not NAME.fullmatch(claim.path.relative_to(ROOT).as_posix())]
    nested = [claim.where for claim in written if (claim.path, claim.node.name) not in top]
    assert (named, nested) == ([], [])


def test_a_question_is_one_of_its_article():
    """Each module's folder has a `sentences.toml`, and its number is one of that article's questions."""
    strays = []
    for path in MODULES:
        sentences = path.parent / "sentences.toml"
        questions = tomllib.loads(sentences.read_text("utf-8"))["questions"] if sentences.exists() else 0
        found = NAME.fullmatch(path.relative_to(ROOT).as_posix())
        if not found or not 1 <= int(found["question"]) <= questions:
            strays.append(path.name)
    assert strays == []


def test_a_question_has_one_module():
    """No two modules are about the same question."""
    found = Counter((path.parent.name, path.name[:3]) for path in MODULES)
    assert [question for question, count in found.items() if count > 1] == []


def test_a_modules_docstring_is_its_topic():
    """Each module begins with its topic: one line of at most 60 characters, with a period at its end only."""
    topics = {path.name: ast.get_docstring(parsed(path)) or "" for path in MODULES}
    assert [name for name, topic in topics.items() if not re.fullmatch(r"[^\n]{3,59}(?<!\.)\.", topic)] == []


def test_a_claims_id_is_its_own(written, collected):
    """Ids are unique, and every claim that is written is collected."""
    ids = Counter(claim.id for claim in collected)
    names = Counter((claim.path.relative_to(ROOT).as_posix(), claim.node.name) for claim in written)
    assert [one for one, count in (*ids.items(), *names.items()) if count > 1] == []
    assert {tuple(one.partition("[")[0].split("::")) for one in ids} == set(names)


def test_the_helpers_of_each_claim_are_found(collected):
    """The report finds them in the files, without pytest; else it shows none."""
    found = helpers.read(ROOT, CLAIMS / "__init__.py", collected)
    assert [claim.id for claim in collected if claim.id not in found.used] == []
    assert len(found.all) > 100


def test_a_claims_statement_is_its_own(collected):
    """No two claims of an answer say the same: a table's docstring has fields that distinguish its rows."""
    said = Counter((claim.id.partition("::")[0], claim.statement) for claim in collected)
    assert [one for one, count in said.items() if count > 1] == []


def test_a_correction_is_of_a_claim(collected):
    """What a correction names is a claim, or a row of one, of the same answer, and no correction itself."""
    claims = {claim.id for claim in collected if not claim.corrects}
    strays = [
        (claim.id, target)
        for claim in collected
        for target in claim.corrects
        if target not in claims or target.partition("::")[0] != claim.id.partition("::")[0]
    ]
    assert strays == []


def test_a_refuted_claim_has_a_correction_that_held(collected, outcomes):
    """Each claim that the ledger calls wrong or outdated has corrections, which held on the current release."""
    here = version("flask")
    known = [one.version for one in releases.read(CLAIMS / "releases.toml") if one.stack]
    corrections = {claim.id: [] for claim in collected}
    for one in collected:
        for target in one.corrects:
            corrections[target].append(outcomes(one).get(here))
    refuted = {claim.id for claim in collected if judge(outcomes(claim), here, known).mark in ("wrong", "outdated")}
    assert {one: found for one, found in corrections.items() if one in refuted and set(found) != {"held"}} == {}


@pytest.fixture(scope="module")
def turned(collected, outcomes):
    """Every release on which a claim's outcome changed, and why as far as it is known."""
    causes = changes.read(CLAIMS / "changes.toml")
    ordered = {one.id: dict(sorted(outcomes(one).items(), key=lambda cell: Version(cell[0]))) for one in collected}
    return {claim: changes.of(claim, cells, causes) for claim, cells in ordered.items()}


def test_a_change_is_explained(collected, turned):
    """Where a claim's outcome changes, `changes.toml` says whose doing it is, and what changelog says so.

    What reads data alone, such as which release is the newest, may change with every release; so may its correction.
    """
    data = {claim.id for claim in collected if claim.data}
    ran = {claim.id for claim in collected if claim.id not in data and not data & {*claim.corrects}}
    assert [(claim, each.release) for claim in ran for each in turned[claim] if each.by is None] == []


def test_an_explanation_is_of_a_change(turned):
    """Each claim that a cause names did change on its release, and each link is one of the web."""
    found = {(claim, each.release, each.note) for claim, turns in turned.items() for each in turns}
    idle = [
        (cause.release, name)
        for cause in changes.read(CLAIMS / "changes.toml")
        for name in cause.claims
        if not any(
            articles.refers(name, claim) and (release, note) == (cause.release, cause.note)
            for claim, release, note in found
        )
        or not cause.link.startswith("https://")
    ]
    assert idle == []


@pytest.fixture(scope="module")
def refuted(collected, outcomes):
    """The claims that the ledger says are wrong or outdated, by their ids."""
    here = version("flask")
    known = [one.version for one in releases.read(CLAIMS / "releases.toml") if one.stack]
    claims = [one for one in collected if not one.corrects]
    return {one.id: one for one in claims if judge(outcomes(one), here, known).mark in ("wrong", "outdated")}


def test_an_accusation_is_judged(refuted):
    """What is refuted has its gravity, what happened in a sentence, the author's reply and why it fails."""
    judged = judgements.read(CLAIMS / "judgements.toml").judged([*refuted])
    lacking: list[str] = []
    for claim in refuted.values():
        lacking += [f"{claim.id}: {name}" for name in judgements.lacks(judged.get(claim.id, Judged()), claim.kind)]
    assert lacking == []


def test_a_judgement_is_of_a_claim(claims, refuted):
    """Each judgement is of a claim; what it follows is refuted, follows nothing, and stands in the same article."""
    judged = judgements.read(CLAIMS / "judgements.toml")
    strays = [name for name in judged.claims if not any(articles.refers(name, claim) for claim in claims)]
    strays += [one.claim for one in judged.attributions if not any(articles.refers(one.claim, x) for x in claims)]
    for name, one in judged.claims.items():
        cause = judged.claims.get(one.follows or "")
        sound = cause and not cause.follows and one.follows.partition("/")[0] == name.partition("/")[0]
        known = one.follows and any(articles.refers(one.follows, claim) for claim in refuted)
        strays += [f"{name} follows {one.follows}"] if one.follows and not (sound and known) else []
    assert strays == []


def normalised(text):
    """The words of *text*, in lower case, and nothing else."""
    return re.sub(r"\W+", " ", text).lower().strip()


@pytest.fixture(scope="module")
def sentences():
    """Every longer sentence and line of the articles; skips where there is no copy of them."""
    copies = [(one, articles.copy_path(SETTINGS, one.id)) for one in articles.read(CLAIMS)]
    texts = [
        said
        for one, copy in copies
        if copy
        for said in (
            *re.split(r"(?<=[.!?])\s+|\n+", reader.text_of(copy)),
            *(sentence.text for sentence in articles.read_copy(SETTINGS, one)),
        )
    ]
    found = sorted({words for text in texts if len((words := normalised(text)).split()) >= WORDS})
    if not found:
        pytest.skip("there is no copy of the articles in $ARTICLES_DIR, nor in articles/")
    return found


def test_no_sentence_of_an_article_stands_in_the_tree(sentences):
    """No file that is tracked, or about to be, repeats a sentence of nine or more words."""
    listing = ["git", "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    output = subprocess.run(listing, cwd=ROOT, check=True, timeout=180, capture_output=True, text=True).stdout
    quoted = []
    for name in filter(None, output.split("\0")):
        path = ROOT / name
        if path.is_file() and path.stat().st_size < LARGEST:
            text = normalised(path.read_text(encoding="utf-8", errors="replace"))
            quoted += [f"{name}: {sentence[:40]}…" for sentence in sentences if sentence in text]
    assert quoted == []


@pytest.fixture(scope="module", params=sorted(path.parent.name for path in CLAIMS.glob("*/sentences.toml")))
def about(request):
    """What is known of an article, the accounts of its sentences among it."""
    return next(one for one in articles.read(CLAIMS) if one.id == request.param)


@pytest.fixture(scope="module")
def claims(collected):
    """The id of every claim that is no correction."""
    return [claim.id for claim in collected if not claim.corrects]


@pytest.fixture
def said(about):
    """Every sentence of an article; skips where there is no copy of it."""
    found = articles.read_copy(SETTINGS, about)
    if found is None:
        pytest.skip(f"there is no copy of {about.id} in $ARTICLES_DIR, nor in articles/")
    return found


def test_an_account_refers_to_claims(about, collected):
    """What an account refers to is a claim or a correction, a table of them, or a row of one."""
    assert lint.leads_nowhere(about, [one.id for one in collected]) == []


def test_a_contradiction_is_of_claims(about, claims):
    """Both sides of a contradiction are claims."""
    sides = {side for pair in about.contradictions.items() for side in pair}
    assert sorted(side for side in sides if not any(articles.refers(side, claim) for claim in claims)) == []


def test_a_claim_is_stated_by_its_own_answer(about, claims):
    """Each claim is stated by a sentence of the answer whose module it stands in."""
    assert references.unstated(about, claims) == []


def test_an_account_is_claims_or_a_reason(about):
    """No account is empty: a sentence that states no claim has a reason."""
    assert lint.says_nothing(about) == []


def test_every_question_has_a_table(about):
    """Each question of an article has a table of accounts."""
    assert {*about.accounts} - {0} == {*range(1, about.questions + 1)}


def test_every_sentence_is_accounted_for(about, said):
    """Each sentence has an account, in the introduction and in every question that has a table."""
    assert lint.is_unaccounted_for(about, said) == []


def test_an_account_is_of_a_sentence(about, said):
    """Each account is of a sentence that stands in its question."""
    assert lint.is_of_no_sentence(about, said) == []


def test_all_code_is_named_as_it_is_printed(about):
    """`[printed]` has every block of code of an article that has any: `report update` says which its author changed."""
    copy = articles.copy_path(SETTINGS, about.id)
    if copy is None:
        pytest.skip(f"there is no copy of {about.id} in $ARTICLES_DIR, nor in articles/")
    text = reader.text_of(copy)
    lines = text.splitlines()
    data = tomllib.loads((CLAIMS / about.id / "sentences.toml").read_text(encoding="utf-8"))
    pieces = [(*piece["lines"], piece["sha256"]) for piece in data.get("printed", {}).values()]
    for first, last, digest in pieces:
        assert hashlib.sha256("\n".join(lines[first - 1 : last]).encode()).hexdigest() == digest, first
    named = {line for first, last, _ in pieces for line in range(first, last + 1)}
    outline = reader.read(text, copy.name, about.questions, about.begins, about.layout)
    blocks = [block for part in (outline.outside, *outline.questions) for block in part.code]
    spans = [range(block.line, block.line + len(block.text.splitlines())) for block in blocks]
    assert [span[0] for span in spans if named.isdisjoint(span)] == []


def test_a_waiver_is_rare_and_of_a_claim(collected):
    """What no mutant can refute is a claim that there is, and no more than one in fifty."""
    waived = kills.read_waivers(CLAIMS / "waived.toml")
    assert sorted({*waived} - {claim.id for claim in collected}) == []
    number, most = len(waived), len(collected) // 50
    assert number <= most


def test_a_claim_that_only_general_mutants_kill_has_a_reason(collected):
    """`[general]` in mutants.toml says why each mutant that kills such a claim kills others too, and names no other."""
    listed = directed.read(SETTINGS)
    _, general = kills.by_specificity(SETTINGS, collected)
    assert [claim for claim in general if listed.reason(claim) is None] == []
    assert [*directed.stale(listed, collected, general)] == []
