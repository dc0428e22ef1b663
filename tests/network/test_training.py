"""Training: it learns, it stops, it reports, and it gives the same bytes in every process."""

import hashlib
import subprocess
import sys
from dataclasses import replace

import numpy as np
import pytest

from speech_emotion.network import batches, training
from speech_emotion.core.errors import UserError
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.training import TrainSettings

NETWORK = ModelSettings(
    views=[{"mfcc": "none"}, {"mel": "none"}],
    cepstra=3,
    members=1,
    units=8,
    depth=1,
    bidirectional=True,
    tilt=0.0,
    noise=0.1,
    input_dropout=0.0,
    dropout=0.1,
)
SETTINGS = TrainSettings(
    epochs=12,
    steps_per_epoch=8,
    batch_size=8,
    learning_rate=0.03,
    label_smoothing=0.05,
    mixup=0.2,
    tempo=0.1,
    patience=12,
)


def rising_and_falling(count: int, seed: int) -> Partition:
    """Sequences that differ only in the direction of time: an average over time can't tell them apart."""
    generator = np.random.default_rng(seed)
    targets = np.arange(count) % 2
    ramps = [np.linspace(-1, 1, generator.integers(8, 14)) * (1 - 2 * target) for target in targets]
    sequences = [(ramp[:, None] + generator.normal(0, 0.1, (len(ramp), 3))).astype(np.float32) for ramp in ramps]
    return Partition([str(n) for n in range(count)], sequences, targets)


PARTS = {
    "train": rising_and_falling(64, 1),
    "validation": rising_and_falling(20, 2),
    "strange": rising_and_falling(40, 4),
}


def fit(settings: TrainSettings = SETTINGS) -> tuple[object, list[dict]]:
    rows = []
    fitted, _ = training.fit(PARTS, 2, 1, NETWORK, settings, 5, rows.append)
    return fitted, rows


def digest() -> str:
    """Of the weights and the temperature of a network as wide as the shipped one: many threads would share its sums."""
    generator = np.random.default_rng(0)
    sequences = [generator.normal(size=(length, 64)).astype(np.float32) for length in generator.integers(30, 61, 128)]
    part = Partition([str(number) for number in range(128)], sequences, np.arange(128) % 2)
    network = replace(NETWORK, views=[{"mel": "none"}], cepstra=40, units=64)
    parts, settings = dict.fromkeys(PARTS, part), replace(SETTINGS, epochs=1, steps_per_epoch=20, batch_size=32)
    fitted, temperature = training.fit(parts, 2, 1, network, settings, 5, [].append)
    weights = [*fitted.get_weights(), np.float64(temperature)]
    return hashlib.sha256(b"".join(array.tobytes() for array in weights)).hexdigest()


def test_it_learns_what_needs_the_order_of_time():
    fitted, rows = fit()
    fresh = rising_and_falling(100, 3)
    assert (training.predict(fitted, fresh).argmax(axis=1) == fresh.targets).mean() > 0.95
    assert [row["epoch"] for row in rows] == list(range(1, len(rows) + 1))
    assert rows[-1]["loss"] < rows[0]["loss"]
    assert set(rows[0]) == {"epoch", "loss", "validation_loss", "validation_uar"}


def test_it_stops_after_patience_and_keeps_the_best_weights():
    rough = replace(SETTINGS, learning_rate=3.0, epochs=30, patience=2)
    fitted, rows = fit(rough)
    losses = [row["validation_loss"] for row in rows]
    assert len(rows) == np.argmin(losses) + 1 + rough.patience < rough.epochs
    validation = rising_and_falling(20, 2)
    targets = (np.eye(2)[validation.targets] * 0.95 + 0.025).astype(np.float32)
    branches = training._branches(fitted, validation)  # (clips, branches, classes)
    kept = [-(targets * branches[:, branch]).sum(axis=1).mean() for branch in (0, 1)]
    assert np.mean(kept) == pytest.approx(min(losses), abs=1e-5)


