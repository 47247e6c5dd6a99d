"""
Load YAML 1.2 safely and exactly, with the place of every value.

PyYAML parses; what a scalar means is decided here by the core schema of YAML 1.2:
timestamps, ``14:30:00``, ``yes`` and ``off`` are text, ``1e3`` is a number. Numbers
with a fraction or exponent become `Decimal`, so ``0.01`` stays exactly that. Keys
are always text (a ticker may be called ``NO`` or ``005930``). As an addition,
whole numbers may group their digits: ``1_000_000``.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from typing import NamedTuple, Protocol

import yaml
from yaml import events

from commonbook.config.paths import Path, format_path
from commonbook.core.errors import ConfigError, Problem

MAX_DEPTH = 64
MAX_ALIASED_NODES = 100_000
MAX_DIGITS = 100

_WORDS: dict[str, bool | None] = {
    **dict.fromkeys(("", "~", "null", "Null", "NULL")),
    **dict.fromkeys(("true", "True", "TRUE"), True),
    **dict.fromkeys(("false", "False", "FALSE"), False),
}
_INTEGER = re.compile(r"[-+]?[0-9]+(?:_[0-9]+)*")
_BASED = re.compile(r"0o[0-7]+|0x[0-9a-fA-F]+")
_FLOAT = re.compile(r"[-+]?(?:\.[0-9]+|[0-9]+(?:\.[0-9]*)?)(?:[eE][-+]?[0-9]+)?")
_INFINITY = re.compile(r"[-+]?\.(?:inf|Inf|INF)")
_NAN = re.compile(r"\.(?:nan|NaN|NAN)")

# The parser of libyaml is ten times faster; not every build of PyYAML has it.
_PARSER = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


class _Mark(Protocol):
    """Where the parser stands; its two implementations have a class each."""

    line: int
    column: int


class Place(NamedTuple):
    """
    A place in a file.

    Parameters
    ----------
    line : int
        Counted from 1.
    column : int
        Counted from 1.
    """

    line: int
    column: int


@dataclass(frozen=True)
class Document:
    """
    A loaded document and where its parts stand.

    Parameters
    ----------
    value : object
        None, bool, int, Decimal, str, or lists and mappings of these.
    values : mapping of path to Place
        Where each value begins.
    keys : mapping of path to Place
        Where each key of a mapping begins.
    problems : tuple of Problem
        What is wrong but did not stop the loading, such as a key given twice.
    """

    value: object
    values: Mapping[Path, Place] = field(default_factory=dict)
    keys: Mapping[Path, Place] = field(default_factory=dict)
    problems: tuple[Problem, ...] = ()

    def place(self, path: Path, *, key: bool = False) -> Place | None:
        """
        Find where a value stands, or the nearest value around it.

        Parameters
        ----------
        path : tuple of str or int
            The value's path.
        key : bool
            Whether the key is wanted rather than its value.

        Returns
        -------
        Place or None
            None when the document has no places (it was not read from a file).
        """
        if key and path in self.keys:
            return self.keys[path]
        for end in range(len(path), -1, -1):
            if path[:end] in self.values:
                return self.values[path[:end]]
        return None


def load_yaml(text: str, source: str = "configuration") -> Document:
    """
    Load one YAML document.

    Parameters
    ----------
    text : str
        The document.
    source : str
        Its name in messages.

    Returns
    -------
    Document
        The value with the place of each of its parts.

    Raises
    ------
    ConfigError
        If the text is not YAML, holds several documents, or is nested or aliased
        beyond reason.
    """
    try:
        return _Builder(yaml.parse(text, Loader=_PARSER)).document()
    except _Refusal as refusal:
        raise ConfigError([refusal.problem], source) from None
    except yaml.MarkedYAMLError as error:
        place = _place(error.problem_mark or error.context_mark)
        reason = ", ".join(part for part in (error.context, error.problem) if part)
        problem = Problem("", f"not valid YAML: {reason}", *(place or ()))
        raise ConfigError([problem], source) from None
    except yaml.YAMLError as error:
        reason = str(error).splitlines()[0]
        raise ConfigError([Problem("", f"not valid YAML: {reason}")], source) from None


def resolve_plain(text: str) -> object:
    """
    Give an unquoted scalar its meaning in YAML 1.2.

    Parameters
    ----------
    text : str
        The scalar as written.

    Returns
    -------
    None, bool, int, Decimal or str
        Its value.

    Raises
    ------
    ValueError
        If it is a number too long to be meant.
    """
    if text in _WORDS:
        return _WORDS[text]
    if _FLOAT.fullmatch(text) or _INTEGER.fullmatch(text):
        return _number(text)
    if _BASED.fullmatch(text):
        return int(text, 0)
    if _INFINITY.fullmatch(text):
        return Decimal("-Infinity" if text.startswith("-") else "Infinity")
    if _NAN.fullmatch(text):
        return Decimal("NaN")
    return text


def _number(text: str) -> int | Decimal:
    if len(text) > MAX_DIGITS:
        message = f"a number of {len(text)} characters; at most {MAX_DIGITS} allowed"
        raise ValueError(message)
    if _INTEGER.fullmatch(text):
        return int(text)
    try:
        return Decimal(text)
    except InvalidOperation:
        message = f"found {text}; its exponent is out of range"
        raise ValueError(message) from None


class _Refusal(Exception):  # noqa: N818 - carries a problem out of the recursion
    """Something that ends the loading."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.message)
        self.problem = problem


