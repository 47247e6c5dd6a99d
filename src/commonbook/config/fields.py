"""Types of single values: numbers, durations, times, names."""

from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import (
    AfterValidator,
    BeforeValidator,
    Field,
    PlainSerializer,
    Strict,
)

from commonbook.config.scalars import (
    format_duration,
    format_timestamp,
    parse_decimal,
    parse_duration,
    parse_timestamp,
    parse_whole,
)

#: Money is booked in units of 1e-8.
MONEY_DECIMALS = 8
#: Largest amount of money that fits 64 bits of 1e-8 units.
MAX_MONEY = Decimal(90_000_000_000)


def _at_most_8_decimals(value: Decimal) -> Decimal:
    if int(value.normalize().as_tuple().exponent) < -MONEY_DECIMALS:
        message = f"found {value}; allowed: at most {MONEY_DECIMALS} decimals"
        raise ValueError(message)
    return value


def _is_name(value: str) -> str:
    if not value or value != value.strip() or not value.isprintable() or "*" in value:
        message = (
            f"found {value!r}; allowed: printable text without '*' "
            "and without spaces around it"
        )
        raise ValueError(message)
    return value


_NUMBER = BeforeValidator(parse_decimal, json_schema_input_type=float | str)
_MONEY = AfterValidator(_at_most_8_decimals)

#: Any exact number.
Number: TypeAlias = Annotated[Decimal, _NUMBER]
#: An exact number above zero.
Positive: TypeAlias = Annotated[Decimal, _NUMBER, Field(gt=0)]
#: An exact number, zero or above.
NotNegative: TypeAlias = Annotated[Decimal, _NUMBER, Field(ge=0)]
#: An amount of currency, zero or above.
Cash: TypeAlias = Annotated[Decimal, _NUMBER, Field(ge=0, le=MAX_MONEY), _MONEY]
#: Currency for each unit traded; negative is received.
PerShare: TypeAlias = Annotated[Decimal, _NUMBER, Field(ge=-1000, le=1000), _MONEY]
#: A fraction of the notional; negative is received.
Rate: TypeAlias = Annotated[
    Decimal, _NUMBER, Field(ge=Decimal("-0.1"), le=Decimal("0.1")), _MONEY
]
#: A whole number.
Whole: TypeAlias = Annotated[int, BeforeValidator(parse_whole)]
#: A number to start random streams from.
Seed: TypeAlias = Annotated[int, BeforeValidator(parse_whole), Field(ge=0, lt=2**63)]
#: True or false, nothing else.
Switch: TypeAlias = Annotated[bool, Strict()]
#: A span of time [ns].
Duration: TypeAlias = Annotated[
    int,
    BeforeValidator(parse_duration, json_schema_input_type=str | int),
    PlainSerializer(format_duration, return_type=str),
]
#: A point in time, nanoseconds since 1970 UTC.
Timestamp: TypeAlias = Annotated[
    int,
    BeforeValidator(parse_timestamp, json_schema_input_type=str | int),
    PlainSerializer(format_timestamp, return_type=str),
]
#: The name of a portfolio, a run or an instrument.
Name: TypeAlias = Annotated[str, Field(max_length=200), AfterValidator(_is_name)]
#: A span of time longer than zero [ns].
Interval: TypeAlias = Annotated[Duration, Field(gt=0)]
#: How many, from 1 on.
Count: TypeAlias = Annotated[
    int, BeforeValidator(parse_whole), Field(ge=1, le=1_000_000_000)
]
#: Ticks in steps of one half, from one half on.
HalfTicks: TypeAlias = Annotated[
    Decimal, _NUMBER, Field(gt=0, le=1_000_000_000, multiple_of=Decimal("0.5"))
]
#: A share above 0, up to 1.
Fraction: TypeAlias = Annotated[Decimal, _NUMBER, Field(gt=0, le=1)]
#: The same with at most 8 decimals.
Share: TypeAlias = Annotated[Fraction, _MONEY]
