"""`report update`: an author's new version, and the accounts that follow its sentences."""

import hashlib
import tomllib

import pytest

from report.judge import articles

ARTICLE = """\
# Facts about markup

## 1. What does escape() do?

It replaces angle brackets. It leaves ampersands as they are.

    escape("<")

## 2. How is the weather?

The weather is fair. Nobody can tell, on Mars.

## 3. What is a barometer?

It measures the weather.
"""
CODE = hashlib.sha256(b'    escape("<")').hexdigest()


@pytest.fixture
def facts(demo, monkeypatch):
    """A project whose article, called demo, has a copy, and an account for each sentence."""
    monkeypatch.delenv("ARTICLES_DIR", raising=False)
    demo.write("articles/demo.md", ARTICLE)
    hashes = {
        one.text: one.hash for one in articles.sentences(ARTICLE, articles.ArticleInfo("demo", "T", 3), name="x.md")
    }
    lines = [
        '# Of ours, with an "umlaut": ä',
        'title = "Facts about markup"',
        "questions = 3  # as they stand",
        'author = "Ada"',
        "",
        "[intro]",
        f'{hashes["Facts about markup"]} = [{{none = "title"}}]',
        "",
        "# The first answer.",
        "[q01]  # line 3",
        f'{hashes["What does escape() do?"]} = [{{none = "question"}}]',
        "",
        "# Both of these run.",
        f'{hashes["It replaces angle brackets."]} = ["replaces_angle_brackets"]  # line 5',
        f"{hashes['It leaves ampersands as they are.']} = [",
        '    {says = "leaves_ampersands", claims = ["leaves_ampersands"]},  # it does not',
        "]",
        "# Seen by Ada.",
        "",
        "[q02]",
        f'{hashes["How is the weather?"]} = [{{none = "question"}}]',
        f'{hashes["The weather is fair."]} = ["is_fair"]',
        f'{hashes["Nobody can tell, on Mars."]} = [{{none = "opinion", why = "whose?"}}]',
        "# Nor on Venus.",
        "",
        "[q03]",
        f'{hashes["What is a barometer?"]} = [{{none = "question"}}]',
        f'{hashes["It measures the weather."]} = ["demo/q02_weather::is_measured"]',
        "",
        "[printed]",
        f'escape = {{lines = [7, 7], sha256 = "{CODE}"}}  # the call',
    ]
    demo.write("claims/demo/sentences.toml", "\n".join(lines) + "\n")
    return demo


def update(project, text, *options, name="new.md"):
    """Update the article to *text*; what the command says."""
    project.write(name, text)
    result = project.report("update", "demo", name, *(options or ["--yes"]))
    assert result.ret == 0, str(result.stderr)
    return "\n".join(result.outlines)


def accounts(project):
    """The file of the accounts, and what it says."""
    text = (project.root / "claims/demo/sentences.toml").read_text(encoding="utf-8")
    tomllib.loads(text)
    return text, articles.read(project.root / "claims")[0]


def test_the_same_text_changes_nothing(facts):
    """Each byte stands, and no second copy is made."""
    before, _ = accounts(facts)
    said = update(facts, ARTICLE)
    assert said.startswith("demo: 3 questions; 9 sentences stayed.\nWrote ")
    assert accounts(facts)[0] == before
    assert [path.name for path in (facts.root / "articles").iterdir()] == ["demo.md"]


def test_a_changed_sentence_is_open_again(facts):
    """Old and new stand side by side; the old account is a comment, the metadata and other comments stand."""
    said = update(facts, ARTICLE.replace("leaves ampersands as they are", "replaces ampersands as well"))
    assert "    - It leaves ampersands as they are.\n    + It replaces ampersands as well." in said
    assert "Refuted claims that no sentence states any more (1). Mended by the author?" in said
    assert "  demo/q01_escaping::leaves_ampersands: wrong" in said
    text, about = accounts(facts)
    assert about.todo(1) == 1
    assert '#   was:     {says = "leaves_ampersands", claims = ["leaves_ampersands"]},  # it does not\n' in text
    assert '#   near: "demo/q01_escaping::replaces_ampersands"' in text
    assert "# Seen by Ada.\n\n[q02]\n" in text
    assert text.startswith('# Of ours, with an "umlaut": ä\ntitle')
    assert (about.author, text.count("\n# Both of these run.\n")) == ("Ada", 1)


def test_an_edit_of_typography_changes_no_account(facts):
    """A sentence whose hash has not changed has stayed."""
    before, _ = accounts(facts)
    update(facts, ARTICLE.replace("Nobody can tell, on Mars.", "Nobody can tell on *Mars*!"))
    assert accounts(facts)[0] == before


