"""New virtual environments."""

import shutil
import subprocess
import sys
from pathlib import Path


def new_environment(folder: Path, *arguments: object) -> Path:
    """Create a virtual environment, run `pip install` with the arguments in it, and return its folder of programs."""
    subprocess.run([sys.executable, "-m", "venv", folder], check=True)
    python = folder / "bin" / "python"
    uv = shutil.which("uv")
    install = [uv, "pip", "install", "--python", python] if uv else [python, "-m", "pip", "install"]
    subprocess.run([*install, "-q", *arguments], check=True)
    return folder / "bin"
