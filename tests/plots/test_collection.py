import numpy as np
import pandas as pd
from matplotlib.image import imread

from speech_emotion.plots.collection import plot_summary


def test_missing_intervals_and_baselines_are_left_out(tmp_path):
    rows = [
        ("new speakers", "tess", "single", 0.7, np.nan, np.nan, np.nan),
        ("new speakers", "tess", "known", 0.8, np.nan, np.nan, np.nan),
        ("new corpora", "savee", "single", 0.4, 0.3, 0.5, 0.2),
        ("new corpora", "savee", "known", 0.5, 0.4, 0.6, 0.2),
    ]
    columns = ["test", "corpus", "statistics", "uar", "uar_low", "uar_high", "tess_network"]
    table = pd.DataFrame(rows, columns=columns).assign(mfcc_logistic=0.3, notebook=0.25, listeners=0.6)
    plot_summary(tmp_path / "summary.png", table, 0.95)
    assert imread(tmp_path / "summary.png").std() > 0.05
