"""Read a section of params.yaml into the settings class that it drives."""

import math
from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ser.errors import UserError, require

PARAMS = Path("params.yaml")
SEEDS = 2**32  # what numpy and Keras both take
Settings = TypeVar("Settings")


def load(section: str, settings: type[Settings], path: Path = PARAMS) -> Settings:
    """Return `section` of params.yaml as an instance of the dataclass `settings`.

    The section's keys are the dataclass's fields, no more and no fewer. A field whose type is a number is converted, so
    that `-S train.epochs=2.5` is refused by name instead of failing hours later.

    Raises:
        UserError: the section is absent, a key is unknown or missing, or a value is of another type or not finite.
    """
    values = value(section, path)
    require(isinstance(values, dict), f"{path}: {section} is {values!r}; expected a section with keys")
    expected = {field.name: field.type for field in fields(settings)}
    for problem, names in (("unknown", set(values) - set(expected)), ("missing", set(expected) - set(values))):
        if names:
            name = min(names, key=str)
            raise UserError(f"{path}: {problem} {section}.{name}; expected the keys {', '.join(expected)}")
    return settings(**{name: _checked(f"{section}.{name}", values[name], expected[name], path) for name in expected})


def seed(path: Path = PARAMS) -> int:
    """Return the value `seed` of params.yaml, 0 to SEEDS - 1.

    Raises:
        UserError: it is something else.
    """
    given = _checked("seed", value("seed", path), int, path)
    require(0 <= given < SEEDS, f"{path}: seed is {given}; expected a number from 0 to {SEEDS - 1}")
    return given


def value(key: str, path: Path = PARAMS) -> object:
    """Return one top-level value of params.yaml, such as `folds`, read as YAML 1.2 like DVC does (1e-3 is a number)."""
    try:
        params = YAML(typ="safe").load(path)
    except (OSError, ValueError, YAMLError) as error:
        raise UserError(f"{path}: cannot be read as YAML ({error})") from error
    if not isinstance(params, dict) or key not in params:
        raise UserError(f"{path}: no {key!r}; add it, or take the file from the repository")
    return params[key]


def _checked(name: str, given: object, kind: type, path: Path) -> object:
    require(_finite(given), f"{path}: {name} is {given!r}; expected finite numbers")
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if isinstance(kind, type) and (not isinstance(given, kind) or (kind is int and isinstance(given, bool))):
        raise UserError(f"{path}: {name} is {given!r}; expected {kind.__name__}")
    return given


def _finite(given: object) -> bool:
    """Whether no number in `given`, however deep in its lists and mappings, is infinite or NaN."""
    if isinstance(given, (list, dict)):
        return all(map(_finite, given.values() if isinstance(given, dict) else given))
    return not isinstance(given, float) or math.isfinite(given)
