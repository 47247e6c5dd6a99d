"""An order in a queue whose chances are known: Cont, Stoikov and Talreja (2010)."""

import numpy as np
import pytest
from benchmarks.queue_trials import exact, trials

from commonbook.core.enums import QueueModel
from commonbook.data.hide_orders import hide_orders
from commonbook.runner.lone_orders import rest_alone

#: Chance that place 1 to 5 is executed before 1 to 5 orders of the ask are gone.
KNOWN = [
    [0.503, 0.698, 0.794, 0.848, 0.882],
    [0.359, 0.551, 0.664, 0.737, 0.787],
    [0.291, 0.465, 0.578, 0.656, 0.713],
    [0.251, 0.409, 0.517, 0.596, 0.654],
    [0.224, 0.369, 0.472, 0.548, 0.607],
]
COUNT = 60  # trials of each of the 25 cells
ANY = {"any": (QueueModel.RISK_AVERSE, 1.0)}


@pytest.fixture(scope="module")
def played():
    return trials(1, 5, 5, COUNT)


@pytest.fixture(scope="module")
def ends(played):
    return rest_alone(played.tape, played.orders, ANY)["any"]


def test_the_chances_are_those_of_the_model():
    assert np.abs(exact(5, 5) - KNOWN).max() < 0.001


def test_each_order_is_executed_exactly_when_its_turn_comes(played, ends):
    assert (ends["ahead"] == played.place - 1).all()
    assert ((ends["filled"] == 1) == played.executed).all()
    at = ends["ts_last_fill"][played.executed]
    assert (at == played.orders["leave"][played.executed]).all()


def test_orders_are_executed_as_often_as_the_model_says(played, ends):
    """Chi-squared with 25 degrees of freedom is above 60 once in ten thousand."""
    filled = np.zeros((5, 5))
    np.add.at(filled, (played.place - 1, played.asks - 1), ends["filled"])
    chance = exact(5, 5)
    squares = (filled - COUNT * chance) ** 2 / (COUNT * chance * (1 - chance))
    assert squares.sum() < 60
    # One cell is more than four deviations away in one of 600 such tables.
    assert squares.max() < 16


def test_a_queue_that_nobody_tells_apart_is_never_shorter_than_it_is(played, ends):
    """Without names, `risk_averse` puts all cancels behind: it fills no order early."""
    hidden = rest_alone(hide_orders(played.tape), played.orders, ANY)["any"]
    assert (hidden["ahead"] == ends["ahead"]).all()
    assert (hidden["filled"] <= ends["filled"]).all()
    assert 0 < hidden["filled"].sum() < ends["filled"].sum()
