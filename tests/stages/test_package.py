import shutil
from pathlib import Path

import pytest

from speech_emotion.core.errors import UserError
from stages import package

REPOSITORY = Path(__file__).resolve().parents[2]


@pytest.fixture
def project(tmp_path, monkeypatch) -> Path:
    """A folder with parameters, corpora and every score, but without a network."""
    shutil.copy(REPOSITORY / "params.yaml", tmp_path)
    shutil.copytree(REPOSITORY / "corpora", tmp_path / "corpora")
    monkeypatch.chdir(tmp_path)
    (tmp_path / "models/tess").mkdir(parents=True)
    (tmp_path / "models/tess/words.onnx").touch()
    for protocol in ("speaker-1", "speaker-2"):
        folder = tmp_path / "metrics" / "tess" / protocol
        folder.mkdir(parents=True)
        (folder / "scores.csv").write_text("score,value\nuar,0.5\n")
    return tmp_path


@pytest.mark.parametrize(
    ("file", "text", "message"),
    [
        ("metrics/tess/speaker-1/scores.csv", None, "no such file"),
        ("metrics/tess/speaker-2/scores.csv", "", "cannot be read as CSV"),
        ("models/tess/words.onnx", None, "no such file"),
    ],
)
def test_a_missing_or_damaged_input_is_named_and_nothing_is_written(project, file, text, message):
    (project / file).unlink(missing_ok=True)
    if text is not None:
        (project / file).write_text(text)
    with pytest.raises(UserError, match=rf"{file}: {message}.*run `dvc repro`"):
        package.main("tess", "words")
    assert not (project / "models/tess.onnx").exists()


def test_a_protocol_that_is_not_run_is_named(project):
    with pytest.raises(UserError, match=r"package\.protocol is 'speaker-9'"):
        package.main("tess", "speaker-9")
