import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from functools import partial
from pathlib import Path

import psutil
import pytest
from support import clip_work
from support.dask_cluster import Cluster
from support.processes import is_alive, wait_for

from speech_emotion.core import environment
from speech_emotion.core.errors import UserError
from speech_emotion.parallel import dask_workers
from speech_emotion.parallel.executor import BLOCKS_AHEAD, CLIPS_PER_BLOCK, map_clips, map_items

NUMBERS = list(range(100))


@pytest.fixture(scope="module")
def cluster(tmp_path_factory) -> Iterator[Cluster]:
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    yield cluster
    cluster.close()


@pytest.fixture
def own_cluster(tmp_path) -> Iterator[Cluster]:
    """A cluster that the test may damage."""
    cluster = Cluster(tmp_path / "dask")
    yield cluster
    cluster.close()


@pytest.fixture(params=["local", pytest.param("cluster", marks=pytest.mark.slow)])
def places(request, monkeypatch) -> None:
    """Run a test on the cores of this machine, and on a cluster."""
    if request.param == "cluster":
        monkeypatch.setenv(environment.CLUSTER, request.getfixturevalue("cluster").address)
    else:
        monkeypatch.delenv(environment.CLUSTER, raising=False)


@pytest.mark.parametrize("count", [0, 1, CLIPS_PER_BLOCK, 100])
def test_results_come_in_order(places, count):
    assert list(map_clips(clip_work.square, NUMBERS[:count], "test")) == [number**2 for number in range(count)]


def test_no_more_blocks_are_computed_ahead_than_the_window_has(places, tmp_path):
    numbers = list(range(40 * CLIPS_PER_BLOCK))
    results = map_clips(partial(clip_work.note, folder=tmp_path), numbers, "test")
    assert next(results) == 0
    time.sleep(1)
    done = len(list(tmp_path.iterdir()))
    assert done <= CLIPS_PER_BLOCK * BLOCKS_AHEAD * max(os.cpu_count(), 2)
    results.close()


def test_what_the_function_raises_is_raised(places):
    with pytest.raises(UserError, match="20: not a number"):
        list(map_clips(clip_work.refuse, NUMBERS, "test"))


def test_a_worker_that_dies_is_replaced(places, tmp_path):
    die = partial(clip_work.die_once, folder=tmp_path)
    assert list(map_clips(die, NUMBERS, "test")) == NUMBERS
    assert (tmp_path / "died").exists()


@pytest.mark.slow
def test_nothing_begins_after_a_failure(monkeypatch, tmp_path):
    monkeypatch.delenv(environment.CLUSTER, raising=False)
    monkeypatch.setenv(environment.CORES, "2")
    refuse = partial(clip_work.refuse_at_once_or_sleep, folder=tmp_path)
    with pytest.raises(UserError, match="0: not a number"):
        list(map_items(refuse, NUMBERS, "test", "number"))
    begun = set(tmp_path.iterdir())
    time.sleep(3)
    assert set(tmp_path.iterdir()) == begun and not list(tmp_path.glob("* ended"))


def start(folder: Path, work: str) -> subprocess.Popen:
    """Start a program with one thread, as a stage is one. Its workers are forked from it; those of a test are not."""
    code = f"""
import signal
from functools import partial
from pathlib import Path
from support import clip_work
from speech_emotion.core.command_line import exit_on_user_error
from speech_emotion.parallel.executor import map_clips, map_items
signal.signal(signal.SIGINT, signal.default_int_handler)  # in the background, Python would ignore Ctrl-C
with exit_on_user_error():
    print({work})
"""
    paths = os.pathsep.join([os.getcwd(), os.path.join(os.getcwd(), "tests")])
    variables = os.environ | {"PYTHONPATH": paths, environment.CORES: "3"}
    variables.pop(environment.CLUSTER, None)
    pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "text": True}
    return subprocess.Popen([sys.executable, "-c", code], cwd=folder, env=variables, start_new_session=True, **pipes)


@pytest.mark.slow
def test_a_forked_worker_that_dies_is_replaced(tmp_path):
    process = start(tmp_path, 'sum(map_clips(partial(clip_work.die_once, folder=Path(".")), range(100), "test"))')
    assert process.communicate(timeout=60) == ("4950\n", "")
    assert (tmp_path / "died").exists()


@pytest.mark.slow
def test_a_clip_that_kills_every_forked_worker_is_named(tmp_path):
    process = start(tmp_path, 'list(map_clips(clip_work.die_always, range(100), "test"))')
    assert process.communicate(timeout=60)[1].startswith("error: 20: every process that took it was killed")


@pytest.mark.slow
def test_an_error_ends_the_program_also_while_other_results_are_sent(tmp_path):
    process = start(tmp_path, 'list(map_items(clip_work.refuse_or_return_much, range(9), "test", "number"))')
    assert process.communicate(timeout=60) == ("", "error: 0: not a number\n")


