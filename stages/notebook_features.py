"""The original notebook's features, for the baselines: 40 MFCCs averaged over time.

python -m stages.average <corpus>    writes data/<corpus>/averages/
"""

from pathlib import Path

from joblib import Parallel, delayed
from tqdm import tqdm

from speech_emotion.audio import notebook_features
from speech_emotion.core import clip_table
from speech_emotion.dataset import feature_store
from speech_emotion.core.command_line import run_stage


def main(corpus: str) -> None:
    data = Path("data") / corpus
    names = list(clip_table.read(data / "clips.csv")["clip"])
    work = (delayed(notebook_features.extract)(data / "raw" / name) for name in names)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=16)(work)
    shown = tqdm(results, "average", len(names), unit="clip", disable=None)
    feature_store.write(data / "averages", zip(names, shown, strict=True))


if __name__ == "__main__":
    run_stage(main)
