"""Read chunks of sound from the microphone, with PortAudio through sounddevice."""

import queue
from collections.abc import Iterator
from contextlib import suppress

import numpy as np

from speech_emotion.core.errors import UserError

CHUNK_SECONDS = 0.05
BACKLOG = 200  # chunks that can wait to be read, 10 s; newer sound is lost while the backlog is full


def open_microphone(device: int | str | None) -> tuple[float, str, Iterator[np.ndarray]]:
    """Open an input device.

    Args:
        device: its number or a part of its name; None is the default device.

    Returns:
        Its sample rate in Hz, its name, and its chunks, float32 (samples,).

    Raises:
        UserError: there is no such device, or sounddevice or PortAudio is not installed.
    """
    sounddevice = _sounddevice()
    chunks = queue.Queue(BACKLOG)

    def keep(data: np.ndarray, *_) -> None:  # data: (samples, 1). PortAudio calls this, so it must not wait
        with suppress(queue.Full):
            chunks.put_nowait(data[:, 0].copy())

    try:
        info = sounddevice.query_devices(device, "input")
        rate = info["default_samplerate"]
        size = round(CHUNK_SECONDS * rate)
        stream = sounddevice.InputStream(
            samplerate=rate, blocksize=size, device=device, channels=1, dtype="float32", callback=keep
        )
    except (sounddevice.PortAudioError, ValueError) as error:
        reason = str(error).partition("\n")[0]
        raise UserError(
            f"no microphone ({reason}); choose a --device from python -m sounddevice, or use --file"
        ) from error
    return rate, info["name"], _read(stream, chunks)


def _read(stream, chunks: queue.Queue) -> Iterator[np.ndarray]:
    try:
        stream.start()
        while True:
            yield chunks.get()
    finally:
        stream.abort()  # unlike stop, it does not wait for sound that is still in PortAudio's buffers
        stream.close()


def _sounddevice():
    try:
        import sounddevice
    except ModuleNotFoundError as error:
        raise UserError("the microphone needs sounddevice; run `pip install sounddevice`, or use --file") from error
    except OSError as error:  # the wheel for Linux does not include PortAudio
        raise UserError(f"{error}; apt-get install libportaudio2, or use --file") from error
    return sounddevice
