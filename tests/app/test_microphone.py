import sys

import numpy as np

from app import microphone

RATE = 16000


class FastDevice:
    """In place of sounddevice: a device that delivers more blocks than the backlog holds."""

    PortAudioError = OSError
    closed = False

    def query_devices(self, *_):
        return {"default_samplerate": RATE, "name": "fast"}

    def InputStream(self, rate, size, *_, callback):
        self.deliver = lambda value: callback(np.full((size, 1), value, np.float32))
        return self

    def start(self):
        for number in range(microphone.BACKLOG + 3):
            self.deliver(number)

    def abort(self):
        pass

    def close(self):
        self.closed = True


def test_sound_that_is_not_read_in_time_is_lost(monkeypatch):
    device = FastDevice()
    monkeypatch.setitem(sys.modules, "sounddevice", device)
    rate, name, blocks = microphone.open_microphone(None)
    values = [next(blocks)[0] for _ in range(microphone.BACKLOG)]
    assert (rate, name) == (RATE, "fast")
    assert values == list(range(microphone.BACKLOG))
    device.deliver(-1)
    assert next(blocks).tolist() == [-1] * round(microphone.BLOCK_SECONDS * RATE)
    blocks.close()
    assert device.closed
