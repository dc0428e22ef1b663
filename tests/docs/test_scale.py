"""The figures in docs/scale.md are the committed ones."""

import json
from pathlib import Path

import pandas as pd

PAGE = " ".join(Path("docs/scale.md").read_text().split())
SCALE = pd.read_csv("benchmarks/scale.csv")
SMALLEST, LARGEST = SCALE.iloc[0], SCALE.iloc[-1]


def test_time_memory_and_disk_space_by_the_number_of_clips():
    for row in SCALE.itertuples():
        cells = [
            f"{row.clips:,}",
            f"{row.extract_ms_per_clip:.2f} ms",
            f"{row.extract_peak_mb:.0f} MB",
            f"{row.train_ms_per_clip:.1f} ms",
            f"{row.train_peak_mb:.0f} MB",
            f"{row.features_mb:,.0f} MB",
        ]
        assert f"| {' | '.join(cells)} |" in PAGE
    assert SCALE["extract_ms_per_clip"].max() <= 1.1 * SCALE["extract_ms_per_clip"].min()


def test_how_much_more_memory_a_hundred_times_the_clips_take():
    extraction, training = (LARGEST[column] / SMALLEST[column] for column in ("extract_peak_mb", "train_peak_mb"))
    assert f"extraction holds {extraction:.2f} times and training {training:.2f} times the memory" in PAGE
    assert max(extraction, training) <= 1.2


def test_how_long_extraction_takes():
    before, now = pd.read_csv("benchmarks/extraction.csv")["seconds"]
    assert now <= before / 2
    assert f"takes {now:.1f} s on two cores; it took {before:.1f} s when" in PAGE


def test_the_reports_on_disturbances():
    kills = pd.read_csv("benchmarks/torture.csv")
    assert kills["same_result"].all()
    assert f"| {len(kills)} random moments | {len(kills)} of {len(kills)} |" in PAGE
    disk = pd.read_csv("benchmarks/torture_disk.csv")
    assert disk["same_result"].all()
    assert set(disk["disturbance"]) == {"full disk", "read only"}
    for _, rows in disk.groupby("disturbance"):
        count = len(rows)
        assert f"| each of {count} stages: one line that names the file | {count} of {count} |" in PAGE


def test_the_time_of_a_run_with_nothing_to_do():
    measured = json.loads(Path("benchmarks/nothing_to_do.json").read_text())
    assert f"with nothing to do takes {measured['seconds']:.1f} s. All of it is DVC" in PAGE
    assert f"{measured['seconds_with_one_stage']:.1f} s is what it takes in a repository with a single stage" in PAGE
    shares = measured["shares"]
    assert f"which outputs are whose: {100 * shares['reading']:.0f} % of a profile" in PAGE
    assert f"Comparing the stages with their lock takes {100 * shares['comparing']:.0f} %" in PAGE
    assert f"importing DVC {100 * shares['importing']:.0f} %" in PAGE


def test_what_a_thousand_hours_cost():
    clips = 3_600_000 / LARGEST["seconds_per_clip"]
    hours = clips * LARGEST["extract_ms_per_clip"] / 3_600_000
    gigabytes = clips / LARGEST["clips"] * LARGEST["features_mb"] / 1000
    training = 10 * clips * LARGEST["train_ms_per_clip"] / 3_600_000
    rows = [
        f"| recordings, 16 kHz, 16 bit | | 115 GB | {storage(115.2)} |",
        f"| features | {hours:.1f} h | {gigabytes:.0f} GB | {computing(hours)}, then {storage(gigabytes)} |",
        f"| six copies at other speeds | {6 * hours:.1f} h | {6 * gigabytes:.0f} GB | {computing(6 * hours)}, "
        f"then {storage(6 * gigabytes)} |",
        f"| training, ten passes | {training:.0f} h | | {computing(training)} |",
    ]
    assert all(row in PAGE for row in rows), rows


def computing(hours: float) -> str:
    """Return what two cores cost."""
    return f"${2 * 0.05 * hours:,.2f}"


def storage(gigabytes: float) -> str:
    return f"${0.023 * gigabytes:,.2f} a month"
