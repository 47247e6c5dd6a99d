from hypothesis import given

from commonbook.core.enums import Action
from commonbook.data.hftbacktest_orders import left_after
from tests.data.order_rows import random_rows, tape_of_orders, without_duplicates
from tests.data.tapes import CENT


@given(rows=random_rows())
def test_what_is_left_is_what_was_set_less_what_was_taken_off(rows):
    mine = [row for row in without_duplicates(rows) if row[-1] == 0]
    events = tape_of_orders(mine, (CENT,)).events
    left: dict[int, int] = {}
    for event, found in zip(events, left_after(events), strict=True):
        slot, qty = int(event["order"]), int(event["qty"])
        if event["action"] in (Action.ADD, Action.MODIFY):
            left[slot] = qty
        elif event["action"] == Action.CANCEL:
            left[slot] -= qty
        assert found == left.get(slot, 0)
