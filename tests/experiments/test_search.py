"""A search on a small repository: killed, failing, shared, stopped early, and refused if it reads a test figure."""

import signal
from pathlib import Path

import pandas as pd
import pytest
import yaml
from dvc.utils.hydra import apply_overrides
from support.dask_cluster import Cluster
from support.processes import is_alive, wait_for
from support.toy_search import SEARCH, ToySearch

from experiments.search import definition
from speech_emotion.core import params
from speech_emotion.core.errors import UserError

TEST_FIGURES = [
    "metrics/tess/speaker-1/metrics.json",
    "metrics/tess/development/../speaker-1/metrics.json",
    "metrics/tess/unseen_speakers.json",
    "metrics/../development/metrics.json",
    "development/tess/speaker-1/metrics.json",
]


@pytest.fixture(scope="module")
def killed(tmp_path_factory) -> ToySearch:
    """A search of three trials, killed in the second and started again. Pid of the killed stage: `stage`."""
    toy = ToySearch(tmp_path_factory.mktemp("killed"))
    process = toy.start(seconds_per_epoch=2)
    wait_for(
        lambda: "search-1" in read(toy.clone.with_suffix(".log")) and (toy.clone / SEARCH["history"]["file"]).exists()
    )
    process.send_signal(signal.SIGKILL)
    process.communicate()
    toy.stage = int(read(toy.clone / "pid"))
    wait_for(lambda: not is_alive(toy.stage))
    toy.search()
    return toy


def read(path: Path) -> str:
    return path.read_text() if path.exists() else ""


@pytest.mark.slow
def test_a_killed_search_goes_on(killed):
    table = killed.table()
    assert list(table["state"]) == ["complete", "interrupted", "complete", "complete"]
    assert list(table["toy.units"][1:3]) == [table["toy.units"][1]] * 2  # the same trial again
    assert killed.experiments() == {"search-0", "search-2", "search-3"}


@pytest.mark.slow
def test_a_kill_changes_no_proposal(killed, tmp_path):
    undisturbed = ToySearch(tmp_path)
    undisturbed.search()
    settings = ["uar", "toy.units", "toy.kind"]
    counted = killed.table().query("state != 'interrupted'")[settings].reset_index(drop=True)
    assert counted.equals(undisturbed.table()[settings])


@pytest.mark.slow
def test_the_first_trial_has_the_present_settings(killed):
    first = killed.table().iloc[0]
    assert (first["toy.units"], first["toy.kind"], first["uar"]) == (50, "plain", 0.503)


@pytest.mark.slow
def test_the_workspace_is_left_alone(killed):
    assert killed.run("git", "status", "--porcelain").splitlines() == ["?? experiments/search/"]


@pytest.mark.slow
@pytest.mark.parametrize("place", ["cores", "cluster"])
def test_trials_run_at_the_same_time(place, tmp_path):
    toy = ToySearch(tmp_path / "toy")
    if place == "cores":
        toy.search("--parallel")
    else:
        cluster = Cluster(tmp_path / "dask")
        try:
            toy.search("--cluster", cluster.address)
        finally:
            cluster.close()
    assert list(toy.table()["state"]) == ["complete"] * 3
    assert toy.experiments() == {"search-0", "search-1", "search-2"}
    journal = (toy.results / "journal.log").read_text()
    assert '"worker":0' in journal and '"worker":1' in journal


@pytest.mark.slow
def test_the_report_is_made_from_the_journal_alone(killed):
    before = {path.name: path.read_bytes() for path in killed.results.iterdir()}
    assert set(before) == {"history.png", "importance.png", "journal.log", "slices.png", "trials.csv"}
    for name in set(before) - {"journal.log"}:
        (killed.results / name).unlink()
    killed.search("--report")
    assert {path.name: path.read_bytes() for path in killed.results.iterdir()} == before


@pytest.mark.slow
def test_the_best_can_be_applied(killed):
    table = killed.table()
    best = table.loc[table["uar"].idxmax()]
    try:
        killed.run("dvc", "exp", "apply", best["experiment"])
        assert yaml.safe_load((killed.folder / "params.yaml").read_text())["toy"]["units"] == best["toy.units"]
    finally:
        killed.run("git", "reset", "-q", "--hard")


@pytest.mark.slow
def test_the_best_is_trained_again_with_other_seeds(killed):
    table = killed.table()
    best = table.loc[table["uar"].idxmax()]
    killed.search("--repeat")
    path = killed.results / "best_seeds.csv"
    repeated = pd.read_csv(path)
    path.unlink()
    assert list(repeated["experiment"]) == [best["experiment"]] * 2
    assert list(repeated["uar"]) == pytest.approx([best["uar"] + 0.0001, best["uar"] + 0.0002], abs=1e-6)
    assert {f"{best['experiment']}-seed-{seed}" for seed in (1, 2)} <= killed.experiments()


@pytest.mark.slow
def test_another_space_is_another_search(killed):
    path = killed.folder / "experiments/search.yaml"
    path.write_text(yaml.safe_dump(SEARCH | {"space": {"toy.units": {"low": 1, "high": 5}}}))
    process = killed.start()
    _, errors = process.communicate()
    killed.run("git", "checkout", "-q", str(path))
    assert process.returncode == 2
    assert errors.startswith("error: experiments/search.yaml: targets, objective, fixed or space differ")


@pytest.mark.slow
def test_uncommitted_changes_are_refused(killed):
    (killed.folder / "stage.py").write_text("raise SystemExit\n")
    process = killed.start()
    _, errors = process.communicate()
    killed.run("git", "checkout", "-q", "stage.py")
    assert process.returncode == 2
    assert errors.startswith("error: stage.py: changed since the last commit")


