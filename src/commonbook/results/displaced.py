"""Volume of the tape that could not have traded, and when it is too much."""

from collections.abc import Iterator, Mapping
from fractions import Fraction

from commonbook.core.words import counted
from commonbook.results.lane import LaneRecords

#: Shares of the traded volume above it are warned of.
TOLERATED = 0.01
#: Engines that are named before the rest is counted.
NAMED = 3


def displaced_quantities(lane: LaneRecords) -> dict[str, dict[str, float]]:
    """
    Say how much of the tape's volume could not have traded.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict of str to dict of str to float
        Units by engine and symbol, without zeros.
    """
    return {
        engine: {
            unit.symbol: float(count * Fraction(unit.lot_size))
            for count, unit in zip(lots, lane.instruments, strict=True)
            if count
        }
        for engine, lots in lane.displaced.items()
    }


def displaced_shares(lane: LaneRecords) -> dict[str, dict[str, float]]:
    """
    Say which part of the tape's volume could not have traded.

    Parameters
    ----------
    lane : LaneRecords
        The lane.

    Returns
    -------
    dict of str to dict of str to float
        Fractions of the traded volume by engine and symbol, without zeros.
    """
    return {
        engine: {
            unit.symbol: count / traded
            for count, traded, unit in zip(
                lots, lane.traded, lane.instruments, strict=True
            )
            if count and traded
        }
        for engine, lots in lane.displaced.items()
        if lane.traded
    }


def displacement_warnings(
    shares: Mapping[str, Mapping[str, float]],
) -> Iterator[str]:
    """
    Warn of engines that displaced too much to be believed.

    Parameters
    ----------
    shares : mapping of str to mapping of str to float
        As `displaced_shares` gives them.

    Yields
    ------
    str
        One sentence for each engine, the largest share first.
    """
    much = sorted(
        (-share, engine, symbol)
        for engine, symbols in shares.items()
        for symbol, share in symbols.items()
        if share > TOLERATED
    )
    for share, engine, symbol in much[:NAMED]:
        yield (
            f"{engine}: took size that later trades of the tape needed, {-share:.1%} "
            f"of what {symbol} traded; such orders are too large for a replay"
        )
    if len(much) > NAMED:
        more = counted(len(much) - NAMED, "more engine")
        yield f"{more} took more than {TOLERATED:.0%} of what trades needed"
