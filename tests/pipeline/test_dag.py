"""The `deps` and `params` in dvc.yaml are what each stage imports and reads: no more, no less."""

import ast
import re
import subprocess
import sys
from fnmatch import fnmatch
from pathlib import Path

import pytest
import yaml
from support.programs import run_python

PIPELINES = {
    "": Path("dvc.yaml"),
    "seeds/": Path("experiments/seeds/dvc.yaml"),
    "voices/": Path("voices/dvc.yaml"),
    "ablation/": Path("experiments/ablation/dvc.yaml"),
    "opensmile/": Path("experiments/opensmile/dvc.yaml"),
    "tess_and_others/": Path("experiments/tess_and_others/dvc.yaml"),
}
STAGES = {
    prefix + name: stage
    for prefix, path in PIPELINES.items()
    for name, stage in yaml.safe_load(path.read_text())["stages"].items()
}
LIBRARY = sorted(Path("speech_emotion").rglob("*.py"))


def stage_file(stage: str) -> Path:
    module = re.match(r"python -m ([\w.]+)", STAGES[stage]["cmd"])[1]
    return Path(*module.split(".")).with_suffix(".py")


def import_closure(module: Path) -> set[Path]:
    """Return the project's own modules that a module imports, directly or not, itself included."""
    found = set()
    pending = [module]
    while pending:
        current = pending.pop()
        if current not in found:
            found.add(current)
            pending += direct_imports(current)
    return found


def direct_imports(module: Path) -> list[Path]:
    names = []
    for node in ast.walk(ast.parse(module.read_text())):
        if isinstance(node, ast.Import):
            names += [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            names += [node.module, *(f"{node.module}.{alias.name}" for alias in node.names)]
    paths = [Path(*name.split(".")).with_suffix(".py") for name in names]
    return [path for path in paths if path.is_file()]


def folder_or_file(module: Path) -> str:
    """Return what dvc.yaml lists for a module: its folder for the library, the file itself for a stage."""
    return str(module) if module.parts[0] == "stages" else str(module.parent)


def params_read(module: Path) -> set[str]:
    """Return the keys that a stage reads from params.yaml, or from another file of settings; * for a name in a key."""
    calls = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
    keys = [call.args[0] for call in calls if ast.unparse(call.func) in ("params.load", "params.load_changed")]
    return {re.sub("{.*?}", "*", ast.unparse(key).removeprefix("f").strip("'")) for key in keys}


def params_listed(stage: str) -> set[str]:
    """Return the keys in dvc.yaml, of params.yaml or of another file."""
    keys = []
    for entry in STAGES[stage].get("params", []):
        keys += [entry] if isinstance(entry, str) else next(iter(entry.values()))
    return {any_item(key) for key in keys}


def any_item(path: str) -> str:
    """Return a path of dvc.yaml as a pattern that fits every item of the matrix."""
    return re.sub(r"\$\{item[^}]*\}", "*", path)


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_the_imported_folders(stage):
    imported = {folder_or_file(module) for module in import_closure(stage_file(stage))}
    listed = {dep for dep in STAGES[stage]["deps"] if dep.startswith(("speech_emotion", "stages"))}
    assert listed == imported


def test_the_package_of_the_stages_does_no_more_than_pin_the_arithmetic_before_numpy_is_imported():
    """It is no dep of any stage, because what it calls is in core, which every stage depends on."""
    assert all("speech_emotion/core" in stage["deps"] for stage in STAGES.values())
    _docstring, *statements = ast.parse(Path("stages/__init__.py").read_text()).body
    assert list(map(ast.unparse, statements)) == [
        "from speech_emotion.core.environment import pin_arithmetic",
        "pin_arithmetic()",
    ]
    code = "import os, sys, stages; print('numpy' in sys.modules, os.environ['OPENBLAS_NUM_THREADS'])"
    ran = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, env={"PATH": ""})
    assert ran.stdout.split() == ["False", "1"], ran.stderr


@pytest.mark.parametrize("stage", STAGES)
def test_params_are_the_keys_that_the_stage_reads(stage):
    read = params_read(stage_file(stage))
    if stage == "seeds/train_seeds":  # is given its seed
        read -= {"seed"}
    assert params_listed(stage) == read


def test_only_stages_read_params():
    for module in LIBRARY:
        assert not params_read(module), module


def test_every_stage_is_in_a_pipeline():
    used = {stage_file(stage) for stage in STAGES}
    assert {path for path in Path("stages").rglob("*.py") if path.name != "__init__.py"} == used


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_sorted_and_exist_or_are_made_by_a_stage(stage):
    deps = STAGES[stage]["deps"]
    assert deps == sorted(deps)
    outs = [out for other in STAGES.values() for kind in ("outs", "metrics", "plots") for out in other.get(kind, [])]
    made = {any_item(out if isinstance(out, str) else next(iter(out))) for out in outs}
    for dep in deps:
        inside = f"{any_item(dep)}/*"  # a folder that holds the outs of other stages
        known = Path(dep).exists() or any(fnmatch(dep, out) or fnmatch(out, inside) for out in made)
        assert known or dep.startswith("corpora/"), dep


def test_rooms_import_each_other_without_a_circle():
    rooms = {}
    for module in LIBRARY:
        room = rooms.setdefault(module.parent, set())
        room.update(path.parent for path in direct_imports(module) if path.parent != module.parent)
    while free := [room for room, others in rooms.items() if not others & set(rooms)]:
        for room in free:
            del rooms[room]
    assert not rooms, "these rooms import each other in a circle"


def test_packages_import_nothing_by_themselves():
    for module in Path("speech_emotion").glob("*/__init__.py"):
        assert len(ast.parse(module.read_text()).body) == 1, module  # the docstring


def test_the_library_loads_when_the_predictor_is_used():
    code = """
import speech_emotion, sys
print("numpy" in sys.modules)
print(speech_emotion.Predictor.__module__, hasattr(speech_emotion, "absent"))
"""
    assert run_python("-c", code).stdout.split() == ["False", "speech_emotion.inference.predictor", "False"]


def test_tensorflow_is_imported_in_one_place_and_only_for_training():
    setup = Path("speech_emotion/network/tensorflow_setup.py")
    stages = list(Path("stages").rglob("*.py"))
    for module in [*LIBRARY, *stages]:
        imports = re.search(r"^\s*(import|from) (tensorflow|keras)", module.read_text(), re.MULTILINE)
        assert not imports or module == setup, module
    training = {str(stage.relative_to("stages")) for stage in stages if setup in import_closure(stage)}
    of_voices = {"voices/ablate.py", "voices/baselines.py", "voices/train.py", "voices/train_tess.py"}
    assert training == {"train.py", "baselines.py"} | of_voices
