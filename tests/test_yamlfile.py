"""Every fault of a YAML file has its place, its cure, and comes with all the others."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Literal

import pytest
from pydantic import BaseModel, ConfigDict, Field, model_validator
from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from prospect.yamlfile import Faults, did_you_mean, position, positions, read_folder, read_model, read_yaml, unknown_value, without_item
from prospect.yamlquick import load_plain


class Strict(BaseModel):
    model_config = ConfigDict(extra="forbid")


class Want(Strict):
    trigger: Literal["executive_change", "relocation"]
    weight: float
    status: list[str] | str = "announced"


class Sequence(Strict):
    then: list[str]
    weight: float


class Deliver(Strict):
    email: str = "immediately"


class Sample(Strict):
    name: str
    threshold: float = Field(gt=0)
    wants: list[Want | Sequence]
    deliver: Deliver = Deliver()

    @model_validator(mode="after")
    def _reachable(self) -> Sample:
        if sum(want.weight for want in self.wants) < self.threshold:
            raise ValueError("the weights together do not reach the threshold; lower it")
        return self


GOOD = "name: moves\nthreshold: 30\nwants:\n  - {trigger: relocation, weight: 40}\n"

FAULTY = [
    # a misspelt key at the top, which a forgiving reader would ignore
    (GOOD + "treshold: 3\n", ["5:1: unknown key 'treshold' (did you mean 'threshold'?)"]),
    # a misspelt key in a list of unions: the member meant is not guessed wrongly
    (GOOD.replace("weight: 40", "wieght: 40"), ["4:27: unknown key 'wieght' (did you mean 'weight'?)"]),
    # a misspelt key one level down
    (GOOD + "deliver: {emial: immediately}\n", ["5:11: unknown key 'emial' (did you mean 'email'?)"]),
    # an unknown value of a closed list
    (GOOD.replace("relocation", "relocaton"), ["4:6: unknown value 'relocaton' (did you mean 'relocation'?)"]),
    # a missing key is shown at the thing that lacks it
    ("threshold: 30\nwants:\n  - {trigger: relocation, weight: 40}\n", ["1:1: missing key 'name'"]),
    # words where a number is wanted
    (GOOD.replace("30", "high"), ["2:1: 'threshold': input should be a valid number"]),
    # a rule over the whole file
    (GOOD.replace("30", "300"), ["1:1: the weights together do not reach the threshold; lower it"]),
    # several faults at once, in file order
    (
        "nmae: x\nthreshold: 0\nwants: []\n",
        ["1:1: unknown key 'nmae' (did you mean 'name'?)", "2:1: 'threshold': input should be greater than 0"],
    ),
    # the same key twice: YAML itself would take the last
    ("name: x\nname: y\n", ["2:1: not valid YAML"]),
    # not YAML at all
    ("name: [a\nthreshold: 3\n", ["2:10: not valid YAML"]),
    # an empty file
    ("", ["1:1: the file should hold keys and values; known keys: name, threshold, wants, deliver"]),
    # a list where keys should be
    ("- a\n", ["1:1: the file should hold keys and values"]),
]


@pytest.mark.parametrize("text, expected", FAULTY)
def test_faults_have_place_and_cure(tmp_path: Path, text: str, expected: list[str]) -> None:
    path = tmp_path / "sample.yml"
    path.write_text(text)
    with pytest.raises(Faults) as caught:
        read_model(path, Sample, shown="sample.yml")
    said = str(caught.value).splitlines()
    for fault in expected:
        assert any(line.startswith(f"sample.yml:{fault}") for line in said), said


def test_a_good_file_is_read_into_plain_values(tmp_path: Path) -> None:
    path = tmp_path / "sample.yml"
    path.write_text(GOOD)
    sample = read_model(path, Sample)
    assert sample.threshold == 30
    assert type(sample.name) is str


@pytest.mark.parametrize(
    "content, expected",
    [
        # Windows-1252 saved by an old editor
        ("name: Caf\xe9\n".encode("cp1252"), "not UTF-8"),
        # a folder or a file without permission reads as an error in words, too
        (None, "cannot be read"),
    ],
)
def test_unreadable_files(tmp_path: Path, content: bytes | None, expected: str) -> None:
    path = tmp_path / "sample.yml"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(Faults, match=expected):
        read_model(path, Sample)


def test_the_file_name_is_the_name(tmp_path: Path) -> None:
    (tmp_path / "moves.yml").write_text(GOOD.removeprefix("name: moves\n"))
    (tmp_path / "other.yml").write_text(GOOD)
    found, faults = read_folder(tmp_path, Sample, stem_key="name", root=tmp_path)
    assert found["moves"].name == "moves"
    assert [str(fault) for fault in faults] == ["other.yml:1:1: 'name' is 'moves', but the file's name says 'other'; leave the key out"]


@pytest.mark.parametrize(
    "word, known, expected",
    [
        # a slip of the finger
        ("wieght", ["weight", "within"], " (did you mean 'weight'?)"),
        # nothing near: no wild guess
        ("zzz", ["weight", "within"], ""),
    ],
)
def test_did_you_mean(word: str, known: list[str], expected: str) -> None:
    assert did_you_mean(word, known) == expected


def test_unknown_value_lists_the_known_when_none_is_near() -> None:
    assert unknown_value("kind", "qqq", ["b", "a"]) == "unknown kind 'qqq'; known: a, b"


# (the file, the index, what is left; None where it is no list of lines)
WITHOUT = [
    ("a: 1\nwants:\n  - {x: 1}  # first\n  - {x: 2}\nb: 2\n", 0, "a: 1\nwants:\n  - {x: 2}\nb: 2\n"),
    ("wants:\n  - {x: 1}\n  - {x: 2}\nb: 2\n", 1, "wants:\n  - {x: 1}\nb: 2\n"),
    # an item of several lines, and a list as far left as its key
    ("wants:\n- x: 1\n  y:\n    - 3\n- x: 2\nb: 2\n", 0, "wants:\n- x: 2\nb: 2\n"),
    # a comment between two items stays
    ("wants:\n  - {x: 1}\n  # the second\n  - {x: 2}\n", 0, "wants:\n  # the second\n  - {x: 2}\n"),
    ("wants: [{x: 1}, {x: 2}]\n", 0, None),
    ("extends: base\n", 0, None),
    ("wants:\n  - {x: 1}\n", 3, None),
]


@pytest.mark.parametrize("text, at, left", WITHOUT)
def test_an_item_is_left_out_and_every_other_line_stays(tmp_path: Path, text: str, at: int, left: str | None) -> None:
    path = tmp_path / "p.yml"
    path.write_text(text)
    assert without_item(path, ("wants", at)) == left


# how much of YAML the quick way must read, or refuse, just as ruamel does
WRITTEN = [
    "",
    "# a comment alone\n",
    "text alone",
    "{a: [1, 2], b: {c: x y, d: }}",
    "- yes\n- on\n- 0x1f\n- 0o17\n- 017\n- 1e3\n- .5\n- 1_000\n- .inf\n- ~\n- null\n- True\n",  # YAML 1.2: yes is a word
    "- '1'\n- \"t\\n\"\n- |\n  two\n  lines\n- >\n  two\n  lines\n- folded\n  words\n",  # what is quoted is text
    "a: 2025-01-01\nb: 2025-01-01T10:00:00Z\nc: 07:00\nd: 120d\n",
    "a: 1 # with a comment\nb: x#y\n",
    "true: 1\n1: 2\n",
    "? a\n: b\n",
    "\ufeffa: 1",
    "%YAML 1.1\n---\na: yes\n",
    # left to ruamel
    "a: &x [1]\nb: *x\n",
    "base: &x {a: 1}\nb: {<<: *x, c: 2}\n",
    "{[1]: 2}",
    "!!str 1",
    "a: !!int '7'",
    "=: 1\n",
    # refused
    "a: 1\na: 2\n",
    "1: a\n1.0: b\n",
    "a: 1\n---\nb: 2\n",
    "a: [",
    "\ta: 1",
    "a: !own 1",
    "b: *nowhere",
    "a: b: c",
]


@pytest.mark.parametrize("text", WRITTEN)
def test_the_quick_way_reads_what_ruamel_reads(text: str) -> None:
    def shown(load: Callable[[str], object]) -> str:
        try:
            return repr(load(text))
        except YAMLError as error:
            return type(error).__name__

    assert shown(load_plain) == shown(YAML(typ="safe").load)


def test_the_quick_way_reads_every_file_that_ships_as_ruamel_does() -> None:
    root = Path(__file__).resolve().parent.parent
    files = [
        path for folder in ("triggers/kinds", "crawler/catalog", "profiles/examples") for path in sorted((root / folder).glob("*.yml"))
    ]
    assert len(files) > 50
    assert [str(path) for path in files if repr(load_plain(text := path.read_text("utf-8"))) != repr(YAML(typ="safe").load(text))] == []


PLACED = [
    "# a comment\nname: x\nwants:\n  - {trigger: funding, weight: 3}\n  - then: [a, b]\n    within: 3d\n",
    "\ufeffname: x\nwants: [{trigger: funding}]\n",
    "name: &n x\nwants:\n  - *n\n  - {trigger: y}\n",  # anchors are ruamel's
]


@pytest.mark.parametrize("text", PLACED)
def test_places_are_the_same_read_either_way(tmp_path: Path, text: str) -> None:
    path = tmp_path / "x.yml"
    path.write_text(text, encoding="utf-8")
    wanted: list[list[str | int]] = [
        [],
        ["name"],
        ["wants"],
        ["wants", 0],
        ["wants", 0, "trigger"],
        ["wants", 1, "then", 1],
        ["wants", "Want", 1],
        ["examples"],
    ]
    node = read_yaml(path)
    assert positions(path, wanted) == [position(node, where) for where in wanted]
