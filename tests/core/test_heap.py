"""The heap gives entries by time, then by serial; owners know their places."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.heap import drop_entry, next_place, put_entry
from commonbook.core.records import HEAP_ENTRY

pytestmark = [pytest.mark.nojit, pytest.mark.bounds]

OWNERS = 9
steps = st.tuples(st.integers(0, OWNERS - 1), st.integers(0, 5), st.integers(0, 3))


@given(st.lists(st.integers(0, 9), max_size=20), st.integers(0, 9))
def test_a_walk_finds_all_that_are_due_and_looks_at_little_else(times, now):
    heap = np.zeros(20, HEAP_ENTRY)
    owners = np.full(20, -1, [("heap_place", "i4")])
    for owner, ts in enumerate(times):
        put_entry(heap, owners, owner, ts, 0, owner)
    found, place, looks = [], 0, 0
    while place < len(times):
        looks += 1
        due = bool(heap[place]["ts"] <= now)
        if due:
            found.append(int(heap[place]["ts"]))
        place = next_place(place, len(times), due)
    assert sorted(found) == sorted(ts for ts in times if ts <= now)
    assert looks <= 2 * len(found) + 1


@given(st.lists(st.one_of(steps, st.integers(0, OWNERS - 1)), max_size=60))
def test_the_first_entry_is_the_earliest_whatever_came_and_went(steps):
    heap = np.zeros(OWNERS, HEAP_ENTRY)
    owners = np.full(OWNERS, -1, [("heap_place", "i4")])
    model, n = {}, 0
    for step in steps:
        if isinstance(step, tuple):
            owner, ts, serial = step
            n = put_entry(heap, owners, n, ts, serial, owner)
            model[owner] = (ts, serial)
        else:
            n = drop_entry(heap, owners, n, step)
            model.pop(step, None)
        assert n == len(model)
        entries = heap[:n].tolist()
        assert {owner: (ts, serial) for ts, serial, owner in entries} == model
        places = {owner: place for place, (*_, owner) in enumerate(entries)}
        found = owners["heap_place"].tolist()
        assert found == [places.get(owner, -1) for owner in range(OWNERS)]
        if model:
            assert entries[0][:2] == min(model.values())
