"""The newest samples of a stream, addressed by their position in the stream."""

import numpy as np


class SampleBuffer:
    """Holds the samples from position `start` up to, but not including, `end`, which is where the next one goes."""

    def __init__(self):
        self.start = 0
        self.end = 0
        self._samples = np.empty(0, np.float32)

    def append(self, chunk: np.ndarray) -> None:
        """Add the next samples, float32 (samples,)."""
        self._samples = np.concatenate([self._samples, chunk])
        self.end += len(chunk)

    def read(self, start: int, end: int) -> np.ndarray:
        """Return the samples from position `start` up to, but not including, `end`; none may have been discarded."""
        assert self.start <= start <= end <= self.end
        return self._samples[start - self.start : end - self.start]

    def discard_before(self, position: int) -> None:
        """Discard the samples before `position`, which is at most `end`."""
        count = max(0, position - self.start)
        self._samples = self._samples[count:]
        self.start += count
