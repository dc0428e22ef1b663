import os
from pathlib import Path

import pandas as pd
import pytest
import soundfile
from support.dask_cluster import Cluster
from support.programs import run_python

from speech_emotion.core import clip_table, environment

RATE = 16000


@pytest.fixture
def project(tmp_path, speech_like) -> Path:
    """A folder with params.yaml and the clips of a corpus."""
    (tmp_path / "params.yaml").write_bytes(Path("params.yaml").read_bytes())
    raw = tmp_path / "data" / "many" / "raw"
    raw.mkdir(parents=True)
    names = [f"{number:03}.wav" for number in range(80)]
    for number, name in enumerate(names):
        soundfile.write(raw / name, speech_like(0.5 + number % 7 / 10, seed=number), RATE)
    columns = dict.fromkeys(clip_table.COLUMNS, "x")
    table = pd.DataFrame([columns | {"clip": name} for name in names], columns=list(clip_table.COLUMNS))
    table.to_csv(tmp_path / "data" / "many" / "clips.csv", index=False)
    return tmp_path


def extract(project: Path, address: str = "") -> dict[str, bytes]:
    variables = os.environ | {"PYTHONPATH": os.getcwd(), environment.CLUSTER: address}
    ran = run_python("-m", "stages.extract", "many", cwd=project, env=variables)
    assert ran.returncode == 0, ran.stderr
    return {path.name: path.read_bytes() for path in (project / "data" / "many" / "features").iterdir()}


@pytest.mark.slow
def test_a_cluster_gives_the_same_bytes_as_one_machine(project, tmp_path_factory):
    expected = extract(project)
    assert len(expected) > 1
    cluster = Cluster(tmp_path_factory.mktemp("dask"))
    try:
        assert extract(project, cluster.address) == expected
    finally:
        cluster.close()
