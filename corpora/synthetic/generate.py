"""Speak the embedded corpus with eSpeak NG: `python -m corpora.synthetic.generate DEST [CORPUS_YAML]`.

Writes DEST/<voice>_<word>_<emotion>.wav, 16-bit mono at eSpeak's rate, from the section `generate` of corpus.yaml. A clip
depends on the seed and on its own name only: not on the other clips, on their order, or on the size of the corpus. The
engine would carry phases and its random state from clip to clip, so each clip has a newly loaded library (speech.py).
"""

import hashlib
import sys
import wave
from collections.abc import Iterator
from dataclasses import asdict, dataclass, fields
from pathlib import Path

import numpy as np

from corpora.synthetic import speech
from ser import files, params
from ser.errors import UserError, exit_on_user_error

CORPUS = Path(__file__).with_name("corpus.yaml")
FRAME = 'Say the word <break time="{pause}ms"/><prosody pitch="{lift:+d}%">{word}{ending}</prosody>'


@dataclass(frozen=True)
class Settings:
    """The section `generate` of corpus.yaml, which says what each key means."""

    seed: int
    words: int
    vocabulary: str
    voices: dict
    emotions: dict
    style: dict
    spread: dict


@dataclass(frozen=True)
class Prosody:
    """Offsets or values; units and meaning as in corpus.yaml."""

    rate: float
    pitch: float
    range: float
    volume: float
    pause: float
    lift: float
    effort: float


# What the engine takes without clamping or clipping; rates beyond these leave 1 to 3 s.
LOWEST = Prosody(rate=95, pitch=0, range=0, volume=30, pause=0, lift=-40, effort=0)
HIGHEST = Prosody(rate=190, pitch=99, range=99, volume=150, pause=240, lift=60, effort=0.9)


def clips(settings: Settings) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (file name, int16 samples of shape (samples,) at speech.RATE) by voice, word and emotion.

    Raises:
        UserError: a voice the engine lacks, more words than the vocabulary has, an unknown or missing prosody key.
    """
    words = _words(settings)
    voices = {voice: _prosody(f"voices.{voice}", given) for voice, given in settings.voices.items()}
    emotions = {name: _emotion(name, given) for name, given in settings.emotions.items()}
    style, spread = _prosody("style", settings.style), _prosody("spread", settings.spread)
    speech.check_voices(voices)
    for voice, centre in voices.items():
        for word in words:
            for emotion, (ending, departure) in emotions.items():
                manner = _draw(style, settings.seed, voice, emotion)
                chance = _draw(spread, settings.seed, voice, word, emotion)
                prosody = _within(centre, departure, manner, chance)
                yield f"{voice}_{word}_{emotion}.wav", _speak(voice, word, ending, prosody)


def write(folder: Path, settings: Settings) -> int:
    """Write the clips into `folder`, which may exist, and return their number.

    Raises:
        UserError: as `clips`, or the folder cannot be written.
    """
    number = 0
    try:
        for name, samples in clips(settings):
            with files.replacing(Path(folder) / name) as temporary:
                _write_wav(temporary, samples)
            number += 1
    except OSError as error:
        raise UserError(f"{folder}: cannot be written ({error.strerror}); name a folder that can") from error
    return number


def _words(settings: Settings) -> list[str]:
    words = settings.vocabulary.split()
    wrong = [word for word in words if not (word.isascii() and word.isalpha() and word.islower())]
    if wrong or len(set(words)) < len(words):
        raise UserError(f"generate.vocabulary: {wrong or 'a word twice'}; expected different words in lower-case letters")
    if not 1 <= settings.words <= len(words):
        raise UserError(f"generate.words is {settings.words}; expected 1 to {len(words)}, or add to generate.vocabulary")
    return words[: settings.words]


def _emotion(name: str, given: object) -> tuple[str, Prosody]:
    ending = given.get("ending") if isinstance(given, dict) else None
    if ending not in ("!", ".", "?"):
        raise UserError(f"generate.emotions.{name}.ending is {ending!r}; expected one of ! . ?")
    return ending, _prosody(f"emotions.{name}", {key: value for key, value in given.items() if key != "ending"})


def _prosody(name: str, given: object) -> Prosody:
    expected = [field.name for field in fields(Prosody)]
    keys = set(given) if isinstance(given, dict) else set()
    for problem, names in (("unknown", keys - set(expected)), ("missing", set(expected) - keys)):
        if names:
            raise UserError(f"generate.{name}: {problem} {min(names, key=str)}; expected the keys {', '.join(expected)}")
    for key, value in given.items():
        if isinstance(value, bool) or not isinstance(value, (int, float)):
            raise UserError(f"generate.{name}.{key} is {value!r}; expected a number")
    return Prosody(**given)


def _draw(deviation: Prosody, *key: object) -> Prosody:
    """One normal draw for each setting, the same for the same key (seed and names) on every machine."""
    random = np.random.default_rng(int.from_bytes(hashlib.sha256("/".join(map(str, key)).encode()).digest()))
    return Prosody(**{name: value * random.standard_normal() for name, value in asdict(deviation).items()})


def _within(*parts: Prosody) -> Prosody:
    """The sum of the parts, kept between LOWEST and HIGHEST."""
    sums = {field.name: sum(getattr(part, field.name) for part in parts) for field in fields(Prosody)}
    return Prosody(**{n: min(max(x, getattr(LOWEST, n)), getattr(HIGHEST, n)) for n, x in sums.items()})


def _speak(voice: str, word: str, ending: str, prosody: Prosody) -> np.ndarray:
    text = FRAME.format(pause=round(prosody.pause), lift=round(prosody.lift), word=word, ending=ending)
    dials = {name: round(getattr(prosody, name)) for name in speech.DIALS}
    return _tilt(speech.say(voice, text, **dials), prosody.effort)


def _tilt(samples: np.ndarray, effort: float) -> np.ndarray:
    """Raise high against low frequencies like a raised voice: a first difference in whole numbers, alike on every processor."""
    exact = samples.astype(np.int64)
    tilted = 100 * exact - round(100 * effort) * np.concatenate([[0], exact[:-1]])
    return (tilted // (100 - round(80 * effort))).clip(-32768, 32767).astype(np.int16)


def _write_wav(path: Path, samples: np.ndarray) -> None:
    with wave.open(str(path), "wb") as file:
        file.setparams((1, 2, speech.RATE, len(samples), "NONE", "not compressed"))
        file.writeframes(samples.astype("<i2").tobytes())


def main(folder: str, corpus: str = str(CORPUS)) -> None:
    """Write the corpus that `corpus` describes into `folder`."""
    write(Path(folder), params.load("generate", Settings, Path(corpus)))


if __name__ == "__main__":
    with exit_on_user_error():
        if len(sys.argv) not in (2, 3):
            raise UserError("usage: python -m corpora.synthetic.generate DEST [CORPUS_YAML]")
        main(*sys.argv[1:])
