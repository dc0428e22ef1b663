"""A copy of the working tree, without results, for a test to edit and run."""

import shutil
import subprocess
from pathlib import Path

REPOSITORY = Path(__file__).resolve().parents[2]


def run(folder: Path, *command: str) -> str:
    """Run a command and return what it printed; a failure shows it."""
    ran = subprocess.run(command, cwd=folder, capture_output=True, text=True)
    assert ran.returncode == 0, ran.stdout[-4000:] + ran.stderr[-4000:]
    return ran.stdout


def copy_working_tree(folder: Path) -> Path:
    """Copy what Git tracks, or does not ignore, into a folder, except the lock files and metrics."""
    listed = run(REPOSITORY, "git", "ls-files", "--cached", "--others", "--exclude-standard").splitlines()
    for name in listed:
        if (REPOSITORY / name).is_file() and not name.endswith("dvc.lock") and not name.startswith("metrics/"):
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(REPOSITORY / name, folder / name)
    return folder
