"""What the files of a project say: the ledger, the releases, the articles, and what people judged."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from report.judge import articles, changes, judgements
from report.judge.articles import ArticleInfo
from report.judge.changes import Cause
from report.judge.judgements import Judgements
from report.judge.results import Release
from report.measure import kills, ledger, releases
from report.measure.kills import Kills
from report.measure.ledger import Ledger
from report.settings import Settings


@dataclass(frozen=True)
class Project:
    """The files' contents; *releases* are those that the claims run on, oldest first."""

    ledger: Ledger = field(default_factory=Ledger)
    releases: Sequence[Release] = ()
    articles: Sequence[ArticleInfo] = ()
    causes: Sequence[Cause] = ()
    kills: Kills = field(default_factory=Kills)
    judgements: Judgements = field(default_factory=Judgements)

    @classmethod
    def read(cls, config: Settings) -> "Project":
        """Read every file; raises ReportError if one of them is damaged."""
        return cls(
            ledger.read(config.ledger),
            [Release(release.version, release.released.isoformat()) for release in releases.select(config.releases)],
            articles.read(config.claims),
            changes.read(config.changes),
            kills.read(config),
            judgements.read(config.judgements),
        )
