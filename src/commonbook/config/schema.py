"""The JSON Schema that editors complete configurations from."""

from commonbook.config.run import RunConfig
from commonbook.config.strategy import PARAMS

_DIALECT = "https://json-schema.org/draft/2020-12/schema"
_BOUNDS = {
    "gt": "exclusiveMinimum",
    "ge": "minimum",
    "lt": "exclusiveMaximum",
    "le": "maximum",
}


def json_schema() -> dict[str, object]:
    """
    Describe the configuration file.

    Returns
    -------
    dict
        A JSON Schema (2020-12) with a description of every key; ``params`` depends
        on ``strategy``.
    """
    schema = RunConfig.model_json_schema()
    models = schema["$defs"]
    branches = []
    for name, model in PARAMS.items():
        # What is missing in params may stand in grid.
        models[model.__name__].pop("required", None)
        reference = {"$ref": f"#/$defs/{model.__name__}"}
        branches.append(
            {
                "if": {"properties": {"strategy": {"const": name}}},
                "then": {"properties": {"params": reference}},
            }
        )
    portfolio = models["PortfolioConfig"]
    portfolio["properties"]["params"].pop("anyOf")
    portfolio["properties"]["params"]["type"] = "object"
    portfolio["required"].remove("params")
    portfolio["allOf"] = branches
    title = {"$schema": _DIALECT, "title": "commonbook configuration"}
    return schema | title | {"$defs": _with_bounds(models)}


def _with_bounds(value: object) -> object:
    """Move bounds of numbers that may also be text to where editors see them."""
    if isinstance(value, list):
        return [_with_bounds(item) for item in value]
    if not isinstance(value, dict):
        return value
    plain = {key: _with_bounds(item) for key, item in value.items()}
    branches = plain.get("anyOf")
    if isinstance(branches, list):
        given = {name: plain.pop(key) for key, name in _BOUNDS.items() if key in plain}
        bounds = {name: float(str(bound)) for name, bound in given.items()}
        for branch in branches:
            if branch.get("type") in ("number", "integer"):
                branch.update(bounds)
    return plain
