"""Read params.yaml, one section at a time, into the class that describes it."""

from pathlib import Path
from typing import Annotated, Any, TypeVar

import yaml
from pydantic import BaseModel, ConfigDict, Field, TypeAdapter, ValidationError

from speech_emotion.core.errors import UserError

PARAMS = Path("params.yaml")
LONGEST_VALUE = 100  # characters of a value in a message; a whole section is longer
Seed = Annotated[int, Field(ge=0, lt=2**32)]  # what NumPy and Keras both accept
AnyType = TypeVar("AnyType")


class Section(BaseModel):
    """A section of a YAML file. Unknown keys, NaN and infinite numbers are errors; values cannot be changed later."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


def load(key: str, kind: type[AnyType], path: Path = PARAMS) -> AnyType:
    """Return a value of params.yaml as the type `kind`. A dot in `key` leads into a section, as in `voices.model`.

    PyYAML reads 1e-3 as text. A float field turns it into a number.

    Raises:
        UserError: the key is missing, a key of the section is unknown or missing, or a value does not fit `kind`.
    """
    value: Any = read_yaml(path)
    for name in key.split("."):
        if not isinstance(value, dict) or name not in value:
            raise UserError(f"{path}: no key {key!r}; add it, or restore the file from Git")
        value = value[name]
    return validate(value, kind, path, key)


def load_changed(key: str, kind: type[AnyType], changes: dict[str, Any], path: Path, name: str) -> AnyType:
    """Return a section of params.yaml with `changes`, which were read from the file `path` at `name`, laid over it.

    Raises:
        UserError: as `load`, or a change does not fit `kind`.
    """
    return validate(load(key, dict[str, Any]) | changes, kind, path, name)


def read_yaml(path: Path) -> dict[str, Any]:
    """Return the content of a YAML file of keys and values. Raises UserError if it is missing or something else."""
    try:
        content = yaml.safe_load(path.read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as error:
        raise UserError(f"{path}: cannot be read as YAML ({error})") from error
    if not isinstance(content, dict):
        raise UserError(f"{path}: expected keys and values, got {type(content).__name__}")
    return content


def validate(content: object, kind: type[AnyType], path: Path, name: str = "") -> AnyType:
    """Return `content`, found at `name` in the file `path`, as the type `kind`.

    Raises:
        UserError: names the first value that does not fit, and what was expected.
    """
    try:
        return TypeAdapter(kind).validate_python(content)
    except ValidationError as error:
        first = error.errors()[0]
        place = ".".join(str(part) for part in (name, *first["loc"]) if part != "")
        raise UserError(f"{path}: {_explain(place, first)}") from error


def _explain(place: str, problem: dict[str, Any]) -> str:
    if problem["type"] == "missing":
        return f"missing key {place}"
    if problem["type"] == "extra_forbidden":
        return f"unknown key {place}"
    message = problem["msg"].removeprefix("Value error, ").replace("Input should be", "expected")
    value = repr(problem["input"])
    if len(value) > LONGEST_VALUE:
        return f"{place}: {message}"
    return f"{place} is {value}; {message}"
