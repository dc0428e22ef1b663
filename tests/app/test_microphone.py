import sys

import numpy as np

from speech_emotion.app import microphone


class FastDevice:
    """In place of sounddevice: a device that delivers more chunks than the backlog holds."""

    PortAudioError = OSError

    def query_devices(self, *_):
        return {"default_samplerate": 16000, "name": "fast"}

    def InputStream(self, *, blocksize, callback, **_):
        self.deliver = lambda value: callback(np.full((blocksize, 1), value, np.float32))
        return self

    def start(self):
        for number in range(microphone.BACKLOG + 3):
            self.deliver(number)

    def abort(self):
        self.closed = True

    close = abort


def test_sound_that_is_not_read_in_time_is_lost(monkeypatch):
    device = FastDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    rate, name, chunks = microphone.open_microphone(None)
    assert (rate, name) == (16000, "fast")
    assert [next(chunks)[0] for _ in range(microphone.BACKLOG)] == list(range(microphone.BACKLOG))
    device.deliver(-1)
    assert next(chunks).tolist() == [-1] * 800
    chunks.close()
    assert device.closed
