"""The manual is printed from the code, and the schema for editors takes what the program takes."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from ruamel.yaml import YAML

from profiles.manual import EXAMPLE, manual, scoring_manual
from profiles.profile import Profile
from profiles.schema import json_schema
from prospect.manual import manual as settings_manual
from tests.profiles_factories import CONTEXT, KINDS
from tests.test_profiles_examples import SHIPPED

DOCS = Path(__file__).parent.parent / "docs"


def test_the_manual_is_up_to_date() -> None:
    assert (DOCS / "profiles.md").read_text(encoding="utf-8") == manual(), "run `python -m profiles.manual profiles > docs/profiles.md`"
    assert (DOCS / "scoring.md").read_text(encoding="utf-8") == scoring_manual(), (
        "run `python -m profiles.manual scoring > docs/scoring.md`"
    )


def test_the_manual_of_settings_is_up_to_date() -> None:
    assert (DOCS / "settings.md").read_text(encoding="utf-8") == settings_manual(), "run `python -m prospect.manual > docs/settings.md`"


@pytest.mark.parametrize("printed", [manual, settings_manual], ids=["profiles", "settings"])
def test_every_key_has_its_words_in_the_manual(printed: Callable[[], str]) -> None:
    assert not [line for line in printed().splitlines() if line.startswith("- **`") and line.rstrip().endswith(":")]


def test_the_example_of_the_manual_is_a_profile() -> None:
    content = YAML(typ="safe").load(EXAMPLE.strip("`").removeprefix("yaml"))
    assert Profile.model_validate(content, context=CONTEXT).threshold == 55


@pytest.mark.parametrize("path", SHIPPED, ids=lambda path: path.stem)
def test_the_schema_takes_the_profiles_that_ship(path: Path) -> None:
    import jsonschema

    content = json.loads(json.dumps(YAML(typ="safe").load(path.read_text(encoding="utf-8")), default=str))
    jsonschema.validate(content, json_schema(KINDS))
    wrong = content | {"treshold": 5}
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate(wrong, json_schema(KINDS))
