"""Parameters of the user's own strategies: from declarations to a checked model."""

from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Literal
from weakref import WeakKeyDictionary

from pydantic import BeforeValidator, Field, Strict, create_model

from commonbook.config.base import Model
from commonbook.config.fields import (
    Duration,
    Interval,
    Name,
    Number,
    Positive,
    Switch,
    Timestamp,
    Whole,
)
from commonbook.config.scalars import parse_decimal
from commonbook.strategy.params import NEEDED, Parameter, Unit
from commonbook.strategy.user_code import CompiledStrategy

if TYPE_CHECKING:
    from commonbook.strategy.api import Strategy

#: Types that check a value, and what a message calls it.
_KINDS: Mapping[type | Unit, tuple[Any, str]] = {
    bool: (Switch, "true or false"),
    int: (Whole, "a whole number"),
    float: (
        Annotated[float, BeforeValidator(lambda value: float(parse_decimal(value)))],
        "a number",
    ),
    Decimal: (Number, "a number"),
    str: (Annotated[str, Strict()], "text"),
    Unit.DURATION: (Duration, "a span of time such as 100ms"),
    Unit.TIMESTAMP: (Timestamp, "a point in time"),
    Unit.SYMBOL: (Name, "the name of an instrument"),
    Unit.PRICE: (Number, "a price, in currency"),
    Unit.QTY: (Positive, "a quantity, in units"),
}


_TIMES = (Unit.DURATION, Unit.TIMESTAMP)


class OwnParams(Model):
    """
    What every strategy of the user's own takes.

    Attributes
    ----------
    declared : tuple of Parameter
        What this strategy declares.
    """

    declared: ClassVar[tuple[Parameter, ...]] = ()

    symbol: Name | None = Field(
        None, description="the instrument; may be left out when the data has only one"
    )
    every: Interval | None = Field(
        None, description="how often its timer goes off; never unless it says so"
    )


#: Models by strategy: annotations are read while the module that they name is loaded.
_MODELS: WeakKeyDictionary[Any, type[OwnParams]] = WeakKeyDictionary()


def params_model(target: "type[Strategy] | CompiledStrategy") -> type[OwnParams]:
    """
    Make the model of the parameters that a strategy declares.

    Parameters
    ----------
    target : type or CompiledStrategy
        The strategy.

    Returns
    -------
    type
        Refuses what is unknown, missing or of another type, as all models do.

    Raises
    ------
    TypeError
        If it declares parameters of a kind that there is not, or under a name that is
        taken.
    """
    if target in _MODELS:
        return _MODELS[target]
    if isinstance(target, CompiledStrategy):
        name, parameters = target.function.__name__, target.parameters
    else:
        name, parameters = target.__name__, target._parameters()
    fields: dict[str, Any] = {}
    for parameter in parameters:
        if parameter.name not in OwnParams.model_fields and hasattr(
            Model, parameter.name
        ):
            message = f"{name}.{parameter.name}: the name is taken; choose another"
            raise TypeError(message)
        fields[parameter.name] = _field(parameter)
    made: type[OwnParams] = create_model(f"{name}Params", __base__=OwnParams, **fields)
    made.declared = parameters
    _MODELS[target] = made
    return made


def _field(parameter: Parameter) -> tuple[Any, Any]:
    kind, description = _KINDS[parameter.kind]
    if parameter.name == "every":
        kind = Interval
    if parameter.choices:
        kind = Literal[parameter.choices]
        description = f"one of {', '.join(map(str, parameter.choices))}"
    if parameter.optional:
        kind = kind | None
    if parameter.default is NEEDED:
        return kind, Field(description=description)
    default: Any = parameter.default
    # In Python a time is a number of nanoseconds, which text spells out.
    if isinstance(default, int) and parameter.kind in _TIMES:
        return kind, Field(default, description=description)
    return kind, Field(default, description=description, validate_default=True)