def test_the_answer_is_the_mean_of_the_branches():
    fitted, rows = fit(replace(SETTINGS, epochs=1))
    part = rising_and_falling(20, 2)
    mean = training._branches(fitted, part).mean(axis=1)
    expected = mean - np.logaddexp.reduce(mean, axis=1, keepdims=True)
    np.testing.assert_allclose(training.predict(fitted, part), expected, atol=1e-6)
    recalls = [(mean.argmax(axis=1) == part.targets)[part.targets == target].mean() for target in (0, 1)]
    assert rows[0]["validation_uar"] == pytest.approx(np.mean(recalls))


def test_with_the_temperature_it_is_as_sure_as_it_is_right_on_strange_copies():
    """A quarter of them are made to be of the other emotion, so that no network can be right on more than the rest."""
    strange = rising_and_falling(200, 4)
    strange.targets[::4] = 1 - strange.targets[::4]
    fitted, temperature = training.fit(PARTS | {"strange": strange}, 2, 1, NETWORK, SETTINGS, 5, [].append)
    answers = training.predict(fitted, strange, temperature)
    right = (answers.argmax(axis=1) == strange.targets).mean()
    assert right == pytest.approx(0.75, abs=0.03)
    assert np.exp(answers).max(axis=1).mean() == pytest.approx(right, abs=0.03)
    assert np.exp(training.predict(fitted, strange)).max(axis=1).mean() > right + 0.05


def test_an_epoch_goes_on_where_the_last_one_ended():
    """7 clips in batches of 2 are 4 a pass, of which the last has one clip; epochs of 3 batches run across passes."""
    part = rising_and_falling(7, 1)
    targets = np.eye(7, dtype=np.float32)
    endless = batches.training_batches(part, targets, 2, 0.0, 0.0, np.random.default_rng(0))
    epoch = batches.epoch_dataset(endless, 3, part)
    seen = [batch.argmax(axis=1).tolist() for _ in range(4) for _, batch in epoch.as_numpy_iterator()]
    assert [len(batch) for batch in seen] == [2, 2, 2, 1] * 3
    for first in (0, 4, 8):
        assert sorted(row for batch in seen[first : first + 4] for row in batch) == list(range(7))


def test_another_tempo_keeps_the_course_and_changes_its_length():
    sequence = np.stack([np.arange(10), np.full(10, 3)], axis=1).astype(np.float32)
    np.testing.assert_array_equal(batches.change_tempo(sequence, 1.0), sequence)
    half = batches.change_tempo(sequence, 2.0)
    np.testing.assert_allclose(half, np.stack([np.arange(5) * 2 + 0.5, np.full(5, 3)], axis=1))
    slow = batches.change_tempo(sequence, 0.5)
    assert slow.shape == (20, 2)
    assert (slow.min(), slow.max()) == (0, 9)
    assert batches.change_tempo(sequence[:1], 9.0).shape == (1, 2)


@pytest.mark.parametrize(("tempo", "changed"), [(0.0, False), (0.3, True)])
def test_a_batch_has_its_clips_at_another_tempo(tempo, changed):
    part = rising_and_falling(40, 1)
    (inputs, _) = next(batches.training_batches(part, np.eye(40, dtype=np.float32), 40, 0.0, tempo, np.random.default_rng(0)))
    lengths = sorted(len(sequence) for sequence in part.sequences)
    assert (sorted(inputs["lengths"]) != lengths) == changed
    assert inputs["features"].shape[1] == max(inputs["lengths"])


def test_one_core_or_all_give_the_same_bytes():
    command = "from tests.test_training import digest; print(digest())"
    one = "import os; hasattr(os, 'sched_setaffinity') and os.sched_setaffinity(0, [min(os.sched_getaffinity(0))]); "
    commands = [[sys.executable, "-c", start + command] for start in ("", one)]
    runs = [subprocess.Popen(command, stdout=subprocess.PIPE, text=True) for command in commands]
    digests = [run.communicate(timeout=300)[0].split()[-1] for run in runs]
    assert digests[0] == digests[1]
    assert len(digests[0]) == 64


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("epochs", 0),
        ("steps_per_epoch", 0),
        ("batch_size", 0),
        ("learning_rate", 0.0),
        ("mixup", -1.0),
        ("tempo", -1.0),
        ("label_smoothing", 1.0),
        ("patience", 0),
    ],
)
def test_a_setting_out_of_range_is_named(name, value):
    with pytest.raises(UserError, match=rf"train\.{name} is {value}"):
        replace(SETTINGS, **{name: value})
