"""How time, memory and files grow with the cells: made-up articles, from the shards of a history to the page.

The claims are made up with the rates of our own ledger: of 1,000, 80 change once or twice, 55 are refuted now, 270 saw
more than one thing, and 10 something else on each release; evidence has 1.5 assertions of 260 characters. An article
has 27 answers of 7 claims. The history comes in 100 shards, one for each environment, as `history --shard` writes them.
Each step is a process of its own, with one thread: `merge`, the judgement (which writes `results.json`), and `render`.
The seconds are of CPU: other work on the machine does not count. Run it as

    uv run python benchmarks/scale.py [claims …]          # 100, 1,000 and 10,000, unless others are given
    uv run python benchmarks/scale.py --keep FOLDER 1000  # and leave the files of this size there
"""

import datetime
import json
import math
import os
import random
import subprocess
import sys
import tempfile
from itertools import islice
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[1]))
from report.files import write_whole
from report.measure import ledger, records
from report.measure.ledger import Entry, Ledger
from report.model import Cell, Environment, Evidence, Outcome
from report.probe.fingerprint import digest, reachable, texts_and_references

ROOT = Path(__file__).resolve().parents[1]
RELEASES = [f"{number // 10}.{number % 10}.0" for number in range(100)]
FIRST = datetime.date(2013, 6, 13)
ANSWERS, CLAIMS = 27, 7  # of an article, of an answer
TEST = '''

@claim
def reads_value_{0}():
    """`request.args.get("value_{0}")` reads a value from the query string."""
    with app.test_request_context("/data?value_{0}=Ada&other=Grace"):
        found = read_value("value_{0}")
    assert found == "Ada"  # and not Grace
'''
CORRECTION = '''

@corrects(reads_value_{0})
def values_reads_value_{0}():
    """`request.values["value_{0}"]` reads a value from the query string."""
    assert read_value("value_{0}") == "Ada"
'''
STEPS = {
    "make": f"import sys; sys.path.insert(0, {str(ROOT / 'benchmarks')!r}); import scale; scale.make()",
    "merge": "from report.cli import main; import glob; main(['merge', *glob.glob('shards/*.jsonl')])",
    "judge": f"import sys; sys.path.insert(0, {str(ROOT / 'benchmarks')!r}); import scale; scale.judge()",
    "render": "from report.cli import main; main(['render'])",
}


