"""What the package stage says when an earlier stage has not run."""

import json
import shutil
from pathlib import Path

import pytest

from speech_emotion.core.errors import UserError
from stages import package

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A folder with parameters, corpora and every report, but without a network."""
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    shutil.copytree(REPOSITORY / "corpora", tmp_path / "corpora")
    monkeypatch.chdir(tmp_path)
    for name in ("corpus", "random/metrics", "words/metrics", "speaker-1/metrics", "speaker-2/metrics"):
        path = tmp_path / "metrics" / "tess" / f"{name}.json"
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(json.dumps({"uar": 0.5}))
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("metrics/tess/corpus.json", None, "no such file"),
        ("metrics/tess/speaker-1/metrics.json", None, "no such file"),
        ("metrics/tess/words/metrics.json", "{", "cannot be read as JSON"),
        ("models/tess/words.onnx", None, "no such file"),
    ],
)
def test_a_missing_or_damaged_input_is_named_and_nothing_is_written(project, file, text, message):
    (project / file).unlink(missing_ok=True)
    if text:
        (project / file).write_text(text)
    with pytest.raises(UserError, match=rf"{file}: {message}.*run `dvc repro`"):
        package.main("tess", "words")
    assert not (project / "models").exists()
    assert not (project / "MODEL_CARD.md").exists()


def test_a_protocol_that_is_not_run_is_named(project):
    with pytest.raises(UserError, match=r"package\.protocol is 'speaker-9'"):
        package.main("tess", "speaker-9")
