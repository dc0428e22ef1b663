"""The front matter of the model card is what the Hugging Face Hub reads, and has the scores that were measured."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from speech_emotion.corpus import description
from speech_emotion.packaging.hub_metadata import front_matter

ROWS = [
    ("new speakers", "ravdess", "single", 0.5),
    ("new speakers", "ravdess", "known", 0.6),
    ("new corpora", "ravdess", "single", 0.4),
    ("new corpora", "savee", "single", 0.3),
]
SUMMARY = pd.DataFrame(ROWS, columns=["test", "corpus", "statistics", "uar"]).assign(accuracy=0.5, macro_f1=0.5)


def parse(card: str) -> dict:
    """Return the front matter of a card, which must be its first lines."""
    before, content, _ = card.split("---\n", 2)
    assert before == ""
    return yaml.safe_load(content)


@pytest.fixture(scope="module")
def metadata() -> dict:
    corpora = [description.load(name) for name in ("ravdess", "emodb")]
    return parse(front_matter(corpora, SUMMARY, {"savee": description.load("savee")}))


def uar_by_test(content: dict) -> dict[tuple[str, str], float]:
    (model,) = content["model-index"]
    datasets = [(result["dataset"]["config"], result["dataset"]["type"]) for result in model["results"]]
    return dict(zip(datasets, (result["metrics"][0]["value"] for result in model["results"]), strict=True))


def test_every_test_is_a_result_from_a_single_clip(metadata):
    expected = {("new-speakers", "ravdess"): 0.5, ("new-corpora", "ravdess"): 0.4, ("new-corpora", "savee"): 0.3}
    assert uar_by_test(metadata) == expected


def test_only_the_shipped_network_is_called_this_model(metadata):
    results = metadata["model-index"][0]["results"]
    assert ["(this model)" in result["dataset"]["name"] for result in results] == [False, False, True]


def test_languages_and_data_are_those_of_the_corpora(metadata):
    assert (metadata["language"], metadata["datasets"]) == (["de", "en"], ["ravdess", "emodb"])
    assert (metadata["license"], "license_link" in metadata) == ("other", True)


@pytest.mark.parametrize("corpus", description.names())
def test_every_corpus_has_a_language(corpus):
    assert len(description.load(corpus).language) == 2


def test_the_committed_card_has_the_committed_scores():
    summary = pd.read_csv("metrics/voices/summary.csv")
    single = summary[summary["statistics"] == "single"]
    keys = zip(single["test"].str.replace(" ", "-"), single["corpus"], strict=True)
    expected = dict(zip(keys, single["uar"], strict=True))
    assert uar_by_test(parse(Path("MODEL_CARD.md").read_text())) == pytest.approx(expected)