@pytest.mark.slow
def test_ctrl_c_ends_all_workers_without_a_word(tmp_path):
    sleep = 'partial(clip_work.refuse_at_once_or_sleep, folder=Path("."))'
    process = start(tmp_path, f'list(map_items({sleep}, [1], "test", "number"))')  # two workers have nothing to do
    wait_for((tmp_path / "1 begun").exists)
    family = psutil.Process(process.pid).children(recursive=True)
    os.killpg(process.pid, signal.SIGINT)
    assert process.communicate(timeout=60) == ("", "")
    assert process.returncode == 130
    wait_for(lambda: not any(is_alive(member.pid) for member in family))


@pytest.mark.slow
def test_workers_end_when_the_process_that_started_them_is_killed(tmp_path):
    process = start(tmp_path, 'list(map_clips(partial(clip_work.sleep, folder=Path(".")), range(10_000), "test"))')
    wait_for((tmp_path / "begun").exists)
    family = psutil.Process(process.pid).children(recursive=True)
    assert len(family) > 2  # the workers
    process.kill()
    process.communicate()
    wait_for(lambda: not any(is_alive(member.pid) for member in family))


def test_a_clip_that_kills_every_worker_is_named():
    found = []
    with pytest.raises(UserError, match="20: every process that took it was killed"):
        found.extend(map_clips(clip_work.die_always, NUMBERS, "test"))
    assert found == list(range(20))  # what came before is not lost


@pytest.mark.slow
def test_a_clip_that_kills_every_worker_of_a_cluster_is_named(own_cluster, monkeypatch):
    monkeypatch.setenv(environment.CLUSTER, own_cluster.address)
    with pytest.raises(UserError, match="20: every process that took it was killed"):
        list(map_clips(clip_work.die_always, NUMBERS, "test"))


@pytest.mark.slow
def test_a_machine_of_a_cluster_may_be_lost(own_cluster, monkeypatch, tmp_path):
    monkeypatch.setenv(environment.CLUSTER, own_cluster.address)
    results = map_clips(partial(clip_work.sleep, folder=tmp_path), NUMBERS, "test")
    first = next(results)
    own_cluster.workers[0].kill()
    assert [first, *results] == NUMBERS


@pytest.mark.slow
def test_a_lost_scheduler_is_one_line(own_cluster, monkeypatch, tmp_path):
    monkeypatch.setenv(environment.CLUSTER, own_cluster.address)
    results = map_clips(partial(clip_work.sleep, folder=tmp_path), list(range(2000)), "test")
    next(results)
    own_cluster.scheduler.send_signal(signal.SIGKILL)
    with pytest.raises(UserError, match=f"lost the Dask scheduler at {own_cluster.address}"):
        list(results)


@pytest.mark.slow
def test_a_cluster_without_workers_is_one_line(own_cluster, monkeypatch):
    for worker in own_cluster.workers:
        worker.terminate()
        worker.wait()
    monkeypatch.setenv(environment.CLUSTER, own_cluster.address)
    with pytest.raises(
        UserError, match="has no workers; start some with `python -m speech_emotion.parallel.cluster_worker tcp://"
    ):
        list(map_clips(clip_work.square, NUMBERS, "test"))


@pytest.mark.slow
def test_workers_whose_arithmetic_differs_are_refused(own_cluster, monkeypatch):
    for worker in own_cluster.workers:
        worker.terminate()
        worker.wait()
    own_cluster.workers.append(own_cluster.start_worker("dask", "worker"))
    monkeypatch.setenv(environment.CLUSTER, own_cluster.address)
    with pytest.raises(UserError, match="rounds differently from the stages; start it again with `python -m"):
        list(map_clips(clip_work.square, NUMBERS, "test"))


@pytest.mark.slow
def test_workers_that_were_started_with_other_code_are_refused(own_cluster, monkeypatch):
    monkeypatch.setenv(environment.CLUSTER, own_cluster.address)
    monkeypatch.setattr(dask_workers, "code_digest", lambda: "edited since")
    with pytest.raises(UserError, match="was started with other code; start it again with `python -m"):
        list(map_clips(clip_work.square, NUMBERS, "test"))


@pytest.mark.slow
@pytest.mark.parametrize("address", ["tcp://127.0.0.1:9", "nonsense://x"])
def test_an_address_where_nothing_answers_is_one_line(monkeypatch, address):
    monkeypatch.setattr(dask_workers, "CONNECT_SECONDS", 1)
    monkeypatch.setenv(environment.CLUSTER, address)
    with pytest.raises(UserError, match=f"no Dask scheduler answers at {address}"):
        list(map_clips(clip_work.square, NUMBERS, "test"))