@pytest.mark.slow
def test_changed_code_is_another_search(killed):
    stage = killed.folder / "stage.py"
    stage.write_text(stage.read_text() + "\n# other code\n")
    killed.run("git", "-c", "user.name=test", "-c", "user.email=test@example.com", "commit", "-qam", "other code")
    process = killed.start()
    _, errors = process.communicate()
    killed.run("git", "reset", "-q", "--hard", "HEAD~1")
    assert process.returncode == 2
    assert errors.startswith("error: stage.py: changed since the first trial of the search 'search'")


@pytest.mark.slow
def test_a_report_begins_no_search(tmp_path):
    toy = ToySearch(tmp_path)
    process = toy.start("--report")
    _, errors = process.communicate()
    assert process.returncode == 2
    assert errors == "error: experiments/search/journal.log: no search 'search'; run `make search` first\n"
    assert not (toy.results / "trials.csv").exists()


@pytest.mark.slow
def test_a_failed_trial_is_named_and_the_search_goes_on(tmp_path):
    toy = ToySearch(tmp_path, trials=4, space={"toy.units": {"choices": [50, -1]}})
    toy.search()
    table = toy.table()
    failed = table[table["toy.units"] == -1]
    assert 0 < len(failed) < 4
    assert set(failed["state"]) == {"failed"}
    assert set(failed["message"]) == {"error: toy.units is below zero"}
    assert set(table["state"][table["toy.units"] == 50]) == {"complete"}


@pytest.mark.slow
def test_two_processes_share_a_search(tmp_path):
    toy = ToySearch(tmp_path, trials=4)
    processes = [toy.start(seconds_per_epoch=1) for _ in range(2)]
    outputs = [process.communicate() for process in processes]
    assert [process.returncode for process in processes] == [0, 0], outputs
    done = [sum(line.startswith("search-") for line in output.splitlines()) for output, _ in outputs]
    assert sum(done) == 4 and min(done) > 0
    assert set(toy.table()["state"]) == {"complete"}
    assert toy.experiments() == {"search-0", "search-1", "search-2", "search-3"}


@pytest.mark.slow
def test_a_hopeless_trial_is_stopped(tmp_path):
    history = SEARCH["history"] | {"startup_trials": 1}
    toy = ToySearch(tmp_path, trials=2, history=history, space={"toy.units": {"choices": [50, 1, 2]}})
    toy.search(seconds_per_epoch=1)
    table = toy.table()
    assert list(table["state"]) == ["complete", "stopped"]
    score = table["toy.units"][1] / 100 + 0.001
    assert table["message"][1] == f"stopped after epoch 1 at validation_uar {score:.3f}"
    assert not is_alive(int(read(toy.clone / "pid")))
    assert toy.experiments() == {"search-0"}


@pytest.mark.slow
def test_a_slow_trial_is_stopped(tmp_path):
    toy = ToySearch(tmp_path, trials=1, seconds_per_trial=8)
    output = toy.search(seconds_per_epoch=100)
    assert toy.table()["message"][0] == "stopped after 8 seconds, in epoch 1"
    assert output.splitlines()[-1] == "no trial is complete; experiments/search/trials.csv says why"


@pytest.mark.slow
def test_a_search_that_reads_a_test_figure_is_refused(tmp_path):
    toy = ToySearch(tmp_path, objective=SEARCH["objective"] | {"metrics": TEST_FIGURES[0]})
    process = toy.start()
    output, errors = process.communicate()
    assert (process.returncode, output, len(errors.splitlines())) == (2, "", 1)
    assert "not a figure of validation speakers" in errors
    assert not toy.results.exists()


@pytest.mark.parametrize("path", TEST_FIGURES)
@pytest.mark.parametrize("section, key", [("objective", "metrics"), ("history", "file")])
def test_no_part_of_a_search_reads_a_test_figure(path, section, key):
    content = SEARCH | {section: SEARCH[section] | {key: path}}
    with pytest.raises(UserError, match="not a figure of validation speakers"):
        params.validate(content, definition.Search, definition.DEFINITION)


@pytest.mark.parametrize("key", ["seed", "params.yaml:seed", "voices", "voices.collection.corpora"])
@pytest.mark.parametrize("section", ["space", "fixed", "repeat"])
def test_who_is_tested_may_not_vary(section, key):
    changes = {"space": {key: {"choices": [1, 2]}}, "fixed": {key: 1}, "repeat": SEARCH["repeat"] | {"key": key}}
    with pytest.raises(UserError, match=f"{key} decides who is tested"):
        params.validate(SEARCH | {section: changes[section]}, definition.Search, definition.DEFINITION)


@pytest.mark.parametrize(
    "values",
    [{}, {"low": 1}, {"low": 2, "high": 1}, {"choices": [1], "low": 1, "high": 2}, {"low": 0, "high": 1, "log": True}],
)
def test_a_space_without_sense_is_refused(values):
    with pytest.raises(UserError, match="space.toy.units"):
        params.validate(SEARCH | {"space": {"toy.units": values}}, definition.Search, definition.DEFINITION)


@pytest.mark.parametrize(
    "value", [3, 0.001, 1e-05, True, None, "cmvn", "two words, 'quoted'", [], [{"speed": 0.87}, {"kind": "noise"}]]
)
def test_dvc_reads_every_value_as_it_is(tmp_path, value):
    path = tmp_path / "params.yaml"
    path.write_text("key: 0\n")
    text = definition.setting_text(definition.storable(value))
    apply_overrides(path, [f"key={text}"])
    read_back = params.read_yaml(path)["key"]
    assert (float(read_back) if isinstance(value, float) else read_back) == value
