"""Power and mel spectrograms in decibels, with the same bits as librosa's, which tests compare.

librosa builds its mel filters again for every clip, and needs seconds to import. Here they are built once, so that a
corpus takes half the time.

Sources: Slaney, Auditory Toolbox, Technical Report 1998-010, for the mel scale and filters; librosa 0.11 for the order
of the operations, on which the last bits depend.
"""

from functools import cache

import numpy as np
import scipy.fft

LINEAR_HZ = 200 / 3  # Hz per mel, up to BREAK_HZ
BREAK_HZ = 1000.0  # from here on the scale is logarithmic
BREAK_MEL = BREAK_HZ / LINEAR_HZ
LOG_STEP = np.log(6.4) / 27  # natural logarithm of the ratio of two frequencies above BREAK_HZ that are 1 mel apart
LOWEST_POWER = 1e-10  # powers below it are taken as this much
TOP_DB = 80.0  # a mel spectrogram is limited to this much below its peak


def mel_spectrogram(signal: np.ndarray, sample_rate: int, n_fft: int, hop_length: int, n_mels: int) -> np.ndarray:
    """Return the mel power spectrogram in dB, limited to TOP_DB below its peak.

    Args:
        signal: float32 of shape (samples,).
        sample_rate: Hz.
        n_fft: samples in an analysis window.
        hop_length: samples from one window to the next.
        n_mels: bands, from 0 Hz to half the sample rate.

    Returns:
        float32 of shape (n_mels, 1 + samples // hop_length).
    """
    windows = frames(signal, n_fft, hop_length) * hann_window(n_fft)  # float64, (frames, n_fft)
    spectrum = scipy.fft.rfft(windows, axis=1).astype(np.complex64)
    power = np.abs(spectrum) ** 2
    mel = mel_filters(sample_rate, n_fft, n_mels) @ power.T
    decibels = power_to_db(mel)
    return np.maximum(decibels, decibels.max() - TOP_DB)


def power_to_db(power: np.ndarray) -> np.ndarray:
    """Return 10 times the decimal logarithm of a power, at least that of LOWEST_POWER."""
    return 10 * np.log10(np.maximum(LOWEST_POWER, power))


def frames(signal: np.ndarray, length: int, hop: int) -> np.ndarray:
    """Return (1 + samples // hop, length): frame n is centered at sample n * hop. Beyond the ends are zeros."""
    silence = np.zeros(length // 2, signal.dtype)
    padded = np.concatenate([silence, signal, silence])
    return np.lib.stride_tricks.sliding_window_view(padded, length)[::hop]


@cache
def hann_window(length: int) -> np.ndarray:
    """Return a periodic Hann window, float64 (length,)."""
    return 0.5 + 0.5 * np.cos(np.linspace(-np.pi, np.pi, length + 1)[:-1])


@cache
def mel_filters(sample_rate: int, n_fft: int, n_mels: int) -> np.ndarray:
    """Return the weight of each frequency in each band, float32 (n_mels, n_fft // 2 + 1).

    A band is a triangle from the center of the one below to the center of the one above, with an area of 1 Hz.
    """
    edges = _mel_to_hz(np.linspace(0, _hz_to_mel(sample_rate / 2), n_mels + 2))  # and centers: each is both
    frequencies = np.fft.rfftfreq(n_fft, 1 / sample_rate)
    distance = np.subtract.outer(edges, frequencies)
    width = np.diff(edges)[:, None]
    rising = -distance[:-2] / width[:-1]
    falling = distance[2:] / width[1:]
    weights = np.maximum(0, np.minimum(rising, falling)).astype(np.float32)
    weights *= (2 / (edges[2:] - edges[:-2]))[:, None]
    return weights


def _hz_to_mel(hertz: float) -> float:
    if hertz < BREAK_HZ:
        return hertz / LINEAR_HZ
    return BREAK_MEL + np.log(hertz / BREAK_HZ) / LOG_STEP


def _mel_to_hz(mels: np.ndarray) -> np.ndarray:
    linear = LINEAR_HZ * mels
    logarithmic = BREAK_HZ * np.exp(LOG_STEP * (mels - BREAK_MEL))
    return np.where(mels < BREAK_MEL, linear, logarithmic)
