"""The JSON Schema for editors."""

import json
from collections.abc import Iterator

from commonbook.config import RunConfig, json_schema
from commonbook.config.strategy import PARAMS


def nodes(value: object) -> Iterator[dict[str, object]]:
    if isinstance(value, dict):
        yield value
        for item in value.values():
            yield from nodes(item)
    elif isinstance(value, list):
        for item in value:
            yield from nodes(item)


def test_it_is_json():
    assert json.loads(json.dumps(json_schema())) == json_schema()


def test_every_key_is_described():
    schema = json_schema()
    models = [schema, *schema["$defs"].values()]
    keys = [
        (model["title"], name, key)
        for model in models
        for name, key in model.get("properties", {}).items()
    ]
    assert len(keys) > 60
    assert [
        (title, name) for title, name, key in keys if "description" not in key
    ] == []
    assert set(schema["properties"]) == set(RunConfig.model_fields)


def test_every_reference_leads_somewhere():
    schema = json_schema()
    references = [node["$ref"] for node in nodes(schema) if "$ref" in node]
    assert references
    missing = [
        reference
        for reference in references
        if str(reference).removeprefix("#/$defs/") not in schema["$defs"]
    ]
    assert missing == []


def test_unknown_keys_are_refused_everywhere():
    schema = json_schema()
    models = [schema, *schema["$defs"].values()]
    assert all(model["additionalProperties"] is False for model in models)


def test_parameters_depend_on_the_strategy():
    branches = json_schema()["$defs"]["PortfolioConfig"]["allOf"]
    pairs = {
        branch["if"]["properties"]["strategy"]["const"]: branch["then"]["properties"][
            "params"
        ]["$ref"]
        for branch in branches
    }
    assert pairs == {
        name: f"#/$defs/{model.__name__}" for name, model in PARAMS.items()
    }


def test_short_forms_are_allowed():
    execution = json_schema()["$defs"]["ExecutionConfig"]["properties"]
    assert {"enum": ["risk_averse", "power", "log"], "type": "string"} in execution[
        "queue_model"
    ]["anyOf"]
    maker = json_schema()["$defs"]["Fees"]["properties"]["maker"]["anyOf"]
    assert {"type": "number"} in maker


def test_bounds_of_numbers_are_shown():
    cash = json_schema()["$defs"]["PortfolioConfig"]["properties"]["cash"]
    assert cash["anyOf"][0] == {
        "type": "number",
        "minimum": 0,
        "maximum": 90_000_000_000,
    }
