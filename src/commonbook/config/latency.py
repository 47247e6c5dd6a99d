"""Delays between a portfolio and the venue."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import (
    Field,
    PlainSerializer,
    TypeAdapter,
    ValidationInfo,
    ValidatorFunctionWrapHandler,
    WrapValidator,
    field_validator,
)

from commonbook.config.base import Model
from commonbook.config.fields import Duration, Interval, Name, NotNegative, Positive
from commonbook.config.scalars import describe, format_duration, parse_duration

_FEED = "the delay of market data from the venue to the strategy"
_ORDER = "the delay of orders from the strategy to the venue"
_RESPONSE = "the delay of reports from the venue to the strategy"


def _dumped_samples(samples: "DelayColumn | tuple[int, ...]") -> object:
    if isinstance(samples, tuple):
        return [format_duration(span) for span in samples]
    return samples.model_dump(exclude_none=True)


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


class DelayColumn(Model):
    """A column of a file."""

    file: str = Field(
        description="a .csv or .parquet file, or a .txt file with one sample a line"
    )
    column: Name | None = Field(
        None, description="where the delays are; by default the delay's own name"
    )


def _samples(
    value: object, _: ValidatorFunctionWrapHandler
) -> DelayColumn | tuple[int, ...]:
    """Tell samples from a file of samples, so that faults are of the one meant."""
    if isinstance(value, DelayColumn):
        return value
    value = {"file": value} if isinstance(value, str) else value
    if isinstance(value, Mapping):
        return DelayColumn.model_validate(value)
    return _LIST.validate_python(value)


_LIST = TypeAdapter(Annotated[tuple[Duration, ...], Field(min_length=1)])


class EmpiricalDelay(Model):
    """A delay that is one of some samples, for each message another."""

    empirical: Annotated[
        tuple[Duration, ...] | DelayColumn,
        WrapValidator(
            _samples, json_schema_input_type=tuple[str, ...] | str | DelayColumn
        ),
        PlainSerializer(_dumped_samples),
    ] = Field(description="the samples, each as likely as the others")


class FileDelay(Model):
    """A delay that follows the clock: linear between the times of a file."""

    file: str = Field(description="a .csv or .parquet file with a column ts")
    column: Name | None = Field(
        None, description="where the delays are; by default the delay's own name"
    )


class DataDelay(Model):
    """A delay that is as the data's own: received less happened."""

    source: Literal["data"] = Field(alias="from", description="where it comes from")
    scale: NotNegative = Field(Decimal(1), description="how many times as long")
    plus: Duration = Field(0, description="how much longer")
    min: Duration | None = Field(
        None,
        description="what shorter delays of the data are taken for; by default a "
        "negative one is an error",
    )


_VARYING: dict[str, type[Model]] = {
    "lognormal": LognormalDelay,
    "empirical": EmpiricalDelay,
    "file": FileDelay,
    "from": DataDelay,
}
_ALLOWED = (
    "a duration such as '50us', {lognormal: {median: 100us, sigma: 0.4}}, "
    "{empirical: [80us, 95us]}, {file: latency.csv} or {from: data}"
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
    if isinstance(delay, Model):
        return delay.model_dump(by_alias=True, exclude_none=True)
    return format_duration(delay)


VaryingDelay: TypeAlias = LognormalDelay | EmpiricalDelay | FileDelay | DataDelay
#: A constant [ns], or how a delay that varies comes about.
AnyDelay: TypeAlias = Annotated[
    int | VaryingDelay,
    WrapValidator(_delay, json_schema_input_type=str | int | VaryingDelay),
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
