"""Write a resolved configuration as YAML that loads to the same model."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from commonbook.config.data import TapeSource
from commonbook.config.run import RunConfig
from commonbook.config.source import to_mapping

_PLAIN = re.compile(r"[A-Za-z_][A-Za-z0-9_-]*|[0-9]+(?:ns|us|ms|s|min|h)")
#: Not text to readers of YAML 1.1 or 1.2.
_NOT_TEXT = frozenset({"y", "n", "yes", "no", "on", "off", "true", "false", "null"})
_STEP = "  "


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

    Notes
    -----
    PyYAML's emitter takes 17 s for a log of 100,000 orders (a minute without libyaml);
    these few shapes take 3 s.
    """
    raw = to_mapping(config)
    raw["data"] = [
        {"tape": repr(source.tape)}
        | source.model_dump(exclude_none=True, exclude={"tape"})
        if isinstance(source, TapeSource)
        else source.model_dump(exclude_none=True)
        for source in config.data
    ]
    return "".join(f"{line}\n" for line in _block(raw))


def _block(value: object) -> Iterator[str]:
    """Write a mapping or list over several lines, its innermost parts on one."""
    if isinstance(value, Mapping):
        for key, item in value.items():
            # An empty mapping is a default everywhere.
            if item != {}:
                yield from _entry(
                    f"{_scalar(key)}:", item, "" if _is_list(item) else _STEP
                )
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _item(item)


def _entry(start: str, value: object, indent: str) -> Iterator[str]:
    if _is_flat(value):
        yield f"{start} {_flow(value)}"
        return
    yield start
    for line in _block(value):
        yield indent + line


def _item(value: object) -> Iterator[str]:
    if _is_flat(value):
        yield f"- {_flow(value)}"
        return
    start = "- "
    for line in _block(value):
        yield start + line
        start = _STEP


def _is_list(value: object) -> bool:
    return isinstance(value, list | tuple)


def _is_flat(value: object) -> bool:
    if isinstance(value, Mapping):
        return not any(
            isinstance(item, Mapping | list | tuple) for item in value.values()
        )
    if isinstance(value, list | tuple):
        return not any(isinstance(item, Mapping | list | tuple) for item in value)
    return True


def _flow(value: object) -> str:
    if isinstance(value, Mapping):
        pairs = (f"{_scalar(key)}: {_scalar(item)}" for key, item in value.items())
        return f"{{{', '.join(pairs)}}}"
    if isinstance(value, Sequence) and not isinstance(value, str):
        return f"[{', '.join(map(_scalar, value))}]"
    return _scalar(value)


def _scalar(value: object) -> str:
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float):
        value = Decimal(repr(value))
    if isinstance(value, Decimal):
        return format(value, "f")
    if isinstance(value, int):
        return str(value)
    text = str(value)
    if _PLAIN.fullmatch(text) and text.lower() not in _NOT_TEXT:
        return text
    quoted = json.dumps(text, ensure_ascii=False)
    return "".join(c if c.isprintable() else f"\\U{ord(c):08x}" for c in quoted)
