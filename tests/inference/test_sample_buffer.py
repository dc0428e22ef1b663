import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.inference.sample_buffer import SampleBuffer


@given(lengths=st.lists(st.integers(0, 20), max_size=8), keep=st.integers(0, 30))
def test_samples_keep_their_positions(lengths, keep):
    signal = np.arange(sum(lengths), dtype=np.float32)
    samples = SampleBuffer()
    for block in np.split(signal, np.cumsum(lengths)):
        samples.append(block)
        samples.discard_before(samples.end - keep)
        first = max(0, samples.end - keep)
        assert len(samples) == samples.end - first
        np.testing.assert_array_equal(samples.read(first, samples.end), signal[first : samples.end])
