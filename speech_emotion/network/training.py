"""Fit the network to the training part; whatever is random is seeded, so that equal input gives equal weights."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import balanced_accuracy_score

from speech_emotion.network import batches, calibration, model
from speech_emotion.core.errors import require
from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.settings import ModelSettings
from speech_emotion.network.tensorflow_setup import keras


@dataclass(frozen=True)
class TrainSettings:
    """The section `train` of params.yaml, where each key is explained."""

    epochs: int
    steps_per_epoch: int
    batch_size: int
    learning_rate: float
    label_smoothing: float
    mixup: float
    tempo: float
    patience: int

    def __post_init__(self):
        for name in ("epochs", "steps_per_epoch", "batch_size", "patience"):
            require(getattr(self, name) >= 1, f"train.{name} is {getattr(self, name)}; expected 1 or more")
        require(self.learning_rate > 0, f"train.learning_rate is {self.learning_rate}; expected more than 0")
        for name in ("mixup", "tempo"):
            require(getattr(self, name) >= 0, f"train.{name} is {getattr(self, name)}; expected 0 (off) or more")
        smoothing = self.label_smoothing
        require(0 <= smoothing < 1, f"train.label_smoothing is {smoothing}; expected from 0 to below 1")


def fit(
    parts: dict[str, Partition],
    classes: int,
    orders: int,
    network: ModelSettings,
    settings: TrainSettings,
    seed: int,
    report: Callable[[dict[str, float]], None],
) -> tuple[keras.Model, float]:
    """Train a network; return it, with the weights of the epoch whose validation loss was lowest, and its temperature.

    Args:
        parts: as from `dataset.read`: train, clips and altered copies, on all of which the scaling is fitted too;
            validation, for early stopping and the reported figures; strange, which the temperature is fitted on.
        classes: number of emotions.
        orders: 1 for MFCCs alone, 2 or 3 where their differences follow them in a frame.
        report: called after each epoch with epoch, loss, validation_loss and validation_uar.
    """
    keras.utils.set_random_seed(seed)
    training = parts["train"]
    fitted = model.build_model(training.sequences[0].shape[1] // orders, orders, classes, network)
    model.fit_standardization(fitted, batches.sequential_batches(training), network)
    fitted.compile(keras.optimizers.Adam(settings.learning_rate), loss=cross_entropy)
    generator = np.random.default_rng(seed)
    targets = _targets(training.targets, classes, settings.label_smoothing)
    mixed = batches.training_batches(training, targets, settings.batch_size, settings.mixup, settings.tempo, generator)
    epoch = batches.epoch_dataset(mixed, settings.steps_per_epoch, training)
    stop = keras.callbacks.EarlyStopping(
        "validation_loss", mode="min", patience=settings.patience, restore_best_weights=True
    )
    scores = _ValidationScores(parts["validation"], classes, settings, report)
    fitted.fit(epoch, epochs=settings.epochs, callbacks=[scores, stop], shuffle=False, verbose=0)
    return fitted, calibration.fit_temperature(predict(fitted, parts["strange"]), parts["strange"].targets)


def cross_entropy(targets, log_probabilities):
    """Return the branches' mean cross entropy: (batch, classes) and (batch, branches, classes) to (batch,)."""
    return -keras.ops.mean(keras.ops.sum(targets[:, None] * log_probabilities, axis=-1), axis=-1)


def predict(fitted: keras.Model, part: Partition, temperature: float = 1.0) -> np.ndarray:
    """Return log probabilities of shape (clips, classes): the branches' mean at the temperature, normalised."""
    return calibration.apply_temperature(_branches(fitted, part).mean(axis=1), temperature)


def _branches(fitted: keras.Model, part: Partition) -> np.ndarray:
    """Return log probabilities of shape (clips, branches, classes)."""
    return np.concatenate([fitted.predict_on_batch(inputs) for inputs in batches.sequential_batches(part)])


class _ValidationScores(keras.callbacks.Callback):
    """Adds the validation loss to Keras' logs, for early stopping, and reports every epoch."""

    def __init__(self, validation: Partition, classes: int, settings: TrainSettings, report: Callable[[dict], None]):
        super().__init__()
        self.validation, self.report = validation, report
        self.targets = _targets(validation.targets, classes, settings.label_smoothing)

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        log_probabilities = _branches(self.model, self.validation)  # (clips, branches, classes)
        predicted = log_probabilities.mean(axis=1).argmax(axis=1)
        logs["validation_loss"] = float(np.mean(cross_entropy(self.targets, log_probabilities)))
        uar = balanced_accuracy_score(self.validation.targets, predicted)
        row = {"epoch": epoch + 1, "loss": logs["loss"], "validation_loss": logs["validation_loss"]}
        self.report(row | {"validation_uar": float(uar)})


def _targets(targets: np.ndarray, classes: int, smoothing: float) -> np.ndarray:
    """Return smoothed one-hot targets: int (clips,) to float32 (clips, classes)."""
    return (np.eye(classes)[targets] * (1 - smoothing) + smoothing / classes).astype(np.float32)
