"""How an exchange matches what comes to a price: by time, or in proportion to size."""

from dataclasses import dataclass
from decimal import Decimal
from typing import Literal


@dataclass(frozen=True)
class Matching:
    """
    What an incoming quantity takes of the orders at a price.

    Parameters
    ----------
    kind : {'fifo', 'pro_rata'}, default 'fifo'
        By time, or in proportion to size.
    min_share : Decimal, default 0
        Pro rata: smaller shares become 0 [units].
    top_order : bool, default False
        Pro rata: whether the order that has bettered the market comes first.
    """

    kind: Literal["fifo", "pro_rata"] = "fifo"
    min_share: Decimal = Decimal(0)
    top_order: bool = False


#: By time, as most exchanges match.
BY_TIME = Matching()
