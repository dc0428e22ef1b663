"""A version that several files name is the same in all of them."""

import re
import tomllib
from pathlib import Path

import pytest
import yaml
from packaging.specifiers import SpecifierSet

from speech_emotion import __version__


def pinned(package: str) -> str:
    return re.search(rf"^{package}==([\d.]+)", Path("requirements.txt").read_text(), re.MULTILINE)[1]


@pytest.mark.parametrize(("repository", "package"), [("ruff-pre-commit", "ruff"), ("dvc", "dvc")])
def test_a_hook_has_the_pinned_version(repository, package):
    hooks = yaml.safe_load(Path(".pre-commit-config.yaml").read_text())["repos"]
    (revision,) = (entry["rev"] for entry in hooks if entry["repo"].endswith(f"/{repository}"))
    assert revision.removeprefix("v") == pinned(package)


def test_the_workflow_tests_every_python_version_that_is_allowed():
    allowed = SpecifierSet(tomllib.loads(Path("pyproject.toml").read_text())["project"]["requires-python"])
    jobs = yaml.safe_load(Path(".github/workflows/ci.yml").read_text())["jobs"]
    expected = [f"3.{minor}" for minor in range(30) if f"3.{minor}" in allowed]
    assert jobs["test"]["strategy"]["matrix"]["python"] == expected


def test_the_citation_names_the_version():
    assert yaml.safe_load(Path("CITATION.cff").read_text())["version"] == __version__
