import tracemalloc

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from speech_emotion.core.errors import UserError
from speech_emotion.dataset import feature_store


def sequences(number: int, frames: int = 100):
    """Yield (name, float32 of shape (frames, 40)) pairs."""
    for index in range(number):
        yield f"clip {index}", np.full((frames, 40), index, np.float32)


@settings(max_examples=20)
@given(lengths=st.lists(st.integers(1, 30), min_size=1, max_size=20), coefficients=st.integers(1, 200))
def test_a_round_trip_gives_the_same_arrays(tmp_path_factory, lengths, coefficients):
    folder = tmp_path_factory.mktemp("features")
    written = {f"clip {n}": np.full((frames, coefficients), n, np.float32) for n, frames in enumerate(lengths)}
    feature_store.write(folder, written.items())
    read = feature_store.read(folder)
    assert list(read) == list(written)
    assert all(np.array_equal(read[name], written[name]) for name in written)
    assert all(array.dtype == np.float32 for array in read.values())


def test_many_sequences_become_several_files(tmp_path):
    number = 2 * feature_store.SEQUENCES_PER_FILE + 1
    feature_store.write(tmp_path, sequences(number, 2))
    assert sorted(path.name for path in tmp_path.glob("*.npy")) == ["00000.npy", "00001.npy", "00002.npy"]
    assert feature_store.read(tmp_path)[f"clip {number - 1}"][0, 0] == number - 1


def test_memory_does_not_grow_with_the_number_of_sequences(tmp_path):
    def peak(number: int) -> int:
        tracemalloc.start()
        feature_store.write(tmp_path, sequences(number))
        size = tracemalloc.get_traced_memory()[1]
        tracemalloc.stop()
        return size

    peak(600)  # imports and caches of the first call
    extra_bytes = 1800 * 100 * 40 * 4
    assert peak(2400) - peak(600) < extra_bytes / 20


def test_no_sequences_are_an_empty_store(tmp_path):
    feature_store.write(tmp_path, [])
    assert feature_store.read(tmp_path) == {}


@pytest.mark.parametrize(("content", "message"), [(b"\xff\xfe\0", "cannot be read"), (b"name,start\na,0\n", "columns")])
def test_a_damaged_index_is_one_line(tmp_path, content, message):
    (tmp_path / "index.csv").write_bytes(content)
    with pytest.raises(UserError, match=rf"index\.csv: {message}.*; run `dvc repro`"):
        feature_store.read(tmp_path)


def test_the_summary_is_the_mean_and_standard_deviation_of_all_frames(tmp_path):
    feature_store.write(tmp_path, [("a", np.array([[0, 1]])), ("b", np.array([[2, 1], [4, 1]]))])
    table = feature_store.summary(tmp_path)
    np.testing.assert_allclose(table, [[0, 2, np.sqrt(8 / 3)], [1, 1, 0]])
