"""The results of all protocols of a collection in one table: new speakers of known corpora, and new corpora."""

import pandas as pd

from speech_emotion.evaluation import metrics

NEW_SPEAKERS, NEW_CORPORA = "new speakers", "new corpora"


def by_test(rows: pd.DataFrame) -> dict[str, pd.DataFrame]:
    """Return {NEW_SPEAKERS: rows of the protocols speakers-N together, NEW_CORPORA: those of the other protocols}.

    `rows` has the column `protocol`. A test without rows is left out.
    """
    is_speakers = rows["protocol"].str.startswith("speakers-")
    parts = {NEW_SPEAKERS: rows[is_speakers], NEW_CORPORA: rows[~is_speakers]}
    return {test: part for test, part in parts.items() if len(part)}


def uar_by_test(rows: pd.DataFrame) -> pd.DataFrame:
    """Return the UAR of each baseline: columns test, corpus, and one per baseline.

    `rows` has the columns corpus, actual, protocol, and a column of predicted emotions for each baseline. A baseline
    that has not predicted all clips of a corpus has no UAR there.
    """
    baselines = [name for name in rows if name not in ("corpus", "actual", "protocol")]
    results = []
    for test, tested in by_test(rows).items():
        for corpus, part in tested.groupby("corpus"):
            complete = [name for name in baselines if part[name].ne("").all()]
            uars = {name: metrics.uar(part["actual"], part[name]) for name in complete}
            results.append({"test": test, "corpus": corpus, **uars})
    return pd.DataFrame(results, columns=["test", "corpus", *baselines])


def main_scores(table: pd.DataFrame) -> dict[str, float]:
    """Return the means over corpora, to three decimals: uar and ece by test and by what is known of the speaker.

    `table` has the columns test, statistics, uar and ece.
    """
    means = table.groupby(["test", "statistics"])[["uar", "ece"]].mean()
    scores = {}
    for (test, statistics), row in means.iterrows():
        for score in ("uar", "ece"):
            scores[f"{score}_{test.replace(' ', '_')}_{statistics}"] = round(float(row[score]), 3)
    return scores
