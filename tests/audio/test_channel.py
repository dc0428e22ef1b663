import numpy as np
import pytest
import scipy.signal

from speech_emotion.audio import augmentation, mfcc
from speech_emotion.core.errors import UserError

RATE = 16000
AMOUNTS = {
    "pink_noise": 10.0,
    "gain": 6.0,
    "room": 0.5,
    "low_pass": 3400.0,
    "high_pass": 300.0,
    "mu_law": 8.0,
    "mp3": 24.0,
}


@pytest.fixture(scope="module")
def speech(spoken) -> np.ndarray:
    return spoken(0, RATE)


def change(signal: np.ndarray, rate: int = RATE, seed: int = 0, **kinds: float) -> np.ndarray:
    ((_, copy),) = augmentation.make_copies("a.wav", signal, rate, [kinds], seed)
    return copy


def decibels(signal: np.ndarray) -> float:
    return 10 * np.log10(np.mean(np.square(signal, dtype=np.float64)))


def band_power(signal: np.ndarray, lowest: float, highest: float) -> float:
    """Return the power between two frequencies in Hz, in dB."""
    power = np.abs(np.fft.rfft(signal)) ** 2
    frequency = np.fft.rfftfreq(len(signal), 1 / RATE)
    return 10 * np.log10(power[(lowest <= frequency) & (frequency < highest)].sum())


def snr_at_best_level(signal: np.ndarray, copy: np.ndarray) -> float:
    """Return the signal-to-noise ratio in dB of a copy whose level may have changed."""
    scaled = signal * (signal @ copy) / (signal @ signal)
    return decibels(scaled) - decibels(copy - scaled)


@pytest.mark.parametrize("rate", [16000, 24414])
@pytest.mark.parametrize("kind", AMOUNTS)
def test_a_copy_is_as_long_and_repeatable_and_another_signal(spoken, kind, rate):
    signal = spoken(0, rate)[: 2 * rate - 1]  # an odd number, which does not fill a codec's frames
    before = signal.copy()
    copy = change(signal, rate, **{kind: AMOUNTS[kind]})
    assert copy.dtype == np.float32 and copy.shape == signal.shape and np.isfinite(copy).all()
    assert np.array_equal(copy, change(signal, rate, **{kind: AMOUNTS[kind]}))
    assert not np.array_equal(copy, signal)
    assert np.array_equal(signal, before)


@pytest.mark.parametrize("kind", AMOUNTS)
def test_only_noise_and_rooms_depend_on_the_seed(speech, kind):
    copies = [change(speech, seed=seed, **{kind: AMOUNTS[kind]}) for seed in (1, 2)]
    assert np.array_equal(*copies) == (kind not in {"pink_noise", "room"})


def test_every_kind_but_those_of_the_voice_is_tested():
    assert set(augmentation.AUGMENTATIONS) - {"speed", "stretch", "pitch", "noise"} == set(AMOUNTS)


@pytest.mark.parametrize("snr", [-5.0, 10.0, 30.0])
def test_pink_noise_has_the_requested_level(speech, snr):
    added = change(speech, pink_noise=snr) - speech
    assert decibels(speech) - decibels(added) == pytest.approx(snr, abs=0.01)


def test_pink_noise_has_equal_power_in_every_octave(speech):
    added = change(np.tile(speech, 10), pink_noise=0.0) - np.tile(speech, 10)
    octaves = [band_power(added, lowest, 2 * lowest) for lowest in (60, 120, 240, 480, 960, 1920, 3840)]
    assert np.ptp(octaves) < 1
    assert band_power(added, 0, 19) < octaves[0] - 40


def test_gain_changes_the_level_until_it_clips(speech):
    assert decibels(change(speech, gain=-12.0)) == pytest.approx(decibels(speech) - 12, abs=0.001)
    peak = 20 * np.log10(np.abs(speech).max())
    loud = change(speech, gain=20 - peak)
    assert np.abs(loud).max() == 1
    is_clipped = np.abs(speech) >= np.abs(speech).max() / 10
    np.testing.assert_array_equal(np.abs(loud) == 1, is_clipped)
    np.testing.assert_allclose(loud[~is_clipped], speech[~is_clipped] * 10 ** (1 - peak / 20), rtol=1e-5)


def test_features_see_a_gain_only_where_it_clips(speech, features_params):
    original = mfcc.extract(speech, features_params)
    np.testing.assert_allclose(mfcc.extract(change(speech, gain=-6.0), features_params), original, atol=1e-3)
    assert np.abs(mfcc.extract(change(speech, gain=30.0), features_params) - original).max() > 10


