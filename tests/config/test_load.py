"""A configuration loads as it was meant, or says everything that is wrong."""

import os
from decimal import Decimal
from pathlib import Path

import pytest

from commonbook.config import (
    FileSource,
    MarketMakerParams,
    RunConfig,
    ScriptedParams,
    SynthSource,
    TapeSource,
    load,
)
from commonbook.core.errors import ConfigError
from tests.config.builders import (
    FOUNDING,
    MAKER,
    FakeTape,
    config,
    messages_of,
    problems_of,
    scripted,
    write,
)

EXECUTION = "execution.shared_config."


def test_the_founding_example_loads(tmp_path):
    loaded = load(write(tmp_path, FOUNDING))
    seller = loaded.portfolios[0]
    assert isinstance(seller.params, ScriptedParams)
    (order,) = seller.params.orders
    assert (loaded.name, loaded.seed, loaded.execution.mode) == (
        "two-desks",
        7,
        "shared",
    )
    assert seller.cash == 1_000_000
    assert seller.positions == {"AAPL": 1000}
    assert (order.at, order.qty) == (1_704_205_800_000_000_500, 1000)
    assert (order.type, order.time_in_force) == ("market", "ioc")
    assert seller.latency.model_dump() == {
        "feed": "50us",
        "order": "100us",
        "response": "100us",
    }
    assert seller.latency.order == 100_000
    assert seller.limits.max_position == 5000
    (source,) = loaded.data
    assert isinstance(source, FileSource)
    assert source.path == (str(tmp_path / "book.csv"),)
    assert source.tick_size == Decimal("0.01")


def test_a_grid_makes_a_portfolio_of_each_value(tmp_path):
    makers = load(write(tmp_path, FOUNDING)).portfolios[1:]
    assert [maker.name for maker in makers] == [
        f"maker[half_spread_ticks={ticks}]" for ticks in (1, 2, 3)
    ]
    params = [maker.params for maker in makers]
    assert params == [
        MarketMakerParams(half_spread_ticks=ticks, size=Decimal(100))
        for ticks in (1, 2, 3)
    ]


@pytest.mark.parametrize(
    ("keys", "path"),
    [
        ("  bars: {impact: true}", "execution.bars"),
    ],
)
def test_keys_of_every_engine_that_are_not_built_yet(tmp_path, keys, path):
    text = FOUNDING[: FOUNDING.index("  shared_config:")] + keys + "\n"
    (problem,) = problems_of(write(tmp_path, text))
    assert problem.path == path
    assert "not built yet" in problem.message
    assert problem.line == 19


@pytest.mark.parametrize("strategy", ["avellaneda_stoikov", "momentum"])
def test_strategies_that_are_not_built_yet_list_those_that_are(strategy):
    (problem,) = problems_of(config({**MAKER, "strategy": strategy}))
    assert problem.path == "portfolios[0].strategy"
    assert "not built yet; allowed now: scripted, twap, market_maker" in problem.message


def test_every_problem_is_listed_at_once_in_the_order_of_the_file(tmp_path):
    text = """\
nmae: x
seed: -1
data:
  - {path: book.csv, format: csvv, tick_size: 0}
portfolios:
  - name: a
    cash: -5
    strategy: twap
    params: {side: by, qty: 0, start: 2024-01-02T10:00:00Z, end: 2024-01-02T09:00:00Z}
  - name: a
    strategy: scripted
    params:
      orders:
        - {at: 14:30:00, side: buy, qty: 1, type: limit}
        - {at: 2024-01-02T10:00:00Z, side: buy, qty: 1, type: market, price: 3}
execution:
  mode: shard
  shared_config: {netting_widow: 0, enable_order_netting: yes}
  groups: [[a], [b]]
  latency: {order: 5}
equity_interval: 0s
seed: 3
"""
    found = [
        (problem.line, problem.column, problem.path)
        for problem in problems_of(write(tmp_path, text))
    ]
    assert found == [
        (1, 1, "nmae"),
        (2, 7, "seed"),
        (4, 30, "data[0].format"),
        (4, 47, "data[0].tick_size"),
        (7, 11, "portfolios[0].cash"),
        (9, 13, "portfolios[0].params.slices"),
        (9, 20, "portfolios[0].params.side"),
        (9, 29, "portfolios[0].params.qty"),
        (9, 66, "portfolios[0].params.end"),
        (10, 11, "portfolios[1].name"),
        (14, 11, "portfolios[1].params.orders[0].price"),
        (14, 16, "portfolios[1].params.orders[0].at"),
        (15, 78, "portfolios[1].params.orders[1].price"),
        (17, 9, "execution.mode"),
        (18, 19, "execution.shared_config.netting_widow"),
        (18, 59, "execution.shared_config.enable_order_netting"),
        (19, 18, "execution.groups[1][0]"),
        (20, 20, "execution.latency.order"),
        (21, 18, "equity_interval"),
        (22, 1, "seed"),
    ]


