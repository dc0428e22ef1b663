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

DESCRIPTION = Path(__file__).with_name("corpus.yaml")
FIXED_POINT = 100  # stands for 1 in integer arithmetic
LEVEL_LOSS = 0.8  # how much of the level of speech the filter removes at an effort of 1
SENTENCE = 'Say the word <break time="{pause}ms"/><prosody pitch="{rise:+d}%">{word}</prosody>'


class Settings(params.Section):
    """The section `generate` of corpus.yaml, which explains each key."""

    seed: params.Seed
    vocabulary: Annotated[str, Field(pattern=r"^[a-z\s]+$")]  # goes into SSML as it is
    words: PositiveInt
    voices: dict[str, Prosody]
    emotions: dict[str, Emotion]
    speaker_std: Prosody
    clip_std: Prosody

    @field_validator("words")
    @classmethod
    def _check_words(cls, words: int, info: ValidationInfo) -> int:
        available = len(_unique_words(info.data.get("vocabulary", "")))
        if words > available:
            raise ValueError(f"expected at most {available}, the number of different words in the vocabulary")
        return words


def clips(settings: Settings) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (file name, int16 samples of shape (samples,) at speech.RATE), in the order of the settings.

    Raises:
        UserError: eSpeak NG lacks a voice, or cannot be used.
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
        with files.atomic_write(folder / name) as temporary, wave.open(str(temporary), "wb") as file:
            file.setparams((1, 2, speech.RATE, len(samples), "NONE", "not compressed"))
            file.writeframes(samples.astype("<i2").tobytes())


def _unique_words(vocabulary: str) -> list[str]:
    return list(dict.fromkeys(vocabulary.split()))


def _make_clip(settings: Settings, voice: str, word: str, emotion: str) -> np.ndarray:
    key = (settings.seed, voice, word, emotion)
    combined = prosody.combine(
        settings.voices[voice],
        settings.emotions[emotion],
        prosody.draw(settings.speaker_std, settings.seed, voice, emotion),
        prosody.draw(settings.clip_std, *key),
    )
    last = word + settings.emotions[emotion].ending
    text = SENTENCE.format(pause=round(combined.pause), rise=round(combined.final_pitch_rise), word=last)
    parameters = {name: round(getattr(combined, name)) for name in speech.PARAMETERS}
    samples = speech.synthesize(voice, text, prosody.seed_from(*key) % 2**31, **parameters)
    return _apply_vocal_effort(samples, combined.effort)


def _apply_vocal_effort(samples: np.ndarray, effort: float) -> np.ndarray:
    """Strengthen high frequencies relative to low ones, as in a raised voice, at about the same level.

    The filter is y[n] = (x[n] - effort * x[n - 1]) / (1 - LEVEL_LOSS * effort), in fixed-point arithmetic, because
    integers give the same samples on every processor.
    """
    exact = samples.astype(np.int64)
    filtered = FIXED_POINT * exact - round(FIXED_POINT * effort) * np.concatenate([[0], exact[:-1]])
    divisor = FIXED_POINT - round(FIXED_POINT * LEVEL_LOSS * effort)
    return (filtered // divisor).clip(-32768, 32767).astype(np.int16)


def main(folder: str, corpus: str = str(DESCRIPTION)) -> None:
    write(Path(folder), params.load("generate", Settings, Path(corpus)))


if __name__ == "__main__":
    run_stage(main)
