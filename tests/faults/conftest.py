"""A project with some of the real claims, and all that they may name."""

import re
import shutil

import pytest

from tests.project import ROOT, SUBJECT, Project

NAMED = ("conftest.py", "copies.py", "pages.py", "real.py", "wire.py", "programs.py", "releases.toml")


ACCOUNT = re.compile(r"^(?:[0-9a-f]{12} = |\".*\" = ).*\n", re.MULTILINE)  # and contradictions


@pytest.fixture(scope="session")
def among_real_claims(lay_out):
    """Make a project that has these modules of the real claims, as `article/module`."""

    def made(*modules: str) -> Project:
        project = lay_out()
        settings = (project.root / "pyproject.toml").read_text(encoding="utf-8")
        project.write("pyproject.toml", settings.replace(f'subject = "{SUBJECT}"', 'subject = "flask"'))
        articles = {
            f"{module.split('/')[0]}/{name}" for module in modules for name in ("__init__.py", "sentences.toml")
        }
        for name in (*NAMED, *articles, *(f"{module}.py" for module in modules)):
            (project.root / "claims" / name).parent.mkdir(exist_ok=True)
            shutil.copy(ROOT / "claims" / name, project.root / "claims" / name)
        for path in project.root.glob("claims/*/sentences.toml"):  # their accounts name claims that are not here
            path.write_text(ACCOUNT.sub("", path.read_text(encoding="utf-8")), encoding="utf-8")
        return project

    return made
