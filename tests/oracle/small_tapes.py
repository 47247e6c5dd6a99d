"""Small tapes for Hypothesis, by level and order by order."""

from hypothesis import strategies as st

from tests.oracle.repair import mended
from tests.oracle.scenario import Event, Packet

OPENING = [("B", 99), ("B", 98), ("A", 101), ("A", 102)]
prices = st.integers(97, 103)
sizes = st.integers(1, 12)


def events(instrument: int) -> st.SearchStrategy[list[Event]]:
    """Draw one packet: perhaps a clear, then levels and prints."""
    setting = st.tuples(
        st.just("S"),
        st.just(instrument),
        st.sampled_from("BA"),
        prices,
        st.integers(0, 12),
    )
    printing = st.tuples(
        st.just("T"), st.just(instrument), st.sampled_from("ABN"), prices, sizes
    )
    clear = Event("R", instrument, "B", 0, 0)
    sides = st.sampled_from("BA")
    hiding = st.builds(
        Event, st.just("H"), st.just(instrument), sides, prices, st.just(0)
    )
    rows = st.lists(
        st.one_of(setting, setting, printing, hiding), min_size=1, max_size=5
    )
    return st.builds(
        lambda cleared, drawn: [clear, *drawn] if cleared else drawn,
        st.booleans(),
        rows,
    )


def order_events(instrument: int) -> st.SearchStrategy[list[Event]]:
    """Draw one packet of a tape that names its orders; `mended` makes sense of it."""
    here, side = st.just(instrument), st.sampled_from("BA")
    actions = st.sampled_from(["A", "A", "M", "M", "C", "C", "F", "F", "R"])
    naming = st.builds(Event, actions, here, side, prices, sizes, st.integers(1, 6))
    sides = st.sampled_from("ABN")
    printing = st.builds(Event, st.just("T"), here, sides, prices, sizes)
    return st.lists(st.one_of(naming, naming, printing), min_size=1, max_size=6)


@st.composite
def tapes(draw: st.DrawFn, instruments: int) -> list[Packet]:
    """Draw packets; every instrument opens with a book around 100."""
    gaps = st.integers(0, 4)
    packets = []
    ts = 1
    named = draw(st.sets(st.integers(0, instruments - 1)))
    for instrument in range(instruments):
        opening = [Event("S", instrument, *level, draw(sizes)) for level in OPENING]
        if instrument in named:
            opening = [
                e._replace(action="A", order=i + 1) for i, e in enumerate(opening)
            ]
        packets.append(Packet(ts, opening))
    for _ in range(draw(st.integers(1, 8))):
        ts += draw(gaps)
        which = draw(st.integers(0, instruments - 1))
        drawn = order_events(which) if which in named else events(which)
        packets.append(Packet(ts, draw(drawn)))
    end = ts + draw(st.integers(0, 8))
    return [*mended(packets), Packet(end, [Event("T", 0, "B", 90, 1)])]
