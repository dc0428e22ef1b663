import pandas as pd

from speech_emotion.plots import error_analysis


def predictions(*confidences):
    """Clips of fear, named in reverse order, that are all predicted as anger."""
    rows = [(f"{9999 - place}.wav", "A", "fear", "anger", value, 0.1) for place, value in enumerate(confidences)]
    return pd.DataFrame(rows, columns=["clip", "speaker", "actual", "predicted", "anger", "fear"])


def test_the_most_confident_errors_come_first():
    table = pd.concat([predictions(0.6, 0.9), predictions(1.0).assign(predicted="fear")])
    rows = error_analysis.most_confident_errors(table)
    assert list(rows.columns) == ["clip", "actual", "predicted", "confidence", "actual_probability"]
    assert rows.to_numpy().tolist() == [
        ["9998.wav", "fear", "anger", 0.9, 0.1],
        ["9999.wav", "fear", "anger", 0.6, 0.1],
    ]


def test_equally_confident_errors_are_sorted_by_name_and_the_list_is_short():
    rows = error_analysis.most_confident_errors(predictions(*[0.5] * 30))
    assert rows["clip"].tolist() == [f"{9970 + place}.wav" for place in range(error_analysis.SHOWN)]


def test_a_model_without_errors_is_drawn_too(tmp_path):
    error_analysis.plot_errors(tmp_path / "errors.png", predictions(0.9).assign(predicted="fear"), "TESS")
    assert (tmp_path / "errors.png").stat().st_size > 0
