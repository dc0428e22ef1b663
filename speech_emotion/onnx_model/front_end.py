"""audio.mfcc.extract as an ONNX graph, so that a model file computes its own features and needs no librosa.

Every step does what librosa does with its default settings; tests/onnx_model/test_front_end.py compares the two.
"""

import librosa
import numpy as np
import onnx
import scipy.fft

from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.core.moments import VARIANCE_FLOOR
from speech_emotion.onnx_model.graph import Graph

TRIM_FRAME, TRIM_HOP = 2048, 512  # samples; frame_length and hop_length of librosa.effects.trim
LOWEST_POWER = 1e-10  # amin of librosa.power_to_db, and the square of that of amplitude_to_db
TOP_DB = 80.0  # top_db of librosa.power_to_db
DB_PER_NEPER = 10 / np.log(10)  # turns a natural logarithm into decibels


def build_front_end(settings: FeatureSettings, speaker_prior: np.ndarray | None = None) -> onnx.ModelProto:
    """Return the graph.

    Input: `signal`, float32 (samples,), mono, at `settings.sample_rate`, at least one sample, all finite.
    Outputs: `features`, float32 (1, frames, n_mfcc), and `lengths`, int32 (1,): one batch for the network.

    With a prior, see `core.moments.statistics`, there is also the optional input `speaker_moments`, float32
    (1 + 2 * n_mfcc,), of what was heard of the speaker before, and the output `speaker_statistics`, float32
    (1, 2, n_mfcc), of that and this signal.
    """
    g = Graph("mfcc/")
    signal = g.input("signal", "float32", ["samples"])
    decibels = _log_mel(g, _trim(g, signal, settings.trim_db), settings)  # (frames, bands)
    relative = g.Sub(decibels, g.ReduceMean(decibels, keepdims=1))
    pooled = _average_frames(g, relative, settings.frames_per_step)  # (steps, bands)
    # The cosine transform works across bands and the average across frames, so their order does not matter.
    cosines = scipy.fft.dct(np.eye(settings.n_mels), axis=1, norm="ortho")[:, : settings.n_mfcc]
    mfcc = g.MatMul(pooled, cosines.astype(np.float32))  # (steps, n_mfcc)
    g.Unsqueeze(mfcc, [0], output="features")
    g.Cast(g.Shape(mfcc, start=0, end=1), to=onnx.TensorProto.INT32, output="lengths")
    g.output("features", "float32", [1, "frames", settings.n_mfcc])
    g.output("lengths", "int32", [1])
    if speaker_prior is not None:
        _speaker_statistics(g, mfcc, speaker_prior)
        g.output("speaker_statistics", "float32", [1, 2, settings.n_mfcc])
    return g.model()


def _speaker_statistics(g: Graph, mfcc: str, prior: np.ndarray) -> None:
    """As core.moments: (steps, n_mfcc) to the value speaker_statistics, (1, 2, n_mfcc)."""
    prior = prior.astype(np.float32)
    steps, prior_mean, prior_variance = prior[:1], *np.split(prior[1:], 2)
    before = g.optional_input("speaker_moments", np.zeros_like(prior))
    size = len(prior_mean)
    count = g.Add(g.Slice(before, [0], [1]), g.Cast(g.Shape(mfcc, start=0, end=1), to=onnx.TensorProto.FLOAT))
    sums = g.Add(g.Slice(before, [1], [1 + size]), g.ReduceSum(mfcc, [0], keepdims=0))
    squares = g.Add(g.Slice(before, [1 + size], [1 + 2 * size]), g.ReduceSum(g.Mul(mfcc, mfcc), [0], keepdims=0))
    mean = g.Div(sums, count)
    variance = g.Max(g.Sub(g.Div(squares, count), g.Mul(mean, mean)), 0.0)
    weight = g.Div(count, g.Add(count, steps))
    rest = g.Sub(1.0, weight)
    mean = g.Add(g.Mul(weight, mean), g.Mul(rest, prior_mean))
    variance = g.Add(g.Mul(weight, variance), g.Mul(rest, prior_variance))
    std = g.Sqrt(g.Add(variance, VARIANCE_FLOOR))
    g.Unsqueeze(g.Concat(g.Unsqueeze(mean, [0]), g.Unsqueeze(std, [0]), axis=0), [0], output="speaker_statistics")