def test_what_went_is_kept_as_a_comment(facts):
    """The account of a sentence that went stands at the end, with its comments; one that came is open."""
    said = update(facts, ARTICLE.replace("Nobody can tell, on Mars.", "It rains."))
    assert "Went (1); the accounts are comments at the end of the file:\n  q02: Nobody can tell, on Mars." in said
    assert "Came (1):\n  q02, line 11: It rains." in said
    text, about = accounts(facts)
    kept = text.partition("\n\n# No longer in the article.")[2].splitlines()
    assert kept[1] == "# [q02]"
    assert kept[2].endswith('= [{none = "opinion", why = "whose?"}]')
    assert kept[3:] == ["# Nor on Venus."]
    assert about.todo(2) == 1
    update(facts, ARTICLE.replace("Nobody can tell, on Mars.", ""), name="newer.md")
    assert accounts(facts)[0].count("# No longer in the article.") == 1


def test_a_moved_sentence_takes_its_account_along(facts):
    """In another question, its references name their module."""
    moved = ARTICLE.replace("It leaves ampersands as they are.", "")
    said = update(facts, moved.replace("on Mars.", "on Mars. It leaves ampersands as they are."))
    assert "Moved to another question (1):\n  q01 → q02: It leaves ampersands as they are." in said
    text, about = accounts(facts)
    assert ("demo/q01_escaping::leaves_ampersands",) in [one.claims for one in about.accounts[2].values()]
    assert '{says = "leaves_ampersands", claims = ["demo/q01_escaping::leaves_ampersands"]}' in text
    assert "Refuted" not in said


def test_code_is_found_again(facts):
    """A piece whose lines moved has its new lines; one whose code changed is named, and stands as it was."""
    said = update(facts, ARTICLE.replace("## 1.", "\n\n## 1."))
    assert "Printed code elsewhere (1), by its first line:\n  escape 7 → 9" in said
    assert f'escape = {{lines = [9, 9], sha256 = "{CODE}"}}  # the call\n' in accounts(facts)[0]
    assert "[q01]  # line 5\n" in accounts(facts)[0]
    said = update(facts, ARTICLE.replace('escape("<")', 'escape(">")'))
    assert "Printed code that changed (1); set its lines and sha256:\n  escape (lines 9 to 9 before)" in said


def test_a_new_question_renumbers_the_others(facts):
    """Accounts follow their questions; the modules to move are named, and after these commands all is well."""
    newer = ARTICLE.replace("## 3.", "## 4.").replace("## 2.", "## 2. Why?\n\nSo.\n\n## 3.")
    said = update(facts, newer, "--questions", "4", "--yes")
    assert (
        "demo: 4 questions (3 before); 9 sentences stayed.\nQuestions with another number (2):\n  2 → 3\n  3 → 4\n"
        in said
    )
    assert "  git mv claims/demo/q02_weather.py claims/demo/q03_weather.py\n" in said
    assert "xargs sed -i -e 's|demo/q02_weather|demo/q03_weather|g'" in said
    text, about = accounts(facts)
    assert (about.questions, about.todo(2), about.todo(3)) == (4, 2, 0)
    assert "questions = 4  # as they stand\n" in text
    (facts.root / "claims/demo/q02_weather.py").rename(facts.root / "claims/demo/q03_weather.py")
    for name in ("claims/ledger.jsonl", "claims/demo/sentences.toml"):
        path = facts.root / name
        path.write_text(path.read_text("utf-8").replace("demo/q02_weather", "demo/q03_weather"), encoding="utf-8")
    todo = facts.report("todo", "demo")
    todo.stdout.fnmatch_lines(["✓ unknown references: none", "✓ sentences without account: none", "✓ outcomes*: none"])


def test_a_question_that_went_is_kept(facts):
    """Its table is a comment, and its module is named."""
    gone = ARTICLE[: ARTICLE.index("## 2.")] + ARTICLE[ARTICLE.index("## 3.") :].replace("## 3.", "## 2.")
    said = update(facts, gone, "--questions", "2", "--yes")
    assert "  3 → 2\n" in said
    assert "claims/demo/q02_weather.py" in said.partition("Modules of questions that are gone")[2]
    text, about = accounts(facts)
    assert "\n# [q02]\n# " in text
    assert set(about.accounts) == {0, 1, 2}


def test_the_old_copy_is_kept(facts):
    """The copy is replaced, and the old one has a number; one of another layout gives way."""
    for number, name in enumerate(("new.md", "new.txt"), start=1):
        said = update(facts, ARTICLE.replace("on Mars", f"on {number} moons"), name=name)
        assert f"demo.md.~{number}~." in said
    assert sorted(path.name for path in (facts.root / "articles").iterdir()) == [
        "demo.md.~1~",
        "demo.md.~2~",
        "demo.txt",
    ]
    assert (facts.root / "articles/demo.md.~1~").read_text(encoding="utf-8") == ARTICLE


def test_without_an_old_copy_changes_are_found_by_place(facts):
    """If nobody has the old text, what stands between the same neighbours is its new version."""
    (facts.root / "articles/demo.md").unlink()
    said = update(facts, ARTICLE.replace("leaves ampersands as they are", "also does the rest"))
    assert "(its text is not known: there is no copy of the old version)\n    + It also does the rest." in said
    assert "#   was: " in accounts(facts)[0]


