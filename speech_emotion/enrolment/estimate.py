"""How good a voice is, and which clips do not fit, from clips that were left out in turn."""

from dataclasses import dataclass, field

import numpy as np

Z = 1.96  # standard deviations of a normal distribution to either side, for 95 %
CONTRADICTS = 0.1  # a clip contradicts the rest if its own label gets less than this probability
FEWEST_THAT_AGREE = 3  # clips of an emotion, for one of them to contradict the others
MOST_CONFUSIONS = 3


@dataclass(frozen=True)
class Estimate:
    """What to expect of a voice on new recordings of the person.

    Attributes:
        uar: mean recall of the emotions with at least two clips; None if there are not two such emotions.
        low, high: a 95 % interval, as if the clips were independent of each other.
        clips: the number of clips behind it.
        confusions: (emotion, what it is taken for, how often, 0 to 1), the most frequent ones.
        contradicting: (emotion, number of the clip from 0), clips that contradict the rest.
    """

    uar: float | None = None
    low: float | None = None
    high: float | None = None
    clips: int = 0
    confusions: list[tuple[str, str, float]] = field(default_factory=list)
    contradicting: list[tuple[str, int]] = field(default_factory=list)


def estimate(left_out: np.ndarray, targets: np.ndarray, labels: list[str]) -> Estimate:
    """Return the estimate.

    Args:
        left_out: log probabilities (clips, classes) from `classifier.cross_validate`.
        targets: int (clips,), the clips of one emotion in their order.
        labels: the emotion of each class.
    """
    counts = np.bincount(targets, minlength=len(labels))
    usable = np.flatnonzero(counts > 1)
    if len(usable) < 2:
        return Estimate()
    predicted = left_out.argmax(axis=1)
    is_correct = {emotion: predicted[targets == emotion] == emotion for emotion in usable}
    uar = float(np.mean([values.mean() for values in is_correct.values()]))
    clips = int(counts[usable].sum())
    low, high = _wilson(uar, clips)
    return Estimate(
        uar=uar,
        low=low,
        high=high,
        clips=clips,
        confusions=_confusions(predicted, targets, usable, labels),
        contradicting=_contradicting(left_out, targets, np.flatnonzero(counts >= FEWEST_THAT_AGREE), labels),
    )


def _wilson(fraction: float, count: int) -> tuple[float, float]:
    """Return a 95 % interval of a fraction of `count` clips that is never empty.

    Source: Wilson, Probable inference, the law of succession, and statistical inference,
    https://doi.org/10.1080/01621459.1927.10502953.
    """
    center = (fraction + Z**2 / (2 * count)) / (1 + Z**2 / count)
    margin = Z / (1 + Z**2 / count) * np.sqrt(fraction * (1 - fraction) / count + Z**2 / (4 * count**2))
    return max(float(center - margin), 0.0), min(float(center + margin), 1.0)


def _confusions(
    predicted: np.ndarray, targets: np.ndarray, usable: np.ndarray, labels: list[str]
) -> list[tuple[str, str, float]]:
    found = []
    for emotion in usable:
        answers = predicted[targets == emotion]
        for other in np.unique(answers[answers != emotion]):
            found.append((labels[emotion], labels[other], float((answers == other).mean())))
    return sorted(found, key=lambda item: -item[2])[:MOST_CONFUSIONS]


def _contradicting(
    left_out: np.ndarray, targets: np.ndarray, emotions: np.ndarray, labels: list[str]
) -> list[tuple[str, int]]:
    found = []
    for emotion in emotions:
        of_own_label = np.exp(left_out[targets == emotion, emotion])
        found += [(labels[emotion], int(number)) for number in np.flatnonzero(of_own_label < CONTRADICTS)]
    return found
