import csv
import io
import json

from speech_emotion.inference.output import WRITERS
from speech_emotion.inference.predictor import NO_SPEECH, UNSURE, Prediction
from speech_emotion.inference.timeline import Segment, Timeline

FEAR = Prediction("fear", {"anger": 0.12344, "fear": 0.87656}, 2.0)
SILENCE = Prediction(NO_SPEECH, {}, 2.0)
WHOLE = Prediction(UNSURE, {"anger": 0.5, "fear": 0.5}, 3.3333333)
CLIP = Timeline(FEAR, [Segment(0.0, 2.0, FEAR)])
LONG = Timeline(WHOLE, [Segment(0.0, 2.0, FEAR), Segment(1.3333333, 3.3333333, SILENCE)])


def written(format_name, recordings):
    file = io.StringIO()
    writer = WRITERS[format_name](file, ["anger", "fear"], list(recordings))
    for name, timeline in recordings.items():
        writer.write(name, timeline)
    return file.getvalue()


def test_a_table_has_one_line_per_recording_and_window():
    assert written("table", {"a.wav": CLIP, "b.wav": LONG}).splitlines() == [
        "       time                    label      anger  fear",
        "a.wav  2.0 s                   fear         12%   88%",
        "b.wav  3.3 s                   unsure       50%   50%",
        "       0.0 s - 2.0 s           fear         12%   88%",
        "       1.3 s - 3.3 s           no speech",
    ]


def test_a_long_name_is_cut_at_its_start_in_a_table():
    line = written("table", {"folder/" * 20 + "clip.wav": CLIP}).splitlines()[1]
    assert line.startswith("…")
    assert "folder/clip.wav  2.0 s" in line


def test_json_has_one_line_per_recording():
    clip, long = map(json.loads, written("json", {"a.wav": CLIP, "b.wav": LONG}).splitlines())
    probabilities = {"anger": 0.1234, "fear": 0.8766}
    assert clip == {"file": "a.wav", "duration": 2.0, "label": "fear", "probabilities": probabilities}
    assert (long["label"], long["duration"]) == ("unsure", 3.333)
    assert long["timeline"][1] == {"start": 1.333, "end": 3.333, "label": "no speech", "probabilities": {}}


def test_csv_has_one_row_per_window():
    assert written("csv", {"a,b.wav": LONG}).splitlines() == [
        "file,start,end,label,anger,fear",
        '"a,b.wav",0.0,2.0,fear,0.1234,0.8766',
        '"a,b.wav",1.333,3.333,no speech,,',
    ]


def test_a_table_escapes_control_characters_and_programs_read_the_original_name():
    name = "a\nb\x1b[2J.wav"
    assert r"a\nb\x1b[2J.wav" in written("table", {name: CLIP})
    assert json.loads(written("json", {name: CLIP}))["file"] == name
    assert list(csv.reader(io.StringIO(written("csv", {name: CLIP}))))[1][0] == name
