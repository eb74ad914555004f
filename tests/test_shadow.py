"""The flat packages install as an application: no other distribution may provide their names, and the wheel holds every file."""

from __future__ import annotations

import importlib
import shutil
import subprocess
import sys
import tomllib
import zipfile
from collections.abc import Iterable, Mapping
from importlib.metadata import packages_distributions
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
OURS = ("alerts", "crawler", "enrichment", "fixtures", "profiles", "prospect", "scheduler", "store", "triggers")


def shadows(provided: Mapping[str, Iterable[str]]) -> list[str]:
    """Return a sentence for each of our names that another installed distribution provides too."""
    return [
        f"'{name}' is also provided by {', '.join(sorted(others))}: uninstall it, or give prospect an environment of its own"
        for name in OURS
        if (others := set(provided.get(name, ())) - {"prospect"})
    ]


def test_no_other_distribution_provides_a_name_of_ours() -> None:
    assert shadows(packages_distributions()) == []


def test_the_guard_itself() -> None:
    assert shadows({"store": ["prospect"], "numpy": ["numpy"]}) == []
    assert len(shadows({"store": ["prospect", "app-store"], "alerts": ["alerts"]})) == 2


@pytest.mark.parametrize("name", OURS)
def test_our_names_mean_our_files(name: str) -> None:
    """Guards against a folder or module of the same name that stands earlier on the path."""
    module = importlib.import_module(name)
    assert Path(module.__file__ or "").is_relative_to(ROOT)


def tracked_files() -> list[str]:
    """Return the files under version control that belong to our packages; without git, those that lie there."""
    listed = subprocess.run(["git", "ls-files", *OURS, "scheduler.py"], cwd=ROOT, capture_output=True, text=True, check=False)
    if listed.returncode == 0 and listed.stdout:
        return [name for name in listed.stdout.splitlines() if (ROOT / name).is_file()]
    found = [path for name in OURS for path in (ROOT / name).rglob("*") if path.is_file() and "__pycache__" not in path.parts]
    return [str(path.relative_to(ROOT)) for path in found] + ["scheduler.py"]


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> zipfile.ZipFile:
    """The wheel, built from a copy of what is under version control."""
    folder = tmp_path_factory.mktemp("build")
    source = folder / "source"
    for name in [*tracked_files(), "pyproject.toml", "README.md", "LICENSE"]:
        (source / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(ROOT / name, source / name)
    # setuptools itself rather than pip, which would fetch it into an environment of its own
    code = "import sys; from setuptools import build_meta; print(build_meta.build_wheel(sys.argv[1]))"
    done = subprocess.run([sys.executable, "-c", code, str(folder)], cwd=source, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return zipfile.ZipFile(folder / done.stdout.split()[-1])


def test_the_wheel_holds_every_file(wheel: zipfile.ZipFile) -> None:
    """YAML, templates, weights, migrations: what works from the work tree works installed."""
    missing = sorted(set(tracked_files()) - set(wheel.namelist()))
    assert missing == []


def test_the_wheel_holds_nothing_else(wheel: zipfile.ZipFile) -> None:
    tops = {name.partition("/")[0] for name in wheel.namelist() if ".dist-info/" not in name}
    assert {top.removesuffix(".py") for top in tops} == set(OURS)


def test_every_package_is_listed() -> None:
    """Packages are named one by one; one that is forgotten would be missing from the wheel."""
    listed = set(tomllib.loads((ROOT / "pyproject.toml").read_text())["tool"]["setuptools"]["packages"])
    found = {str(path.parent.relative_to(ROOT)).replace("/", ".") for name in OURS for path in (ROOT / name).rglob("__init__.py")}
    assert listed == found
