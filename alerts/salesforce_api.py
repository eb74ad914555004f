"""Salesforce's own calls: session, SOQL, upserts one by one, by collection and by Bulk API 2.0; and what its errors mean for a delivery."""

from __future__ import annotations

import csv
import io
import time
from collections.abc import Iterator, Mapping, Sequence
from typing import Any
from urllib.parse import quote

import httpx

from alerts.calls import call, refusal
from alerts.errors import DeliveryError, Misconfigured, Permanent, TryAgain
from alerts.rehearsal import Notebook
from alerts.settings import Target
from alerts.wording import clean

VERSION = "v62.0"
KEY = "Prospect_Key__c"
COLLECTION = 200  # records in one collection call
SUBREQUESTS = 25  # in one composite batch
QUERY_CHARS = 8_000  # a query goes in the address, which Salesforce cuts off at 16,384 bytes, and encoding may double it
BULK_WAIT_S = 240.0  # for all jobs of one hand-over together, well within a lease
# errors that say the set-up or the mapping is wrong, and that a mended one sends the lead by itself
SETUP_ERRORS = {
    "INVALID_FIELD",
    "INVALID_FIELD_FOR_INSERT_UPDATE",
    "INVALID_TYPE",
    "INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST",
    "REQUIRED_FIELD_MISSING",
    "INSUFFICIENT_ACCESS_OR_READONLY",
    "INSUFFICIENT_ACCESS_ON_CROSS_REFERENCE_ENTITY",
    "API_DISABLED_FOR_ORG",
    "FIELD_INTEGRITY_EXCEPTION",
    "STRING_TOO_LONG",
    "JSON_PARSER_ERROR",
    "InvalidBatch",  # what a bulk job calls a column that is not there
}
PASSING_ERRORS = {
    "UNABLE_TO_LOCK_ROW",
    "SERVER_UNAVAILABLE",
    "REQUEST_LIMIT_EXCEEDED",
    "REQUEST_RUNNING_TOO_LONG",
    "TXN_SECURITY_METERING_ERROR",
    "ApiBatchItems Limit exceeded",
}
Record = dict[str, Any]


def soql(text: str) -> str:
    """Return `text` as a SOQL string."""
    return "'" + clean(text, 250).replace("\\", "\\\\").replace("'", "\\'") + "'"


