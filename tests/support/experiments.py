"""Experiments of DVC in a clone, made without running a stage."""

import subprocess
from pathlib import Path

import yaml


def clone_repository(folder: Path) -> Path:
    """Clone the committed state of this repository into a new folder."""
    subprocess.run(["git", "clone", "-q", ".", folder], check=True)
    return folder


def save_experiment(clone: Path, name: str, settings: dict[str, dict], files: dict[str, str]) -> None:
    """Save an experiment as DVC does, with a commit and a reference, and restore the workspace.

    Args:
        settings: Sections of params.yaml with the changed keys.
        files: Texts by path: what the stages would have written.
    """

    def git(*arguments: str) -> str:
        command = ["git", "-c", "user.name=test", "-c", "user.email=test@example.com", *arguments]
        return subprocess.run(command, cwd=clone, capture_output=True, text=True, check=True).stdout.strip()

    params = yaml.safe_load((clone / "params.yaml").read_text())
    for section, changes in settings.items():
        params[section] |= changes
    for path, text in {"params.yaml": yaml.safe_dump(params), **files}.items():
        (clone / path).write_text(text)
    head = git("rev-parse", "HEAD")
    git("add", "-A")
    commit = git("commit-tree", git("write-tree"), "-p", head, "-m", name)
    git("update-ref", f"refs/exps/{head[:2]}/{head[2:]}/{name}", commit)
    git("reset", "-q", "--hard")