def _trim(g: Graph, signal: str, trim_db: float) -> str:
    """Cut quiet ends as librosa.effects.trim does: (samples,) to (fewer samples,)."""
    power = g.Max(_frame_power(g, signal), LOWEST_POWER)  # (frames,)
    threshold = g.Mul(g.ReduceMax(power, keepdims=1), 10 ** (-trim_db / 10))
    is_loud = g.Cast(g.Greater(power, threshold), to=onnx.TensorProto.INT32)
    first = g.ArgMax(is_loud, axis=0, keepdims=1)
    last = g.ArgMax(is_loud, axis=0, keepdims=1, select_last_index=1)
    start = g.Mul(first, [TRIM_HOP])
    end = g.Mul(g.Add(last, [1]), [TRIM_HOP])  # Slice stops at the end of the signal
    return g.Slice(signal, start, end)


def _frame_power(g: Graph, signal: str) -> str:
    """Mean power of each centered frame: (samples,) to (1 + samples // TRIM_HOP,).

    A frame is several hops long. Each hop is squared and summed once, and a convolution adds up the hops of a frame.
    """
    hops_per_frame = TRIM_FRAME // TRIM_HOP
    padded = g.Pad(signal, [TRIM_FRAME // 2, TRIM_FRAME // 2])
    whole_hops = g.Div(g.Shape(padded), [TRIM_HOP])
    hops = g.Reshape(g.Slice(padded, [0], g.Mul(whole_hops, [TRIM_HOP])), [1, 1, -1, TRIM_HOP])
    energy = g.ReduceSumSquare(hops, axes=[3], keepdims=0)  # (1, 1, hops)
    mean = np.full((1, 1, hops_per_frame), 1 / TRIM_FRAME, np.float32)
    return g.Reshape(g.Conv(energy, mean), [-1])


def _log_mel(g: Graph, signal: str, settings: FeatureSettings) -> str:
    """Mel power spectrogram in dB, at most TOP_DB below its peak: (samples,) to (frames, bands)."""
    half = settings.n_fft // 2
    column = g.Reshape(g.Pad(signal, [half, half]), [1, -1, 1])
    window = librosa.filters.get_window("hann", settings.n_fft).astype(np.float32)
    spectrum = g.STFT(column, settings.hop_length, window)  # (1, frames, frequencies, real and imaginary)
    power = g.ReduceSumSquare(spectrum, axes=[0, 3], keepdims=0)  # (frames, frequencies)
    filters = librosa.filters.mel(sr=settings.sample_rate, n_fft=settings.n_fft, n_mels=settings.n_mels)
    mel = g.Max(g.MatMul(power, filters.T.astype(np.float32)), LOWEST_POWER)
    decibels = g.Mul(g.Log(mel), DB_PER_NEPER)
    return g.Max(decibels, g.Sub(g.ReduceMax(decibels, keepdims=1), TOP_DB))


def _average_frames(g: Graph, frames: str, size: int) -> str:
    """Average groups of `size` frames: (frames, bands) to (frames // size, bands).

    A last group that is not full is dropped, unless it is the only one.
    """
    available = g.Shape(frames, start=0, end=1)
    group = g.Min(available, [size])
    groups = g.Div(available, group)
    full = g.Slice(frames, [0], g.Mul(groups, group))
    shape = g.Concat(groups, group, [-1], axis=0)
    return g.ReduceMean(g.Reshape(full, shape), axes=[1], keepdims=0)
