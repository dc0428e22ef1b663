"""The network: LSTMs over time on several views of the same MFCC sequence, whose answers are averaged."""

from collections.abc import Iterable
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
import scipy.fft

from speech_emotion.core.errors import require
from speech_emotion.network.layers import FrameMask, LSTM, MeanPooling, Mixup, MixupMask, RandomSpectralTilt, Standardize, UtteranceNormalization
from speech_emotion.network.settings import EPSILON
from speech_emotion.network.tensorflow_setup import keras

layers = keras.layers

BASES = ["mfcc", "mel"]
NORMALISATIONS = ["none", "mean", "mean-variance"]


class NetworkInput(NamedTuple):
    """What branches of the network see; the name tells its layers apart."""

    name: str
    basis: str
    normalisation: str


@dataclass(frozen=True)
class ModelSettings:
    """The section `model` of params.yaml, where each key is explained."""

    views: list
    cepstra: int
    members: int
    units: int
    depth: int
    bidirectional: bool
    tilt: float
    noise: float
    input_dropout: float
    dropout: float

    def __post_init__(self):
        known = [{basis: normalisation} for basis in BASES for normalisation in NORMALISATIONS]
        for place, view in enumerate(self.views):
            require(view in known, f"model.views has {view!r}; expected {' or '.join(BASES)}: {_any(NORMALISATIONS)}")
            require(view not in self.views[:place], f"model.views has {view!r} twice; expected once")
        require(len(self.views) > 0, "model.views is empty; expected at least one such as mfcc: mean")
        for name in ("cepstra", "members", "units", "depth"):
            require(getattr(self, name) >= 1, f"model.{name} is {getattr(self, name)}; expected 1 or more")
        for name in ("input_dropout", "dropout"):
            share = getattr(self, name)
            require(0 <= share < 1, f"model.{name} is {share}; expected a share from 0 to below 1")
        for name in ("tilt", "noise"):
            require(getattr(self, name) >= 0, f"model.{name} is {getattr(self, name)}; expected 0 or more")

    def named_views(self) -> list[NetworkInput]:
        """Return the views, in their order."""
        pairs = [pair for view in self.views for pair in view.items()]
        return [NetworkInput(f"{basis}_{normalisation}", basis, normalisation) for basis, normalisation in pairs]

    def branches(self, view: NetworkInput) -> list[str]:
        """Return the names of the branches that see `view`, one a member."""
        return [f"{view.name}_{member}" for member in range(1, self.members + 1)]


def projection(basis: str, coefficients: int, orders: int, cepstra: int) -> np.ndarray:
    """Return the matrix that turns a frame of MFCCs into what a view sees, float32 (orders * coefficients, columns).

    - mfcc: the first `cepstra` coefficients, which describe the coarse shape of the spectrum.
    - mel: the log-mel bands, by the inverse cosine transform; smoothed where there are fewer coefficients than bands.

    Args:
        orders: 1, or more where the frame goes on with differences of the coefficients.
    """
    if basis == "mel":
        block = scipy.fft.idct(np.eye(coefficients), axis=1, norm="ortho")
    else:
        block = np.eye(coefficients)[:, :cepstra]
    return np.kron(np.eye(orders), block).astype(np.float32)


def build_model(coefficients: int, orders: int, classes: int, settings: ModelSettings) -> keras.Model:
    """Return the network.

    Inputs: `features`, float32 (batch, frames, orders * coefficients), padded behind; `lengths`, int32 (batch,), their
    frames; `share`, float32 (batch,), the mixup share (1 outside training).
    Output: log probabilities of shape (batch, branches, classes); the prediction is the branches' mean, normalised.

    Raises:
        UserError: a view takes more coefficients than there are.
    """
    views = settings.named_views()
    require(
        settings.cepstra <= coefficients or all(view.basis != "mfcc" for view in views),
        f"model.cepstra is {settings.cepstra}; expected at most the {coefficients} of features.n_mfcc",
    )
    features = keras.Input((None, orders * coefficients), name="features")
    lengths, share = keras.Input((), dtype="int32", name="lengths"), keras.Input((), name="share")
    mask = FrameMask()(features, lengths)
    mixed_mask = MixupMask()(mask, share)
    tilted = RandomSpectralTilt(settings.tilt, orders)(features)
    seen = sorted({view.basis for view in views})
    frames = {basis: _projection(basis, coefficients, orders, settings)(tilted) for basis in seen}
    outputs = []
    for view in views:
        x = UtteranceNormalization(view.normalisation, name=f"normalise_{view.name}")(frames[view.basis], mask)
        x = Standardize(name=f"scale_{view.name}")(x, mask)
        x = Mixup(name=f"mix_{view.name}")(x, share)
        outputs += [_branch(x, mixed_mask, classes, branch, settings) for branch in settings.branches(view)]
    stacked = layers.concatenate([layers.Reshape((1, classes))(output) for output in outputs], axis=1)
    inputs = {"features": features, "lengths": lengths, "share": share}
    return keras.Model(inputs, layers.Activation("log_softmax")(stacked))


def fit_standardization(model: keras.Model, batches: Iterable[dict], settings: ModelSettings) -> None:
    """Set each view's scaling to the mean and deviation of its normalised training frames.

    Args:
        batches: the network's inputs, of training clips only.
    """
    names = [view.name for view in settings.named_views()]
    normalised = keras.Model(model.inputs, {name: model.get_layer(f"normalise_{name}").output for name in names})
    count, total, squares = 0, dict.fromkeys(names, 0), dict.fromkeys(names, 0)
    for inputs in batches:
        real = np.arange(inputs["features"].shape[1]) < inputs["lengths"][:, None]  # (batch, frames)
        count += real.sum()
        for name, output in normalised.predict_on_batch(inputs).items():
            own = output[real].astype(np.float64)  # (frames, columns)
            total[name], squares[name] = total[name] + own.sum(axis=0), squares[name] + np.square(own).sum(axis=0)
    for name in names:
        mean = total[name] / count
        deviation = np.sqrt(squares[name] / count - mean**2 + EPSILON)
        model.get_layer(f"scale_{name}").set_weights([mean, deviation])


def _projection(basis: str, coefficients: int, orders: int, settings: ModelSettings) -> keras.layers.Layer:
    matrix, name = projection(basis, coefficients, orders, settings.cepstra), f"project_{basis}"
    return layers.Dense(
        matrix.shape[1], use_bias=False, trainable=False, name=name, kernel_initializer=lambda *_, **__: matrix
    )


def _branch(x, mask, classes: int, name: str, settings: ModelSettings):
    x = layers.GaussianNoise(settings.noise)(x)
    x = layers.SpatialDropout1D(settings.input_dropout)(x)
    for number in range(settings.depth):
        x = LSTM(settings.units, settings.bidirectional, name=f"lstm_{name}_{number}")(x, mask)
    x = layers.Dropout(settings.dropout)(x)
    x = MeanPooling()(x, mask)
    return layers.Dense(classes, name=f"classify_{name}")(x)


def _any(names: list[str]) -> str:
    return f"{', '.join(names[:-1])} or {names[-1]}"
