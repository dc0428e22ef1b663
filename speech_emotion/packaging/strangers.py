"""What to expect of a model with people whom it has never heard: what the metadata of its file say."""

from collections.abc import Mapping, Sequence

import pandas as pd


def expectations(summary: pd.DataFrame, names: dict[str, str]) -> list[dict[str, object]]:
    """Return what the model file's metadata say, an item for each corpus and test.

    Keys: test ("new speakers" or "new corpora"), corpus (its short name), emotions (their number), speakers, uar and
    ece from a single clip, uar_known with ten other clips of the speaker known, unsure (the share of clips below the
    threshold), right (the share of the others that are right), and recall, {emotion: recall} from a single clip. What
    could not be measured is left out.

    Args:
        summary: metrics/voices/summary.csv.
        names: {corpus: short name}.
    """
    single = summary[summary["statistics"] == "single"].set_index(["test", "corpus"])
    known = summary[summary["statistics"] == "known"].set_index(["test", "corpus"])
    items = []
    for (test, corpus), row in single.iterrows():
        recall = recalls(row)
        measured = [name for name in ("uar", "ece", "unsure", "right") if pd.notna(row[name])]
        numbers = {name: round(float(row[name]), 4) for name in measured}
        items.append(
            {
                "test": test,
                "corpus": names[corpus],
                "emotions": len(recall),
                "speakers": int(row["speakers"]),
                **numbers,
                "uar_known": round(float(known.loc[(test, corpus), "uar"]), 4),
                "recall": recall,
            }
        )
    return items


def mean_over_speakers(corpus: str, scores: Sequence[Mapping[str, float]]) -> dict[str, object]:
    """Return an item of `expectations` for a corpus of which some speakers were held out, one at a time.

    Args:
        corpus: short name.
        scores: of each speaker, see `evaluation.metrics.summarize`.
    """
    means = {name: round(float(mean), 4) for name, mean in pd.DataFrame(scores).mean().items()}
    recall = {name.removeprefix("recall."): mean for name, mean in means.items() if name.startswith("recall.")}
    item = {"test": "new speakers", "corpus": corpus, "emotions": len(recall), "speakers": len(scores)}
    return item | {"uar": means["uar"], "ece": means["ece"], "recall": recall}


def recalls(row: pd.Series) -> dict[str, float]:
    """Return {emotion: recall} of one row of the summary; emotions that the corpus lacks are left out."""
    columns = [name for name in row.index if name.startswith("recall.") and pd.notna(row[name])]
    return {name.removeprefix("recall."): round(float(row[name]), 4) for name in columns}
