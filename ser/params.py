"""Read a section of params.yaml into the settings class that it drives."""

from dataclasses import fields
from pathlib import Path
from typing import TypeVar

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from ser.errors import UserError, require

PARAMS = Path("params.yaml")
Settings = TypeVar("Settings")


def load(section: str, settings: type[Settings], path: Path = PARAMS) -> Settings:
    """Return `section` of params.yaml as an instance of the dataclass `settings`.

    The section's keys are the dataclass's fields, no more and no fewer. A field whose type is a number is converted, so
    that `-S train.epochs=2.5` is refused by name instead of failing hours later.

    Raises:
        UserError: the section is absent, a key is unknown or missing, or a value is of another type.
    """
    values = value(section, path)
    require(isinstance(values, dict), f"{path}: {section} is {values!r}; expected a section with keys")
    expected = {field.name: field.type for field in fields(settings)}
    for problem, names in (("unknown", set(values) - set(expected)), ("missing", set(expected) - set(values))):
        if names:
            raise UserError(f"{path}: {problem} {section}.{sorted(names)[0]}; expected the keys {', '.join(expected)}")
    return settings(**{name: _checked(f"{section}.{name}", values[name], expected[name], path) for name in expected})


def value(key: str, path: Path = PARAMS) -> object:
    """Return one top-level value of params.yaml, such as `seed`, read as YAML 1.2 like DVC does (1e-3 is a number)."""
    try:
        params = YAML(typ="safe").load(path)
    except (OSError, YAMLError) as error:
        raise UserError(f"{path}: cannot be read as YAML ({error})") from error
    if not isinstance(params, dict) or key not in params:
        raise UserError(f"{path}: no {key!r}; add it, or take the file from the repository")
    return params[key]


def _checked(name: str, given: object, kind: type, path: Path) -> object:
    if kind is float and isinstance(given, int) and not isinstance(given, bool):
        return float(given)
    if isinstance(kind, type) and (not isinstance(given, kind) or (kind is int and isinstance(given, bool))):
        raise UserError(f"{path}: {name} is {given!r}; expected {kind.__name__}")
    return given
