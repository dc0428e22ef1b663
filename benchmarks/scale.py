"""Measure time, memory and disk space of extraction and training with more and more clips.

python -m benchmarks.scale [CLIPS ...]    writes benchmarks/scale.csv and benchmarks/scale.png
python -m benchmarks.scale --draw         only draws the picture again

The clips are those of the synthetic corpus, each many times, as links. Everything runs in a temporary folder.
"""

import os
import subprocess
import sys
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from statistics import mean

import pandas as pd
import psutil
import soundfile
import yaml
from matplotlib.axes import Axes

from corpora.synthetic import generate
from speech_emotion.core import clip_table, params, tables
from speech_emotion.plots.style import TRAINING_COLOR, VALIDATION_COLOR, picture

TABLE = Path("benchmarks/scale.csv")
PICTURE = TABLE.with_suffix(".png")
COUNTS = [2_800, 28_000, 280_000]
CORPUS = "synthetic"
DATA = Path("data") / CORPUS
PROTOCOL = "random"
BATCH_SIZE = 32
# The network is that of params.yaml. Two epochs, of half a pass each: the time is that of the second.
CHANGES = {
    "augment": {"training_copies": [], "calibration_copies": [{"speed": 0.9}]},
    "train": {"epochs": 2, "batch_size": BATCH_SIZE},
}
TRAINED = 0.7  # of the clips; see `split` in params.yaml
LOOK_EVERY = 0.3  # seconds; to look at the memory of a process slows it down


def main(counts: list[int]) -> None:
    rows = []
    with tempfile.TemporaryDirectory() as folder:
        clips = Path(folder, "clips")
        clips.mkdir()
        generate.write(clips, params.load("generate", generate.Settings, generate.DESCRIPTION))
        # Up and down again: if the machine becomes slower or faster meanwhile, the means are still comparable.
        for count in counts + counts[-2::-1]:
            project = Path(folder, str(count))
            if not project.exists():
                make_project(project, sorted(clips.iterdir()), count)
            rows.append({"clips": count, "seconds_per_clip": mean_seconds(clips)} | measure(project, count))
            print(rows[-1], flush=True)
    table = pd.DataFrame(rows).groupby("clips").mean().reset_index()
    tables.write_csv(TABLE, table)
    draw(table)


def make_project(project: Path, clips: list[Path], count: int) -> None:
    """Make a folder in which the stages run, with `count` clips, which are links."""
    raw = project / DATA / "raw"
    raw.mkdir(parents=True)
    settings = yaml.safe_load(Path("params.yaml").read_text())
    for section, changes in CHANGES.items():
        settings[section] |= changes
    settings["train"]["steps_per_epoch"] = round(TRAINED * count / BATCH_SIZE / 2)
    (project / "params.yaml").write_text(yaml.safe_dump(settings))
    rows = []
    for number in range(count):
        repetition, position = divmod(number, len(clips))
        clip = clips[position]
        name = f"{repetition:04}_{clip.name}"
        os.link(clip, raw / name)
        speaker, word, emotion = clip.stem.split("_")
        values = [name, speaker, word, emotion, f"{number:064x}"]  # as if every link were another clip
        rows.append(dict(zip(clip_table.COLUMNS, values, strict=True)))
    clip_table.write(project / DATA / "clips.csv", rows)


def mean_seconds(folder: Path) -> float:
    """Return how long the clips of a folder are on average."""
    return mean(soundfile.info(path).duration for path in folder.iterdir())


