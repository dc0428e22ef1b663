"""The newest samples of a stream, addressed by their position in the stream."""

import numpy as np


class SampleBuffer:
    """Takes blocks of any length. `end` is the number of samples so far, which is the position of the next one."""

    def __init__(self):
        self.end = 0
        self._samples = np.empty(0, np.float32)

    def __len__(self) -> int:
        """Return the number of samples in memory."""
        return len(self._samples)

    def append(self, block: np.ndarray) -> None:
        """Add the next samples, float32 (samples,)."""
        self._samples = np.concatenate([self._samples, block])
        self.end += len(block)

    def read(self, start: int, end: int) -> np.ndarray:
        """Return the samples from position `start` up to, but not including, `end`; all must be in memory."""
        first = self.end - len(self)
        return self._samples[start - first : end - first]

    def discard_before(self, position: int) -> None:
        """Discard the samples before `position`, if they are still in memory."""
        first = self.end - len(self)
        self._samples = self._samples[max(0, position - first) :]
