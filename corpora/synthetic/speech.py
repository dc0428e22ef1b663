"""eSpeak NG through ctypes, with library and data from the wheel espeakng-loader: text in, samples out, no state kept.

The C interface is in https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/include/espeak-ng/speak_lib.h
"""

import ctypes
from _ctypes import dlclose
from collections.abc import Iterable
from pathlib import Path

import espeakng_loader
import numpy as np

from speech_emotion.core.errors import UserError

RATE = 22050  # Hz
LANGUAGE = "en-us"
LONGEST_PATH = 159  # N_PATH_HOME - 1 in espeak-ng; it would cut a longer one in silence
DIALS = {"rate": 1, "volume": 2, "pitch": 3, "range": 4}  # espeak_PARAMETER
_SYNCHRONOUS, _DO_NOT_EXIT = 2, 0x8000
_UTF8, _SSML = 1, 0x10
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def check_voices(voices: Iterable[str]) -> None:
    """Refuse voices that are no variant; the engine itself would speak with its default voice and say nothing.

    Raises:
        UserError: names the first unknown voice and where the known ones are.
    """
    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    for voice in voices:
        if not (str(voice).isalnum() and (folder / str(voice)).is_file()):
            raise UserError(f"generate.voices: eSpeak NG has no voice {voice!r}; expected one of the files in {folder}")


def say(voice: str, text: str, noise: int = 1, **dials: int) -> np.ndarray:
    """Speak `text` (SSML) and return int16 samples of shape (samples,) at RATE.

    The library is loaded anew and its noise is seeded, since phase, flutter and noise would otherwise run on from the
    utterance before: the same arguments give the same samples whatever was spoken earlier (3 ms more an utterance).

    Args:
        voice: a variant of LANGUAGE, such as "f4".
        noise: seed of the breath noise, 0 to 2**31 - 1.
        dials: values of DIALS.

    Raises:
        UserError: the engine refuses its data, the voice or the text.
    """
    chunks: list[bytes] = []

    @_Callback
    def receive(samples, number, _events):
        if samples and number > 0:
            chunks.append(ctypes.string_at(samples, 2 * number))
        return 0

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    try:
        _start(library, voice, noise, dials)
        library.espeak_SetSynthCallback(receive)
        data = text.encode()
        _accept(library.espeak_Synth(data, ctypes.c_size_t(len(data) + 1), 0, 1, 0, _UTF8 | _SSML, None, None), text)
        library.espeak_Terminate()
    finally:
        dlclose(library._handle)
    return np.frombuffer(b"".join(chunks), dtype=np.int16)


def _start(library: ctypes.CDLL, voice: str, noise: int, dials: dict[str, int]) -> None:
    data = espeakng_loader.get_data_path()
    if len(data) > LONGEST_PATH:
        raise UserError(f"{data}: {len(data)} letters; eSpeak NG reads up to {LONGEST_PATH}: move the environment")
    if library.espeak_Initialize(_SYNCHRONOUS, 0, data.encode(), _DO_NOT_EXIT) != RATE:
        raise UserError(f"eSpeak NG cannot use its data in {data}; reinstall espeakng-loader")
    library.espeak_ng_SetRandSeed(ctypes.c_long(noise))
    _accept(library.espeak_SetVoiceByName(f"{LANGUAGE}+{voice}".encode()), voice)
    for name, value in dials.items():
        _accept(library.espeak_SetParameter(DIALS[name], value, 0), f"{name} {value}")


def _accept(status: int, what: str) -> None:
    if status != 0:
        raise UserError(f"eSpeak NG refuses {what!r} with status {status}; reinstall espeakng-loader")
