"""A classifier of one person's emotions: ridge regression on embeddings, next to what the network says.

With few clips it follows the network, with many the person, and the less the network understands this person, the less
it counts. The constants were chosen on the speakers of the protocol `development`: docs/enrolment.md.
"""

from dataclasses import dataclass

import numpy as np

RIDGE = 0.3  # penalty of the squared weights
STEEPNESS = 6.0  # turns ridge scores, which are near 0 or 1, into log probabilities
NETWORK_WEIGHT = 0.9  # of the network's log probabilities with one clip an emotion; falls with the root of the clips
TRUST = np.exp(np.linspace(np.log(0.02), np.log(1.6), 30))  # factors of that weight, among which one is chosen
TRUST_STRENGTH = 0.5  # how much evidence it takes to choose another factor than 1
TEMPERATURE = 0.8  # of the sum of both, with many clips
ONE_CLIP_TEMPERATURE = 0.5  # added with one clip an emotion; falls with the clips
MOST_FOLDS = 10  # of a cross-validation
SMALLEST_STD = 1e-3  # of a column; a single clip has none


@dataclass(frozen=True)
class Classifier:
    """What was learned of a person.

    Attributes:
        emotions: int (enrolled,), the enrolled emotions among the network's classes, in order.
        mean, std: float32 (columns,), what standardizes an embedding.
        weights: float32 (columns, enrolled).
        bias: float32 (enrolled,).
        network_weight: how much the network's log probabilities of enrolled emotions count.
        temperature: what the sum of both is divided by.
    """

    emotions: np.ndarray
    mean: np.ndarray
    std: np.ndarray
    weights: np.ndarray
    bias: np.ndarray
    network_weight: float
    temperature: float

    def log_probabilities(self, embeddings: np.ndarray, of_network: np.ndarray) -> np.ndarray:
        """Return log probabilities, float64 (clips, classes). Those of emotions without clips are the network's.

        Args:
            embeddings: (clips, columns), see `onnx_model.export`.
            of_network: the network's log probabilities, (clips, classes).
        """
        scores = (embeddings - self.mean) / self.std @ self.weights + self.bias  # (clips, enrolled)
        logits = STEEPNESS * scores + self.network_weight * of_network[:, self.emotions]
        # The network alone decides between the enrolled emotions together and each of the others.
        of_enrolled = np.logaddexp.reduce(of_network[:, self.emotions], axis=1, keepdims=True)
        result = of_network.astype(np.float64)
        result[:, self.emotions] = of_enrolled + log_softmax(logits / self.temperature)
        return result


def fit(embeddings: np.ndarray, of_network: np.ndarray, targets: np.ndarray, leading: int) -> Classifier:
    """Learn from labelled clips of one person.

    Args:
        embeddings: (clips, columns), at least one clip.
        of_network: the network's log probabilities, (clips, classes).
        targets: int (clips,), the class of each clip.
        leading: how many columns are means and deviations of features. Together they weigh as much as all others.
    """
    emotions, positions = np.unique(targets, return_inverse=True)
    labels = np.eye(len(emotions))[positions]  # (clips, enrolled)
    mean = embeddings.mean(axis=0)
    std = np.maximum(embeddings.std(axis=0), SMALLEST_STD)
    scale = np.sqrt(_column_weights(embeddings.shape[1], leading))
    standardized = (embeddings - mean) / std * scale
    bias = labels.mean(axis=0)
    kernel = standardized @ standardized.T  # (clips, clips): far smaller than (columns, columns)
    coefficients = np.linalg.solve(kernel + RIDGE * np.eye(len(targets)), labels - bias)
    clips = len(targets) / len(emotions)
    return Classifier(
        emotions=emotions,
        mean=mean.astype(np.float32),
        std=std.astype(np.float32),
        weights=(scale[:, None] * (standardized.T @ coefficients)).astype(np.float32),
        bias=bias.astype(np.float32),
        network_weight=float(NETWORK_WEIGHT / np.sqrt(clips) * _trust(of_network[:, emotions], positions)),
        temperature=TEMPERATURE + ONE_CLIP_TEMPERATURE / clips,
    )


def cross_validate(embeddings: np.ndarray, of_network: np.ndarray, targets: np.ndarray, leading: int) -> np.ndarray:
    """Return what a classifier says of each clip that has learned from the others, log probabilities (clips, classes).

    The first clips of all emotions are left out together, then the second ones, and so on, so that what is learned from
    is balanced. Takes what `fit` does, with two clips or more of an emotion.
    """
    result = np.empty(of_network.shape)
    fold = np.array([np.sum(targets[:clip] == targets[clip]) for clip in range(len(targets))]) % MOST_FOLDS
    for number in np.unique(fold):
        asked = fold == number
        learned = fit(embeddings[~asked], of_network[~asked], targets[~asked], leading)
        result[asked] = learned.log_probabilities(embeddings[asked], of_network[asked])
    return result


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """(clips, classes) to the same shape."""
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def _column_weights(columns: int, leading: int) -> np.ndarray:
    """(columns,) with a sum of 1, half of it for the leading columns."""
    weights = np.full(columns, 0.5 / leading)
    weights[leading:] = 0.5 / max(columns - leading, 1)
    return weights


def finite_log(probabilities: np.ndarray) -> np.ndarray:
    """Return the logarithm of float32 probabilities. For 0 it would be infinite; the smallest float32 stands for it."""
    return np.log(np.maximum(probabilities, np.finfo(np.float32).tiny))


def _trust(of_network: np.ndarray, positions: np.ndarray) -> float:
    """Return the factor of the network's log probabilities that makes the labels most likely.

    The network has learned nothing from these clips, so they show how well it understands the person.
    """
    rows = np.arange(len(positions))
    costs = [
        TRUST_STRENGTH * np.log(factor) ** 2 - log_softmax(of_network * factor)[rows, positions].sum()
        for factor in TRUST
    ]
    return float(TRUST[np.argmin(costs)])
