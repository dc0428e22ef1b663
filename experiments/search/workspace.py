"""The clone of this repository in which one process runs its trials.

`dvc exp run --temp` would run them in copies of its own, but it prepares each in the workspace: it stashes what is
there and writes the trial's settings to params.yaml for a moment. A kill at that moment leaves them there, and two
processes at once get in each other's way. A clone of its own is also faster: the data is linked once for all trials.
"""

import shutil
import subprocess
from pathlib import Path
from typing import IO

from experiments import guarded
from experiments.guarded import DVC
from experiments.locks import try_lock
from speech_emotion.core.errors import UserError

FOLDER = Path(".dvc/tmp/search")  # Git and DVC ignore it
CHANGE_NO_TRIAL = ["*.md", "docs", "tests", "metrics", "experiments/search", "experiments/search.yaml"]
CONFIG = """[cache]
    dir = {cache}
    type = "hardlink,copy"
"""  # a link takes no time and no space


class Workspace:
    """A clone at the last commit, new for every process, with the cache of this repository."""

    def __init__(self) -> None:
        self.number, self._lock = first_free()
        self.folder = FOLDER / str(self.number)
        self.log = FOLDER / f"{self.number}.log"
        self.commit = git("rev-parse", "HEAD")
        cache = run([*DVC, "cache", "dir"])
        shutil.rmtree(self.folder, ignore_errors=True)  # of a process that has ended
        git("clone", "-q", ".", str(self.folder))
        self.git("checkout", "-q", "--detach", self.commit)
        (self.folder / ".dvc/config.local").write_text(CONFIG.format(cache=cache))

    def git(self, *arguments: str) -> str:
        return git("-C", str(self.folder), *arguments)

    def start(self, name: str, overrides: list[str], targets: list[str], results: list[str]) -> subprocess.Popen:
        """Start `dvc exp run` at the last commit. `results` are removed first: those of the last commit are not new."""
        self.git("reset", "-q", "--hard", self.commit)
        for path in results:
            (self.folder / path).unlink(missing_ok=True)
        settings = [argument for text in overrides for argument in ("-S", text)]
        command = [*DVC, "exp", "run", "-n", name, *settings, *targets]
        with self.log.open("wb") as log:
            return guarded.start(command, log, self.folder)

    def collect(self, name: str) -> None:
        """Bring the experiment that has ended from the clone into this repository."""
        reference = experiment_reference(self.commit, name)
        git("-c", "gc.auto=0", "fetch", "-q", "--no-tags", str(self.folder), f"{reference}:{reference}")


def first_free() -> tuple[int, IO]:
    """Return the first number of a workspace that no process has, and its lock."""
    number = 0
    while not (lock := try_lock(lock_path(number))):
        number += 1
    return number, lock


def lock_path(number: int) -> Path:
    return FOLDER / f"{number}.lock"


def experiment_reference(commit: str, name: str) -> str:
    """Return the reference in which DVC keeps an experiment on a commit."""
    return f"refs/exps/{commit[:2]}/{commit[2:]}/{name}"


def remove_experiment(commit: str, name: str) -> None:
    """Remove an experiment on a commit, if there is one."""
    git("update-ref", "-d", experiment_reference(commit, name))


def check_no_experiments(search: str) -> None:
    """Raise UserError if there are experiments that are called like the trials of a new search."""
    found = git("for-each-ref", "--format=%(refname)", f"refs/exps/*/*/{search}-[0-9]*")
    if found:
        name = found.splitlines()[0].rsplit("/", 1)[1]
        raise UserError(f"experiment {name} of an earlier search exists; choose another name, or `dvc exp remove` it")


def check_committed(except_for: list[Path]) -> None:
    """Raise UserError if a tracked file differs from the last commit, which is where every trial starts."""
    others = [f":!{path}" for path in except_for]
    changed = git("status", "--porcelain", "--untracked-files=no", "--", ".", *others)
    if changed:
        first = changed.splitlines()[0].split(maxsplit=1)[1]
        raise UserError(f"{first}: changed since the last commit, where every trial starts; commit or restore it")


def changed_since(commit: str) -> str:
    """Return the first file that differs from `commit` and may change a trial, or an empty text."""
    others = [f":!{path}" for path in CHANGE_NO_TRIAL]
    return git("diff", "--name-only", commit, "HEAD", "--", ".", *others).partition("\n")[0]


def git(*arguments: str) -> str:
    return run(["git", *arguments])


def run(command: list[str]) -> str:
    """Run a command and return what it prints. Raises UserError with its last line if it fails."""
    ran = subprocess.run(command, capture_output=True, text=True, check=False)
    if ran.returncode:
        raise UserError(f"{' '.join(command)}: {ran.stderr.strip().splitlines()[-1]}")
    return ran.stdout.strip()
