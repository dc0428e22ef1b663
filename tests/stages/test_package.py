"""What the package stage says where an earlier stage has not run."""

import json
import shutil
from pathlib import Path

import pytest

from speech_emotion.core.errors import UserError
from stages import package

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture
def project(tmp_path, monkeypatch):
    """A folder with the parameters and corpora, and a report of everything but what a test removes or spoils."""
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    shutil.copytree(REPOSITORY / "corpora", tmp_path / "corpora")
    monkeypatch.chdir(tmp_path)
    for name in ("corpus", *(f"{fold}/metrics" for fold in ("random", "words", "speaker-1", "speaker-2"))):
        path = Path("metrics", "tess", f"{name}.json")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"uar": 0.5}))
    return tmp_path


@pytest.mark.parametrize("missing", ["metrics/tess/corpus.json", "metrics/tess/speaker-1/metrics.json"])
def test_a_report_that_is_not_there_is_named(project, missing):
    Path(missing).unlink()
    with pytest.raises(UserError, match=f"{missing}: no such file; run `dvc repro`"):
        package.main("tess", "words")


def test_a_report_that_is_none_is_named(project):
    Path("metrics/tess/words/metrics.json").write_text("{")
    with pytest.raises(UserError, match=r"words/metrics\.json: cannot be read as JSON .*; run `dvc repro`"):
        package.main("tess", "words")


def test_a_network_that_is_not_there_is_named(project):
    with pytest.raises(UserError, match=r"models/tess/words\.onnx: no such file; run `dvc repro`"):
        package.main("tess", "words")
    assert not Path("models").exists() and not Path("MODEL_CARD.md").exists()
