"""What README.md and docs/ say is what the committed files say."""

import json
import os
import re
import subprocess
from pathlib import Path

import networkx
import pandas as pd
import pytest
import yaml
from support.programs import run_python

PAGES = [Path("README.md"), Path("CONTRIBUTING.md"), *sorted(Path("docs").glob("*.md"))]
TEXTS = {path.name: path.read_text(encoding="utf-8") for path in PAGES}
METRICS = Path("metrics/tess")
PIPELINES = [
    *("dvc.yaml", "voices/dvc.yaml", "experiments/seeds/dvc.yaml", "experiments/ablation/dvc.yaml"),
    *("experiments/opensmile/dvc.yaml", "experiments/tess_and_others/dvc.yaml"),
]
HELD_OUT = {"random": "clips", "words": "words", "speaker-1": "speaker OAF", "speaker-2": "speaker YAF"}


def committed(path: str) -> dict:
    return json.loads((METRICS / path).read_text())


def scores(protocol: str) -> dict[str, float]:
    return pd.read_csv(METRICS / protocol / "scores.csv").set_index("score")["value"].to_dict()


def over_seeds(protocol: str, metric: str = "uar") -> str:
    row = pd.read_csv(METRICS / "seeds_summary.csv").set_index("protocol").loc[protocol]
    return f"{row[f'{metric}_mean']:.3f} ± {row[f'{metric}_std']:.3f}"


@pytest.mark.parametrize("protocol", HELD_OUT)
def test_the_results_are_the_committed_ones(protocol):
    baselines = committed(f"{protocol}/baselines.json")
    numbers = scores(protocol)
    cells = [f"`{protocol}`: {HELD_OUT[protocol]}", over_seeds(protocol)]
    cells.append(f"{numbers['uar']:.3f} ({numbers['uar_low']:.3f} to {numbers['uar_high']:.3f})")
    cells += [f"{baselines[name]:.3f}" for name in ("uar_notebook", "uar_logistic")]
    assert f"| {' | '.join(cells)} |" in TEXTS["tess.md"]


def test_the_main_result_is_the_mean_over_seeds_and_speakers():
    assert f"**{over_seeds('speakers')}**" in TEXTS["README.md"]
    assert f"**{over_seeds('speakers')}**" in TEXTS["tess.md"]


def test_no_clip_of_happiness_is_recognized():
    for protocol in ("speaker-1", "speaker-2"):
        assert scores(protocol)["recall.happiness"] == 0


@pytest.mark.parametrize("protocol", HELD_OUT)
def test_the_calibration_is_the_committed_one(protocol):
    cells = [f"`{protocol}`", over_seeds(protocol, "ece_uncalibrated"), over_seeds(protocol, "ece")]
    cells.append(f"{scores(protocol)['ece']:.3f}")
    assert f"| {' | '.join(cells)} |" in TEXTS["calibration.md"]


def test_the_temperature_helped_in_every_training_on_a_new_speaker():
    table = pd.read_csv(METRICS / "seeds.csv")
    held_out = table[table["protocol"].str.startswith("speaker-")]
    assert (held_out["ece"] < held_out["ece_uncalibrated"]).all()
    assert f"in all {len(held_out)} trainings" in TEXTS["calibration.md"]


def test_the_accuracy_of_confident_predictions_is_the_committed_one():
    percents = []
    for protocol in ("speaker-1", "speaker-2"):
        most_confident = pd.read_csv(METRICS / protocol / "reliability.csv").iloc[-1]
        assert most_confident["low"] == 0.9
        percents.append(round(100 * most_confident["accuracy"]))
    text = "correct {} % of the time for OAF and {} % of the time for YAF".format(*percents)
    assert text in " ".join(TEXTS["calibration.md"].split())


def test_the_claims_about_tess_are_checked_with_the_committed_baselines():
    def uar(protocol: str, baseline: str = "logistic") -> str:
        return f"{committed(f'{protocol}/baselines.json')[f'uar_{baseline}']:.2f}"

    expected = [
        f"reaches {uar('random')} as well",
        f"reaches {uar('speaker-1')} (OAF) and {uar('speaker-2')} (YAF)",
        f"UAR is {uar('notebook', 'notebook')}",
    ]
    assert all(text in TEXTS["tess.md"] for text in expected), expected


def test_the_number_of_clips_is_the_corpus_reports():
    report = committed("corpus.json")
    published = report["clips"] + len(report["missing"]) + len(report["altered"])
    assert f"{report['clips']:,} of {published:,} clips" in TEXTS["tess.md"]
    assert all(name in TEXTS["tess.md"] for name in report["missing"])


def test_the_audit_shown_is_the_committed_one():
    assert f"```text\n{(METRICS / 'random/audit.txt').read_text()}```" in TEXTS["audit.md"]