@pytest.mark.parametrize("seconds", [0.2, 0.5, 1.5])
def test_the_echo_of_a_room_decays_by_60_db_in_t60(seconds):
    """By Schroeder's backward integration, between 5 and 35 dB below the start, as ISO 3382 measures it."""
    impulse = np.zeros(2 * RATE, np.float32)
    impulse[0] = 1
    response = change(impulse, room=seconds).astype(np.float64)
    echo = response[1:]
    remaining = 10 * np.log10(np.cumsum(echo[::-1] ** 2)[::-1].clip(1e-20) / np.sum(echo**2))
    start, end = np.argmax(remaining < -5), np.argmax(remaining < -35)
    assert 2 * (end - start) / RATE == pytest.approx(seconds, rel=0.1)
    assert response[0] ** 2 == pytest.approx(np.sum(echo**2), rel=0.01)


def test_a_room_keeps_the_level_and_fills_pauses(speech):
    paused = np.concatenate([speech[: RATE // 2], np.zeros(RATE // 2, np.float32), speech[RATE // 2 :]])
    copy = change(paused, room=0.5)
    assert decibels(copy) == pytest.approx(decibels(paused), abs=2)
    early, late = copy[RATE // 2 : RATE * 5 // 8], copy[RATE * 7 // 8 : RATE]
    assert decibels(early) - decibels(late) == pytest.approx(60 * 0.375 / 0.5, abs=6)


@pytest.mark.parametrize(("kind", "is_kept"), [("low_pass", "below"), ("high_pass", "above")])
@pytest.mark.parametrize("hertz", [500.0, 2000.0])
def test_a_filter_removes_one_side_of_its_frequency(speech, kind, is_kept, hertz):
    copy = change(speech, **{kind: hertz})
    below, above = (100, hertz / 2), (hertz * 2, RATE / 2)
    kept, removed = (below, above) if is_kept == "below" else (above, below)
    assert band_power(copy, *kept) == pytest.approx(band_power(speech, *kept), abs=0.1)
    assert band_power(copy, *removed) < band_power(speech, *removed) - 45


@pytest.mark.parametrize("kind", ["low_pass", "high_pass"])
def test_a_filter_beyond_the_sample_rate_is_one_line(speech, kind):
    with pytest.raises(UserError, match=f"{kind} is 8000 Hz; expected less than .* 8000 Hz"):
        change(speech, **{kind: RATE / 2})


def test_each_bit_of_mu_law_adds_about_5_db(speech):
    ratios = [snr_at_best_level(speech, change(speech, mu_law=bits)) for bits in (4.0, 6.0, 8.0, 10.0)]
    assert all(8 < rise < 12 for rise in np.diff(ratios))
    assert len(np.unique(change(speech, mu_law=4.0))) <= 16


def test_mu_law_has_the_same_ratio_for_quiet_speech(speech):
    """The point of the curve. Linear steps would lose the 20 dB."""
    loud, quiet = (snr_at_best_level(signal, change(signal, mu_law=8.0)) for signal in (speech, speech / 10))
    assert quiet == pytest.approx(loud, abs=6)


@pytest.mark.parametrize("length", [1, 575, 1105, 16000])
@pytest.mark.parametrize("kilobits", [16.0, 32.0, 40.0, 160.0])
def test_mp3_has_the_length_and_no_delay(speech, kilobits, length):
    signal = speech[4000 : 4000 + length]
    copy = change(signal, mp3=kilobits)
    assert len(copy) == length
    if length == 16000:
        assert scipy.signal.correlate(copy, signal).argmax() == length - 1


def test_mp3_keeps_more_at_a_higher_bit_rate(speech):
    ratios = [snr_at_best_level(speech, change(speech, mp3=kilobits)) for kilobits in (16.0, 24.0, 40.0, 160.0)]
    assert np.diff(ratios).min() > 1
    assert ratios[0] > 3


def test_codecs_cut_off_full_scale(speech):
    loud = speech * 10
    for kind in ("mu_law", "mp3"):
        amount = AMOUNTS[kind]
        assert np.array_equal(change(loud, **{kind: amount}), change(np.clip(loud, -1, 1), **{kind: amount}))


def test_a_telephone_has_its_band(speech):
    copy = change(speech, high_pass=300.0, low_pass=3400.0, mu_law=8.0)
    assert band_power(copy, 400, 3000) == pytest.approx(band_power(speech, 400, 3000), abs=0.5)
    assert band_power(copy, 5000, 8000) < band_power(copy, 400, 3000) - 30
