"""What `prospect check` finds beyond the grammar of the files: examples that fail, lists that cannot be read, idle parts."""

from __future__ import annotations

from dataclasses import dataclass, field
from itertools import islice

from enrichment.registry import RegisterError, read_companies
from profiles.examples import check_examples
from prospect.kinds import shipped_kinds
from prospect.pipeline import build_extractor
from prospect.workspace import Workspace

ROWS_READ = 1000  # of each company list; `prospect companies import` reads them all


@dataclass
class Report:
    """Faults (exit status 1), warnings, and one line on what is there."""

    faults: list[str] = field(default_factory=list)
    warnings: list[str] = field(default_factory=list)
    summary: str = ""


def check_workspace(workspace: Workspace) -> Report:
    """Return what is wrong or idle in a workspace whose files all read."""
    report = Report()
    for slug, profile in workspace.profiles.items():
        report.faults += [f"profiles/{slug}.yml: {fault}" for fault in check_examples(profile, slug)]
    own = [kind for name, kind in workspace.kinds.items() if name not in shipped_kinds()]
    if own:
        extractor = build_extractor(workspace)
        for kind in own:
            report.faults += [f"triggers/{kind.name}.yml: {fault}" for fault in extractor.check_examples(kind)]
    for name in workspace.settings.companies:
        try:
            if not list(islice(read_companies(workspace.path(name)), ROWS_READ)):
                report.warnings.append(f"{name}: the company list is empty")
        except RegisterError as error:
            report.faults.append(str(error))
    if not workspace.sources:
        report.warnings.append(
            "no source is switched on; put one into sources/, or name one of the catalogue under 'sources' in prospect.yml"
        )
    if not workspace.profiles:
        report.warnings.append("no profile in profiles/; without one nothing can alert")
    if "example.com" in workspace.settings.contact:
        report.warnings.append("prospect.yml: 'contact' is still the example's; publishers will not know whom to write to")
    report.summary = (
        f"ok: {len(workspace.sources)} sources, {len(workspace.profiles)} profiles, {len(workspace.kinds)} kinds, "
        f"{len(workspace.settings.companies)} company lists"
    )
    return report