def test_the_message_shows_file_place_path_and_what_is_allowed(tmp_path):
    text = FOUNDING.replace("market_impact_model", "netting_widow")
    path = write(tmp_path, text)
    with pytest.raises(ConfigError) as caught:
        load(path)
    assert str(caught.value) == (
        f"{path}: 1 problem\n"
        "  line 22, column 5: execution.shared_config.netting_widow: unknown key; "
        "did you mean 'netting_window'? allowed: enable_order_netting, "
        "enable_fill_distribution, market_impact_model, netting_window, "
        "netting_price, fill_distribution, group_limits"
    )


def test_problems_of_a_mapping_come_in_its_order():
    raw = {"equity_interval": 5, **config({**MAKER, "cash": "x"}), "seed": -1}
    paths = [problem.path for problem in problems_of(raw)]
    assert paths == ["equity_interval", "portfolios[0].cash", "seed"]


def test_only_a_hundred_problems_are_shown():
    problems = problems_of(config(*[{**MAKER, "cash": -1} for _ in range(150)]))
    assert len(problems) == 101
    # 150 of cash, 149 of names.
    assert problems[-1].message == "199 more problems are not shown"


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"", "found nothing; allowed: a mapping of keys"),
        (b"- a\n", "found a list; allowed: a mapping of keys"),
        (b"text", "found 'text'; allowed: a mapping of keys"),
        (b"a: 1\nb: \xff", "not UTF-8 text: byte 0xff"),
        (b"PAR1\x15\x04\x15", "not valid YAML"),
        (b"a: [", "not valid YAML"),
    ],
)
def test_a_file_that_holds_no_configuration_is_refused(tmp_path, content, message):
    path = tmp_path / "run.yaml"
    path.write_bytes(content)
    (problem,) = problems_of(path)
    assert message in problem.message


def test_a_byte_order_mark_is_no_problem(tmp_path):
    path = write(tmp_path, FOUNDING)
    path.write_bytes(b"\xef\xbb\xbf" + path.read_bytes())
    assert load(path).name == "two-desks"


def test_a_file_that_is_not_there_or_no_file_is_refused(tmp_path):
    assert "No such file" in problems_of(tmp_path / "none.yaml")[0].message
    assert "directory" in problems_of(tmp_path)[0].message


def test_a_path_that_no_file_can_have_is_refused():
    assert "cannot be read" in problems_of(Path("a\0b"))[0].message


def test_a_portfolio_that_is_no_mapping_is_refused():
    assert messages_of(config(5, MAKER)) == {
        "portfolios[0]": "found 5; allowed: a mapping"
    }


def test_a_file_too_large_to_be_meant_is_refused(tmp_path):
    path = tmp_path / "huge.yaml"
    path.touch()
    os.truncate(path, 65 * 2**20)
    assert problems_of(path)[0].message == "larger than 64 MiB; is it a configuration?"


def test_what_is_no_configuration_at_all_is_refused():
    (problem,) = problems_of(5)  # type: ignore[arg-type]
    assert problem.message == "found 5; allowed: a path, a mapping or a RunConfig"


def test_required_keys_are_named_with_what_they_hold():
    messages = messages_of({})
    assert list(messages) == ["data", "portfolios"]
    assert messages["portfolios"] == (
        "this key is missing; give the portfolios, in any order"
    )


