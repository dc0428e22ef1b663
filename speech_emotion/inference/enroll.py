"""Enroll a person: from labelled recordings to a `Voice`."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments
from speech_emotion.enrolment import classifier, storage
from speech_emotion.enrolment.estimate import Estimate, estimate
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.speaker import Speaker

if TYPE_CHECKING:  # the predictor imports this module
    from speech_emotion.inference.predictor import Predictor

MAX_SECONDS = 30  # of a recording to enroll, which should be one utterance


def enroll(
    predictor: Predictor, clips: Mapping[str, Sequence[np.ndarray]], rate: float, speaker: Speaker | None
) -> Voice:
    """See `Predictor.enroll`."""
    if not predictor.can_enroll:
        raise UserError("this model cannot learn a voice; use the shipped model")
    unknown = sorted(set(clips) - set(predictor.labels))
    if unknown:
        raise UserError(f"unknown emotion {unknown[0]!r}; expected {', '.join(predictor.labels)}")
    by_emotion = {label: list(clips.get(label, [])) for label in predictor.labels}
    targets = [number for number, signals in enumerate(by_emotion.values()) for _ in signals]
    places = [(label, number) for label, group in by_emotion.items() for number in range(1, len(group) + 1)]
    signals = [
        _speech(predictor, by_emotion[label][number - 1], rate, f"{label}, recording {number}")
        for label, number in places
    ]
    seen: dict[bytes, str] = {}
    for signal, (label, number) in zip(signals, places, strict=True):
        _refuse_repeats(signal, f"{label}, recording {number}", seen)
    heard = [moments(predictor.features(signal)) for signal in signals]
    total = sum(heard, np.zeros(1 + 2 * predictor.coefficients))
    if speaker is not None:
        total = total + speaker.moments(predictor.coefficients)
    if total[0] == 0:
        raise UserError("nothing was heard of the person; expected at least one recording")
    counts = {label: len(group) for label, group in by_emotion.items() if group}
    if not signals:
        return Voice(predictor.model_hash, predictor.labels, counts, total)
    described = [predictor.describe(signal, total - own) for signal, own in zip(signals, heard, strict=True)]
    of_network, embeddings = map(np.stack, zip(*described, strict=True))
    log_probabilities = classifier.finite_log(of_network)
    examples = (embeddings, log_probabilities, np.array(targets), 2 * predictor.coefficients)
    learned = classifier.fit(*examples)
    expected = Estimate()
    if max(counts.values()) > 1:
        expected = estimate(classifier.cross_validate(*examples), np.array(targets), predictor.labels)
    return Voice(predictor.model_hash, predictor.labels, counts, total, learned, expected)


def load_voice(predictor: Predictor, name: str) -> Voice:
    """Return an enrolled voice. Raises UserError if there is none of this name, or if this model cannot use it."""
    voice = storage.load(name)
    predictor.check_voice(voice)
    return voice


class Recordings:
    """Recordings to enroll, as they are read from files. What cannot be used is left out.

    Attributes:
        clips: {emotion: signals}, for `Predictor.enroll`.
        names: {emotion: names}, in the same order.
        left_out: (name, error) of each recording that cannot be used.
    """

    def __init__(self, predictor: Predictor):
        self._predictor = predictor
        self._seen: dict[bytes, str] = {}
        self.clips: dict[str, list[np.ndarray]] = {}
        self.names: dict[str, list] = {}
        self.left_out: list[tuple[object, UserError]] = []

    def add(self, emotion: str, path: Path, name: object) -> None:
        """Read a recording of one utterance with an emotion. `name` is what errors call it."""
        try:
            signal = _load(self._predictor, path, str(name))
            _refuse_repeats(signal, str(name), self._seen)
        except UserError as error:
            self.left_out.append((name, error))
            return
        self.clips.setdefault(emotion, []).append(signal)
        self.names.setdefault(emotion, []).append(name)


def _load(predictor: Predictor, path: Path, name: str) -> np.ndarray:
    chunks = []
    samples = 0
    for chunk in loading.stream(path, predictor.sample_rate, name):  # a small file can contain hours
        chunks.append(chunk)
        samples += len(chunk)
        if samples > MAX_SECONDS * predictor.sample_rate:
            raise UserError(f"{name}: longer than {MAX_SECONDS} s; cut it to one sentence")
    return _speech(predictor, np.concatenate(chunks), predictor.sample_rate, name)


def _refuse_repeats(signal: np.ndarray, name: str, seen: dict[bytes, str]) -> None:
    """Raise UserError if the same signal was seen before: it would make the estimate too good."""
    digest = hashlib.sha256(signal.tobytes()).digest()
    if digest in seen:
        raise UserError(f"{name}: the same recording as {seen[digest]}")
    seen[digest] = name


def _speech(predictor: Predictor, signal: np.ndarray, rate: float, name: str) -> np.ndarray:
    """Return a recording at the model's rate. Raises UserError, with its name, if there is no speech in it."""
    try:
        signal, _ = predictor.at_own_rate(signal, rate)
    except UserError as error:
        raise UserError(f"{name}: {error}") from error
    if predictor.is_quiet(signal):
        raise UserError(f"{name}: no speech; record it again, or leave it out")
    return signal
