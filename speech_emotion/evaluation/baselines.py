"""What a result must be held against: the original notebook's recipe, and logistic regression on the same averages."""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.tensorflow_setup import keras

NOTEBOOK_EPOCHS, NOTEBOOK_BATCH = 50, 64


def notebook(training: Partition, test: Partition, classes: int, seed: int, report) -> np.ndarray:
    """Train the notebook's network, an LSTM over the 40 averages as if they were time, and apply it.

    Args:
        training: its sequences are those of `averages.averaged`.
        report: called with the epoch's number after each epoch.

    Returns:
        log probabilities, (test clips, classes).
    """
    keras.utils.set_random_seed(seed)
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
    progress = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: report(epoch + 1))
    columns = [_columns(part)[:, :, None] for part in (training, test)]  # (clips, 40, 1)
    network.fit(columns[0], training.targets, NOTEBOOK_BATCH, NOTEBOOK_EPOCHS, verbose=0, callbacks=[progress])
    return np.log(np.maximum(network.predict(columns[1], verbose=0), 1e-12))


def logistic_regression(training: Partition, test: Partition) -> np.ndarray:
    """Fit logistic regression to the standardised averages; return log probabilities, (test clips, classes)."""
    fitted = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    fitted.fit(_columns(training), training.targets)
    return fitted.predict_log_proba(_columns(test))


def _columns(part: Partition) -> np.ndarray:
    return np.concatenate(part.sequences)  # (clips, 40)
