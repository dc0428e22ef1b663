"""Text to samples with eSpeak NG, through ctypes. The package espeakng-loader brings the library and its data.

The C interface: https://github.com/espeak-ng/espeak-ng/blob/1.52.0/src/include/espeak-ng/speak_lib.h
"""

import ctypes
import os
from _ctypes import dlclose
from collections.abc import Iterable
from pathlib import Path

import espeakng_loader
import numpy as np

from speech_emotion.core.errors import UserError

RATE = 22050  # Hz
LANGUAGE = "en-us"
MAX_PATH = 159  # bytes; N_PATH_HOME - 1 in espeak-ng, which cuts longer paths without an error
PARAMETERS = {"rate": 1, "volume": 2, "pitch": 3, "pitch_range": 4}  # espeak_PARAMETER
_SYNCHRONOUS = 2  # AUDIO_OUTPUT_SYNCHRONOUS
_DO_NOT_EXIT = 0x8000  # espeakINITIALIZE_DONT_EXIT
_UTF8 = 1  # espeakCHARS_UTF8
_SSML = 0x10  # espeakSSML
_Callback = ctypes.CFUNCTYPE(ctypes.c_int, ctypes.POINTER(ctypes.c_short), ctypes.c_int, ctypes.c_void_p)


def check_voices(voices: Iterable[str]) -> None:
    """Check that the voices exist. eSpeak NG uses its default voice for an unknown variant, without an error.

    Raises:
        UserError: names the first unknown voice and where the known ones are.
    """
    folder = Path(espeakng_loader.get_data_path()) / "voices" / "!v"
    for voice in voices:
        if not voice.isalnum() or not (folder / voice).is_file():
            raise UserError(f"generate.voices: eSpeak NG has no voice {voice!r}; expected one of the files in {folder}")


def synthesize(voice: str, text: str, seed: int = 1, **parameters: int) -> np.ndarray:
    """Speak `text` (SSML) and return int16 samples of shape (samples,) at RATE.

    The same arguments always give the same samples: the library is loaded for each call (3 ms), because phase, flutter
    and noise would otherwise continue from the previous text.

    Args:
        voice: a variant of LANGUAGE, such as "f4".
        seed: seed of the breath noise, 0 to 2**31 - 1.
        parameters: values of PARAMETERS.

    Raises:
        UserError: eSpeak NG refuses its data, the voice or the text.
    """
    chunks: list[bytes] = []

    @_Callback
    def receive(samples, number, _events):
        if samples and number > 0:
            chunks.append(ctypes.string_at(samples, 2 * number))
        return 0

    library = ctypes.CDLL(espeakng_loader.get_library_path())
    try:
        _start(library, voice, seed, parameters)
        library.espeak_SetSynthCallback(receive)
        data = text.encode()
        size = ctypes.c_size_t(len(data) + 1)
        _check(library.espeak_Synth(data, size, 0, 1, 0, _UTF8 | _SSML, None, None), text)
        library.espeak_Terminate()
    finally:
        dlclose(library._handle)
    return np.frombuffer(b"".join(chunks), dtype=np.int16)


def _start(library: ctypes.CDLL, voice: str, seed: int, parameters: dict[str, int]) -> None:
    folder = espeakng_loader.get_data_path()
    data = os.fsencode(folder)
    if len(data) > MAX_PATH:
        raise UserError(f"{folder}: is {len(data)} bytes long; eSpeak NG reads {MAX_PATH}; move the environment")
    if library.espeak_Initialize(_SYNCHRONOUS, 0, data, _DO_NOT_EXIT) != RATE:
        raise UserError(f"eSpeak NG cannot use its data in {folder}; reinstall espeakng-loader")
    library.espeak_ng_SetRandSeed(ctypes.c_long(seed))
    _check(library.espeak_SetVoiceByName(f"{LANGUAGE}+{voice}".encode()), voice)
    for name, value in parameters.items():
        _check(library.espeak_SetParameter(PARAMETERS[name], value, 0), f"{name} {value}")


def _check(status: int, what: str) -> None:
    if status != 0:
        raise UserError(f"eSpeak NG refuses {what!r} with status {status}; check `generate` in corpus.yaml")
