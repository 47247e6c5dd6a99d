"""What is left of a failing scenario is what makes it fail."""

from tests.oracle.engine import run
from tests.oracle.shrink import shrink, smaller
from tests.strategies import random_scenario


def crosses(scenario):
    return run(scenario).seen["crosses"] > 0


def test_what_is_left_of_a_cross_is_two_portfolios_and_all_of_it_is_needed():
    seed = next(s for s in range(50) if crosses(random_scenario(s)))
    small = shrink(random_scenario(seed), crosses)
    assert crosses(small)
    assert len(small.portfolios) == 2
    assert sum(len(p.messages) for p in small.portfolios) <= 4
    assert not any(map(crosses, smaller(small)))


def test_terms_that_are_not_needed_are_left_out():
    def resizes(scenario):
        return run(scenario).seen["replaces that lose their place"] > 0

    seeds = (random_scenario(s, terms=True) for s in range(50))
    small = shrink(next(filter(resizes, seeds)), resizes)
    (order, change) = (m for p in small.portfolios for m in p.messages)
    terms = order.stop, order.post_only, order.reduce_only, order.tif, order.expires
    assert terms == (None, False, False, "gtc", 0)
    assert (change.qty, change.price).count(None) == 1
