"""Enroll a person: from labelled recordings to a `Voice`."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError
from speech_emotion.core.moments import moments
from speech_emotion.enrolment import classifier
from speech_emotion.enrolment.estimate import Estimate, estimate
from speech_emotion.enrolment.voice import Voice
from speech_emotion.inference.speaker import Speaker

if TYPE_CHECKING:  # the predictor imports this module
    from speech_emotion.inference.predictor import Predictor

MAX_SECONDS = 30  # of a recording to enroll, which should be one utterance
TINY = np.finfo(np.float32).tiny  # in place of a probability of 0, whose logarithm would be infinite


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
    signals = [
        _speech(predictor, signal, rate, f"{label}, recording {number}")
        for label, group in by_emotion.items()
        for number, signal in enumerate(group, start=1)
    ]
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
    log_probabilities = np.log(np.maximum(of_network, TINY))
    examples = (embeddings, log_probabilities, np.array(targets), 2 * predictor.coefficients)
    learned = classifier.fit(*examples)
    expected = Estimate()
    if max(counts.values()) > 1:
        expected = estimate(classifier.cross_validate(*examples), np.array(targets), predictor.labels)
    return Voice(predictor.model_hash, predictor.labels, counts, total, learned, expected)


def load_speech(predictor: Predictor, path: Path, name: str) -> np.ndarray:
    """Return a recording to enroll, float32 (samples,) at the model's rate.

    Args:
        name: what errors call it.

    Raises:
        UserError: it cannot be read, is longer than MAX_SECONDS or shorter than one frame, or has no speech.
    """
    chunks = []
    samples = 0
    for chunk in loading.stream(path, predictor.sample_rate, name):  # a small file can contain hours
        chunks.append(chunk)
        samples += len(chunk)
        if samples > MAX_SECONDS * predictor.sample_rate:
            raise UserError(f"{name}: longer than {MAX_SECONDS} s; expected one utterance")
    return _speech(predictor, np.concatenate(chunks), predictor.sample_rate, name)


def _speech(predictor: Predictor, signal: np.ndarray, rate: float, name: str) -> np.ndarray:
    """Return a recording at the model's rate. Raises UserError, with its name, if there is no speech in it."""
    try:
        signal, _ = predictor.at_own_rate(signal, rate)
    except UserError as error:
        raise UserError(f"{name}: {error}") from error
    if predictor.is_quiet(signal):
        raise UserError(f"{name}: no speech; record it again, or leave it out")
    return signal
