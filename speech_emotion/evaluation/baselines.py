"""Baselines on MFCCs averaged over time: the original notebook's network, and logistic regression.

The original notebook is the one this project started from: averaged MFCCs of TESS, fed to an LSTM.
"""

import numpy as np
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from tqdm import tqdm

from speech_emotion.dataset.partitions import Partition
from speech_emotion.network.tensorflow_setup import keras

NOTEBOOK_EPOCHS = 50
NOTEBOOK_BATCH_SIZE = 64


def train_notebook_network(
    training: Partition, test: Partition, classes: int, seed: int, epochs: int = NOTEBOOK_EPOCHS
) -> np.ndarray:
    """Train the notebook's network, an LSTM over the 40 averages as if they were a time series.

    Both partitions have sequences from `audio.notebook_features`, of shape (1, 40). Returns the predicted class of each
    test clip, (clips,).
    """
    keras.utils.set_random_seed(seed)
    network = _notebook_network(classes)
    inputs = _averages(training)[:, :, None]  # (clips, 40, 1)
    with tqdm(total=epochs, desc="notebook", unit="epoch", disable=None) as bar:
        progress = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: bar.update())
        network.fit(inputs, training.targets, NOTEBOOK_BATCH_SIZE, epochs, verbose=0, callbacks=[progress])
    return network.predict(_averages(test)[:, :, None], verbose=0).argmax(axis=1)


def logistic_regression(training: Partition, test: Partition) -> np.ndarray:
    """Fit logistic regression to the standardized averages; return the predicted class of each test clip, (clips,)."""
    model = make_pipeline(StandardScaler(), LogisticRegression(max_iter=2000))
    model.fit(_averages(training), training.targets)
    return model.predict(_averages(test))


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
