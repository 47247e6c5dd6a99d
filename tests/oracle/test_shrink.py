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
