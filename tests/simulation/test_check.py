"""A run whose accounts are not the sums of its fills gives no results."""

import pytest

from commonbook.core.errors import RunError
from commonbook.simulation.check import check_accounts
from tests.kernels import Stepped, fee_table, scripted, setup
from tests.oracle.builders import book, buy, portfolio, sell

pytestmark = pytest.mark.nojit

PACKETS = [book(1, {99: 9}, {101: 9}), book(20, {1: 1}, {})]
TRADERS = [
    scripted(portfolio("a", buy(2, 3), sell(4, 1), positions={0: 5})),
    scripted(portfolio("b", sell(3, 2)), engine=1),
]


def finished():
    run = Stepped(PACKETS, *TRADERS, fees=fee_table(share_num=3))
    state = run.finish()
    return state, [state.fills[: int(state.clock["n_fills"][0])]]


def check(state, fills):
    check_accounts(state, setup(*TRADERS), fills)


def test_accounts_are_the_sums_of_their_fills():
    state, fills = finished()
    assert state.accounts["position"].tolist() == [[7], [-2]]
    assert sum(piece.size for piece in fills) == 3
    check(state, fills)


@pytest.mark.parametrize("field", ["position", "cash_half", "fees_e8", "charges_e8"])
@pytest.mark.parametrize(("who", "name"), [(0, "a"), (1, "b")])
def test_one_unit_too_much_is_found_and_named(field, who, name):
    state, fills = finished()
    state.accounts[field][who, 0] += 1
    with pytest.raises(RunError, match=f"^{name}, SYM0: the account is not the sum"):
        check(state, fills)


def test_a_fill_too_many_is_found():
    state, fills = finished()
    with pytest.raises(RunError, match="not the sum"):
        check(state, [*fills, fills[0][:1]])
