"""Download a corpus from the source that the user names, or else from its first source that is complete."""

import errno
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from hashlib import sha256
from pathlib import Path

from pydantic import NonNegativeInt

from speech_emotion.core.errors import UserError
from speech_emotion.core.params import Section
from speech_emotion.corpus import archives, http, verification
from speech_emotion.corpus.description import Corpus, Source
from speech_emotion.corpus.http import RETRY_POLICY, RetryPolicy
from speech_emotion.corpus.verification import VerificationReport

DISK_FULL = {errno.ENOSPC, errno.EDQUOT}
MAX_COPIES = 4  # of the whole corpus in one archive; the Kaggle archive of TESS holds everything twice


class DownloadSettings(Section):
    """The section `download` of params.yaml, where its key is explained."""

    max_missing: NonNegativeInt


def fetch_corpus(
    corpus: Corpus,
    folder: Path,
    max_missing: int,
    environment: Mapping[str, str] = os.environ,
    policy: RetryPolicy = RETRY_POLICY,
) -> VerificationReport:
    """Put the verified clips of `corpus` into `folder`/raw, without subfolders, and replace what was there.

    If the environment variable `corpus.environment_variable` names a source, no other is tried. Each source that is
    tried is printed, and why it is not used. Incomplete downloads stay in `folder`/download for the next call.

    Raises:
        UserError: no source has the corpus (the message has the reason for each), or the disk is full.
    """
    user = _user_source(corpus, environment)
    failures: list[str] = []
    with _explain_full_disk(corpus, folder):
        for source in [user] if user else corpus.sources:
            print(f"{corpus.name}: trying {source}")
            try:
                with _local_copy(corpus, source, folder, policy) as path:
                    return _replace_clips(corpus, path, folder, max_missing)
            except UserError as error:
                failures.append(f"{source}: {error}")
                print(f"{corpus.name}: not used: {failures[-1]}")
                _archive_path(source, folder).unlink(missing_ok=True)  # so that the next run downloads it again
    raise UserError(
        f"{'; '.join(failures)}; get {corpus.name} from {corpus.homepage or 'its publisher'} and set "
        f"{corpus.environment_variable} to its folder, zip archive or http(s) address"
    )


def _user_source(corpus: Corpus, environment: Mapping[str, str]) -> Source | None:
    """Return the source that the corpus's environment variable names, or None if it is unset."""
    variable = corpus.environment_variable
    value = environment.get(variable)
    if value is None:
        return None
    if re.match(r"https?://", value):
        return Source(url=value)
    path = os.path.expanduser(value)
    if not os.path.isdir(path) and not os.path.isfile(path):
        raise UserError(
            f"{variable} is {value!r}, which does not exist; expected a folder, a zip archive or an http(s) address "
            f"with the clips of {corpus.name}; or unset it to use the sources in corpora/{corpus.name}"
        )
    return Source(path=path)


@contextmanager
def _local_copy(corpus: Corpus, source: Source, folder: Path, policy: RetryPolicy) -> Iterator[Path]:
    """Yield a folder or zip archive on this machine with the files of the source."""
    if source.path:
        yield Path(source.path)
    elif source.module:
        with _empty_folder(folder / ".generated") as generated:
            _generate(source.module, generated)
            yield generated
    else:
        archive = _archive_path(source, folder)
        archive.parent.mkdir(parents=True, exist_ok=True)
        http.download(source, archive, MAX_COPIES * corpus.megabytes * 10**6, policy)
        yield archive


def _archive_path(source: Source, folder: Path) -> Path:
    """Return where the archive of a source is downloaded to. No two sources share a partial download."""
    return folder / "download" / f"{sha256(source.url.encode()).hexdigest()[:8]}.zip"


def _generate(module: str, folder: Path) -> None:
    """Run the generator in a new process, so that its bytes depend on nothing that is loaded in this one."""
    status = subprocess.run([sys.executable, "-m", module, str(folder)], check=False).returncode
    if status != 0:
        raise UserError(f"python -m {module} ended with status {status}; see its messages above")


def _replace_clips(corpus: Corpus, source: Path, folder: Path, max_missing: int) -> VerificationReport:
    """Replace `folder`/raw with the verified clips of a folder or archive. On an error nothing changes."""
    with _empty_folder(folder / ".new") as new:
        with archives.open_audio_files(source) as files:
            report = verification.copy_verified(corpus, files, new)
        verification.check_complete(corpus, report, max_missing)
        shutil.rmtree(folder / "raw", ignore_errors=True)
        new.rename(folder / "raw")
    shutil.rmtree(folder / "download", ignore_errors=True)  # incomplete downloads from other sources, too
    return report


@contextmanager
def _empty_folder(folder: Path) -> Iterator[Path]:
    """Yield an empty folder that is removed at the end. What an interrupted run left in it is removed first."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


@contextmanager
def _explain_full_disk(corpus: Corpus, folder: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        if error.errno not in DISK_FULL:
            raise
        raise UserError(
            f"the disk is full: {corpus.name} needs about {corpus.megabytes:,} MB in {folder}, and as much again while "
            "it is unpacked; free some space and run this again (an incomplete download is resumed)"
        ) from error
