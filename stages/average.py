"""The original notebook's features, for the baselines: 40 MFCCs averaged over time.

python -m stages.average <corpus>    writes data/<corpus>/averages/
"""

from pathlib import Path

from joblib import Parallel, delayed
from tqdm import tqdm

from ser import averages, clips, sequences
from ser.errors import run


def main(corpus: str) -> None:
    data = Path("data") / corpus
    names = list(clips.read(data / "clips.csv")["clip"])
    work = (delayed(averages.averaged)(data / "raw" / name) for name in names)
    results = Parallel(n_jobs=-1, return_as="generator", batch_size=16)(work)
    shown = tqdm(results, "average", len(names), unit="clip", disable=None)
    sequences.write(data / "averages", zip(names, shown, strict=True))


if __name__ == "__main__":
    run(main)
