"""How fast what displaces the price is forgotten: a time, a preset, or several."""

import math
from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidatorFunctionWrapHandler,
    WrapValidator,
)

from commonbook.config.base import Faults, Model, nearest
from commonbook.config.fields import Positive
from commonbook.config.scalars import describe, format_duration, parse_duration

#: The half-life of volume that displaces the price for ever.
NEVER = 0
#: A volume decays at this many speeds at most.
MOST = 4

_DAY = 86_400 * 1_000_000_000
_ABOVE = "a duration above 0 such as '30min'"
_ONE = f"{_ABOVE}, or never"


def _per_day(rate: Decimal) -> int:
    """Turn a rate of decay for each day of 24 hours into a half-life [ns]."""
    return round(math.log(2) / float(rate) * _DAY)


#: Weights and half-lives [ns] of each preset, 0 for never.
PRESETS = {
    "ancerno": (
        (Decimal("0.11"), NEVER),
        (Decimal("0.33"), _per_day(Decimal(1) / 15)),
        (Decimal("0.56"), _per_day(Decimal(8))),
    ),
}


def _span(value: object, allowed: str = _ONE, names: tuple[str, ...] = ()) -> int:
    if value == "never":
        return NEVER
    try:
        span = parse_duration(value)
    except ValueError:
        span = 0
    if span == 0:
        guess = nearest(value, [*names, "never"]) if isinstance(value, str) else ""
        message = f"found {describe(value)}{guess or ';'} allowed: {allowed}"
        raise ValueError(message)
    return span


def _written(span: int) -> str:
    return "never" if span == NEVER else format_duration(span)


class Scale(Model):
    """A part of the volume, and how fast it decays."""

    weight: Positive = Field(
        description="the share of this part; those of all parts add up to 1"
    )
    half_life: Annotated[
        int,
        BeforeValidator(_span, json_schema_input_type=str),
        PlainSerializer(_written, return_type=str),
    ] = Field(description=f"the time in which this part decays by half: {_ONE}")


_PARTS = TypeAdapter(tuple[Scale, ...])
Decay: TypeAlias = int | str | tuple[Scale, ...]


def _decay(value: object, _: ValidatorFunctionWrapHandler) -> Decay:
    if isinstance(value, str) and value in PRESETS:
        return value
    if isinstance(value, list | tuple) and value:
        return _scales(value)
    allowed = (
        f"{_ABOVE}, never, a preset ({', '.join(PRESETS)}), "
        "or a list of {weight, half_life}"
    )
    return _span(value, allowed, tuple(PRESETS))


def _scales(items: list[object] | tuple[object, ...]) -> tuple[Scale, ...]:
    """Read several parts, whose weights are 1 together."""
    faults = Faults(Scale.__name__)
    if len(items) > MOST:
        faults.add((), f"found {len(items)} parts; allowed: at most {MOST}", items)
    for number, item in enumerate(items):
        if not isinstance(item, Mapping | Scale):
            message = f"found {describe(item)}; allowed: {{weight, half_life}}"
            faults.add((number,), message, item)
    faults.raise_any()
    scales = _PARTS.validate_python(items)
    total = sum(scale.weight for scale in scales)
    if total != 1:
        message = f"the weights add up to {total}; allowed: weights that add up to 1"
        raise ValueError(message)
    return scales


def scales_of(decay: Decay) -> tuple[tuple[Decimal, int], ...]:
    """
    Write a decay as parts of the volume.

    Parameters
    ----------
    decay : int, str or tuple of Scale
        A half-life [ns], 0 for never; the name of a preset; or several parts.

    Returns
    -------
    tuple of (Decimal, int)
        Weight, 1 in all, and half-life [ns] of each part.
    """
    if isinstance(decay, str):
        return PRESETS[decay]
    if isinstance(decay, int):
        return ((Decimal(1), decay),)
    return tuple((scale.weight, scale.half_life) for scale in decay)


def format_decay(decay: Decay) -> str:
    """
    Say how fast a volume decays.

    Parameters
    ----------
    decay : int, str or tuple of Scale
        As in `scales_of`.

    Returns
    -------
    str
        A duration, ``never``, the name of a preset, or the parts.
    """
    if isinstance(decay, str):
        return decay
    if isinstance(decay, int):
        return _written(decay)
    parts = [f"{scale.weight} with {_written(scale.half_life)}" for scale in decay]
    return " + ".join(parts)


def _serialized(decay: Decay) -> object:
    if isinstance(decay, tuple):
        return [scale.model_dump() for scale in decay]
    return format_decay(decay)


#: A half-life [ns] (0 for never), the name of a preset, or several parts.
HalfLife: TypeAlias = Annotated[
    Decay,
    WrapValidator(_decay, json_schema_input_type=str | list[Scale]),
    PlainSerializer(_serialized),
]
