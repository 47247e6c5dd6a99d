"""Delays between a portfolio and the venue."""

from collections.abc import Mapping
from typing import Annotated, TypeAlias

from pydantic import BeforeValidator, Field

from commonbook.config.base import Model
from commonbook.config.fields import Duration

_FEED = "the delay of market data from the venue to the strategy"
_ORDER = "the delay of orders from the strategy to the venue"
_RESPONSE = "the delay of reports from the venue to the strategy"


def _constant(value: object) -> object:
    if isinstance(value, Mapping):
        message = (
            "random delays and delays from data are not built yet; "
            "allowed now: a constant such as '50us'"
        )
        raise ValueError(message)  # noqa: TRY004 - what pydantic catches
    return value


Delay: TypeAlias = Annotated[Duration, BeforeValidator(_constant)]


class Latency(Model):
    """Constant delays [ns]."""

    feed: Delay = Field(0, description=_FEED)
    order: Delay = Field(0, description=_ORDER)
    response: Delay = Field(0, description=_RESPONSE)


class LatencyOverride(Model):
    """Delays of one portfolio [ns]; what is not given is as for every engine."""

    feed: Delay | None = Field(None, description=_FEED)
    order: Delay | None = Field(None, description=_ORDER)
    response: Delay | None = Field(None, description=_RESPONSE)

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
        given = self.model_dump(exclude_none=True)
        return Latency.model_validate(latency.model_dump() | given)
