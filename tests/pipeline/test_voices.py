"""The pipeline on many voices, run on the synthetic corpus as two corpora with different labels."""

import json
import re
import signal
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import soundfile
import yaml
from support.processes import wait_for
from support.working_copy import copy_working_tree, run

from speech_emotion.inference.predictor import Predictor

pytestmark = pytest.mark.slow
VOICES = {
    "women": ["f1", "f2", "f4", "linda", "belinda", "Annie"],
    "men": ["m1", "m2", "m3", "m4", "m5", "klatt4"],
    "new": ["aunty", "m6"],
}
LABELS = {
    "women": ["anger", "fear", "neutral", "surprise"],
    "men": ["anger", "fear", "neutral", "happiness"],
    "new": ["anger", "fear"],
}
SMALL = {
    "collection": {"corpora": ["women", "men"], "unseen": ["new"], "emotions": ["anger", "fear", "neutral"]},
    "protocols": ["development", "speakers-1", "corpus-men", "all"],
    "baseline_protocols": ["speakers-1", "corpus-men", "all"],
    "enrolment": {"protocols": ["speakers-1", "all"], "clips": [0, 1], "draws": 2},
    "copies": [{"speed": 0.9}],
    "train": {"epochs": 2, "steps_per_epoch": 5, "batch_size": 8},
    "model": {"units": 8},
}


def enlarge_synthetic(folder: Path) -> dict:
    """Give the synthetic corpus more voices and fewer words, and return its description."""
    path = folder / "corpora/synthetic/corpus.yaml"
    described = yaml.safe_load(path.read_text())
    usual = described["generate"]["voices"]["f1"]
    described["generate"] |= {"words": 2, "voices": {name: usual for names in VOICES.values() for name in names}}
    path.write_text(yaml.safe_dump(described, sort_keys=False))
    return described


def add_corpus(folder: Path, name: str, described: dict) -> None:
    """Describe the clips of some speakers of the synthetic corpus as a corpus of its own."""
    pattern = described["pattern"].replace("[A-Za-z0-9]+", "|".join(VOICES[name]))
    labels = {label: label for label in LABELS[name]}
    corpus = described | {"pattern": pattern, "labels": labels, "sources": [{"path": "data/synthetic/raw"}]}
    (folder / "corpora" / name).mkdir()
    (folder / "corpora" / name / "corpus.yaml").write_text(yaml.safe_dump(corpus, sort_keys=False))


@pytest.fixture(scope="module")
def project(tmp_path_factory, write_network) -> Path:
    """A copy of the working tree in which the collection is made of two synthetic corpora, run once."""
    folder = copy_working_tree(tmp_path_factory.mktemp("voices"))
    params = yaml.safe_load((folder / "params.yaml").read_text())
    for key, value in SMALL.items():
        params["voices"][key] = params["voices"][key] | value if isinstance(value, dict) else value
    (folder / "params.yaml").write_text(yaml.safe_dump(params, sort_keys=False))
    described = enlarge_synthetic(folder)
    for name in VOICES:
        add_corpus(folder, name, described)
    run(folder, "git", "init", "-q")
    pipeline = yaml.safe_load((folder / "voices/dvc.yaml").read_text())
    download = pipeline["stages"]["download"]
    of_synthetic = {"matrix": {"corpus": ["synthetic"]}}
    of_voices = {"matrix": {"corpus": list(VOICES)}, "deps": [*download["deps"], "data/synthetic/raw"]}
    pipeline["stages"] |= {"download": download | of_synthetic, "download_voices": download | of_voices}
    text = yaml.safe_dump(pipeline, sort_keys=False)
    for real, small in {"tess": "synthetic", "ravdess": "women", "crema-d": "men", "savee": "new"}.items():
        text = re.sub(rf"(data|corpora)/{real}\b", rf"\1/{small}", text)
    text = re.sub(r"\n *- ((data|corpora)/emodb|models/tess/).*", "", text)  # the network of TESS is a small one
    (folder / "voices/dvc.yaml").write_text(text)
    metadata = {"labels": '["anger", "fear", "neutral"]', "temperature": "1.0"}
    write_network(folder / "models/tess/words.onnx", np.eye(64)[:, :3], metadata)
    assert repro(folder)
    return folder


def repro(folder: Path) -> set[str]:
    """Reproduce the pipeline and return the stages that ran."""
    return set(re.findall(r"Running stage 'voices/dvc.yaml:([\w@-]+)'", run(folder, "dvc", "repro", "voices/dvc.yaml")))


def test_nothing_runs_twice(project):
    assert repro(project) == set()


def test_labels_without_a_counterpart_are_left_out_and_named(project):
    clips = pd.read_csv(project / "data/voices/clips.csv")
    assert set(clips["emotion"]) == {"anger", "fear", "neutral"}
    left_out = pd.read_csv(project / "metrics/voices/left_out.csv")
    reasons = left_out.groupby("corpus")["reason"].unique().map(set).to_dict()
    assert reasons["women"] == {"no counterpart of surprise"}
    assert reasons["men"] == {"no counterpart of happiness"}


def test_scores_are_those_of_the_tested_corpora_with_and_without_a_known_speaker(project):
    scores = pd.read_csv(project / "metrics/voices/corpus-men/scores.csv")
    assert set(scores["corpus"]) == {"men"}
    assert list(scores["statistics"]) == ["single", "known"]
    assert scores["uar_low"].isna().all()  # of four speakers
    main = json.loads((project / "metrics/voices/corpus-men/metrics.json").read_text())
    assert set(main) == {"clips", "ece", "uar"}
    assert main["uar"] == pytest.approx(scores["uar"].mean(), abs=1e-3)


