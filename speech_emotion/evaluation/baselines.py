"""Baselines on MFCCs averaged over time: the network of the original notebook, and logistic regression."""

from collections.abc import Callable

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.tensorflow_setup import keras

NOTEBOOK_EPOCHS = 50
NOTEBOOK_BATCH_SIZE = 64


def notebook(
    training: Partition, test: Partition, classes: int, seed: int, on_epoch: Callable[[int], None]
) -> np.ndarray:
    """Train the notebook's network, an LSTM over the 40 averages as if they were a time series, and apply it.

    Args:
        training: with sequences from `audio.notebook_features`, of shape (1, 40), as in `test`.
        on_epoch: called with the number of each finished epoch, from 1.

    Returns:
        Log probabilities, (test clips, classes).
    """
    keras.utils.set_random_seed(seed)
    network = _notebook_network(classes)
    progress = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: on_epoch(epoch + 1))
    inputs = _averages(training)[:, :, None]  # (clips, 40, 1)
    network.fit(inputs, training.targets, NOTEBOOK_BATCH_SIZE, NOTEBOOK_EPOCHS, verbose=0, callbacks=[progress])
    probabilities = network.predict(_averages(test)[:, :, None], verbose=0)
    return np.log(np.maximum(probabilities, 1e-12))


def logistic_regression(training: Partition, test: Partition) -> np.ndarray:
    """Fit logistic regression to the standardized averages; return log probabilities, (test clips, classes)."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(_averages(training), training.targets)
    return model.predict_log_proba(_averages(test))


def _notebook_network(classes: int) -> keras.Model:
    layers = keras.layers
    network = keras.Sequential(
        [
            keras.Input((40, 1)),
            layers.LSTM(256),
            layers.Dropout(0.2),
            layers.Dense(128, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(64, activation="relu"),
            layers.Dropout(0.2),
            layers.Dense(classes, activation="softmax"),
        ]
    )
    network.compile("adam", "sparse_categorical_crossentropy")
    return network


def _averages(partition: Partition) -> np.ndarray:
    return np.concatenate(partition.sequences)  # (clips, 40)
