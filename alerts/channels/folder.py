"""Writes mails as .eml files into a folder: the embedded default, which needs no mail server. Any mail program opens them."""

from __future__ import annotations

import contextlib
import os
import time
from collections.abc import Iterable, Iterator
from pathlib import Path
from urllib.parse import unquote

from alerts.channels import Outcome, one_by_one
from alerts.errors import Permanent, TryAgain
from alerts.settings import MailSettings
from store.records import Delivery

HALF = ".part"
LEFT_S = 3600.0  # nobody writes one file for an hour
PROVEN = "files parsed back by Python's email package"


def send(deliveries: Iterable[Delivery], settings: MailSettings) -> Iterator[Outcome]:
    """Write each mail to `<folder>/<key>.eml`; the same key is the same file, so that writing twice changes nothing."""
    folder = folder_of(settings)
    sweep(folder)
    return one_by_one(deliveries, lambda delivery: _write(delivery, folder))


def faults(settings: MailSettings) -> list[str]:
    """Return what is wrong with `mail.url`."""
    return [] if settings.url.partition(":")[2].strip("/") else ["mail.url: folder: needs a path, as in folder:out/mail"]


def folder_of(settings: MailSettings) -> Path:
    """Return the folder that `mail.url` names: folder:relative/path, folder:/absolute/path or folder:///absolute/path."""
    path = unquote(settings.url.partition(":")[2])
    return Path(path.removeprefix("//"))


def _write(delivery: Delivery, folder: Path) -> None:
    if not delivery.key.isalnum():
        raise Permanent(f"{folder}: the key {delivery.key!r} is no file name")
    write_atomically(folder / f"{delivery.key}.eml", str(delivery.payload["eml"]).encode("ascii"))


def sweep(folder: Path) -> None:
    """Remove what writers that were killed left behind: halves of files that nobody has touched for LEFT_S."""
    for half in folder.glob(f".*{HALF}"):
        with contextlib.suppress(OSError):  # another worker sweeps too
            if time.time() - half.stat().st_mtime > LEFT_S:
                half.unlink()


def write_atomically(path: Path, content: bytes) -> None:
    """Write `content` to `path` so that a reader sees all of it or none; leave a file that holds it already alone.

    Raise TryAgain naming the path and what the system said.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        if path.exists() and path.read_bytes() == content:
            return
        half = path.with_name(f".{path.name}.{os.getpid()}{HALF}")
        with half.open("wb") as file:
            file.write(content)
            file.flush()
            os.fsync(file.fileno())
        half.replace(path)
    except OSError as error:
        raise TryAgain(f"{path}: cannot be written ({error.strerror}); free or open the folder, it is tried again") from error
