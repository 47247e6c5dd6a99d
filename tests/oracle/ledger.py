"""Fills, fees, positions and cash; the invariants that every fill must keep."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from fractions import Fraction

from tests.oracle.codes import OrderState, Reason
from tests.oracle.delays import least
from tests.oracle.impact import charge
from tests.oracle.orders import LiveOrder
from tests.oracle.outcome import Fill
from tests.oracle.scenario import BUY, SELL, Fees, PortfolioSpec, Scenario


class Ledger:
    """Everything that was traded so far."""

    def __init__(self, scenario: Scenario) -> None:
        self.fees: Fees = scenario.settings.fees
        self.specs: dict[str, PortfolioSpec] = {p.name: p for p in scenario.portfolios}
        self.instruments = range(len(scenario.instruments))
        self.fills: list[Fill] = []
        self.crosses = 0
        self.seen: Counter[str] = Counter()
        keys = [(name, i) for name in sorted(self.specs) for i in self.instruments]
        self.positions = {(n, i): self.specs[n].positions.get(i, 0) for n, i in keys}
        self.cash = dict.fromkeys(keys, 0)

    # Reduce-only -------------------------------------------------------------------

    def held(self, order: LiveOrder) -> int:
        """Return the venue's position of the portfolio of an order."""
        return self.positions[order.portfolio, order.terms.instrument]

    def room(self, order: LiveOrder, held: int | None = None) -> int:
        """
        Return how many lots an order may be filled by.

        A reduce-only order by no more than the position that it reduces: the one that
        there is, or `held`.
        """
        if not order.terms.reduce_only:
            return order.leaves
        held = self.held(order) if held is None else held
        return min(order.leaves, cap(order.side, held))

    def end_reduced(self, ts: int, order: LiveOrder) -> None:
        """End an order whose position is gone."""
        assert self.room(order) == 0
        self.seen["reduce-only ends"] += 1
        order.cancel(ts, Reason.REDUCE_ONLY)

    # Fills -------------------------------------------------------------------------

    def market_fill(
        self,
        ts: int,
        order: LiveOrder,
        price: int,
        qty: int,
        liquidity: str,
        *,
        cross_fill: bool = False,
        through: bool = False,
        inside: int = 0,
    ) -> None:
        """Book a fill against the market at a price in ticks, or half a tick better."""
        self.seen[f"{liquidity} fills"] += 1
        self.seen["cross_fill"] += cross_fill
        self.seen["through"] += through
        half = 2 * price - inside if order.side == BUY else 2 * price + inside
        self.seen["half-tick fills"] += inside
        fill = self._fill(ts, order, half, qty, liquidity, "market", 0)
        marked = {"cross_fill": cross_fill, "through": through}
        self._book(order, Fill(**(vars(fill) | marked)))

    def own_trade(self, ts: int, taker: LiveOrder, maker: LiveOrder, qty: int) -> None:
        """Book a trade of two orders of one engine at the resting order's price."""
        assert taker.portfolio != maker.portfolio, "nobody trades with itself"
        self.seen["own-own fills"] += 1
        half = 2 * maker.limit
        for order, liquidity, other in (taker, "taker", maker), (maker, "maker", taker):
            fill = self._fill(ts, order, half, qty, liquidity, other.portfolio, 0)
            self._book(order, fill)

    def cross(
        self, ts: int, buy: LiveOrder, sell: LiveOrder, half: int, qty: int
    ) -> None:
        """Book a cross of two orders at the desk at a price in half ticks."""
        assert buy.portfolio != sell.portfolio, "nobody crosses with itself"
        self.seen["crosses"] += 1
        self.crosses += 1
        for order, other in (buy, sell), (sell, buy):
            fill = self._fill(
                ts, order, half, qty, "cross", other.portfolio, self.crosses
            )
            self._book(order, fill)

    def charge(self, per_lot: Mapping[int, float], *, spread: bool) -> None:
        """
        Charge fills, given by number, for the impact of their round.

        Where prices are averaged, what a side is charged is spread by quantity.
        """
        lot_e8 = float(2 * self.fees.unit_e8)
        for number, ticks in per_lot.items():
            fill = self.fills[number]
            paid = charge(ticks, fill.qty, lot_e8)
            self.fills[number] = replace(fill, impact_e8=paid)
            self.seen["charged fills"] += paid > 0
        for side in (BUY, SELL) if spread else ():
            takes = [n for n in sorted(per_lot) if self.fills[n].side == side]
            lots = sum(self.fills[n].qty for n in takes)
            owed = sum(self.fills[n].impact_e8 for n in takes)
            before = 0
            for number in takes:
                fill = self.fills[number]
                after = before + fill.qty
                due = owed * after // lots - owed * before // lots
                self.fills[number] = replace(fill, impact_e8=due)
                before = after

    def average(self, first: int, limits: Mapping[tuple[str, int], int | None]) -> None:
        """Let takers of one side and limit pay the average price of what they took."""
        bunches: dict[tuple[int, int | None], dict[tuple[str, int], list[int]]] = {}
        for number, fill in enumerate(self.fills[first:], first):
            if fill.liquidity == "taker" and fill.counterparty == "market":
                order = fill.portfolio, fill.order_id
                members = bunches.setdefault((fill.side, limits[order]), {})
                members.setdefault(order, []).append(number)
        for (side, _), members in bunches.items():
            if len({name for name, _ in members}) == 1:
                continue  # nobody to share with
            all_fills = [self.fills[n] for mine in members.values() for n in mine]
            cash = sum(f.price_half * f.qty for f in all_fills)
            average = Fraction(cash, sum(f.qty for f in all_fills))
            self.seen["bunches"] += 1
            left = 0
            for mine in members.values():
                owed, paid = Fraction(0), 0
                for number in mine:
                    fill = self.fills[number]
                    owed += (average - fill.price_half) * fill.qty
                    due = round(owed * self.fees.unit_e8)  # half to even
                    adjust = due - paid if side == BUY else paid - due
                    self.fills[number] = replace(fill, adjust_e8=adjust)
                    self.seen["averaged fills"] += adjust != 0
                    paid = due
                left += paid
            assert abs(left) <= max(0, len(members) - 1), "rounding leaves too much"

    def _fill(
        self,
        ts: int,
        order: LiveOrder,
        half: int,
        qty: int,
        liquidity: str,
        counterparty: str,
        cross: int,
    ) -> Fill:
        rate = getattr(self.fees, liquidity)
        # Python rounds fractions half to even, exactly.
        fee = round(rate * half * qty * self.fees.unit_e8)
        return Fill(
            ts,
            order.portfolio,
            order.terms.instrument,
            order.side,
            half,
            qty,
            liquidity,
            order.terms.id,
            counterparty,
            cross,
            fee_e8=fee,
        )

    def _book(self, order: LiveOrder, fill: Fill) -> None:
        self._check_fill(order, fill)
        self.seen["reduce-only fills"] += order.terms.reduce_only
        order.fill(fill.ts, fill.qty)
        self.fills.append(fill)
        signed = fill.qty if fill.side == BUY else -fill.qty
        key = fill.portfolio, fill.instrument
        self.positions[key] += signed
        self.cash[key] -= signed * fill.price_half
        if order.alive and self.room(order) == 0:
            self.end_reduced(fill.ts, order)

    def _check_fill(self, order: LiveOrder, fill: Fill) -> None:
        """Assert that an order may be filled so, now."""
        terms = order.terms
        delay = 0 if fill.cross else least(self.specs[order.portfolio].order_delay)
        assert fill.ts >= terms.at + delay, "filled before it could arrive"
        if order.price is not None:
            gain = 2 * order.price - fill.price_half
            assert (gain if order.side == BUY else -gain) >= 0, "worse than the limit"
        assert fill.qty <= self.room(order), "reduce-only would turn the position"
        if order.stop is not None:
            assert order.triggered, "filled while it waits"
            assert order.ts_trigger <= fill.ts
            assert fill.liquidity != "cross"
        if terms.expires:
            # Prints of a packet come first; batches have expired it before.
            by_packet = (
                order.state is OrderState.RESTING and fill.counterparty == "market"
            )
            assert fill.ts < terms.expires + by_packet, "filled after its end"
        if terms.post_only:
            assert fill.liquidity == "maker", "post-only orders do not take"
        if order.whole:
            assert fill.liquidity == "taker", "fill or kill orders only take"

    def check(self) -> None:
        """Assert that positions and cash add up, in all and inside the groups."""
        for i in self.instruments:
            fills = [f for f in self.fills if f.instrument == i]
            inside = [f for f in fills if f.counterparty != "market"]
            assert total_qty(inside) == 0, "portfolios trade with nobody"
            assert total_cash(inside) == 0, "portfolios make money out of nothing"
            start = sum(spec.positions.get(i, 0) for spec in self.specs.values())
            end = sum(self.positions[name, i] for name in self.specs)
            outside = [f for f in fills if f.counterparty == "market"]
            assert end == start + total_qty(outside), "positions do not add up"
            cash = sum(self.cash[name, i] for name in self.specs)
            assert cash == total_cash(outside), "cash does not add up"
        for cross in range(1, self.crosses + 1):
            pair = [f for f in self.fills if f.cross == cross]
            assert len(pair) == 2, "a cross is two fills"
            assert total_qty(pair) == total_cash(pair) == 0


def cap(side: int, held: int) -> int:
    """Return how many lots of a side reduce a position."""
    return max(0, -held if side == BUY else held)


def total_qty(fills: Sequence[Fill]) -> int:
    """Return the lots that came in."""
    return sum(f.qty if f.side == BUY else -f.qty for f in fills)


def total_cash(fills: Sequence[Fill]) -> int:
    """Return the cash that came in, in half ticks times lots, before fees."""
    return sum((-f.qty if f.side == BUY else f.qty) * f.price_half for f in fills)
