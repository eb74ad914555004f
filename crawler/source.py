"""The model of a source file (sources/<name>.yml, crawler/catalog/<name>.yml): common keys here, the rest the spider's own."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from importlib import import_module
from pathlib import Path
from typing import Any, Literal, Self
from urllib.parse import urlsplit

from pydantic import BaseModel, ConfigDict, Field, SerializeAsAny, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic.functional_validators import ModelWrapValidatorHandler
from pydantic_core import InitErrorDetails
from rapidfuzz import fuzz, process

SCHEDULES = Literal["minutes", "hourly", "daily", "weekly", "monthly", "once"]
GROUPS = Literal["wires", "regulators", "states", "exchanges", "trade_press", "newsrooms", "jobs", "archives", "other"]


class SpiderOptions(BaseModel):
    """Options of a spider that has none of its own; every spider's `Options` has this shape."""

    model_config = ConfigDict(extra="forbid", frozen=True)


class Source(BaseModel):
    """One place that is watched; the file's stem is its name."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    name: str
    title: str
    publisher: str | None = None  # who puts the documents out; a page that names its publisher itself wins
    spider: str  # stem of a file in crawler/spiders
    start: tuple[str, ...] = ()  # addresses that the spider begins with
    enabled: bool = True
    group: GROUPS = "other"
    schedule: SCHEDULES = "daily"
    trust: float = Field(default=0.8, ge=0, le=1)  # how far its statements are to be believed; 1 is an official register
    terms: str | None = None  # what its operator asks of programs that read it
    evidence: str | None = None  # where its address is documented
    verified: date | Literal["never"] = "never"  # the day somebody last saw it answer
    robots: str | None = None  # reason why robots.txt does not bind this source; without one it is obeyed
    language: str | None = None  # ISO 639-1
    delay_s: float = Field(default=0.0, ge=0, le=600)  # least pause between two requests to one host
    requests_per_second: float | None = Field(default=None, gt=0, le=50)  # ceiling over all crawls of this machine
    daily_requests: int | None = Field(default=None, gt=0)  # budget for one host and day, over all crawls of this machine
    max_mb: float = Field(default=20, gt=0, le=500)  # a longer body is given up
    expect_per_day: float | None = Field(default=None, ge=0)  # floor for the health report; what is usual is learned
    render: bool = False  # pages need a browser: the `browser` extra
    options: SerializeAsAny[BaseModel] = SpiderOptions()  # the spider's own keys, which stand beside the others in the file

    @model_validator(mode="wrap")
    @classmethod
    def _spider_options(cls, value: Any, build: ModelWrapValidatorHandler[Self], info: ValidationInfo) -> Self:
        """Give the keys that are not the source's own to its spider's model, and report the faults of both at once."""
        if not isinstance(value, Mapping) or "options" in value or not _is_spider(value.get("spider")):
            return build(value)
        model = options_model(str(value["spider"]))
        own = {key: item for key, item in value.items() if key in cls.model_fields}
        faults: list[InitErrorDetails] = []
        for key in value:
            if key not in cls.model_fields and key not in model.model_fields:
                known = sorted({*cls.model_fields, *model.model_fields} - {"name", "options"})
                faults.append(_fault(key, f"unknown key '{key}'" + _nearest(key, known)))
        options: BaseModel = SpiderOptions()
        try:
            given = {key: item for key, item in value.items() if key in model.model_fields}
            options = model.model_validate(given, context=info.context)
        except ValidationError as error:
            faults += [_again(detail) for detail in error.errors()]
        try:
            source = build({**own, "options": options})
        except ValidationError as error:
            faults += [_again(detail) for detail in error.errors()]
        if faults:
            raise ValidationError.from_exception_data(cls.__name__, faults)
        return source

    @field_validator("spider")
    @classmethod
    def _known_spider(cls, spider: str) -> str:
        if not _is_spider(spider):
            raise ValueError(f"unknown spider '{spider}'" + _nearest(spider, spider_names()))
        return spider

    @field_validator("start")
    @classmethod
    def _addresses(cls, start: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        for url in start:
            parts = urlsplit(url)
            if info.data.get("spider") == "warc" and parts.scheme in ("", "file"):
                continue
            if parts.scheme not in ("http", "https") or not parts.hostname:
                raise ValueError(f"'{url}' is no address; one begins with https:// or http://")
        return start

    @model_validator(mode="after")
    def _start_given(self) -> Self:
        needs_start = getattr(type(self.options), "needs_start", True)
        if needs_start and not self.start:
            raise ValueError("missing key 'start': the addresses to begin with, as a list")
        return self

    def as_file(self) -> dict[str, Any]:
        """Return the keys and values as they would stand in the file, with the name."""
        shown = self.model_dump(mode="json", exclude={"options"})
        return {**shown, **self.options.model_dump(mode="json")}


def spider_names() -> list[str]:
    """Return the spiders there are: the files of crawler/spiders."""
    folder = Path(__file__).parent / "spiders"
    return sorted(path.stem for path in folder.glob("*.py") if not path.stem.startswith("_"))


def options_model(spider: str) -> type[BaseModel]:
    """Return the model of the keys that `spider` adds to a source file: its `Options`."""
    module = import_module(f"crawler.spiders.{spider}")
    model: type[BaseModel] = getattr(module, "Options", SpiderOptions)
    return model


def _is_spider(name: Any) -> bool:
    return isinstance(name, str) and name in spider_names()


def _nearest(word: str, known: list[str]) -> str:
    best = process.extractOne(word, known, scorer=fuzz.WRatio, score_cutoff=65)
    return f" (did you mean '{best[0]}'?)" if best else f"; known: {', '.join(known)}"


def _fault(key: str, message: str) -> InitErrorDetails:
    return InitErrorDetails(type="value_error", loc=(key,), input=key, ctx={"error": ValueError(message)})


def _again(detail: Any) -> InitErrorDetails:
    """Return a fault in the form that a ValidationError is made from."""
    again = InitErrorDetails(type=detail["type"], loc=detail["loc"], input=detail["input"])
    if "ctx" in detail:
        again["ctx"] = detail["ctx"]
    return again
