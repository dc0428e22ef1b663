"""The log of tried configurations, and that what selection/README.md counts is what it holds."""

import json
import re
from pathlib import Path

import pandas as pd
import pytest

LOG = pd.read_csv("selection/log.csv")
README = Path("selection/README.md").read_text(encoding="utf-8")


NOTES = LOG["note"].fillna("")
STOPPED = NOTES.str.startswith("stopped")
DERIVED = NOTES.str.contains("^branches of|^log.probabilities of|^probabilities instead")
TRAINED = LOG[~STOPPED & ~DERIVED & ~NOTES.str.startswith("a trial of the program")]


def counts() -> str:
    """The sentence of the README that counts the rows."""
    differing = len(TRAINED[["criterion_form", "params"]].drop_duplicates())
    figures = f"{STOPPED.sum()} that were stopped, and {DERIVED.sum()} figures of their branches left out or averaged."
    return f"{len(TRAINED)} trainings of {differing} configurations, {figures}"


def test_the_readme_counts_what_was_tried():
    assert " ".join(counts().split()) in " ".join(README.split())


def test_every_figure_says_when_how_and_by_which_criterion():
    assert LOG["when"].is_monotonic_increasing and LOG["when"].str.fullmatch(r"2\d{3}-\d\d-\d\dT[\d:]{8}Z").all()
    assert all(isinstance(json.loads(params), dict) for params in LOG["params"])
    assert set(LOG["criterion_form"]) == {1, 2, 3}


@pytest.mark.parametrize(("form", "parts"), [(1, ["a", "b", "c"]), (2, ["a", "b"]), (3, ["a", "d"])])
def test_the_criterion_is_the_mean_of_its_parts(form, parts):
    rows = LOG[(LOG["criterion_form"] == form) & LOG["criterion"].notna()]
    assert len(rows) > 5 and rows[parts].notna().all(axis=None)
    assert (rows["criterion"] - rows[parts].mean(axis=1)).abs().max() < 1e-3


def asked() -> dict[str, list[str]]:
    """{id: a, d, criterion and e} as the README shows them for form 3."""
    rows = re.findall(r"^\| `([^`]+)` \| .* \| (.*) \| (.*) \| (.*) \| (.*) \|$", README, re.MULTILINE)
    return {name: list(figures) for name, *figures in rows}


def means() -> pd.DataFrame:
    return TRAINED[TRAINED["criterion_form"] == 3].groupby("id")[["a", "d", "criterion", "e"]].mean()


def test_the_table_of_form_3_is_the_means_of_the_log():
    assert set(asked()) == set(means().index)
    assert len(asked()) > 35
    for name, shown in asked().items():
        assert shown == ["" if pd.isna(value) else f"{value:.3f}" for value in means().loc[name]], name


def test_the_figures_in_the_text_on_form_3_are_the_means_of_the_log():
    said = re.findall(r"`([\w.-]+)` (criterion|\*[ade]\*) (0\.\d{3})", " ".join(README.split()))
    assert len(said) > 10
    for name, part, figure in said:
        assert figure == f"{means().loc[name, part.strip('*')]:.3f}", (name, part)


TWO, SIX = "speed 0.75 + speed 1.35", "speeds 0.7, 0.75, 0.8, 1.25, 1.35, 1.45"
LAST = "mv mel:mv mel:l, two members, mean"  # of the networks of calibration.csv
NETWORKS = ["mv n mel:mv mel:n", "mv mel:mv mel:n", "mv mel:mv mel:l, two members", LAST]


def calibration(*by: str) -> pd.DataFrame:
    """Return means of right, temperature and ece over seeds and over the actresses or halves of a part, a, b or d."""
    table = pd.read_csv("selection/calibration.csv").rename(columns={"accuracy_of_strange": "right"})
    table["part"] = table["network"].str[0]
    return table.groupby([*by, "views", "part"], sort=False)[["right", "temperature", "ece"]].mean()


def test_the_table_of_strange_copies_is_that_of_the_rows():
    means = calibration("strange", "method").xs("temperature", level="method")
    rows = []
    for strange in means.index.unique("strange"):
        found, cells = means.loc[strange], []
        if LAST in found.index:
            d, a = found.loc[(LAST, "d")], found.loc[(LAST, "a")]
            cells = [f"{d[name]:.2f}; {a[name]:.2f}" for name in ("right", "temperature")]
        error = found["ece"].groupby("views").mean().reindex(NETWORKS)
        cells = cells or ["", ""]
        cells += ["" if pd.isna(value) else f"{value:.3f}" for value in error]
        rows.append(f"| {' | '.join([strange, *cells])} |")
    assert "\n".join(rows) in README


def test_the_table_of_methods_is_that_of_the_rows():
    error = calibration("method", "strange").xs(LAST, level="views")["ece"]
    shown = error.groupby(["method", "strange"], sort=False).mean().unstack()
    rows = [f"| {method} | {row[TWO]:.3f} | {row[SIX]:.3f} |" for method, row in shown.iterrows()]
    assert "\n".join(rows) in README


def test_every_picture_shown_is_there():
    pictures = re.findall(r"!\[.+\]\(([^)]+)\)", README)
    assert len(pictures) == 3 and all(Path("selection", name).is_file() for name in pictures)
