"""What a portfolio, or a whole group, may not exceed."""

from decimal import Decimal
from typing import Annotated, Literal, TypeAlias

from pydantic import Field

from commonbook.config.base import Model
from commonbook.config.fields import Count, Interval, NotNegative, Share
from commonbook.config.impact import by_symbol
from commonbook.config.scalars import describe, parse_decimal

#: Longest span of an order rate [ns].
DAY = 86_400 * 10**9

OverRate: TypeAlias = Literal["reject", "delay"]


def _at_least_0(value: object) -> Decimal:
    number = parse_decimal(value)
    if number < 0:
        message = f"found {describe(value)}; allowed: at least 0"
        raise ValueError(message)
    return number


#: A quantity from 0, for every instrument or for some by symbol [units].
Most: TypeAlias = Annotated[Decimal | dict[str, Decimal], by_symbol(_at_least_0)]


class OrderRate(Model):
    """How fast a portfolio may send; cancels do not count."""

    messages: Annotated[Count, Field(le=100_000)] = Field(
        description="how many orders and replaces may leave in any such span"
    )
    per: Annotated[Interval, Field(le=DAY)] = Field(
        description="the span, such as 1s, at most 24h"
    )
    over: OverRate = Field(
        description="what becomes of more: reject, or delay until they may leave"
    )


class Limits(Model):
    """What a portfolio may not exceed."""

    max_position: Most | None = Field(
        None,
        description="the largest position, long or short, in units: one number for "
        "any instrument, or one for each symbol such as {AAPL: 5000}",
    )
    max_order_qty: Most | None = Field(
        None,
        description="the largest quantity of one order in units: one number for any "
        "instrument, or one for each symbol",
    )
    gross_notional: NotNegative | None = Field(
        None,
        description="the most that its positions may be worth, those of all "
        "instruments added up, long and short alike",
    )
    net_notional: NotNegative | None = Field(
        None,
        description="the most that its positions may be worth, long ones less short "
        "ones, either way",
    )
    price_collar: Share | None = Field(
        None,
        description="how far beyond the mid the limit of an order may be, as a "
        "fraction of it, 0.05 for 5 %",
    )
    order_rate: OrderRate | None = Field(
        None, description="how many orders and replaces may leave in a while"
    )


class GroupLimits(Model):
    """What the portfolios of one engine may not exceed together."""

    max_position: Most | None = Field(
        None,
        description="the largest net position of the group, long or short, in units: "
        "one number for any instrument, or one for each symbol such as {AAPL: 5000}",
    )
    gross_notional: NotNegative | None = Field(
        None,
        description="the most that its net positions may be worth, those of all "
        "instruments added up, long and short alike",
    )
    net_notional: NotNegative | None = Field(
        None,
        description="the most that its net positions may be worth, long ones less "
        "short ones, either way",
    )
