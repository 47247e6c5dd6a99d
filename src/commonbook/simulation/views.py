"""Who sees the books how late, and who wakes for events."""

from typing import NamedTuple, TypeAlias

import numpy as np
from numpy.typing import NDArray

from commonbook.core.book_records import TOUCH, TRAIL
from commonbook.core.dtypes import Records
from commonbook.core.enums import StrategyKind, Wake
from commonbook.core.records import VIEW
from commonbook.core.rng import name_hash
from commonbook.simulation.delays import DelaySetup
from commonbook.simulation.setup import PortfolioSetup
from commonbook.simulation.wakes import NEVER

#: Strategies that never look at the book, and those that see its touch only.
BLIND = (StrategyKind.SCRIPTED, StrategyKind.TWAP)
GLANCING = (StrategyKind.MARKET_MAKER, StrategyKind.GRID_MAKER)


_Ints: TypeAlias = NDArray[np.int32]


class Sights(NamedTuple):
    """
    The arrays about what portfolios see and hear; see `commonbook.core.state.State`.

    Parameters
    ----------
    feeds : list of int or DelaySetup
        Feed delays that need books of their own; the first one is 0 [ns].
    views : ndarray of VIEW, shape (n_feeds,)
        One for each of them.
    view_of : ndarray of int32, shape (n_portfolios,)
        Which view each portfolio sees.
    touch_delays : ndarray of int64, shape (n_portfolios,)
        Delays of those who see the touch only, 0 for the others [ns].
    trails : ndarray of TRAIL, shape (n_instruments,)
        Empty trails.
    touches : ndarray of TOUCH, shape (n_instruments, capacity)
        Their rings.
    listeners : ndarray of int32, shape (n_listeners,)
        Who wakes for events, view by view.
    ears : ndarray of int32, shape (n_portfolios, n_instruments)
        For which kinds of events.
    view_ears : ndarray of int32, shape (n_feeds, n_instruments)
        What anyone on a view hears.
    """

    feeds: list[int | DelaySetup]
    views: Records
    view_of: _Ints
    touch_delays: NDArray[np.int64]
    trails: Records
    touches: Records
    listeners: _Ints
    ears: _Ints
    view_ears: _Ints


def sights_of(
    portfolios: tuple[PortfolioSetup, ...],
    n_instruments: int,
    first: int,
    start: int,
    rules: dict[DelaySetup, int],
) -> Sights:
    """
    Find out who sees what how late, and who wakes for events.

    Parameters
    ----------
    portfolios : tuple of PortfolioSetup
        Who trades.
    n_instruments : int
        Number of instruments.
    first : int
        Time of the first event [ns].
    start : int
        Entries that rings begin with.
    rules : dict of DelaySetup to int
        The rows of delays that vary.

    Returns
    -------
    Sights
        Ready for the first event.
    """
    feeds = _feed_delays(portfolios)
    ears = _ears(portfolios, n_instruments)
    views, listeners = _views(portfolios, feeds, ears, first)
    for row, feed in zip(views, feeds, strict=True):
        if isinstance(feed, DelaySetup):
            row["rule"] = rules[feed]
            row["name_hash"] = name_hash(feed.label)
    trails = _trails(portfolios, n_instruments)
    return Sights(
        feeds=feeds,
        views=views,
        view_of=np.array(
            [feeds.index(p.feed_delay) if _looks(p) else 0 for p in portfolios],
            np.int32,
        ),
        touch_delays=np.array([_glance(p) for p in portfolios], np.int64),
        trails=trails,
        touches=np.zeros((n_instruments, _first_touches(trails, start)), TOUCH),
        listeners=listeners,
        ears=ears,
        view_ears=_view_ears(views, listeners, ears),
    )


def _feed_delays(portfolios: tuple[PortfolioSetup, ...]) -> list[int | DelaySetup]:
    """List the distinct feed delays of strategies that need a book, none first."""
    looking = dict.fromkeys(p.feed_delay for p in portfolios if _looks(p))
    constant = {delay for delay in looking if isinstance(delay, int)}
    varying = [delay for delay in looking if isinstance(delay, DelaySetup)]
    return [0, *sorted(constant - {0}), *varying]


def _looks(portfolio: PortfolioSetup) -> bool:
    return portfolio.strategy.kind not in BLIND and not _glances(portfolio)


def _glances(portfolio: PortfolioSetup) -> bool:
    """Say whether the touch is enough; who wakes for events waits for a book's own."""
    events = portfolio.strategy.wakes & (Wake.BOOK | Wake.TRADE)
    constant = isinstance(portfolio.feed_delay, int)
    return portfolio.strategy.kind in GLANCING and constant and not events


def _glance(portfolio: PortfolioSetup) -> int:
    """Return the delay of a touch that is looked up in the trails, 0 for none."""
    delay = portfolio.feed_delay
    return delay if isinstance(delay, int) and _glances(portfolio) else 0


def _trails(portfolios: tuple[PortfolioSetup, ...], n_instruments: int) -> Records:
    """Let the trails reach as far back as those look who see the touch only."""
    trails = np.zeros(n_instruments, TRAIL)
    trails["reach"] = max(map(_glance, portfolios), default=0)
    return trails


def _first_touches(trails: Records, start: int) -> int:
    """Return what the trails begin with, a power of two, 0 where nobody looks back."""
    return 1 << (start - 1).bit_length() if trails["reach"].max(initial=0) > 0 else 0


def _ears(portfolios: tuple[PortfolioSetup, ...], n_instruments: int) -> _Ints:
    """Mark which instruments and kinds of events wake each portfolio."""
    ears = np.zeros((len(portfolios), n_instruments), np.int32)
    for row, portfolio in zip(ears, portfolios, strict=True):
        strategy = portfolio.strategy
        heard = strategy.wakes & (Wake.BOOK | Wake.TRADE)
        row[list(strategy.instruments or (strategy.instrument,))] = heard
    return ears


def _views(
    portfolios: tuple[PortfolioSetup, ...],
    feeds: list[int | DelaySetup],
    ears: _Ints,
    first: int,
) -> tuple[Records, _Ints]:
    """Make the views, each with the portfolios that its events wake."""
    views = np.zeros(len(feeds), VIEW)
    listeners: list[int] = []
    for row, feed in zip(views, feeds, strict=True):
        mine = [
            index
            for index, portfolio in enumerate(portfolios)
            if ears[index].any() and portfolio.feed_delay == feed
        ]
        delay = feed if isinstance(feed, int) else 0
        row["feed_delay"] = delay
        row["rule"] = -1
        row["first"] = len(listeners)
        row["count"] = len(mine)
        row["next_ts"] = first + delay if mine else NEVER
        listeners += mine
    return views, np.array(listeners, np.int32)


def _view_ears(views: Records, listeners: _Ints, ears: _Ints) -> _Ints:
    """Join the ears of those who listen on each view."""
    joined = np.zeros((views.size, ears.shape[1]), np.int32)
    for row, view in zip(joined, views, strict=True):
        mine = listeners[view["first"] : view["first"] + view["count"]]
        row[:] = np.bitwise_or.reduce(ears[mine], axis=0)
    return joined