class Project:
    """A project of made-up articles with *size* claims in *folder*."""

    def __init__(self, folder: Path, size: int) -> None:
        self.folder, self.size, self.chance = folder, size, random.Random(size)
        self.refuted = {number for number in range(size) if self.chance.random() < 0.055}

    def make(self) -> None:
        """Write its files, its records and its shards."""
        write_whole(self.folder / "pyproject.toml", '[tool.report]\nsubject = "flask"\n')
        days = ((version, FIRST + datetime.timedelta(40 * at)) for at, version in enumerate(RELEASES))
        tables = (f'[[releases]]\nversion = "{v}"\nreleased = {day}\nstack = "{v}"\n' for v, day in days)
        write_whole(self.folder / "claims/releases.toml", "\n".join(tables))
        write_whole(self.folder / "claims/__init__.py", "def claim(test):\n    return test\n\n\ncorrects = claim\n")
        helper = 'def read_value(name):\n    """Read the value of *name*."""\n    return request.args.get(name)\n'
        write_whole(self.folder / "claims/reading.py", helper)
        judgements, numbers = [], iter(range(self.size))
        for article in range(math.ceil(self.size / ANSWERS / CLAIMS)):
            lines = [f'title = "List {article}"\nquestions = {ANSWERS}\n']
            for question in range(1, ANSWERS + 1):
                names = [*islice(numbers, CLAIMS)]
                if names:
                    lines.append(self.answer(article, question, names))
                    judgements += [self.judgement(article, question, name) for name in names if name in self.refuted]
            write_whole(self.folder / f"claims/list{article:04}/sentences.toml", "\n".join(lines))
        write_whole(self.folder / "claims/judgements.toml", "\n".join(judgements))
        found = [*self.records()]
        encoded = json.dumps(found)
        write_whole(self.folder / "records.json", encoded)
        self.shards([record["id"] for record in found], {record["id"]: record["fingerprint"] for record in found})

    def answer(self, article: int, question: int, names: list[int]) -> str:
        """Write the module of an answer; give its table of accounts, of which every fifth has a claim of others."""
        tests = "".join(TEST.format(name) + CORRECTION.format(name) * (name in self.refuted) for name in names)
        head = "from claims import claim, corrects\nfrom claims.reading import read_value\n"
        write_whole(self.folder / f"claims/list{article:04}/q{question:02}_x.py", head + tests)
        stated = [f'"reads_value_{name}"' for name in names]
        other = self.chance.randrange(max(1, names[0]))  # of an earlier answer
        place = divmod(other // CLAIMS, ANSWERS)
        stated += [f'"list{place[0]:04}/q{place[1] + 1:02}_x::reads_value_{other}"'] * (self.chance.random() < 0.8)
        accounts = (f"{number:012x} = [{reference}]" for number, reference in enumerate(stated))
        return "\n".join([f"[q{question:02}]", *accounts, ""])

    def judgement(self, article: int, question: int, name: int) -> str:
        """The judgement about a refuted claim."""
        words = ("happened", "reply", "rebuttal")
        lines = (f'{word} = "{f"What to say of {name}, and of what it is about. " * 2}"' for word in words)
        table = f'[claims."list{article:04}/q{question:02}_x::reads_value_{name}"]'
        return "\n".join([table, 'gravity = "fails"', *lines, ""])

    def records(self) -> "list[dict[str, object]]":
        """What collecting the claims would give."""
        found: list[dict[str, object]] = []
        for path in sorted(self.folder.glob("claims/list*/q*.py")):
            lines = path.read_text("utf-8").split("\n")
            for line, text in enumerate(lines, start=1):
                if text.startswith("def "):
                    name = text[4:-3]
                    symbols = reachable([(path, name)], self.folder)
                    texts = {each for symbol in symbols for each in texts_and_references(*symbol, self.folder)[0]}
                    prefix = f"{path.relative_to(self.folder)}::"
                    corrects = [prefix + name.removeprefix("values_")] * name.startswith("values_")
                    source = "\n".join(lines[line - 2 : line + 5])
                    found.append(
                        {
                            "id": prefix + name,
                            "statement": lines[line].strip(' "'),
                            "topic": f"Topic {path.parent.name}",
                        }
                        | {"kind": "technical", "data": False, "corrects": corrects, "needs": [], "lacking": None}
                        | {"line": line, "source": source, "fingerprint": digest(texts)}
                    )
        return found

    def shards(self, claims: list[str], fingerprints: dict[str, str]) -> None:
        """Write what each environment gave."""
        courses = {claim: self.course(claim) for claim in claims}
        for number, release in enumerate(RELEASES):
            environments = {release: Environment("3.9" if number < 99 else "3.11", f"stack{number}")}
            entries = {claim: Entry(claim, fingerprints[claim], {release: courses[claim][number]}) for claim in claims}
            ledger.write(self.folder / f"shards/{number:03}.jsonl", Ledger(environments, entries))

    def course(self, claim: str) -> list[Cell]:
        """The cell of a claim on each release."""
        name, chance = claim.rpartition("_")[2], self.chance
        last: Outcome = "refuted" if int(name) in self.refuted and "values" not in claim else "held"
        turns = sorted(chance.sample(range(1, 100), 1 + (chance.random() < 0.05))) if chance.random() < 0.08 else []
        seen = sorted({*turns, *(chance.sample(range(1, 100), 1) if chance.random() < 0.2 else ())})
        noisy, cells = chance.random() < 0.01, []
        for number in range(len(RELEASES)):
            changed = sum(turn > number for turn in turns) % 2
            outcome: Outcome = last if not changed else "held" if last == "refuted" else "refuted"
            which = number if noisy else sum(at <= number for at in seen)
            cells.append(Cell(outcome, None, self.evidence(name, outcome, which)))
        return cells

    def evidence(self, name: str, outcome: Outcome, which: int) -> tuple[Evidence, ...]:
        """What a claim saw."""
        where = f"\n +  where 'Ada' = <function read_value at 0x…>('value_{name}')" * 3
        first = Evidence(
            'found == "Ada"', f"{'None' if outcome == 'refuted' else repr('Ada')} == 'Ada'{where} ({which})"
        )
        second = Evidence(f'client.get("/data?value_{name}=Ada").status_code == 200', f"200 == 200{where}")
        return (first, second) if outcome == "held" and int(name) % 2 else (first,)


def make() -> None:
    """Make the project in this folder."""
    Project(Path.cwd(), int(os.environ["CLAIMS"])).make()


def judge() -> None:
    """Judge the ledger of the project in this folder, and write `results.json`."""
    import msgspec

    from report import settings
    from report.judge import results
    from report.judge.assembly import Project as Files
    from report.judge.ledger_result import from_ledger

    found = msgspec.json.decode(Path("records.json").read_bytes(), type=list[records.Record])
    result = from_ledger("flask", Files.read(settings.read(Path.cwd())), found, "2026-11-22")
    write_whole(Path("out/results.json"), results.text(result))


def measured(folder: Path, step: str) -> tuple[float, float]:
    """Seconds of CPU and MB (the most that were resident) of a step, in a process of its own."""
    command = [sys.executable, "-c", STEPS[step]]
    with (folder / f"{step}.log").open("w") as log:
        child = subprocess.Popen(
            command, cwd=folder, stdout=log, stderr=log, env=os.environ | {"PYTHONPATH": str(ROOT)}
        )
        _, status, usage = os.wait4(child.pid, 0)
    child.returncode = os.waitstatus_to_exitcode(status)
    if child.returncode:
        sys.exit((folder / f"{step}.log").read_text())
    return usage.ru_utime + usage.ru_stime, usage.ru_maxrss / 1024


def sizes(folder: Path) -> dict[str, float]:
    """MB of the files."""
    out = folder / "out"
    found = {"shards": [*folder.glob("shards/*")], "ledger": [folder / "claims/ledger.jsonl"]}
    found |= {"results": [out / "results.json"], "pages": [*out.glob("index.html"), *out.glob("article-*.html")]}
    found |= {"other forms": [path for path in out.iterdir() if path.name not in ("results.json",)]}
    found["other forms"] = [path for path in found["other forms"] if path not in found["pages"]]
    return {name: sum(path.stat().st_size for path in paths) / 1e6 for name, paths in found.items()}


def figures(folder: Path, claims: int) -> dict[str, float]:
    """What one size takes."""
    folder.mkdir(exist_ok=True)
    os.environ["CLAIMS"] = str(claims)
    taken = {step: measured(folder, step) for step in STEPS}
    del taken["make"]
    found = {f"{step}, s": seconds for step, (seconds, _) in taken.items()}
    found |= {"together, s": sum(seconds for seconds, _ in taken.values())}
    found |= {f"{step}, peak MB": memory for step, (_, memory) in taken.items()}
    return found | {f"{name}, MB": size for name, size in sizes(folder).items()}


def table(columns: dict[int, dict[str, float]]) -> str:
    """A row for each figure, with its exponent between the two largest sizes: 1 is linear."""
    lines = [["", *(f"{claims * len(RELEASES):,} cells" for claims in columns), "exponent"]]
    (first, before), (second, after) = [*columns.items()][-2:] if len(columns) > 1 else [*columns.items()] * 2
    for name in after:
        growth = math.log(after[name] / before[name], second / first) if second != first else math.nan
        lines.append([name, *(f"{column[name]:,.1f}" for column in columns.values()), f"{growth:.2f}"])
    return "\n".join(f"| {' | '.join(line)} |" for line in lines)


def main(arguments: list[str]) -> None:
    """Print the table."""
    keep = Path(arguments.pop(1)) if arguments[:1] == ["--keep"] else None
    columns = {}
    for claims in map(int, arguments[keep is not None :] or (100, 1_000, 10_000)):
        with tempfile.TemporaryDirectory() as name:
            columns[claims] = figures(keep or Path(name), claims)
    print(table(columns))


if __name__ == "__main__":
    main(sys.argv[1:])
