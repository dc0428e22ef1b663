"""The embedded corpus: the same bytes everywhere, of the promised size, audible, and not too easy."""

import hashlib
import re
import subprocess
import sys
import wave
from dataclasses import replace
from pathlib import Path

import espeakng_loader
import librosa
import numpy as np
import pytest
from ruamel.yaml import YAML
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import recall_score
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from threadpoolctl import threadpool_limits

from corpora.synthetic import generate, speech
from speech_emotion.core import params
from speech_emotion.core.errors import UserError

ROOT = Path(__file__).parents[1]
# Of the default corpus. When it differs after an edit of corpora/synthetic or an upgrade of espeakng-loader or numpy,
# the clips have changed: renew it in that commit. With nothing edited, this machine speaks otherwise than the one that
# made it.
DIGEST = "4e78699ed6d7b43b585b339d2c5357af916844c5360ebbdb8a330f88f05dd6eb"


@pytest.fixture(scope="module")
def settings():
    return params.load_section("generate", generate.Settings, generate.CORPUS)


@pytest.fixture(scope="module")
def corpus():
    return YAML(typ="safe").load(generate.CORPUS)


@pytest.fixture(scope="module")
def spoken(settings):
    return dict(generate.clips(settings))


@pytest.fixture
def edited(tmp_path, corpus):
    """Return a function that writes a corpus.yaml with changed keys under `generate`, and returns its path."""

    def write(**changes):
        path = tmp_path / "edited.yaml"
        YAML(typ="safe").dump(corpus | {"generate": corpus["generate"] | changes}, path)
        return path

    return write


def run(*arguments):
    command = [sys.executable, "-m", "corpora.synthetic.generate", *map(str, arguments)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)


def digest(folder):
    digests = hashlib.sha256()
    for path in sorted(Path(folder).iterdir()):
        digests.update(path.name.encode() + b"\0" + path.read_bytes())
    return digests.hexdigest()


def test_names_match_the_pattern_and_the_labels(corpus, spoken):
    matches = [re.fullmatch(corpus["pattern"], name) for name in spoken]
    assert {match["speaker"] for match in matches} == set(corpus["generate"]["voices"])
    assert {match["emotion"] for match in matches} == set(corpus["labels"]) == set(corpus["generate"]["emotions"])


def test_every_voice_says_every_word_in_every_emotion(settings, spoken):
    assert len(settings.voices) >= 4
    assert len(spoken) == len(settings.voices) * settings.words * 7


def test_clips_last_1_to_3_seconds_and_are_neither_silent_nor_clipped(spoken):
    for name, samples in spoken.items():
        assert 1 <= len(samples) / speech.RATE <= 3, name
        assert 3000 < np.abs(samples.astype(int)).max() < 32767, name


def test_default_corpus_has_the_committed_digest(tmp_path, settings):
    assert generate.write(tmp_path, settings) == len(list(tmp_path.iterdir()))
    assert digest(tmp_path) == DIGEST


def test_two_fresh_processes_write_the_same_bytes(tmp_path, edited):
    path = edited(words=2)
    for name in ("one", "two"):
        assert run(tmp_path / name, path).returncode == 0
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_files_are_16_bit_mono_at_the_engines_rate(tmp_path, settings, spoken):
    generate.write(tmp_path, replace(settings, words=1))
    for path in tmp_path.iterdir():
        with wave.open(str(path)) as file:
            assert file.getparams()[:3] == (1, 2, speech.RATE)
            assert file.readframes(file.getnframes()) == spoken[path.name].tobytes()


def test_a_clip_depends_on_neither_size_nor_order(settings, spoken):
    voices = dict(reversed(settings.voices.items()))
    smaller = dict(generate.clips(replace(settings, words=3, voices=voices)))
    assert len(smaller) == 3 * 7 * len(voices)
    assert all(np.array_equal(samples, spoken[name]) for name, samples in smaller.items())


