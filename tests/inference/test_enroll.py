import numpy as np
import pytest

from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments, statistics
from speech_emotion.enrolment import classifier
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.predictor import NO_SPEECH, Predictor
from speech_emotion.inference.speaker import Speaker
from speech_emotion.inference.streaming import StreamingPredictor
from speech_emotion.inference.timeline import classify
from speech_emotion.onnx_model.network_session import NetworkSession

RATE = 16000


@pytest.fixture(scope="module")
def for_speakers(shipped_for_speakers) -> Predictor:
    return Predictor(shipped_for_speakers)


@pytest.fixture(scope="module")
def act(speech_like):
    """A function that acts an emotion of a person: anger is dull, sadness bright."""
    kernels = {"anger": np.ones(40) / 40, "sadness": [1, -2, 1]}

    def make(emotion: str, take: int) -> np.ndarray:
        signal = np.convolve(speech_like(1.0 + take / 10, seed=take), kernels[emotion], "same")
        return 0.5 * signal / np.abs(signal).max()

    return make


@pytest.fixture(scope="module")
def clips(act):
    return {emotion: [act(emotion, take) for take in range(4)] for emotion in ("anger", "sadness")}


@pytest.fixture(scope="module")
def voice(for_speakers, clips) -> Voice:
    return for_speakers.enroll(clips, RATE)


def accuracy(predict, act) -> float:
    takes = [(emotion, take) for emotion in ("anger", "sadness") for take in range(10, 16)]
    return np.mean([predict(act(*take)).emotion == take[0] for take in takes])


def test_a_voice_knows_what_the_model_alone_does_not(for_speakers, voice, act):
    assert accuracy(lambda signal: for_speakers.predict(signal, RATE, voice=voice), act) > 0.8
    assert accuracy(lambda signal: for_speakers.predict(signal, RATE), act) < 0.6
    assert voice.estimate.uar > 0.7
    assert voice.clips == {"anger": 4, "sadness": 4}


def test_it_is_the_classifier_on_what_the_measured_network_says(for_speakers, shipped_for_speakers, voice, clips, act):
    """The oracle is what the curves were measured with: the network of the stage, and the same statistics."""
    network = NetworkSession(shipped_for_speakers.with_name("network.onnx"))
    signals = clips["anger"] + clips["sadness"]
    targets = np.repeat([0, 2], 4)
    enrolled = [for_speakers.features(signal.astype(np.float32)) for signal in signals]
    heard = sum(map(moments, enrolled))
    of_all = np.tile(statistics(heard, network.speaker_prior), (8, 1, 1))
    of_network, embeddings = network.log_probabilities_and_embeddings(enrolled, of_all)
    learned = classifier.fit(embeddings, of_network, targets, 80)
    asked = act("anger", 20).astype(np.float32)
    features = for_speakers.features(asked)
    of_speaker = statistics(heard + moments(features), network.speaker_prior)[None]
    of_network, embedding = network.log_probabilities_and_embeddings([features], of_speaker)
    expected = np.exp(learned.log_probabilities(embedding, of_network)[0])
    found = list(for_speakers.predict(asked, RATE, voice=voice).probabilities.values())
    np.testing.assert_allclose(found, expected, atol=2e-3)


def test_a_voice_is_used_for_recordings(for_speakers, voice, act):
    signal = act("anger", 20)
    whole = classify(for_speakers, [signal.astype(np.float32)], voice=voice).whole
    assert whole == for_speakers.predict(signal, RATE, voice=voice)


def test_a_voice_is_used_live(for_speakers, voice, spoken):
    stream = np.concatenate([np.zeros(RATE), spoken(0, RATE), np.zeros(RATE)])
    live = StreamingPredictor(for_speakers, RATE, voice=voice).feed(stream)
    last = [prediction.segment for prediction in live if prediction.segment][-1]
    window = stream[round(last.start * RATE) : round(last.end * RATE)]
    assert last.prediction == for_speakers.predict(window, RATE, voice=voice)
    assert last.prediction != for_speakers.predict(window, RATE)


def test_silence_is_no_speech_for_a_voice_too(for_speakers, voice):
    assert for_speakers.predict(np.zeros(RATE), RATE, voice=voice).label == NO_SPEECH


def test_without_labels_a_voice_is_what_was_heard(for_speakers, act):
    speaker, grown = Speaker(), Speaker()
    for take in range(4):
        for heard in (speaker, grown):
            for_speakers.hear(act("anger", take), RATE, heard)
    voice = for_speakers.enroll({}, RATE, speaker)
    found = for_speakers.predict(act("sadness", 9), RATE, voice=voice)
    expected = for_speakers.predict(act("sadness", 9), RATE, speaker=grown)
    assert found.probabilities == pytest.approx(expected.probabilities, abs=1e-4)


def test_what_was_heard_otherwise_counts(for_speakers, clips, voice):
    speaker = Speaker()
    for_speakers.hear(clips["anger"][0], RATE, speaker)
    more = for_speakers.enroll(clips, RATE, speaker)
    assert more.moments[0] > voice.moments[0]


def test_the_same_recording_twice_and_a_speaker_next_to_a_voice_are_one_line(for_speakers, voice, clips):
    with pytest.raises(UserError, match="sadness, recording 1: the same recording as anger, recording 2"):
        for_speakers.enroll({"anger": clips["anger"][:2], "sadness": clips["anger"][1:2]}, RATE)
    with pytest.raises(UserError, match="a speaker and a voice were given"):
        for_speakers.predict(clips["anger"][0], RATE, speaker=Speaker(), voice=voice)


@pytest.mark.parametrize(
    ("clips", "message"),
    [
        ({"joy": []}, "unknown emotion 'joy'; expected anger, fear, sadness"),
        ({}, "nothing was heard of the person"),
        ({"anger": [np.zeros(RATE)]}, "anger, recording 1: no speech"),
        ({"fear": [np.full(10, 0.5)]}, "fear, recording 1: the signal is 0.001 s long"),
        ({"fear": [np.full(RATE, np.nan)]}, "fear, recording 1: the signal"),
    ],
)
def test_what_cannot_be_enrolled_is_one_line(for_speakers, clips, message):
    with pytest.raises(UserError, match=message):
        for_speakers.enroll(clips, RATE)


def test_a_voice_of_another_model_is_refused(for_speakers, voice, act):
    other = Voice("0" * 64, voice.labels, voice.clips, voice.moments, voice.classifier)
    for use in (
        lambda: for_speakers.predict(act("anger", 1), RATE, voice=other),
        lambda: StreamingPredictor(for_speakers, RATE, voice=other),
    ):
        with pytest.raises(UserError, match="made with another model file"):
            use()


def test_a_model_that_cannot_learn_says_so(predictor, clips):
    assert not predictor.can_enroll
    with pytest.raises(UserError, match="cannot learn a voice"):
        predictor.enroll(clips, RATE)
