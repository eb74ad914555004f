"""Imports point downwards only: store.records and store.errors < store < the five stages < prospect < scheduler; the stages do not know each other."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import pytest

ROOT = Path(__file__).parent.parent
STAGES = ("crawler", "triggers", "enrichment", "profiles", "alerts")
OURS = ("store", *STAGES, "fixtures", "prospect", "scheduler")

# the modules of the stages that keep what they do: the crawler's pipelines, with the child process they live in, and the outbox
MAY_USE_THE_STORE = {
    "crawler/child.py": ("store.database",),  # a process of its own opens its own connections
    "crawler/pipelines.py": ("store.queries", "store.tables"),
    "alerts/outbox.py": ("store.queries", "store.tables"),
}


class Import(NamedTuple):
    """One import statement's module, "store.queries" for `from store import queries` too."""

    file: str
    line: int
    module: str

    @property
    def top(self) -> str:
        return self.module.partition(".")[0]


def files_of(package: str) -> list[Path]:
    path = ROOT / package
    return sorted(path.rglob("*.py")) if path.is_dir() else [path.with_suffix(".py")]


def imports_of(source: str, file: str) -> Iterator[Import]:
    """Yield every import of a module, those inside functions and under TYPE_CHECKING too, and modules named to import_module."""
    package = file.removesuffix(".py").removesuffix("/__init__").replace("/", ".")
    for node in ast.walk(ast.parse(source, file)):
        if isinstance(node, ast.Import):
            yield from (Import(file, node.lineno, alias.name) for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            parent = node.module or ""
            if node.level:
                up = package.split(".")[: -node.level] if not file.endswith("__init__.py") else package.split(".")[: 1 - node.level or None]
                parent = ".".join([*up, *filter(None, [node.module])])
            # `from store import queries` is an import of store.queries; `from store.records import Lead` of store.records
            yield from (Import(file, node.lineno, f"{parent}.{alias.name}") for alias in node.names)
        elif isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute | ast.Name):
            name = node.func.attr if isinstance(node.func, ast.Attribute) else node.func.id
            if name in ("import_module", "__import__") and node.args and isinstance(node.args[0], ast.Constant):
                yield Import(file, node.lineno, str(node.args[0].value))


def all_imports(package: str) -> list[Import]:
    return [each for path in files_of(package) for each in imports_of(path.read_text(), str(path.relative_to(ROOT)))]


def fault(each: Import) -> str | None:
    """Return what is wrong with an import of ours, None when it may stand."""
    here = each.file.partition("/")[0].removesuffix(".py")
    if each.top not in OURS or each.top == here:
        return None
    if each.top == "scheduler":
        return "nothing imports the roof"
    if here == "scheduler":
        return None
    if each.top == "prospect":
        return "the top floor is not imported from below"
    if here == "prospect":
        return None
    if here == "store":
        return "the store knows nobody"
    if each.top == "store":
        allowed = ("store.records", "store.errors", *MAY_USE_THE_STORE.get(each.file, ()))
        if any(each.module == name or each.module.startswith(f"{name}.") for name in allowed):
            return None
        return (
            "of the store only store.records and store.errors; what asks the database stands in crawler/pipelines.py and alerts/outbox.py"
        )
    return "the five stages (and the demo world) do not know each other; prospect/ brings them together"


@pytest.mark.parametrize("package", OURS)
def test_imports_point_downwards(package: str) -> None:
    wrong = [f"{each.file}:{each.line}: imports {each.module}: {why}" for each in all_imports(package) if (why := fault(each))]
    assert wrong == []


def test_every_package_has_a_floor() -> None:
    """A new top-level package must be given its place here, or its imports would go unseen."""
    packages = {path.parent.name for path in ROOT.glob("*/__init__.py")} - {"tests", "benchmarks", "build", "docs"}
    modules = {path.stem for path in ROOT.glob("*.py")}
    assert packages | modules == set(OURS)


def test_records_are_made_of_the_standard_library_alone() -> None:
    tops = {each.top for each in imports_of((ROOT / "store/records.py").read_text(), "store/records.py")}
    assert tops <= sys.stdlib_module_names | {"__future__"}


def test_yaml_is_opened_on_the_top_floor_alone() -> None:
    """So that every fault has its file and line; the stages own the models of what people write and open nothing."""
    found = [
        f"{each.file}:{each.line}" for package in (*STAGES, "store") for each in all_imports(package) if each.top in ("ruamel", "yaml")
    ]
    assert found == []


DECIDING = ("triggers", "enrichment", "profiles")


@pytest.mark.parametrize("package", DECIDING)
def test_what_decides_reads_no_clock_and_no_environment(package: str) -> None:
    """The same records and the same `now` give the same answer, in a replay of last year too."""
    wrong = []
    for path in files_of(package):
        for node in ast.walk(ast.parse(path.read_text())):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                called = f"{node.value.id}.{node.attr}"
                if called in {"datetime.now", "datetime.utcnow", "datetime.today", "date.today", "time.time", "os.environ", "os.getenv"}:
                    wrong.append(f"{path.relative_to(ROOT)}:{node.lineno}: {called}; take it as an argument")
    assert wrong == []


GUARDS = [
    ("prospect/pipeline.py", "import alerts.outbox", None),  # downwards
    ("alerts/outbox.py", "from store import queries", None),  # one of the two
    ("alerts/message.py", "from store.records import Lead", None),
    ("alerts/message.py", "from store import records", None),
    ("alerts/message.py", "import store", "of the store only"),
    ("crawler/child.py", "from store import queries", "of the store only"),  # it may open the store, not ask it
    ("alerts/message.py", "from store import queries", "of the store only"),
    ("alerts/outbox.py", "from store.migrations import HEAD", "of the store only"),
    ("profiles/decide.py", "from enrichment.stories import tell_stories", "do not know each other"),
    ("triggers/extract.py", "def f():\n    import crawler.read", "do not know each other"),  # inside a function counts
    ("crawler/child.py", "import importlib\nimportlib.import_module('prospect.workspace')", "not imported from below"),
    ("store/queries/leads.py", "from profiles import decide", "knows nobody"),
    ("prospect/cli/work.py", "from scheduler import main", "the roof"),
    ("crawler/spiders/feed.py", "from ..source import Source", None),  # relative, within the package
    ("crawler/spiders/feed.py", "from ...store import queries", "of the store only"),  # relative, out of it
    ("crawler/__init__.py", "from . import source", None),
]


@pytest.mark.parametrize(("file", "source", "expected"), GUARDS)
def test_the_guard_itself(file: str, source: str, expected: str | None) -> None:
    found = [why for each in imports_of(source, file) if (why := fault(each))]
    assert (found == []) if expected is None else any(expected in why for why in found), found
