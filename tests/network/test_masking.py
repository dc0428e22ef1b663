import numpy as np
import pytest
import scipy.fft
from hypothesis import given
from hypothesis import strategies as st
from support.network_settings import TRAIN

from speech_emotion.dataset.partitions import Partition
from speech_emotion.network import batches, masking

BANDS = 16
OFF = TRAIN.model_copy(update={"mixup_alpha": 0.4, "log_tempo_std": 0.2})


def random_sequence(frames: int, seed: int = 0) -> np.ndarray:
    return np.random.default_rng(seed).normal(size=(frames, BANDS)).astype(np.float32)


def to_bands(sequence: np.ndarray) -> np.ndarray:
    return scipy.fft.idct(sequence, axis=1, norm="ortho")


def run_length(is_masked: np.ndarray) -> int:
    """Return how many places are masked, after checking that they are next to each other."""
    places = np.flatnonzero(is_masked)
    assert len(places) == 0 or np.ptp(places) == len(places) - 1
    return len(places)


@given(frames=st.integers(2, 60), largest=st.floats(0.01, 1), seed=st.integers(0, 2**32 - 1))
def test_a_run_of_frames_becomes_the_mean_frame(frames, largest, seed):
    sequence = random_sequence(frames)
    masked = masking.mask_frames(sequence, largest, np.random.default_rng(seed))
    is_masked = (masked != sequence).any(axis=1)
    assert run_length(is_masked) <= largest * frames
    mean = np.broadcast_to(sequence.mean(axis=0), sequence.shape)
    np.testing.assert_array_equal(masked[is_masked], mean[is_masked])
    assert masked.dtype == np.float32


@given(frames=st.integers(2, 60), largest=st.floats(0.01, 1), seed=st.integers(0, 2**32 - 1))
def test_a_run_of_mel_bands_becomes_their_mean_over_the_clip(frames, largest, seed):
    sequence = random_sequence(frames)
    masked = masking.mask_bands(sequence, largest, np.random.default_rng(seed))
    before, after = to_bands(sequence), to_bands(masked)
    is_masked = (np.abs(after - before) > 1e-4).any(axis=0)
    assert run_length(is_masked) <= largest * BANDS
    np.testing.assert_allclose(after.mean(axis=0), before.mean(axis=0), atol=1e-5)
    np.testing.assert_allclose(after[:, is_masked].std(axis=0), 0, atol=1e-5)
    assert masked.dtype == np.float32


def test_every_width_and_position_is_drawn():
    generator = np.random.default_rng(0)
    runs = np.array([masking.draw_run(10, 0.35, generator) for _ in range(2000)])  # (draws, places)
    widths = np.bincount(runs.sum(axis=1))
    assert len(widths) == 4 and widths.min() > 400  # 0 to 3 places, 500 each
    assert runs.any(axis=0).all()


def first_batch(**changes) -> tuple[list, dict, np.ndarray, np.random.Generator]:
    """Return four sequences, the first batch of them (inputs and targets), and the generator after it."""
    partition = Partition([str(n) for n in range(4)], [random_sequence(20, seed) for seed in range(4)], np.arange(4))
    generator = np.random.default_rng(7)
    settings = OFF.model_copy(update=changes)
    inputs, targets = next(batches.training_batches(partition, np.eye(4, dtype=np.float32), settings, generator))
    return partition.sequences, inputs, targets, generator


def test_masks_that_are_off_change_and_draw_nothing():
    sequences, inputs, targets, generator = first_batch()
    expected = np.random.default_rng(7)
    order = expected.permutation([expected.choice([row]) for row in range(4)])
    tempos = np.exp(expected.normal(0, 0.2, 4))
    shares = expected.beta(0.4, 0.4, 4).astype(np.float32)
    assert generator.bit_generator.state == expected.bit_generator.state
    for row, tempo, features, length in zip(order, tempos, inputs["features"], inputs["lengths"], strict=True):
        np.testing.assert_array_equal(features[:length], batches.change_tempo(sequences[row], tempo))
    np.testing.assert_array_equal(inputs["mixup_lambda"], shares)
    one_hot = np.eye(4, dtype=np.float32)[order]
    np.testing.assert_array_equal(targets, one_hot * shares[:, None] + one_hot[::-1] * (1 - shares[:, None]))


def test_masks_are_off_unless_set():
    assert (OFF.time_mask, OFF.band_mask) == (0, 0)


@pytest.mark.parametrize("mask", ["time_mask", "band_mask"])
def test_each_clip_of_a_batch_has_its_own_mask(mask):
    plain = {"log_tempo_std": 0.0, "mixup_alpha": 0.0}
    _, before, _, _ = first_batch(**plain)
    _, after, _, _ = first_batch(**plain, **{mask: 0.5})
    differences = to_bands((after["features"] - before["features"]).reshape(-1, BANDS)).reshape(4, 20, BANDS)
    axis = 2 if mask == "time_mask" else 1
    is_masked = (np.abs(differences) > 1e-4).any(axis=axis)  # (clips, frames or bands)
    assert len(np.unique(is_masked, axis=0)) >= 3
    assert max(map(run_length, is_masked)) <= is_masked.shape[1] / 2
    assert is_masked.any()


def test_every_pass_draws_new_masks():
    sequences = [random_sequence(20)]
    settings = OFF.model_copy(update={"log_tempo_std": 0.0, "time_mask": 0.5, "band_mask": 0.5})
    endless = batches.training_batches(
        Partition(["0"], sequences, np.arange(1)), np.eye(1, dtype=np.float32), settings, np.random.default_rng(0)
    )
    passes = np.array([next(endless)[0]["features"][0] for _ in range(5)])
    assert len(np.unique(passes, axis=0)) == 5
