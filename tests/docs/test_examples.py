"""The shipped examples run; the founding example gives the fills it promises."""

from pathlib import Path

import pytest
from examples.racer import Racer
from typer.testing import CliRunner

import commonbook as cb
from commonbook.cli.main import app
from commonbook.config.yaml12 import load_yaml

EXAMPLES = Path(__file__).resolve().parents[2] / "examples"
FOUNDING = EXAMPLES / "founding-example.yaml"

NETTED = [
    ("A", "sell", 100.0, 800),
    ("A", "sell", 99.99, 200),
    ("B", "buy", 100.0, 800),
]
APART = [
    ("A", "sell", 99.98, 500),
    ("A", "sell", 99.99, 500),
    ("B", "buy", 100.01, 500),
    ("B", "buy", 100.02, 300),
]


def founding(**execution):
    """Load the founding example, with some keys of its execution block changed."""
    config = load_yaml(FOUNDING.read_text()).value
    config["data"][0]["path"] = str(EXAMPLES / config["data"][0]["path"])
    config["execution"] |= execution
    return config


def trades(result):
    columns = ["portfolio", "side", "price", "qty"]
    return sorted(result.fills.select(columns).rows(), key=crosses_first)


def crosses_first(row):
    return row[0], row[2] != 100.0, row[2]


@pytest.mark.parametrize(
    "path", sorted(EXAMPLES.glob("*.yaml")), ids=lambda path: path.stem
)
@pytest.mark.parametrize("command", ["run", "compare"])
def test_every_example_runs(command, path, tmp_path):
    out = tmp_path / "out"
    done = CliRunner().invoke(app, [command, str(path), "--out", str(out)])
    assert done.exit_code == 0, done.stderr
    assert (out / "provenance.json").is_file()


def test_shared_nets_first():
    assert trades(cb.run(founding())) == NETTED


def test_isolated_everybody_walks_the_book():
    assert trades(cb.run(founding(mode="isolated"))) == APART


def test_without_netting_shared_is_as_isolated():
    off = {"enable_order_netting": False}
    assert trades(cb.run(founding(shared_config=off))) == APART


def test_distribution_has_no_effect():
    off = {"enable_fill_distribution": False}
    assert trades(cb.run(founding(shared_config=off))) == NETTED


def test_what_is_left_after_netting_waits_for_the_order_delay():
    fills = cb.run(founding(latency={"order": "300ns"})).fills
    nanoseconds = fills["ts"].dt.nanosecond().to_list()
    assert nanoseconds == [500, 500, 800]
    assert fills["liquidity"].to_list() == ["cross", "cross", "taker"]


def test_a_cross_is_free_and_taking_is_not():
    fees = {"taker": "0.0001", "cross": 0}
    fills = cb.run(founding(fees=fees)).fills
    assert fills["fee"].to_list() == [0.0, 0.0, 1.9998]


def test_a_limit_beyond_the_middle_is_not_netted():
    config = founding()
    order = config["portfolios"][0]["params"]["orders"][0]
    order |= {"type": "limit", "price": "100.01"}
    result = cb.run(config)
    assert trades(result) == APART[2:]
    assert result.orders["state"].to_list() == ["expired", "filled"]


def test_the_two_desks_never_meet():
    result = cb.run(EXAMPLES / "two-desks.yaml")
    inside = result.fills.filter(result.fills["counterparty"] != "market")
    pairs = set(inside.select("portfolio", "counterparty").rows())
    desk = {name: "maker" in name or name == "taker" for pair in pairs for name in pair}
    assert pairs
    assert all(desk[one] == desk[other] for one, other in pairs)
    assert "outsider" not in desk


def test_orders_of_every_type_end_as_they_are_told():
    orders = cb.run(EXAMPLES / "order-types.yaml").orders
    ends = orders.select("portfolio", "type", "time_in_force", "state", "reason")
    assert ends.rows() == [
        ("breakout", "stop_limit", "day", "filled", None),
        ("changing", "limit", "gtc", "expired", "end_of_data"),
        ("patient", "limit", "gtd", "expired", "expired"),
        ("patient", "limit", "day", "expired", "expired"),
        ("protected", "market", "ioc", "filled", None),
        ("protected", "stop", "gtc", "filled", None),
        ("whole", "market", "fok", "filled", None),
        ("whole", "limit", "fok", "cancelled", "fok_unfilled"),
    ]
    triggered = orders.filter(orders["ts_trigger"].is_not_null())
    assert triggered["portfolio"].to_list() == ["breakout", "protected"]
    assert (triggered["ts_trigger"] > triggered["ts_arrival"]).all()
    (close,) = orders.filter(portfolio="patient", time_in_force="day")["ts_end"]
    assert f"{close:%H:%M}" == "14:35"
    (changed,) = orders.filter(portfolio="changing").rows(named=True)
    assert [changed[key] for key in ("qty", "price", "replaces")] == [300.0, 99.7, 2]


def race(**delays):
    """Run the race with other order delays; give what each filled, race by race."""
    config = load_yaml((EXAMPLES / "latency-race.yaml").read_text()).value
    for portfolio in config["portfolios"]:
        portfolio["strategy"] = Racer
        portfolio["latency"] = {"order": delays[portfolio["name"]]}
    orders = cb.run(config).orders
    fast, slow = (
        orders.filter(portfolio=name).sort("order_id") for name in ("fast", "slow")
    )
    assert fast["ts_decision"].to_list() == slow["ts_decision"].to_list()
    assert fast["qty"].to_list() == slow["qty"].to_list()
    return fast["filled"].to_list(), slow["filled"].to_list()


def test_one_microsecond_wins_every_race():
    fast, slow = race(fast="20us", slow="21us")
    assert len(fast) > 50
    assert sum(filled > 0 for filled in fast) > 0.75 * len(fast)
    assert max(slow) == 0


def test_whoever_is_faster_wins_by_whatever_name():
    fast, slow = race(fast="20us", slow="21us")
    assert race(fast="21us", slow="20us") == (slow, fast)


def test_equal_delays_are_decided_by_a_hash_race_by_race():
    one, other = race(fast="20us", slow="20us")
    first, _ = race(fast="20us", slow="21us")
    assert [a + b for a, b in zip(one, other, strict=True)] == first
    wins = sum(a > 0 for a in one)
    assert 0.3 < wins / len(one) < 0.7
    assert not any(a > 0 and b > 0 for a, b in zip(one, other, strict=True))
