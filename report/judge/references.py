"""References of `sentences.toml` that lead to no claim or correction, and claims to which no reference leads."""

from collections.abc import Collection, Iterable, Iterator
from difflib import get_close_matches

from report.judge.articles import ArticleInfo, Names, place, table_name


def qualified(claim: str) -> str:
    """The reference, as `article/module::name`, to the claim with the id *claim*."""
    path, _, name = claim.partition("::")
    return f"{'/'.join(path.removesuffix('.py').split('/')[-2:])}::{name}"


def unknown(articles: Iterable[ArticleInfo], claims: Collection[str]) -> list[str]:
    """A line for each reference of *articles* that names none of *claims*, the ids of all claims and corrections."""
    names = Names(claims)
    return [line for article in articles for line in _of_article(article, names)]


def unstated(article: ArticleInfo, claims: Iterable[str]) -> list[str]:
    """Those of *claims* (ids) that stand in a module of *article*, and that no sentence of their question states."""
    own = Names(claim for claim in claims if place(claim)[0] == article.id)
    stated = {(question, claim) for question in article.accounts for claim in article.stated(question, own)}
    return [claim for claim in own.ranks if (place(claim)[1], claim) not in stated]


def _of_article(article: ArticleInfo, claims: Names) -> Iterator[str]:
    for question, accounts in article.accounts.items():
        answer = article.id, question
        for digest, account in accounts.items():
            for reference in account.claims:
                if not claims.of(reference, answer):
                    own = {claim.partition("::")[2] for claim in claims.ranks if place(claim) == answer}
                    yield _line(
                        article, f"[{table_name(question)}] {digest}", reference, [*own, *map(qualified, claims.ranks)]
                    )
    for reference in dict.fromkeys(side for pair in article.contradictions.items() for side in pair):
        if not claims.of(reference):
            yield _line(article, "[contradictions]", reference, [*map(qualified, claims.ranks)])


def _line(article: ArticleInfo, where: str, reference: str, names: Collection[str]) -> str:
    """What is wrong, and the nearest name; the row of a table does not count."""
    candidates = sorted({name.partition("[")[0] for name in names} | {*names})
    nearest = next(iter(get_close_matches(reference, candidates, 1)), None)
    hint = f"; the nearest name is {nearest}" if nearest else ""
    return f"unknown reference: {article.id}/sentences.toml, {where}: no claim is called {reference}{hint}"
