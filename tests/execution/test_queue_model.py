"""What a change of a level's size says about who was ahead of us there."""

from math import log

import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import QueueModel
from commonbook.execution.queue_model import after_mention, lots_ahead

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

RISK_AVERSE, POWER, LOG = QueueModel


@pytest.mark.parametrize(
    ("ahead", "lots"),
    [(0.0, 0), (1e-9, 0), (0.5, 1), (1.0, 1), (1.0000001, 1), (1.00001, 2), (48.0, 48)],
)
def test_an_estimate_is_rounded_up_to_whole_lots_but_for_noise(ahead, lots):
    assert lots_ahead(ahead) == lots


@pytest.mark.parametrize(
    ("kind", "n", "ahead", "traded", "prev", "new", "expected"),
    [
        # 60 of 100 are ahead, 20 are cancelled.
        (RISK_AVERSE, 1, 60, 0, 100, 80, 60),
        (POWER, 1, 60, 0, 100, 80, 48),  # uniform: 60 percent of them ahead
        (POWER, 2, 60, 0, 100, 80, 60 - 20 * 3600 / (3600 + 1600)),
        (POWER, 3, 60, 0, 100, 80, 44.5714),
        (POWER, 0.5, 60, 0, 100, 80, 60 - 20 * 60**0.5 / (60**0.5 + 40**0.5)),
        (LOG, 1, 60, 0, 100, 80, 49.4922),
        (LOG, 1, 60, 0, 100, 80, 60 - 20 * log(61) / (log(61) + log(41))),
        # More are gone than can have been behind.
        (RISK_AVERSE, 1, 60, 0, 100, 50, 50),
        (POWER, 1, 60, 0, 100, 50, 30),
        (POWER, 0.5, 90, 0, 100, 40, 40),
        (LOG, 1, 90, 0, 100, 40, 40),
        # Traded size left from the front already and is no cancel.
        (RISK_AVERSE, 1, 50, 10, 100, 90, 50),
        (POWER, 1, 50, 10, 100, 90, 50),
        (LOG, 1, 50, 10, 100, 90, 50),
        (POWER, 1, 50, 10, 100, 70, 40),
        # More was traded than is missing: size was added, behind.
        (POWER, 3, 50, 10, 100, 95, 50),
        (POWER, 3, 60, 0, 100, 130, 60),
        # Nobody behind, nobody ahead, nobody at all.
        (POWER, 1, 100, 0, 100, 70, 70),
        (POWER, 3, 0, 0, 100, 70, 0),
        (POWER, 3, 0, 0, 0, 0, 0),
        (POWER, 1, 60, 0, 100, 0, 0),
        (LOG, 1, 100, 0, 100, 70, 70),
        (LOG, 1, 0, 0, 100, 70, 0),
        (LOG, 1, 0, 0, 0, 0, 0),
        (LOG, 1, 60, 0, 100, 0, 0),
        (RISK_AVERSE, 1, 60, 0, 100, 0, 0),
    ],
)
def test_where_an_order_stands_after_its_level_changed(
    kind, n, ahead, traded, prev, new, expected
):
    estimate = after_mention(kind, float(n), float(ahead), traded, prev, new)
    assert estimate == pytest.approx(expected, abs=1e-4)


@given(
    st.integers(0, 500),
    st.integers(0, 500),
    st.integers(0, 500),
    st.floats(0, 1),
    st.sampled_from([*((POWER, n) for n in (0.5, 1.0, 2.0, 3.0)), (LOG, 1.0)]),
)
def test_every_model_lies_between_nothing_and_the_most_careful_one(
    prev, new, traded, part, model
):
    ahead = part * prev
    careful = after_mention(RISK_AVERSE, 1.0, ahead, traded, prev, new)
    estimate = after_mention(*model, ahead, traded, prev, new)
    assert careful == min(ahead, new)
    assert 0 <= estimate <= careful + 1e-9


@given(st.integers(1, 500), st.integers(0, 500), st.floats(0, 1))
def test_with_exponent_one_every_lot_is_cancelled_with_the_same_chance(
    prev, cancelled, part
):
    cancelled = min(cancelled, prev)
    ahead = part * prev
    estimate = after_mention(POWER, 1.0, ahead, 0, prev, prev - cancelled)
    assert estimate == pytest.approx(ahead * (1 - cancelled / prev), abs=1e-6)
