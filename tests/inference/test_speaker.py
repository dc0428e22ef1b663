import copy

import numpy as np
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments, statistics
from speech_emotion.inference.predictor import Predictor
from speech_emotion.inference.speaker import Speaker
from speech_emotion.onnx_model.network_session import NetworkSession

RATE = 16000


@pytest.fixture(scope="module")
def for_speakers(shipped_for_speakers) -> Predictor:
    return Predictor(shipped_for_speakers)


def probabilities(prediction) -> list[float]:
    return list(prediction.probabilities.values())


def test_the_first_prediction_is_that_without_a_speaker(for_speakers, speech_like):
    speaker = Speaker()
    first = for_speakers.predict(speech_like(1.0), RATE, speaker=speaker)
    assert first == for_speakers.predict(speech_like(1.0), RATE)
    assert speaker.utterances == 1


def test_what_was_heard_before_counts_as_in_training(for_speakers, shipped_for_speakers, speech_like):
    """The oracle is the network that was measured, with the statistics that it was measured with."""
    clips = [speech_like(0.5 + seed / 3, seed=seed) for seed in range(4)]
    speaker = Speaker()
    found = [for_speakers.predict(clip, RATE, speaker=speaker) for clip in clips][-1]
    network = NetworkSession(shipped_for_speakers.with_name("network.onnx"))
    features = [for_speakers.features(clip) for clip in clips]
    heard = statistics(sum(map(moments, features)), network.speaker_prior)
    expected = np.exp(network.log_probabilities([features[-1]], heard[None])[0])
    np.testing.assert_allclose(probabilities(found), expected, atol=1e-4)
    alone = for_speakers.predict(clips[-1], RATE)
    assert np.abs(np.subtract(probabilities(found), probabilities(alone))).max() > 0.01


def test_silence_is_not_heard(for_speakers):
    speaker = Speaker()
    for_speakers.predict(np.zeros(RATE, np.float32), RATE, speaker=speaker)
    assert speaker.utterances == 0


def test_a_copy_grows_on_its_own(for_speakers, speech_like):
    speaker = Speaker()
    for_speakers.predict(speech_like(1.0), RATE, speaker=speaker)
    other = copy.copy(speaker)
    for_speakers.predict(speech_like(1.0, seed=1), RATE, speaker=other)
    assert (speaker.utterances, other.utterances) == (1, 2)
    assert not np.array_equal(speaker.moments(40), other.moments(40))


def test_a_model_that_cannot_use_a_speaker_says_so(predictor, speech_like):
    assert not predictor.uses_speaker
    with pytest.raises(UserError, match="cannot use what was heard of a speaker"):
        predictor.predict(speech_like(1.0), RATE, speaker=Speaker())


def test_an_utterance_that_was_heard_already_is_not_counted_twice(for_speakers, speech_like):
    first, second = speech_like(1.0), speech_like(1.5, seed=1)
    heard = Speaker()
    for clip in (second, first):
        for_speakers.hear(clip, RATE, heard)
    grown = Speaker()
    for_speakers.predict(first, RATE, speaker=grown)
    expected = for_speakers.predict(second, RATE, speaker=grown)
    found = for_speakers.predict(second, RATE, speaker=heard, already_heard=True)
    assert probabilities(found) == pytest.approx(probabilities(expected), abs=1e-4)
    assert heard.utterances == 2


def test_what_two_objects_have_heard_is_joined(for_speakers, speech_like):
    parts = [Speaker(), Speaker(), Speaker()]  # the last one has heard nothing
    whole = Speaker()
    for part, seed in zip(parts, range(2), strict=False):
        for_speakers.hear(speech_like(1.0, seed=seed), RATE, part)
        for_speakers.hear(speech_like(1.0, seed=seed), RATE, whole)
    joined = Speaker()
    for part in parts:
        joined.include(part)
    assert joined.utterances == whole.utterances == 2
    np.testing.assert_allclose(joined.moments(40), whole.moments(40))
