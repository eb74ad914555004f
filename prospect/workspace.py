"""A workspace: prospect.yml, sources, profiles, company lists, own kinds and playbooks, read into one frozen `Workspace`.

Every fault of every file comes at once, as `file:line:column: message`. Secrets stand in files as ${ENV_NAME} only.
"""

from __future__ import annotations

import os
import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cache
from importlib.util import find_spec
from pathlib import Path
from typing import Any

from crawler.source import Source
from enrichment.counties import county_names, metros
from profiles.profile import Profile
from prospect.accounts import list_faults
from prospect.kinds import load_kinds, shipped_kinds
from prospect.profilefiles import closed_words, read_profile_folder
from prospect.settings import OwnPlaybook, Settings
from prospect.yamlfile import Fault, Faults, position, read_folder, read_model, read_yaml, shown_path, unknown_value
from triggers.kind import Kind

CATALOG = Path(__file__).resolve().parent.parent / "crawler" / "catalog"
ENV_NAME = re.compile(r"\$\{([A-Za-z_][A-Za-z0-9_]*)\}")


@dataclass(frozen=True)
class Workspace:
    """All that a workspace's files say, checked."""

    root: Path
    settings: Settings
    sources: Mapping[str, Source]  # own ones and those of the catalogue that are switched on
    profiles: Mapping[str, Profile]  # by stem
    kinds: Mapping[str, Kind]
    playbooks: Mapping[str, OwnPlaybook] = field(default_factory=dict)  # the workspace's additions, by kind

    @property
    def database_url(self) -> str:
        """The database's URL, a relative SQLite path taken from the workspace's folder."""
        url = self.settings.database
        for prefix in ("sqlite:///", "sqlite+pysqlite:///"):
            if url.startswith(prefix) and not url.startswith(prefix + "/"):
                return f"{prefix}{self.root / url.removeprefix(prefix)}"
        return url

    @property
    def archive(self) -> Path:
        return self.root / self.settings.crawl.archive

    @property
    def entity_model(self) -> str:
        """What finds names in texts: "builtin", "rules", an installed spaCy package, or the path of a pipeline's folder."""
        model = self.settings.nlp.model
        return str(self.path(model)) if self.path(model).is_dir() else model

    def path(self, relative: str) -> Path:
        """Return a path that a file of the workspace names."""
        return self.root / relative


@cache
def catalog_sources() -> dict[str, Source]:
    """Return the sources that ship, by name; raise Faults when one of the files is wrong."""
    catalog, faults = read_folder(CATALOG, Source, stem_key="name", root=CATALOG.parent.parent)
    if faults:
        raise Faults(faults)
    return catalog


def workspace_root(given: Path | None) -> Path:
    """Return the workspace's folder: `given`, else $PROSPECT_WORKSPACE, else the current folder.

    Raise Faults when there is no prospect.yml in it.
    """
    root = given or Path(os.environ.get("PROSPECT_WORKSPACE") or ".")
    if not (root / "prospect.yml").is_file():
        where = "here" if root == Path() else f"in {root}"
        raise Faults(
            [
                Fault(
                    "prospect.yml",
                    0,
                    0,
                    f"there is no workspace {where}; make one with `prospect init DIR` or name one with --workspace DIR",
                )
            ]
        )
    return root.resolve()


