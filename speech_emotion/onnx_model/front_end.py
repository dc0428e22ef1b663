"""ser.features.extract as an ONNX graph, so that a model file carries its own features and needs no librosa.

Every step repeats librosa's, with librosa's defaults; tests/test_frontend.py compares the two.
"""

import librosa
import numpy as np
import onnx
import scipy.fft
import scipy.signal
from onnx import TensorProto, helper

from speech_emotion.audio.mfcc import FeatureSettings
from speech_emotion.onnx_model.graph import Graph

PREFIX = "mfcc/"
TRIM_FRAME, TRIM_HOP = 2048, 512  # samples; defaults of librosa.effects.trim
FLOOR_DB = 80.0  # below the clip's peak, as in ser.features.log_mel
POWER_FLOOR = 1e-10  # amin of librosa.power_to_db, and the square of amplitude_to_db's
DELTA_WIDTH = 9  # frames; default of librosa.feature.delta


def build(settings: FeatureSettings) -> onnx.ModelProto:
    """Return the graph.

    Input: `signal`, float32 (samples,), mono, at `settings.sample_rate`, one sample or more, all finite.
    Outputs: `features`, float32 (1, frames, coefficients), and `lengths`, int32 (1,): one batch for the network.
    """
    graph = Graph(PREFIX)
    decibels = _log_mel(graph, _trim(graph, "signal", settings.trim_db), settings)  # (bands, frames)
    decibels = graph.node("Sub", "relative", decibels, graph.node("ReduceMean", "level", decibels, keepdims=1))
    orders = [decibels] + [_delta(graph, decibels, order) for order in range(1, settings.deltas + 1)]
    pooled = [_pool(graph, order, number, settings.pool) for number, order in enumerate(orders)]  # (frames, bands)
    # The cosine transform mixes bands, deltas and pooling mix frames: in this order it has a fourth of the frames.
    cosines = graph.weight("cosines", _cosines(settings.n_mels, settings.n_mfcc))
    parts = [graph.node("MatMul", f"coefficients_{number}", part, cosines) for number, part in enumerate(pooled)]
    frames = graph.node("Concat", "all_coefficients", *parts, axis=1)
    rows = graph.node("Shape", "rows", frames, start=0, end=1)
    features = graph.node("Unsqueeze", "batch", frames, graph.weight("first", np.array([0])))
    graph.nodes.append(helper.make_node("Identity", [features], ["features"], name="features"))
    graph.nodes.append(helper.make_node("Cast", [rows], ["lengths"], name="lengths", to=TensorProto.INT32))
    coefficients = settings.n_mfcc * (1 + settings.deltas)
    return graph.model(
        [helper.make_tensor_value_info("signal", TensorProto.FLOAT, ["samples"])],
        [
            helper.make_tensor_value_info("features", TensorProto.FLOAT, [1, "frames", coefficients]),
            helper.make_tensor_value_info("lengths", TensorProto.INT32, [1]),
        ],
    )


def _trim(graph: Graph, signal: str, trim_db: float) -> str:
    """Cut both ends as librosa.effects.trim does: (samples,) to (fewer samples,)."""
    power = _trim_power(graph, signal)  # (frames,)
    floor = graph.weight("trim_floor", np.float32(POWER_FLOOR))
    power = graph.node("Max", "trim_power", power, floor)
    loudest = graph.node("ReduceMax", "trim_loudest", power, keepdims=1)
    limit = graph.node("Mul", "trim_limit", loudest, graph.weight("trim_ratio", np.float32(10 ** (-trim_db / 10))))
    loud = graph.node("Cast", "trim_loud", graph.node("Greater", "trim_above", power, limit), to=TensorProto.INT32)
    hop, one = graph.weight("trim_hop", np.array([TRIM_HOP])), graph.weight("one", np.array([1]))
    first = graph.node("ArgMax", "trim_first", loud, axis=0, keepdims=1)
    last = graph.node("ArgMax", "trim_last", loud, axis=0, keepdims=1, select_last_index=1)
    start = graph.node("Mul", "trim_start", first, hop)
    end = graph.node("Mul", "trim_end", graph.node("Add", "trim_after", last, one), hop)  # beyond the signal is its end
    return graph.node("Slice", "trimmed", signal, start, end)


