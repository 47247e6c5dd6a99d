"""Who shares an engine decides everything that portfolios do to each other."""

import polars as pl
import pytest

import commonbook as cb
from tests.invariants.scenarios import difference, random_case, seeds, seen_by, sharing
from tests.rules.words import book, buy, configuration, portfolio, sold

SEEDS = range(24)
IDLE = {
    "name": "a-idle",
    "strategy": "scripted",
    "params": {"orders": []},
    "latency": {"feed": "70ns"},
}


@pytest.mark.parametrize("seed", seeds(24))
def test_isolated_a_portfolio_does_not_depend_on_who_else_runs(seed, tmp_path):
    case = random_case(seed, tmp_path)
    everybody = cb.run(case.but(mode="isolated"))
    for name in case.names:
        alone = cb.run(case.only([name], mode="isolated"))
        assert difference(seen_by(everybody, [name]), seen_by(alone, [name])) == ""


def test_a_fill_of_somebody_else_does_not_move_the_mark_of_its_time(tmp_path):
    # The print fills A in a packet that moves the mid, just when equity is recorded.
    packets = [
        book(0, {99: 5}, {101: 5}),
        sold(1_000, 98, 5) + book(1_000, {99: 0, 97: 5}, {101: 0, 99: 5}),
        sold(1_000, 90, 1),
        book(1_000, {97: 0, 95: 5}, {}),
    ]
    a, b = portfolio("A", buy(5, 5, 98)), portfolio("B", positions={"AAPL": 100})
    config = configuration(tmp_path, packets, a, b, mode="isolated", tick="1")
    config["equity_interval"] = "1us"
    crowded = cb.run(config).equity.filter(portfolio="B")
    alone = cb.run(config | {"portfolios": [b]}).equity
    assert crowded.rows() == alone.rows()
    assert alone["position_value"].to_list()[:2] == [10_000, 9_700]


@pytest.mark.parametrize("listens", [False, True])
def test_what_a_strategy_looks_back_at_does_not_depend_on_who_listens(
    listens, tmp_path
):
    log = []

    class Watcher(cb.Strategy):
        def on_start(self):
            self.set_timer(after=6)

        def on_timer(self):
            log.append([trade.qty for trade in self.trades])

    class Reader(Watcher):
        def on_book(self):
            """Listen to the book, which says nothing between 0 and 9."""

    class Listener(cb.Strategy):
        def on_trade(self, trade):
            """Listen to prints."""

    packets = [book(0, {99: 5}, {101: 5}), sold(5, 99, 1), book(9, {98: 5}, {})]
    watcher = {"name": "a", "strategy": Reader if listens else Watcher}
    listener = {"name": "b", "strategy": Listener}
    for people in ([watcher], [watcher, listener]):
        cb.run(configuration(tmp_path, packets, *people, mode="isolated", tick="1"))
    assert log == [[1.0] if listens else []] * 2


@pytest.mark.parametrize("seed", seeds(24))
def test_one_portfolio_alone_in_shared_mode_is_isolated(seed, tmp_path):
    case = random_case(seed, tmp_path)
    # At a desk it would wait, since others could come.
    at_once = {"shared_config": case.sharing | {"netting_window": 0}}
    for name in case.names:
        shared = cb.run(case.only([name], mode="shared", **at_once))
        isolated = cb.run(case.only([name], mode="isolated", **at_once))
        assert shared.digest == isolated.digest


@pytest.mark.parametrize("seed", seeds(24))
def test_without_netting_and_distribution_shared_is_isolated(seed, tmp_path):
    case = random_case(seed, tmp_path)
    off = {"shared_config": sharing(netting=False, distribution=None)}
    # Whose orders count as one's own would be another difference.
    off |= {"self_trade_scope": "portfolio"}
    shared = cb.run(case.but(mode="shared", **off))
    isolated = cb.run(case.but(mode="isolated", **off))
    assert shared.digest == isolated.digest
    assert shared.fills.height == isolated.fills.height


