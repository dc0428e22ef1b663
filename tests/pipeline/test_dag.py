"""The `deps` and `params` in dvc.yaml are what each stage imports and reads: no more, no less."""

import ast
import re
from fnmatch import fnmatch
from pathlib import Path

import pytest
from ruamel.yaml import YAML

PIPELINES = [Path("dvc.yaml"), Path("seeds/dvc.yaml")]
STAGES = {name: stage for path in PIPELINES for name, stage in YAML(typ="safe").load(path)["stages"].items()}


def imported(module: Path) -> set[Path]:
    """Return the project's own modules that a module imports, itself included, followed to the end."""
    found, pending = set(), [module]
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


def read_params(module: Path) -> set[str]:
    """Return the keys that a stage asks `ser.params` for."""
    calls = [node for node in ast.walk(ast.parse(module.read_text())) if isinstance(node, ast.Call)]
    reads = [call for call in calls if ast.unparse(call.func) in ("params.load", "params.value")]
    seed = {"seed" for call in calls if ast.unparse(call.func) == "params.seed"}
    return {ast.literal_eval(call.args[0]) for call in reads} | seed


def any_item(path: str) -> str:
    """Return the path as a pattern that fits every item of the matrix."""
    return re.sub(r"\$\{item[^}]*\}", "*", path)


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_the_import_closure(stage):
    modules = {str(path) for path in imported(Path("stages", f"{stage}.py"))} | {"stages/__init__.py"}
    listed = {dep for dep in STAGES[stage]["deps"] if dep.endswith(".py")}
    assert listed == modules


@pytest.mark.parametrize("stage", STAGES)
def test_params_are_the_keys_that_the_stage_reads(stage):
    assert set(STAGES[stage].get("params", [])) == read_params(Path("stages", f"{stage}.py"))


def guide() -> list[tuple[set[str], set[str]]]:
    """Return the modules and the stages that each row of CONTRIBUTING.md's table names."""
    text, named = Path("CONTRIBUTING.md").read_text(), []
    for _, edit, reruns in (line.split(" | ") for line in text.splitlines() if line.startswith("|") and "`" in line):
        stages = set(STAGES) if "every stage" in reruns else set(re.findall(r"`(\w+)`", reruns))
        named.append((set(re.findall(r"`(ser/\w+\.py)`", edit)), stages))
    return named


def test_the_guide_names_the_stages_that_depend_on_a_module():
    for modules, stages in guide():
        depending = {stage for stage in STAGES if modules & set(STAGES[stage]["deps"])} - {"vary"}  # goes with train
        assert depending <= stages <= set(STAGES), modules


def test_the_guide_names_every_module():
    modules = {str(path) for path in Path("ser").glob("*.py")} - {"ser/__init__.py"}
    assert set.union(*(named for named, _ in guide())) == modules


def test_only_stages_read_params():
    for module in [*Path("ser").glob("*.py"), *Path("app").glob("*.py")]:
        assert module.name == "params.py" or not read_params(module), module


def test_every_stage_is_in_the_pipeline():
    assert {path.stem for path in Path("stages").glob("*.py")} == {"__init__", *STAGES}


@pytest.mark.parametrize("stage", STAGES)
def test_deps_are_sorted_and_exist_or_are_made(stage):
    deps = STAGES[stage]["deps"]
    assert deps == sorted(deps)
    made = [out for other in STAGES.values() for kind in ("outs", "metrics", "plots") for out in other.get(kind, [])]
    made = {any_item(out if isinstance(out, str) else next(iter(out))) for out in made}
    for dep in deps:
        inside = f"{any_item(dep)}/*"  # a folder that the outs of other stages lie in
        known = Path(dep).is_file() or any(fnmatch(dep, out) or fnmatch(out, inside) for out in made)
        assert known or dep.startswith("corpora/"), dep


def test_no_dynamic_imports_that_the_closure_cannot_see():
    for module in Path("ser").glob("*.py"):
        text = module.read_text()
        assert "importlib" not in text, module
        assert "__import__" not in text, module


def test_the_package_itself_imports_nothing():
    assert len(ast.parse(Path("ser/__init__.py").read_text()).body) == 1  # its docstring


def test_every_stage_is_described_in_prose():
    assert all(len(stage["desc"].split()) > 10 for stage in STAGES.values())
