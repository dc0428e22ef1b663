import pytest
from support import tiny_corpus
from support.dataset_server import DatasetServer

from speech_emotion.corpus import description


@pytest.fixture(scope="session")
def clips():
    return tiny_corpus.make_clips()


@pytest.fixture
def corpus(tmp_path, clips, monkeypatch):
    """The tiny corpus, described below the current folder, with no source yet."""
    monkeypatch.chdir(tmp_path)
    tiny_corpus.describe(tmp_path / "corpora" / "tiny", clips)
    return description.load("tiny")


@pytest.fixture
def server(monkeypatch):
    monkeypatch.setenv("no_proxy", "127.0.0.1")
    with DatasetServer() as running:
        yield running
