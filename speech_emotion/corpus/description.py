"""What a corpus is, read from corpora/<name>/: licence, sources and clip names (corpus.yaml), hashes (SHA256SUMS)."""

import re
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from pathlib import Path

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from speech_emotion.core.errors import UserError, require

ROOT = Path("corpora")
KINDS = {str: "text", int: "a whole number", dict: "keys and values", tuple: "a list"}  # in YAML
EMOTIONS = ("anger", "boredom", "calm", "disgust", "fear", "happiness", "neutral", "sadness", "surprise")
GROUPS = {"speaker", "word", "emotion"}


@dataclass(frozen=True)
class Source:
    """Where clips come from; one of the first three is set.

    Attributes:
        path: a folder or a zip archive on this machine.
        url: a zip archive on the web, checked against `md5` or `sha256` where one is known.
        module: a generator, run as `python -m <module> <folder>`.
    """

    path: str = ""
    url: str = ""
    module: str = ""
    md5: str = ""
    sha256: str = ""

    def __str__(self) -> str:
        return self.path or self.url or self.module


@dataclass(frozen=True)
class Corpus:
    """The keys of corpus.yaml, and the hashes of SHA256SUMS.

    Attributes:
        megabytes: size of the unpacked audio, in 10^6 bytes; it bounds what is downloaded and unpacked.
        sources: tried in this order.
        pattern: regular expression with the groups speaker, word and emotion. It describes the end of a clip's path;
            what it matched, with "_" for "/", is the clip's name. So a pattern can take the speaker from the folder.
        labels: emotion code in the name -> one of EMOTIONS. A name with another code is no clip of this corpus.
        speakers: speaker as written in a name -> speaker, where the two differ.
        aliases: name a clip has in some copies -> its published name.
        generate: what the generator of a generated corpus reads; no business of this module.
        hashes: published clip name -> SHA-256. Empty where no list is kept: then the names decide.
    """

    name: str
    title: str
    licence: str
    citation: str
    pattern: str
    labels: dict
    sources: tuple = ()
    licence_url: str = ""
    homepage: str = ""
    doi: str = ""
    megabytes: int = 1000
    speakers: dict = field(default_factory=dict)
    aliases: dict = field(default_factory=dict)
    generate: dict = field(default_factory=dict)
    hashes: dict = field(default_factory=dict)

    @cached_property
    def _regex(self) -> re.Pattern:
        return re.compile(rf"(?:.*/)?(?P<clip>{self.pattern})", re.DOTALL)

    @property
    def variable(self) -> str:
        """The environment variable that names a source of the user's own, such as SER_CREMA_D."""
        return f"SER_{self.name.upper().replace('-', '_')}"

    def clip(self, path: str) -> str | None:
        """Return the clip's published name for a path with "/" in any layout, or None where it is no clip's."""
        folder, _, name = path.rpartition("/")
        match = self._regex.fullmatch(f"{folder}/{self.aliases.get(name, name)}")
        return match["clip"].replace("/", "_") if match and match["emotion"] in self.labels else None

    def row(self, clip: str, sha256: str) -> dict[str, str]:
        """Return the clip's row of the clip table (see ser.clips); speaker, word and emotion are read from its name."""
        match = self._regex.fullmatch(clip)
        speaker, word, emotion = (match[group] for group in ("speaker", "word", "emotion"))
        speaker, emotion = self.speakers.get(speaker, speaker), self.labels[emotion]
        return {"clip": clip, "speaker": speaker, "word": word, "emotion": emotion, "sha256": sha256}


def names(root: Path = ROOT) -> list[str]:
    """Return the names of all corpora under `root`, sorted."""
    return sorted(path.parent.name for path in Path(root).glob("*/corpus.yaml"))


def load(name: str, root: Path = ROOT) -> Corpus:
    """Read a corpus.

    Raises:
        UserError: there is no such corpus, or its files say something that cannot be used; the message names the key.
    """
    path = Path(root) / name / "corpus.yaml"
    if name not in names(root):
        raise UserError(f"no corpus {name!r} in {root}; expected one of: {', '.join(names(root))}")
    given = _mapping(path)
    known = {item.name for item in fields(Corpus)} - {"name", "hashes"}
    needed = {"title", "licence", "citation", "sources", "pattern", "labels"}
    for problem, keys in (("unknown", set(given) - known), ("missing", needed - set(given))):
        if keys:
            key = min(keys, key=str)
            raise UserError(f"{path}: {problem} key {key!r}; expected the keys {', '.join(sorted(known))}")
    _check_types(path, given)
    if given.get("megabytes", 1) < 1:
        raise UserError(f"{path}: megabytes is {given['megabytes']}; expected 1 or more")
    given["sources"] = tuple(_source(path, source) for source in given["sources"])
    _check_pattern(path, given["pattern"], given["labels"])
    return _with_hashes(Corpus(name=name, **given), path.with_name("SHA256SUMS"))


def _mapping(path: Path) -> dict:
    try:
        given = YAML(typ="safe").load(path)
    except (OSError, ValueError, YAMLError) as error:
        raise UserError(f"{path}: cannot be read as YAML ({error})") from error
    if not isinstance(given, dict):
        raise UserError(f"{path}: expected keys and values, got {type(given).__name__}")
    return given


def _check_types(path: Path, given: dict) -> None:
    for key, kind in ((item.name, item.type) for item in fields(Corpus) if item.name in given):
        fits = isinstance(given[key], list if kind is tuple else kind) and not isinstance(given[key], bool)
        require(fits, f"{path}: {key} is {given[key]!r}; expected {KINDS[kind]}")
    for key in {"labels", "speakers", "aliases"} & set(given):
        for text in (text for pair in given[key].items() for text in pair):
            require(isinstance(text, str), f"{path}: {key} has {text!r}; expected text; put it in quotes")


def _source(path: Path, given: dict) -> Source:
    if not isinstance(given, dict) or not all(isinstance(value, str) for value in given.values()):
        raise UserError(f"{path}: sources has {given!r}; expected keys and values such as url: https://...")
    if set(given) - {"url", "module", "md5", "sha256"} or len({"url", "module"} & set(given)) != 1:
        raise UserError(f"{path}: source {dict(given)}; expected url (with md5 or sha256 where known), or module")
    return Source(**given)


def _check_pattern(path: Path, pattern: str, labels: dict) -> None:
    try:
        lacking = GROUPS - set(re.compile(pattern).groupindex)
    except re.error as error:
        raise UserError(f"{path}: pattern is no regular expression: {error}") from error
    if lacking:
        raise UserError(f"{path}: pattern lacks the group {sorted(lacking)[0]}; expected {', '.join(sorted(GROUPS))}")
    if unknown := set(labels.values()) - set(EMOTIONS):
        raise UserError(f"{path}: label {sorted(map(str, unknown))[0]!r}; expected one of {', '.join(EMOTIONS)}")


def _with_hashes(corpus: Corpus, path: Path) -> Corpus:
    """Read lines of `sha256sum`: the hash, two spaces and a path in the layout of the list's maker."""
    hashes = {}
    for number, line in enumerate(path.read_text("utf-8", errors="replace").splitlines() if path.exists() else [], 1):
        digest, _, published = line.partition("  ")
        clip = corpus.clip(published)
        if not re.fullmatch("[0-9a-f]{64}", digest) or clip is None or clip in hashes:
            raise UserError(f"{path}:{number}: {line!r}; expected a SHA-256 and a clip's path, each clip once")
        hashes[clip] = digest
    return replace(corpus, hashes=hashes)
