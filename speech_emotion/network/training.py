"""Train the network. All randomness is seeded, so that equal input gives equal weights."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from sklearn.metrics import balanced_accuracy_score

from speech_emotion.dataset.partitions import Partition
from speech_emotion.dataset.speaker_statistics import SpeakerStatistics, average_speaker, with_statistics
from speech_emotion.network.batches import epoch_dataset, sequential_batches, training_batches
from speech_emotion.network.calibration import apply_temperature, fit_temperature
from speech_emotion.network.model import build_model, fit_standardization
from speech_emotion.network.settings import ModelSettings, TrainSettings
from speech_emotion.network.tensorflow_setup import keras


@dataclass(frozen=True)
class TrainedNetwork:
    """A network as it is evaluated and exported.

    Attributes:
        network: with the weights of the best epoch.
        temperature: what its log probabilities are divided by.
        speaker_prior: see `core.moments.statistics`.
    """

    network: keras.Model
    temperature: float
    speaker_prior: np.ndarray

    def predict(self, partition: Partition) -> np.ndarray:
        """Return log probabilities of shape (clips, classes), at the temperature."""
        return predict(self.network, partition, self.temperature)

    def weights(self) -> dict[str, list[np.ndarray]]:
        """Return {name of a layer: its arrays} for `onnx_model.export`."""
        return {layer.name: layer.get_weights() for layer in self.network.layers if layer.get_weights()}


def train_network(
    partitions: dict[str, Partition],
    classes: int,
    model_settings: ModelSettings,
    settings: TrainSettings,
    seed: int,
    on_epoch_end: Callable[[dict[str, float]], None],
) -> TrainedNetwork:
    """Train a network, and keep the weights of the epoch with the lowest validation loss.

    Args:
        partitions: From `dataset.partitions.load`. "train" also fits the standardization, "validation" stops the
            training, and "calibration" fits the temperature.
        on_epoch_end: Called after each epoch with epoch, loss, validation_loss and validation_uar.
    """
    keras.utils.set_random_seed(seed)
    prior = average_speaker(partitions["train"], settings.prior_steps)
    speakers = None
    if model_settings.uses_speaker_statistics:
        speakers = SpeakerStatistics(partitions["train"], prior)
        most = settings.most_speaker_clips
        partitions = {name: with_statistics(partition, prior, most, seed) for name, partition in partitions.items()}
    train = partitions["train"]
    coefficients = train.sequences[0].shape[1]
    network = build_model(coefficients, classes, model_settings)
    fit_standardization(network, sequential_batches(train), model_settings)
    network.compile(keras.optimizers.Adam(_learning_rate(settings)), loss=cross_entropy)
    targets = _smooth_targets(train.targets, classes, settings.label_smoothing)
    batches = training_batches(train, targets, settings, np.random.default_rng(seed), speakers)
    early_stopping = keras.callbacks.EarlyStopping(
        "validation_loss", mode="min", patience=settings.patience, restore_best_weights=True
    )
    validation = _ValidationMetrics(partitions["validation"], classes, settings.label_smoothing, on_epoch_end)
    network.fit(
        epoch_dataset(batches, settings.steps_per_epoch, coefficients, speakers is not None),
        epochs=settings.epochs,
        callbacks=[validation, early_stopping],
        shuffle=False,
        verbose=0,
    )
    calibration = partitions["calibration"]
    temperature = fit_temperature(predict(network, calibration), calibration.targets)
    return TrainedNetwork(network, temperature, prior)


def predict(network: keras.Model, partition: Partition, temperature: float = 1.0) -> np.ndarray:
    """Return log probabilities of shape (clips, classes): the mean of the branches, at the temperature."""
    return apply_temperature(predict_branches(network, partition).mean(axis=1), temperature)


def predict_branches(network: keras.Model, partition: Partition) -> np.ndarray:
    """Return log probabilities of shape (clips, branches, classes)."""
    return np.concatenate([network.predict_on_batch(inputs) for inputs in sequential_batches(partition)])


def cross_entropy(targets, log_probabilities):
    """Return the mean cross entropy of the branches: (batch, classes) and (batch, branches, classes) to (batch,)."""
    return -keras.ops.mean(keras.ops.sum(targets[:, None] * log_probabilities, axis=-1), axis=-1)


def _learning_rate(settings: TrainSettings) -> float | keras.optimizers.schedules.LearningRateSchedule:
    if not settings.cosine_decay:
        return settings.learning_rate
    return keras.optimizers.schedules.CosineDecay(settings.learning_rate, settings.epochs * settings.steps_per_epoch)


class _ValidationMetrics(keras.callbacks.Callback):
    """Adds the validation metrics to Keras' logs, where early stopping looks for the loss, and reports every epoch."""

    def __init__(self, validation: Partition, classes: int, smoothing: float, on_epoch_end: Callable[[dict], None]):
        super().__init__()
        self.validation = validation
        self.targets = _smooth_targets(validation.targets, classes, smoothing)
        self.report = on_epoch_end

    def on_epoch_end(self, epoch: int, logs: dict) -> None:
        log_probabilities = predict_branches(self.model, self.validation)
        predicted = log_probabilities.mean(axis=1).argmax(axis=1)
        logs["validation_loss"] = float(np.mean(cross_entropy(self.targets, log_probabilities)))
        logs["validation_uar"] = float(balanced_accuracy_score(self.validation.targets, predicted))
        self.report({"epoch": epoch + 1, **logs})


def _smooth_targets(targets: np.ndarray, classes: int, smoothing: float) -> np.ndarray:
    """Return smoothed one-hot targets: int (clips,) to float32 (clips, classes)."""
    return (np.eye(classes)[targets] * (1 - smoothing) + smoothing / classes).astype(np.float32)
