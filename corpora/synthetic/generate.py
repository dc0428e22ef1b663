"""Speak the embedded corpus with eSpeak NG: `python -m corpora.synthetic.generate DEST [CORPUS_YAML]`.

Writes DEST/<voice>_<word>_<emotion>.wav, 16-bit mono at speech.RATE, from the section `generate` of corpus.yaml. A clip
depends on the seed and on its own name only: not on the other clips, on their order, or on the size of the corpus.
"""

import wave
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from corpora.synthetic import prosody, speech
from speech_emotion.core import files, params
from speech_emotion.core.command_line import run_stage
from speech_emotion.core.errors import UserError

CORPUS = Path(__file__).with_name("corpus.yaml")
FRAME = 'Say the word <break time="{pause}ms"/><prosody pitch="{lift:+d}%">{word}</prosody>'


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


def clips(settings: Settings) -> Iterator[tuple[str, np.ndarray]]:
    """Yield (file name, int16 samples of shape (samples,) at speech.RATE) by voice, word and emotion.

    Raises:
        UserError: before the first clip: a voice the engine lacks, more words than the vocabulary has, a wrong key.
    """
    words = _words(settings)
    voices = {voice: prosody.parse(f"voices.{voice}", given) for voice, given in settings.voices.items()}
    emotions = {emotion: prosody.parse_emotion(emotion, given) for emotion, given in settings.emotions.items()}
    style, spread = prosody.parse("style", settings.style), prosody.parse("spread", settings.spread)
    speech.check_voices(voices)
    for voice, centre in voices.items():
        for word in words:
            for emotion, (ending, departure) in emotions.items():
                key = (settings.seed, voice, word, emotion)
                manner, chance = prosody.draw(style, settings.seed, voice, emotion), prosody.draw(spread, *key)
                spoken = prosody.combine(centre, departure, manner, chance)
                yield f"{voice}_{word}_{emotion}.wav", _speak(voice, word + ending, spoken, prosody.number(*key))


def write(folder: Path, settings: Settings) -> int:
    """Write the clips into `folder`, made if absent, and return their number; other files there stay.

    Raises:
        UserError: as `clips`, or the folder cannot be written.
    """
    number = 0
    for name, samples in clips(settings):
        _write_wav(Path(folder) / name, samples)
        number += 1
    return number


def _words(settings: Settings) -> list[str]:
    words = settings.vocabulary.split()
    wrong = [word for word in words if not (word.isascii() and word.isalpha() and word.islower())]
    if wrong or len(set(words)) < len(words):
        raise UserError(f"generate.vocabulary has {wrong or 'a word twice'}; expected different words, letters a to z")
    if not 1 <= settings.words <= len(words):
        raise UserError(f"generate.words is {settings.words}; expected 1 to {len(words)}; or add to the vocabulary")
    return words[: settings.words]


def _speak(voice: str, word: str, spoken: prosody.Prosody, noise: int) -> np.ndarray:
    text = FRAME.format(pause=round(spoken.pause), lift=round(spoken.lift), word=word)
    dials = {name: round(getattr(spoken, name)) for name in speech.DIALS}
    return _tilt(speech.say(voice, text, noise % 2**31, **dials), spoken.effort)


def _tilt(samples: np.ndarray, effort: float) -> np.ndarray:
    """Raise high against low frequencies, as a raised voice does, at about the same level.

    A first difference in whole numbers, so that no processor rounds it another way.
    """
    exact = samples.astype(np.int64)
    tilted = 100 * exact - round(100 * effort) * np.concatenate([[0], exact[:-1]])
    return (tilted // (100 - round(80 * effort))).clip(-32768, 32767).astype(np.int16)


def _write_wav(path: Path, samples: np.ndarray) -> None:
    try:
        with files.atomic_write(path) as temporary, wave.open(str(temporary), "wb") as file:
            file.setparams((1, 2, speech.RATE, len(samples), "NONE", "not compressed"))
            file.writeframes(samples.astype("<i2").tobytes())
    except OSError as error:
        raise UserError(f"{path}: cannot be written ({error.strerror}); name a folder with write permission") from error


def main(folder: str, corpus: str = str(CORPUS)) -> None:
    """Write the corpus that the file `corpus` describes into `folder`."""
    write(Path(folder), params.load_section("generate", Settings, Path(corpus)))


if __name__ == "__main__":
    run_stage(main)
