"""Finds the trigger kinds: the files that ship in triggers/kinds and those of a workspace's triggers/ folder."""

from __future__ import annotations

from functools import cache
from pathlib import Path

from prospect.yamlfile import Fault, Faults, read_folder
from triggers.kind import Kind

SHIPPED = Path(__file__).resolve().parent.parent / "triggers" / "kinds"


@cache
def shipped_kinds() -> dict[str, Kind]:
    """Return the kinds that ship, by name; raise Faults when one of the files is wrong."""
    kinds, faults = read_folder(SHIPPED, Kind, context={"proven": True}, stem_key="name", root=SHIPPED.parent.parent)
    if faults:
        raise Faults(faults)
    return kinds


def load_kinds(*folders: Path, root: Path | None = None) -> dict[str, Kind]:
    """Return the shipped kinds and those of `folders`, by name.

    Raise Faults for every fault of every file, and for a kind of a workspace that bears a shipped kind's name.
    """
    kinds = dict(shipped_kinds())
    faults: list[Fault] = []
    for folder in folders:
        own, wrong = read_folder(folder, Kind, stem_key="name", root=root)
        faults += wrong
        for name, kind in own.items():
            if name in kinds:
                shown = f"{folder.name}/{name}.yml"
                faults.append(Fault(shown, 1, 1, f"a kind '{name}' ships with the program; name the file otherwise"))
            kinds[name] = kind
    if faults:
        raise Faults(faults)
    return kinds
