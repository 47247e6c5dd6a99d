"""How many orders limits refused."""

from collections.abc import Mapping

from commonbook.core.enums import Reason
from commonbook.results.summary import PortfolioSummary

#: Reasons of orders that were possible, and that a limit kept from the market.
LIMITS = (
    Reason.MAX_ORDER_QTY,
    Reason.MAX_POSITION,
    Reason.GROSS_NOTIONAL,
    Reason.NET_NOTIONAL,
    Reason.PRICE_COLLAR,
    Reason.RATE_LIMIT,
    Reason.GROUP_LIMIT,
)


def refused_by_limits(
    portfolios: Mapping[str, PortfolioSummary],
) -> dict[str, dict[str, int]]:
    """
    Count the orders that limits refused.

    Parameters
    ----------
    portfolios : mapping of str to PortfolioSummary
        Figures of each portfolio by name.

    Returns
    -------
    dict of str to dict of str to int
        By portfolio and reason; those without any are left out.
    """
    names = [reason.name.lower() for reason in LIMITS]
    counts = {
        portfolio: {
            name: figures["reasons"][name]
            for name in names
            if name in figures["reasons"]
        }
        for portfolio, figures in portfolios.items()
    }
    return {portfolio: told for portfolio, told in counts.items() if told}