class _Builder:
    """Turn parser events into values, counting depth and aliased nodes."""

    def __init__(self, stream: Iterator[events.Event]) -> None:
        self._stream = stream
        self._values: dict[Path, Place] = {}
        self._keys: dict[Path, Place] = {}
        self._problems: list[Problem] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self._nodes = 0
        self._aliased = 0

    def document(self) -> Document:
        value: object = None
        documents = 0
        for event in self._stream:
            if isinstance(event, events.DocumentStartEvent):
                documents += 1
                if documents > 1:
                    raise self._refuse(event, (), "a second document; one is allowed")
            elif isinstance(event, events.NodeEvent):
                value = self._node(event, ())
        return Document(value, self._values, self._keys, tuple(self._problems))

    def _node(self, event: events.Event, path: Path) -> object:
        place = _place(event.start_mark)
        if place is not None:
            self._values[path] = place
        self._nodes += 1
        if len(path) > MAX_DEPTH:
            raise self._refuse(event, path, f"nested deeper than {MAX_DEPTH} levels")
        if isinstance(event, events.AliasEvent):
            return self._alias(event, path)
        before = self._nodes
        value = self._content(event, path)
        anchor = event.anchor if isinstance(event, events.NodeEvent) else None
        if anchor is not None:
            self._anchors[anchor] = (value, self._nodes - before + 1)
        return value

    def _content(self, event: events.Event, path: Path) -> object:
        if isinstance(event, events.ScalarEvent):
            return self._scalar(event, path)
        if isinstance(event, events.CollectionStartEvent) and event.tag is not None:
            raise self._refuse(event, path, f"the tag {event.tag} is not allowed")
        if isinstance(event, events.SequenceStartEvent):
            return self._sequence(path)
        return self._mapping(path)

    def _alias(self, event: events.AliasEvent, path: Path) -> object:
        if event.anchor not in self._anchors:
            message = f"the alias *{event.anchor} names no value that ended before it"
            raise self._refuse(event, path, message)
        value, nodes = self._anchors[event.anchor]
        self._nodes += nodes
        self._aliased += nodes
        if self._aliased > MAX_ALIASED_NODES:
            message = f"aliases stand for more than {MAX_ALIASED_NODES:,} values"
            raise self._refuse(event, path, message)
        return value

    def _scalar(self, event: events.ScalarEvent, path: Path) -> object:
        if event.tag == "tag:yaml.org,2002:str" or (event.tag in (None, "!")):
            plain = event.tag is None and event.implicit[0]
            try:
                return resolve_plain(event.value) if plain else event.value
            except ValueError as error:
                raise self._refuse(event, path, str(error)) from None
        raise self._refuse(event, path, f"the tag {event.tag} is not allowed")

    def _sequence(self, path: Path) -> list[object]:
        items: list[object] = []
        for event in self._stream:
            if isinstance(event, events.SequenceEndEvent):
                break
            items.append(self._node(event, (*path, len(items))))
        return items

    def _mapping(self, path: Path) -> dict[str, object]:
        items: dict[str, object] = {}
        for event in self._stream:
            if isinstance(event, events.MappingEndEvent):
                break
            if not isinstance(event, events.ScalarEvent):
                raise self._refuse(event, path, "a key must be text")
            key, place = event.value, _place(event.start_mark)
            inner = (*path, key)
            if key in items and place is not None:
                first = self._keys[inner]
                message = f"this key is already given in line {first.line}"
                self._problems.append(Problem(format_path(inner), message, *place))
                self._node(next(self._stream), (*inner, "(again)"))
                continue
            if place is not None:
                self._keys[inner] = place
            items[key] = self._node(next(self._stream), inner)
        return items

    @staticmethod
    def _refuse(event: events.Event, path: Path, message: str) -> _Refusal:
        place = _place(event.start_mark) or ()
        return _Refusal(Problem(format_path(path), message, *place))


def _place(mark: _Mark | None) -> Place | None:
    return None if mark is None else Place(mark.line + 1, mark.column + 1)
