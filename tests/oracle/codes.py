"""The codes of `commonbook.core.enums`, with those that replaces need."""

from enum import IntEnum

from commonbook.core.enums import OrderState, Reason

__all__ = ["NEVER_LEFT", "OrderState", "Reason", "ReportKind"]


class ReportKind(IntEnum):
    """What a report says about an order."""

    ENDED = 0
    FILL = 1
    REDUCED = 2
    ACCEPTED = 3  # it rests, or waits, at the venue
    CANCEL_REJECTED = 4  # a cancel or a replace came too late, or was impossible
    REPLACED = 5


#: An order with one of these never left its portfolio.
NEVER_LEFT = frozenset(
    {Reason.MAX_POSITION, *(r for r in Reason if r >= Reason.IMPOSSIBLE)}
)
