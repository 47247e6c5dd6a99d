"""Limits of portfolios and whole groups."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal


@dataclass(frozen=True)
class NotionalSetup:
    """
    What positions may be worth.

    Parameters
    ----------
    gross : Decimal or None
        Of all instruments, long and short alike (currency); None for any.
    net : Decimal or None
        Of all instruments, long less short (currency); None for any.
    """

    gross: Decimal | None = None
    net: Decimal | None = None


@dataclass(frozen=True)
class GroupLimitSetup:
    """
    What the portfolios of a group may not exceed together.

    Parameters
    ----------
    max_positions : mapping of int to int
        Position limit by instrument (lots); none where missing.
    notional : NotionalSetup or None
        What their positions may be worth together.
    """

    max_positions: Mapping[int, int] = field(default_factory=dict)
    notional: NotionalSetup | None = None
