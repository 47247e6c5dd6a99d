"""Orders that are alone: none of ours is ahead of another, whenever they live."""

import numpy as np

from commonbook.core.enums import QueueModel
from commonbook.runner.lone_orders import LONE_ORDER, rest_alone
from tests.data.tapes import LAST, tape_of_rows

MODELS = {
    "careful": (QueueModel.RISK_AVERSE, 1.0),
    "uniform": (QueueModel.POWER, 1.0),
}
TAPE = tape_of_rows(
    (1, "S", "B", 99, 10, 0),
    (1, "S", "A", 101, 10, LAST),
    (5, "S", "B", 99, 4, LAST),
    (6, "T", "A", 99, 6, LAST),
    (9, "T", "A", 99, 9, LAST),
    (12, "S", "A", 101, 9, LAST),
)


def orders_of(*rows):
    orders = np.zeros(len(rows), LONE_ORDER)
    for order, (join, leave, price, qty) in zip(orders, rows, strict=True):
        order["join"], order["leave"] = join, leave
        order["price"], order["qty"] = price, qty
    return orders


def test_orders_at_one_time_do_not_wait_for_each_other():
    orders = orders_of((2, 8, 99, 3), (2, 8, 99, 3), (3, 11, 99, 3), (9, 11, 99, 3))
    ends = rest_alone(TAPE, orders, MODELS)
    assert ends["careful"]["ahead"].tolist() == [10, 10, 10, 4]
    # Six of the ten ahead are cancelled: nobody else was there.
    assert ends["careful"]["filled"].tolist() == [2, 2, 3, 0]
    assert ends["uniform"]["filled"].tolist() == [2, 2, 3, 0]
    assert ends["careful"]["ts_last_fill"].tolist() == [6, 6, 9, 0]


def test_an_order_may_leave_when_another_comes():
    orders = orders_of((6, 9, 99, 20), (2, 6, 99, 20), (9, 12, 98, 1))
    filled = rest_alone(TAPE, orders, MODELS)["uniform"]["filled"]
    assert filled.tolist() == [5, 2, 0]


def test_an_order_that_could_trade_at_once_does_not_rest():
    end = rest_alone(TAPE, orders_of((2, 8, 101, 3)), MODELS)["careful"]
    assert end["ahead"].tolist() == [-1]
    assert end["filled"].tolist() == [0]
