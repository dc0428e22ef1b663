"""Feature sequences on disk."""

import tracemalloc

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from speech_emotion.dataset import feature_store
from speech_emotion.core.errors import UserError


@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=20), coefficients=st.integers(1, 200))
def test_a_round_trip_gives_the_same_arrays(tmp_path_factory, lengths, coefficients):
    folder = tmp_path_factory.mktemp("sequences")
    written = {f"clip {n}": np.full((frames, coefficients), n, np.float32) for n, frames in enumerate(lengths)}
    feature_store.write(folder, written.items())
    read = feature_store.read(folder)
    assert list(read) == list(written)
    assert all(np.array_equal(read[name], written[name]) for name in written)
    assert all(array.dtype == np.float32 for array in read.values())


def test_writing_holds_one_sequence_at_a_time(tmp_path):
    def peak(count: int) -> int:
        tracemalloc.start()
        feature_store.write(tmp_path, ((str(n), np.zeros((100, 40), np.float32)) for n in range(count)))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(10)  # what is imported and cached on the first call
    assert peak(2000) - peak(200) < 1800 * 100 * 40 * 4 / 20  # 1,800 more sequences are 29 MB


def test_a_writer_that_fails_leaves_nothing(tmp_path):
    def failing():
        yield "a", np.zeros((3, 2), np.float32)
        raise UserError("second clip")

    with pytest.raises(UserError, match="second clip"):
        feature_store.write(tmp_path / "out", failing())
    assert list((tmp_path / "out").iterdir()) == []


def test_a_folder_without_sequences_is_named(tmp_path):
    with pytest.raises(UserError, match=r"frames\.npy: no such file; run `dvc repro`"):
        feature_store.read(tmp_path)


@pytest.mark.parametrize(
    ("name", "content", "message"),
    [
        (feature_store.FRAMES, b"", "cannot be read as sequences"),
        (feature_store.FRAMES, b"junk" * 100, "cannot be read as sequences"),
        (feature_store.FRAMES, b"\x93NUMPY\x01\0v\0" + b"{'((\xff" * 40, "cannot be read as sequences"),
        (feature_store.INDEX, b"", "cannot be read as sequences"),
        (feature_store.INDEX, b"\xff\xfe\0", "cannot be read as sequences"),
        (feature_store.INDEX, b"name,start,frames\na,0,many\n", "cannot be read as sequences"),
        (feature_store.INDEX, b"name,start\na,0\n", r"index\.csv does not fit frames\.npy"),
        (feature_store.INDEX, b"name,start,frames\na,0,4\n", r"index\.csv does not fit frames\.npy"),
        (feature_store.INDEX, b"name,start,frames\na,-1,2\n", r"index\.csv does not fit frames\.npy"),
    ],
)
def test_junk_is_refused_with_the_folders_name(tmp_path, name, content, message):
    feature_store.write(tmp_path, [("a", np.zeros((3, 2), np.float32))])
    (tmp_path / name).write_bytes(content)
    with pytest.raises(UserError, match=f"{tmp_path.name}: {message}.*; run `dvc repro`"):
        feature_store.read(tmp_path)


def test_no_sequences_are_none(tmp_path):
    feature_store.write(tmp_path, [])
    assert feature_store.read(tmp_path) == {}


def test_the_summary_is_the_mean_and_deviation_of_all_frames(tmp_path):
    feature_store.write(tmp_path, [("a", np.array([[0, 1]])), ("b", np.array([[2, 1], [4, 1]]))])
    table = feature_store.summary(tmp_path)
    np.testing.assert_allclose(table, [[0, 2, np.sqrt(8 / 3)], [1, 1, 0]])