def test_results_and_baselines_are_summarized(project):
    summary = pd.read_csv(project / "metrics/voices/summary.csv")
    assert set(zip(summary["test"], summary["corpus"], strict=True)) == {
        ("new speakers", "women"),
        ("new speakers", "men"),
        ("new corpora", "men"),
        ("new corpora", "new"),
    }
    assert summary[["uar", "mfcc_logistic", "notebook", "tess_network"]].notna().all(axis=None)
    for name in ("unsure", "right"):  # of so few people, some corpora have nobody on whom it was not chosen
        measured = summary[name].dropna()
        assert len(measured) >= 4 and measured.between(0, 1).all()
    assert (project / "metrics/voices/summary.png").is_file()


def test_people_are_enrolled_from_one_sentence_and_tested_with_another(project):
    curves = pd.read_csv(project / "metrics/voices/enrolment.csv")
    methods = curves.groupby("clips")["method"].unique().map(set).to_dict()
    assert methods == {0: {"voice", "network"}, 1: {"voice", "network", "mfcc_logistic"}}
    assert set(curves["corpus"]) == {"women", "men", "new"}
    unknown = curves[curves["clips"] == 0].pivot(index="corpus", columns="method", values="uar")
    assert (unknown["voice"] == unknown["network"]).all()
    rows = pd.concat(map(pd.read_csv, (project / "data/voices/enrolment").iterdir()))
    assert rows.groupby(["speaker", "draw"]).ngroups == 2 * curves.groupby("corpus")["speakers"].first().sum()
    assert "| new | 2 | " in (project / "MODEL_CARD.md").read_text()


def test_the_network_of_all_corpora_is_shipped_with_what_a_stranger_can_expect(project):
    predictor = Predictor(project / "models/ser.onnx")
    summary = pd.read_csv(project / "metrics/voices/summary.csv").set_index(["test", "corpus", "statistics"])
    strangers = {(item["test"], item["corpus"]): item["uar"] for item in predictor.metadata["strangers"]}
    assert strangers[("new corpora", "new")] == pytest.approx(
        summary.loc[("new corpora", "new", "single"), "uar"], abs=1e-4
    )
    assert len(strangers) == len(summary) / 2
    chosen = json.loads((project / "metrics/voices/threshold.json").read_text())
    assert (predictor.uses_speaker, predictor.threshold) == (True, chosen["threshold"])
    assert "| new, as a new corpus | 2 | 2 |" in (project / "MODEL_CARD.md").read_text()
    clip = project / "data/new/raw" / sorted(name.name for name in (project / "data/new/raw").iterdir())[0]
    assert set(predictor.predict(*soundfile.read(clip)).probabilities) == {"anger", "fear", "neutral"}


def test_the_audit_finds_no_speaker_of_the_test_in_training(project):
    text = (project / "metrics/voices/speakers-1/audit.txt").read_text()
    assert re.findall("Verdict: (.*)", text) == ["speaker-independent, word-dependent"]
    text = (project / "metrics/voices/development/audit.txt").read_text()
    assert re.findall("Verdict: (.*)", text) == ["speaker-independent, word-dependent"]


def test_a_search_killed_in_its_second_trial_goes_on(project):
    definition = yaml.safe_load((project / "experiments/search.yaml").read_text())
    definition |= {"name": "small", "trials": 3, "fixed": {}, "space": {"voices.model.units": {"choices": [4, 8]}}}
    (project / "experiments/search.yaml").write_text(yaml.safe_dump(definition, sort_keys=False))
    run(project, "git", "add", "-A")
    run(project, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "small voices")
    search = [sys.executable, "-m", "experiments.search"]
    process = subprocess.Popen(search, cwd=project, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    log = project / ".dvc/tmp/search/0.log"
    wait_for(lambda: log.exists() and "Reproducing experiment 'small-1'" in log.read_text())
    process.send_signal(signal.SIGKILL)
    process.wait()
    run(project, *search)
    table = pd.read_csv(project / "experiments/search/trials.csv")
    assert list(table["state"]) == ["complete", "interrupted", "complete", "complete"]
    assert list(table["experiment"].dropna()) == ["small-0", "small-2", "small-3"]
    shown = json.loads(run(project, "dvc", "exp", "show", "--json"))
    names = {experiment["name"] for experiment in shown[1]["experiments"]}
    assert names == {"small-0", "small-2", "small-3"}


def test_augmentations_are_compared_with_none(project):
    path = project / "experiments/ablation/ablation.yaml"
    conditions = {"none": {"copies": []}, "gain": {"copies": [{"gain": 6}], "train": {"time_mask": 0.1}}}
    compared = {
        "seeds": [1, 2],
        "names": list(conditions),
        "common": {"time_mask": 0.0},
        "model": {},
        "conditions": conditions,
    }
    path.write_text(yaml.safe_dump(compared))
    for name in conditions:
        run(project, "python", "-m", "stages.voices.ablate", name)
    run(project, "python", "-m", "stages.voices.summarize_ablation")
    table = pd.read_csv(project / "experiments/ablation/ablation.csv").set_index("name")
    scores = pd.read_csv(project / "metrics/voices/ablation/gain.csv")["uar"]
    assert list(table.index) == ["none", "gain"]
    assert table.loc["gain", ["uar", "uar_std"]].to_list() == pytest.approx(
        [np.mean(scores), np.std(scores, ddof=1)], abs=1e-5
    )
    assert table.loc["gain", "gain"] == pytest.approx(table.loc["gain", "uar"] - table.loc["none", "uar"], abs=1e-5)
    assert (project / "experiments/ablation/ablation.png").is_file()
