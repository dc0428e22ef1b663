"""Print the milliseconds of a training step with the project's code: benchmarks/training_step.py runs this."""

import sys
import time
from itertools import cycle
from pathlib import Path

from speech_emotion.core.environment import pin_arithmetic

pin_arithmetic()  # before NumPy is imported, as in the stages

import numpy as np  # noqa: E402

from speech_emotion.core import params  # noqa: E402
from speech_emotion.network.batches import epoch_dataset  # noqa: E402
from speech_emotion.network.model import build_model  # noqa: E402
from speech_emotion.network.settings import ModelSettings, TrainSettings  # noqa: E402
from speech_emotion.network.tensorflow_setup import keras  # noqa: E402
from speech_emotion.network.training import cross_entropy  # noqa: E402

EPOCHS = 3  # after one to warm up


def main(folder: Path) -> None:
    batches = []
    for path in sorted(folder.glob("*.npz")):
        arrays = dict(np.load(path))
        targets = arrays.pop("targets")
        batches.append((arrays, targets))
    coefficients = batches[0][0]["features"].shape[-1]
    network = build_model(coefficients, targets.shape[-1], params.load("model", ModelSettings))
    network.compile(keras.optimizers.Adam(params.load("train", TrainSettings).learning_rate), loss=cross_entropy)
    clock = []
    note_time = keras.callbacks.LambdaCallback(on_epoch_end=lambda epoch, logs: clock.append(time.perf_counter()))
    dataset = epoch_dataset(cycle(batches), len(batches), coefficients)
    network.fit(dataset, epochs=1 + EPOCHS, callbacks=[note_time], shuffle=False, verbose=0)
    print(1000 * np.median(np.diff(clock)) / len(batches))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
