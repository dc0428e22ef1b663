"""Write predictions as a table for people, or as CSV or JSON for programs. Call `write` once for each recording."""

import csv
import json
from collections.abc import Sequence
from typing import TextIO

from speech_emotion.core.formatting import clock, percent, printable
from speech_emotion.inference.predictor import Prediction
from speech_emotion.inference.timeline import Segment, Timeline

MAX_NAME_WIDTH = 40
DECIMALS = 4  # of probabilities


class Table:
    """One line per recording. Below a recording in windows, one line per window."""

    def __init__(self, file: TextIO, labels: Sequence[str], names: Sequence[str]):
        longest = max((len(printable(name)) for name in names), default=0)
        self._file = file
        self._name_width = min(MAX_NAME_WIDTH, longest)
        self._write_line("", "time", "label", [label.rjust(_column_width(label)) for label in labels])

    def write(self, name: str, timeline: Timeline) -> None:
        name = printable(name)
        if len(name) > self._name_width:
            name = "…" + name[len(name) - self._name_width + 1 :]
        self._write_prediction(name, clock(timeline.whole.duration), timeline.whole)
        if len(timeline.segments) > 1:
            for segment in timeline.segments:
                time = f"{clock(segment.start)} - {clock(segment.end)}"
                self._write_prediction("", time, segment.prediction)

    def _write_prediction(self, name: str, time: str, prediction: Prediction) -> None:
        cells = [percent(value).rjust(_column_width(label)) for label, value in prediction.probabilities.items()]
        self._write_line(name, time, prediction.label, cells)

    def _write_line(self, name: str, time: str, label: str, cells: list[str]) -> None:
        line = f"{name:<{self._name_width}}  {time:<22}  {label:<10} {' '.join(cells)}"
        self._file.write(line.rstrip() + "\n")


class Csv:
    """One row per window: file, start and end in seconds, label, then the probability of each emotion."""

    def __init__(self, file: TextIO, labels: Sequence[str], names: Sequence[str]):
        self._labels = labels
        self._writer = csv.writer(file, lineterminator="\n")
        self._writer.writerow(["file", "start", "end", "label", *labels])

    def write(self, name: str, timeline: Timeline) -> None:
        for segment in timeline.segments:
            row = _segment_fields(segment)
            probabilities = row.pop("probabilities")
            cells = [probabilities.get(label, "") for label in self._labels]  # empty if there is no speech
            self._writer.writerow([name, *row.values(), *cells])


class JsonLines:
    """One line per recording, a JSON object. Its list `timeline` holds the windows, if there are several."""

    def __init__(self, file: TextIO, labels: Sequence[str], names: Sequence[str]):
        self._file = file

    def write(self, name: str, timeline: Timeline) -> None:
        fields = {"file": name, "duration": round(timeline.whole.duration, 3), **_prediction_fields(timeline.whole)}
        if len(timeline.segments) > 1:
            fields["timeline"] = [_segment_fields(segment) for segment in timeline.segments]
        self._file.write(json.dumps(fields) + "\n")


WRITERS = {"table": Table, "csv": Csv, "json": JsonLines}


def round_probabilities(probabilities: dict[str, float]) -> dict[str, float]:
    """Return the probabilities with DECIMALS decimals."""
    return {label: round(value, DECIMALS) for label, value in probabilities.items()}


def _segment_fields(segment: Segment) -> dict:
    return {"start": round(segment.start, 3), "end": round(segment.end, 3), **_prediction_fields(segment.prediction)}


def _prediction_fields(prediction: Prediction) -> dict:
    return {"label": prediction.label, "probabilities": round_probabilities(prediction.probabilities)}


def _column_width(label: str) -> int:
    return max(5, len(label))
