"""All arrays of a run behind one pointer, which compiled code follows."""

import numpy as np
import pytest

from commonbook.core.jit import kernel
from commonbook.core.order_records import ORDER
from commonbook.core.records import KEY
from commonbook.core.state import FIELDS, State

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]


def arrays():
    """Make each array with extents that differ from those of the others."""
    shapes = {name: range(3 + i, 3 + i + n) for i, (name, _, n) in enumerate(FIELDS)}
    return {name: np.zeros(tuple(shapes[name]), dtype) for name, dtype, _ in FIELDS}


@kernel
def leaves_of(s: State, slot: int) -> int:
    return int(s.orders[slot]["leaves"])


@kernel
def tick(s: State) -> None:
    s.clock[0]["now"] += 1
    s.work[2, 3] = 7
    s.ladder[1, 0, 2]["qty"] = 11


@kernel
def write_shapes(s: State, into: np.ndarray) -> None:
    into[0] = s.orders.shape[0]
    into[1], into[2] = s.keys.shape
    into[3], into[4], into[5] = s.far.shape
    into[6], into[7], into[8] = s.heads.shape
    into[9] = s.symbols.shape[0]


def test_compiled_code_reads_and_writes_the_arrays_of_its_state():
    given = arrays()
    given["orders"]["leaves"][4] = 42
    state = State(**given)
    assert leaves_of(state, 4) == 42
    tick(state)
    assert given["clock"]["now"][0] == 1
    assert given["work"][2, 3] == 7
    assert np.count_nonzero(given["work"]) == 1
    assert given["ladder"]["qty"][1, 0, 2] == 11
    assert np.count_nonzero(given["ladder"]["qty"]) == 1


def test_compiled_code_knows_every_extent():
    state = State(**arrays())
    shapes = np.zeros(10, np.int64)
    write_shapes(state, shapes)
    assert shapes.tolist() == [
        *state.orders.shape,
        *state.keys.shape,
        *state.far.shape,
        *state.heads.shape,
        *state.symbols.shape,
    ]


def test_two_states_do_not_mix():
    one, other = State(**arrays()), State(**arrays())
    one.orders["leaves"][0], other.orders["leaves"][0] = 1, 2
    tick(other)
    assert (leaves_of(one, 0), leaves_of(other, 0)) == (1, 2)
    assert (one.clock["now"][0], other.clock["now"][0]) == (0, 1)


def test_with_arrays_replaces_some_and_shares_the_rest():
    before = State(**arrays())
    orders = np.zeros(9, ORDER)
    orders["leaves"][8] = 5
    after = before.with_arrays(orders=orders)
    assert leaves_of(after, 8) == 5
    assert leaves_of(before, 0) == 0
    tick(after)
    assert before.clock["now"][0] == 1
    assert after.clock is before.clock


def test_a_state_keeps_its_arrays_alive():
    state = State(**arrays()).with_arrays(orders=np.ones(1_000, ORDER))
    np.zeros(1_000, ORDER)  # would reuse the memory
    assert leaves_of(state, 999) == 1


def test_every_field_is_an_attribute():
    given = arrays()
    state = State(**given)
    assert all(getattr(state, name) is array for name, array in given.items())


@pytest.mark.parametrize("name", [name for name, _, _ in FIELDS])
def test_every_array_has_its_own_dtype(name):
    given = arrays()
    given[name] = given[name].view("u1")
    with pytest.raises(TypeError, match=f"^{name}: uint8"):
        State(**given)


@pytest.mark.parametrize("name", [name for name, _, _ in FIELDS])
def test_every_array_has_its_own_number_of_dimensions(name):
    given = arrays()
    given[name] = given[name][np.newaxis]
    with pytest.raises(TypeError, match=rf"^{name}: .* with {given[name].ndim} dim"):
        State(**given)


def test_arrays_with_gaps_are_refused():
    given = arrays()
    given["keys"] = np.zeros((2, 8), KEY)[:, ::2]
    with pytest.raises(TypeError, match=r"^keys: "):
        State(**given)


def test_missing_and_unknown_arrays_are_named():
    given = arrays()
    del given["heap"]
    given["heaps"] = np.zeros(1)
    with pytest.raises(TypeError, match=r"missing: \['heap'\], unknown: \['heaps'\]"):
        State(**given)


def test_with_arrays_is_as_strict():
    state = State(**arrays())
    with pytest.raises(TypeError, match=r"unknown: \['order'\]"):
        state.with_arrays(order=np.zeros(1, ORDER))
    with pytest.raises(TypeError, match="orders: float64"):
        state.with_arrays(orders=np.zeros(1))


def test_a_state_in_which_nothing_is_other_is_the_same_state():
    state = State(**arrays())
    assert state.with_arrays(orders=state.orders, heap=state.heap) is state
    assert state.with_arrays(orders=state.orders.copy()) is not state
