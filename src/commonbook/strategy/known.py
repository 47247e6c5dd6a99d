"""What a strategy in plain Python knows of its orders: those open, and the news."""

from commonbook.core.enums import Reason, ReportKind, Told
from commonbook.core.limits import BEYOND, PARTS
from commonbook.strategy.orders import LIQUIDITIES, Fill, Order
from commonbook.strategy.stops import Impossible

ENDED, FILL = int(ReportKind.ENDED), int(ReportKind.FILL)
ACCEPTED, REPLACED = int(ReportKind.ACCEPTED), int(ReportKind.REPLACED)
REFUSED = int(ReportKind.CANCEL_REJECTED)
NEWS = tuple(kind.name.lower() for kind in ReportKind)
#: An order that ends so has answered one of the messages about it.
ANSWERS = {int(Reason.USER_CANCEL), int(Reason.REPLACED)}
ORDER_ID, KIND, QTY = int(Told.ORDER_ID), int(Told.KIND), int(Told.QTY)
PRICE_HALF, DETAIL = int(Told.PRICE_HALF), int(Told.DETAIL)
STATE, REASON, LEAVES = int(Told.STATE), int(Told.REASON), int(Told.LEAVES)
TS = int(Told.TS)


class KnownOrders:
    """
    The orders of a strategy, as far as it knows.

    Attributes
    ----------
    open : dict of int to Order
        Those that it does not know to have ended, by number, in the order of sending.
    last_id : int
        Number of the last one.
    """

    def __init__(self) -> None:
        self.open: dict[int, Order] = {}
        self.last_id = 0
        self._over: dict[int, Order] = {}  # ended, with messages not answered yet

    def find(self, order_id: int, what: str) -> Order | None:
        """
        Find an order that is to be changed.

        Parameters
        ----------
        order_id : int
            Its number.
        what : str
            What is to be done with it, for messages.

        Returns
        -------
        Order or None
            None when it is known to have ended.

        Raises
        ------
        Impossible
            If no order has this number.
        """
        order = self.open.get(order_id)
        if order is None and order_id not in range(1, self.last_id + 1):
            message = f"{what} of order {order_id!r}, which was never sent"
            raise Impossible(message)
        return order

    def learn(self, row: list[int]) -> Fill | Order:
        """
        Take in one report.

        Parameters
        ----------
        row : list of int
            A row with the columns of `Told`.

        Returns
        -------
        Fill or Order
            The fill, or the order that was accepted, reduced or has ended.
        """
        order_id, kind, qty = row[ORDER_ID], row[KIND], row[QTY]
        if kind == REFUSED:
            return self._learn_refusal(order_id, qty)
        order = self.open[order_id]
        if kind == REPLACED:
            order.take_replace(row[LEAVES], row[PRICE_HALF] // 2, row[DETAIL])
            order.replacing -= 1
            order.unanswered -= 1
            return order
        order.state_code = row[STATE]
        order.leaves_lots = row[LEAVES]
        if kind == FILL:
            order.filled_lots += qty
            order.market.position_lots += -qty if order.side_code else qty
            ticks = order.market.ticks
            beyond, liquidity = divmod(row[DETAIL], BEYOND)
            price = ticks.value(row[PRICE_HALF]) / 2
            if beyond:  # an average price
                price = ticks.value(row[PRICE_HALF] * PARTS + beyond) / (2 * PARTS)
            lots = order.market.lots.value(qty)
            return Fill(row[TS], order, price, lots, LIQUIDITIES[liquidity])
        if kind == ACCEPTED and order.price_ticks is not None:
            order.price_ticks = row[PRICE_HALF] // 2
        elif kind == ENDED:
            order.reason_code = row[REASON]
            order.leaves_lots = 0
            order.unanswered -= row[REASON] in ANSWERS
            del self.open[order_id]
            if order.unanswered > 0:
                self._over[order_id] = order
        return order

    def _learn_refusal(self, order_id: int, replaces: int) -> Order:
        """Take in that a cancel, or a replace, was refused."""
        order = self.open.get(order_id) or self._over[order_id]
        order.replacing -= replaces
        order.unanswered -= 1
        if order.unanswered == 0:
            self._over.pop(order_id, None)
        return order
