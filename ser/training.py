"""Fit the network to the training part; whatever is random is seeded, so that equal input gives equal weights."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import balanced_accuracy_score

from ser import model
from ser.backend import keras, tf
from ser.dataset import Part
from ser.errors import require


@dataclass(frozen=True)
class Settings:
    """The section `train` of params.yaml, where each key is explained."""

    epochs: int
    batch_size: int
    learning_rate: float
    label_smoothing: float
    mixup: float
    patience: int

    def __post_init__(self):
        for name in ("epochs", "batch_size", "patience"):
            require(getattr(self, name) >= 1, f"train.{name} is {getattr(self, name)}; expected 1 or more")
        require(self.learning_rate > 0, f"train.learning_rate is {self.learning_rate}; expected more than 0")
        require(self.mixup >= 0, f"train.mixup is {self.mixup}; expected 0 (off) or more")
        smoothing = self.label_smoothing
        require(0 <= smoothing < 1, f"train.label_smoothing is {smoothing}; expected from 0 to below 1")


def fit(
    training: Part,
    validation: Part,
    classes: int,
    network: model.Settings,
    settings: Settings,
    seed: int,
    report: Callable[[dict[str, float]], None],
) -> keras.Model:
    """Train a network and return it with the weights of the epoch whose validation loss was lowest.

    Args:
        training: clips and altered copies; the scaling is fitted on all of them.
        validation: clips for early stopping and the reported figures.
        classes: number of emotions.
        report: called after each epoch with epoch, loss, validation_loss and validation_uar.
    """
    keras.utils.set_random_seed(seed)
    fitted = model.build(training.sequences[0].shape[1], classes, network)
    model.fit_scaling(fitted, training.sequences, network)
    fitted.compile(keras.optimizers.Adam(settings.learning_rate), loss=cross_entropy)
    generator = np.random.default_rng(seed)
    batches = _dataset(lambda: _shuffled(training, classes, settings, generator), training, settings.batch_size)
    stop = keras.callbacks.EarlyStopping(
        "validation_loss", mode="min", patience=settings.patience, restore_best_weights=True
    )
    scores = _ValidationScores(validation, classes, settings, report)
    fitted.fit(batches, epochs=settings.epochs, callbacks=[scores, stop], shuffle=False, verbose=0)
    return fitted


def cross_entropy(targets, log_probabilities):
    """Return the cross entropy, averaged over the views; (batch, classes) and (batch, views, classes) to (batch,)."""
    return -keras.ops.mean(keras.ops.sum(targets[:, None] * log_probabilities, axis=-1), axis=-1)


def predict(fitted: keras.Model, part: Part) -> np.ndarray:
    """Return log probabilities of shape (clips, classes): the views' mean, normalised."""
    return keras.ops.convert_to_numpy(keras.ops.log_softmax(_views(fitted, part).mean(axis=1), axis=-1))


def _views(fitted: keras.Model, part: Part, batch_size: int = 256) -> np.ndarray:
    """Return log probabilities of shape (clips, views, classes)."""
    batches = _dataset(lambda: _in_order(part, batch_size), part, batch_size)
    return np.concatenate([fitted.predict_on_batch(inputs) for inputs, _ in batches])


class _ValidationScores(keras.callbacks.Callback):
    """Adds the validation loss to Keras' logs, for early stopping, and reports every epoch."""

    def __init__(self, validation: Part, classes: int, settings: Settings, report: Callable[[dict], None]):
        super().__init__()
        self.validation, self.settings, self.report = validation, settings, report
        self.targets = _targets(validation.targets, classes, settings.label_smoothing)

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        log_probabilities = _views(self.model, self.validation)  # (clips, views, classes)
        predicted = log_probabilities.mean(axis=1).argmax(axis=1)
        logs["validation_loss"] = float(np.mean(cross_entropy(self.targets, log_probabilities)))
        uar = balanced_accuracy_score(self.validation.targets, predicted)
        row = {"epoch": epoch + 1, "loss": logs["loss"], "validation_loss": logs["validation_loss"]}
        self.report(row | {"validation_uar": float(uar)})


def _dataset(batches: Callable[[], Iterator], part: Part, batch_size: int) -> tf.data.Dataset:
    """Wrap batches of any length, so that the network is traced once and not for every length."""
    count = -(-len(part) // batch_size)
    inputs = {
        "features": tf.TensorSpec((None, None, part.sequences[0].shape[1]), tf.float32),
        "share": tf.TensorSpec((None,), tf.float32),
    }
    signature = (inputs, tf.TensorSpec((None, None), tf.float32))
    dataset = tf.data.Dataset.from_generator(batches, output_signature=signature)
    return dataset.apply(tf.data.experimental.assert_cardinality(count))


def _shuffled(part: Part, classes: int, settings: Settings, generator: np.random.Generator) -> Iterator:
    """Yield batches of all clips in random order, with mixed targets."""
    targets = _targets(part.targets, classes, settings.label_smoothing)
    order = generator.permutation(len(part))
    for start in range(0, len(order), settings.batch_size):
        rows = order[start : start + settings.batch_size]
        share = np.ones(len(rows), dtype=np.float32)
        if settings.mixup:
            share = generator.beta(settings.mixup, settings.mixup, len(rows)).astype(np.float32)
        mixed = targets[rows] * share[:, None] + targets[rows][::-1] * (1 - share[:, None])
        yield {"features": _padded(part, rows), "share": share}, mixed


def _in_order(part: Part, batch_size: int) -> Iterator:
    for start in range(0, len(part), batch_size):
        rows = np.arange(start, min(start + batch_size, len(part)))
        yield {"features": _padded(part, rows), "share": np.ones(len(rows), np.float32)}, np.zeros((1, 1), np.float32)


def _padded(part: Part, rows: np.ndarray) -> np.ndarray:
    """Return the sequences of `rows`, padded behind with zeros: float32 (rows, longest, coefficients)."""
    chosen = [part.sequences[row] for row in rows]
    batch = np.zeros((len(chosen), max(map(len, chosen)), chosen[0].shape[1]), dtype=np.float32)
    for row, sequence in zip(batch, chosen, strict=True):
        row[: len(sequence)] = sequence
    return batch


def _targets(targets: np.ndarray, classes: int, smoothing: float) -> np.ndarray:
    """Return smoothed one-hot targets: int (clips,) to float32 (clips, classes)."""
    return (np.eye(classes)[targets] * (1 - smoothing) + smoothing / classes).astype(np.float32)
