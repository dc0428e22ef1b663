"""The front matter of the model card is what the Hugging Face Hub reads, and has the scores that were measured."""

from pathlib import Path

import pandas as pd
import pytest
import yaml

from speech_emotion.corpus import description
from speech_emotion.packaging.hub_metadata import front_matter

SCORES = {"uar": 0.9, "accuracy": 0.91, "macro_f1": 0.89}
PROTOCOLS = ("random", "words", "speaker-1", "speaker-2")


def parse(card: str) -> dict:
    """Return the front matter of a card, which must be its first lines."""
    before, content, _ = card.split("---\n", 2)
    assert before == ""
    return yaml.safe_load(content)


def metadata(corpus: str) -> dict:
    scores = {"words": SCORES, "speaker-1": SCORES | {"uar": 0.68}}
    return parse(front_matter(description.load(corpus), "words", scores, {"words": "words", "speaker-1": "a speaker"}))


def uar_by_protocol(content: dict) -> dict[str, float]:
    (model,) = content["model-index"]
    return {result["dataset"]["config"]: result["metrics"][0]["value"] for result in model["results"]}


def test_every_protocol_is_a_result():
    assert uar_by_protocol(metadata("tess")) == {"words": 0.9, "speaker-1": 0.68}


def test_only_the_shipped_network_is_called_this_model():
    results = metadata("tess")["model-index"][0]["results"]
    assert ["(this model)" in result["dataset"]["name"] for result in results] == [True, False]


@pytest.mark.parametrize(
    ("corpus", "license", "language"),
    [("tess", "cc-by-nc-nd-4.0", "en"), ("ravdess", "cc-by-nc-sa-4.0", "en"), ("emodb", "other", "de")],
)
def test_license_and_language_are_those_of_the_corpus(corpus, license, language):
    content = metadata(corpus)
    assert (content["license"], content["language"], content["datasets"]) == (license, language, [corpus])
    assert (content["license"] == "other") == ("license_link" in content)


@pytest.mark.parametrize("corpus", description.names())
def test_every_corpus_has_a_language(corpus):
    assert len(metadata(corpus)["language"]) == 2


def test_the_committed_card_has_the_committed_scores():
    tables = {name: pd.read_csv(f"metrics/tess/{name}/scores.csv") for name in PROTOCOLS}
    expected = {name: table.set_index("score")["value"]["uar"] for name, table in tables.items()}
    assert uar_by_protocol(parse(Path("MODEL_CARD.md").read_text())) == expected