class Session:
    """One session: an access token, renewed once when it has run out. With a notebook, nothing is written but there."""

    def __init__(self, client: httpx.Client, settings: Target, notebook: Notebook | None = None) -> None:
        self.client = client
        self.settings = settings
        self.notebook = notebook
        self.instance = (settings.url or "").rstrip("/")
        self.access_token = "" if settings.options.get("client_id") else settings.token or ""
        self.bulk_until_s = time.monotonic() + float(settings.options.get("bulk_wait_s", BULK_WAIT_S))

    # ---- reading

    def query(self, words: str, *, deleted: bool = False) -> list[Record]:
        """Return all records of a SOQL query, page by page; with `deleted` those in the recycle bin too."""
        answer = self.call("GET", f"/services/data/{VERSION}/{'queryAll' if deleted else 'query'}", params={"q": words}).json()
        rows: list[Record] = answer["records"]
        while not answer.get("done", True):
            answer = self.call("GET", answer["nextRecordsUrl"]).json()
            rows += answer["records"]
        return rows

    def query_in(self, words: str, values: Sequence[str], *, deleted: bool = False) -> list[Record]:
        """Return the records of a query whose "{}" stands for a list of values, asked in as many calls as the address has room for."""
        rows: list[Record] = []
        for some in _fitting(values, QUERY_CHARS):
            rows += self.query(words.format(", ".join(some)), deleted=deleted)
        return rows

    def queries(self, several: Sequence[str]) -> list[list[Record] | DeliveryError]:
        """Return the records of each query, SUBREQUESTS to a call; one that is refused does not keep the others from an answer."""
        found: list[list[Record] | DeliveryError] = []
        for start in range(0, len(several), SUBREQUESTS):
            asked = [{"method": "GET", "url": f"{VERSION}/query?q={quote(words)}"} for words in several[start : start + SUBREQUESTS]]
            body = {"batchRequests": asked, "haltOnError": False}
            for result in self.call("POST", f"/services/data/{VERSION}/composite/batch", json=body).json()["results"]:
                said = result["result"]
                if result["statusCode"] == 200:
                    found.append(said["records"])
                else:
                    found.append(self.fault(str(said[0].get("errorCode", "")), str(said[0].get("message", "")), ()))
        return found

    # ---- writing

    def upsert(self, kind: str, external_id: str, values: Mapping[str, Any]) -> str:
        """Make the record with this external id, and return its Salesforce id."""
        if self.notebook:
            return self.notebook.note(f"{kind} {external_id}, made", values)
        path = f"/services/data/{VERSION}/sobjects/{kind}/{KEY}/{quote(external_id, safe='')}"
        made: str = self.call("PATCH", path, json=dict(values), headers=self._assignment(kind, values)).json()["id"]
        return made

    def upsert_many(self, kind: str, records: Mapping[str, Mapping[str, Any]], *, bulk: bool) -> dict[str, str | DeliveryError]:
        """Make records (external id -> fields), and return for each its Salesforce id or why it was refused.

        By collection calls, or with `bulk` by one job of Bulk API 2.0. Raise DeliveryError when nothing at all could be said.
        """
        done: dict[str, str | DeliveryError] = {}
        groups: dict[str, dict[str, Mapping[str, Any]]] = {}
        for key, values in records.items():
            groups.setdefault(self._assignment(kind, values).get("Sforce-Auto-Assign", ""), {})[key] = values
        for assign, group in groups.items():
            # a job runs no assignment rule but one that is named by its id, so that leads for the active rule go by collection
            if bulk and len(group) > COLLECTION and assign != "TRUE":
                done |= self._bulk(kind, group, assign)
            else:
                keys = list(group)
                for start in range(0, len(keys), COLLECTION):
                    done |= self._collection(kind, {key: group[key] for key in keys[start : start + COLLECTION]}, assign)
        return done

    def _collection(self, kind: str, records: Mapping[str, Mapping[str, Any]], assign: str) -> dict[str, str | DeliveryError]:
        body = {
            "allOrNone": False,
            "records": [{"attributes": {"type": kind}, KEY: key, **values} for key, values in records.items()],
        }
        headers = {"Sforce-Auto-Assign": assign} if assign else {}
        answers = self.call("PATCH", f"/services/data/{VERSION}/composite/sobjects/{kind}/{KEY}", json=body, headers=headers).json()
        done: dict[str, str | DeliveryError] = {}
        for key, answer in zip(records, answers, strict=True):
            if answer["success"]:
                done[key] = str(answer["id"])
            else:
                (error, *_) = answer["errors"] or [{}]
                done[key] = self.fault(str(error.get("statusCode", "")), str(error.get("message", "")), error.get("fields") or ())
        return done

    def _bulk(self, kind: str, records: Mapping[str, Mapping[str, Any]], assign: str) -> dict[str, str | DeliveryError]:
        jobs = f"/services/data/{VERSION}/jobs/ingest"
        asked = {"object": kind, "externalIdFieldName": KEY, "contentType": "CSV", "operation": "upsert", "lineEnding": "LF"}
        if assign not in {"", "TRUE", "FALSE"}:
            asked["assignmentRuleId"] = assign
        job = f"{jobs}/{self.call('POST', jobs, json=asked).json()['id']}"
        columns = [KEY, *dict.fromkeys(field for values in records.values() for field in values)]
        table = io.StringIO(newline="")
        writer = csv.DictWriter(table, columns, lineterminator="\n", restval="")  # an empty cell leaves the field alone
        writer.writeheader()
        writer.writerows({KEY: key, **values} for key, values in records.items())
        self.call("PUT", f"{job}/batches", content=table.getvalue().encode("utf-8", "replace"), headers={"Content-Type": "text/csv"})
        self.call("PATCH", job, json={"state": "UploadComplete"})
        self._wait(kind, job)
        done: dict[str, str | DeliveryError] = {row[KEY]: row["sf__Id"] for row in self._results(f"{job}/successfulResults/")}
        for row in self._results(f"{job}/failedResults/"):
            code, _, said = row["sf__Error"].partition(":")
            done[row[KEY]] = self.fault(code, said.rstrip("- "), ())
        left = TryAgain(f"{self.settings.name}: the job for {kind} ended without a word on this record; sent again")
        return {key: done.get(key, left) for key in records}

    def _wait(self, kind: str, job: str) -> None:
        """Return when a job has ended well. Raise DeliveryError when it failed, or takes so long that it is called off."""
        pause_s = 0.2
        while True:
            said = self.call("GET", job).json()
            if said["state"] == "JobComplete":
                return
            if said["state"] in {"Failed", "Aborted"}:
                code, _, words = str(said.get("errorMessage") or said["state"]).partition(" : ")
                fault = self.fault(code, words or f"the bulk job for {kind} {said['state'].lower()}", ())
                # what ails a whole job is no fault of each record in it
                raise TryAgain(str(fault)) if isinstance(fault, Permanent) else fault
            if time.monotonic() > self.bulk_until_s:
                self.call("PATCH", job, json={"state": "Aborted"})
                raise TryAgain(f"{self.settings.name}: the bulk job for {kind} did not end in time and was called off; sent again")
            time.sleep(pause_s)
            pause_s = min(pause_s * 1.5, 10.0)

    def _results(self, path: str) -> Iterator[dict[str, str]]:
        return csv.DictReader(io.StringIO(self.call("GET", path).content.decode("utf-8"), newline=""))

    def _assignment(self, kind: str, values: Mapping[str, Any]) -> dict[str, str]:
        # assignment rules run unless told otherwise; a rule's id runs that one
        if kind != "Lead":
            return {}
        return {"Sforce-Auto-Assign": self.settings.options.get("assignment", "FALSE" if "OwnerId" in values else "TRUE")}

    # ---- calls

    def call(self, method: str, path: str, **options: Any) -> httpx.Response:
        """Return an answer that is a success, after one more login if the session has run out. Raise DeliveryError."""
        for last in (False, True):
            if not self.access_token:
                self._log_in()
            headers = {"Authorization": f"Bearer {self.access_token}"} | options.get("headers", {})
            response = call(self.client, self.settings, method, self.instance + path, **(options | {"headers": headers}))
            if response.status_code == 401 and not last and self.settings.options.get("client_id"):
                self.access_token = ""  # it ran out: log in again, once
                continue
            break
        if response.is_success:
            return response
        raise self._refused(response)

    def _log_in(self) -> None:
        options = self.settings.options
        form = {"client_id": options.get("client_id", ""), "client_secret": options.get("client_secret", "")}
        grant = (
            {"grant_type": "refresh_token", "refresh_token": self.settings.token}
            if self.settings.token
            else {"grant_type": "client_credentials"}
        )
        address = f"{(self.settings.url or '').rstrip('/')}/services/oauth2/token"
        response = call(self.client, self.settings, "POST", address, data=form | grant)
        if response.status_code in {400, 401, 403}:
            said = _json(response)
            words = f"{said.get('error', '')} {said.get('error_description', '')}" if isinstance(said, dict) else response.text
            raise Misconfigured(
                f"{self.settings.name}: Salesforce refused to log in: {clean(words, 200)}; authorize prospect there again and put the new token in"
            )
        if response.status_code != 200:
            raise refusal(response, self.settings)
        answer = response.json()
        self.access_token = answer["access_token"]
        self.instance = str(answer.get("instance_url") or self.instance).rstrip("/")

    def _refused(self, response: httpx.Response) -> DeliveryError:
        said = _json(response)
        if response.status_code == 300:
            return Permanent(f"{self.settings.name}: several records have this {KEY}; make the field unique there and merge them")
        if isinstance(said, list) and said and isinstance(said[0], dict):
            known = self.fault(str(said[0].get("errorCode", "")), str(said[0].get("message", "")), said[0].get("fields") or ())
            if response.status_code < 500 or isinstance(known, TryAgain):
                # 401, 403 and the like say more by their status than by a code that nobody foresaw
                return known if type(known) is not Permanent else refusal(response, self.settings, said=_without(known, self.settings))
        return refusal(response, self.settings)

    def fault(self, code: str, message: str, fields: Sequence[str]) -> DeliveryError:
        """Return what an error code of Salesforce means for the delivery."""
        name = self.settings.name
        named = ", ".join(str(field) for field in fields)
        words = f"{name}: {code}: {clean(message, 250)}{f' (field {named})' if named else ''}"
        if code in PASSING_ERRORS:
            return TryAgain(words, after_s=3600 if code == "REQUEST_LIMIT_EXCEEDED" else None)
        if code in SETUP_ERRORS:
            return Misconfigured(f"{words}; mend the mapping of '{name}' in prospect.yml, or the field in Salesforce")
        if code == "NOT_FOUND":
            return Misconfigured(f"{words}; make the external id field {KEY} on Lead, Account and Task")
        if code == "DUPLICATES_DETECTED":
            return Duplicate(f"{words}; a duplicate rule there holds it back: merge or allow it, then retry")
        return Permanent(words)


class Duplicate(Permanent):
    """A duplicate rule of the CRM refuses the record; a person decides."""


def _without(error: DeliveryError, settings: Target) -> str:
    return str(error).removeprefix(f"{settings.name}: ")


def _fitting(values: Sequence[str], chars: int) -> Iterator[list[str]]:
    """Yield the values as SOQL strings, in groups of at most so many characters."""
    some: list[str] = []
    used = 0
    for value in dict.fromkeys(values):
        written = soql(value)
        if some and used + len(written) > chars:
            yield some
            some, used = [], 0
        some.append(written)
        used += len(written) + 2
    if some:
        yield some


def _json(response: httpx.Response) -> Any:
    try:
        return response.json()
    except ValueError:
        return None
