"""Takes that are charged once more, straight from what the run leaves behind."""

import numpy as np
import pytest

import commonbook as cb
from commonbook.core.enums import FillFlag
from commonbook.simulation.recharge import recharge
from tests.rules.impact_words import DEEP, cost, model
from tests.rules.words import book, buy, configuration, portfolio

PARTS = [
    {"weight": "0.5", "half_life": "100ns"},
    {"weight": "0.3", "half_life": "400ns"},
    {"weight": "0.2", "half_life": "never"},
]


def again(result, *coefficients):
    """Charge the fills of a run again."""
    market, records = result._market, result._records
    rows = [market.setup.portfolios[p.index].engine for p in records.portfolios]
    groups = np.array([market.setup.engines[row].impact for row in rows])
    return recharge(market.setup, records.fills, groups, market.look_back, coefficients)


def played(folder, packets, *people, **settings):
    return cb.run(configuration(folder, packets, *people, **settings))


def test_a_charge_that_would_leave_64_bits_is_not_known(tmp_path):
    impact = model("square_root")
    result = played(tmp_path, [DEEP], portfolio("A", buy(5, 100)), impact=impact)
    at = again(result, 1.0, 1e18).at
    assert at[1.0].tolist() == result._records.fills["impact_e8"].tolist()
    assert at[1e18] is None


def test_the_first_take_of_each_batch_is_flagged(tmp_path):
    people = [
        portfolio("A", buy(5, 1_500), buy(9, 10)),
        portfolio("B", buy(5, 1_500)),
    ]
    steps = book(0, {99: 10**6}, {101: 1_000, 102: 10**6})
    impact = model("linear")
    result = played(tmp_path, [steps], *people, impact=impact, netting=False, tick="1")
    fills = result._records.fills
    firsts = (fills["flags"] & FillFlag.FIRST_CHARGED) != 0
    assert firsts.tolist() == [True, *[False] * (len(fills) - 2), True]


def test_without_impact_no_fill_begins_anything(tmp_path):
    result = played(tmp_path, [DEEP], portfolio("A", buy(5, 100)))
    assert not (result._records.fills["flags"] & FillFlag.FIRST_CHARGED).any()
    assert again(result, 1.0).at == {}


def test_what_a_portfolio_moved_alone_is_forgotten_at_each_speed(tmp_path):
    people = [
        portfolio("A", buy(5, 4_000), buy(105, 4_000)),
        portfolio("B", buy(55, 9_000)),
    ]
    impact = model("linear", half_life=PARTS)
    result = played(tmp_path, [DEEP], *people, impact=impact)
    left = 4_000 * (0.5 * 0.5 + 0.3 * 0.5**0.25 + 0.2)
    costs = result.costs.fills
    own = costs.filter(portfolio="A")["own_impact"].to_list()
    expected = [cost("linear", 4_000), cost("linear", 4_000, before=left)]
    assert own == pytest.approx(expected, rel=1e-9)
    assert costs.filter(portfolio="B")["own_impact"].to_list() == pytest.approx(
        [cost("linear", 9_000)], rel=1e-9
    )
    others = costs.filter(portfolio="A")["others_impact"].to_list()
    b_left = 9_000 * (0.5 * 0.5**0.5 + 0.3 * 0.5**0.125 + 0.2)
    both = cost("linear", 4_000, before=left + b_left)
    assert others == pytest.approx([0, both - expected[1]], rel=1e-9)


def test_alone_in_isolation_and_alone_in_a_crowd_is_the_same_to_the_bit(tmp_path):
    people = [
        portfolio(name, *(buy(5 + at + 70 * k, 3_000) for k in range(9)))
        for at, name in enumerate("AB")
    ]
    impact = model("square_root", half_life=PARTS)
    both = cb.compare(configuration(tmp_path, [DEEP], *people, impact=impact))
    alone = both.isolated.fills["portfolio", "impact_charge"]
    crowd = both.shared.costs.fills["portfolio", "own_impact"]
    for name in "AB":
        charged = alone.filter(portfolio=name)["impact_charge"].to_list()
        assert crowd.filter(portfolio=name)["own_impact"].to_list() == charged
        assert len(set(charged)) == 9


class Chaser(cb.Strategy):
    """Buy three times at one time, again as soon as the last fill is known."""

    left = 3

    def on_start(self):
        self.buy(500)

    def on_fill(self, fill):
        self.left -= 1
        if self.left:
            self.buy(500)


def test_batches_at_one_time_are_charged_one_after_the_other(tmp_path):
    steps = book(0, {99.99: 10**6}, {100.01: 1_000, 100.03: 10**6})
    chaser = {"name": "A", "strategy": Chaser}
    impact = model("linear", coefficient="0.8")
    result = played(tmp_path, [steps], chaser, impact=impact)
    assert result.fills["ts"].n_unique() == 1
    at = again(result, 0.5, 0.8, 1.0).at
    assert at[0.8].tolist() == result._records.fills["impact_e8"].tolist()
    # As one batch, the first two would share what they cost. The third has paid 10.
    for coefficient, charged in at.items():
        expected = [2.5 * coefficient, 7.5 * coefficient, 12.5 * coefficient - 10]
        money = [charge / 1e8 for charge in charged]
        assert money == pytest.approx([max(0, each) for each in expected], abs=1e-6)
