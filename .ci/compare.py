"""Compare the results of a pipeline run with the committed ones.

    python .ci/compare.py            after `dvc repro`: fails if the results differ
    python .ci/compare.py --record   records this machine's processor model; run it before committing results

On the processor model of the committed results every byte must be equal. On another one floating-point sums may round
differently, so features and scores are compared within a tolerance, and the output says so.
"""

import io
import json
import platform
import subprocess
import sys
from pathlib import Path

import numpy as np
import pandas as pd

PROCESSOR = Path("metrics/processor.json")
TOLERANCES = {
    "metrics/*/features.csv": 1e-3,
    "metrics/*/*/scores.csv": 0.02,
    "metrics/*/*/baselines.json": 0.02,
}
EXTENSIONS = ("avx", "avx2", "fma", "avx512f", "avx512vl", "avx512_bf16")


def processor() -> dict[str, str]:
    """Return what identifies the processor model, on Linux; elsewhere what the platform module reports."""
    info = Path("/proc/cpuinfo")
    if not info.exists() or "vendor_id" not in info.read_text():
        return {"model": platform.processor(), "system": platform.system()}
    first_core = info.read_text().split("\n\n")[0]
    pairs = [line.partition(":") for line in first_core.splitlines()]
    values = {key.strip(): value.strip() for key, _, value in pairs}
    flags = values["flags"].split()
    return {
        "vendor": values["vendor_id"],
        "family": values["cpu family"],
        "number": values["model"],
        "model": values["model name"],
        "extensions": " ".join(name for name in EXTENSIONS if name in flags),
    }


def committed(path: str) -> str:
    """Return the committed content of a file."""
    return subprocess.run(["git", "show", f"HEAD:{path}"], check=True, capture_output=True, text=True).stdout


def numbers(path: str, text: str) -> np.ndarray:
    """Return the numbers of a flat JSON object, or those of a CSV table."""
    if path.endswith(".json"):
        return np.array(list(json.loads(text).values()), float)
    return pd.read_csv(io.StringIO(text)).select_dtypes("number").to_numpy()


def outside_tolerance() -> list[str]:
    """Print the largest difference in each file, and return the files that differ by more than their tolerance."""
    failed = []
    for pattern, tolerance in TOLERANCES.items():
        for path in sorted(map(str, Path().glob(pattern))):
            before = numbers(path, committed(path))
            after = numbers(path, Path(path).read_text())
            largest = np.abs(before - after).max()
            print(f"{path}: largest difference {largest:.6f}, tolerance {tolerance}")
            if not largest <= tolerance:  # also if the difference is NaN
                failed.append(path)
    return failed


def main() -> int:
    """Return the exit status: 0 if the results agree."""
    if sys.argv[1:] == ["--record"]:
        PROCESSOR.write_text(json.dumps(processor(), indent=2) + "\n")
        return 0
    if Path("dvc.lock").read_text() == committed("dvc.lock"):
        print("dvc.lock: identical to the committed one")
        return 0
    if processor() == json.loads(committed(str(PROCESSOR))):
        print("dvc.lock differs from the committed one, on the processor model that made it:")
        subprocess.run(["git", "--no-pager", "diff", "--stat"], check=True)
        subprocess.run(["dvc", "metrics", "diff", "--md"], check=True)
        return 1
    print(f"Not the processor of the committed results: {processor()}. Compared within tolerances:")
    return 1 if outside_tolerance() else 0


if __name__ == "__main__":
    sys.exit(main())
