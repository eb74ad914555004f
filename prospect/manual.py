"""Prints docs/settings.md out of the models: `python -m prospect.manual > docs/settings.md`; a test holds the file against it."""

from __future__ import annotations

import inspect
import sys

from pydantic import BaseModel

from profiles.manual import fields_of
from prospect.settings import Crawl, Mail, Nlp, OwnPlaybook, Schedule, Settings, TargetSettings, Web

INTRODUCTION = """\
# The workspace's settings

`prospect.yml` in the workspace's folder; `prospect init` writes one with comments, `prospect check` reads it and names every fault
with line, column and cure, and `prospect schema` exports a JSON Schema for editors. A key that is not on this page is refused.

Secrets never stand in files: `${NAME}` anywhere in a value is filled in from the environment, and a variable that is not set is a
fault. Paths are taken from the workspace's folder."""
PARTS: dict[str, type[BaseModel]] = {
    "schedule": Schedule,
    "mail": Mail,
    "crm` and `channels": TargetSettings,
    "web": Web,
    "crawl": Crawl,
    "nlp": Nlp,
}


def manual() -> str:
    """Return docs/settings.md."""
    out = [INTRODUCTION, "## prospect.yml", fields_of(Settings)]
    for key, model in PARTS.items():
        out += [f"## Under `{key}`", " ".join(inspect.cleandoc(model.__doc__ or "").split()), fields_of(model)]
    out += [
        "## playbooks/&lt;kind&gt;.yml",
        "What the team adds to a kind's playbook, in mails and in `prospect brief`.",
        fields_of(OwnPlaybook),
    ]
    return "\n\n".join(out) + "\n"


if __name__ == "__main__":
    sys.stdout.write(manual())
