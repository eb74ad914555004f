"""A stand-in for Salesforce: REST, SOQL, composite calls and Bulk API 2.0 as documented for v62.0, and what they refuse."""

from __future__ import annotations

import csv
import io
import re
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, ClassVar
from urllib.parse import parse_qs, unquote, urlsplit

from werkzeug import Request, Response

from alerts.settings import Target
from tests.crm_standins import StandIn, reply

LEAD_FIELDS = "Prospect_Key__c Company LastName FirstName Title Website Phone Street City State PostalCode Country NumberOfEmployees AnnualRevenue LeadSource Description OwnerId Status Rating"  # fmt: skip
ACCOUNT_FIELDS = "Prospect_Key__c Name Website Phone BillingStreet BillingCity BillingState BillingPostalCode BillingCountry NumberOfEmployees AnnualRevenue OwnerId"  # fmt: skip
TASK_FIELDS = "Prospect_Key__c Subject Description WhatId WhoId OwnerId Status"
TOKENS = re.compile(r"'((?:[^'\\]|\\.)*)'|(>=|=|\(|\)|,)|([\w.:+-]+)")
DATA = "/services/data/v62.0"


class Refused(Exception):
    """An error as Salesforce words it: code, message, fields."""

    def __init__(self, code: str, message: str, fields: list[str] | None = None, status: int = 400) -> None:
        super().__init__(message)
        self.code, self.message, self.fields, self.status = code, message, fields or [], status


@dataclass
class Job:
    """One bulk job; it is done after it was asked for `polls` times."""

    kind: str
    rule: str | None
    state: str = "Open"
    table: str = ""
    polls: int = 2
    message: str = ""
    done: list[dict[str, str]] = field(default_factory=list)
    failed: list[dict[str, str]] = field(default_factory=list)


