"""How well claims are proposed for sentences: against the accounts of the articles, leaving each article out.

For each article with a copy, the sentences that state claims are the questions. *Left out*: the claims of other
articles are proposed, and those that the account names of them are right; sentences without one are not asked. *All*:
every claim is proposed, and every claim of the account is right. P@1: the first is right; hit@5: one of five is; MRR:
the mean of 1/rank of the first right one. Run it as `uv run python -m benchmarks.retrieval`.
"""

import time
from collections.abc import Iterator, Sequence
from pathlib import Path

from report import reader, settings
from report.judge import articles
from report.judge.articles import ArticleInfo, refers
from report.judge.proposals import Claims
from report.judge.references import qualified
from report.measure import runs
from report.measure.records import Record

Asked = tuple[str, str, set[str]]  # a sentence, its heading, and the references of its claims


def asked(config: settings.Settings, article: ArticleInfo, records: Sequence[Record]) -> Iterator[Asked]:
    """The sentences of an article that state one of the claims in *records*."""
    copy = articles.copy_path(config, article.id)
    if copy is None:
        return
    for question in reader.read(reader.text_of(copy), copy.name, article.questions, article.begins).questions:
        for sentence in question.sentences:
            account = article.accounts.get(question.number, {}).get(sentence.hash)
            answer = article.id, question.number
            names = account.claims if account else ()
            stated = {one.id for one in records if any(refers(name, one.id, answer) for name in names)}
            if stated:
                yield sentence.shown, question.heading, {qualified(claim).partition("[")[0] for claim in stated}


def row(name: str, proposed: Claims, questions: Sequence[Asked], headings: bool) -> str:
    """A line of the table."""
    ranks = []
    for sentence, heading, right in questions:
        found = [one.reference for one in proposed.near(sentence, heading if headings else "", 1000)]
        ranks.append(next((rank for rank, one in enumerate(found, start=1) if one in right), None))
    total = max(len(ranks), 1)
    first, five = (sum(rank is not None and rank <= most for rank in ranks) / total for most in (1, 5))
    mean = sum(1 / rank for rank in ranks if rank) / total
    return f"| {name} | {len(ranks)} | {len(proposed.statements)} | {first:.2f} | {five:.2f} | {mean:.2f} |"


def main() -> None:
    """Print the table, and how long proposals for 100 questions of ten sentences take."""
    config = settings.read(Path.cwd())
    records = runs.collect(config, None)
    every: list[Asked] = []
    print("| article | sentences | claims | P@1 | hit@5 | MRR |", "|---|---|---|---|---|---|", sep="\n")
    for article in articles.read(config.claims):
        others = [record for record in records if f"/{article.id}/" not in record.id]
        for how, chosen in (("left out", others), ("all", records)):
            questions = list(asked(config, article, chosen))
            every += questions
            for headings in (True, False) if questions else ():
                name = f"{article.id}, {how}{'' if headings else ', no heading'}"
                print(row(name, Claims(chosen), questions, headings))
    begun = time.perf_counter()
    claims = Claims(records)
    for sentence, heading, _ in (every * 1000)[:1000]:
        claims.near(sentence, heading)
    seconds = time.perf_counter() - begun
    print(f"\n100 questions of ten sentences, with the index of {len(records)} claims: {seconds:.3f} s")


if __name__ == "__main__":
    main()