def test_the_seed_changes_the_clips(settings, spoken):
    other = dict(generate.clips(replace(settings, words=1, seed=settings.seed + 1)))
    assert not any(np.array_equal(samples, spoken[name]) for name, samples in other.items())


def test_a_held_out_voice_is_harder_than_a_random_split(settings, spoken):
    words = settings.vocabulary.split()[:10]
    chosen = {name: samples for name, samples in spoken.items() if name.split("_")[1] in words}
    speakers, _, emotions = np.array([name.removesuffix(".wav").split("_") for name in chosen]).T
    features = np.array([_mean_and_deviation(samples) for samples in chosen.values()])
    random = _recall(features, emotions, StratifiedKFold(5, shuffle=True, random_state=0))
    held_out = _recall(features, emotions, LeaveOneGroupOut(), speakers)
    assert 0.8 <= random <= 0.97
    assert 0.35 <= held_out <= 0.7


def _mean_and_deviation(samples):
    resampled = librosa.resample(samples / 32768, orig_sr=speech.RATE, target_sr=16000)
    mfcc = librosa.feature.mfcc(y=resampled, sr=16000, n_mfcc=40)  # (coefficients, frames)
    return np.concatenate([mfcc.mean(axis=1), mfcc.std(axis=1)])


def _recall(features, emotions, folds, groups=None):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    with threadpool_limits(1):
        predicted = cross_val_predict(classifier, features, emotions, cv=folds, groups=groups)
    return recall_score(emotions, predicted, average="macro")


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": 1000}, r"generate\.words is 1000; expected 1 to \d+"),
        ({"words": 0}, r"generate\.words is 0; expected 1 to"),
        ({"wordz": 3}, r"unknown generate\.wordz; expected the keys seed"),
        ({"vocabulary": "cup cup"}, "a word twice"),
        ({"vocabulary": "cup <break/>"}, "<break/>"),
        ({"style": {"tempo": 1}}, r"generate\.style: unknown tempo; expected rate"),
        ({"spread": {"rate": 1}}, r"generate\.spread: missing effort"),
        (
            {"emotions": {"anger": {"ending": ","}}},
            r"generate\.emotions\.anger\.ending is ','; expected one of !",
        ),
    ],
)
def test_wrong_settings_are_refused_by_name(edited, changes, message):
    path = edited(**changes)
    with pytest.raises(UserError, match=message):
        next(generate.clips(params.load_section("generate", generate.Settings, path)))


def test_a_setting_that_is_no_number_is_refused(settings):
    with pytest.raises(UserError, match=r"generate\.style\.rate is 'fast'; expected a number"):
        next(generate.clips(replace(settings, style=settings.style | {"rate": "fast"})))


@pytest.mark.parametrize("voice", ["nobody", "../f1", 7])
def test_an_unknown_voice_is_refused(settings, voice):
    with pytest.raises(UserError, match=f"eSpeak NG has no voice {voice!r}"):
        next(generate.clips(replace(settings, voices={voice: settings.voices["f1"]})))


def test_an_environment_whose_path_is_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: "/" + "x" * 200)
    with pytest.raises(UserError, match="201 letters; eSpeak NG reads up to 159"):
        speech.say("f1", "cup")


def test_a_folder_that_cannot_be_written_is_one_line_and_status_2(tmp_path):
    (tmp_path / "file").touch()
    ran = run(tmp_path / "file" / "clips")
    assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert ran.stderr.startswith(f"error: {tmp_path / 'file' / 'clips'}") and "cannot be written" in ran.stderr


def test_wrong_arguments_and_settings_are_one_line_and_status_2(tmp_path, edited):
    for ran in (run(), run(tmp_path / "clips", edited(words=1000)), run(tmp_path / "clips", tmp_path / "absent.yaml")):
        assert (ran.returncode, ran.stderr.count("\n")) == (2, 1)
    assert not (tmp_path / "clips").exists()
