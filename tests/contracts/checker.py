"""Watches a simulator and holds every word of it, and every word said to it, against GitHub's published contracts."""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, Any

import jsonschema_rs

from tests.contracts.descriptions import load, needed_by

if TYPE_CHECKING:
    from simulator.calls import Exchange

Json = dict[str, Any]
EVERYWHERE = frozenset({400, 401, 403, 404, 422, 429, 500, 502, 503, 504})  # errors that any operation may answer
ERRORS_FROM = 400


@functools.cache
def described() -> Json:
    return load()


@functools.cache
def _validator(kind: str, name: str, part: str) -> jsonschema_rs.Validator | None:
    node = described()[kind][name]
    for step in part.split("/") if part else ():
        node = None if node is None else node.get(step)
    if node is None:
        return None
    # With all components, one validator takes 20 MB and there are two hundred of them in each process.
    schema = {**node, "components": needed_by(node, described()["components"])}
    return jsonschema_rs.validator_for(schema, validate_formats=True)


class ContractChecker:
    """An observer for `github.observers`; `violations` stays empty while everybody keeps to the contracts."""

    def __init__(self) -> None:
        self.violations: list[str] = []
        self.operations: set[str] = set()
        self.events: set[str] = set()

    def on_exchange(self, exchange: Exchange) -> None:
        name = f"{exchange.asked.method} {exchange.asked.template}"
        operation = described()["operations"].get(name)
        if operation is None:
            self.violations.append(f"{name}: not an operation of GitHub's REST API")
            return
        if exchange.status < ERRORS_FROM:
            self.operations.add(name)
            self._query(name, operation, exchange)
            self._request(name, exchange)
        self._response(name, operation, exchange)

    def on_webhook(self, event: str, payload: Json) -> None:
        name = "-".join([event, *([payload["action"]] if "action" in payload else [])]).replace("_", "-")
        if name not in described()["webhooks"]:
            self.violations.append(f"webhook {name}: not one of GitHub's")
            return
        self.events.add(name)
        self._check(("webhooks", name, ""), payload, f"webhook {name}")

    def _query(self, name: str, operation: Json, exchange: Exchange) -> None:
        for key, value in exchange.query.items():
            schema = operation["query"].get(key)
            if schema is None:
                self.violations.append(f"{name}: has no parameter {key}")
            elif schema.get("type") == "integer" and not value.isdecimal():
                self.violations.append(f"{name}: {key}={value} is not a number")

    def _request(self, name: str, exchange: Exchange) -> None:
        if _validator("operations", name, "body") is None:
            if exchange.body not in ({}, None):
                self.violations.append(f"{name}: takes no body")
        elif exchange.body:
            self._check(("operations", name, "body"), exchange.body, f"{name} request")

    def _response(self, name: str, operation: Json, exchange: Exchange) -> None:
        status = exchange.status
        if str(status) not in operation["responses"]:
            if status not in EVERYWHERE:
                self.violations.append(f"{name}: GitHub does not answer {status}")
            return
        where = f"{name} -> {status}"
        if _validator("operations", name, f"responses/{status}") is not None:
            self._check(("operations", name, f"responses/{status}"), exchange.answer, where)
        elif exchange.answer is not None and status < ERRORS_FROM:
            self.violations.append(f"{where}: has no body")

    def _check(self, key: tuple[str, str, str], subject: object, where: str) -> None:
        validator = _validator(*key)
        if validator is None:
            return
        for error in validator.iter_errors(subject):
            place = "/".join(str(step) for step in error.instance_path)
            self.violations.append(f"{where}: {place}: {error.message[:300]}")
