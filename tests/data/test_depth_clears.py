import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from commonbook.core.enums import Action
from commonbook.data.depth_clears import replace_clears
from tests.data.tapes import events_of

BUY = 0


@st.composite
def feeds(draw: st.DrawFn) -> tuple[list[tuple], list[int]]:
    """Draw levels, clears of both sides, and clears of one side up to a price."""
    level = st.tuples(
        st.just("S"), st.sampled_from("BA"), st.integers(0, 6), st.integers(0, 3)
    )
    both = st.just(("R", "N", 0, 0))
    one = st.tuples(st.just("R"), st.sampled_from("BA"), st.just(0), st.just(0))
    rows = draw(st.lists(st.one_of(level, level, level, both, one), max_size=30))
    limits = [
        draw(st.integers(-1, 7)) for row in rows if row[0] == "R" and row[1] != "N"
    ]
    return [(i, *row, 0) for i, row in enumerate(rows)], limits


def books(events, limits=()):
    """Replay plainly; give the levels after the last event of each time."""
    limits = iter(limits)
    book: dict[tuple, int] = {}
    after = {}
    for event in events:
        side, price = int(event["side"]), int(event["price"])
        if event["action"] == Action.SET:
            book[side, price] = int(event["qty"])
        elif side == 2:
            book = {}
        else:
            limit = next(limits)
            gone = range(limit, 99) if side == BUY else range(-99, limit + 1)
            book = {k: v for k, v in book.items() if k[0] != side or k[1] not in gone}
        after[int(event["ts"])] = {k: v for k, v in book.items() if v}
    return after


@given(feed=feeds())
def test_the_book_is_the_same_after_every_event(feed):
    rows, limits = feed
    events = events_of(rows)
    chosen = (events["action"] == Action.CLEAR) & (events["side"] != 2)
    replaced, kept = replace_clears(events, chosen, np.array(limits, np.int64))
    wanted = books(events, limits)
    found = books(replaced)
    empty: dict[tuple, int] = {}
    last = empty
    for ts in sorted(wanted):
        # A clear of nothing leaves no event.
        last = found.get(ts, last)
        assert last == wanted[ts]
    assert (events["ts"][kept] == replaced["ts"]).all()
    assert not ((replaced["action"] == Action.CLEAR) & (replaced["side"] != 2)).any()
