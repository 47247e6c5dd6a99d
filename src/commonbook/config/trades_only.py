"""What is assumed of instruments whose data has trades but no book."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field, ValidationInfo, field_validator

from commonbook.config.base import Model
from commonbook.config.fields import Fraction
from commonbook.config.impact import by_symbol
from commonbook.config.scalars import describe, parse_decimal, parse_whole

#: A spread that no market has; beyond it a number is a slip.
WIDEST = 1_000_000


def _spread(value: object) -> Decimal:
    ticks = parse_whole(value)
    if not 1 <= ticks <= WIDEST:
        message = f"found {describe(value)}; allowed: whole ticks, 1 to {WIDEST}"
        raise ValueError(message)
    return Decimal(ticks)


def _size(value: object) -> Decimal:
    size = parse_decimal(value)
    if size <= 0:
        message = f"found {describe(value)}; allowed: more than 0"
        raise ValueError(message)
    return size


#: Whole ticks, for all instruments or for each symbol.
Spread: TypeAlias = Annotated[Decimal | dict[str, Decimal], by_symbol(_spread)]
#: A size in units, for all instruments or for each symbol.
Offer: TypeAlias = Annotated[Decimal | dict[str, Decimal], by_symbol(_size)]


class TradesOnly(Model):
    """The market that is assumed around the trades of instruments without a book."""

    spread_ticks: Spread = Field(
        description="the spread, in ticks, around the last price: a number, or one for "
        "each symbol such as {AAPL: 2}"
    )
    participation: Fraction | None = Field(
        None,
        description="what each print offers to takers on each side, as a part of its "
        "size, such as 0.1; rounded up to whole lots",
    )
    size: Offer | None = Field(
        None,
        validate_default=True,
        description="instead of participation: the size in units that each print "
        "offers on each side, or one for each symbol",
    )
    fill_at_price: Literal["never", "always"] = Field(
        "never",
        description="whether a print at the price of a resting order fills it: never "
        "(only prints through it do) or always (nobody else waits there)",
    )

    @field_validator("participation")
    @classmethod
    def _is_short(cls, value: Decimal | None) -> Decimal | None:
        if value is not None and value.as_integer_ratio()[1] > 10**9:
            message = f"found {describe(value)}; allowed: at most 9 decimals"
            raise ValueError(message)
        return value

    @field_validator("size")
    @classmethod
    def _stated_once(
        cls, value: Decimal | dict[str, Decimal] | None, info: ValidationInfo
    ) -> Decimal | dict[str, Decimal] | None:
        if "participation" not in info.data:
            return value  # at fault itself
        if (value is None) == (info.data["participation"] is None):
            found = "neither is" if value is None else "both are"
            message = (
                f"{found} given; give participation (a part of each print, such as "
                "0.1) or size (units), so that takers cannot have more than there was"
            )
            raise ValueError(message)
        return value
