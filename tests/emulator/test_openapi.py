"""The description of the people's side: complete, valid as OpenAPI 3.1, and true of what is accepted."""

import re
from collections.abc import Iterator
from typing import Any

import aiohttp
import pytest

from bot.emulator.control import CALLS
from bot.emulator.faults import KINDS
from bot.emulator.openapi import describe
from tests.emulator.conftest import GUL

VERBS = {"get", "post", "delete"}
TYPES = {"integer", "number", "string", "boolean", "object", "array"}
KEYWORDS = {
    *("type", "properties", "required", "description", "enum", "pattern", "minimum", "maximum", "anyOf", "$ref"),
}


def operations() -> Iterator[tuple[str, str, dict[str, Any]]]:
    for path, verbs in describe(CALLS)["paths"].items():
        for verb, operation in verbs.items():
            yield path, verb, operation


def schemas(value: Any) -> Iterator[dict[str, Any]]:
    """Every schema in a part of the document."""
    if isinstance(value, dict):
        if "schema" in value:
            yield from inner(value["schema"])
        for each in value.values():
            yield from schemas(each)
    elif isinstance(value, list):
        for each in value:
            yield from schemas(each)


def inner(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield schema
    for each in (*schema.get("properties", {}).values(), *schema.get("anyOf", ())):
        yield from inner(each)


def test_every_call_of_the_table_is_described_once() -> None:
    described = {(verb.upper(), path) for path, verb, _ in operations()}

    assert described == {(call.verb, re.sub(r":[a-z]+\}", "}", call.path)) for call in CALLS}
    assert len(described) == len(CALLS)


def test_every_operation_has_what_openapi_asks_for() -> None:
    """A summary, a name of its own, replies with words, and every name in its path as a parameter."""
    names = [operation["operationId"] for _, _, operation in operations()]
    assert len(set(names)) == len(names)
    for path, verb, operation in operations():
        assert verb in VERBS
        assert path.startswith("/sim/")
        assert operation["summary"].endswith(".")
        assert {"200", "default"} == set(operation["responses"])
        assert all(reply["description"] and reply["content"] for reply in operation["responses"].values())
        parameters = operation.get("parameters", [])
        assert {each["name"] for each in parameters if each["in"] == "path"} == set(re.findall(r"\{(\w+)\}", path))
        assert all(each["required"] for each in parameters if each["in"] == "path")
        assert all(each["schema"] for each in parameters)
        assert len({(each["in"], each["name"]) for each in parameters}) == len(parameters)


def test_every_schema_is_one_and_every_reference_leads_somewhere() -> None:
    document = describe(CALLS)
    known = document["components"]["schemas"]
    found = [*schemas(document["paths"]), *(each for schema in known.values() for each in inner(schema))]
    assert document["openapi"] == "3.1.0"
    assert {"title", "version"} <= set(document["info"])
    for schema in found:
        assert set(schema) <= KEYWORDS, schema
        kinds = schema.get("type", [])
        assert set([kinds] if isinstance(kinds, str) else kinds) <= TYPES
        assert set(schema.get("required", ())) <= set(schema.get("properties", schema.get("required", ())))
        if "$ref" in schema:
            assert schema["$ref"].removeprefix("#/components/schemas/") in known


def test_every_kind_of_fault_is_described() -> None:
    assert set(KINDS) <= set(describe(CALLS)["components"]["schemas"]["Fault"]["properties"])


def test_a_kind_of_value_that_nobody_knows_is_not_described() -> None:
    class Strange:
        verb, path, does, body, query, gives = "GET", "/sim/a", "A.", "x: Nothing", "", "application/json"

    with pytest.raises(ValueError, match="no kind of value: Nothing"):
        describe([Strange()])


@pytest.mark.asyncio
async def test_the_calls_answer_without_what_is_not_required(http: aiohttp.ClientSession) -> None:
    """A POST with only its required fields is understood, or refused in words for what there is to do it to."""
    samples: dict[str, Any] = {
        "first_name": "Gul",
        "fault": {"reply": 500},
        "button": {"text": "Yes"},
        "type": "group",
        "mode": "off",
    }
    for path, verb, operation in operations():
        if verb != "post":
            continue
        content = operation.get("requestBody", {}).get("content", {}).get("application/json", {})
        body = {name: samples.get(name, 1) for name in content.get("schema", {}).get("required", ())}
        address = path.replace("{user}", str(GUL)).replace("{chat}", "-1")
        async with http.post(address, json=body) as reply:
            said = await reply.json()
            assert reply.status in (200, 400, 404, 409), (path, said)
            assert reply.status == 200 or "cannot read this" not in said["error"], (path, said)
