import hashlib
import os
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest
from support.network_settings import TRAIN

from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics
from speech_emotion.network import batches, training
from speech_emotion.network.settings import ModelSettings, TrainSettings

NETWORK = ModelSettings(
    inputs=[{"mfcc": "none"}, {"log_mel": "none"}],
    mfcc_used=3,
    ensemble_size=1,
    convolution=0,
    pooling="mean",
    units=8,
    layers=1,
    bidirectional=True,
    spectral_tilt_std_db=0.0,
    input_noise_std=0.1,
    input_dropout=0.0,
    dropout=0.1,
)
SETTINGS = TRAIN.model_copy(
    update={
        "epochs": 12,
        "steps_per_epoch": 8,
        "batch_size": 8,
        "learning_rate": 0.03,
        "label_smoothing": 0.05,
        "mixup_alpha": 0.2,
        "log_tempo_std": 0.1,
        "patience": 12,
    }
)


def change(settings, **changes):
    return settings.model_copy(update=changes)


def rising_and_falling(count: int, seed: int) -> Partition:
    """Sequences that differ only in the direction of time. An average over time cannot tell them apart."""
    generator = np.random.default_rng(seed)
    targets = np.arange(count) % 2
    ramps = [np.linspace(-1, 1, generator.integers(8, 14)) * (1 - 2 * target) for target in targets]
    sequences = [(ramp[:, None] + generator.normal(0, 0.1, (len(ramp), 3))).astype(np.float32) for ramp in ramps]
    return Partition([str(n) for n in range(count)], sequences, targets, ["A"] * count)


PARTITIONS = {
    "train": rising_and_falling(64, 1),
    "validation": rising_and_falling(20, 2),
    "calibration": rising_and_falling(40, 4),
}


def train(settings: TrainSettings = SETTINGS, **partitions) -> tuple[object, float, list[dict]]:
    rows = []
    trained = training.train_network(PARTITIONS | partitions, 2, NETWORK, settings, 5, rows.append)
    return trained.network, trained.temperature, rows


def digest() -> str:
    """Hash the weights and the temperature of a network as wide as the shipped one, whose sums threads would share."""
    generator = np.random.default_rng(0)
    sequences = [generator.normal(size=(length, 64)).astype(np.float32) for length in generator.integers(30, 61, 128)]
    partition = Partition([str(number) for number in range(128)], sequences, np.arange(128) % 2, ["A"] * 128)
    wide = change(NETWORK, inputs=[{"log_mel": "none"}], mfcc_used=40, units=64)
    short = change(SETTINGS, epochs=1, steps_per_epoch=20, batch_size=32)
    partitions = dict.fromkeys(PARTITIONS, partition)
    trained = training.train_network(partitions, 2, wide, short, 5, [].append)
    weights = [*trained.network.get_weights(), np.float64(trained.temperature)]
    return hashlib.sha256(b"".join(array.tobytes() for array in weights)).hexdigest()