def _trim_power(graph: Graph, signal: str) -> str:
    """Mean power of each centred frame, (samples,) to (1 + samples // hop,): each hop is squared and added up once."""
    steps = TRIM_FRAME // TRIM_HOP
    half, hop = TRIM_FRAME // 2, graph.weight("trim_hop", np.array([TRIM_HOP]))
    padded = graph.node("Pad", "trim_padded", signal, graph.weight("trim_pads", np.array([half, half])))
    full = graph.node("Div", "trim_hops", graph.node("Shape", "trim_samples", padded), hop)
    whole = graph.node(
        "Slice", "trim_whole", padded, graph.weight("first", np.array([0])), graph.node("Mul", "trim_full", full, hop)
    )
    hops = graph.node("Reshape", "trim_rows", whole, graph.weight("trim_shape", np.array([1, 1, -1, TRIM_HOP])))
    energy = graph.node("ReduceSumSquare", "trim_energy", hops, axes=[3], keepdims=0)  # (1, 1, hops)
    mean = graph.weight("trim_mean", np.full((1, 1, steps), 1 / TRIM_FRAME, np.float32))
    frames = graph.node("Conv", "trim_sums", energy, mean)
    return graph.node("Reshape", "trim_frames", frames, graph.weight("rest", np.array([-1])))


def _log_mel(graph: Graph, signal: str, settings: FeatureSettings) -> str:
    """The mel power spectrogram in dB with its floor: (samples,) to (bands, frames)."""
    half = settings.n_fft // 2
    padded = graph.node("Pad", "padded", signal, graph.weight("pads", np.array([half, half])))
    column = graph.node("Reshape", "column", padded, graph.weight("column_shape", np.array([1, -1, 1])))
    window = graph.weight("window", librosa.filters.get_window("hann", settings.n_fft).astype(np.float32))
    hop = graph.weight("hop", np.int64(settings.hop_length))
    spectrum = graph.node("STFT", "spectrum", column, hop, window)  # (1, frames, frequencies, real | imaginary)
    power = graph.node("ReduceSumSquare", "power", spectrum, axes=[0, 3], keepdims=0)  # (frames, frequencies)
    bands = librosa.filters.mel(sr=settings.sample_rate, n_fft=settings.n_fft, n_mels=settings.n_mels)
    mel = graph.node("MatMul", "mel", power, graph.weight("bands", bands.T.astype(np.float32)))
    mel = graph.node("Max", "mel_positive", mel, graph.weight("mel_floor", np.float32(POWER_FLOOR)))
    decibels = graph.node(
        "Mul", "decibels", graph.node("Log", "log", mel), graph.weight("per_neper", np.float32(10 / np.log(10)))
    )
    peak = graph.node("ReduceMax", "peak", decibels, keepdims=1)
    floor = graph.node("Sub", "floor", peak, graph.weight("range", np.float32(FLOOR_DB)))
    return graph.node("Transpose", "floored", graph.node("Max", "above_floor", decibels, floor), perm=[1, 0])


def _delta(graph: Graph, decibels: str, order: int) -> str:
    """Differences over time as librosa.feature.delta(mode="nearest"): (bands, frames) to the same shape."""
    slopes = scipy.signal.savgol_coeffs(DELTA_WIDTH, polyorder=order, deriv=order, use="dot").astype(np.float32)
    half, axis = DELTA_WIDTH // 2, graph.weight("axis_1", np.array([1]))
    rows = graph.node("Unsqueeze", f"delta_rows_{order}", decibels, axis)  # (bands, 1, frames)
    pads = graph.weight("delta_pads", np.array([0, 0, half, 0, 0, half]))
    padded = graph.node("Pad", f"delta_padded_{order}", rows, pads, mode="edge")
    sloped = graph.node("Conv", f"delta_{order}", padded, graph.weight(f"slopes_{order}", slopes[None, None]))
    return graph.node("Squeeze", f"delta_flat_{order}", sloped, axis)


def _pool(graph: Graph, bands: str, number: int, size: int) -> str:
    """Average runs of `size` frames; a last run that is not full only counts if it is all: (bands, frames) to
    (frames // size, bands)."""
    frames = graph.node("Transpose", f"frames_{number}", bands, perm=[1, 0])
    available = graph.node("Shape", f"available_{number}", frames, start=0, end=1)
    run = graph.node("Min", f"run_{number}", available, graph.weight("pool", np.array([size])))
    runs = graph.node("Div", f"runs_{number}", available, run)
    first, rest = graph.weight("first", np.array([0])), graph.weight("rest", np.array([-1]))
    full = graph.node("Slice", f"full_{number}", frames, first, graph.node("Mul", f"used_{number}", runs, run))
    shape = graph.node("Concat", f"pool_shape_{number}", runs, run, rest, axis=0)
    return graph.node(
        "ReduceMean", f"pooled_{number}", graph.node("Reshape", f"groups_{number}", full, shape), axes=[1], keepdims=0
    )


def _cosines(bands: int, coefficients: int) -> np.ndarray:
    """The orthonormal DCT-II as a matrix, float32 (bands, coefficients)."""
    return scipy.fft.dct(np.eye(bands), axis=1, norm="ortho")[:, :coefficients].astype(np.float32)
