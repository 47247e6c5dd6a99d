"""Delays between a portfolio and the venue."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import (
    Field,
    PlainSerializer,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from commonbook.config.base import Model
from commonbook.config.fields import Duration, Interval, Positive
from commonbook.config.scalars import describe, format_duration, parse_duration

_FEED = "the delay of market data from the venue to the strategy"
_ORDER = "the delay of orders from the strategy to the venue"
_RESPONSE = "the delay of reports from the venue to the strategy"


class Lognormal(Model):
    """A delay whose logarithm is normal: most are near the median, few much longer."""

    median: Interval = Field(description="half of the delays are shorter")
    sigma: Annotated[Positive, Field(le=3)] = Field(
        description="the standard deviation of the logarithm; with 0.4 one delay of "
        "six is more than 1.5 times the median"
    )
    min: Duration = Field(0, description="no delay is shorter than this")

    @field_validator("min")
    @classmethod
    def _is_below_the_median(cls, value: int, info: ValidationInfo) -> int:
        median = info.data.get("median")
        if median is not None and value > median:
            message = (
                f"found {format_duration(value)}; allowed: at most the median, "
                f"{format_duration(median)}"
            )
            raise ValueError(message)
        return value


class LognormalDelay(Model):
    """A delay that is drawn anew for each message."""

    lognormal: Lognormal = Field(description="how it is distributed")


class EmpiricalDelay(Model):
    """A delay that is one of some samples, for each message another."""

    empirical: Annotated[tuple[Duration, ...], Field(min_length=1)] = Field(
        description="the samples, each as likely as the others"
    )


_VARYING: dict[str, type[Model]] = {
    "lognormal": LognormalDelay,
    "empirical": EmpiricalDelay,
}
_ALLOWED = (
    "a duration such as '50us', {lognormal: {median: 100us, sigma: 0.4}} or "
    "{empirical: [80us, 95us]}"
)


def _delay(value: object, _: ValidatorFunctionWrapHandler) -> int | Model:
    """Read a delay with the model that its first key names."""
    if isinstance(value, Model):
        return value
    if not isinstance(value, Mapping):
        return parse_duration(value)
    kinds = [key for key in value if key in _VARYING]
    if not kinds:
        keys = ", ".join(map(str, value)) or describe(value)
        message = f"found {keys}; allowed: {_ALLOWED}"
        raise ValueError(message)
    return _VARYING[kinds[0]].model_validate(value)


def _dumped(delay: int | Model) -> object:
    return delay.model_dump() if isinstance(delay, Model) else format_duration(delay)


#: A constant [ns], or how a delay that varies comes about.
AnyDelay: TypeAlias = Annotated[
    int | LognormalDelay | EmpiricalDelay,
    WrapValidator(
        _delay, json_schema_input_type=str | int | LognormalDelay | EmpiricalDelay
    ),
    PlainSerializer(_dumped),
]


class Latency(Model):
    """The delays of a portfolio, and of the venue itself."""

    feed: AnyDelay = Field(0, description=_FEED)
    order: AnyDelay = Field(0, description=_ORDER)
    response: AnyDelay = Field(0, description=_RESPONSE)
    processing: Duration = Field(
        0,
        description="how long the venue takes from the arrival of an order or a cancel "
        "until it acts on it; the same for everybody",
    )


class LatencyOverride(Model):
    """Delays of one portfolio; what is not given is as for every engine."""

    feed: AnyDelay | None = Field(None, description=_FEED)
    order: AnyDelay | None = Field(None, description=_ORDER)
    response: AnyDelay | None = Field(None, description=_RESPONSE)

    def over(self, latency: Latency) -> Latency:
        """
        Lay this over the delays of every engine.

        Parameters
        ----------
        latency : Latency
            The delays of the execution block.

        Returns
        -------
        Latency
            The portfolio's delays.
        """
        given = {leg: delay for leg, delay in self if delay is not None}
        return latency.model_copy(update=given)