@pytest.mark.parametrize("option", ["--dry-run", None])
def test_nothing_is_written_without_consent(facts, option):
    """With --dry-run, or if nobody says yes, the changes are shown, and no file is another."""
    before = {path: path.read_bytes() for path in facts.root.glob("[ac]*/**/*") if path.is_file()}
    facts.write("new.md", ARTICLE.replace("on Mars", "on the Moon"))
    result = facts.report("update", "demo", "new.md", *([option] if option else []))
    assert result.ret == (0 if option else 1)
    result.stdout.fnmatch_lines(["demo: 3 questions; 8 sentences stayed.", "*+ Nobody can tell, on the Moon."])
    assert {path: path.read_bytes() for path in facts.root.glob("[ac]*/**/*") if path.is_file()} == before


REFUSED = {
    "no such article": (["nobody", "new.md"], None, "There is no article 'nobody'"),
    "other questions": (["demo", "new.md", "--questions", "5"], None, "5 questions are declared, but the text has 3 "),
    "a damaged file": (["demo", "new.md"], "title = ", "sentences.toml is damaged: "),
    "tables in a line": (
        ["demo", "new.md"],
        'title = "T"\nquestions = 3\nq01 = {aa = []}\n',
        "is not an entry of its own",
    ),
    "a damaged piece": (["demo", "new.md"], 'title = "T"\nquestions = 3\n[printed]\na = 1\n', "[printed] a: "),
    "a notebook": (["demo", "new.ipynb"], None, "is a notebook"),
    "no text": (["demo", "new.txt"], None, "is not text in UTF-8"),
}


@pytest.mark.parametrize(("arguments", "text", "reason"), REFUSED.values(), ids=REFUSED)
def test_what_is_refused_leaves_all_as_it_was(facts, arguments, text, reason):
    """An error is one line and exit 2, and nothing is written."""
    for name, data in {"new.md": ARTICLE.encode(), "new.ipynb": b"{}", "new.txt": b"\xff"}.items():
        (facts.root / name).write_bytes(data)
    if text is not None:
        facts.write("claims/demo/sentences.toml", text)
    before, listing = (
        (facts.root / "claims/demo/sentences.toml").read_bytes(),
        sorted((facts.root / "articles").iterdir()),
    )
    result = facts.report("update", *arguments, "--yes")
    assert (result.ret, len(result.errlines)) == (2, 1)
    assert reason in result.errlines[0]
    assert (facts.root / "claims/demo/sentences.toml").read_bytes() == before
    assert sorted((facts.root / "articles").iterdir()) == listing


MENDED = ARTICLE.replace("leaves ampersands as they are", "replaces ampersands as well")


def without(project, *names):
    """Delete claims of the first module."""
    path = project.root / "claims/demo/q01_escaping.py"
    blocks = path.read_text(encoding="utf-8").split("\n\n\n")
    kept = [block for block in blocks if not any(f"def {name}(" in block for name in names)]
    assert len(kept) == len(blocks) - len(names)
    project.write("claims/demo/q01_escaping.py", "\n\n\n".join(kept) + "\n")


def test_the_report_says_what_was_mended(facts):
    """As long as the claim is there, it is refuted; once it is deleted, the page and the sheets list it as mended."""
    update(facts, MENDED)
    ((reference, mended),) = accounts(facts)[1].mended.items()
    assert (reference, mended.question, mended.was) == ("demo/q01_escaping::leaves_ampersands", 1, "wrong")
    assert mended.statement == "`escape()` leaves ampersands as they are."
    facts.run("claims")
    page = facts.root / "out/index.html"
    assert "Mended by the author" not in page.read_text(encoding="utf-8")
    without(facts, "leaves_ampersands", "replaces_ampersands")
    facts.run("claims", "--accept")
    for name in ("index.html", "errata.html", "errata-demo.html"):
        shown = (facts.root / "out" / name).read_text(encoding="utf-8")
        assert "<p>Mended by the author:</p><ul><li>Answer 1: <code>escape()</code> leaves ampersands as" in shown, name
        assert "It was wrong; seen mended on " in shown
    shown = (facts.root / "out/errata-demo.md").read_text(encoding="utf-8")
    assert "Mended by you:\n\n- Answer 1: `escape()` leaves ampersands as they are. It was wrong; seen" in shown
    assert "Mended by the author:" in (facts.root / "out/errata.md").read_text(encoding="utf-8")


def test_what_is_mended_follows_its_question(facts):
    """A question with another number takes it along; what is stated again is not mended any more."""
    update(facts, MENDED)
    moved = MENDED.replace("## 3.", "## 4.").replace("## 2.", "## 3.").replace("## 1.", "## 1. Why?\n\nSo.\n\n## 2.")
    update(facts, moved, "--questions", "4", "--yes")
    (mended,) = accounts(facts)[1].mended.values()
    assert mended.question == 2
    text, _ = accounts(facts)
    path = facts.root / "claims/demo/sentences.toml"
    reference = '["demo/q01_escaping::leaves_ampersands"]  # line 5'
    path.write_text(text.replace("[{todo = true}]  # line 5", reference, 1), encoding="utf-8")
    update(facts, moved.replace("on Mars", "on Venus"), "--questions", "4", "--yes")
    assert not accounts(facts)[1].mended
