"""What happens to a voice on its way into a file: noise, a room, a microphone and its filters, a codec.

In all functions `signal` is float32 of shape (samples,) at `rate` Hz, full scale -1 to 1. Random draws come from
`generator`. The result has as many samples.
"""

import io

import librosa
import numpy as np
import scipy  # imports scipy.signal, which takes a second, when it is used
import soundfile

from speech_emotion.audio import loading
from speech_emotion.core.errors import UserError

LOWEST_PINK = 20  # Hz, the lowest frequency that is heard; octaves below it would take up much of the power
FILTER_ORDER = 8  # 48 dB per octave
MP3_RATE = 16000  # Hz; every rate has other bit rates
MP3_BIT_RATES = (8, 160)  # kbit/s, the lowest and highest at this rate. LAME refuses the lowest.
MP3_DELAY = 1105  # samples: 576 of the encoder (LAME) and 529 of every decoder


def noise(signal: np.ndarray, rate: int, snr: float, generator: np.random.Generator) -> np.ndarray:
    """Add white noise at a signal-to-noise ratio of `snr` dB."""
    level = np.sqrt(np.mean(signal**2)) * 10 ** (-snr / 20)
    return signal + level * generator.standard_normal(len(signal), dtype=np.float32)


def pink_noise(signal: np.ndarray, rate: int, snr: float, generator: np.random.Generator) -> np.ndarray:
    """Add noise with equal power in every octave from 20 Hz up, at a signal-to-noise ratio of `snr` dB.

    Rooms and streets sound more like it than like white noise.
    """
    frequency = np.fft.rfftfreq(len(signal), 1 / rate)
    amplitude = np.where(frequency < LOWEST_PINK, 0, np.maximum(frequency, LOWEST_PINK) ** -0.5)
    white = np.fft.rfft(generator.standard_normal(len(signal)))
    pink = np.fft.irfft(white * amplitude, len(signal))
    level = np.sqrt(np.mean(signal**2) / np.mean(pink**2)) * 10 ** (-snr / 20)
    return signal + level * pink


def gain(signal: np.ndarray, rate: int, decibels: float, generator: np.random.Generator) -> np.ndarray:
    """Amplify by `decibels` and cut off what exceeds full scale, like a microphone that is set too high.

    Only what is cut off reaches the features, which do not depend on the level.
    """
    return np.clip(signal * 10 ** (decibels / 20), -1, 1)


def room(signal: np.ndarray, rate: int, seconds: float, generator: np.random.Generator) -> np.ndarray:
    """Add the echo of a room with a reverberation time (T60) of `seconds`, in which it decays by 60 dB.

    The echo is white noise that decays exponentially, equally fast at all frequencies. It has the energy of the direct
    sound, as at the critical distance from the speaker. The level stays about the same, and the end is cut off.
    Source: Moorer, About This Reverberation Business, Computer Music Journal 3 (2), 1979.
    """
    time = np.arange(1, round(seconds * rate) + 1) / rate  # s after the direct sound
    echo = generator.standard_normal(len(time)) * 10 ** (-3 * time / seconds)
    echo /= np.sqrt(np.sum(echo**2))
    response = np.concatenate([[1], echo]) / np.sqrt(2)
    return scipy.signal.fftconvolve(signal, response)[: len(signal)]


def low_pass(signal: np.ndarray, rate: int, hertz: float, generator: np.random.Generator) -> np.ndarray:
    """Remove what is above `hertz` (Butterworth filter, -3 dB there, 48 dB per octave). A telephone ends at 3400 Hz."""
    return _filter(signal, rate, hertz, "low_pass")


def high_pass(signal: np.ndarray, rate: int, hertz: float, generator: np.random.Generator) -> np.ndarray:
    """Remove what is below `hertz`, with the same filter. A telephone begins at 300 Hz."""
    return _filter(signal, rate, hertz, "high_pass")


def mu_law(signal: np.ndarray, rate: int, bits: float, generator: np.random.Generator) -> np.ndarray:
    """Store a sample in `bits` bits by mu-law, with mu the highest of these numbers. Full scale is cut off.

    Telephone networks use 8 bits, at 8 kHz. Source: ITU-T G.711, whose steps lie on straight pieces of this curve.
    """
    mu = 2**bits - 1
    return librosa.mu_expand(librosa.mu_compress(np.clip(signal, -1, 1), mu=mu), mu=mu)


def mp3(signal: np.ndarray, rate: int, kilobits: float, generator: np.random.Generator) -> np.ndarray:
    """Encode as MP3 at 16 kHz and `kilobits` kbit/s, and decode again. Full scale is cut off.

    MPEG-2 has 16, 24, 32, 40, 48, 56, 64, 80, 96, 112, 128, 144 and 160 kbit/s; others are rounded to one of these.
    Not Opus, because libsndfile's gives other samples on other processors.
    """
    clip = np.clip(loading.resample(signal, rate, MP3_RATE), -1, 1)
    lowest, highest = MP3_BIT_RATES
    level = (highest - kilobits) / (highest - lowest)  # libsndfile's measure
    memory = io.BytesIO()
    soundfile.write(memory, clip, MP3_RATE, format="MP3", bitrate_mode="CONSTANT", compression_level=level)
    memory.seek(0)
    decoded, _ = soundfile.read(memory, dtype="float32")
    # Below 40 kbit/s a frame has no room for the header that tells the decoder how much silence to skip.
    start = MP3_DELAY if len(decoded) > len(clip) else 0
    decoded = loading.resample(decoded[start : start + len(clip)], MP3_RATE, rate)
    return librosa.util.fix_length(decoded, size=len(signal))  # resampling twice may lose or add a sample


def _filter(signal: np.ndarray, rate: int, hertz: float, kind: str) -> np.ndarray:
    if hertz >= rate / 2:
        raise UserError(f"augment: {kind} is {hertz:g} Hz; expected less than half of the sample rate, {rate / 2:g} Hz")
    sections = scipy.signal.butter(FILTER_ORDER, hertz, kind.replace("_", ""), fs=rate, output="sos")
    return scipy.signal.sosfilt(sections, signal)
