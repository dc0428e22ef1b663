"""The pipeline on a small synthetic corpus: which stages run after which edit, and equal bytes for equal input."""

import re
from pathlib import Path

import pytest
from support.working_copy import copy_working_tree, run

pytestmark = pytest.mark.slow
PROTOCOL = "synthetic-speaker-1"
TARGETS = ["plot_examples@synthetic", f"audit@{PROTOCOL}", f"evaluate@{PROTOCOL}"]
SMALL = [  # (file, text, replacement)
    ("params.yaml", "  - tess\n", "  - synthetic\n"),
    ("params.yaml", "  epochs: 30\n", "  epochs: 2\n"),
    ("params.yaml", "steps_per_epoch: 33", "steps_per_epoch: 5"),
    ("params.yaml", "    - speed: 0.8\n    - speed: 0.87\n    - speed: 0.93\n    - speed: 1.07\n", ""),
    ("params.yaml", "    - log_mel: cmvn\n    - log_mel: none\n", ""),
    ("corpora/synthetic/corpus.yaml", "words: 14", "words: 6"),
]
AFTER_SPLIT = {"augment", "audit", "train", "evaluate"}
ALL = {"download", "extract", "plot_examples", "split", *AFTER_SPLIT}
COMMENT = "\n# A comment.\n"
EDITS = {  # what is edited: (file, text, replacement; None appends a comment), stages that then run
    "readme": ("README.md", None, COMMENT, set()),
    "inference": ("speech_emotion/inference/predictor.py", None, COMMENT, set()),
    "plots": ("speech_emotion/plots/error_analysis.py", None, COMMENT, {"plot_examples", "evaluate"}),
    "audio": ("speech_emotion/audio/mfcc.py", None, COMMENT, {"extract", "plot_examples", "augment"}),
    "stage": ("stages/extract.py", None, COMMENT, {"extract"}),
    "download.max_missing": ("params.yaml", "max_missing: 5", "max_missing: 6", {"download"}),
    "features.n_mfcc": ("params.yaml", "n_mfcc: 64", "n_mfcc: 48", ALL - {"download", "split"}),
    "split.validation_size": ("params.yaml", "validation_size: 0.1", "validation_size: 0.4", {"split", *AFTER_SPLIT}),
    "train.epochs": ("params.yaml", "  epochs: 2\n", "  epochs: 1\n", {"train", "evaluate"}),
}


def repro(folder: Path, *arguments: str) -> set[str]:
    """Reproduce the small pipeline and return the stages that ran; not those skipped or taken from the cache."""
    return set(re.findall(r"Running stage '(\w+)@", run(folder, "dvc", "repro", *arguments, *TARGETS)))


def replace(folder: Path, name: str, text: str | None, replacement: str) -> None:
    content = (folder / name).read_text()
    assert text is None or text in content, f"{name} has no {text!r}"
    (folder / name).write_text(content + replacement if text is None else content.replace(text, replacement, 1))


@pytest.fixture(scope="module")
def project(tmp_path_factory) -> Path:
    """A copy of the working tree with a small corpus, run once."""
    folder = copy_working_tree(tmp_path_factory.mktemp("project"))
    for edit in SMALL:
        replace(folder, *edit)
    run(folder, "git", "init", "-q")
    run(folder, "git", "add", "-A")
    run(folder, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "small")
    assert repro(folder) == ALL
    return folder


def test_nothing_runs_twice(project):
    assert repro(project) == set()


def test_a_forced_run_gives_the_same_bytes(project):
    before = (project / "dvc.lock").read_bytes()
    assert repro(project, "--force") == ALL
    assert (project / "dvc.lock").read_bytes() == before


@pytest.mark.parametrize("edit", EDITS)
def test_an_edit_reruns_what_it_can_change_and_nothing_else(project, edit):
    name, text, replacement, expected = EDITS[edit]
    before = (project / name).read_text()
    try:
        replace(project, name, text, replacement)
        assert repro(project) == expected
    finally:
        (project / name).write_text(before)
        if "audit" in expected:  # its out is not cached, so that DVC keeps no run-cache for it: it must run to go back
            run(project, "dvc", "repro", "-q", f"audit@{PROTOCOL}")


def test_an_experiment_changes_nothing_in_the_workspace(project):
    run(project, "git", "add", "-A")
    run(project, "git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qm", "results")
    run(project, "dvc", "exp", "run", "--temp", "-n", "tiny", "-S", "train.epochs=1", "-S", "model.units=4", *TARGETS)
    assert run(project, "git", "status", "--porcelain") == ""
    shown = run(project, "dvc", "exp", "show", "--md", "--no-pager")
    assert "tiny" in shown
    assert "model.units" in shown
    changed = run(project, "dvc", "metrics", "diff", "HEAD", "tiny", "--md")
    assert re.search(r"metrics/synthetic/speaker-1/metrics\.json \| (uar|ece)", changed)
