"""A workspace is read whole: every fault of every file at once, each with place and cure."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest

from prospect.cli.setup import TEMPLATE
from prospect.workspace import load_workspace, workspace_root
from prospect.yamlfile import Faults


@pytest.fixture
def workspace(tmp_path: Path) -> Path:
    """The workspace that `prospect init` writes."""
    folder = tmp_path / "ws"
    shutil.copytree(TEMPLATE, folder)
    return folder


def edit(folder: Path, file: str, old: str, new: str) -> None:
    path = folder / file
    text = path.read_text()
    assert old in text, f"{file} no longer holds {old!r}"
    path.write_text(text.replace(old, new, 1))


def test_what_init_writes_is_right_as_it_is(workspace: Path) -> None:
    loaded = load_workspace(workspace, environment={})
    assert list(loaded.profiles) == ["hq-moves"]
    assert loaded.sources == {}, "the example source is switched off until its address is a real one"
    assert loaded.database_url == f"sqlite:///{workspace}/prospect.db"


WRONG = [
    # a misspelt key in prospect.yml
    ("prospect.yml", "contact:", "contcat:", "unknown key 'contcat' (did you mean 'contact'?)"),
    # a contact nobody can write to
    ("prospect.yml", "you@example.com ", "nobody ", "'nobody' holds no e-mail address"),
    # a register that is not there
    ("prospect.yml", "accounts/companies.csv", "accounts/compnies.csv", "the company list 'accounts/compnies.csv' is not there"),
    # a time of day without quotes is a number in YAML 1.1, and still no time here
    ("prospect.yml", '"02:30"', '"25:30"', "'25:30' is no time of day"),
    # a time zone misspelt
    ("prospect.yml", "America/New_York", "America/New_Yrok", "unknown time zone 'America/New_Yrok' (did you mean 'America/New_York'?)"),
    # a mail server with a scheme nobody speaks
    ("prospect.yml", "folder:mails", "mailto:me", "unknown mail scheme 'mailto'"),
    # a port that is none
    ("prospect.yml", "folder:mails", "smtp://mail.example.com:port", "is not a mail server's address"),
    # a CRM that there is none of
    ("prospect.yml", "csv: {folder: crm}", "sugar: {folder: crm}", "unknown channel 'sugar'"),
    # a secret that the environment does not hold
    (
        "prospect.yml",
        "folder:mails",
        "smtp://u:${NO_SUCH_PASSWORD}@mail.example.com",
        "the environment variable NO_SUCH_PASSWORD is not set",
    ),
    # a model that is neither installed nor a folder
    (
        "prospect.yml",
        "mail:\n",
        "nlp: {model: en_no_such_model}\nmail:\n",
        "'en_no_such_model' is neither 'builtin', 'rules', a folder nor an installed spaCy package",
    ),
    # a catalogue source misspelt
    ("prospect.yml", "# sources: [sec-8k]", "sources: [no-such-source]", "unknown catalogue source 'no-such-source'"),
    # a source whose spider is unknown
    ("sources/example-newsroom.yml", "spider: feed", "spider: fed", "unknown spider 'fed'"),
    # a source with a misspelt key
    ("sources/example-newsroom.yml", "publisher:", "publischer:", "unknown key 'publischer' (did you mean 'publisher'?)"),
    # a trigger misspelt
    ("profiles/hq-moves.yml", "trigger: relocation", "trigger: relocaton", "unknown trigger 'relocaton' (did you mean 'relocation'?)"),
    # a fact that the kind does not have
    ("profiles/hq-moves.yml", "level: c_suite, direction: [joins, changes]}", "levl: c_suite}", "levl"),
    # a state that is none
    ("profiles/hq-moves.yml", "MD, VA, DC", "MD, VX", "unknown state 'VX'"),
    # a length of time in no unit
    ("profiles/hq-moves.yml", "half_life: 90d", "half_life: 90", "90"),
    # a list of accounts that is not there
    ("profiles/hq-moves.yml", "accounts/customers.csv", "accounts/custmers.csv", "unknown list 'accounts/custmers.csv'"),
]


@pytest.mark.parametrize("file, old, new, expected", WRONG)
def test_faults_name_the_file_and_the_cure(workspace: Path, file: str, old: str, new: str, expected: str) -> None:
    edit(workspace, file, old, new)
    with pytest.raises(Faults) as caught:
        load_workspace(workspace, environment={})
    said = [line for line in str(caught.value).splitlines() if expected in line]
    assert said, str(caught.value)
    assert said[0].startswith(file)


def test_the_faults_of_all_files_come_at_once(workspace: Path) -> None:
    edit(workspace, "prospect.yml", "contact:", "contcat:")
    edit(workspace, "sources/example-newsroom.yml", "spider: feed", "spider: fed")
    edit(workspace, "profiles/hq-moves.yml", "threshold: 55", "threshold: many")
    (workspace / "playbooks" / "relocatoin.yml").write_text("questions: [When?]\n")
    with pytest.raises(Faults) as caught:
        load_workspace(workspace, environment={})
    assert {fault.path for fault in caught.value.faults} >= {
        "prospect.yml",
        "sources/example-newsroom.yml",
        "profiles/hq-moves.yml",
        "playbooks/relocatoin.yml",
    }


def test_secrets_come_from_the_environment(workspace: Path) -> None:
    edit(workspace, "prospect.yml", "folder:mails", "smtp+starttls://rep:${MAIL_PASSWORD}@mail.example.com:587")
    loaded = load_workspace(workspace, environment={"MAIL_PASSWORD": "s3cret"})
    assert loaded.settings.mail.url == "smtp+starttls://rep:s3cret@mail.example.com:587"


def test_a_folder_without_workspace_says_how_to_make_one(tmp_path: Path) -> None:
    with pytest.raises(Faults, match="prospect init DIR"):
        workspace_root(tmp_path)
