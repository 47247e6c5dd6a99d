"""How a strategy declares its parameters: annotated class attributes."""

from dataclasses import dataclass
from decimal import Decimal
from enum import Enum
from inspect import get_annotations
from types import NoneType, UnionType
from typing import (
    Annotated,
    Any,
    ClassVar,
    Literal,
    TypeAlias,
    Union,
    get_args,
    get_origin,
    get_type_hints,
)


class Unit(Enum):
    """What a parameter is, where its Python type does not say it."""

    DURATION = "a span of time"
    TIMESTAMP = "a point in time"
    SYMBOL = "an instrument"
    PRICE = "a price"
    QTY = "a quantity"


#: A span of time, written as ``100ms``; the strategy gets nanoseconds.
Duration: TypeAlias = Annotated[int, Unit.DURATION]
#: A point in time, written as in the configuration; the strategy gets nanoseconds.
Timestamp: TypeAlias = Annotated[int, Unit.TIMESTAMP]
#: The name of an instrument of the data, which the strategy then listens to.
Symbol: TypeAlias = Annotated[str, Unit.SYMBOL]
#: A price in currency; compiled strategies get ticks.
Price: TypeAlias = Annotated[float, Unit.PRICE]
#: A positive quantity in units; compiled strategies get lots.
Qty: TypeAlias = Annotated[float, Unit.QTY]

PLAIN: tuple[type, ...] = (bool, int, float, str, Decimal)

#: Stands for "has no default".
NEEDED = object()


@dataclass(frozen=True)
class Parameter:
    """
    One parameter that a strategy declares.

    Parameters
    ----------
    name : str
        Its name, as in ``params``.
    kind : type or Unit
        One of bool, int, float, str and Decimal, or a unit.
    optional : bool
        Whether None is allowed.
    choices : tuple
        The values that are allowed; empty for all.
    default : object
        Its value where none is given, ``NEEDED`` if one must be.
    """

    name: str
    kind: type | Unit
    optional: bool
    choices: tuple[object, ...]
    default: object


def declared(owner: type, base: type) -> tuple[Parameter, ...]:
    """
    List the parameters that a class and its parents declare.

    Parameters
    ----------
    owner : type
        The class: annotated attributes are parameters, their values defaults; names
        that begin with an underscore and class variables are not.
    base : type
        The parent from which on declarations count.

    Returns
    -------
    tuple of Parameter
        Parents first, each in the order of writing.

    Raises
    ------
    TypeError
        If an annotation cannot be read or is of a kind that parameters do not have.
    """
    try:
        hints = get_type_hints(owner, include_extras=True)
    except Exception as error:
        message = f"{owner.__name__}: its annotations cannot be read: {error}"
        raise TypeError(message) from None
    names: dict[str, None] = {}
    for parent in reversed(owner.__mro__):
        if issubclass(parent, base):
            names |= dict.fromkeys(get_annotations(parent))
    return tuple(
        _parameter(owner, name, hints[name])
        for name in names
        if not name.startswith("_") and get_origin(hints[name]) is not ClassVar
    )


def _parameter(owner: type, name: str, hint: Any) -> Parameter:
    default = getattr(owner, name, NEEDED)
    if hint is ClassVar:
        message = f"{owner.__name__}.{name}: write ClassVar[...] with a type"
        raise TypeError(message)
    kind, choices, optional = _read(hint)
    if kind is None:
        message = (
            f"{owner.__name__}.{name}: {hint} cannot be a parameter; allowed: bool, "
            "int, float, str, Decimal, Literal[...], Duration, Timestamp, Symbol, "
            "Price, Qty, each also with | None (names of what is no parameter begin "
            "with an underscore, or have no annotation)"
        )
        raise TypeError(message)
    return Parameter(name, kind, optional, choices, default)


def _read(hint: Any) -> tuple[type | Unit | None, tuple[object, ...], bool]:
    """Read an annotation: its kind, its choices, and whether None is allowed."""
    if get_origin(hint) is Annotated:
        inner, *notes = get_args(hint)
        kind, choices, optional = _read(inner)
        units = [note for note in notes if isinstance(note, Unit)]
        return (units[0] if units else kind), choices, optional
    if get_origin(hint) in (Union, UnionType):
        given = get_args(hint)
        members = [member for member in given if member is not NoneType]
        kind, choices, _ = _read(members[0]) if len(members) == 1 else (None, (), False)
        return kind, choices, len(members) < len(given)
    if get_origin(hint) is Literal:
        return str, get_args(hint), False
    return (hint if hint in PLAIN else None), (), False
