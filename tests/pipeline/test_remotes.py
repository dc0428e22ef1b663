"""The commands of docs/scale.md that bring data and results to another machine, with an S3 server and an SSH server."""

import getpass
import os
import shutil
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import boto3
import pytest
from support import toy_pipeline
from support.processes import wait_for
from support.toy_pipeline import PARTS, run, times

pytestmark = pytest.mark.slow

SSHD = shutil.which("sshd", path=f"{os.environ['PATH']}:/usr/sbin")
KEYS = {"AWS_ACCESS_KEY_ID": "test", "AWS_SECRET_ACCESS_KEY": "test", "AWS_DEFAULT_REGION": "us-east-1"}


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return free.getsockname()[1]


def answers(port: int) -> bool:
    with socket.socket() as probe:
        return probe.connect_ex(("127.0.0.1", port)) == 0


@pytest.fixture(scope="module")
def s3(tmp_path_factory) -> Iterator[list[tuple[str, ...]]]:
    """Start an S3 server, and yield the commands that add it as a remote."""
    port = free_port()
    address = f"http://127.0.0.1:{port}"
    command = [sys.executable, "-m", "moto.server", "-p", str(port)]
    silent = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
    with pytest.MonkeyPatch.context() as patch, subprocess.Popen(command, **silent) as server:
        try:
            for name, value in KEYS.items():
                patch.setenv(name, value)
            wait_for(lambda: answers(port))
            boto3.client("s3", endpoint_url=address).create_bucket(Bucket="voices")
            yield [
                ("dvc", "remote", "add", "--default", "store", "s3://voices/project"),
                ("dvc", "remote", "modify", "store", "endpointurl", address),
            ]
        finally:
            server.kill()


@pytest.fixture(scope="module")
def ssh(tmp_path_factory) -> Iterator[list[tuple[str, ...]]]:
    """Start an SSH server, and yield the commands that add a folder behind it as a remote."""
    if SSHD is None or os.geteuid():
        pytest.skip("no SSH server, or no right to start one; install openssh-server and be root")
    folder = tmp_path_factory.mktemp("ssh")
    for name in ("host", "user"):
        subprocess.run(["ssh-keygen", "-q", "-t", "ed25519", "-N", "", "-f", folder / name], check=True)
    port, user = free_port(), getpass.getuser()
    Path("/run/sshd").mkdir(exist_ok=True)  # as the system's service does
    options = {
        "ListenAddress": "127.0.0.1",
        "Port": port,
        "HostKey": folder / "host",
        "AuthorizedKeysFile": folder / "user.pub",
        "StrictModes": "no",
        "PidFile": "none",
        "Subsystem": "sftp internal-sftp",
    }
    settings = [argument for name, value in options.items() for argument in ("-o", f"{name}={value}")]
    with subprocess.Popen([SSHD, "-D", "-f", "/dev/null", *settings], stderr=subprocess.DEVNULL) as server:
        try:
            wait_for(lambda: answers(port))
            yield [
                ("dvc", "remote", "add", "--default", "store", f"ssh://{user}@127.0.0.1:{port}{folder}/store"),
                ("dvc", "remote", "modify", "store", "keyfile", str(folder / "user")),
            ]
        finally:
            server.kill()


@pytest.fixture(params=["s3", "ssh"])
def machines(request, tmp_path) -> tuple[Path, Path]:
    """Return two clones of one repository, with a remote between them. In the first the pipeline has run."""
    origin = tmp_path / "origin.git"
    first = toy_pipeline.make(tmp_path / "first")
    for command in request.getfixturevalue(request.param):
        run(first, *command)
    run(first, "dvc", "repro", "-q")
    toy_pipeline.commit(first)
    run(tmp_path, "git", "clone", "-q", "--bare", "first", str(origin))
    run(first, "git", "remote", "add", "origin", str(origin))
    run(tmp_path, "git", "clone", "-q", str(origin), "second")
    return first, tmp_path / "second"


def test_data_and_results_go_to_another_machine(machines):
    first, second = machines
    run(first, "dvc", "push", "-q")
    run(second, "dvc", "pull", "-q")
    assert {name: (second / f"{name}.txt").read_text() for name in PARTS} == {name: name for name in PARTS}
    assert "up to date" in run(second, "dvc", "status")
    assert times(second) == {}


def test_what_one_machine_has_trained_another_does_not(machines):
    first, second = machines
    (first / "tasks" / "b").write_text("sleep longer")
    run(first, "dvc", "exp", "run", "-q", "-n", "longer")
    run(first, "dvc", "exp", "push", "-q", "origin", "longer", "--run-cache")
    (second / "tasks" / "b").write_text("sleep longer")
    run(second, "dvc", "exp", "run", "-q", "--pull", "-n", "same")
    assert times(second) == {}
    assert (second / "whole.txt").read_text() == "whole"
    run(second, "dvc", "exp", "pull", "-q", "origin", "longer")
    assert "longer" in run(second, "dvc", "exp", "list", "--name-only")


def test_machines_with_one_file_system_share_a_cache(tmp_path):
    first = toy_pipeline.make(tmp_path / "first")
    for command in ("cache dir ../cache", "config cache.shared group", "config cache.type hardlink,symlink"):
        run(first, "dvc", *command.split())
    toy_pipeline.commit(first)
    run(first, "dvc", "repro", "-q")
    toy_pipeline.commit(first)
    run(tmp_path, "git", "clone", "-q", "first", "second")
    second = tmp_path / "second"
    run(second, "dvc", "checkout", "-q")
    assert (second / "whole.txt").stat().st_ino == (first / "whole.txt").stat().st_ino  # the same file, no copy
    (second / "tasks" / "a").write_text("sleep longer")
    run(second, "dvc", "repro", "-q")
    assert set(times(second)) == {"a"}  # a.txt is the same, so `whole` need not run
    (first / "tasks" / "a").write_text("sleep longer")
    (first / "times.txt").unlink()
    run(first, "dvc", "repro", "-q")
    assert times(first) == {}  # the other machine has done it
