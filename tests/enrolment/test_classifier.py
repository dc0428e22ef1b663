import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.enrolment import classifier

CLASSES = 4
LEADING = 10  # of 30 columns


def person(clips: list[int], seed: int = 0, spread: float = 1.0):
    """Clips of one person, `clips[i]` of class i: embeddings around a center for each class, and a random network."""
    generator = np.random.default_rng(seed)
    targets = np.repeat(range(len(clips)), clips)
    centers = np.random.default_rng(99).normal(size=(len(clips), 30))
    embeddings = (centers[targets] + spread * generator.normal(size=(len(targets), 30))).astype(np.float32)
    of_network = classifier.log_softmax(generator.normal(size=(len(targets), CLASSES))).astype(np.float32)
    return embeddings, of_network, targets


def fit(clips: list[int], seed: int = 0, spread: float = 1.0):
    return classifier.fit(*person(clips, seed, spread), LEADING)


def test_it_learns_what_the_network_does_not_know():
    learned = fit([3, 3, 3, 3])
    embeddings, of_network, targets = person([50, 50, 50, 50], seed=1)
    predicted = learned.log_probabilities(embeddings, of_network).argmax(axis=1)
    assert (predicted == targets).mean() > 0.85
    assert (of_network.argmax(axis=1) == targets).mean() < 0.4


@pytest.mark.parametrize("clips", [[2, 3, 4, 2], [1, 5, 0, 2]])
def test_the_scores_are_those_of_a_ridge_regression(clips):
    embeddings, of_network, targets = person(clips)
    learned = classifier.fit(embeddings, of_network, targets, LEADING)
    x = ((embeddings - learned.mean) / learned.std).astype(np.float64)
    x[:, :LEADING] *= np.sqrt(0.5 / LEADING)
    x[:, LEADING:] *= np.sqrt(0.5 / (30 - LEADING))
    labels = (targets[:, None] == learned.emotions) - learned.bias
    expected = x @ np.linalg.solve(x.T @ x + classifier.RIDGE * np.eye(30), x.T @ labels)
    found = (embeddings - learned.mean) / learned.std @ learned.weights
    np.testing.assert_allclose(found, expected, atol=1e-4)


def test_a_cross_validation_leaves_out_one_clip_of_each_emotion_at_a_time():
    embeddings, of_network, targets = person([3, 4, 2, 1])
    found = classifier.cross_validate(embeddings, of_network, targets, LEADING)
    second = np.array([1, 4, 8])  # the second clips
    others = np.delete(np.arange(len(targets)), second)
    learned = classifier.fit(embeddings[others], of_network[others], targets[others], LEADING)
    np.testing.assert_allclose(found[second], learned.log_probabilities(embeddings[second], of_network[second]))


def test_a_cross_validation_is_about_as_good_as_the_classifier_is_on_other_clips():
    validated, tested = [], []
    for seed in range(20):
        embeddings, of_network, targets = person([4] * CLASSES, seed, spread=2.0)
        found = classifier.cross_validate(embeddings, of_network, targets, LEADING)
        validated.append(found.argmax(axis=1) == targets)
        learned = classifier.fit(embeddings, of_network, targets, LEADING)
        embeddings, of_network, targets = person([20] * CLASSES, seed + 100, spread=2.0)
        tested.append(learned.log_probabilities(embeddings, of_network).argmax(axis=1) == targets)
    assert -0.1 < np.mean(validated) - np.mean(tested) < 0.02


@given(st.lists(st.integers(0, 4), min_size=1, max_size=CLASSES).filter(any), st.integers(0, 1000))
def test_probabilities_sum_to_1(clips, seed):
    learned = fit(clips, seed)
    embeddings, of_network, _ = person([2] * CLASSES, seed + 1)
    found = learned.log_probabilities(embeddings, of_network)
    np.testing.assert_allclose(np.exp(found).sum(axis=1), 1, atol=1e-5)


def test_an_emotion_without_clips_keeps_the_probability_of_the_network():
    learned = fit([0, 5, 5, 0])
    embeddings, of_network, _ = person([2] * CLASSES, 1)
    found = learned.log_probabilities(embeddings, of_network)
    np.testing.assert_array_equal(found[:, [0, 3]], of_network[:, [0, 3]].astype(float))


def test_a_single_emotion_changes_nothing():
    learned = fit([0, 3])
    embeddings, of_network, _ = person([5, 5])
    np.testing.assert_allclose(learned.log_probabilities(embeddings, of_network), of_network, atol=1e-6)


def test_the_order_of_the_clips_does_not_matter():
    embeddings, of_network, targets = person([3, 2, 4, 1])
    order = np.random.default_rng(1).permutation(len(targets))
    one = classifier.fit(embeddings, of_network, targets, LEADING)
    other = classifier.fit(embeddings[order], of_network[order], targets[order], LEADING)
    asked = person([5, 5, 5, 5], seed=1)[:2]
    np.testing.assert_allclose(one.log_probabilities(*asked), other.log_probabilities(*asked), atol=1e-4)


def calibrated_network(targets: np.ndarray) -> np.ndarray:
    """Log probabilities of a network that is right in about 7 of 10 clips, and says so."""
    generator = np.random.default_rng(0)
    is_right = generator.random(len(targets)) < 0.7
    predicted = np.where(is_right, targets, (targets + generator.integers(1, CLASSES, len(targets))) % CLASSES)
    return np.log(np.where(np.eye(CLASSES)[predicted] == 1, 0.7, 0.1))


def network_weight(clips: int, shift: int = 0) -> float:
    embeddings, _, targets = person([clips] * CLASSES)
    of_network = np.roll(calibrated_network(targets), shift, axis=1)
    return classifier.fit(embeddings, of_network, targets, LEADING).network_weight


def test_the_network_counts_less_with_every_clip():
    assert network_weight(5) > 1.2 * network_weight(20) > 1.5 * network_weight(80)


def test_a_network_that_does_not_understand_the_person_counts_less():
    assert network_weight(5, shift=1) < 0.5 * network_weight(5)
