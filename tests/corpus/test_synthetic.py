import hashlib
import re
import wave

import espeakng_loader
import librosa
import numpy as np
import pytest
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import balanced_accuracy_score
from sklearn.model_selection import LeaveOneGroupOut, StratifiedKFold, cross_val_predict
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from support.programs import run_python
from threadpoolctl import threadpool_limits

from corpora.synthetic import generate, speech
from speech_emotion.core import params
from speech_emotion.core.errors import UserError
from speech_emotion.corpus import description

# Hash of the default corpus. It changes with corpora/synthetic, espeakng-loader and numpy: renew it in that commit. If
# none of these has changed, this machine makes other samples than the one that the hash comes from.
DIGEST = "4e78699ed6d7b43b585b339d2c5357af916844c5360ebbdb8a330f88f05dd6eb"


@pytest.fixture(scope="module")
def settings():
    return params.load("generate", generate.Settings, generate.DESCRIPTION)


@pytest.fixture(scope="module")
def folder(settings, tmp_path_factory):
    path = tmp_path_factory.mktemp("synthetic")
    generate.write(path, settings)
    return path


@pytest.fixture(scope="module")
def generated(folder):
    """File name -> samples, after a check that the files are 16-bit mono."""
    clips = {}
    for path in folder.iterdir():
        with wave.open(str(path)) as file:
            assert file.getparams()[:3] == (1, 2, speech.RATE)
            clips[path.name] = np.frombuffer(file.readframes(file.getnframes()), "<i2")
    return clips


def digest(folder):
    digests = hashlib.sha256()
    for path in sorted(folder.iterdir()):
        digests.update(path.name.encode() + b"\0" + path.read_bytes())
    return digests.hexdigest()


def test_every_voice_speaks_every_word_in_every_emotion(settings, generated):
    corpus = description.load("synthetic")
    rows = [corpus.clip_row(name) for name in generated]
    assert {row["speaker"] for row in rows} == set(settings.voices) and len(settings.voices) >= 4
    assert {row["emotion"] for row in rows} == set(corpus.labels.values())
    assert len(rows) == len(settings.voices) * settings.words * len(settings.emotions)


def test_clips_last_1_to_3_seconds_and_are_neither_silent_nor_clipped(generated):
    for name, samples in generated.items():
        assert 1 <= len(samples) / speech.RATE <= 3, name
        assert 3000 < np.abs(samples.astype(int)).max() < 32767, name


def test_default_corpus_has_the_committed_digest(folder):
    assert digest(folder) == DIGEST


@pytest.mark.slow
def test_two_new_processes_write_the_same_bytes(tmp_path):
    path = tmp_path / "edited.yaml"
    path.write_text(generate.DESCRIPTION.read_text().replace("words: 14", "words: 2"))
    for name in ("one", "two"):
        assert run_python("-m", "corpora.synthetic.generate", tmp_path / name, path).returncode == 0
    assert digest(tmp_path / "one") == digest(tmp_path / "two")


def test_a_clip_depends_on_neither_size_nor_order_of_the_corpus(settings, generated):
    voices = dict(reversed(settings.voices.items()))
    smaller = dict(generate.clips(settings.model_copy(update={"words": 3, "voices": voices})))
    assert len(smaller) == 3 * 7 * len(voices)
    assert all(np.array_equal(samples, generated[name]) for name, samples in smaller.items())


def test_the_seed_changes_the_clips(settings, generated):
    other = dict(generate.clips(settings.model_copy(update={"words": 1, "seed": settings.seed + 1})))
    assert not any(np.array_equal(samples, generated[name]) for name, samples in other.items())


@pytest.mark.slow
def test_a_held_out_voice_is_harder_than_a_random_split(settings, generated):
    words = settings.vocabulary.split()[:10]
    chosen = {name: samples for name, samples in generated.items() if name.split("_")[1] in words}
    speakers, _, emotions = np.array([name.removesuffix(".wav").split("_") for name in chosen]).T
    features = np.array([mean_and_deviation(samples) for samples in chosen.values()])
    random = recall(features, emotions, StratifiedKFold(5, shuffle=True, random_state=0))
    held_out = recall(features, emotions, LeaveOneGroupOut(), speakers)
    assert 0.8 <= random <= 0.97
    assert 0.35 <= held_out <= 0.7


def mean_and_deviation(samples):
    resampled = librosa.resample(samples / 32768, orig_sr=speech.RATE, target_sr=16000)
    mfcc = librosa.feature.mfcc(y=resampled, sr=16000, n_mfcc=40)  # (coefficients, frames)
    return np.concatenate([mfcc.mean(axis=1), mfcc.std(axis=1)])


def recall(features, emotions, splitter, groups=None):
    classifier = make_pipeline(StandardScaler(), LogisticRegression(C=0.1, max_iter=1000))
    with threadpool_limits(1):
        predicted = cross_val_predict(classifier, features, emotions, cv=splitter, groups=groups)
    return balanced_accuracy_score(emotions, predicted)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"words": 1000}, r"generate\.words is 1000; expected at most \d+"),
        ({"vocabulary": "cup cup"}, r"generate\.words is 14; expected at most 1"),
        ({"vocabulary": "cup <break/>"}, r"generate\.vocabulary is 'cup <break/>'"),
        ({"speaker_std": {"tempo": 1}}, r"missing key generate\.speaker_std\.rate"),
        ({"emotions": {"anger": {"ending": ","}}}, r"generate\.emotions\.anger\.\w+"),
    ],
)
def test_wrong_setting_is_named(settings, changes, message):
    with pytest.raises(UserError, match=message):
        params.validate(settings.model_dump() | changes, generate.Settings, "corpus.yaml", "generate")


@pytest.mark.parametrize("voice", ["nobody", "../f1"])
def test_unknown_voice(settings, voice):
    with pytest.raises(UserError, match=f"no voice '{re.escape(voice)}'"):
        next(generate.clips(settings.model_copy(update={"voices": {voice: settings.voices["f1"]}})))


def test_a_path_of_too_many_bytes_raises_a_user_error(monkeypatch):
    monkeypatch.setattr(espeakng_loader, "get_data_path", lambda: "/" + "ä" * 100)
    with pytest.raises(UserError, match="201 bytes"):
        speech.synthesize("f1", "cup")