def load_workspace(root: Path, *, environment: Mapping[str, str] = os.environ) -> Workspace:
    """Return the workspace in `root`; raise Faults with every fault of every file."""
    faults: list[Fault] = []
    catalog = catalog_sources()
    settings = None
    try:
        settings = read_settings(root, catalog, environment)
    except Faults as error:
        faults += error.faults
    own, wrong = read_folder(root / "sources", Source, stem_key="name", root=root)
    faults += wrong
    try:
        kinds = load_kinds(root / "triggers", root=root)
    except Faults as error:
        faults += error.faults
        kinds = dict(shipped_kinds())
    profiles, wrong = read_profiles(root, kinds)
    faults += wrong
    playbooks, wrong = read_folder(root / "playbooks", OwnPlaybook, root=root)
    faults += wrong
    faults += [Fault(f"playbooks/{name}.yml", 1, 1, unknown_value("kind", name, kinds)) for name in playbooks if name not in kinds]
    if settings:
        faults += _missing_registers(root, settings)
        faults += _missing_model(root, settings)
    faults += list_faults(root, profiles)
    if faults or settings is None:
        raise Faults(faults)
    sources = {name: catalog[name] for name in settings.sources} | {name: source for name, source in own.items() if source.enabled}
    return Workspace(root, settings, sources, profiles, kinds, playbooks)


def read_settings(root: Path, catalog: Mapping[str, Source], environment: Mapping[str, str]) -> Settings:
    """Return prospect.yml with its ${ENV_NAME}s filled in; raise Faults for every fault, an unset variable among them."""
    path = root / "prospect.yml"
    node = read_yaml(path, shown="prospect.yml")
    unset = [
        Fault("prospect.yml", *position(node, where), f"the environment variable {name} is not set; `export {name}=…` before starting")
        for where, name in _named_variables(node)
        if name not in environment
    ]
    if unset:
        raise Faults(unset)
    return read_model(
        path,
        Settings,
        context={"catalog": catalog, "environment": environment},
        shown="prospect.yml",
        fill=lambda text: _filled(text, environment),
    )


def read_profiles(root: Path, kinds: Mapping[str, Kind]) -> tuple[dict[str, Profile], list[Fault]]:
    """Return the profiles of a workspace by stem, and the faults of those that are wrong."""
    return read_profile_folder(root / "profiles", context=profile_context(kinds), root=root)


def profile_context(kinds: Mapping[str, Kind]) -> dict[str, Any]:
    """Return what a profile's validators go by: the facts that each kind has, and the words of those that hold one of a few."""
    values = {name: {fact: words for fact, how in kind.facts.items() if (words := closed_words(how.says))} for name, kind in kinds.items()}
    facts = {name: tuple(kind.facts) for name, kind in kinds.items()}
    return {"kinds": facts, "values": values, "metros": sorted(metros()), "counties": county_names()}


def _missing_registers(root: Path, settings: Settings) -> list[Fault]:
    node = read_yaml(root / "prospect.yml")
    return [
        Fault(
            "prospect.yml",
            *position(node, ["companies", index]),
            f"the company list '{each.file}' is not there (looked for {shown_path(root / each.file, None)})",
        )
        for index, each in enumerate(settings.companies)
        if not (root / each.file).exists()
    ]


def _missing_model(root: Path, settings: Settings) -> list[Fault]:
    """Return a fault where the model is nowhere; looked for without loading spaCy, which few commands need."""
    model = settings.nlp.model
    if model in ("builtin", "rules") or (root / model).is_dir() or (model.isidentifier() and find_spec(model)):
        return []
    return [
        Fault(
            "prospect.yml",
            *position(read_yaml(root / "prospect.yml"), ["nlp", "model"]),
            f"'{model}' is neither 'builtin', 'rules', a folder nor an installed spaCy package; install it, or name one of these",
        )
    ]


def _named_variables(node: Any, where: tuple[str | int, ...] = ()) -> list[tuple[tuple[str | int, ...], str]]:
    if isinstance(node, str):
        return [(where, name) for name in ENV_NAME.findall(node)]
    if isinstance(node, Mapping):
        return [found for key, value in node.items() for found in _named_variables(value, (*where, key))]
    if isinstance(node, list):
        return [found for index, value in enumerate(node) for found in _named_variables(value, (*where, index))]
    return []


def _filled(text: str, environment: Mapping[str, str]) -> str:
    return ENV_NAME.sub(lambda match: environment[match[1]], text)
