"""Fees: what each kind of fill costs a portfolio."""

from collections.abc import Mapping
from decimal import Decimal
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from commonbook.config.base import Model
from commonbook.config.fields import Cash, PerShare, Rate

_MAKER = "the fee of fills of resting orders"
_TAKER = "the fee of fills that take liquidity"
_CROSS = "the fee of crosses between portfolios"


class Fee(Model):
    """What one kind of fill costs; a plain number is `per_notional`."""

    per_notional: Rate = Field(
        Decimal(0),
        description="a fraction of price x quantity; 0.0002 is 2 basis points, "
        "negative is a rebate",
    )
    per_share: PerShare = Field(
        Decimal(0), description="currency for each unit; negative is a rebate"
    )
    minimum: Cash = Field(
        Decimal(0),
        description="the least that one fill costs, in currency; 0 is no minimum",
    )


def _per_notional(value: object) -> object:
    if value is None or isinstance(value, Mapping | Fee):
        return value
    return {"per_notional": value}


FeeRule: TypeAlias = Annotated[
    Fee, BeforeValidator(_per_notional, json_schema_input_type=float | str | Fee)
]


class Fees(Model):
    """Fees by the way a fill came about."""

    maker: FeeRule = Field(default_factory=Fee, description=_MAKER)
    taker: FeeRule = Field(default_factory=Fee, description=_TAKER)
    cross: FeeRule = Field(default_factory=Fee, description=_CROSS)


class FeesOverride(Model):
    """Fees of one portfolio; what is not given is as for every engine."""

    maker: FeeRule | None = Field(None, description=_MAKER)
    taker: FeeRule | None = Field(None, description=_TAKER)
    cross: FeeRule | None = Field(None, description=_CROSS)

    def over(self, fees: Fees) -> Fees:
        """
        Lay this over the fees of every engine.

        Parameters
        ----------
        fees : Fees
            The fees of the execution block.

        Returns
        -------
        Fees
            What the portfolio pays.
        """
        return Fees(
            maker=self.maker or fees.maker,
            taker=self.taker or fees.taker,
            cross=self.cross or fees.cross,
        )
