"""What is left of a failing scenario is what makes it fail."""

from tests.oracle.engine import run
from tests.oracle.scenario import Order
from tests.oracle.shrink import shrink
from tests.strategies import random_scenario


def test_a_cross_needs_two_orders_and_a_book():
    def fails(scenario):
        return run(scenario).seen["crosses"] > 0

    seed = next(s for s in range(50) if fails(random_scenario(s)))
    small = shrink(random_scenario(seed), fails)
    orders = [m for p in small.portfolios for m in p.messages if isinstance(m, Order)]
    assert len(small.portfolios) == len(orders) == 2
    assert sum(len(packet.events) for packet in small.packets) <= 3