def measure(project: Path, count: int) -> dict[str, float]:
    """Run the stages and return their figures."""
    extracted = run(project, "stages.extract", CORPUS)
    features = project / DATA / "features"
    first, *_, last = sorted(features.glob("*.npy"))
    # Measured from the moment when the first file is complete, so without the start of Python.
    begun = len(pd.read_csv(features / "index.csv").query("file == @first.name"))
    extract_seconds = last.stat().st_mtime - first.stat().st_mtime
    run(project, "stages.split", CORPUS, PROTOCOL)
    run(project, "stages.augment", CORPUS, PROTOCOL)
    history = project / "metrics" / CORPUS / PROTOCOL / "history.csv"
    history.unlink(missing_ok=True)
    trained = run(project, "stages.train", CORPUS, PROTOCOL, watched=history)
    epoch_seconds = trained.writes[-1] - trained.writes[0]
    return {
        "extract_ms_per_clip": 1000 * extract_seconds / (count - begun),
        "extract_peak_mb": extracted.peak_mb,
        "train_ms_per_clip": 1000 * epoch_seconds / (TRAINED * count / 2),
        "train_peak_mb": trained.peak_mb,
        "features_mb": sum(path.stat().st_size for path in features.iterdir()) / 1e6,
    }


@dataclass
class Run:
    """What was seen of a program: its peak memory, and when a file that it replaces was written."""

    peak_mb: float
    writes: list[float]


def run(project: Path, *module: str, watched: Path | None = None) -> Run:
    """Run a stage to its end and watch it."""
    command = [sys.executable, "-m", *module]
    environment = os.environ | {"PYTHONPATH": os.getcwd()}
    process = subprocess.Popen(command, cwd=project, env=environment)
    peak = 0
    writes: list[float] = []
    while process.poll() is None:
        peak = max(peak, memory(process.pid))
        if watched and watched.exists() and watched.stat().st_mtime not in writes:
            writes.append(watched.stat().st_mtime)
        time.sleep(LOOK_EVERY)
    if process.returncode:
        sys.exit(f"{' '.join(module)} failed")
    return Run(peak / 1e6, writes)


def memory(pid: int) -> int:
    """Return the bytes that a process and all its children hold. What they share counts once.

    Pages of mapped files do not count: the system drops them when it needs the memory.
    """
    total = 0
    with suppress(psutil.NoSuchProcess, FileNotFoundError, ProcessLookupError):  # one that has just ended
        for process in [psutil.Process(pid), *psutil.Process(pid).children(recursive=True)]:
            lines = Path(f"/proc/{process.pid}/smaps_rollup").read_text().splitlines()[1:]
            sizes = {name: int(size) for name, size, *_ in (line.replace(":", "").split() for line in lines)}
            total += 1024 * (sizes["Pss_Anon"] + sizes["Pss_Shmem"] + sizes["SwapPss"])
    return total


def draw(table: pd.DataFrame) -> None:
    """Draw time per clip, peak memory and disk space by the number of clips."""
    with picture(PICTURE, "From 2.8 to 280 thousand clips", (11, 3.6)) as figure:
        time_axes, memory_axes, disk_axes = figure.subplots(1, 3)
        lines(time_axes, table, "Milliseconds per clip", "extract_ms_per_clip", "train_ms_per_clip")
        lines(memory_axes, table, "Peak memory (MB)", "extract_peak_mb", "train_peak_mb")
        memory_axes.legend()
        per_clip = table.assign(features_kb=1000 * table["features_mb"] / table["clips"])
        lines(disk_axes, per_clip, "Features on disk (KB per clip)", "features_kb")
        figure.supxlabel("clips")


def lines(axes: Axes, table: pd.DataFrame, title: str, extraction: str, training: str = "") -> None:
    """Draw one column for the extraction, and one for the training if there is one."""
    axes.set_title(title)
    axes.plot(table["clips"], table[extraction], "o-", color=TRAINING_COLOR, label="extraction")
    if training:
        axes.plot(table["clips"], table[training], "s-", color=VALIDATION_COLOR, label="training")
    axes.set_xscale("log")
    axes.set_xticks(table["clips"], [f"{count / 1000:g} k" for count in table["clips"]], minor=False)
    axes.minorticks_off()
    axes.set_ylim(0, 1.15 * table[[extraction, training or extraction]].max(axis=None))


if __name__ == "__main__":
    if sys.argv[1:] == ["--draw"]:
        draw(pd.read_csv(TABLE))
    else:
        main([int(count) for count in sys.argv[1:]] or COUNTS)
