"""Generate the synthetic corpus with eSpeak NG.

python -m corpora.synthetic.generate <folder> [<corpus.yaml>]    writes <folder>/<voice>_<word>_<emotion>.wav

The clips are 16-bit mono at speech.RATE. A clip depends only on the seed and on its name: not on the other clips, their
order, or the size of the corpus.
"""

import wave
from collections.abc import Iterator
from pathlib import Path
from typing import Annotated

import numpy as np
from pydantic import Field, PositiveInt, ValidationInfo, field_validator

from corpora.synthetic import prosody, speech
from corpora.synthetic.prosody import Emotion, Prosody
from speech_emotion.core import files, params
from speech_emotion.core.command_line import run_stage

CORPUS = Path(__file__).with_name("corpus.yaml")
SENTENCE = 'Say the word <break time="{pause}ms"/><prosody pitch="{lift:+d}%">{word}</prosody>'


class Settings(params.Section):
    """The section `generate` of corpus.yaml, which explains each key."""

    seed: params.Seed
    vocabulary: Annotated[str, Field(pattern=r"^[a-z\s]+$")]  # goes into SSML as it is
    words: PositiveInt
    voices: dict[str, Prosody]
    emotions: dict[str, Emotion]
    style: Prosody
    spread: Prosody

    @field_validator("words")
    @classmethod
    def _check_words(cls, words: int, info: ValidationInfo) -> int:
        available = len(_unique_words(info.data.get("vocabulary", "")))
        if words > available:
            raise ValueError(f"expected at most {available}, the number of different words in the vocabulary")
        return words


def clips(settings: Settings) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (file name, int16 samples of shape (samples,) at speech.RATE), sorted as in the settings.

    Raises:
        UserError: before the first clip: eSpeak NG lacks a voice, or cannot be used.
    """
    words = _unique_words(settings.vocabulary)[: settings.words]
    speech.check_voices(settings.voices)
    for voice in settings.voices:
        for word in words:
            for emotion in settings.emotions:
                yield f"{voice}_{word}_{emotion}.wav", _make_clip(settings, voice, word, emotion)


def write(folder: Path, settings: Settings) -> None:
    """Write the clips into `folder`. Other files in it stay."""
    for name, samples in clips(settings):
        _write_wav(Path(folder) / name, samples)


def _unique_words(vocabulary: str) -> list[str]:
    return list(dict.fromkeys(vocabulary.split()))


def _make_clip(settings: Settings, voice: str, word: str, emotion: str) -> np.ndarray:
    key = (settings.seed, voice, word, emotion)
    combined = prosody.combine(
        settings.voices[voice],
        settings.emotions[emotion],
        prosody.draw(settings.style, settings.seed, voice, emotion),
        prosody.draw(settings.spread, *key),
    )
    last = word + settings.emotions[emotion].ending
    text = SENTENCE.format(pause=round(combined.pause), lift=round(combined.lift), word=last)
    parameters = {name: round(getattr(combined, name)) for name in speech.PARAMETERS}
    samples = speech.synthesize(voice, text, prosody.seed_from(*key) % 2**31, **parameters)
    return _tilt(samples, combined.effort)


def _tilt(samples: np.ndarray, effort: float) -> np.ndarray:
    """Strengthen high frequencies over low ones, as in a raised voice, at about the same level.

    It is a first difference in integers, so that every processor computes the same samples.
    """
    exact = samples.astype(np.int64)
    tilted = 100 * exact - round(100 * effort) * np.concatenate([[0], exact[:-1]])
    return (tilted // (100 - round(80 * effort))).clip(-32768, 32767).astype(np.int16)


def _write_wav(path: Path, samples: np.ndarray) -> None:
    with files.atomic_write(path) as temporary, wave.open(str(temporary), "wb") as file:
        file.setparams((1, 2, speech.RATE, len(samples), "NONE", "not compressed"))
        file.writeframes(samples.astype("<i2").tobytes())


def main(folder: str, corpus: str = str(CORPUS)) -> None:
    write(Path(folder), params.load_section("generate", Settings, Path(corpus)))


if __name__ == "__main__":
    run_stage(main)
