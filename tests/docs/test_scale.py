"""The figures in docs/scale.md are the committed ones."""

from pathlib import Path

import pandas as pd


def test_the_report_on_kills():
    report = pd.read_csv("benchmarks/torture.csv")
    assert report["same_result"].all()
    assert f"That held {len(report)} of {len(report)} times" in Path("docs/scale.md").read_text()
