"""Prosody of a clip: the voice's settings plus the emotion's and two random deviations, limited to a range."""

import hashlib
from typing import Literal

import numpy as np

from speech_emotion.core.params import Section


class Prosody(Section):
    """Seven settings, or additions to them, or standard deviations. Units are explained in corpus.yaml."""

    rate: float
    pitch: float
    pitch_range: float
    volume: float
    pause: float
    final_pitch_rise: float
    effort: float


class Emotion(Prosody):
    """What an emotion adds to the voice's prosody, and the mark that ends the sentence."""

    ending: Literal["!", ".", "?"]


# Within these limits eSpeak neither clamps nor clips, and "Say the word ..." takes 1 to 3 s.
LOWEST = Prosody(rate=95, pitch=0, pitch_range=0, volume=30, pause=0, final_pitch_rise=-40, effort=0)
HIGHEST = Prosody(rate=170, pitch=99, pitch_range=99, volume=110, pause=240, final_pitch_rise=60, effort=0.9)


def seed_from(*key: object) -> int:
    """Return a seed of 256 bits that depends only on `key`, such as a number and some names."""
    text = "/".join(map(str, key))
    return int.from_bytes(hashlib.sha256(text.encode()).digest(), "big")


def draw(standard_deviation: Prosody, *key: object) -> Prosody:
    """Draw a normal deviation of each setting. The same key gives the same deviations."""
    random = np.random.default_rng(seed_from(*key))
    return Prosody(**{name: value * random.standard_normal() for name, value in standard_deviation})


def combine(*terms: Prosody) -> Prosody:
    """Return the sum of the terms, limited to the range from LOWEST to HIGHEST."""
    sums = {name: sum(getattr(term, name) for term in terms) for name in Prosody.model_fields}
    limited = {name: min(max(value, getattr(LOWEST, name)), getattr(HIGHEST, name)) for name, value in sums.items()}
    return Prosody(**limited)