def test_with_them_shared_is_not_isolated(tmp_path):
    for seed in SEEDS:
        case = random_case(seed, tmp_path)
        on = {"shared_config": sharing(netting=True, distribution="fifo")}
        shared = cb.run(case.but(mode="shared", **on))
        if shared.digest != cb.run(case.but(mode="isolated", **on)).digest:
            return
    pytest.fail("in no run did sharing make a difference")


@pytest.mark.parametrize("seed", seeds(24))
def test_groups_do_not_depend_on_each_other(seed, tmp_path):
    case = random_case(seed, tmp_path)
    together = cb.run(case.config)
    for group in case.config["execution"]["groups"]:
        alone = cb.run(case.only(group, mode="shared"))
        for name in group:
            assert difference(of(alone, name), of(together, name)) == ""


def of(result, name):
    """Cut out what concerns a portfolio; crosses are numbered over all engines."""
    frames = seen_by(result, [name])
    return frames | {"fills": frames["fills"].drop("cross_id")}


@pytest.mark.parametrize("seed", seeds(24))
def test_an_idle_portfolio_changes_nothing(seed, tmp_path):
    case = random_case(seed, tmp_path)
    groups = [["a-idle", *group] for group in case.config["execution"]["groups"][:1]]
    groups += case.config["execution"]["groups"][1:]
    crowded = case.but(groups=groups)
    crowded["portfolios"] = [IDLE, *crowded["portfolios"]]
    with_idle = cb.run(crowded)
    without = cb.run(case.config)
    for name in case.names:
        assert difference(of(with_idle, name), of(without, name)) == ""
    assert with_idle.orders.filter(portfolio="a-idle").is_empty()


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_an_idle_portfolio_changes_no_row_of_a_shared_run(seed, tmp_path):
    case = random_case(seed, tmp_path)
    crowded = case.but(mode="shared", groups=[])
    without = cb.run(crowded)
    with_idle = cb.run(crowded | {"portfolios": [IDLE, *crowded["portfolios"]]})
    there = seen_by(with_idle, case.names)
    assert difference(there, seen_by(without, case.names)) == ""


@pytest.mark.parametrize("seed", seeds(24))
def test_the_order_of_portfolios_and_groups_changes_no_byte(seed, tmp_path):
    case = random_case(seed, tmp_path)
    groups = [group[::-1] for group in case.config["execution"]["groups"][::-1]]
    turned = case.but(groups=groups)
    turned["portfolios"] = turned["portfolios"][::-1]
    one = cb.run(case.config, out=tmp_path / "one")
    two = cb.run(turned, out=tmp_path / "two")
    assert one.digest == two.digest
    for name in ("fills.parquet", "orders.parquet", "equity.parquet", "summary.json"):
        first, second = (tmp_path / run / name for run in ("one", "two"))
        assert first.read_bytes() == second.read_bytes(), name


@pytest.mark.parametrize("seed", SEEDS[:6])
def test_a_comparison_is_the_two_runs(seed, tmp_path):
    case = random_case(seed, tmp_path)
    both = cb.compare(case.but(mode="shared"))
    for mode in ("isolated", "shared"):
        assert both.lanes[mode].digest == cb.run(case.but(mode=mode)).digest


@pytest.mark.parametrize("seed", SEEDS[:12])
def test_renaming_changes_ties_and_nothing_else(seed, tmp_path):
    # Isolated there are no ties between portfolios, so a name means nothing.
    case = random_case(seed, tmp_path)
    name = case.names[0]
    renamed = case.only([name], mode="isolated")
    renamed["portfolios"] = [renamed["portfolios"][0] | {"name": "somebody"}]
    one = cb.run(case.only([name], mode="isolated"))
    two = cb.run(renamed)
    renamed_frames = {
        frame: rows.with_columns(portfolio=pl.lit(name))
        for frame, rows in seen_by(two, ["somebody"]).items()
    }
    assert difference(seen_by(one, [name]), renamed_frames) == ""