@dataclass
class Salesforce(StandIn):
    """Required and unknown fields, picklists, lengths, sessions, limits of each way in; deleted records lie in the bin."""

    fields: ClassVar[dict[str, list[str]]] = {"Lead": LEAD_FIELDS.split(), "Account": ACCOUNT_FIELDS.split(), "Task": TASK_FIELDS.split()}
    required: ClassVar[dict[str, list[str]]] = {"Lead": ["Company", "LastName"], "Account": ["Name"], "Task": []}
    limits: ClassVar[dict[str, int]] = {
        "Subject": 255,
        "LastName": 80,
        "FirstName": 40,
        "Company": 255,
        "Title": 128,
        "Phone": 40,
        "Description": 32000,
        "Prospect_Key__c": 80,
    }
    refresh_token: str = "a-refresh-token"
    bin: dict[str, dict[str, dict[str, Any]]] = field(default_factory=dict)
    jobs: dict[str, Job] = field(default_factory=dict)
    page: int = 2000  # records in one answer to a query
    polls: int = 2
    calls: list[str] = field(default_factory=list)

    def target(self, url: str) -> Target:
        return Target(name="sf", channel="salesforce", url=url, token=self.token, timeout_s=5)

    def changes(self, request: Request) -> bool:
        return request.method in {"PATCH", "PUT"}

    def stamp(self) -> str:
        return self.now().strftime("%Y-%m-%dT%H:%M:%S.000+0000")

    def change(self, kind: str, id: str, **values: Any) -> None:
        """Change a record as a user does."""
        self.of(kind)[id] |= values | {"SystemModstamp": self.stamp()}

    def throw_away(self, kind: str, id: str) -> None:
        row = self.of(kind).pop(id)
        self.bin.setdefault(kind, {})[id] = row | {"SystemModstamp": self.stamp()}

    def act(self, request: Request) -> Response:
        if request.path == "/services/oauth2/token":
            if request.form.get("refresh_token") != self.refresh_token:
                return reply({"error": "invalid_grant", "error_description": "expired access/refresh token"}, 400)
            return reply({"access_token": self.token, "instance_url": request.host_url.rstrip("/")})
        self.calls.append(f"{request.method} {request.path.removeprefix(DATA)}")
        if request.headers.get("Authorization") != f"Bearer {self.token}":
            return self._error(Refused("INVALID_SESSION_ID", "Session expired or invalid", status=401))
        if len(request.url) > 16_384:
            return Response("URI Too Long", 414)
        try:
            return self._route(request, request.path.removeprefix(DATA))
        except Refused as error:
            return self._error(error)

    def _route(self, request: Request, path: str) -> Response:
        if path in {"/query", "/queryAll"}:
            return reply(self._query(request.args["q"], bin_too=path == "/queryAll"))
        if match := re.fullmatch(r"/query/more-(\d+)", path):
            return reply(self._more(int(match[1])))
        if path == "/composite/batch":
            return self._batch(request.get_json())
        if match := re.fullmatch(r"/composite/sobjects/(\w+)/Prospect_Key__c", path):
            return self._collection(match[1], request.get_json(), request.headers.get("Sforce-Auto-Assign", "TRUE"))
        if path.startswith("/jobs/ingest"):
            return self._job(request, path.removeprefix("/jobs/ingest").strip("/"))
        match = re.fullmatch(r"/sobjects/(\w+)/(\w+)/(.+)", path)
        if not match or match[1] not in self.fields or match[2] != "Prospect_Key__c":
            raise Refused("NOT_FOUND", "The requested resource does not exist", status=404)
        self.known(match[1], request.get_json(), key_too=False)
        id, made = self.save(match[1], match[3], request.get_json(), request.headers.get("Sforce-Auto-Assign", "TRUE"))
        return reply({"id": id, "success": True, "errors": [], "created": made}, 201 if made else 200)

    # ---- records

    def known(self, kind: str, values: dict[str, Any], *, key_too: bool) -> None:
        for name in values:
            if name not in self.fields[kind] or (name == "Prospect_Key__c" and not key_too):
                raise Refused("INVALID_FIELD", f"No such column '{name}' on sobject of type {kind}", [name])

    def save(self, kind: str, key: str, values: dict[str, Any], assign: str) -> tuple[str, bool]:
        for name, value in values.items():
            if isinstance(value, str) and len(value) > self.limits.get(name, 255):
                raise Refused("STRING_TOO_LONG", f"{name}: data value too large", [name])
        if values.get("Rating") not in {None, "Hot", "Warm", "Cold"}:
            said = f"Rating: bad value for restricted picklist field: {values['Rating']}"
            raise Refused("INVALID_OR_NULL_FOR_RESTRICTED_PICKLIST", said, ["Rating"])
        if kind == "Task" and self.of("Lead").get(values.get("WhoId", ""), {}).get("IsConverted"):
            raise Refused("CANNOT_UPDATE_CONVERTED_LEAD", "cannot reference converted lead")
        if kind == "Task" and values.get("WhatId") and values["WhatId"] not in self.of("Account") and "converted" not in values["WhatId"]:
            raise Refused("MALFORMED_ID", "Related To ID: id value of incorrect type", ["WhatId"])
        there = [id for id, row in self.of(kind).items() if row["Prospect_Key__c"] == key]
        if len(there) > 1:
            raise Refused("DUPLICATE_EXTERNAL_ID", "more than one record found for external id", status=300)
        if there:
            self.change(kind, there[0], **values)
            return there[0], False
        missing = [name for name in self.required[kind] if not values.get(name)]
        if missing:
            raise Refused("REQUIRED_FIELD_MISSING", f"Required fields are missing: [{', '.join(missing)}]", missing)
        id = f"00{kind[0]}{next(self.numbers):06}"
        row = dict.fromkeys(self.fields[kind]) | {"Status": "Not Started" if kind == "Task" else "Open - Not Contacted"} | values
        self.of(kind)[id] = row | {"Prospect_Key__c": key, "SystemModstamp": self.stamp(), "assigned by": assign}
        return id, True

    def _collection(self, kind: str, body: dict[str, Any], assign: str) -> Response:
        if len(body["records"]) > 200:
            raise Refused("EXCEEDED_ID_LIMIT", "record limit reached. cannot submit more than 200 records into this call")
        answers = []
        for record in body["records"]:
            values = dict(record)
            if values.pop("attributes", {}).get("type") != kind or "id" in {name.lower() for name in values}:
                raise Refused("INVALID_INPUT", "each record needs its type, and no id")
            self.known(kind, values, key_too=True)
        for record in body["records"]:
            values = {name: value for name, value in record.items() if name not in {"attributes", "Prospect_Key__c"}}
            try:
                id, made = self.save(kind, record["Prospect_Key__c"], values, assign)
                answers.append({"id": id, "success": True, "errors": [], "created": made})
            except Refused as error:
                said = {"statusCode": error.code, "message": error.message, "fields": error.fields}
                answers.append({"success": False, "errors": [said]})
        return reply(answers)

    # ---- queries

    def _batch(self, body: dict[str, Any]) -> Response:
        if len(body["batchRequests"]) > 25:
            raise Refused("LIMIT_EXCEEDED", "Batch size exceeds the limit of 25")
        results = []
        for asked in body["batchRequests"]:
            address = urlsplit(asked["url"])
            if asked["method"] != "GET" or address.path != "v62.0/query":
                raise Refused("INVALID_BATCH_REQUEST", f"not a query: {asked}")
            try:
                results.append({"statusCode": 200, "result": self._query(parse_qs(address.query)["q"][0])})
            except Refused as error:
                results.append({"statusCode": error.status, "result": [{"errorCode": error.code, "message": error.message}]})
        return reply({"hasErrors": any(result["statusCode"] >= 400 for result in results), "results": results})

    def _query(self, words: str, *, bin_too: bool = False) -> dict[str, Any]:
        match = re.fullmatch(r"SELECT (.+?) FROM (\w+) WHERE (.+?)(?: LIMIT (\d+))?", words)
        if not match:
            raise Refused("MALFORMED_QUERY", f"unexpected token in {words}")
        rows = [{"Id": id, **row, "IsDeleted": False} for id, row in self.of(match[2]).items()]
        if bin_too:
            rows += [{"Id": id, **row, "IsDeleted": True} for id, row in self.bin.get(match[2], {}).items()]
        for row in rows:
            row.setdefault("IsConverted", False)
            row.setdefault("ConvertedOpportunity", None)
        fits = Soql(match[3]).condition()
        self._rest = [row for row in rows if fits(row)][: int(match[4] or 50_000)]
        return self._more(0)

    def _more(self, start: int) -> dict[str, Any]:
        end = start + self.page
        more = {} if end >= len(self._rest) else {"nextRecordsUrl": f"{DATA}/query/more-{end}"}
        return {"totalSize": len(self._rest), "done": not more, "records": self._rest[start:end], **more}

    # ---- bulk

    def _job(self, request: Request, path: str) -> Response:
        if request.method == "POST" and not path:
            asked = request.get_json()
            if asked["operation"] != "upsert" or asked["externalIdFieldName"] != "Prospect_Key__c" or asked["contentType"] != "CSV":
                raise Refused("INVALIDJOB", "Invalid job")
            id = f"750{next(self.numbers):06}"
            self.jobs[id] = Job(asked["object"], asked.get("assignmentRuleId"), polls=self.polls)
            return reply({"id": id, "state": "Open", "contentUrl": f"services/data/v62.0/jobs/ingest/{id}/batches"})
        id, _, rest = path.partition("/")
        job = self.jobs[id]
        if request.method == "PUT" and rest == "batches":
            if request.headers.get("Content-Type") != "text/csv" or job.state != "Open":
                raise Refused("INVALIDJOBSTATE", "the upload is no CSV, or the job is closed")
            job.table = request.get_data().decode("utf-8")
            return Response("", 201)
        if request.method == "PATCH":
            job.state = request.get_json()["state"]
        elif rest:
            rows = {"successfulResults": job.done, "failedResults": job.failed}[rest]
            out = io.StringIO()
            if rows:
                writer = csv.DictWriter(out, list(rows[0]), lineterminator="\n", quoting=csv.QUOTE_ALL)
                writer.writeheader()
                writer.writerows(rows)
            return Response(out.getvalue(), 200, content_type="text/csv")
        elif job.state in {"UploadComplete", "InProgress"}:
            job.polls -= 1
            job.state = "InProgress"
            if not job.polls:
                self._work(job)
        return reply({"id": id, "state": job.state, "errorMessage": job.message or None})

    def _work(self, job: Job) -> None:
        rows = list(csv.DictReader(io.StringIO(job.table, newline="")))
        unknown = [name for name in rows[0] if name not in self.fields[job.kind]]
        if "\r\n" in job.table.partition("\n")[0] + "\n" or unknown:
            job.state = "Failed"
            job.message = f"InvalidBatch : Field name not found : {unknown[0]}" if unknown else "ClientInputError : LineEnding is invalid"
            return
        for row in rows:
            values = {name: value for name, value in row.items() if value != "" and name != "Prospect_Key__c"}
            try:
                id, made = self.save(job.kind, row["Prospect_Key__c"], values, job.rule or "none")
                job.done.append({"sf__Id": id, "sf__Created": str(made).lower(), **row})
            except Refused as error:
                job.failed.append({"sf__Id": "", "sf__Error": f"{error.code}:{error.message}:{' '.join(error.fields)} --", **row})
        job.state = "JobComplete"

    @staticmethod
    def _error(error: Refused) -> Response:
        return reply([{"errorCode": error.code, "message": error.message, "fields": error.fields}], error.status)


