"""The shipped model can be got from the repository's address by its name."""

import os
import subprocess
from pathlib import Path

import pytest

pytestmark = pytest.mark.slow
IDENTITY = {f"GIT_{role}_{key}": "test@example.org" for role in ("AUTHOR", "COMMITTER") for key in ("NAME", "EMAIL")}


def test_a_registered_model_is_got_by_name(tmp_path):
    """As CONTRIBUTING.md releases a model: gto makes an annotated tag, which `dvc artifacts get` finds."""
    clone = tmp_path / "clone"
    environment = os.environ | IDENTITY
    subprocess.run(["git", "clone", "-q", ".", clone], check=True)
    subprocess.run(["gto", "register", "ser", "--version", "v9.9.9"], cwd=clone, env=environment, check=True)
    subprocess.run(["dvc", "artifacts", "get", clone, "ser", "-o", "got.onnx"], cwd=tmp_path, check=True)
    assert (tmp_path / "got.onnx").read_bytes() == Path(clone, "models/ser.onnx").read_bytes()
