import pytest
from support.tiny_corpus import FEAR, NEUTRAL, PATHS, SURPRISE, write_files, zip_bytes

from speech_emotion.core.errors import UserError
from speech_emotion.corpus import verification
from speech_emotion.corpus.archives import AudioFile, open_audio_files
from speech_emotion.corpus.verification import VerificationReport


def verify(corpus, source, folder):
    folder.mkdir()
    with open_audio_files(source) as files:
        return verification.copy_verified(corpus, files, folder)


def test_each_kind_of_problem_is_reported_separately(corpus, clips, tmp_path):
    files = {path: clips[path] for path in PATHS[2:]}
    files |= {PATHS[1]: b"another recording", f"again/{SURPRISE}": clips[PATHS[-1]]}
    files |= {"mine.wav": b"mine", "OAF_back_bored.wav": b"another label", "notes.txt": b"no audio"}
    report = verify(corpus, write_files(tmp_path / "source", files), tmp_path / "copy")
    assert (report.missing, report.altered, report.duplicates) == ([FEAR], [NEUTRAL], [SURPRISE])
    assert report.unexpected == ["OAF_back_bored.wav", "mine.wav"]
    copied = {path.name: path.read_bytes() for path in (tmp_path / "copy").iterdir()}
    assert copied == {path.split("/")[1]: clips[path] for path in PATHS[2:]}
    assert report.copied == [corpus.clip_row(clip, corpus.hashes[clip]) for clip in sorted(copied)]


@pytest.mark.parametrize("folder", ["A", "Z"])
def test_correct_copy_is_used_beside_an_altered_one(corpus, clips, tmp_path, folder):
    source = write_files(tmp_path / "source", clips | {f"{folder}/{FEAR}": b"altered"})
    report = verify(corpus, source, tmp_path / "copy")
    assert (report.altered, report.duplicates) == ([], [FEAR])
    assert {row["clip"]: row["sha256"] for row in report.copied} == corpus.hashes


def test_unreadable_clip_is_altered(corpus, clips, tmp_path):
    damaged = zip_bytes(clips).replace(clips[PATHS[0]][:9], b"damaged..", 1)
    (tmp_path / "a.zip").write_bytes(damaged)
    assert verify(corpus, tmp_path / "a.zip", tmp_path / "copy").altered == [FEAR]
    assert not (tmp_path / "copy" / FEAR).exists()


@pytest.mark.parametrize("outside", [f"../{FEAR}", f"/{FEAR}", f"C:/{FEAR}", f"..\\{FEAR}"])
def test_nothing_is_written_outside_the_folder(corpus, clips, tmp_path, outside):
    (tmp_path / "a.zip").write_bytes(zip_bytes({outside: clips[PATHS[0]]}))
    before = set(tmp_path.rglob("*"))
    verify(corpus, tmp_path / "a.zip", tmp_path / "copy")
    assert set(tmp_path.rglob("*")) - before == {tmp_path / "copy", tmp_path / "copy" / FEAR}


def test_a_far_too_large_file_is_refused(corpus, tmp_path):
    with pytest.raises(UserError, match="bytes; expected at most"):
        verification.copy_verified(corpus, [AudioFile(FEAR, 51 * 2**20, open=None)], tmp_path)


def test_too_many_missing_or_altered_clips_are_named(corpus):
    report = VerificationReport(copied=[{"clip": "a.wav"}], missing=[NEUTRAL], altered=[FEAR])
    verification.check_complete(corpus, report, 2)
    with pytest.raises(UserError, match=f"missing 1 .{NEUTRAL}., altered .*1 .{FEAR}..*at most 1"):
        verification.check_complete(corpus, report, 1)


def test_names_are_summarized():
    assert verification.summarize_names([]) == "0"
    assert verification.summarize_names(["\x1b[2J.wav"]) == "1 (\\x1b[2J.wav)"
    assert verification.summarize_names([f"{number}.wav" for number in range(11)]).endswith("8.wav, 9.wav, ...)")


def test_corpus_report(corpus):
    copied = [corpus.clip_row(path) for path in PATHS[1:4]]
    report = VerificationReport(copied, missing=[FEAR], unexpected=["mine.wav"])
    assert verification.corpus_report(report) == {
        "clips": 3,
        "speakers": ["OAF", "YAF"],
        "per_speaker_and_emotion": ["OAF neutral: 1", "OAF surprise: 1", "YAF anger: 1"],
        "missing": [FEAR],
        "altered": [],
    }
