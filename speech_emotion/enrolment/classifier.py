"""A classifier of one person's emotions: ridge regression on embeddings, next to what the network says.

With few clips it follows the network, with many the person. The constants were chosen on the protocol `development`:
docs/enrolment.md.
"""

from dataclasses import dataclass

import numpy as np

RIDGE = 0.4  # penalty of the squared weights, for each column of the embedding
STEEPNESS = 3.0  # turns ridge scores, which are near 0 or 1, into log probabilities
NETWORK_WEIGHT = 0.7  # of the network's log probabilities with one clip an emotion; falls with the root of the clips
TEMPERATURE = 1.1  # with one clip an emotion
TEMPERATURE_EXPONENT = -0.2  # of the number of clips
TEMPERATURE_STRENGTH = 5.0  # how many clips' worth of evidence it takes to change the temperature
TEMPERATURES = np.exp(np.linspace(-2, 1, 61))  # among which it is chosen
SMALLEST_STD = 1e-3  # of a column; a single clip has none


@dataclass(frozen=True)
class Classifier:
    """What was learned of a person.

    Attributes:
        emotions: int (enrolled,), the enrolled emotions among the network's classes, in order.
        mean, std: float32 (columns,), what standardizes an embedding.
        weights: float32 (columns, enrolled).
        bias: float32 (enrolled,).
        network_weight: how much the network's log probabilities count.
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
        """Return log probabilities, float64 (clips, classes).

        An emotion that was not enrolled keeps the network's probability.

        Args:
            embeddings: (clips, columns), see `onnx_model.export`.
            of_network: the network's log probabilities, (clips, classes).
        """
        scores = (embeddings - self.mean) / self.std @ self.weights + self.bias
        return self.combine(scores, of_network)

    def combine(self, scores: np.ndarray, of_network: np.ndarray) -> np.ndarray:
        """As `log_probabilities`, from ridge scores (clips, enrolled)."""
        known = of_network[:, self.emotions]
        shared = np.logaddexp.reduce(known, axis=1, keepdims=True)  # the network's log probability of all of these
        logits = (STEEPNESS * scores + self.network_weight * known) / self.temperature
        result = of_network.astype(np.float64)
        result[:, self.emotions] = shared + log_softmax(logits)
        return result


def fit(embeddings: np.ndarray, of_network: np.ndarray, targets: np.ndarray) -> tuple[Classifier, np.ndarray]:
    """Learn from labelled clips of one person.

    Args:
        embeddings: (clips, columns), at least one clip.
        of_network: the network's log probabilities, (clips, classes).
        targets: int (clips,), the class of each clip.

    Returns:
        The classifier, and what it would say of each clip without having learned from it, log probabilities of shape
        (clips, classes). It cannot know an emotion that this clip alone has.
    """
    emotions, positions = np.unique(targets, return_inverse=True)
    mean = embeddings.mean(axis=0)
    std = np.maximum(embeddings.std(axis=0), SMALLEST_STD)
    standardized = ((embeddings - mean) / std).astype(np.float64)
    labels = np.eye(len(emotions))[positions]  # (clips, enrolled)
    bias = labels.mean(axis=0)
    kernel = standardized @ standardized.T  # (clips, clips): far smaller than (columns, columns)
    inverse = np.linalg.inv(kernel + RIDGE * embeddings.shape[1] * np.eye(len(targets)))
    coefficients = inverse @ (labels - bias)
    left_out = labels - coefficients / np.diag(inverse)[:, None]  # leave-one-out scores of a ridge regression
    clips = len(targets) / len(emotions)
    classifier = Classifier(
        emotions=emotions,
        mean=mean.astype(np.float32),
        std=std.astype(np.float32),
        weights=(standardized.T @ coefficients).astype(np.float32),
        bias=bias.astype(np.float32),
        network_weight=float(NETWORK_WEIGHT / np.sqrt(clips)),
        temperature=1.0,
    )
    logits = STEEPNESS * left_out + classifier.network_weight * of_network[:, emotions]
    has_another = labels.sum(axis=0)[positions] > 1
    temperature = _temperature(logits[has_another], positions[has_another], TEMPERATURE * clips**TEMPERATURE_EXPONENT)
    classifier = Classifier(**{**classifier.__dict__, "temperature": temperature})
    return classifier, classifier.combine(left_out, of_network)


def log_softmax(logits: np.ndarray) -> np.ndarray:
    """(clips, classes) to the same shape."""
    return logits - np.logaddexp.reduce(logits, axis=1, keepdims=True)


def _temperature(logits: np.ndarray, positions: np.ndarray, usual: float) -> float:
    """Return the temperature at which the left-out clips are most likely, drawn towards the usual one."""
    rows = np.arange(len(positions))
    costs = [
        TEMPERATURE_STRENGTH * np.log(temperature / usual) ** 2
        - log_softmax(logits / temperature)[rows, positions].sum()
        for temperature in TEMPERATURES
    ]
    return float(TEMPERATURES[np.argmin(costs)])
