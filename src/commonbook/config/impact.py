"""How the orders of an engine move the market: a model and the numbers behind it."""

from collections.abc import Callable, Mapping
from decimal import Decimal
from typing import Annotated, Literal, Self, TypeAlias

from pydantic import (
    BeforeValidator,
    Field,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from commonbook.config.base import Faults, Model, nearest
from commonbook.config.decay import HalfLife
from commonbook.config.fields import Positive
from commonbook.config.scalars import (
    describe,
    parse_decimal,
)

#: The coefficient is an assumption; results should be tried over this band.
BAND = (Decimal("0.5"), Decimal("1.0"))

_30_MIN = 1_800 * 1_000_000_000
#: Numbers that the data has to give: that of earlier days, or that of the run.
AUTO = ("auto", "auto_in_sample")
_KEYS = ("coefficient", "adv", "daily_volatility", "half_life")

_KIND = "none, linear, or square_root"
_COEFFICIENT = (
    "the Y of the square root law, an assumption: "
    f"see whether results stand from {BAND[0]} to {BAND[1]}"
)
_ADV = (
    "the average volume of a day in units: a number, one for each symbol such as "
    "{AAPL: 50_000_000}, auto (from earlier days), or auto_in_sample"
)
_VOLATILITY = (
    "the volatility of a day as a fraction of the price, 0.02 for 2 %: a number, "
    "one for each symbol such as {AAPL: 0.02}, auto, or auto_in_sample"
)
_HALF_LIFE = (
    "the time in which the volume that displaces the price decays by half, or never; "
    "a preset (ancerno); or up to 4 parts such as [{weight: 1, half_life: 30min}]"
)


def _positive(value: object) -> Decimal:
    number = parse_decimal(value)
    if number <= 0:
        message = f"found {describe(value)}; allowed: more than 0"
        raise ValueError(message)
    return number


def _fraction(value: object) -> Decimal:
    number = _positive(value)
    if number > 1:
        message = f"found {describe(value)}; allowed: at most 1 (2 % is written 0.02)"
        raise ValueError(message)
    return number


def by_symbol(parse: Callable[[object], Decimal], *names: str) -> WrapValidator:
    """
    Read a number, or a mapping whose faults are reported under their symbols.

    Parameters
    ----------
    parse : callable
        Turns a value into a number, or raises ValueError.
    *names : str
        What may stand in the place of all numbers.

    Returns
    -------
    WrapValidator
        To be put into ``Annotated``.
    """

    def read(value: object, _: ValidatorFunctionWrapHandler) -> "BySymbol":
        if isinstance(value, str) and value in names:
            return value
        if isinstance(value, str) and (near := nearest(value, list(names))):
            allowed = ", ".join(("a number, one for each symbol", *names))
            message = f"found {describe(value)}{near} allowed: {allowed}"
            raise ValueError(message)
        if not isinstance(value, Mapping):
            return parse(value)
        numbers = {}
        faults = Faults("mapping")
        if not value:
            faults.add((), "found an empty mapping; allowed: symbols", value)
        for symbol, item in value.items():
            try:
                numbers[str(symbol)] = parse(item)
            except ValueError as error:
                faults.add((str(symbol),), str(error), item)
        faults.raise_any()
        return numbers

    return WrapValidator(
        read, json_schema_input_type=float | str | dict[str, float | str]
    )


BySymbol: TypeAlias = Decimal | dict[str, Decimal] | str
#: A volume above 0, for all instruments or for each symbol.
Volume: TypeAlias = Annotated[BySymbol, by_symbol(_positive, *AUTO)]
#: A fraction above 0, for all instruments or for each symbol.
Volatility: TypeAlias = Annotated[BySymbol, by_symbol(_fraction, *AUTO)]


class Impact(Model):
    """The numbers behind the model of market impact."""

    coefficient: Positive = Field(Decimal("0.8"), description=_COEFFICIENT)
    adv: Volume | None = Field(None, description=_ADV)
    daily_volatility: Volatility | None = Field(None, description=_VOLATILITY)
    half_life: HalfLife = Field(_30_MIN, description=_HALF_LIFE)


class ImpactModel(Model):
    """How orders move the market; what is not given here is as in `Impact`."""

    kind: Literal["none", "linear", "square_root"] = Field("none", description=_KIND)
    coefficient: Positive | None = Field(None, description=_COEFFICIENT)
    adv: Volume | None = Field(None, description=_ADV)
    daily_volatility: Volatility | None = Field(None, description=_VOLATILITY)
    half_life: HalfLife | None = Field(None, description=_HALF_LIFE)

    @field_validator(*_KEYS)
    @classmethod
    def _belongs_to_a_model(cls, value: object, info: ValidationInfo) -> object:
        if value is not None and info.data.get("kind") == "none":
            message = (
                f"none has no {info.field_name}; "
                "remove the key, or choose linear or square_root"
            )
            raise ValueError(message)
        return value

    def over(self, impact: Impact | None) -> Self:
        """
        Lay this over the numbers of every engine.

        Parameters
        ----------
        impact : Impact or None
            The numbers of the execution block.

        Returns
        -------
        ImpactModel
            A model with all its numbers; ``none`` has none.
        """
        if self.kind == "none" or impact is None:
            return self
        missing = {key: getattr(impact, key) for key in _KEYS if self.lacks(key)}
        return self.model_copy(update=missing)

    def lacks(self, key: str) -> bool:
        """
        Tell whether a number must be looked up elsewhere.

        Parameters
        ----------
        key : str
            Name of the number.

        Returns
        -------
        bool
            Whether this is a model and does not say.
        """
        return self.kind != "none" and getattr(self, key) is None


def complete(models: list[ImpactModel], impact: Impact | None) -> Impact | None:
    """
    Check that models and numbers fit together, and add the defaults.

    Parameters
    ----------
    models : list of ImpactModel
        Every model of the configuration.
    impact : Impact or None
        The numbers of the execution block, as far as they are given.

    Returns
    -------
    Impact or None
        The numbers with their defaults; None when no model needs any.

    Raises
    ------
    ValueError
        If numbers are given that no model needs.
    ValidationError
        With a line for each number that a model needs and nobody gives.
    """
    moving = [model for model in models if model.kind != "none"]
    if not moving:
        if impact is not None:
            message = (
                "market_impact_model is none, so these numbers would do nothing; "
                "remove the key, or choose linear or square_root"
            )
            raise ValueError(message)
        return None
    impact = Impact() if impact is None else impact
    faults = Faults(Impact.__name__)
    for key in ("adv", "daily_volatility"):
        needing = [model.kind for model in moving if model.lacks(key)]
        if needing and getattr(impact, key) is None:
            wanted = Impact.model_fields[key].description
            message = f"this key is missing; {needing[0]} needs it: give {wanted}"
            faults.add((key,), message, None)
    faults.raise_any()
    return impact


def _kind(value: object) -> object:
    return {"kind": value} if isinstance(value, str) else value


#: A model by its name, or with numbers of its own.
ImpactRule: TypeAlias = Annotated[
    ImpactModel,
    BeforeValidator(
        _kind,
        json_schema_input_type=Literal["none", "linear", "square_root"] | ImpactModel,
    ),
]