@pytest.mark.parametrize("data", ["book.csv", 5, None])
def test_data_that_is_no_source_is_shown_one(data):
    message = messages_of(config() | {"data": data})["data"]
    assert message.startswith("found ")
    assert message.endswith(
        "allowed: a source such as {path: book.csv}, or a list of sources"
    )


@pytest.mark.parametrize("empty", [[], ()])
def test_a_run_needs_data_and_portfolios(empty):
    messages = messages_of({"data": empty, "portfolios": empty})
    assert messages["data"] == "found an empty list; at least one is needed"
    assert messages["portfolios"] == "found an empty list; at least one is needed"


def test_paths_start_at_the_folder_of_the_configuration(tmp_path, monkeypatch):
    (tmp_path / "conf").mkdir()
    path = write(tmp_path / "conf", FOUNDING)
    monkeypatch.chdir(tmp_path)
    (source,) = load(Path("conf") / path.name).data
    assert source.path == (str(tmp_path / "conf" / "book.csv"),)


def test_paths_of_a_mapping_start_at_the_working_directory(tmp_path, monkeypatch):
    (tmp_path / "book.csv").touch()
    monkeypatch.chdir(tmp_path)
    (source,) = load({**config(), "data": {"path": Path("book.csv")}}).data
    assert source.path == (str(tmp_path / "book.csv"),)


def test_files_that_are_not_there_are_each_a_problem(tmp_path):
    text = FOUNDING.replace("path: book.csv", "path: [book.csv, b2.csv, b3.csv]")
    problems = problems_of(write(tmp_path, text))
    assert [problem.path for problem in problems] == [
        "data[0].path[1]",
        "data[0].path[2]",
    ]
    assert str(tmp_path / "b2.csv") in problems[0].message


@pytest.mark.parametrize(
    "data", [FakeTape("A"), [FakeTape("A")], {"tape": FakeTape("A")}]
)
def test_data_may_be_a_tape_from_python(data):
    (source,) = load({**config(), "data": data}).data
    assert isinstance(source, TapeSource)
    assert isinstance(source.tape, FakeTape)


def test_data_may_be_generated():
    (source,) = load({**config(), "data": {"synth": {"seed": 3}}}).data
    assert isinstance(source, SynthSource)
    assert (source.synth.seed, source.synth.duration) == (3, 3600 * 10**9)


def test_a_single_source_keeps_its_path_in_messages(tmp_path):
    text = "data: {path: book.csv, formt: csv}\nportfolios: 5\n"
    problems = problems_of(write(tmp_path, text))
    assert [(p.path, p.line, p.column) for p in problems] == [
        ("data.formt", 1, 24),
        ("portfolios", 2, 13),
    ]


def test_several_unlike_mistakes_in_one_model_are_all_told():
    order = {"at": 1, "side": "buy", "qty": -1, "type": "limit", "sid": 3}
    assert messages_of(config(scripted(order))) == {
        "portfolios[0].params.orders[0].qty": "found -1; allowed: more than 0",
        "portfolios[0].params.orders[0].price": "a limit order needs a price",
        "portfolios[0].params.orders[0].sid": "unknown key; did you mean 'side'? "
        "allowed: at, side, qty, type, price, stop_price, time_in_force, "
        "expires, post_only, reduce_only, symbol, id, parent",
    }


def test_loading_a_model_changes_nothing(tmp_path):
    loaded = load(write(tmp_path, FOUNDING))
    assert load(loaded) == loaded


def test_a_model_made_in_python_is_expanded_and_checked_too():
    portfolio = {**MAKER, "grid": {"size": [1, 2]}}
    model = RunConfig.model_validate(config(portfolio))
    assert [p.name for p in load(model).portfolios] == [
        "maker[size=1]",
        "maker[size=2]",
    ]
    twice = RunConfig.model_validate(config(MAKER, MAKER))
    assert messages_of(twice) == {  # type: ignore[arg-type]
        "portfolios[1].name": "'maker' is already the name of portfolios[0]"
    }