class Soql:
    """The conditions of a query, as far as they are used: =, >=, LIKE, IN, AND, OR, brackets. Salesforce allows no mix of AND and OR."""

    def __init__(self, words: str) -> None:
        self.tokens = list(TOKENS.finditer(words))
        self.at = 0

    def _next(self) -> re.Match[str]:
        self.at += 1
        return self.tokens[self.at - 1]

    def _peek(self) -> str:
        return self.tokens[self.at][0] if self.at < len(self.tokens) else ""

    def condition(self) -> Callable[[dict[str, Any]], bool]:
        parts, joins = [self._term()], set()
        while self._peek() in {"AND", "OR"}:
            joins.add(self._next()[0])
            parts.append(self._term())
        if len(joins) > 1:
            raise Refused("MALFORMED_QUERY", "brackets are needed between AND and OR")
        return lambda row: (all if joins == {"AND"} else any)(part(row) for part in parts)

    def _term(self) -> Callable[[dict[str, Any]], bool]:
        if self._peek() == "(":
            self._next()
            inner = self.condition()
            self._next()
            return inner
        name, operator = self._next()[0], self._next()[0]
        if operator == "IN":
            self._next()
            values = []
            while self._peek() != ")":
                token = self._next()
                values += [] if token[0] == "," else [self._value(token)]
            self._next()
            return lambda row: any(_same(_field(row, name), value) for value in values)
        value = self._value(self._next())
        if operator == "LIKE":
            return lambda row: re.fullmatch(re.escape(value).replace("%", ".*"), str(_field(row, name) or ""), re.IGNORECASE) is not None
        if operator == ">=":
            return lambda row: _field(row, name) is not None and _moment(_field(row, name)) >= _moment(value)
        return lambda row: _same(_field(row, name), value)

    @staticmethod
    def _value(token: re.Match[str]) -> Any:
        if token[3]:
            return True if token[3] == "true" else token[3]
        return re.sub(r"\\(.)", r"\1", token[1])


def _field(row: dict[str, Any], name: str) -> Any:
    for part in name.split("."):
        row = (row or {}).get(part)  # type: ignore[assignment]
    return row


def _same(value: Any, wanted: Any) -> bool:
    return value is True if wanted is True else value is not None and str(value).casefold() == str(wanted).casefold()


def _moment(written: str) -> datetime:
    return datetime.fromisoformat(unquote(written))
