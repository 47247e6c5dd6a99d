"""The codes of the package, and which orders never leave."""

from commonbook.core.enums import OrderState, Reason, ReportKind

__all__ = ["NEVER_LEFT", "OrderState", "Reason", "ReportKind"]

#: An order with one of these never left its portfolio.
NEVER_LEFT = frozenset(
    {
        Reason.MAX_POSITION,
        Reason.RATE_LIMIT,
        Reason.GROUP_LIMIT,
        Reason.MAX_ORDER_QTY,
        Reason.GROSS_NOTIONAL,
        Reason.NET_NOTIONAL,
        Reason.PRICE_COLLAR,
        *(r for r in Reason if Reason.IMPOSSIBLE <= r <= Reason.BAD_TERMS),
    }
)
