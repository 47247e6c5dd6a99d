"""docs/order-states.md tells every change of state that there is, and no other."""

from collections import defaultdict
from collections.abc import Iterator
from itertools import count

import commonbook as cb
from commonbook.core.enums import OrderState, Reason
from tests.docs.test_pages import WORD, page, tables, words
from tests.netted import with_netting
from tests.oracle import engine
from tests.oracle.outcome import Outcome
from tests.strategies import random_scenario

#: From, to, and the reason or "".
Change = tuple[str, str, str]

#: Nobody is stopped in random markets.
STOPPED = {(state, "cancelled", "stopped") for state in ("sent", "waiting", "resting")}
#: Enough for everything to happen several times.
MARKETS = 1_500


def told() -> set[Change]:
    """Read the changes from the page."""
    _, changes = tables(page("order-states.md"))
    return {
        (before, after, reason)
        for row in changes
        for before in WORD.findall(row[0])
        for after in WORD.findall(row[1])
        for reason in WORD.findall(row[2]) or [""]
    }


def changes_of(outcome: Outcome) -> Iterator[Change]:
    """Follow every order from report to report."""
    states: dict[tuple[str, int], str] = defaultdict(lambda: "sent")
    for name, reports in (outcome.reports or {}).items():
        for report in reports:
            if report.kind in {"accepted", "ended"}:
                before = states[name, report.order_id]
                reason = "" if report.reason == "none" else report.reason
                yield before, report.state, reason
                states[name, report.order_id] = report.state
    for end in outcome.orders:
        if end.reason in {"end_of_data", "after_end"}:  # nobody is told
            yield states[end.portfolio, end.id], end.state, end.reason


def test_each_change_of_the_page_happens_and_no_other():
    expected = told() - STOPPED
    seen: set[Change] = set()
    for seed in count():
        market = random_scenario(seed, 60, terms=True)
        market = with_netting(market, seed) if seed % 2 else market
        seen |= set(changes_of(engine.run(market)))
        if seen >= expected or seed == MARKETS:
            break
    assert expected - seen == set()
    assert seen - expected == set()


def test_each_state_and_each_reason_has_its_line():
    states, _ = tables(page("order-states.md"))
    assert sorted(words(states)) == sorted(state.name.lower() for state in OrderState)
    unused = {Reason.NONE, Reason.IMPOSSIBLE}  # all that is impossible has a finer one
    reasons = {reason.name.lower() for reason in Reason if reason not in unused}
    assert {reason for _, _, reason in told()} == reasons | {""}


def test_the_picture_shows_the_changes_of_the_table():
    picture = page("order-states.md").partition("```mermaid")[2].partition("```")[0]
    arrows = [line.partition(":")[0].split() for line in picture.splitlines()]
    drawn = {(row[0], row[2]) for row in arrows if len(row) == 3 and row[0] != "[*]"}
    assert drawn == {(before, after) for before, after, _ in told()}


class Stumbles(cb.Strategy):
    """Lets one order rest and one wait, then fails."""

    every = "1s"

    def on_start(self) -> None:
        self.wakes = 0

    def on_timer(self) -> None:
        self.wakes += 1
        if self.wakes == 2:
            self.limit("buy", 1, self.bid - 1)
            self.stop("buy", 1, self.ask + 1)
        elif self.wakes == 4:
            message = "on purpose"
            raise RuntimeError(message)


def test_what_rests_or_waits_is_cancelled_when_its_portfolio_is_stopped():
    data = cb.synth(1, 20)
    run = cb.run({"data": data, "portfolios": [{"name": "s", "strategy": Stumbles}]})
    ends = run.orders.select("type", "state", "reason").rows()
    assert ends == [
        ("limit", "cancelled", "stopped"),
        ("stop", "cancelled", "stopped"),
    ]
    rested, waited = run.orders["ts_joined"].is_not_null().to_list()
    assert rested
    assert not waited
