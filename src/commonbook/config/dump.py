"""Write a resolved configuration as YAML that loads to the same model."""

import re
from collections.abc import Mapping
from decimal import Decimal

import yaml

from commonbook.config.data import TapeLike
from commonbook.config.run import RunConfig
from commonbook.config.source import to_mapping


def dump_resolved(config: RunConfig) -> str:
    """
    Write a configuration with all its defaults.

    Parameters
    ----------
    config : RunConfig
        A loaded configuration.

    Returns
    -------
    str
        YAML that `load` turns into the same model. A tape made in Python is named
        only; such a file is refused until a source is put in its place.
    """
    return yaml.dump(
        _pruned(to_mapping(config)),
        Dumper=_Dumper,
        sort_keys=False,
        allow_unicode=True,
        default_flow_style=None,
        width=100,
    )


def _pruned(value: object) -> object:
    """Drop empty mappings: every one of them is a default."""
    if isinstance(value, Mapping):
        pruned = {key: _pruned(item) for key, item in value.items()}
        return {key: item for key, item in pruned.items() if item != {}}
    if isinstance(value, list | tuple):
        return [_pruned(item) for item in value]
    return repr(value) if isinstance(value, TapeLike) else value


class _Dumper(yaml.SafeDumper):
    """Quotes what either YAML 1.1 or 1.2 would not read as text."""

    def ignore_aliases(self, data: object) -> bool:
        return True


def _decimal(dumper: _Dumper, value: Decimal) -> yaml.ScalarNode:
    text = format(value, "f")
    kind = "float" if "." in text else "int"
    return dumper.represent_scalar(f"tag:yaml.org,2002:{kind}", text)


_Dumper.add_representer(Decimal, _decimal)
_Dumper.add_implicit_resolver(
    "commonbook:number",
    # PyYAML looks for a match at the start only.
    re.compile(
        r"(?:[-+]?[0-9.][0-9_]*\.?[0-9]*(?:[eE][-+]?[0-9]+)?|0[ox][0-9a-fA-F]+)$"
    ),
    list("-+.0123456789"),
)
