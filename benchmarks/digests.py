"""Print a digest of what each kernel of the pipeline computes from fixed inputs, one line each.

python -m benchmarks.digests features     resampling, MFCCs and the notebook's features
python -m benchmarks.digests kernels      the TensorFlow kernels of a training step, one by one
python -m benchmarks.digests training     every weight after a short training of the network in params.yaml
python -m benchmarks.digests inference    the shipped model and its front end in ONNX Runtime

Two processors that print the same line compute the same bytes. benchmarks/processors.py compares several.
"""

import hashlib
import os
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path

from speech_emotion.core.environment import pin_arithmetic

pin_arithmetic()  # before NumPy is imported, as in the stages
if os.environ.get("NUMPY_WITHOUT_AVX2"):  # for tests: before version 9.1 qemu crashes in NumPy's code for AVX2
    os.environ["NPY_DISABLE_CPU_FEATURES"] += " X86_V3"

import numpy as np  # noqa: E402

RATE = 16000  # Hz
CORPUS_RATE = 24414  # Hz, the rate of TESS
EPOCHS = 1
STEPS_PER_EPOCH = 2  # enough for a difference in any kernel to reach the weights
CLASSES = 7

Named = Iterator[tuple[str, np.ndarray]]


def main(*groups: str) -> None:
    for group in groups:
        for name, array in GROUPS[group]():
            print(f"{name},{digest(array)}", flush=True)


def digest(array: np.ndarray) -> str:
    return hashlib.sha256(np.ascontiguousarray(array).tobytes()).hexdigest()[:12]


def speech_like_signal(rate: int) -> np.ndarray:
    """Return two seconds of a gliding harmonic tone with noise: float32 (samples,)."""
    generator = np.random.default_rng(1)
    time = np.arange(2 * rate) / rate  # s
    phase = 2 * np.pi * (120 * time + 20 * time**2)
    tone = sum(np.sin(harmonic * phase) / harmonic for harmonic in range(1, 20))
    envelope = np.sin(np.pi * time / 2) ** 2
    return (0.1 * tone * envelope + 0.001 * generator.standard_normal(len(time))).astype(np.float32)


def features() -> Named:
    import soundfile

    from speech_emotion.audio import augmentation, loading, mfcc, notebook_features
    from speech_emotion.core import params

    settings = params.load("features", mfcc.FeatureSettings)
    signal = loading.resample(speech_like_signal(CORPUS_RATE), CORPUS_RATE, RATE)
    yield "resampling", signal
    yield "log-mel spectrogram", mfcc.log_mel(signal, settings)
    yield "MFCCs", mfcc.extract(signal, settings)
    changes = [{"speed": 0.87}, {"stretch": 1.15}, {"pitch": 2.0}, {"noise": 10.0}]
    changes += [{"pink_noise": 10.0}, {"gain": 20.0}, {"room": 0.5}, {"low_pass": 3400.0}, {"high_pass": 300.0}]
    changes += [{"mu_law": 8.0}, {"mp3": 24.0}]
    for change, (_, copy) in zip(
        changes, augmentation.make_copies("a.wav", signal, RATE, changes, seed=1), strict=True
    ):
        yield f"MFCCs of a copy: {next(iter(change))}", mfcc.extract(copy, settings)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "a.wav")
        soundfile.write(path, speech_like_signal(CORPUS_RATE), CORPUS_RATE)
        yield "features of the notebook", notebook_features.extract(path)


def kernels() -> Named:
    from speech_emotion.network import layers
    from speech_emotion.network.tensorflow_setup import keras, tf

    generator = np.random.default_rng(2)

    def normal(*shape: int):
        return tf.constant(generator.normal(size=shape).astype(np.float32))

    frames, batch, columns, units = 29, 32, 64, 64
    positive = tf.abs(normal(1000, 77)) + 0.1
    for name in ("exp", "tanh", "sigmoid", "sqrt"):
        yield name, getattr(tf, name)(positive)
    yield "division", normal(batch, frames, columns) / (tf.abs(normal(batch, frames, columns)) + 1)
    yield "log-softmax", tf.nn.log_softmax(normal(256, CLASSES))
    for axes in ([0], [1], [2], [0, 1], [0, 1, 2]):
        yield f"sum over axes {axes}", tf.reduce_sum(normal(batch, frames, columns), axes)

    # The products of a training step; the last number is the length of the sums.
    for rows, sums, results in ((928, 64, 40), (928, 64, 64), (32, 128, 256), (32, 256, 128), (128, 32, 256)):
        yield f"matrix product, sums of {sums} for {rows} x {results}", normal(rows, sums) @ normal(sums, results)

    lstm = layers.LSTM(units, bidirectional=True)
    keras.utils.set_random_seed(3)
    x = normal(batch, frames, columns)
    mask = tf.ones((batch, frames, 1))
    lstm.build(x.shape)
    weights = normal(batch, frames, 2 * units)
    for weight in lstm.trainable_variables:
        yield f"initial {weight.name}", weight
    with tf.GradientTape() as tape:
        tape.watch(x)
        output = lstm(x, mask)
        loss = tf.reduce_sum(output * weights)
    yield "LSTM", output
    input_gradient, *gradients = tape.gradient(loss, [x, *lstm.trainable_variables])
    yield "gradient of the LSTM's input", input_gradient
    for weight, gradient in zip(lstm.trainable_variables, gradients, strict=True):
        yield f"gradient of {weight.name}", gradient

    optimizer = keras.optimizers.Adam(1e-3)
    variable = keras.Variable(normal(128, 256))
    for _ in range(3):
        optimizer.apply([normal(128, 256)], [variable])
    yield "three steps of Adam", variable


def training() -> Named:
    from speech_emotion.core import params
    from speech_emotion.dataset.partitions import Partition
    from speech_emotion.network.settings import ModelSettings, TrainSettings
    from speech_emotion.network.training import train_network

    generator = np.random.default_rng(4)

    def partition(clips: int) -> Partition:
        lengths = generator.integers(15, 45, clips)
        sequences = [generator.normal(size=(length, 64)).astype(np.float32) for length in lengths]
        names = [f"{clip}.wav" for clip in range(clips)]
        return Partition(names, sequences, generator.integers(0, CLASSES, clips), ["A"] * clips)

    partitions = {name: partition(40) for name in ("train", "validation", "calibration")}
    shorter = {"epochs": EPOCHS, "steps_per_epoch": STEPS_PER_EPOCH}
    settings = params.load("train", TrainSettings).model_copy(update=shorter)
    # One branch for each input: two would only repeat the same kernels.
    model_settings = params.load("model", ModelSettings).model_copy(update={"ensemble_size": 1})
    trained = train_network(partitions, CLASSES, model_settings, settings, 1, lambda row: None)
    for layer in trained.network.layers:
        for number, weight in enumerate(layer.get_weights(), start=1):
            yield f"{layer.name} {number}", weight
    yield "temperature", np.array(trained.temperature)


def inference() -> Named:
    from speech_emotion.inference.predictor import MODEL
    from speech_emotion.onnx_model.session import open_session

    outputs = ["probabilities", "features"]
    values = open_session(MODEL, ["signal"], outputs).run(outputs, {"signal": speech_like_signal(RATE)})
    for name, value in zip(outputs, values, strict=True):
        yield f"{name} of the shipped model", value
        yield f"{name} of the shipped model, rounded", np.round(value, 4)


GROUPS = {"features": features, "kernels": kernels, "training": training, "inference": inference}


if __name__ == "__main__":
    main(*sys.argv[1:])
