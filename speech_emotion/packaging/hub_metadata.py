"""The front matter of the model card: YAML that the Hugging Face Hub reads.

Its keys are described at https://github.com/huggingface/hub-docs/blob/main/modelcard.md
"""

from collections.abc import Mapping

import yaml

from speech_emotion.corpus.description import Corpus

TASK = "audio-classification"
WRITTEN_BY = "# Written by the package stage from the metrics files. Edit speech_emotion/packaging/ instead."


def front_matter(corpus: Corpus, shipped: str, scores: Mapping[str, Mapping], tested_on: Mapping[str, str]) -> str:
    """Return the front matter, with the lines of dashes around it.

    Args:
        corpus: Corpus that the model was trained on.
        shipped: Protocol whose network is shipped.
        scores: {protocol: its scores}, each a result of the model index.
        tested_on: {protocol: what is in its test partition}.
    """
    results = [_result(corpus, name, scores[name], tested_on[name], name == shipped) for name in scores]
    content = {
        "language": corpus.language,
        **_license(corpus),
        "library_name": "onnx",
        "pipeline_tag": TASK,
        "tags": ["speech-emotion-recognition", "emotion-recognition", "speech", "lstm"],
        "datasets": [corpus.name],
        "metrics": ["recall", "accuracy", "f1"],
        "model-index": [{"name": "ser", "results": results}],
    }
    known = {key: value for key, value in content.items() if value}
    return f"---\n{WRITTEN_BY}\n{yaml.safe_dump(known, sort_keys=False, allow_unicode=True, width=1000)}---\n"


def _license(corpus: Corpus) -> dict[str, str]:
    """Return the Hub's identifier of a Creative Commons license; other licenses are named."""
    if corpus.license.startswith("CC "):
        return {"license": corpus.license.lower().replace(" ", "-")}
    return {"license": "other", "license_name": corpus.license, "license_link": corpus.license_url}


def _result(corpus: Corpus, protocol: str, scores: Mapping[str, float], tested_on: str, is_shipped: bool) -> dict:
    network = "this model" if is_shipped else "another network with the same settings"
    return {
        "task": {"type": TASK, "name": "Speech emotion recognition"},
        "dataset": {
            "type": corpus.name,
            "name": f"{corpus.title}: {tested_on} ({network})",
            "config": protocol,  # the Hub takes results with the same config for one
            "split": "test",
        },
        "metrics": [  # the Hub has no UAR; its recall with a macro average is the same
            _metric("recall", scores["uar"], "UAR (unweighted average recall)", average="macro"),
            _metric("accuracy", scores["accuracy"], "accuracy"),
            _metric("f1", scores["macro_f1"], "macro F1", average="macro"),
        ],
    }


def _metric(kind: str, value: float, name: str, **arguments: str) -> dict:
    metric = {"type": kind, "value": value, "name": name}
    return metric | {"args": arguments} if arguments else metric
