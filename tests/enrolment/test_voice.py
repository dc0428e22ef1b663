import io
import json
import os
import stat

import numpy as np
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.enrolment import classifier
from speech_emotion.enrolment.estimate import Estimate, estimate
from speech_emotion.enrolment.voice import Voice

LABELS = ["anger", "fear", "sadness"]


@pytest.fixture
def voice() -> Voice:
    generator = np.random.default_rng(0)
    embeddings = generator.normal(size=(7, 20)).astype(np.float32)
    of_network = classifier.log_softmax(generator.normal(size=(7, 3)))
    targets = np.array([0, 0, 0, 1, 1, 2, 2])
    learned = classifier.fit(embeddings, of_network, targets, 10)
    left_out = classifier.cross_validate(embeddings, of_network, targets, 10)
    clips = {"anger": 3, "fear": 2, "sadness": 2}
    return Voice("0123", LABELS, clips, generator.uniform(1, 2, size=41), learned, estimate(left_out, targets, LABELS))


def test_a_saved_voice_says_the_same(voice, tmp_path):
    voice.save(tmp_path / "a.voice")
    loaded = Voice.load(tmp_path / "a.voice")
    asked = np.random.default_rng(1).normal(size=20).astype(np.float32), np.array([0.2, 0.3, 0.5], np.float32)
    np.testing.assert_array_equal(loaded.probabilities(*asked), voice.probabilities(*asked))
    np.testing.assert_array_equal(loaded.moments, voice.moments)
    for name in ("model", "labels", "clips", "estimate"):
        assert getattr(loaded, name) == getattr(voice, name)


def test_a_voice_without_labels_is_saved_too(tmp_path):
    voice = Voice("0123", LABELS, {}, np.arange(1.0, 42.0))
    voice.save(tmp_path / "a.voice")
    loaded = Voice.load(tmp_path / "a.voice")
    assert (loaded.classifier, loaded.estimate) == (None, Estimate())
    of_network = np.array([0.2, 0.3, 0.5], np.float32)
    np.testing.assert_array_equal(loaded.probabilities(np.zeros(20), of_network), of_network)


def test_equal_voices_are_equal_bytes_that_only_the_owner_may_read(voice, tmp_path):
    for name in ("a", "b"):
        voice.save(tmp_path / name)
    assert (tmp_path / "a").read_bytes() == (tmp_path / "b").read_bytes()
    assert stat.S_IMODE(os.stat(tmp_path / "a").st_mode) == 0o600
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a", "b"]


def test_a_network_that_is_certain_can_still_be_corrected(voice):
    asked = np.zeros(20, np.float32), np.array([1.0, 0.0, 0.0], np.float32)
    assert np.isfinite(voice.probabilities(*asked)).all()
    assert voice.probabilities(*asked).sum() == pytest.approx(1)


def damaged(voice: Voice) -> dict[str, bytes]:
    buffer = io.BytesIO()
    np.savez(buffer, about=np.array("{}"), moments=voice.moments)
    pickled = io.BytesIO()
    np.savez(pickled, about=np.array([{"format": 1}], dtype=object))
    return {"empty": b"", "text": b"anger", "incomplete": buffer.getvalue(), "with pickle": pickled.getvalue()}


@pytest.mark.parametrize("kind", ["empty", "text", "incomplete", "with pickle"])
def test_a_file_that_is_no_voice_is_one_line(voice, tmp_path, kind):
    path = tmp_path / "a.voice"
    path.write_bytes(damaged(voice)[kind])
    with pytest.raises(UserError, match="this is no voice, or it is damaged; enroll the person again"):
        Voice.load(path)


@pytest.mark.parametrize("kept", [0.3, 0.9])
def test_a_truncated_voice_is_one_line(voice, tmp_path, kept):
    path = tmp_path / "a.voice"
    voice.save(path)
    path.write_bytes(path.read_bytes()[: int(kept * path.stat().st_size)])
    with pytest.raises(UserError, match="this is no voice, or it is damaged; enroll the person again"):
        Voice.load(path)


def test_a_missing_voice_and_a_folder_that_is_none_are_one_line(voice, tmp_path):
    with pytest.raises(UserError, match="no such voice"):
        Voice.load(tmp_path / "a.voice")
    (tmp_path / "file").touch()
    with pytest.raises(UserError, match="the voice cannot be written"):
        voice.save(tmp_path / "file" / "a.voice")


def test_a_voice_is_not_overwritten_unless_it_may_be(voice, tmp_path):
    voice.save(tmp_path / "a.voice", replace=False)
    with pytest.raises(UserError, match="there is a voice 'a' already; choose another name"):
        voice.save(tmp_path / "a.voice", replace=False)
    voice.save(tmp_path / "a.voice")
    assert [path.name for path in tmp_path.iterdir()] == ["a.voice"]


@pytest.mark.parametrize(
    "change",
    [
        {"weights": np.zeros((20, 2), np.float32)},
        {"std": np.zeros(20, np.float32)},
        {"mean": np.full(20, np.nan, np.float32)},
        {"emotions": np.array([0, 1, 99])},
        {"moments": np.zeros(41)},
        {"weights": np.zeros((3_000_000, 3), np.float32)},
    ],
    ids=lambda change: " ".join(f"{name}{array.shape}" for name, array in change.items()),
)
def test_a_file_with_other_numbers_is_refused(voice, tmp_path, change):
    path = tmp_path / "a.voice"
    voice.save(path)
    with np.load(path) as content:
        arrays = {name: content[name] for name in content.files}
    with path.open("wb") as file:
        np.savez_compressed(file, **arrays | change)
    with pytest.raises(UserError, match="this is no voice, or it is damaged"):
        Voice.load(path)


@pytest.mark.parametrize(
    "change", [{"temperature": "x"}, {"temperature": 0}, {"clips": 3}, {"format": 2}, {"estimate": 1}]
)
def test_a_file_that_says_something_else_is_refused(voice, tmp_path, change):
    path = tmp_path / "a.voice"
    voice.save(path)
    with np.load(path) as content:
        arrays = {name: content[name] for name in content.files}
    about = json.loads(str(arrays["about"])) | change
    with path.open("wb") as file:
        np.savez(file, **arrays | {"about": np.array(json.dumps(about))})
    with pytest.raises(UserError, match="this is no voice, or it is damaged"):
        Voice.load(path)
