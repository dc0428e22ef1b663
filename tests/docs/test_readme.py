"""What the README says is what the committed files say."""

import json
import re
import subprocess
from pathlib import Path

import pandas as pd
import pytest
from ruamel.yaml import YAML

README = Path("README.md").read_text(encoding="utf-8")
HELD_OUT = {
    "random": "nothing but clips",
    "words": "a fifth of the words",
    "speaker-1": "the older voice (OAF)",
    "speaker-2": "the younger voice (YAF)",
}


def committed(path: str) -> dict:
    return json.loads(Path("metrics/tess", path).read_text())


def interval(numbers: dict, name: str = "uar") -> str:
    return f"{numbers[name]:.3f} ({numbers[name + '_low']:.3f} to {numbers[name + '_high']:.3f})"


def seeds(fold: str) -> str:
    numbers = committed("seeds.json")[fold]
    return f"{numbers['uar_mean']:.3f} ± {numbers['uar_sd']:.3f}"


def row(fold: str) -> str:
    """The README's table row of a fold, from its committed metrics."""
    numbers, baselines = committed(f"{fold}/metrics.json"), committed(f"{fold}/baselines.json")
    cells = [f"`{fold}`", HELD_OUT[fold], f"{numbers['clips']:,}", interval(numbers), seeds(fold)]
    cells += [interval(baselines["notebook"]), interval(baselines["logistic_regression"])]
    return "| " + " | ".join([*cells, f"{numbers['ece_uncalibrated']:.3f}, {numbers['ece']:.3f}"]) + " |"


@pytest.mark.parametrize("fold", HELD_OUT)
def test_the_table_is_the_committed_metrics(fold):
    assert row(fold) in README


def test_the_mean_of_the_speaker_folds_is_the_committed_one():
    assert f"**{seeds('speakers')}**" in README


def test_what_is_said_of_probabilities_is_the_committed_figures():
    text = " ".join(README.split())
    table = pd.read_csv("metrics/tess/seeds.csv")
    held_out = table[table["fold"].str.startswith("speaker-")]
    assert (held_out["ece"] < held_out["ece_uncalibrated"]).all()
    assert len(held_out) == 10
    mean = held_out.groupby("fold")[["ece_uncalibrated", "ece"]].mean()
    older, younger = ("{:.2f} to {:.2f}".format(*mean.loc[fold]) for fold in ("speaker-1", "speaker-2"))
    assert f"it went from {older} (OAF) and from {younger} (YAF)" in text
    sure = [pd.read_csv(f"metrics/tess/{fold}/reliability.csv").iloc[-1] for fold in ("speaker-1", "speaker-2")]
    assert [row["low"] for row in sure] == [0.9, 0.9]
    older, younger = (round(100 * row["accuracy"]) for row in sure)
    assert f"right {older} times in 100 (YAF: {younger};" in text
    assert f"worse luck with OAF ({committed('speaker-1/metrics.json')['ece']:.2f})" in text


def test_the_seeds_were_run_with_the_committed_parameters():
    lock = YAML(typ="safe").load(Path("seeds/dvc.lock"))["stages"]
    params = YAML(typ="safe").load(Path("params.yaml"))
    varied = [name for name in lock if name.startswith("vary@tess-")]
    assert len(varied) == len(params["folds"]) * len(params["seeds"])
    for name in varied:
        used = lock[name]["params"]["params.yaml"]
        assert used == {section: params[section] for section in used}, name


def test_the_audit_shown_is_the_committed_one():
    assert f"```text\n{Path('metrics/tess/random/audit.txt').read_text()}```" in README


def test_the_number_of_clips_is_the_corpus_reports():
    report = json.loads(Path("metrics/tess/corpus.json").read_text())
    assert f"{report['clips']['used']:,} of {report['clips']['expected']:,} clips" in README
    assert all(name in README for name in report["missing"])


def test_the_dag_is_dvcs():
    drawn = subprocess.run(
        ["dvc", "dag", "--md", "--collapse-foreach-matrix"], capture_output=True, text=True, check=True
    )
    assert drawn.stdout.strip() in README


def test_every_make_word_exists():
    words = set(re.findall(r"^([a-z]+):", Path("Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"\bmake ([a-z]+)", README)) <= words


def test_every_file_that_is_linked_or_shown_exists():
    for target in re.findall(r"\]\(([^)#]+)\)", README):
        assert target.startswith("http") or Path(target).exists(), target


def test_the_first_screen_has_the_commands_the_table_and_a_picture():
    screen = "\n".join(README.splitlines()[:45])
    for wanted in ("make demo", "make test", "| `speaker-2` |", "!["):
        assert wanted in screen


def test_the_overrides_shown_are_parameters():
    params = YAML(typ="safe").load(Path("params.yaml"))
    for key in re.findall(r"-S '?([a-z]+\.[a-z_]+)=", README):
        section, name = key.split(".")
        assert name in params[section], key


def test_a_bare_clone_shows_metrics_and_plots_and_has_a_fresh_lock(tmp_path):
    """No remote, no cache: what is committed is enough to look at, and dvc.lock fits the committed code."""
    subprocess.run(["git", "clone", "-q", ".", tmp_path / "clone"], check=True)

    def dvc(*arguments: str) -> str:
        ran = subprocess.run(["dvc", *arguments], cwd=tmp_path / "clone", capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    assert "metrics/tess/speaker-1/metrics.json" in dvc("metrics", "show").replace("\\", "/")
    dvc("metrics", "diff", "HEAD~1")
    dvc("params", "diff", "HEAD~1")
    dvc("plots", "show", "-o", "drawn")
    assert (tmp_path / "clone/drawn/index.html").stat().st_size > 10_000
    for pipeline in ("dvc.yaml", "seeds/dvc.yaml"):
        assert "Running stage" not in dvc("repro", "--dry", "--allow-missing", pipeline), pipeline