def test_the_digests_are_the_measured_ones():
    for group, rows in pd.read_csv("benchmarks/processors.csv").groupby("group"):
        row = rf"^\| `{group}`: .* \| {len(rows)} \| {rows['equal'].sum()} \|$"
        assert re.search(row, TEXTS["reproducibility.md"], re.MULTILINE), group


def test_the_time_of_a_training_step_is_the_measured_one():
    measured = json.loads(Path("benchmarks/training_step.json").read_text())["step_ms"]
    for name, milliseconds in measured.items():
        assert re.search(
            rf"^\| `{name}`: .* \| {milliseconds:.0f} ms \|$", TEXTS["reproducibility.md"], re.MULTILINE
        ), name


@pytest.mark.slow
@pytest.mark.parametrize(
    "page, is_shown",
    [
        ("pipeline.md", lambda stage: ":" not in stage),
        ("voices.md", lambda stage: stage == "download" or stage.startswith("voices/")),
    ],
)
def test_the_graphs_are_those_that_dvc_draws_without_arrows_that_others_imply(page, is_shown):
    command = ["dvc", "dag", "--mermaid", "--collapse-foreach-matrix"]
    drawn = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    stages = dict(re.findall(r'(node\d+)\["(.*)"\]', drawn))
    shown = {node: stage.split(":")[-1] for node, stage in stages.items() if is_shown(stage)}
    arrows = [(shown[a], shown[b]) for a, b in re.findall(r"(node\d+)-->(node\d+)", drawn) if {a, b} <= set(shown)]
    needed = networkx.transitive_reduction(networkx.DiGraph(arrows)).edges
    assert set(re.findall(r"\t(\w+) --> (\w+)", TEXTS[page])) == set(needed)


@pytest.mark.parametrize("page", [*PAGES, Path("data/README.md"), Path("experiments/README.md")], ids=str)
def test_every_link_leads_somewhere(page):
    for target in re.findall(r"\]\(([^)#]+)[^)]*\)", page.read_text(encoding="utf-8")):
        assert target.startswith("http") or (page.parent / target).exists(), target


@pytest.mark.parametrize("page", TEXTS)
def test_every_make_target_exists(page):
    targets = set(re.findall(r"^([a-z]+):", Path("Makefile").read_text(), re.MULTILINE))
    assert set(re.findall(r"(?:^|`)make ([a-z]+)", TEXTS[page], re.MULTILINE)) <= targets


@pytest.mark.parametrize("page", TEXTS)
def test_every_setting_that_is_overridden_exists(page):
    params = yaml.safe_load(Path("params.yaml").read_text())
    for section, name in re.findall(r"-S '?([a-z]+)\.([a-z_]+)=", TEXTS[page]):
        assert name in params[section], name


def test_the_first_screen_has_the_commands_the_table_and_a_picture():
    screen = "\n".join(TEXTS["README.md"].splitlines()[:60])
    for wanted in ("speech-emotion ", "make demo", "make test", "| new speakers of RAVDESS |", "!["):
        assert wanted in screen


@pytest.mark.slow
def test_the_example_prints_what_the_readme_shows(tess):
    line, output = re.search(r"\$ speech-emotion (.*)\n((?:.*\n)*?)```", TEXTS["README.md"]).groups()
    environment = os.environ | {"PYTHONPATH": str(Path.cwd())}
    assert run_python("-m", "speech_emotion", *line.split(), cwd=tess, env=environment).stdout == output


@pytest.mark.slow
def test_the_seeds_were_run_with_the_committed_settings():
    lock = yaml.safe_load(Path("experiments/seeds/dvc.lock").read_text())["stages"]
    params = yaml.safe_load(Path("params.yaml").read_text())
    trained = [name for name in lock if name.startswith("train_seeds@tess-")]
    assert len(trained) == len(params["protocols"]) * len(params["seeds"])
    for name in trained:
        used = lock[name]["params"]["params.yaml"]
        assert used == {section: params[section] for section in used}, name


@pytest.mark.slow
def test_a_bare_clone_shows_metrics_and_has_a_fresh_lock(tmp_path):
    """No remote and no cache: what is committed is enough to look at, and dvc.lock fits the committed code."""
    subprocess.run(["git", "clone", "-q", ".", tmp_path / "clone"], check=True)

    def dvc(*arguments: str) -> str:
        ran = subprocess.run(["dvc", *arguments], cwd=tmp_path / "clone", capture_output=True, text=True)
        assert ran.returncode == 0, ran.stdout + ran.stderr
        return ran.stdout

    assert "metrics/tess/speaker-1/metrics.json" in dvc("metrics", "show").replace("\\", "/")
    dvc("metrics", "diff", "HEAD~1")
    dvc("params", "diff", "HEAD~1")
    for pipeline in PIPELINES:
        assert "Running stage" not in dvc("repro", "--dry", "--allow-missing", pipeline), pipeline
