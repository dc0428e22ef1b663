"""The front matter of the model card: YAML that the Hugging Face Hub reads.

Its keys are described at https://github.com/huggingface/hub-docs/blob/main/modelcard.md
"""

from collections.abc import Mapping, Sequence

import pandas as pd
import yaml

from speech_emotion.corpus.description import Corpus

TASK = "audio-classification"
WRITTEN_BY = "# Written by the package stage from the metrics files. Edit speech_emotion/packaging/ instead."
LICENSE = {
    "license": "other",
    "license_name": "non-commercial, as its training data",
    "license_link": "MODEL_CARD.md#license",
}
TESTED_ON = {
    "new speakers": "speakers who were not in training (other networks with the same settings)",
    "new corpora": "a corpus that was not in training (another network with the same settings)",
    "unseen": "a corpus that was not in training (this model)",
}


def front_matter(corpora: Sequence[Corpus], summary: pd.DataFrame, unseen: Mapping[str, Corpus]) -> str:
    """Return the front matter, with the lines of dashes around it.

    Args:
        corpora: Corpora that the model was trained on.
        summary: metrics/voices/summary.csv.
        unseen: {name: corpus} of those that the shipped file itself was tested on.
    """
    described = {corpus.name: corpus for corpus in corpora} | dict(unseen)
    single = summary[summary["statistics"] == "single"]
    results = [_result(row, described[row["corpus"]], row["corpus"] in unseen) for _, row in single.iterrows()]
    content = {
        "language": sorted({corpus.language for corpus in corpora if corpus.language}),
        **LICENSE,
        "library_name": "onnx",
        "pipeline_tag": TASK,
        "tags": ["speech-emotion-recognition", "emotion-recognition", "speech", "lstm"],
        "datasets": [corpus.name for corpus in corpora],
        "metrics": ["recall", "accuracy", "f1"],
        "model-index": [{"name": "ser", "results": results}],
    }
    return f"---\n{WRITTEN_BY}\n{yaml.safe_dump(content, sort_keys=False, allow_unicode=True, width=1000)}---\n"


def _result(row: pd.Series, corpus: Corpus, is_shipped: bool) -> dict:
    tested_on = TESTED_ON["unseen" if is_shipped else row["test"]]
    return {
        "task": {"type": TASK, "name": "Speech emotion recognition"},
        "dataset": {
            "type": corpus.name,
            "name": f"{corpus.title}: {tested_on}",
            "config": row["test"].replace(" ", "-"),  # the Hub takes results with the same config for one
            "split": "test",
        },
        "metrics": [  # the Hub has no UAR; its recall with a macro average is the same
            _metric("recall", row["uar"], "UAR (unweighted average recall), from a single clip", average="macro"),
            _metric("accuracy", row["accuracy"], "accuracy"),
            _metric("f1", row["macro_f1"], "macro F1", average="macro"),
        ],
    }


def _metric(kind: str, value: float, name: str, **arguments: str) -> dict:
    metric = {"type": kind, "value": float(value), "name": name}
    return metric | {"args": arguments} if arguments else metric
