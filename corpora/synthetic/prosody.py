"""How a clip is said: a voice's centre, an emotion's departure and drawn deviations, added up and kept speakable."""

import hashlib
import math
from dataclasses import asdict, dataclass, fields

import numpy as np

from speech_emotion.core.errors import UserError

ENDINGS = ("!", ".", "?")


@dataclass(frozen=True)
class Prosody:
    """Seven settings, as values, departures or standard deviations; corpus.yaml says their units."""

    rate: float
    pitch: float
    range: float
    volume: float
    pause: float
    lift: float
    effort: float


# Inside these the engine neither clamps nor overdrives, and "Say the word ..." takes 1 to 3 s.
LOWEST = Prosody(rate=95, pitch=0, range=0, volume=30, pause=0, lift=-40, effort=0)
HIGHEST = Prosody(rate=170, pitch=99, range=99, volume=110, pause=240, lift=60, effort=0.9)


def parse(name: str, given: object) -> Prosody:
    """Read the mapping that stands at generate.`name` in corpus.yaml.

    Raises:
        UserError: a key is unknown or missing, or a value is no finite number.
    """
    expected = [field.name for field in fields(Prosody)]
    keys = set(given) if isinstance(given, dict) else set()
    for problem, names in (("unknown", keys - set(expected)), ("missing", set(expected) - keys)):
        if names:
            raise UserError(f"generate.{name}: {problem} {min(names, key=str)}; expected {', '.join(expected)}")
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)) or not math.isfinite(value):
            raise UserError(f"generate.{name}.{key} is {value!r}; expected a number")
    return Prosody(**given)


def parse_emotion(name: str, given: object) -> tuple[str, Prosody]:
    """Read generate.emotions.`name` as its sentence mark, one of ENDINGS, and its departure; errors as `parse`."""
    ending = given.get("ending") if isinstance(given, dict) else None
    if ending not in ENDINGS:
        raise UserError(f"generate.emotions.{name}.ending is {ending!r}; expected one of {' '.join(ENDINGS)}")
    return ending, parse(f"emotions.{name}", {key: value for key, value in given.items() if key != "ending"})


def number(*key: object) -> int:
    """A number of 256 bits that depends on the key (seed and names) only; seeds what is drawn for that key."""
    return int.from_bytes(hashlib.sha256("/".join(map(str, key)).encode()).digest(), "big")


def draw(deviation: Prosody, *key: object) -> Prosody:
    """One normal draw a setting with the standard deviations `deviation`: the same for the same key."""
    random = np.random.default_rng(number(*key))
    return Prosody(**{name: value * random.standard_normal() for name, value in asdict(deviation).items()})


def combine(*parts: Prosody) -> Prosody:
    """The sum of the parts, kept between LOWEST and HIGHEST."""
    sums = {field.name: sum(getattr(part, field.name) for part in parts) for field in fields(Prosody)}
    return Prosody(**{k: min(max(value, getattr(LOWEST, k)), getattr(HIGHEST, k)) for k, value in sums.items()})
