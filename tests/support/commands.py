"""Python programs that tests start."""

import subprocess
import sys


def run_python(*arguments: object, **options) -> subprocess.CompletedProcess:
    """Run Python with the arguments, and return its status and what it printed."""
    return subprocess.run([sys.executable, *map(str, arguments)], capture_output=True, text=True, **options)