@pytest.mark.slow
def test_it_learns_what_needs_the_order_of_time():
    network, _, rows = train()
    unseen = rising_and_falling(100, 3)
    assert (training.predict(network, unseen).argmax(axis=1) == unseen.targets).mean() > 0.95
    assert [row["epoch"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert set(rows[0]) == {"epoch", "loss", "validation_loss", "validation_uar"}


@pytest.mark.slow
def test_it_stops_after_patience_and_keeps_the_best_weights():
    rough = change(SETTINGS, learning_rate=3.0, epochs=30, patience=2)
    network, _, rows = train(rough)
    losses = [row["validation_loss"] for row in rows]
    assert len(rows) == np.argmin(losses) + 1 + rough.patience < rough.epochs
    validation = PARTITIONS["validation"]
    targets = (np.eye(2)[validation.targets] * 0.95 + 0.025).astype(np.float32)
    branches = training.predict_branches(network, validation)  # (clips, branches, classes)
    kept = [-(targets * branches[:, branch]).sum(axis=1).mean() for branch in (0, 1)]
    assert np.mean(kept) == pytest.approx(min(losses), abs=1e-5)


@pytest.mark.slow
def test_the_prediction_is_the_mean_of_the_branches():
    network, _, rows = train(change(SETTINGS, epochs=1))
    validation = PARTITIONS["validation"]
    mean = training.predict_branches(network, validation).mean(axis=1)
    expected = mean - np.logaddexp.reduce(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(training.predict(network, validation), expected, atol=1e-6)
    is_correct = mean.argmax(axis=1) == validation.targets
    recalls = [is_correct[validation.targets == target].mean() for target in (0, 1)]
    assert rows[0]["validation_uar"] == pytest.approx(np.mean(recalls))


@pytest.mark.slow
def test_the_temperature_makes_confidence_equal_accuracy_on_the_calibration_copies():
    """A quarter of their labels are wrong, so that no network can be correct on more than the rest."""
    calibration = rising_and_falling(200, 4)
    calibration.targets[::4] = 1 - calibration.targets[::4]
    network, temperature, _ = train(calibration=calibration)
    log_probabilities = training.predict(network, calibration, temperature)
    accuracy = (log_probabilities.argmax(axis=1) == calibration.targets).mean()
    assert accuracy == pytest.approx(0.75, abs=0.03)
    assert np.exp(log_probabilities).max(axis=1).mean() == pytest.approx(accuracy, abs=0.03)
    assert np.exp(training.predict(network, calibration)).max(axis=1).mean() > accuracy + 0.05


def test_an_epoch_continues_where_the_last_one_ended():
    """7 clips in batches of 2 make a pass of 4 batches, the last of one clip. Epochs of 3 batches cross passes."""
    partition = rising_and_falling(7, 1)
    settings = change(SETTINGS, batch_size=2, mixup_alpha=0.0, log_tempo_std=0.0)
    targets = np.eye(7, dtype=np.float32)
    endless = batches.training_batches(partition, targets, settings, np.random.default_rng(0))
    epoch = batches.epoch_dataset(endless, 3, 3)
    rows = [batch.argmax(axis=1).tolist() for _ in range(4) for _, batch in epoch.as_numpy_iterator()]
    assert [len(batch) for batch in rows] == [2, 2, 2, 1] * 3
    for first in (0, 4, 8):
        assert sorted(row for batch in rows[first : first + 4] for row in batch) == list(range(7))


def test_another_tempo_changes_the_length_and_keeps_the_shape():
    sequence = np.stack([np.arange(10), np.full(10, 3)], axis=1).astype(np.float32)
    np.testing.assert_array_equal(batches.change_tempo(sequence, 1.0), sequence)
    fast = batches.change_tempo(sequence, 2.0)
    np.testing.assert_allclose(fast, np.stack([np.arange(5) * 2 + 0.5, np.full(5, 3)], axis=1))
    slow = batches.change_tempo(sequence, 0.5)
    assert slow.shape == (20, 2)
    assert (slow.min(), slow.max()) == (0, 9)
    assert batches.change_tempo(sequence[:1], 9.0).shape == (1, 2)


@pytest.mark.parametrize(("log_tempo_std", "changed"), [(0.0, False), (0.3, True)])
def test_the_clips_of_a_batch_have_another_tempo(log_tempo_std, changed):
    partition = rising_and_falling(40, 1)
    settings = change(SETTINGS, batch_size=40, mixup_alpha=0.0, log_tempo_std=log_tempo_std)
    targets = np.eye(40, dtype=np.float32)
    inputs, _ = next(batches.training_batches(partition, targets, settings, np.random.default_rng(0)))
    lengths = sorted(len(sequence) for sequence in partition.sequences)
    assert (sorted(inputs["lengths"]) != lengths) == changed
    assert inputs["features"].shape[1] == max(inputs["lengths"])


@pytest.mark.slow
@pytest.mark.skipif(not hasattr(os, "sched_setaffinity"), reason="this system cannot restrict a process to one core")
def test_one_core_and_all_cores_give_the_same_bytes():
    command = "import sys; sys.path[:0] = ['tests', 'tests/network']; from test_training import digest; print(digest())"
    one_core = "import os; os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
    commands = [[sys.executable, "-c", start + command] for start in ("", one_core)]
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    runs = [subprocess.Popen(command, **pipes) for command in commands]
    (first, errors), second = (run.communicate(timeout=300) for run in runs)
    assert (first, errors) == second
    assert len(first.split()[-1]) == 64
    assert errors == ""  # TensorFlow warns of oneDNN's graph rewrites if it is imported before it is configured


def test_balance_makes_rare_emotions_as_frequent_as_common_ones():
    targets = np.array([0] * 90 + [1] * 10)
    names = [str(row) for row in range(100)]
    clips = Partition(names, [np.ones((4, 3), np.float32)] * 100, targets, ["corpus/A"] * 100)
    shares = {}
    for balance in (0.0, 0.5, 1.0):
        settings = change(SETTINGS, balance=balance, mixup_alpha=0.0, batch_size=100)
        stream = batches.training_batches(
            clips, np.eye(2, dtype=np.float32)[targets], settings, np.random.default_rng(1)
        )
        shares[balance] = np.mean([next(stream)[1][:, 1].mean() for _ in range(20)])
    assert shares[0.0] == pytest.approx(0.1, abs=1e-6)
    assert shares[0.5] == pytest.approx(0.25, abs=0.03)  # 10 ** 0.5 to 90 ** 0.5
    assert shares[1.0] == pytest.approx(0.5, abs=0.03)


def test_batches_hold_the_statistics_of_their_speakers():
    clips = replace(PARTITIONS["train"], speakers=["A"] * 64)
    settings = change(SETTINGS, most_speaker_clips=64, log_tempo_std=0.0)
    stream = batches.training_batches(
        clips, np.ones((64, 2), np.float32), settings, np.random.default_rng(1), SpeakerStatistics(clips, np.zeros(7))
    )
    inputs, _ = next(stream)
    assert inputs["speaker_statistics"].shape == (8, 2, 3)
    whole = np.concatenate(clips.sequences)
    spread = np.abs(inputs["speaker_statistics"][:, 0] - whole.mean(axis=0)).max(axis=1)
    assert spread.max() > 3 * spread.min()  # from few clips, and from many


@pytest.mark.parametrize("longest, lengths", [(0, {8, 30}), (12, {8, 12})])
def test_long_clips_are_cut_to_another_part_in_every_pass(longest, lengths):
    sequences = [np.arange(count, dtype=np.float32)[:, None].repeat(3, axis=1) for count in (8, 30)]
    clips = Partition(["a", "b"], sequences, np.array([0, 1]))
    settings = change(SETTINGS, longest=longest, log_tempo_std=0.0, mixup_alpha=0.0, batch_size=2)
    stream = batches.training_batches(clips, np.eye(2, dtype=np.float32), settings, np.random.default_rng(1))
    starts = set()
    for _ in range(20):
        inputs, _ = next(stream)
        assert set(inputs["lengths"]) == lengths
        starts.add(inputs["features"][inputs["lengths"].argmax(), 0, 0])
    assert (len(starts) > 5) == bool(longest)
