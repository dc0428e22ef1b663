"""Compare a pipeline run in the working tree with the committed one.

    python .ci/compare.py            after `dvc repro`: fails where the results differ
    python .ci/compare.py --record   names this processor beside the results, before they are committed

On the processor model that made the committed results every byte must be equal. On another one floating-point sums may
round otherwise, so the features' means and the metrics are compared within a tolerance, and the log says so.
"""

import csv
import io
import json
import platform
import subprocess
import sys
from pathlib import Path

PROCESSOR = Path("metrics/processor.json")
FEATURES, SCORES = 1e-3, 0.02


def processor() -> dict[str, str]:
    """Return what identifies the processor model (Linux), or what Python knows of it (elsewhere)."""
    info = Path("/proc/cpuinfo")
    if not info.exists():
        return {"model": platform.processor(), "system": platform.system()}
    lines = (line.partition(":") for line in info.read_text().split("\n\n")[0].splitlines())
    values = {key.strip(): value.strip() for key, _, value in lines}
    flags = set(values["flags"].split())
    extensions = [name for name in ("avx", "avx2", "fma", "avx512f", "avx512vl", "avx512_bf16") if name in flags]
    names = {"vendor": "vendor_id", "family": "cpu family", "number": "model", "model": "model name"}
    return {key: values.get(name, "") for key, name in names.items()} | {"extensions": " ".join(extensions)}


def committed(path: str) -> str:
    return subprocess.run(["git", "show", f"HEAD:{path}"], check=True, capture_output=True, text=True).stdout


def numbers(path: str, text: str) -> list[float]:
    if path.endswith(".json"):
        return leaves(json.loads(text))
    return [float(value) for row in list(csv.reader(io.StringIO(text)))[1:] for value in row]


def leaves(content: object) -> list[float]:
    """Return the numbers in a JSON object and the objects in it, in their order."""
    if isinstance(content, dict):
        return [number for value in content.values() for number in leaves(value)]
    return [content] if isinstance(content, (int, float)) else []


def differences(pattern: str, tolerance: float) -> list[str]:
    """Return a line for each file whose largest difference from the committed one is above the tolerance."""
    lines = []
    for path in sorted(map(str, Path().glob(pattern))):
        before, now = numbers(path, committed(path)), numbers(path, Path(path).read_text())
        largest = max((abs(a - b) for a, b in zip(before, now, strict=True)), default=0.0)
        print(f"{path}: largest difference {largest:.6f}, allowed {tolerance}")
        if largest > tolerance:
            lines.append(path)
    return lines


def main() -> int:
    """Return the exit status: 0 where the results agree."""
    if sys.argv[1:] == ["--record"]:
        PROCESSOR.write_text(json.dumps(processor(), indent=2) + "\n")
        return 0
    if Path("dvc.lock").read_text() == committed("dvc.lock"):
        print("dvc.lock: every byte as committed")
        return 0
    if processor() == json.loads(committed(str(PROCESSOR))):
        print("dvc.lock differs from the committed one, on the processor model that made it:")
        subprocess.run(["git", "--no-pager", "diff", "--stat"], check=True)
        subprocess.run(["dvc", "metrics", "diff", "--md"], check=True)
        return 1
    print(f"Another processor than the one that made the committed results: {processor()}. Compared within tolerances:")
    failed = differences("metrics/*/features.csv", FEATURES)
    for name in ("metrics", "baselines"):
        failed += differences(f"metrics/*/*/{name}.json", SCORES)
    return bool(failed)


if __name__ == "__main__":
    sys.exit(main())
